//! The configuration file as it is written: TOML, every field with its place, unknown ones refused.

use super::aggregate::AggregateTable;
use super::irr::IrrTable;
use super::next_hop::NextHopTable;
use super::routing::{ConfederationTable, DecisionTable};
use super::rpki::RpkiTable;
use bgp_policy::Policies;
use ipnet::IpNet;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use toml::Spanned;

/// The whole file.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) speaker: Speaker,
    #[serde(default)]
    pub(super) peer: Vec<Spanned<Peer>>,
    #[serde(default)]
    pub(super) group: BTreeMap<String, Peer>,
    #[serde(default)]
    pub(super) dynamic: Vec<Dynamic>,
    #[serde(default)]
    pub(super) lag: Vec<Lag>,
    #[serde(default)]
    pub(super) route: Vec<Route>,
    #[serde(default)]
    pub(super) next_hop: Vec<NextHopTable>,
    #[serde(default)]
    pub(super) aggregate: Vec<AggregateTable>,
    #[serde(default)]
    pub(super) policy: Policies,
    #[serde(default)]
    pub(super) decision: DecisionTable,
    #[serde(default)]
    pub(super) bfd: BfdThread,
    #[serde(default)]
    pub(super) rpki: RpkiTable,
    #[serde(default)]
    pub(super) irr: IrrTable,
}

/// `[speaker]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Speaker {
    pub(super) asn: Spanned<u32>,
    pub(super) router_id: Spanned<Ipv4Addr>,
    #[serde(default = "everywhere")]
    pub(super) listen: Vec<SocketAddr>,
    #[serde(default)]
    pub(super) listen_on: Vec<ListenOn>,
    pub(super) selection_deferral: Option<Spanned<u64>>,
    pub(super) control: Option<PathBuf>,
    pub(super) plan: Option<PathBuf>,
    pub(super) policy_file: Option<PathBuf>,
    pub(super) cluster_id: Option<Spanned<Ipv4Addr>>,
    pub(super) client_to_client: Option<bool>,
    pub(super) confederation: Option<ConfederationTable>,
}

/// `[[speaker.listen_on]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct ListenOn {
    pub(super) address: SocketAddr,
    pub(super) interface: Spanned<String>,
}

/// `[[dynamic]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Dynamic {
    pub(super) prefix: Spanned<IpNet>,
    pub(super) group: Spanned<String>,
    pub(super) limit: Option<Spanned<u16>>,
}

/// One key of `peer.tcp_ao`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct AoKey {
    pub(super) send_id: u8,
    pub(super) receive_id: u8,
    pub(super) secret: Spanned<String>,
    pub(super) algorithm: Option<Spanned<String>>,
}

/// Every address of the families that this host has: a container without IPv6 is no error.
fn everywhere() -> Vec<SocketAddr> {
    let has = |ip: &IpAddr| std::net::UdpSocket::bind((*ip, 0)).is_ok();
    let any = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED)];
    any.into_iter().filter(has).map(|ip| SocketAddr::new(ip, bgp_speaker::BGP_PORT)).collect()
}

/// `[[peer]]`, and `[group.NAME]` without what is one peer's alone.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Peer {
    pub(super) name: Option<Spanned<String>>,
    pub(super) address: Option<Spanned<IpAddr>>,
    pub(super) group: Option<Spanned<String>>,
    pub(super) port: Option<Spanned<u16>>,
    pub(super) asn: Option<Spanned<u32>>,
    pub(super) local_address: Option<Spanned<IpAddr>>,
    pub(super) passive: Option<bool>,
    pub(super) families: Option<Spanned<Vec<String>>>,
    pub(super) hold_time: Option<Spanned<u16>>,
    pub(super) keepalive_time: Option<Spanned<u16>>,
    pub(super) send_hold_time: Option<Spanned<u64>>,
    pub(super) connect_retry: Option<Spanned<u64>>,
    pub(super) advertisement_interval: Option<Spanned<u16>>,
    pub(super) password: Option<Spanned<String>>,
    pub(super) ttl_security: Option<bool>,
    pub(super) ttl_security_hops: Option<Spanned<u8>>,
    pub(super) tcp_ao: Option<Spanned<Vec<AoKey>>>,
    pub(super) interface: Option<Spanned<String>>,
    pub(super) idle_hold: Option<Spanned<u64>>,
    pub(super) idle_hold_max: Option<Spanned<u64>>,
    pub(super) role: Option<Spanned<String>>,
    pub(super) strict_role: Option<Spanned<bool>>,
    pub(super) weight: Option<Spanned<u16>>,
    pub(super) reflector_client: Option<Spanned<bool>>,
    pub(super) route_server_client: Option<Spanned<bool>>,
    pub(super) own_asn_allowed: Option<Spanned<u8>>,
    pub(super) enforce_first_as: Option<bool>,
    pub(super) next_hop: Option<Spanned<String>>,
    pub(super) adj_rib_in: Option<Spanned<String>>,
    pub(super) import: Option<Spanned<String>>,
    pub(super) export: Option<Spanned<String>>,
    pub(super) connection: Option<Spanned<String>>,
    pub(super) capabilities: Option<Capabilities>,
    pub(super) max_prefix: Option<MaxPrefix>,
    pub(super) graceful_restart: Option<GracefulRestart>,
    pub(super) damping: Option<Spanned<RouteDamping>>,
    pub(super) bfd: Option<Bfd>,
}

/// `[peer.capabilities]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Capabilities {
    pub(super) route_refresh: Option<bool>,
    pub(super) enhanced_route_refresh: Option<Spanned<bool>>,
    pub(super) extended_messages: Option<bool>,
    pub(super) extended_next_hop: Option<Spanned<bool>>,
    pub(super) add_path: Option<Spanned<String>>,
    pub(super) paths_limit: Option<Spanned<u16>>,
    pub(super) paths_told: Option<Spanned<u8>>,
    pub(super) prefix_orf: Option<Spanned<String>>,
}

/// `[peer.max_prefix]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct MaxPrefix {
    pub(super) ipv4_unicast: Option<Spanned<u32>>,
    pub(super) ipv6_unicast: Option<Spanned<u32>>,
    pub(super) announced_ipv4_unicast: Option<Spanned<u32>>,
    pub(super) announced_ipv6_unicast: Option<Spanned<u32>>,
    pub(super) warn_percent: Option<Spanned<u8>>,
    pub(super) beyond: Option<Spanned<String>>,
    pub(super) restart_after: Option<Spanned<u64>>,
    pub(super) announced_beyond: Option<Spanned<String>>,
    pub(super) announced_restart_after: Option<Spanned<u64>>,
}

/// `[peer.graceful_restart]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct GracefulRestart {
    pub(super) restart_time: Option<Spanned<u16>>,
    pub(super) helper_only: Option<bool>,
    pub(super) forwarding_preserved: Option<bool>,
    pub(super) notification: Option<bool>,
    pub(super) long_lived_time: Option<Spanned<u32>>,
    pub(super) longest_restart: Option<Spanned<u32>>,
    pub(super) stale_time: Option<Spanned<u32>>,
    pub(super) longest_long_lived: Option<Spanned<u32>>,
    pub(super) keep_after_bfd_failure: Option<bool>,
}

/// `[peer.damping]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteDamping {
    pub(super) withdrawal: Option<Spanned<u32>>,
    pub(super) re_announcement: Option<Spanned<u32>>,
    pub(super) attribute_change: Option<Spanned<u32>>,
    pub(super) suppress: Option<Spanned<u32>>,
    pub(super) reuse: Option<Spanned<u32>>,
    pub(super) half_life: Option<Spanned<u32>>,
    pub(super) half_life_unreachable: Option<Spanned<u32>>,
    pub(super) max_suppress: Option<Spanned<u32>>,
}

/// `[bfd]`
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct BfdThread {
    pub(super) early: Option<Spanned<String>>,
    pub(super) spin: Option<Spanned<String>>,
    pub(super) realtime: Option<Spanned<u8>>,
    pub(super) cpu: Option<Spanned<u16>>,
    pub(super) threads: Option<Spanned<u16>>,
    #[serde(default)]
    pub(super) profile: BTreeMap<String, Bfd>,
    #[serde(default)]
    pub(super) unsolicited: Vec<Unsolicited>,
    #[serde(default)]
    pub(super) reflector: Vec<Reflector>,
    #[serde(default)]
    pub(super) initiator: Vec<Initiator>,
}

/// `[[bfd.reflector]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Reflector {
    pub(super) local_address: Spanned<IpAddr>,
    pub(super) interface: Option<Spanned<String>>,
    pub(super) discriminators: Spanned<Vec<Spanned<u32>>>,
    pub(super) in_service: Option<bool>,
    pub(super) required_min_rx: Option<Spanned<String>>,
    pub(super) rate: Option<Spanned<u32>>,
}

/// `[[bfd.initiator]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Initiator {
    pub(super) local_address: Spanned<IpAddr>,
    pub(super) interface: Option<Spanned<String>>,
    pub(super) reflector: Spanned<IpAddr>,
    pub(super) discriminator: Spanned<u32>,
    pub(super) desired_min_tx: Option<Spanned<String>>,
    pub(super) detect_mult: Option<Spanned<u8>>,
}

/// `[[bfd.unsolicited]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Unsolicited {
    pub(super) local_address: Spanned<IpAddr>,
    pub(super) interface: Option<Spanned<String>>,
    pub(super) allow: Vec<Spanned<IpNet>>,
    pub(super) limit: Option<Spanned<u16>>,
    pub(super) linger: Option<Spanned<String>>,
    pub(super) profile: Option<Spanned<String>>,
}

/// `[[lag]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Lag {
    pub(super) name: Spanned<String>,
    pub(super) local_address: Spanned<IpAddr>,
    pub(super) address: Spanned<IpAddr>,
    pub(super) members: Spanned<Vec<Spanned<String>>>,
    pub(super) min_links: Option<Spanned<u16>>,
    pub(super) profile: Option<Spanned<String>>,
}

/// `[peer.bfd]` and `[bfd.profile.NAME]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Bfd {
    pub(super) profile: Option<Spanned<String>>,
    pub(super) desired_min_tx: Option<Spanned<String>>,
    pub(super) required_min_rx: Option<Spanned<String>>,
    pub(super) detect_mult: Option<Spanned<u8>>,
    pub(super) strict: Option<bool>,
    pub(super) strict_capability: Option<Spanned<bool>>,
    pub(super) strict_hold_time: Option<Spanned<u16>>,
    pub(super) multihop: Option<bool>,
    pub(super) minimum_ttl: Option<Spanned<u8>>,
    pub(super) interface: Option<Spanned<String>>,
    pub(super) passive: Option<bool>,
    pub(super) demand: Option<bool>,
    pub(super) admin_down: Option<bool>,
    pub(super) control_plane_independent: Option<bool>,
    pub(super) echo_interval: Option<Spanned<String>>,
    pub(super) required_min_echo_rx: Option<Spanned<String>>,
    pub(super) echo_source: Option<Spanned<IpAddr>>,
    pub(super) authentication: Option<Authentication>,
    pub(super) padding: Option<Spanned<u16>>,
    pub(super) damping: Option<Spanned<Damping>>,
}

/// `[peer.bfd.damping]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Damping {
    pub(super) half_life: Option<Spanned<String>>,
    pub(super) suppress: Option<Spanned<u32>>,
    pub(super) reuse: Option<Spanned<u32>>,
    pub(super) max_suppress: Option<Spanned<String>>,
}

/// `[peer.bfd.authentication]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Authentication {
    #[serde(rename = "type")]
    pub(super) auth_type: Spanned<String>,
    pub(super) keys: Spanned<Vec<Key>>,
    pub(super) send: Option<Spanned<u8>>,
}

/// One of its keys.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) id: Spanned<u8>,
    pub(super) secret: Spanned<String>,
}

/// `[[route]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    pub(super) prefix: Spanned<IpNet>,
    pub(super) next_hop: Option<Spanned<IpAddr>>,
    #[serde(default)]
    pub(super) as_path: Vec<Spanned<u32>>,
    pub(super) origin: Option<Spanned<String>>,
    pub(super) med: Option<u32>,
    pub(super) local_pref: Option<u32>,
    #[serde(default)]
    pub(super) communities: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) large_communities: Vec<Spanned<String>>,
}
