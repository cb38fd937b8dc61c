//! BGP on the wire: frames, messages, path attributes and NLRI (RFC 4271 and its extensions), with the
//! outcome that RFC 7606 asks for instead of an error wherever it asks for one.
//!
//! Bytes become types once. Decoding borrows from the input, is total (no panic) and allocates nothing
//! (but for an OPEN whose capabilities come in several parameters, which is copied);
//! what a message means depends on the OPENs exchanged before it, so every decoder takes [`Negotiated`].
//!
//! ```
//! use bgp_wire::{frame, update, Negotiated, PeerKind, Received};
//!
//! // An End-of-RIB marker for IPv4 unicast (RFC 4724 section 2): an UPDATE that carries nothing.
//! let bytes = [[0xff; 16].as_slice(), &[0, 23, 2, 0, 0, 0, 0]].concat();
//! let message = frame(&bytes, 4096).unwrap().expect("a whole message");
//! let parsed = update(message.body, &Negotiated::new(PeerKind::External)).unwrap();
//! assert!(matches!(parsed.update, Received::EndOfRib(_)));
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod as_path;
mod as_path_text;
mod asn;
mod attr;
mod attribute_set;
pub mod bmp;
mod capability;
mod community;
mod cursor;
mod display;
mod encoded_set;
mod family;
mod frame;
mod link_state;
mod mp;
pub mod mrt;
mod negotiate;
mod next_hop;
mod nlri;
mod notification;
mod octets;
mod open;
mod optional_parameters;
mod orf;
mod outcome;
mod route_distinguisher;
mod route_refresh;
#[cfg(feature = "serde")]
mod serde;
mod stream;
mod update;
mod update_buf;
mod update_writer;

#[cfg(test)]
mod rfc7606;
#[cfg(test)]
mod round_trip;

#[cfg(feature = "serde")]
pub use self::serde::json;
pub use as_path::{AsPath, AsPathBuf, Segment, SegmentKind};
pub use as_path_text::AsPathParseError;
pub use asn::{Asn, AsnParseError};
pub use attr::{
    Aigp, AttrCode, AttrFlags, AttrSet, AttrSpec, Attrs, BfdDiscriminator, BgpsecPath, DPath, DPathDomain,
    EgressEndpoint, Encapsulation, LinkStateAttribute, MldpFec, Origin, PmsiTunnel, PrefixSid, REGISTRY,
    RawAttr, SecurePathSegment, SidStructure, SignatureBlock, SignatureSegment, SrgbRange, Srv6Service,
    Srv6Sid, SubTlv, SubTlvType, Tlv, Tlvs, Tunnel, TunnelEncapsulation, TunnelIdentifier, spec,
};
pub use attribute_set::{Aggregator, AttributeSet, OwnedAttr};
pub use capability::{
    AddPath, Bgpsec, Capabilities, Capability, Fqdn, GracefulRestart, LabelCount, NextHopEncoding, OrfFamily,
    OrfSupport, PathsLimit, RestartFamily, Role, StaleFamily, Tuple, Tuples,
};
pub use community::{
    Administered, AsSpecific, Color, Community, CommunityParseError, Cost, EvpnCommunity, ExtendedCommunity,
    ExtendedKind, FlowSpecAction, Ipv6ExtendedCommunity, Ipv6Kind, Ipv6Specific, LargeCommunity, Layer2Info,
    LinkBandwidth, OriginValidation, OspfCommunity, TunnelType,
};
pub use encoded_set::EncodedSet;
pub use family::{AfiSafi, Family, FamilyParseError, FamilySet};
pub use frame::{Frame, HEADER_LEN, MAX_EXTENDED_MESSAGE, MAX_MESSAGE, MessageType, frame, write_keepalive};
pub use link_state::{
    Bandwidths, IgpMetric, LinkDelay, LinkStateTlv, LinkStateTlvType, LinkStateValue, Msds, Numbers,
    TopologyIds,
};
pub use negotiate::{AsSets, AsnWidth, FamilyOutcome, Negotiated, PeerKind, family_outcomes, negotiate};
pub use next_hop::NextHop;
pub use nlri::{
    BitmaskOp, BitmaskOps, Descriptor, Descriptors, Esi, EsiKind, EsiParseError, EvpnLabel, EvpnRoute,
    FlowComponent, FlowComponents, FlowMatch, FlowPrefix, FlowSpec, FlowSpecBuf, FlowSpecError,
    FlowSpecParseError, FlowType, IgpRouterId, Label, LabelStack, LabelStacks, LabelledPrefix, Labels,
    LinkStateBuf, LinkStateNlri, LinkStateObject, MacAddr, MacAddrParseError, MulticastGroup, Nlri, NlriBuf,
    NlriIter, NlriUnfit, NodeDescriptor, NodeDescriptors, NumericOp, NumericOps, ObjectKind, OspfRouteType,
    PathNlri, ProtocolId, RouteTargetMembership, SrPolicy, TypedIter, TypedNlri, Vpls, VpnPrefix,
};
pub use notification::{Notification, NotificationCode};
pub use open::Open;
pub use orf::{FilteredRefresh, OrfError, OrfGroup, PrefixOrf, PrefixRule, WhenToRefresh};
pub use outcome::{Fault, Finding, Findings, Reset, ResetData, Severity};
pub use route_distinguisher::{RouteDistinguisher, RouteDistinguisherParseError};
pub use route_refresh::{RouteRefresh, RouteRefreshKind};
pub use update::{Parsed, Received, Routes, Unfeasible, update};
pub use update_buf::{Attribute, AttributeValue, MpReach, UpdateBuf};
pub use update_writer::{Fit, TooLong, UpdateWriter};
