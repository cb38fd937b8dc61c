//! The plan: what a carrier declares about its interconnect.

use super::configured::BfdTimers;
use super::prefix_text::PrefixText;
use super::states::ConnectionState;
use bgp_wire::Asn;
use ipnet::IpNet;
use std::net::IpAddr;

/// Everything that a carrier declares. With the feature `serde` it is a TOML or JSON document whose
/// fields have these names.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Plan {
    /// The carrier's ASN.
    #[cfg_attr(feature = "serde", serde(with = "crate::text::asn"))]
    pub asn: Asn,
    /// Other ASNs associated with the same subscription, from which routes may also originate.
    #[cfg_attr(feature = "serde", serde(default, with = "crate::text::asns"))]
    pub associated_asns: Vec<Asn>,
    /// Values of a lab that count as public although they are set apart.
    #[cfg_attr(feature = "serde", serde(default))]
    pub treat_as_public: TreatAsPublic,
    /// What cannot be seen from BGP and is attested.
    #[cfg_attr(feature = "serde", serde(default))]
    pub attestations: Attestations,
    /// The peerings.
    #[cfg_attr(feature = "serde", serde(default))]
    pub peerings: Vec<Peering>,
    /// The Peering Service connections that activate prefixes.
    #[cfg_attr(feature = "serde", serde(default))]
    pub activations: Vec<Activation>,
}

impl Plan {
    /// A plan that declares an ASN and nothing else.
    pub fn new(asn: Asn) -> Self {
        Self {
            asn,
            associated_asns: Vec::new(),
            treat_as_public: TreatAsPublic::default(),
            attestations: Attestations::default(),
            peerings: Vec::new(),
            activations: Vec::new(),
        }
    }
}

/// Documentation prefixes and ASNs that a lab uses in the place of public ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct TreatAsPublic {
    /// Prefixes; everything within them counts as public.
    pub prefixes: Vec<IpNet>,
    /// ASNs.
    #[cfg_attr(feature = "serde", serde(with = "crate::text::asns"))]
    pub asns: Vec<Asn>,
}

impl TreatAsPublic {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty() && self.asns.is_empty()
    }
}

/// What the carrier vouches for; absent is not stated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct Attestations {
    /// LACP runs on the links.
    pub lacp: Option<bool>,
    /// No stateful firewall terminates the peering.
    pub no_stateful_firewall: Option<bool>,
    /// Nothing limits the rate.
    pub no_rate_limit: Option<bool>,
    /// Objects in a public routing registry exist and are right.
    pub irr: Option<bool>,
    /// A PeeringDB profile exists and is right.
    pub peeringdb: Option<bool>,
}

/// A peering: connections, and the prefixes registered under it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Peering {
    /// Its name; unique in a plan.
    pub name: String,
    /// Its connections.
    #[cfg_attr(feature = "serde", serde(default))]
    pub connections: Vec<Connection>,
    /// The prefixes registered under it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub registered_prefixes: Vec<RegisteredPrefix>,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Role {
    /// Carries the traffic.
    Primary,
    /// Stands beside the primary in its location.
    Redundant,
    /// Takes over in another location.
    Backup,
}

impl Role {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Redundant => "redundant",
            Self::Backup => "backup",
        }
    }
}

/// One physical connection and the session on it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Connection {
    /// Its name; unique in a plan.
    pub name: String,
    /// Where it is: a facility or metro, the same text for the same place.
    pub location: String,
    /// What it is for.
    pub role: Role,
    /// The carrier's router it ends on.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub router: Option<String>,
    /// The far end's router it ends on.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub remote_router: Option<String>,
    /// Its bandwidth in Gbps.
    pub bandwidth_gbps: u32,
    /// How much of the bandwidth is used, in percent.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub utilisation_percent: Option<u8>,
    /// How far it is.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub state: Option<ConnectionState>,
    /// The session on it.
    pub session: SessionPlan,
}

/// Who gave the addresses of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum AddressProvider {
    /// The far end.
    #[default]
    Microsoft,
    /// The carrier.
    Carrier,
}

/// A BGP session.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SessionPlan {
    /// The carrier's address, and the length of the subnet.
    pub local: IpNet,
    /// The far end's address.
    pub peer: IpAddr,
    /// Who gave the addresses.
    #[cfg_attr(feature = "serde", serde(default))]
    pub provider: AddressProvider,
    /// BFD on it; absent where it has none.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub bfd: Option<BfdPlan>,
    /// The carrier's hold time in seconds.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub hold_time: Option<u16>,
    /// The carrier's keepalive time in seconds; a third of the hold time where absent.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub keepalive: Option<u16>,
    /// Whether a TCP-MD5 password is set.
    #[cfg_attr(feature = "serde", serde(default))]
    pub md5: bool,
    /// The limit on prefixes received.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub max_prefix: Option<u32>,
}

/// The carrier's BFD timers (RFC 5880 section 6.8.1), and the far end's where they are known to differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct BfdPlan {
    /// Desired min tx interval in milliseconds.
    pub desired_min_tx_ms: u32,
    /// Required min rx interval in milliseconds.
    pub required_min_rx_ms: u32,
    /// Detect mult.
    pub detect_mult: u8,
    /// Whether routes wait until BFD is Up.
    #[cfg_attr(feature = "serde", serde(default))]
    pub strict: bool,
    /// The far end's interval in milliseconds, where it is not 300.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub far_end_interval_ms: Option<u32>,
}

impl BfdPlan {
    /// The carrier's timers alone.
    pub(crate) const fn timers(&self) -> BfdTimers {
        let Self { desired_min_tx_ms, required_min_rx_ms, detect_mult, .. } = *self;
        BfdTimers { desired_min_tx_ms, required_min_rx_ms, detect_mult }
    }
}

/// A prefix registered under a peering.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct RegisteredPrefix {
    /// Its name.
    pub name: String,
    /// The prefix.
    pub prefix: PrefixText,
    /// The key issued for it, once it was.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub key: Option<String>,
}

/// A Peering Service connection: where traffic is to enter, and the prefixes it is for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Activation {
    /// Its name; unique in a plan.
    pub name: String,
    /// The primary location, as connections name it.
    pub primary_location: String,
    /// The backup location; absent where none was chosen.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub backup_location: Option<String>,
    /// The prefixes.
    #[cfg_attr(feature = "serde", serde(default))]
    pub prefixes: Vec<ActivationPrefix>,
}

/// A prefix to activate.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ActivationPrefix {
    /// The prefix.
    pub prefix: PrefixText,
    /// The key that was entered.
    pub key: String,
}
