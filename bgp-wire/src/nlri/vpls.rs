//! Layer 2 VPNs: VPLS (RFC 4761), its auto-discovery for LDP (RFC 6074), and circuits (RFC 6624), which share a
//! family and are told apart by their lengths.

use super::Label;
use crate::cursor;
use crate::outcome::Fault;
use crate::route_distinguisher::RouteDistinguisher;
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv4Addr;

/// One NLRI of the family VPLS.
///
/// ```
/// use bgp_wire::Vpls;
/// let pe = Vpls::Discovery { rd: "64500:1".parse().unwrap(), pe: [192, 0, 2, 1].into() };
/// assert_eq!(pe.to_string(), "64500:1 PE 192.0.2.1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Vpls<'a> {
    /// A block of labels, one for each edge of the VPLS (RFC 4761 section 3.2.2).
    Block {
        /// The VPLS.
        rd: RouteDistinguisher,
        /// VE ID: the edge that announces.
        ve_id: u16,
        /// VE block offset: the first edge that the block is for.
        offset: u16,
        /// VE block size: for how many edges it is.
        size: u16,
        /// Label base: the label for the first of them.
        base: Label,
    },
    /// An edge whose pseudowires LDP sets up (RFC 6074 section 3.2.2).
    Discovery {
        /// The VPLS.
        rd: RouteDistinguisher,
        /// The address of the edge.
        pe: Ipv4Addr,
    },
    /// A block of labels for circuits (RFC 6624 section 2.2).
    Circuits {
        /// The VPN.
        rd: RouteDistinguisher,
        /// CE ID: the customer's edge that announces.
        ce_id: u16,
        /// Label-block offset: the first edge that the block is for.
        offset: u16,
        /// Label base: the label for the first of them.
        base: Label,
        /// The TLVs behind, of which the circuit status vector tells the size of the block. They are not looked into,
        /// and have either no octet or at least 3.
        tlvs: &'a [u8],
    },
}

impl<'a> Vpls<'a> {
    pub(super) fn take(v: &'a [u8]) -> Result<(Self, &'a [u8]), Fault> {
        let (len, rest) = cursor::u16(v).ok_or(Fault::NlriTruncated)?;
        let (octets, after) = rest.split_at_checked(usize::from(len)).ok_or(Fault::NlriTruncated)?;
        let read = match len {
            12 => Self::discovery(octets),
            17 => Self::block(octets),
            15 | 18.. => Self::circuits(octets),
            _ => None,
        };
        Ok((read.ok_or(Fault::NlriLength(len))?, after))
    }

    fn discovery(v: &'a [u8]) -> Option<Self> {
        let (rd, rest) = RouteDistinguisher::take(v)?;
        Some(Self::Discovery { rd, pe: cursor::whole_u32(rest)?.into() })
    }

    fn block(v: &'a [u8]) -> Option<Self> {
        let (rd, rest) = RouteDistinguisher::take(v)?;
        let (ve_id, rest) = cursor::u16(rest)?;
        let (offset, rest) = cursor::u16(rest)?;
        let (size, rest) = cursor::u16(rest)?;
        Some(Self::Block { rd, ve_id, offset, size, base: Label::from_octets(rest.try_into().ok()?) })
    }

    fn circuits(v: &'a [u8]) -> Option<Self> {
        let (rd, rest) = RouteDistinguisher::take(v)?;
        let (ce_id, rest) = cursor::u16(rest)?;
        let (offset, rest) = cursor::u16(rest)?;
        let (base, tlvs) = rest.split_first_chunk()?;
        Some(Self::Circuits { rd, ce_id, offset, base: Label::from_octets(*base), tlvs })
    }

    /// Whether its length tells which form it is.
    pub(super) const fn is_told_apart(&self) -> bool {
        !matches!(self, Self::Circuits { tlvs: [_] | [_, _], .. })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let numbers = |out: &mut Vec<u8>, numbers: &[u16]| {
            numbers.iter().for_each(|n| out.extend_from_slice(&n.to_be_bytes()));
        };
        match self {
            Self::Discovery { rd, pe } => {
                numbers(out, &[12]);
                out.extend_from_slice(&rd.octets());
                out.extend_from_slice(&pe.octets());
            }
            Self::Block { rd, ve_id, offset, size, base } => {
                numbers(out, &[17]);
                out.extend_from_slice(&rd.octets());
                numbers(out, &[*ve_id, *offset, *size]);
                out.extend_from_slice(&base.octets());
            }
            Self::Circuits { rd, ce_id, offset, base, tlvs } => {
                // What is longer than the length can say fits no message either, and is refused there.
                numbers(out, &[u16::try_from(tlvs.len().saturating_add(15)).unwrap_or(u16::MAX)]);
                out.extend_from_slice(&rd.octets());
                numbers(out, &[*ce_id, *offset]);
                out.extend_from_slice(&base.octets());
                out.extend_from_slice(tlvs);
            }
        }
    }
}

impl fmt::Display for Vpls<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block { rd, ve_id, offset, size, base } => {
                write!(f, "{rd} VE ID {ve_id} offset {offset} size {size} label base {base}")
            }
            Self::Discovery { rd, pe } => write!(f, "{rd} PE {pe}"),
            Self::Circuits { rd, ce_id, offset, base, .. } => {
                write!(f, "{rd} CE ID {ce_id} offset {offset} label base {base}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Family;
    use crate::nlri::tests::{Reads, reads};

    const RD: [u8; 8] = [0, 1, 192, 0, 2, 1, 0, 7];

    /// (length, octets behind the distinguisher, what comes of them)
    #[test]
    fn three_forms() {
        let block = "192.0.2.1:7 VE ID 5 offset 1 size 8 label base 10702";
        let circuits = "192.0.2.1:7 CE ID 5 offset 1 label base 10702";
        let cases: [(u16, &[u8], Reads<'_>); 8] = [
            (17, &[0, 5, 0, 1, 0, 8, 2, 0x9c, 0xe1], Ok(&[block])),
            (12, &[198, 51, 100, 1], Ok(&["192.0.2.1:7 PE 198.51.100.1"])),
            (15, &[0, 5, 0, 1, 2, 0x9c, 0xe1], Ok(&[circuits])),
            (19, &[0, 5, 0, 1, 2, 0x9c, 0xe1, 1, 0, 8, 0], Ok(&[circuits])),
            (16, &[0, 5, 0, 1, 0, 8, 2, 0x9c], Err(Fault::NlriLength(16))),
            (11, &[198, 51, 100], Err(Fault::NlriLength(11))),
            (17, &[0, 5, 0, 1, 0, 8, 2, 0x9c], Err(Fault::NlriTruncated)),
            (8, &[], Err(Fault::NlriLength(8))),
        ];
        for (len, behind, want) in cases {
            reads(Family::Vpls, &[&len.to_be_bytes(), &RD[..], behind].concat(), want);
        }
        reads(Family::Vpls, &[0], Err(Fault::NlriTruncated));
        reads(Family::Vpls, &[0, 0], Err(Fault::NlriLength(0)));
    }
}
