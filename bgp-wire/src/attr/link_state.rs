//! BGP-LS: what is said of a node, a link or a prefix of a link-state topology (RFC 9552).

use super::tlv::{Form, Tlvs};
use super::{AttrCode, Attrs};
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;

/// The value of BGP-LS (RFC 9552 section 5.3). What a TLV says depends on the NLRI of the message.
///
/// ```
/// use bgp_wire::LinkStateAttribute;
/// let mut value = Vec::new();
/// LinkStateAttribute::put(1026, b"r1", &mut value); // Node Name
/// let attribute = LinkStateAttribute::new(&value).unwrap();
/// assert!(attribute.tlvs().all(|tlv| tlv.kind == 1026 && tlv.value == b"r1"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinkStateAttribute<'a>(&'a [u8]);

impl<'a> LinkStateAttribute<'a> {
    /// Checks that the TLVs fill the value (RFC 9552 section 8.2.2).
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        if Form::Long.is_whole(v) { Ok(Self(v)) } else { Err(Fault::AttrValue) }
    }

    /// Every TLV, in the order of the wire.
    pub const fn tlvs(&self) -> Tlvs<'a> {
        Form::Long.iter(self.0)
    }

    /// Appends a TLV to a value.
    pub fn put(kind: u16, value: &[u8], out: &mut Vec<u8>) {
        Form::Long.put(kind, out, |out| out.extend_from_slice(value));
    }
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    LinkStateAttribute::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// BGP-LS.
    pub fn link_state(&self) -> Option<LinkStateAttribute<'a>> {
        self.value(AttrCode::BGP_LS).map(LinkStateAttribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (octets, how many TLVs there are, or `None` where they are malformed)
    #[test]
    fn values() {
        let cases: &[(&[u8], Option<usize>)] = &[
            (&[], Some(0)),
            (&[4, 0, 0, 0], Some(1)),
            (&[4, 4, 0, 4, 192, 0, 2, 1, 0xff, 0xff, 0, 1, 7], Some(2)),
            (&[4, 4, 0, 4, 192, 0, 2], None),
            (&[4, 4, 0, 4, 192, 0, 2, 1, 0], None),
            (&[4, 4, 0], None),
        ];
        for (octets, want) in cases {
            assert_eq!(LinkStateAttribute::new(octets).ok().map(|a| a.tlvs().count()), *want, "{octets:?}");
        }
    }
}
