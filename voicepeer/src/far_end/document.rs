//! What `show portal` prints with `--json`. The names are those of the peering REST API where that has one.

use bgp_policy::voice::{ConnectionState, RuleId, SessionState, State, Verdict};
use serde::{Deserialize, Serialize};

/// What the portal would show of the rehearsal.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Portal {
    /// What a reader has to know first: what is synthetic, lab values in force.
    pub(crate) notes: Vec<String>,
    /// The far end's ASN, and the carrier's.
    pub(crate) asn: u32,
    pub(crate) peer_asn: u32,
    pub(crate) connections: Vec<Connection>,
    pub(crate) registered_prefixes: Vec<Prefix>,
    /// The prefixes of the plan's activations.
    pub(crate) activated_prefixes: Vec<Prefix>,
}

/// A connection and its session.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the documents' names are an interface")]
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) peering: String,
    pub(crate) location: String,
    /// The far end's router.
    pub(crate) edge: String,
    pub(crate) connection_state: ConnectionState,
    pub(crate) bgp_session: BgpSession,
    pub(crate) received_routes: Vec<ReceivedRoute>,
}

/// The session on a connection; addresses are the plan's.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BgpSession {
    #[serde(rename = "sessionPrefixV4")]
    pub(crate) session_prefix: String,
    #[serde(rename = "microsoftSessionIPv4Address")]
    pub(crate) microsoft_address: String,
    #[serde(rename = "peerSessionIPv4Address")]
    pub(crate) peer_address: String,
    #[serde(rename = "sessionStateV4")]
    pub(crate) state: SessionState,
    /// `AdminDown`, `Down`, `Init` or `Up`.
    pub(crate) bfd_state: String,
    /// Synthetic prefixes that the carrier was told.
    pub(crate) prefixes_advertised: usize,
    /// Why the session ended last.
    pub(crate) last_down: Option<String>,
}

/// A route of the carrier's on one session.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceivedRoute {
    pub(crate) prefix: String,
    pub(crate) next_hop: String,
    pub(crate) as_path: String,
    /// `Valid`, `Invalid` or `NotFound` by the registries' data, and by the RPKI's; `Unknown` where none was given.
    pub(crate) origin_as_validation_state: String,
    pub(crate) rpki_validation_state: String,
    pub(crate) trust_anchor: Option<String>,
    /// RFC 3339.
    pub(crate) received_timestamp: Option<String>,
    pub(crate) accepted: bool,
    /// The rules that keep it out.
    pub(crate) refused_by: Vec<RuleId>,
    /// Why it is kept out, in words.
    pub(crate) reason: Option<String>,
    /// What the portal would say, in our words.
    pub(crate) error_message: Option<String>,
    /// The verdicts that keep it out, with their evidence and remedies.
    pub(crate) verdicts: Vec<Verdict>,
}

/// A prefix of the plan.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the documents' names are an interface")]
pub(crate) struct Prefix {
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// The peering it is registered under, or the activation it is part of.
    pub(crate) of: String,
    pub(crate) prefix_validation_state: State,
    /// The rules that fail, that warn, and that are open.
    pub(crate) failed: Vec<RuleId>,
    pub(crate) warnings: Vec<RuleId>,
    pub(crate) undecided: Vec<RuleId>,
    /// What the portal would say, in our words.
    pub(crate) error_message: Option<String>,
}
