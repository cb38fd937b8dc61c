//! A Link-State NLRI of its own, built descriptor by descriptor.

use super::LinkStateNlri;
use super::descriptor::{Descriptor, Descriptors, family};
use super::node::NodeDescriptor;
use super::object::{LinkStateObject, ObjectKind, ProtocolId};
use crate::family::Family;
use crate::link_state::{LinkStateTlv, LinkStateTlvType, LinkStateTlvs};
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

/// An object of a topology, owned. Its descriptors may be added in any order and come out in that of RFC 9552 section
/// 5.1.
///
/// ```
/// use bgp_wire::*;
/// let node = [
///     NodeDescriptor::Asn(Asn(64500)),
///     NodeDescriptor::BgpLsId(0),
///     NodeDescriptor::IgpRouterId(IgpRouterId::Isis([0, 0, 0, 0, 0, 1])),
/// ];
/// let mut object = LinkStateBuf::new(ObjectKind::Ipv4Prefix, ProtocolId::ISIS_LEVEL_2, 0);
/// object.push(&Descriptor::Reachability("198.51.100.0/24".parse()?)).unwrap();
/// object.local_node(&node).unwrap();
/// assert_eq!(
///     TypedNlri::LinkState(object.view()).to_string(),
///     "ipv4-prefix isis-level-2 id 0 as 64500 bgp-ls-id 0 router 0000.0000.0001 prefix 198.51.100.0/24",
/// );
/// assert!(object.push(&Descriptor::Reachability("2001:db8::/32".parse()?)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LinkStateBuf {
    kind: ObjectKind,
    protocol: ProtocolId,
    identifier: u64,
    /// The descriptors, checked.
    raw: Vec<u8>,
}

impl LinkStateBuf {
    /// Octets of descriptors that leave room for all else in the length of an NLRI: protocol, identifier and a route
    /// distinguisher.
    const ROOM: usize = 65_535 - 17;

    /// An object without descriptors yet.
    pub const fn new(kind: ObjectKind, protocol: ProtocolId, identifier: u64) -> Self {
        Self { kind, protocol, identifier, raw: Vec::new() }
    }

    /// Borrows it.
    pub fn view(&self) -> LinkStateNlri<'_> {
        let (kind, protocol, identifier) = (self.kind, self.protocol, self.identifier);
        let descriptors = Descriptors::checked(kind, &self.raw);
        LinkStateNlri::Object(LinkStateObject { protocol, identifier, descriptors })
    }

    /// Adds a descriptor in its place. One that would make the NLRI malformed or too long is not added; the fault is what
    /// it would be.
    pub fn push(&mut self, descriptor: &Descriptor<'_>) -> Result<(), Fault> {
        if let Descriptor::Reachability(prefix) = descriptor
            && family(self.kind) != Some(Family::of(prefix))
        {
            return Err(Fault::LinkStateTlv(descriptor.kind().0));
        }
        let mut added = Vec::new();
        descriptor.put(&mut added);
        self.insert(descriptor.kind(), &added)
    }

    /// Adds the node that the object is or belongs to; its descriptors may stand in any order.
    pub fn local_node(&mut self, node: &[NodeDescriptor<'_>]) -> Result<(), Fault> {
        self.node(LinkStateTlvType::LOCAL_NODE_DESCRIPTORS, node)
    }

    /// Adds the node that a link leads to.
    pub fn remote_node(&mut self, node: &[NodeDescriptor<'_>]) -> Result<(), Fault> {
        self.node(LinkStateTlvType::REMOTE_NODE_DESCRIPTORS, node)
    }

    fn node(&mut self, kind: LinkStateTlvType, node: &[NodeDescriptor<'_>]) -> Result<(), Fault> {
        let mut node: Vec<_> = node.iter().collect();
        node.sort_by_key(|descriptor| descriptor.kind());
        let mut value = Vec::new();
        node.into_iter().for_each(|descriptor| descriptor.put(&mut value));
        self.push(&Descriptor::Other(LinkStateTlv { kind, value: &value }))
    }

    fn insert(&mut self, kind: LinkStateTlvType, added: &[u8]) -> Result<(), Fault> {
        let fault = Fault::LinkStateTlv(kind.0);
        let tlv = LinkStateTlvs(added).next().ok_or(fault)?;
        let mut rest = LinkStateTlvs(&self.raw);
        let mut at = 0;
        while rest.next().is_some_and(|before| before.order(&tlv) != Ordering::Greater) {
            at = self.raw.len().saturating_sub(rest.0.len());
        }
        let (before, behind) = self.raw.split_at_checked(at).ok_or(fault)?;
        let all = [before, added, behind].concat();
        if all.len() > Self::ROOM {
            return Err(fault);
        }
        Descriptors::check(self.kind, &all)?;
        self.raw = all;
        Ok(())
    }
}

impl From<LinkStateObject<'_>> for LinkStateBuf {
    fn from(object: LinkStateObject<'_>) -> Self {
        let LinkStateObject { protocol, identifier, descriptors } = object;
        Self { kind: object.kind(), protocol, identifier, raw: descriptors.as_bytes().to_vec() }
    }
}

impl fmt::Debug for LinkStateBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
