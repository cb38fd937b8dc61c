//! What was seen: sessions, their BFD, and the routes they carried.

use super::configured::Configured;
use super::prefix_text::PrefixText;
use super::states::{BfdState, SessionState};
use bgp_wire::{AsPathBuf, AttributeSet, Community, ExtendedCommunity, LargeCommunity, Origin};
use ipnet::IpNet;
use std::net::IpAddr;

/// Everything observed; what is absent was not observed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Observed {
    /// The sessions.
    #[cfg_attr(feature = "serde", serde(default))]
    pub sessions: Vec<ObservedSession>,
    /// What a reader of the report has to know of the observation as a whole.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub notes: Vec<String>,
}

/// One session, as it was seen. `connection` or `peer` says which of the plan's it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, rename_all = "camelCase", default)
)]
pub struct ObservedSession {
    /// The connection's name in the plan.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub connection: Option<String>,
    /// The far end's address, or the carrier's: either end of the session in the plan.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub peer: Option<IpAddr>,
    /// Where this was seen, for the evidence: a file, a running speaker.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub source: Option<String>,
    /// When this was seen, for the evidence: a time as text, RFC 3339 by preference.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub observed_timestamp: Option<String>,
    /// Its state.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub state: Option<SessionState>,
    /// Why it last ended, for the evidence of what it keeps from being announced.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub last_down: Option<String>,
    /// BFD on it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub bfd: Option<ObservedBfd>,
    /// The hold time negotiated, in seconds.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub hold_time: Option<u16>,
    /// The keepalive time in use, in seconds.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub keepalive: Option<u16>,
    /// The routes that the carrier announced on it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub routes: Option<Vec<ObservedRoute>>,
    /// Further routes that the carrier announced on it, to prefixes that the plan does not name: they were counted only.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub further: Option<u64>,
    /// How to see what the source does not show of its routes.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub not_shown: Option<String>,
    /// The routes that the carrier accepted from the far end on it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub accepted: Option<Vec<ObservedRoute>>,
    /// How many prefixes the far end announced on it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub prefixes_received: Option<u32>,
    /// The carrier's limit on prefixes received, as its router has it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub max_prefix: Option<u32>,
    /// Whether the carrier ended the session because the far end announced more than its limit, and it has not come back.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub limit_reached: Option<bool>,
    /// Whether the carrier signs its TCP segments with a password (RFC 2385).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub md5: Option<bool>,
    /// What the configuration of the carrier's router has for it. Documents do not have this.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub configured: Option<Configured>,
}

/// A BFD session, as it was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, rename_all = "camelCase")
)]
pub struct ObservedBfd {
    /// Its state.
    pub state: BfdState,
    /// The detection time negotiated, in microseconds.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub detection_time_us: Option<u64>,
    /// The transmit interval in use, in microseconds.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub tx_interval_us: Option<u64>,
}

/// A route, as it was seen; the names in documents are those of the portal's programming interface.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, rename_all = "camelCase")
)]
pub struct ObservedRoute {
    /// The prefix, right or wrong.
    pub prefix: PrefixText,
    /// The next hop.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub next_hop: Option<IpAddr>,
    /// AS_PATH, as the far end received it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none", with = "super::observed_text::as_path")
    )]
    pub as_path: Option<AsPathBuf>,
    /// COMMUNITIES; an empty list where the route has none.
    #[cfg_attr(
        feature = "serde",
        serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "super::observed_text::optional_list"
        )
    )]
    pub communities: Option<Vec<Community>>,
    /// EXTENDED COMMUNITIES.
    #[cfg_attr(
        feature = "serde",
        serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "super::observed_text::optional_list"
        )
    )]
    pub extended_communities: Option<Vec<ExtendedCommunity>>,
    /// LARGE_COMMUNITY.
    #[cfg_attr(
        feature = "serde",
        serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "super::observed_text::optional_list"
        )
    )]
    pub large_communities: Option<Vec<LargeCommunity>>,
    /// ORIGIN.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none", with = "super::observed_text::origin")
    )]
    pub origin: Option<Origin>,
    /// Whether the origin ASN was found right for the prefix, in the portal's words.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub origin_as_validation_state: Option<String>,
    /// What RPKI says of the origin (RFC 6811).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub rpki_validation_state: Option<String>,
    /// The trust anchor that vouched for it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub trust_anchor: Option<String>,
    /// When it was received.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub received_timestamp: Option<String>,
    /// MULTI_EXIT_DISC, which no rule reads.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub med: Option<u32>,
    /// Where in the source it stands, for the evidence: a line, an octet.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub place: Option<Box<str>>,
}

impl ObservedRoute {
    /// A route of which nothing but the prefix was observed.
    pub fn new(prefix: PrefixText) -> Self {
        Self {
            prefix,
            next_hop: None,
            as_path: None,
            communities: None,
            extended_communities: None,
            large_communities: None,
            origin: None,
            origin_as_validation_state: None,
            rpki_validation_state: None,
            trust_anchor: None,
            received_timestamp: None,
            med: None,
            place: None,
        }
    }

    /// A route of which every attribute was observed.
    pub fn from_attributes(prefix: IpNet, attrs: &AttributeSet) -> Self {
        Self {
            next_hop: Some(attrs.next_hop.addr()),
            as_path: Some(attrs.as_path.clone()),
            communities: Some(attrs.communities.clone()),
            extended_communities: Some(attrs.extended_communities.clone()),
            large_communities: Some(attrs.large_communities.clone()),
            origin: Some(attrs.origin),
            med: attrs.med,
            ..Self::new(prefix.into())
        }
    }
}
