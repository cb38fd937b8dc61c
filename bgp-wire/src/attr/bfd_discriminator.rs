//! BFD_DISCRIMINATOR: the BFD session that watches a multicast tunnel (RFC 9026).

use super::tlv::{Form, Tlv, Tlvs, ip, put_ip};
use super::{AttrCode, Attrs};
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::net::IpAddr;

/// The type of the Source IP Address TLV.
const SOURCE: u16 = 1;

/// The value of BFD_DISCRIMINATOR (RFC 9026 section 3.1.6).
///
/// ```
/// use bgp_wire::BfdDiscriminator;
/// let mut value = Vec::new();
/// BfdDiscriminator::put(BfdDiscriminator::P2MP, 7, "192.0.2.1".parse().unwrap(), &mut value);
/// assert_eq!(BfdDiscriminator::new(&value).unwrap().discriminator, 7);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BfdDiscriminator<'a> {
    /// The kind of BFD session: [`BfdDiscriminator::P2MP`] or another.
    pub mode: u8,
    /// My Discriminator of the session.
    pub discriminator: u32,
    tlvs: &'a [u8],
}

impl<'a> BfdDiscriminator<'a> {
    /// The mode of a point-to-multipoint session.
    pub const P2MP: u8 = 1;

    /// Checks a value: a TLV follows the discriminator, and TLVs fill the rest.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let read = Self::read(v).filter(|bfd| v.len() >= 11 && Form::Short.is_whole(bfd.tlvs));
        let source = |bfd: &Self| bfd.tlvs().all(|tlv| tlv.kind != SOURCE || ip(tlv.value).is_some());
        read.filter(source).ok_or(Fault::AttrValue)
    }

    fn read(v: &'a [u8]) -> Option<Self> {
        let (mode, rest) = cursor::u8(v)?;
        let (discriminator, tlvs) = cursor::u32(rest)?;
        Some(Self { mode, discriminator, tlvs })
    }

    /// The source of the packets of the session.
    pub fn source(&self) -> Option<IpAddr> {
        ip(Form::Short.find(self.tlvs, SOURCE)?)
    }

    /// Every TLV.
    pub const fn tlvs(&self) -> Tlvs<'a> {
        Form::Short.iter(self.tlvs)
    }

    /// The TLVs of unknown types.
    pub(crate) fn others(&self) -> impl Iterator<Item = Tlv<'a>> + Clone + use<'a> {
        self.tlvs().filter(|tlv| tlv.kind != SOURCE)
    }

    /// Appends a value with a source address.
    pub fn put(mode: u8, discriminator: u32, source: IpAddr, out: &mut Vec<u8>) {
        out.push(mode);
        out.extend_from_slice(&discriminator.to_be_bytes());
        Form::Short.put(SOURCE, out, |out| put_ip(source, out));
    }
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    BfdDiscriminator::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// BFD_DISCRIMINATOR.
    pub fn bfd_discriminator(&self) -> Option<BfdDiscriminator<'a>> {
        BfdDiscriminator::read(self.value(AttrCode::BFD_DISCRIMINATOR)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (octets, source, or `None` where they are malformed)
    #[test]
    fn values() {
        let source = Some("192.0.2.1".parse().unwrap());
        let cases: &[(&[u8], Option<Option<IpAddr>>)] = &[
            (&[1, 0, 0, 0, 7, 1, 4, 192, 0, 2, 1], Some(source)),
            (&[1, 0, 0, 0, 7, 2, 4, 192, 0, 2, 1], Some(None)),
            (&[9, 0, 0, 0, 7, 2, 0, 1, 4, 192, 0, 2, 1], Some(source)),
            (&[1, 0, 0, 0, 7, 1, 5, 192, 0, 2, 1, 0], None),
            (&[1, 0, 0, 0, 7, 1, 5, 192, 0, 2, 1], None),
            (&[1, 0, 0, 0, 7, 1, 3, 192, 0, 2], None),
            (&[1, 0, 0, 0, 7], None),
            (&[1, 0, 0, 0], None),
            (&[], None),
        ];
        for (octets, want) in cases {
            let got = BfdDiscriminator::new(octets).ok();
            assert_eq!(got.map(|bfd| bfd.source()), *want, "{octets:?}");
            assert!(got.is_none_or(|bfd| bfd.discriminator == 7));
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for source in ["192.0.2.1", "2001:db8::1"].map(|a| a.parse().unwrap()) {
            let mut out = Vec::new();
            BfdDiscriminator::put(BfdDiscriminator::P2MP, u32::MAX, source, &mut out);
            let back = BfdDiscriminator::new(&out).unwrap();
            assert_eq!((back.mode, back.discriminator, back.source()), (1, u32::MAX, Some(source)));
        }
    }
}
