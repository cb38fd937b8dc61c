//! Link-State NLRI: nodes, links and prefixes of an IGP's topology (RFC 9552 section 5.2), and SRv6 SIDs (RFC 9514).
//!
//! What an NLRI says is judged by its form alone: lengths, the order of its TLVs, no descriptor of a node twice (section
//! 8.2.2). Which TLVs are there and what they say is nobody's business before the reader's.

mod buf;
mod descriptor;
mod node;
mod object;
#[cfg(test)]
mod rfc9552;
#[cfg(test)]
mod tests;
mod text;

pub use buf::LinkStateBuf;
pub use descriptor::{Descriptor, Descriptors, OspfRouteType};
pub use node::{IgpRouterId, NodeDescriptor, NodeDescriptors};
pub use object::{LinkStateObject, ObjectKind, ProtocolId};

use super::TypedNlri;
use crate::cursor;
use crate::outcome::Fault;
use crate::route_distinguisher::RouteDistinguisher;
use alloc::vec::Vec;

/// A Link-State NLRI (RFC 9552 section 5.2).
///
/// ```
/// use bgp_wire::*;
/// let octets = [
///     0, 1, 0, 27, // a node, 27 octets
///     2, 0, 0, 0, 0, 0, 0, 0, 0, // IS-IS level 2, identifier 0
///     1, 0, 0, 14, // local node descriptors
///     2, 0, 0, 0, // a TLV without a value, where an ASN has four octets
///     2, 3, 0, 6, 0, 0, 0, 0, 0, 1, // IGP router ID
/// ];
/// let field = Nlri::new(Family::LinkState, false, &octets).unwrap();
/// let (_, first) = field.typed().next().unwrap();
/// assert!(matches!(first, TypedNlri::Malformed { fault: Fault::LinkStateTlv(512), .. }));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LinkStateNlri<'a> {
    /// A node, a link, a prefix or an SRv6 SID.
    Object(LinkStateObject<'a>),
    /// Of a type that is not known, and is passed on as it is (RFC 9552 section 5.2). Reading never gives this for a type
    /// of [`ObjectKind`], and no field takes it.
    Unknown {
        /// The type.
        kind: u16,
        /// What follows its length, and its route distinguisher where the family has them.
        value: &'a [u8],
    },
}

impl<'a> LinkStateNlri<'a> {
    /// The object, where its type is known.
    pub const fn object(&self) -> Option<LinkStateObject<'a>> {
        match self {
            Self::Object(object) => Some(*object),
            Self::Unknown { .. } => None,
        }
    }

    /// Whether it reads back as what it is: a known type is never unknown.
    pub(super) const fn is_sound(&self) -> bool {
        match self {
            Self::Object(_) => true,
            Self::Unknown { kind, .. } => ObjectKind::from_code(*kind).is_none(),
        }
    }

    pub(super) fn read(kind: u16, v: &'a [u8]) -> Result<Self, Fault> {
        match ObjectKind::from_code(kind) {
            Some(kind) => LinkStateObject::read(kind, v).map(Self::Object),
            None => Ok(Self::Unknown { kind, value: v }),
        }
    }

    /// Appends type, length, the route distinguisher and the rest.
    pub(super) fn encode(&self, rd: Option<RouteDistinguisher>, out: &mut Vec<u8>) {
        let rd = rd.map(RouteDistinguisher::octets);
        let rd = rd.as_ref().map_or(&[][..], |rd| rd);
        let mut put = |kind: u16, parts: &[&[u8]]| {
            let len: usize = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
            out.extend_from_slice(&kind.to_be_bytes());
            out.extend_from_slice(&u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes());
            parts.iter().for_each(|part| out.extend_from_slice(part));
        };
        match self {
            Self::Object(object) => {
                let identifier = object.identifier.to_be_bytes();
                let descriptors = object.descriptors.as_bytes();
                put(object.kind().code(), &[rd, &[object.protocol.0], &identifier, descriptors]);
            }
            Self::Unknown { kind, value } => put(*kind, &[rd, value]),
        }
    }
}

/// Cuts one NLRI off `v`. One that is malformed but whole is passed over (RFC 9552 section 8.2.2); where it ends is
/// known all the same.
pub(super) fn take(vpn: bool, v: &[u8]) -> Result<(TypedNlri<'_>, &[u8]), Fault> {
    let (kind, rest) = cursor::u16(v).ok_or(Fault::NlriTruncated)?;
    let (body, after) = cursor::field16(rest).ok_or(Fault::NlriTruncated)?;
    let octets = v.get(..v.len().saturating_sub(after.len())).unwrap_or(v);
    let nlri = if vpn {
        match body.split_first_chunk::<8>() {
            Some((rd, body)) => {
                LinkStateNlri::read(kind, body).map(|nlri| TypedNlri::LinkStateVpn((*rd).into(), nlri))
            }
            None => Err(Fault::LinkStateNlri(kind)),
        }
    } else {
        LinkStateNlri::read(kind, body).map(TypedNlri::LinkState)
    };
    Ok((nlri.unwrap_or_else(|fault| TypedNlri::Malformed { octets, fault }), after))
}
