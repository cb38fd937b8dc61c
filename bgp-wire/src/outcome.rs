//! What a malformed message comes to: RFC 7606's outcomes, and the faults that lead there.

use crate::attr::{AttrCode, spec};
use crate::notification::NotificationCode;
use core::fmt;

/// How an error in an UPDATE is handled (RFC 7606 section 2), weakest first: the worst of several wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The attribute is dropped, the rest stands.
    AttributeDiscard,
    /// The NLRI at fault is passed over, the rest stands (RFC 9552 section 8.2.2, as RFC 7606 section 5.4).
    NlriDiscard,
    /// Every prefix the message announces is withdrawn.
    TreatAsWithdraw,
    /// The family can no longer be followed on this session.
    AfiSafiDisable,
    /// Nothing can be saved: NOTIFICATION, and the session ends.
    SessionReset,
}

impl Severity {
    /// The RFCs' own term.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AttributeDiscard => "attribute-discard",
            Self::NlriDiscard => "nlri-discard",
            Self::TreatAsWithdraw => "treat-as-withdraw",
            Self::AfiSafiDisable => "afi-safi-disable",
            Self::SessionReset => "session-reset",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is wrong. `Copy` and without strings: hostile input must not allocate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The marker is not all ones.
    Marker,
    /// The message is shorter or longer than its type or the session allows.
    MessageLength(u16),
    /// No such message type.
    MessageType(u8),
    /// The OPEN names a version other than 4.
    Version(u8),
    /// The OPEN's ASN is 0.
    PeerAsn,
    /// The OPEN's BGP Identifier is 0.
    BgpIdentifier,
    /// The OPEN's hold time is 1 or 2 seconds.
    HoldTime(u16),
    /// The OPEN carries an optional parameter other than capabilities.
    OptionalParameter(u8),
    /// A parameter or capability of the OPEN overruns it.
    OpenFraming,
    /// A capability that is understood has a length it cannot have; this is its code.
    CapabilityLength(u8),
    /// The two OPENs share no family.
    NoCommonFamily,
    /// A length field of the UPDATE contradicts another.
    UpdateFraming,
    /// An attribute overruns the attributes' field, or too few octets are left for one.
    AttrFraming,
    /// The optional or the transitive bit is not the attribute's own, or partial is set where it cannot be.
    AttrFlags(u8),
    /// The value's length is not one the attribute can have.
    AttrLength(u16),
    /// The value means nothing.
    AttrValue,
    /// The attribute stands there already.
    AttrDuplicate,
    /// A mandatory attribute is not there.
    AttrMissing,
    /// The attribute has no business on an external session.
    AttrFromExternal,
    /// An attribute of RFC 6793 from a speaker that has no need of it.
    AttrFromFourOctets,
    /// An attribute that the session has not enabled, so that it is as if it were not known.
    AttrNotEnabled,
    /// An attribute within the attribute is malformed.
    AttrNested,
    /// No tunnel of the attribute can be used.
    NoTunnel,
    /// An SRv6 service of the attribute is malformed.
    Srv6Service,
    /// A well-known attribute that is not known.
    AttrUnrecognized,
    /// AS 0 in a path or an aggregator.
    AsZero,
    /// A set in a path, where the receiver takes none (RFC 9774).
    AsSet,
    /// A confederation segment from outside the confederation.
    ConfedSegment,
    /// The next hop's length does not fit the family.
    NextHopLength(u8),
    /// A family that this session did not negotiate.
    FamilyNotNegotiated,
    /// A prefix longer than its family's addresses.
    NlriPrefixLength(u8),
    /// An NLRI's length, in whatever its family counts, is none that the family has.
    NlriLength(u16),
    /// An NLRI overruns its field.
    NlriTruncated,
    /// An NLRI that means nothing.
    NlriValue,
    /// A prefix with so many labels, more than the receiver takes.
    LabelCount(u8),
    /// A label stack without the S bit that ends it.
    LabelStackOpen,
    /// An EVPN route is not as its type asks; this is the type.
    EvpnRoute(u8),
    /// An EVPN IP prefix with two overlay indexes, an ESI and a gateway.
    EvpnOverlayIndexes,
    /// A flow specification without a component.
    FlowSpecEmpty,
    /// A component of a flow specification is of this type, which is not known.
    FlowSpecUnknown(u8),
    /// A component of this type stands behind one of the same or a higher type.
    FlowSpecOrder(u8),
    /// A component of this type is not encoded as the type asks.
    FlowSpecComponent(u8),
    /// A Link-State NLRI of this type is shorter than what each begins with.
    LinkStateNlri(u16),
    /// A TLV of this type has, in a Link-State NLRI, a length that it cannot have.
    LinkStateTlv(u16),
    /// A TLV of this type does not stand in its place in a Link-State NLRI.
    LinkStateOrder(u16),
    /// A node of a Link-State NLRI has two descriptors of this type.
    LinkStateTwice(u16),
    /// Attributes that cannot be used, and no prefix announced that could be withdrawn for it.
    NothingToWithdraw,
}

impl Fault {
    /// What it comes to, where that is not for the attribute's row to say.
    pub(crate) const fn own_severity(self) -> Option<Severity> {
        match self {
            Self::NoTunnel | Self::AttrNotEnabled => Some(Severity::AttributeDiscard),
            // RFC 9774 section 3 asks for it in AS4_PATH too, which otherwise is discarded alone.
            Self::Srv6Service | Self::AsSet => Some(Severity::TreatAsWithdraw),
            _ => None,
        }
    }

    /// The clause that this breaks.
    pub const fn cite(self) -> &'static str {
        match self {
            Self::Marker | Self::MessageLength(_) | Self::MessageType(_) => "RFC 4271 §6.1",
            Self::Version(_) | Self::BgpIdentifier | Self::HoldTime(_) | Self::OptionalParameter(_) => {
                "RFC 4271 §6.2"
            }
            Self::PeerAsn => "RFC 7607 §2",
            Self::OpenFraming | Self::CapabilityLength(_) => "RFC 5492 §4",
            Self::NoCommonFamily => "RFC 4760 §8",
            Self::UpdateFraming => "RFC 7606 §3.b",
            Self::AttrFraming => "RFC 7606 §4",
            Self::AttrFlags(_) => "RFC 7606 §3.c",
            Self::AttrMissing => "RFC 7606 §3.d",
            Self::AttrDuplicate => "RFC 7606 §3.g",
            Self::AttrUnrecognized => "RFC 4271 §6.3",
            Self::AttrFromFourOctets => "RFC 6793 §4.1",
            Self::AttrLength(_) | Self::AttrValue | Self::AttrFromExternal | Self::AttrNotEnabled => {
                "RFC 7606 §7"
            }
            Self::AttrNested => "RFC 6368 §5",
            Self::NoTunnel => "RFC 9012 §13",
            Self::Srv6Service => "RFC 9252 §7",
            Self::AsZero => "RFC 7607 §2",
            Self::AsSet => "RFC 9774 §3",
            Self::ConfedSegment => "RFC 5065 §5",
            Self::NextHopLength(_) => "RFC 7606 §7.11",
            Self::FamilyNotNegotiated => "RFC 4760 §6",
            Self::NlriPrefixLength(_) | Self::NlriLength(_) | Self::NlriTruncated | Self::NlriValue => {
                "RFC 7606 §5.3"
            }
            Self::LabelCount(_) => "RFC 8277 §2.1",
            Self::LabelStackOpen => "RFC 8277 §2.3",
            Self::EvpnRoute(_) => "RFC 7432 §7",
            Self::EvpnOverlayIndexes => "RFC 9136 §3.2",
            Self::FlowSpecEmpty | Self::FlowSpecUnknown(_) | Self::FlowSpecOrder(_) => "RFC 8955 §4.2",
            Self::FlowSpecComponent(_) => "RFC 8955 §4.2.2",
            Self::LinkStateOrder(_) => "RFC 9552 §5.1",
            Self::LinkStateNlri(_) | Self::LinkStateTlv(_) | Self::LinkStateTwice(_) => "RFC 9552 §8.2.2",
            Self::NothingToWithdraw => "RFC 7606 §5.2",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Marker => f.write_str("the marker is not all ones"),
            Self::MessageLength(n) => write!(f, "a message of {n} octets, which this type cannot have"),
            Self::MessageType(n) => write!(f, "unknown message type {n}"),
            Self::Version(n) => write!(f, "BGP version {n}, not 4"),
            Self::PeerAsn => f.write_str("AS 0 in OPEN"),
            Self::BgpIdentifier => f.write_str("BGP Identifier 0.0.0.0"),
            Self::HoldTime(n) => write!(f, "a hold time of {n} s, neither 0 nor at least 3"),
            Self::OptionalParameter(n) => write!(f, "unknown optional parameter {n}"),
            Self::OpenFraming => f.write_str("a capability overruns the OPEN"),
            Self::CapabilityLength(n) => write!(f, "capability {n} has a length it cannot have"),
            Self::NoCommonFamily => f.write_str("no address family in common"),
            Self::UpdateFraming => f.write_str("the UPDATE's length fields contradict each other"),
            Self::AttrFraming => f.write_str("has an attribute that overruns the attributes' field"),
            Self::AttrFlags(n) => write!(f, "flags 0x{n:02x} are not this attribute's"),
            Self::AttrLength(n) => write!(f, "cannot be {n} octets long"),
            Self::AttrValue => f.write_str("has no valid value"),
            Self::AttrDuplicate => f.write_str("is there twice"),
            Self::AttrMissing => f.write_str("is missing"),
            Self::AttrFromExternal => f.write_str("is not for an external session"),
            Self::AttrFromFourOctets => f.write_str("is not for a session with four-octet ASNs"),
            Self::AttrNotEnabled => f.write_str("is not enabled on this session"),
            Self::AttrNested => f.write_str("holds a malformed attribute"),
            Self::NoTunnel => f.write_str("has no tunnel that can be used"),
            Self::Srv6Service => f.write_str("holds a malformed SRv6 service"),
            Self::AttrUnrecognized => f.write_str("is flagged well-known and is not known"),
            Self::AsZero => f.write_str("holds AS 0"),
            Self::AsSet => f.write_str("holds an AS_SET"),
            Self::ConfedSegment => f.write_str("holds a confederation segment from outside"),
            Self::NextHopLength(n) => write!(f, "a next hop of {n} octets does not fit the family"),
            Self::FamilyNotNegotiated => f.write_str("is for a family that was not negotiated"),
            Self::NlriPrefixLength(n) => write!(f, "a prefix of {n} bits is longer than an address"),
            Self::NlriLength(n) => write!(f, "an NLRI cannot have the length {n}"),
            Self::NlriTruncated => f.write_str("an NLRI overruns its field"),
            Self::NlriValue => f.write_str("an NLRI has no valid value"),
            Self::LabelCount(n) => write!(f, "has a prefix with {n} labels, more than were announced"),
            Self::LabelStackOpen => f.write_str("a label stack without an end"),
            Self::EvpnRoute(n) => write!(f, "has an EVPN route that is not as type {n} asks"),
            Self::EvpnOverlayIndexes => f.write_str("has an EVPN IP prefix with both an ESI and a gateway"),
            Self::FlowSpecEmpty => f.write_str("has a flow specification without a component"),
            Self::FlowSpecUnknown(n) => write!(f, "has a flow specification with the unknown component {n}"),
            Self::FlowSpecOrder(n) => write!(f, "has a flow specification with component {n} out of order"),
            Self::FlowSpecComponent(n) => {
                write!(f, "has a flow specification with a malformed component {n}")
            }
            Self::LinkStateNlri(n) => write!(f, "has a Link-State NLRI of type {n} that is too short"),
            Self::LinkStateTlv(n) => {
                write!(f, "has a Link-State NLRI whose TLV {n} has a length it cannot have")
            }
            Self::LinkStateOrder(n) => write!(f, "has a Link-State NLRI whose TLV {n} is out of order"),
            Self::LinkStateTwice(n) => {
                write!(f, "has a Link-State NLRI with descriptor {n} twice for one node")
            }
            Self::NothingToWithdraw => f.write_str("bad attributes, and no announced prefix to withdraw"),
        }
    }
}

/// One fault of one message, and how severe it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Finding {
    /// The attribute at fault; `None` is the message itself.
    pub attr: Option<AttrCode>,
    /// What is wrong with it.
    pub fault: Fault,
    /// What it comes to on its own.
    pub severity: Severity,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.attr {
            Some(code) => write!(f, "{code} {}", self.fault)?,
            None => write!(f, "UPDATE {}", self.fault)?,
        }
        write!(f, ": {} ({})", self.severity, self.cite())
    }
}

impl Finding {
    /// The clause behind the fault; an attribute's own clause where the registry has one.
    pub fn cite(&self) -> &'static str {
        match (self.fault, self.attr.and_then(spec)) {
            (
                Fault::AttrLength(_) | Fault::AttrValue | Fault::AttrFromExternal | Fault::AttrNotEnabled,
                Some(row),
            ) => row.cite,
            (fault, _) => fault.cite(),
        }
    }
}

/// The first findings of one message, how many more there were, and the worst of *all* of them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Findings {
    kept: [Option<Finding>; 4],
    more: u16,
    worst: Option<Severity>,
}

impl Findings {
    #[cold]
    pub(crate) fn push(&mut self, attr: Option<AttrCode>, fault: Fault, severity: Severity) {
        self.worst = self.worst.max(Some(severity));
        match self.kept.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(Finding { attr, fault, severity }),
            None => self.more = self.more.saturating_add(1),
        }
    }

    /// The findings kept, in the order of the bytes.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.kept.iter().flatten()
    }

    /// How many there were beyond those kept.
    pub fn more(&self) -> u16 {
        self.more
    }

    /// The worst of all of them; `None` where nothing was found.
    pub fn worst(&self) -> Option<Severity> {
        self.worst
    }
}

/// The octets that the NOTIFICATION carries with its code (RFC 4271 section 6), at most [`ResetData::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ResetData {
    octets: [u8; Self::MAX],
    len: u8,
}

impl ResetData {
    /// No data.
    pub const NONE: Self = Self { octets: [0; Self::MAX], len: 0 };
    /// The most octets kept: what names an attribute at fault, and what a small one holds.
    pub const MAX: usize = 31;

    pub(crate) fn u8(n: u8) -> Self {
        Self::leading(&[n])
    }

    pub(crate) fn u16(n: u16) -> Self {
        Self::leading(&n.to_be_bytes())
    }

    /// As many of the leading octets of `v` as are kept.
    pub(crate) fn leading(v: &[u8]) -> Self {
        Self::NONE.and(v)
    }

    /// These octets and, as far as there is room, those of `v`.
    pub(crate) fn and(mut self, v: &[u8]) -> Self {
        let free = self.octets.get_mut(usize::from(self.len)..).unwrap_or_default();
        for (to, from) in free.iter_mut().zip(v) {
            *to = *from;
            self.len = self.len.saturating_add(1);
        }
        self
    }

    /// The octets.
    pub fn as_slice(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// The only fatal decoding error: it *is* the NOTIFICATION to send.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Reset {
    /// Code and subcode.
    pub code: NotificationCode,
    /// What led there.
    pub fault: Fault,
    /// What the NOTIFICATION carries besides.
    pub data: ResetData,
}

impl Reset {
    pub(crate) const fn new(code: NotificationCode, fault: Fault) -> Self {
        Self { code, fault, data: ResetData::NONE }
    }

    pub(crate) const fn with(self, data: ResetData) -> Self {
        Self { data, ..self }
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code, self.fault, self.fault.cite())
    }
}
impl core::error::Error for Reset {}
