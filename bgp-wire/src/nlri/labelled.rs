//! Prefixes bound to labels: labelled unicast (RFC 8277) and the routes of IP VPNs (RFC 4364, RFC 4659).

use super::label_stack::{LabelForm, LabelRoom};
use super::{Labels, plain};
use crate::cursor;
use crate::family::Family;
use crate::outcome::Fault;
use crate::route_distinguisher::RouteDistinguisher;
use alloc::vec::Vec;
use core::fmt;
use ipnet::IpNet;

/// Bits of a route distinguisher.
const RD_BITS: u8 = 64;

/// A prefix and the labels bound to it (RFC 8277 section 2).
///
/// ```
/// use bgp_wire::{LabelledPrefix, Labels};
/// let prefix = "198.51.100.0/24".parse().unwrap();
/// let route = LabelledPrefix::new(Labels::new(&[100]).unwrap(), prefix).unwrap();
/// assert_eq!(route.to_string(), "198.51.100.0/24 label 100");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LabelledPrefix {
    prefix: IpNet,
    labels: Labels,
}

/// A prefix of a VPN and the labels bound to it (RFC 4364 section 4.3.4, RFC 4659 section 3.2).
///
/// ```
/// use bgp_wire::{Labels, VpnPrefix};
/// let (rd, prefix) = ("64500:1".parse().unwrap(), "198.51.100.0/24".parse().unwrap());
/// let route = VpnPrefix::new(Labels::new(&[100]).unwrap(), rd, prefix).unwrap();
/// assert_eq!(route.to_string(), "64500:1:198.51.100.0/24 label 100");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct VpnPrefix {
    rd: RouteDistinguisher,
    prefix: IpNet,
    labels: Labels,
}

impl LabelledPrefix {
    /// `prefix`, its host bits zero, bound to `labels`; [`Labels::WITHDRAWN`] are those of one that is withdrawn.
    ///
    /// `None` where they are too many to be written before this prefix.
    pub fn new(labels: Labels, prefix: IpNet) -> Option<Self> {
        bits(&labels, 0, &prefix)?;
        Some(Self { prefix: prefix.trunc(), labels })
    }

    /// The prefix.
    pub const fn prefix(&self) -> IpNet {
        self.prefix
    }

    /// Its labels.
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// With its labels as a field with this room has them.
    pub(super) fn written(self, room: LabelRoom) -> Option<Self> {
        Some(Self { labels: self.labels.written(room)?, ..self })
    }

    pub(super) fn take(family: Family, labels: LabelForm, v: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (field, after) = Field::take(labels, v, 0)?;
        let prefix = plain::prefix(family, field.bits, field.octets)?;
        Ok((Self { prefix, labels: field.labels }, after))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(length(&self.labels, 0, &self.prefix));
        self.labels.encode(out);
        plain::put_octets(out, &self.prefix);
    }
}

impl VpnPrefix {
    /// `prefix`, its host bits zero, of the VPN of `rd` and bound to `labels`; `None` as for [`LabelledPrefix::new`].
    pub fn new(labels: Labels, rd: RouteDistinguisher, prefix: IpNet) -> Option<Self> {
        bits(&labels, RD_BITS, &prefix)?;
        Some(Self { rd, prefix: prefix.trunc(), labels })
    }

    /// What makes it another than the same prefix of another VPN.
    pub const fn rd(&self) -> RouteDistinguisher {
        self.rd
    }

    /// The prefix.
    pub const fn prefix(&self) -> IpNet {
        self.prefix
    }

    /// Its labels.
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// With its labels as a field with this room has them.
    pub(super) fn written(self, room: LabelRoom) -> Option<Self> {
        Some(Self { labels: self.labels.written(room)?, ..self })
    }

    pub(super) fn take(family: Family, labels: LabelForm, v: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (field, after) = Field::take(labels, v, RD_BITS)?;
        let (rd, octets) = RouteDistinguisher::take(field.octets).ok_or(Fault::NlriTruncated)?;
        let prefix = plain::prefix(family, field.bits, octets)?;
        Ok((Self { rd, prefix, labels: field.labels }, after))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(length(&self.labels, RD_BITS, &self.prefix));
        self.labels.encode(out);
        out.extend_from_slice(&self.rd.octets());
        plain::put_octets(out, &self.prefix);
    }
}

/// The parts that both kinds of NLRI have.
struct Field<'a> {
    labels: Labels,
    /// Bits of the prefix.
    bits: u8,
    /// What follows the labels.
    octets: &'a [u8],
}

impl<'a> Field<'a> {
    /// Those that `v` begins with, where `between` bits stand between the labels and the prefix.
    fn take(labels: LabelForm, v: &'a [u8], between: u8) -> Result<(Self, &'a [u8]), Fault> {
        let (bits, rest) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
        let (octets, after) = rest.split_at_checked(plain::octets_of(bits)).ok_or(Fault::NlriTruncated)?;
        let short = Fault::NlriLength(u16::from(bits));
        let behind_labels = bits.checked_sub(between).ok_or(short)?;
        let room = Labels::room(behind_labels);
        let (labels, octets) = if room == 0 { Err(short) } else { Labels::take(labels, octets, room) }?;
        Ok((Self { labels, bits: behind_labels.saturating_sub(labels.bits()), octets }, after))
    }
}

/// What the length field says of an NLRI; `None` where it cannot be said.
fn bits(labels: &Labels, between: u8, prefix: &IpNet) -> Option<u8> {
    labels.bits().checked_add(between)?.checked_add(prefix.prefix_len())
}

/// As [`bits`], of an NLRI that was read or built: its length is known to fit.
fn length(labels: &Labels, between: u8, prefix: &IpNet) -> u8 {
    labels.bits().saturating_add(between).saturating_add(prefix.prefix_len())
}

/// The labels behind the prefix; what is withdrawn has none.
fn show_labels(labels: &Labels, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if labels.is_withdrawn() { Ok(()) } else { write!(f, " label {labels}") }
}

impl fmt::Display for LabelledPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prefix.fmt(f)?;
        show_labels(&self.labels, f)
    }
}

impl fmt::Display for VpnPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.rd, self.prefix)?;
        show_labels(&self.labels, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlri::tests::{Reads, reads};

    const RD: [u8; 8] = [0, 0, 0xfb, 0xf4, 0, 0, 0, 1];

    /// (octets of a field, what comes of them)
    #[test]
    fn labelled_unicast() {
        let cases: [(Family, &[u8], Reads<'_>); 14] = [
            (Family::Ipv4Labelled, &[48, 0, 6, 0x41, 198, 51, 100], Ok(&["198.51.100.0/24 label 100"])),
            (Family::Ipv4Labelled, &[24, 0, 6, 0x41], Ok(&["0.0.0.0/0 label 100"])),
            // Host bits are masked.
            (Family::Ipv4Labelled, &[33, 0, 6, 0x41, 198, 255], Ok(&["198.128.0.0/9 label 100"])),
            // Two labels, then one NLRI more.
            (
                Family::Ipv4Labelled,
                &[72, 0, 6, 0x40, 0, 0xc, 0x81, 10, 0, 1, 32, 0, 6, 0x41, 10],
                Ok(&["10.0.1.0/24 label 100/200", "10.0.0.0/8 label 100"]),
            ),
            (Family::Ipv4Labelled, &[48, 0x80, 0, 0, 10, 0, 1], Ok(&["10.0.1.0/24"])),
            (Family::Ipv4Labelled, &[48, 0, 0, 0, 10, 0, 1], Ok(&["10.0.1.0/24"])),
            (Family::Ipv4Labelled, &[46, 0, 6, 0x40, 10, 0, 4], Ok(&["10.0.4.0/22 label 100"])),
            (Family::Ipv6Labelled, &[56, 0, 6, 0x41, 0x20, 1, 0x0d, 0xb8], Ok(&["2001:db8::/32 label 100"])),
            (Family::Ipv4Labelled, &[57, 0, 6, 0x41, 1, 2, 3, 4, 5], Err(Fault::NlriPrefixLength(33))),
            (Family::Ipv6Labelled, &[153; 21], Err(Fault::NlriPrefixLength(129))),
            (Family::Ipv4Labelled, &[8, 0], Err(Fault::NlriLength(8))),
            (Family::Ipv4Labelled, &[23, 0, 6, 0x41], Err(Fault::NlriLength(23))),
            (Family::Ipv4Labelled, &[0], Err(Fault::NlriLength(0))),
            (Family::Ipv4Labelled, &[48, 0, 6, 0x41, 198, 51], Err(Fault::NlriTruncated)),
        ];
        cases.into_iter().for_each(|(family, raw, want)| reads(family, raw, want));
    }

    #[test]
    fn vpn_routes() {
        let nlri = |bits, label: [u8; 3], prefix: &[u8]| [&[bits][..], &label, &RD, prefix].concat();
        let label = [0, 6, 0x41];
        let six = [0x20, 1, 0x0d, 0xb8];
        let cases: [(Family, Vec<u8>, Reads<'_>); 9] = [
            (Family::Ipv4Vpn, nlri(112, label, &[198, 51, 100]), Ok(&["64500:1:198.51.100.0/24 label 100"])),
            (Family::Ipv4Vpn, nlri(88, label, &[]), Ok(&["64500:1:0.0.0.0/0 label 100"])),
            (Family::Ipv6Vpn, nlri(120, label, &six), Ok(&["64500:1:2001:db8::/32 label 100"])),
            (Family::Ipv4Vpn, nlri(112, [0x80, 0, 0], &[198, 51, 100]), Ok(&["64500:1:198.51.100.0/24"])),
            // No room for a second label before the distinguisher: the first needs no S bit.
            (Family::Ipv4Vpn, nlri(104, [0, 6, 0x40], &[10, 1]), Ok(&["64500:1:10.1.0.0/16 label 100"])),
            (Family::Ipv4Vpn, nlri(87, label, &[]), Err(Fault::NlriLength(87))),
            (Family::Ipv4Vpn, nlri(121, label, &[1, 2, 3, 4, 5]), Err(Fault::NlriPrefixLength(33))),
            (Family::Ipv4Vpn, nlri(112, label, &[198, 51]), Err(Fault::NlriTruncated)),
            (Family::Ipv4Vpn, [&[48][..], &label, &[10, 0, 1]].concat(), Err(Fault::NlriLength(48))),
        ];
        cases.into_iter().for_each(|(family, raw, want)| reads(family, &raw, want));
    }

    #[test]
    fn what_cannot_be_written_is_not_built() {
        let (four, six) = ("198.51.100.7/24".parse().unwrap(), "2001:db8::/128".parse().unwrap());
        let rd = RouteDistinguisher::from(RD);
        let labels = |n: usize| Labels::new(&[100; 10][..n]).unwrap();
        assert_eq!(LabelledPrefix::new(labels(1), four).unwrap().prefix(), four.trunc());
        assert!(
            LabelledPrefix::new(labels(9), four).is_some() && LabelledPrefix::new(labels(10), four).is_none()
        );
        assert!(
            LabelledPrefix::new(labels(5), six).is_some() && LabelledPrefix::new(labels(6), six).is_none()
        );
        assert!(VpnPrefix::new(labels(2), rd, six).is_some() && VpnPrefix::new(labels(3), rd, six).is_none());
    }
}
