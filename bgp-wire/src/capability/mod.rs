//! Capabilities of an OPEN (RFC 5492): one code and one value each.

mod families;
mod set;
mod tuples;
mod value;

#[cfg(test)]
mod tests;

pub use families::{
    AddPath, LabelCount, NextHopEncoding, OrfFamily, OrfSupport, PathsLimit, RestartFamily, StaleFamily,
};
pub use set::Capabilities;
pub(crate) use set::whole_within;
pub use tuples::{Tuple, Tuples};
pub use value::{Bgpsec, Fqdn, GracefulRestart, Role};

use crate::asn::Asn;
use crate::family::AfiSafi;
use alloc::vec::Vec;
use core::fmt;
use value::{put_text, text};

/// One capability.
///
/// An OPEN in which one that an RFC defines has a length it cannot have is refused. One that a draft
/// defines, or whose value is one to pass over, is kept as [`Capability::Other`] when it cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Capability<'a> {
    /// Code 1: routes of one family can be exchanged (RFC 4760).
    Multiprotocol(AfiSafi),
    /// Code 2: ROUTE-REFRESH is understood (RFC 2918).
    RouteRefresh,
    /// Code 3: filters can be sent in ROUTE-REFRESH (RFC 5291).
    OutboundRouteFilter(Tuples<'a, OrfFamily<'a>>),
    /// Code 5: NLRI with next hops of another AFI (RFC 8950).
    ExtendedNextHop(Tuples<'a, NextHopEncoding>),
    /// Code 6: messages of up to 65535 octets (RFC 8654).
    ExtendedMessage,
    /// Code 7: signed paths (RFC 8205).
    Bgpsec(Bgpsec),
    /// Code 8: several labels a prefix (RFC 8277).
    MultipleLabels(Tuples<'a, LabelCount>),
    /// Code 9: what the sender is to its peer (RFC 9234).
    Role(Role),
    /// Code 64: forwarding outlasts a restart (RFC 4724, RFC 8538).
    GracefulRestart(GracefulRestart<'a>),
    /// Code 65: ASNs have four octets; this is the sender's (RFC 6793).
    FourOctetAsn(Asn),
    /// Code 67: capabilities can change while the session is up (draft-ietf-idr-dynamic-cap).
    Dynamic(&'a [u8]),
    /// Code 68: several sessions with one peer (draft-ietf-idr-bgp-multisession).
    Multisession(&'a [u8]),
    /// Code 69: several paths a prefix (RFC 7911).
    AddPath(Tuples<'a, AddPath>),
    /// Code 70: a refresh has a beginning and an end (RFC 7313).
    EnhancedRouteRefresh,
    /// Code 71: stale routes are kept for long (RFC 9494).
    LongLivedGracefulRestart(Tuples<'a, StaleFamily>),
    /// Code 73: the sender's name (draft-walton-bgp-hostname-capability).
    Fqdn(Fqdn<'a>),
    /// Code 74: no session before BFD is up (draft-ietf-idr-bgp-bfd-strict-mode).
    BfdStrictMode,
    /// Code 75: what the sender runs, in UTF-8 as it should be (draft-abraitis-bgp-version-capability).
    SoftwareVersion(&'a [u8]),
    /// Code 76: how many paths a prefix are wanted (draft-abraitis-idr-addpath-paths-limit).
    PathsLimit(Tuples<'a, PathsLimit>),
    /// Any other, as it came.
    Other {
        /// Its registered code.
        code: u8,
        /// Its value.
        value: &'a [u8],
    },
}

impl<'a> Capability<'a> {
    fn decode(code: u8, value: &'a [u8]) -> Self {
        Self::known(code, value).unwrap_or(Self::Other { code, value })
    }

    /// The value read as its code says; `None` for a code that is not known and a value that does not fit it.
    fn known(code: u8, value: &'a [u8]) -> Option<Self> {
        Some(match (code, value) {
            (1, &[high, low, _, safi]) => {
                Self::Multiprotocol(AfiSafi { afi: u16::from_be_bytes([high, low]), safi })
            }
            (2, []) => Self::RouteRefresh,
            // Speakers pad this one: what is no whole entry behind the first is passed over.
            (3, v) => OrfFamily::read(v).map(|_| Self::OutboundRouteFilter(Tuples::leading(v)))?,
            (5, v) => Self::ExtendedNextHop(Tuples::whole(v)?),
            (6, []) => Self::ExtendedMessage,
            (7, v) => Self::Bgpsec(Bgpsec::read(v.try_into().ok()?)),
            (8, v) => Self::MultipleLabels(Tuples::whole(v)?),
            (9, &[role]) => Self::Role(Role::from_octet(role)),
            (64, v) => Self::GracefulRestart(GracefulRestart::read(v)?),
            (65, &[a, b, c, d]) => Self::FourOctetAsn(Asn(u32::from_be_bytes([a, b, c, d]))),
            (67, v) => Self::Dynamic(v),
            (68, v) => Self::Multisession(v),
            // RFC 7911 section 4: with any other value it is treated as not understood.
            (69, v) if AddPath::known(v) => Self::AddPath(Tuples::whole(v)?),
            (70, []) => Self::EnhancedRouteRefresh,
            (71, v) => Self::LongLivedGracefulRestart(Tuples::whole(v)?),
            (73, v) => Self::Fqdn(Fqdn::read(v)?),
            (74, []) => Self::BfdStrictMode,
            (75, v) => match text(v)? {
                (version @ [_, ..], []) => Self::SoftwareVersion(version),
                _ => return None,
            },
            (76, v) => Self::PathsLimit(Tuples::whole(v)?),
            _ => return None,
        })
    }

    /// Whether this is one that an RFC defines, of a length it cannot have (RFC 5492 section 4).
    fn has_wrong_length(&self) -> bool {
        match self {
            Self::Other { code: 69, value } => !value.len().is_multiple_of(4),
            Self::Other { code, .. } => matches!(code, 1 | 2 | 3 | 5..=9 | 64 | 65 | 70 | 71),
            _ => false,
        }
    }

    /// The registered code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Multiprotocol(_) => 1,
            Self::RouteRefresh => 2,
            Self::OutboundRouteFilter(_) => 3,
            Self::ExtendedNextHop(_) => 5,
            Self::ExtendedMessage => 6,
            Self::Bgpsec(_) => 7,
            Self::MultipleLabels(_) => 8,
            Self::Role(_) => 9,
            Self::GracefulRestart(_) => 64,
            Self::FourOctetAsn(_) => 65,
            Self::Dynamic(_) => 67,
            Self::Multisession(_) => 68,
            Self::AddPath(_) => 69,
            Self::EnhancedRouteRefresh => 70,
            Self::LongLivedGracefulRestart(_) => 71,
            Self::Fqdn(_) => 73,
            Self::BfdStrictMode => 74,
            Self::SoftwareVersion(_) => 75,
            Self::PathsLimit(_) => 76,
            Self::Other { code, .. } => *code,
        }
    }

    /// The short name of the code, where it is registered.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self.code() {
            1 => "multiprotocol",
            2 => "route-refresh",
            3 => "outbound-route-filter",
            5 => "extended-next-hop",
            6 => "extended-message",
            7 => "bgpsec",
            8 => "multiple-labels",
            9 => "role",
            64 => "graceful-restart",
            65 => "four-octet-as",
            67 => "dynamic",
            68 => "multisession",
            69 => "add-path",
            70 => "enhanced-route-refresh",
            71 => "long-lived-graceful-restart",
            72 => "routing-policy-distribution",
            73 => "fqdn",
            74 => "bfd-strict-mode",
            75 => "software-version",
            76 => "paths-limit",
            128 => "prestandard-route-refresh",
            129 => "prestandard-routing-policy-distribution",
            130 => "prestandard-outbound-route-filter",
            131 => "prestandard-multisession",
            184 => "prestandard-fqdn",
            185 => "prestandard-operational-message",
            _ => return None,
        })
    }

    /// Appends code, length and value; what a length of one octet cannot say is left out from the end.
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.code(), 0]);
        let at = out.len();
        self.put_value(out);
        out.truncate(at.saturating_add(255));
        let len = u8::try_from(out.len().saturating_sub(at)).unwrap_or(u8::MAX);
        if let Some(field) = at.checked_sub(1).and_then(|at| out.get_mut(at)) {
            *field = len;
        }
    }

    fn put_value(&self, out: &mut Vec<u8>) {
        match self {
            Self::Multiprotocol(AfiSafi { afi, safi }) => {
                let [high, low] = afi.to_be_bytes();
                out.extend_from_slice(&[high, low, 0, *safi]);
            }
            Self::RouteRefresh | Self::ExtendedMessage | Self::EnhancedRouteRefresh | Self::BfdStrictMode => {
            }
            Self::OutboundRouteFilter(families) => families.write_within(out, 255),
            Self::ExtendedNextHop(families) => families.write_within(out, 255),
            Self::Bgpsec(bgpsec) => bgpsec.write(out),
            Self::MultipleLabels(families) => families.write_within(out, 255),
            Self::Role(role) => out.push(role.octet()),
            Self::GracefulRestart(restart) => restart.write(out),
            Self::FourOctetAsn(asn) => out.extend_from_slice(&asn.0.to_be_bytes()),
            Self::AddPath(families) => families.write_within(out, 255),
            Self::LongLivedGracefulRestart(families) => families.write_within(out, 255),
            Self::Fqdn(name) => name.write(out),
            Self::SoftwareVersion(version) => put_text(out, version, 254),
            Self::PathsLimit(families) => families.write_within(out, 255),
            Self::Dynamic(value) | Self::Multisession(value) | Self::Other { value, .. } => {
                out.extend_from_slice(value);
            }
        }
    }
}

impl fmt::Display for Capability<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name)?,
            None => write!(f, "capability {}", self.code())?,
        }
        match self {
            Self::Multiprotocol(family) => write!(f, " {family}"),
            Self::RouteRefresh | Self::ExtendedMessage | Self::EnhancedRouteRefresh | Self::BfdStrictMode => {
                Ok(())
            }
            Self::OutboundRouteFilter(families) => write!(f, " {families}"),
            Self::ExtendedNextHop(families) => write!(f, " {families}"),
            Self::Bgpsec(Bgpsec { version, send, afi }) => {
                write!(f, " version {version} {} AFI {afi}", if *send { "send" } else { "receive" })
            }
            Self::MultipleLabels(families) => write!(f, " {families}"),
            Self::Role(role) => write!(f, " {role}"),
            Self::GracefulRestart(restart) => write!(f, " {restart}"),
            Self::FourOctetAsn(asn) => write!(f, " {asn}"),
            Self::AddPath(families) => write!(f, " {families}"),
            Self::LongLivedGracefulRestart(families) => write!(f, " {families}"),
            Self::Fqdn(name) => write!(f, " {name}"),
            Self::SoftwareVersion(version) => write!(f, " \"{}\"", version.escape_ascii()),
            Self::PathsLimit(families) => write!(f, " {families}"),
            Self::Dynamic(value) | Self::Multisession(value) | Self::Other { value, .. } => {
                write!(f, " ({} octets)", value.len())
            }
        }
    }
}
