//! BGP-LS: what is said of a node, a link or a prefix of a link-state topology (RFC 9552).

use super::tlv::Form;
use super::{AttrCode, Attrs};
use crate::link_state::{LinkStateTlv, LinkStateTlvType};
use crate::negotiate::Negotiated;
use crate::outcome::Fault;

/// The value of BGP-LS (RFC 9552 section 5.3). What a TLV says depends on the NLRI of the message.
///
/// ```
/// use bgp_wire::{LinkStateAttribute, LinkStateTlvType, LinkStateValue};
/// let mut value = Vec::new();
/// LinkStateValue::Name(b"r1").put(LinkStateTlvType::NODE_NAME, &mut value);
/// let attribute = LinkStateAttribute::new(&value).unwrap();
/// assert!(attribute.tlvs().all(|tlv| tlv.read() == LinkStateValue::Name(b"r1")));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinkStateAttribute<'a>(&'a [u8]);

impl<'a> LinkStateAttribute<'a> {
    /// Checks that the TLVs fill the value (RFC 9552 section 8.2.2).
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        if Form::Long.is_whole(v) { Ok(Self(v)) } else { Err(Fault::AttrValue) }
    }

    /// Every TLV, in the order of the wire.
    pub fn tlvs(&self) -> impl Iterator<Item = LinkStateTlv<'a>> + Clone + use<'a> {
        let typed = |tlv: super::Tlv<'a>| LinkStateTlv { kind: LinkStateTlvType(tlv.kind), value: tlv.value };
        Form::Long.iter(self.0).map(typed)
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
