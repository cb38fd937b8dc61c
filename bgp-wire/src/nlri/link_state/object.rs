//! What an NLRI of a known type begins with: which object it is, and who told of it.

use super::descriptor::{Descriptor, Descriptors};
use super::node::NodeDescriptors;
use crate::cursor;
use crate::outcome::Fault;
use core::fmt;

/// The type of a Link-State NLRI (RFC 9552 section 5.2, RFC 9514 section 6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u16)]
pub enum ObjectKind {
    /// A node.
    Node = 1,
    /// A link, which is one direction of what joins two nodes.
    Link = 2,
    /// An IPv4 prefix.
    Ipv4Prefix = 3,
    /// An IPv6 prefix.
    Ipv6Prefix = 4,
    /// An SRv6 SID.
    Srv6Sid = 6,
}

impl ObjectKind {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Node, Self::Link, Self::Ipv4Prefix, Self::Ipv6Prefix, Self::Srv6Sid];

    /// Its number on the wire.
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// The one with a number; `None` for the others.
    pub const fn from_code(code: u16) -> Option<Self> {
        Some(match code {
            1 => Self::Node,
            2 => Self::Link,
            3 => Self::Ipv4Prefix,
            4 => Self::Ipv6Prefix,
            6 => Self::Srv6Sid,
            _ => return None,
        })
    }

    /// Its name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Link => "link",
            Self::Ipv4Prefix => "ipv4-prefix",
            Self::Ipv6Prefix => "ipv6-prefix",
            Self::Srv6Sid => "srv6-sid",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The protocol that an object was learnt from (RFC 9552 section 5.2 and the IANA registry).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProtocolId(pub u8);

impl ProtocolId {
    /// IS-IS level 1.
    pub const ISIS_LEVEL_1: Self = Self(1);
    /// IS-IS level 2.
    pub const ISIS_LEVEL_2: Self = Self(2);
    /// OSPFv2.
    pub const OSPFV2: Self = Self(3);
    /// Local interfaces.
    pub const DIRECT: Self = Self(4);
    /// Configuration.
    pub const STATIC: Self = Self(5);
    /// OSPFv3.
    pub const OSPFV3: Self = Self(6);
    /// BGP (RFC 9086).
    pub const BGP: Self = Self(7);
    /// RSVP-TE.
    pub const RSVP_TE: Self = Self(8);
    /// Segment routing (RFC 9857).
    pub const SEGMENT_ROUTING: Self = Self(9);

    /// Its name; `None` where this library knows none.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::ISIS_LEVEL_1 => "isis-level-1",
            Self::ISIS_LEVEL_2 => "isis-level-2",
            Self::OSPFV2 => "ospfv2",
            Self::DIRECT => "direct",
            Self::STATIC => "static",
            Self::OSPFV3 => "ospfv3",
            Self::BGP => "bgp",
            Self::RSVP_TE => "rsvp-te",
            Self::SEGMENT_ROUTING => "segment-routing",
            _ => return None,
        })
    }
}

impl fmt::Display for ProtocolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "protocol-{}", self.0),
        }
    }
}

/// A node, a link, a prefix or an SRv6 SID, by its descriptors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinkStateObject<'a> {
    /// Where it was learnt.
    pub protocol: ProtocolId,
    /// Which instance of that protocol (RFC 9552 section 5.2).
    pub identifier: u64,
    /// What tells it from the others.
    pub descriptors: Descriptors<'a>,
}

impl<'a> LinkStateObject<'a> {
    pub(super) fn read(kind: ObjectKind, v: &'a [u8]) -> Result<Self, Fault> {
        let short = Fault::LinkStateNlri(kind.code());
        let (protocol, v) = cursor::u8(v).ok_or(short)?;
        let (identifier, v) = v.split_first_chunk().ok_or(short)?;
        let (protocol, identifier) = (ProtocolId(protocol), u64::from_be_bytes(*identifier));
        Ok(Self { protocol, identifier, descriptors: Descriptors::check(kind, v)? })
    }

    /// Which of them it is.
    pub const fn kind(&self) -> ObjectKind {
        self.descriptors.kind()
    }

    /// The node that it is, or that it belongs to.
    pub fn local_node(&self) -> Option<NodeDescriptors<'a>> {
        self.descriptors.iter().find_map(|descriptor| match descriptor {
            Descriptor::LocalNode(node) => Some(node),
            _ => None,
        })
    }

    /// The node that a link leads to.
    pub fn remote_node(&self) -> Option<NodeDescriptors<'a>> {
        self.descriptors.iter().find_map(|descriptor| match descriptor {
            Descriptor::RemoteNode(node) => Some(node),
            _ => None,
        })
    }
}
