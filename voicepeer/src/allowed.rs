//! What each field of the files that people write may hold: said wherever one holds something else.

/// A field by the keys that lead to it, and what it may hold.
pub(crate) type Allowed = &'static [(&'static str, &'static str)];

/// What `field` may hold.
pub(crate) fn of(allowed: Allowed, field: &str) -> Option<&'static str> {
    let same = in_profile(field).or_else(|| in_group(field));
    let field = same.as_deref().unwrap_or(field);
    allowed.iter().find(|(name, _)| *name == field).map(|(_, what)| *what)
}

/// A field of a BFD profile holds what that of a peer's session does.
fn in_profile(field: &str) -> Option<String> {
    let (_, key) = field.strip_prefix("bfd.profile.")?.split_once('.')?;
    Some(format!("peer.bfd.{key}"))
}

/// A field of a group holds what that of a peer does.
fn in_group(field: &str) -> Option<String> {
    let (_, key) = field.strip_prefix("group.")?.split_once('.')?;
    Some(format!("peer.{key}"))
}

const ASN: &str = "a whole number from 1 to 4294967294, but not 23456 (RFC 7607, RFC 6793, RFC 7300)";
const ANY_ASN: &str = "a whole number from 0 to 4294967295";
const U32: &str = "a whole number from 0 to 4294967295";
const FLAG: &str = "true or false";
const PATH: &str = "a path, in quotes";
const POLICY: &str = "the name of a policy in this file, \"accept-all\" or \"reject-all\"";
const INTERVAL: &str = "100us to 4000s: a whole number with its unit, us, ms or s, such as \"300ms\"";

const PATHS: &str = "1 to 65535 paths";

const OWN_ADDRESS: &str = "one address of this machine, in quotes";

const POINTS: &str = "a whole number of points from 0 to 4294967295";

const DAMPING: &str = "of an external peer: reuse above 0 and below suppress, and max_suppress seconds long enough for \
                       the figure of merit to decay from suppress to reuse";

/// The daemon's configuration.
pub(crate) const CONFIG: Allowed = &[
    ("speaker.asn", ASN),
    ("speaker.router_id", "an IPv4 address other than 0.0.0.0, in quotes (RFC 6286)"),
    ("speaker.listen", "a list of addresses with their ports, such as [\"0.0.0.0:179\", \"[::]:179\"]"),
    ("speaker.selection_deferral", "1 or more, in seconds"),
    ("speaker.control", PATH),
    ("speaker.plan", PATH),
    ("speaker.policy_file", PATH),
    (
        "speaker.cluster_id",
        "an address other than 0.0.0.0, in quotes; leave it out for the router_id (RFC 4456)",
    ),
    ("speaker.client_to_client", FLAG),
    ("speaker.confederation.id", ASN),
    ("speaker.confederation.members", "a list of the other members' ASNs (RFC 5065)"),
    ("decision.always_compare_med", FLAG),
    ("decision.missing_med_is_worst", FLAG),
    ("decision.multipath_external", PATHS),
    ("decision.multipath_internal", PATHS),
    ("decision.multipath_relax_as_path", FLAG),
    ("peer.name", "a text that no other peer has"),
    ("peer.address", "one IPv4 or IPv6 address that no other peer has, in quotes"),
    ("peer.port", "a whole number from 1 to 65535"),
    ("peer.asn", ASN),
    ("peer.local_address", "an address of this machine, of the same family as the peer's address"),
    ("peer.passive", FLAG),
    ("peer.families", "\"ipv4-unicast\", \"ipv6-unicast\", or both, in a list"),
    ("peer.hold_time", "0, or 3 to 65535 seconds (RFC 4271 section 4.2)"),
    ("peer.keepalive_time", "1 to 65535 seconds; leave it out for a third of the hold time"),
    ("peer.send_hold_time", "seconds, more than hold_time (RFC 9687)"),
    ("peer.connect_retry", "1 or more, in seconds"),
    ("peer.advertisement_interval", "0 to 65535 seconds (RFC 4271 section 9.2.1.1)"),
    ("peer.password", "1 to 80 octets (RFC 2385)"),
    ("peer.ttl_security", FLAG),
    ("peer.ttl_security_hops", "1 to 255, and ttl_security = true"),
    (
        "peer.tcp_ao",
        "a list such as [{ send_id = 1, receive_id = 1, secret = \"a secret\" }], and no password (RFC 5925)",
    ),
    ("peer.tcp_ao.send_id", "0 to 255"),
    ("peer.tcp_ao.receive_id", "0 to 255"),
    ("peer.tcp_ao.secret", "1 to 80 octets"),
    ("peer.tcp_ao.algorithm", "\"hmac-sha-1-96\" or \"aes-128-cmac-96\" (RFC 5926)"),
    ("peer.interface", "the name of an interface, 1 to 15 octets"),
    ("peer.idle_hold", "1 or more, in seconds"),
    ("peer.idle_hold_max", "idle_hold or more, in seconds"),
    ("peer.capabilities.add_path", "\"receive\", \"send\" or \"both\""),
    ("peer.capabilities.paths_limit", "1 to 65535 paths, and add_path = \"receive\" or \"both\""),
    ("peer.capabilities.paths_told", "1 to 32 paths, and add_path = \"send\" or \"both\""),
    ("peer.capabilities.prefix_orf", "\"receive\", \"send\" or \"both\", and route_refresh (RFC 5292)"),
    ("peer.bfd.strict_capability", "true or false; not beside strict = true"),
    ("peer.bfd.strict_hold_time", "1 to 65535 seconds, and strict_capability = true"),
    ("dynamic.prefix", "a prefix without host bits, such as \"192.0.2.0/24\""),
    (
        "dynamic.group",
        "the name of a [group.NAME] table in this file that has an asn, no bfd, and an interface for link-local addresses",
    ),
    ("dynamic.limit", "1 to 65535 peers"),
    ("speaker.listen_on.address", "an address with its port, such as \"0.0.0.0:179\""),
    ("speaker.listen_on.interface", "the name of an interface, 1 to 15 octets"),
    ("peer.group", "the name of a [group.NAME] table in this file"),
    (
        "peer.role",
        "\"provider\", \"customer\", \"peer\", \"rs-server\" or \"rs-client\": what we are to an external peer (RFC 9234)",
    ),
    ("peer.strict_role", "true or false, and a role"),
    ("peer.capabilities.route_refresh", FLAG),
    ("peer.capabilities.enhanced_route_refresh", FLAG),
    ("peer.capabilities.extended_messages", FLAG),
    ("peer.capabilities.extended_next_hop", "true or false; true takes the family ipv4-unicast"),
    ("peer.max_prefix.ipv4_unicast", "1 to 4294967295 prefixes"),
    ("peer.max_prefix.ipv6_unicast", "1 to 4294967295 prefixes"),
    ("peer.max_prefix.announced_ipv4_unicast", "1 to 4294967295 prefixes"),
    ("peer.max_prefix.announced_ipv6_unicast", "1 to 4294967295 prefixes"),
    ("peer.max_prefix.warn_percent", "1 to 100"),
    ("peer.max_prefix.beyond", "\"warn\", \"block\", \"restart\" or \"shutdown\""),
    ("peer.max_prefix.restart_after", "1 or more, in seconds, and beyond = \"restart\""),
    ("peer.max_prefix.announced_beyond", "\"warn\", \"block\", \"restart\" or \"shutdown\""),
    (
        "peer.max_prefix.announced_restart_after",
        "1 or more, in seconds, and announced_beyond = \"restart\" or nothing",
    ),
    ("peer.graceful_restart.restart_time", "0 to 4095 seconds"),
    ("peer.graceful_restart.helper_only", FLAG),
    ("peer.graceful_restart.forwarding_preserved", FLAG),
    ("peer.graceful_restart.notification", FLAG),
    ("peer.graceful_restart.long_lived_time", "0 to 16777215 seconds"),
    ("peer.graceful_restart.longest_restart", "a whole number of seconds"),
    ("peer.graceful_restart.stale_time", "a whole number of seconds"),
    ("peer.graceful_restart.longest_long_lived", "a whole number of seconds"),
    ("peer.graceful_restart.keep_after_bfd_failure", FLAG),
    ("peer.damping", DAMPING),
    ("peer.damping.withdrawal", POINTS),
    ("peer.damping.re_announcement", POINTS),
    ("peer.damping.attribute_change", POINTS),
    ("peer.damping.suppress", DAMPING),
    ("peer.damping.reuse", DAMPING),
    ("peer.damping.half_life", "1 or more, in seconds"),
    ("peer.damping.half_life_unreachable", "1 or more, in seconds"),
    ("peer.damping.max_suppress", DAMPING),
    ("peer.weight", "a whole number from 0 to 65535"),
    ("peer.reflector_client", "true or false; true for internal peers alone (RFC 4456)"),
    ("peer.route_server_client", "true or false; true for external peers alone (RFC 7947)"),
    ("peer.own_asn_allowed", "a whole number from 0 to 255"),
    ("peer.enforce_first_as", FLAG),
    ("peer.next_hop", "\"usual\", \"self\" or \"unchanged\""),
    ("peer.adj_rib_in", "\"kept\" or \"not-kept\""),
    ("peer.import", POLICY),
    ("peer.export", POLICY),
    ("peer.connection", "the name of a connection in the plan"),
    ("peer.bfd.desired_min_tx", INTERVAL),
    ("peer.bfd.required_min_rx", INTERVAL),
    ("peer.bfd.detect_mult", "1 to 255 (RFC 5880 section 4.1)"),
    ("peer.bfd.strict", FLAG),
    ("peer.bfd.profile", "the name of a [bfd.profile.NAME] table in this file"),
    ("peer.bfd.multihop", FLAG),
    ("peer.bfd.minimum_ttl", "1 to 255, and multihop = true"),
    ("peer.bfd.interface", "the name of an interface, 1 to 15 octets"),
    ("peer.bfd.passive", FLAG),
    ("peer.bfd.demand", FLAG),
    ("peer.bfd.admin_down", FLAG),
    ("peer.bfd.control_plane_independent", FLAG),
    ("peer.bfd.echo_interval", INTERVAL),
    ("peer.bfd.required_min_echo_rx", INTERVAL),
    ("peer.bfd.echo_source", "an address of this machine, of the same family as the peer's address"),
    (
        "peer.bfd.authentication.type",
        "\"simple-password\", \"keyed-md5\", \"meticulous-keyed-md5\", \"keyed-sha1\" or \"meticulous-keyed-sha1\"",
    ),
    (
        "peer.bfd.authentication.keys",
        "a list such as [{ id = 1, secret = \"a secret\" }], each with an id of its own",
    ),
    (
        "peer.bfd.authentication.keys.id",
        "0 to 255, which no other key of the list has (RFC 5880 section 4.2)",
    ),
    ("peer.bfd.authentication.keys.secret", "1 to 16 octets, with SHA1 to 20 (RFC 5880 sections 4.2 to 4.4)"),
    ("peer.bfd.authentication.send", "the id of one of the keys"),
    ("peer.bfd.padding", "a size in octets, IP header included: 24 to 65535 (RFC 9764)"),
    (
        "peer.bfd.damping",
        "a table of half_life, suppress, reuse and max_suppress, each of which may be left out: reuse above 0 and below \
         suppress, max_suppress long enough for the penalty to decay from suppress to reuse",
    ),
    ("peer.bfd.damping.half_life", INTERVAL),
    ("peer.bfd.damping.suppress", U32),
    ("peer.bfd.damping.reuse", U32),
    ("peer.bfd.damping.max_suppress", INTERVAL),
    ("bfd.early", "0us to 1s: a whole number with its unit, us, ms or s, such as \"6ms\""),
    ("bfd.spin", "0us to 1ms: a whole number with its unit, us or ms, such as \"100us\""),
    ("bfd.realtime", "a SCHED_FIFO priority, 1 to 99"),
    ("bfd.threads", "1 to 64"),
    ("bfd.cpu", "the number of a CPU, from 0"),
    ("bfd.unsolicited.local_address", OWN_ADDRESS),
    ("bfd.unsolicited.interface", "the name of an interface, 1 to 15 octets"),
    ("bfd.unsolicited.allow", "a list of prefixes, such as [\"192.0.2.0/24\"]"),
    ("bfd.unsolicited.limit", "1 to 65535 sessions"),
    ("bfd.unsolicited.linger", "0us to 4000s: a whole number with its unit, us, ms or s, such as \"60s\""),
    ("bfd.unsolicited.profile", "the name of a [bfd.profile.NAME] table in this file"),
    ("bfd.reflector.local_address", OWN_ADDRESS),
    ("bfd.reflector.interface", "the name of an interface, 1 to 15 octets"),
    ("bfd.reflector.discriminators", "a list of whole numbers from 1 to 4294967295, such as [3221225986]"),
    ("bfd.reflector.in_service", FLAG),
    ("bfd.reflector.required_min_rx", INTERVAL),
    ("bfd.reflector.rate", "1 to 4294967295 packets in one second"),
    ("bfd.initiator.local_address", OWN_ADDRESS),
    ("bfd.initiator.interface", "the name of an interface, 1 to 15 octets"),
    ("bfd.initiator.reflector", "the reflector's address, of the same family as local_address"),
    ("bfd.initiator.discriminator", "the reflector's discriminator, 1 to 4294967295"),
    ("bfd.initiator.desired_min_tx", INTERVAL),
    ("bfd.initiator.detect_mult", "1 to 255"),
    ("lag.name", "a text that no other LAG has"),
    ("lag.local_address", OWN_ADDRESS),
    ("lag.address", "the peer's address of the LAG, of the same family as local_address"),
    ("lag.members", "a list of interfaces, such as [\"eth0\", \"eth1\"], each of them once"),
    ("lag.min_links", "1 to as many as there are members"),
    ("lag.profile", "the name of a [bfd.profile.NAME] table in this file"),
    ("irr.dumps", "a list of paths, such as [\"radb.db.gz\"]"),
    ("irr.sources", "a list of registries' names, such as [\"RIPE\", \"RADB\"]"),
    ("irr.reread", "1 to 4294967295, in seconds"),
    ("rpki.files", "a list of paths, such as [\"vrps.json\"]"),
    ("rpki.reread", "1 to 4294967295, in seconds"),
    ("rpki.cache.name", "a text that no other cache has"),
    ("rpki.cache.address", "a host and a port, such as \"192.0.2.9:323\" or \"rtr.example.net:323\""),
    ("rpki.cache.retry", "1 to 7200, in seconds"),
    ("rpki.cache.expire", "1 to 172800, in seconds"),
    (
        "route.prefix",
        "an address, a slash and a length, such as \"198.51.100.0/24\", which no other route has",
    ),
    ("next_hop.address", "an address that no other [[next_hop]] has"),
    ("next_hop.cost", U32),
    ("next_hop.unreachable", "true, without a cost, or false"),
    (
        "aggregate.prefix",
        "an address, a slash and a length, such as \"198.51.0.0/16\", which no other aggregate has",
    ),
    ("aggregate.summary_only", FLAG),
    ("aggregate.as_set", FLAG),
    ("route.next_hop", "an address of the prefix's family; leave it out for the session's own"),
    ("route.as_path", "a list of ASNs, none of them 0 (RFC 7607)"),
    ("route.origin", "\"igp\", \"egp\" or \"incomplete\""),
    ("route.med", U32),
    ("route.local_pref", U32),
    ("route.communities", "a list such as [\"8075:8007\", \"no-export\"]"),
    ("route.large_communities", "a list such as [\"64500:1:2\"]"),
];

/// The plan of an interconnect.
pub(crate) const PLAN: Allowed = &[
    ("asn", ANY_ASN),
    ("associated_asns", "a list of ASNs"),
    ("treat_as_public.prefixes", "a list of prefixes, such as [\"198.51.100.0/24\"]"),
    ("treat_as_public.asns", "a list of ASNs"),
    ("attestations.lacp", FLAG),
    ("attestations.no_stateful_firewall", FLAG),
    ("attestations.no_rate_limit", FLAG),
    ("attestations.irr", FLAG),
    ("attestations.peeringdb", FLAG),
    ("peerings.name", "a text that no other peering has"),
    ("peerings.connections.name", "a text that no other connection has"),
    ("peerings.connections.location", "a text, the same for the same place"),
    ("peerings.connections.role", "\"primary\", \"redundant\" or \"backup\""),
    ("peerings.connections.router", "a text, the same for the same router"),
    ("peerings.connections.remote_router", "a text, the same for the same router"),
    ("peerings.connections.bandwidth_gbps", "a whole number of Gbps"),
    ("peerings.connections.utilisation_percent", "0 to 100"),
    (
        "peerings.connections.state",
        "\"None\", \"PendingApproval\", \"Approved\", \"ProvisioningStarted\", \"ProvisioningFailed\", \
         \"ProvisioningCompleted\", \"Validating\" or \"Active\"",
    ),
    ("peerings.connections.session.local", "an address and its subnet's length, such as \"192.0.2.10/31\""),
    ("peerings.connections.session.peer", "an address; no other session has the same two"),
    ("peerings.connections.session.provider", "\"microsoft\" or \"carrier\""),
    ("peerings.connections.session.hold_time", "0 to 65535 seconds"),
    ("peerings.connections.session.keepalive", "0 to 65535 seconds"),
    ("peerings.connections.session.md5", FLAG),
    ("peerings.connections.session.max_prefix", U32),
    ("peerings.connections.session.bfd.desired_min_tx_ms", "a whole number of milliseconds"),
    ("peerings.connections.session.bfd.required_min_rx_ms", "a whole number of milliseconds"),
    ("peerings.connections.session.bfd.detect_mult", "0 to 255"),
    ("peerings.connections.session.bfd.strict", FLAG),
    ("peerings.connections.session.bfd.far_end_interval_ms", "a whole number of milliseconds"),
    ("peerings.registered_prefixes.name", "a text"),
    ("peerings.registered_prefixes.prefix", "a text; what it is, the rules judge"),
    ("peerings.registered_prefixes.key", "a text; what it is, the rules judge"),
    ("activations.name", "a text that no other activation has"),
    ("activations.primary_location", "a location as connections name it"),
    ("activations.backup_location", "a location as connections name it"),
    ("activations.prefixes.prefix", "a text; what it is, the rules judge"),
    ("activations.prefixes.key", "a text; what it is, the rules judge"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every field is documented.
    #[test]
    fn documents_name_every_field() {
        for (allowed, document) in [
            (CONFIG, include_str!("../../docs/configuration.md")),
            (PLAN, include_str!("../../docs/plan.md")),
        ] {
            for (field, _) in allowed {
                let key = field.rsplit('.').next().unwrap();
                assert!(document.contains(&format!("| `{key}` |")), "{field}");
            }
        }
    }

    #[test]
    fn the_password_is_as_long_as_the_kernel_takes() {
        assert!(
            of(CONFIG, "peer.password").unwrap().contains(&format!("1 to {} ", bgp_speaker::MAX_PASSWORD))
        );
    }
}
