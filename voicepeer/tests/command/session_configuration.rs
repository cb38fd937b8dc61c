//! What is wrong with the settings of a session and of its connections.

use super::configuration::{BFD, PEER, SPEAKER, refuse_each};

/// At the peer and in a group.
#[test]
fn values_that_a_session_cannot_have() {
    let peer = &format!("{SPEAKER}{PEER}");
    let offers = &format!("{peer}[peer.capabilities]\n");
    let limit = &format!("{peer}[peer.max_prefix]\n");
    let restart = &format!("{peer}[peer.graceful_restart]\n");
    let internal = &peer.replace("64501", "64500");
    let group = &format!("{SPEAKER}[group.all]\n");
    let grouped = &format!("{SPEAKER}[group.all]\nhold_time = 2\n{PEER}");
    let v6 = &format!("{peer}families = [\"ipv6-unicast\"]\n[peer.capabilities]\n");
    refuse_each(&[
        (peer, "role = \"upstream\"", 8, &["\"upstream\" is not a role", "peer.role", "\"rs-client\""]),
        (internal, "role = \"peer\"", 8, &["internal peers have no roles", "peer.role", "RFC 9234"]),
        (peer, "adj_rib_in = \"some\"", 14, &["\"some\" does not say", "peer.adj_rib_in", "\"not-kept\""]),
        (peer, "strict_role = true", 15, &["strict_role needs a role", "peer.strict_role"]),
        (peer, "send_hold_time = 90", 18, &["longer than the hold_time", "peer.send_hold_time", "RFC 9687"]),
        (
            offers,
            "route_refresh = false\nenhanced_route_refresh = true",
            0,
            &["needs route_refresh", "peer.capabilities.enhanced_route_refresh", "true or false"],
        ),
        (limit, "ipv4_unicast = 0", 16, &["a limit of 0", "peer.max_prefix.ipv4_unicast", "1 to 4294967295"]),
        (limit, "warn_percent = 101", 16, &["101 per cent", "peer.max_prefix.warn_percent", "1 to 100"]),
        (limit, "beyond = \"stop\"", 10, &["no way beyond", "peer.max_prefix.beyond", "\"block\""]),
        (limit, "restart_after = 0", 17, &["a restart_after of 0", "peer.max_prefix.restart_after"]),
        (
            &format!("{limit}beyond = \"block\"\n"),
            "restart_after = 5",
            17,
            &["is for beyond = \"restart\"", "peer.max_prefix.restart_after"],
        ),
        (
            limit,
            "announced_beyond = \"stop\"",
            20,
            &["no way beyond", "peer.max_prefix.announced_beyond", "\"block\""],
        ),
        (
            &format!("{limit}announced_beyond = \"warn\"\n"),
            "announced_restart_after = 5",
            27,
            &["is for announced_beyond", "peer.max_prefix.announced_restart_after"],
        ),
        (
            restart,
            "restart_time = 4096",
            16,
            &["4096 s is more than an OPEN", "graceful_restart.restart_time", "0 to 4095"],
        ),
        (
            restart,
            "long_lived_time = 16777216",
            19,
            &["more than an OPEN", "graceful_restart.long_lived_time"],
        ),
        (
            offers,
            "add_path = \"always\"",
            12,
            &["no way of add_path", "peer.capabilities.add_path", "\"receive\", \"send\" or \"both\""],
        ),
        (
            offers,
            "prefix_orf = \"never\"",
            14,
            &["\"never\" is no way of prefix_orf", "peer.capabilities.prefix_orf", "\"receive\", \"send\""],
        ),
        (
            &format!("{offers}route_refresh = false\n"),
            "prefix_orf = \"receive\"",
            14,
            &["needs route_refresh", "peer.capabilities.prefix_orf"],
        ),
        (
            offers,
            "prefix_orf = \"send\"",
            14,
            &["whatever their prefix", "peer.capabilities.prefix_orf", "match.prefix"],
        ),
        (offers, "paths_told = 4", 14, &["is for add_path", "peer.capabilities.paths_told"]),
        (
            &format!("{offers}add_path = \"send\"\n"),
            "paths_told = 33",
            14,
            &["33 paths cannot be told", "peer.capabilities.paths_told", "1 to 32"],
        ),
        (offers, "paths_limit = 4", 15, &["is for add_path", "peer.capabilities.paths_limit"]),
        (restart, "time = 1", 1, &["unknown field `time`", "`restart_time`"]),
        (v6, "extended_next_hop = true", 21, &["with ipv4-unicast", "peer.capabilities.extended_next_hop"]),
        (offers, "add_paths = true", 1, &["unknown field `add_paths`", "`extended_messages`"]),
        (peer, "group = \"all\"", 9, &["no group is called \"all\"", "there is: none", "peer.group"]),
        (grouped, "group = \"all\"", 0, &["a hold_time of 2 s", "group.all.hold_time", "0, or 3 to 65535"]),
        (group, "address = \"192.0.2.1\"", 11, &["one peer's, not a group's", "group.all.address"]),
        (group, "name = \"x\"", 8, &["one peer's, not a group's", "group.all.name"]),
        (group, "group = \"x\"", 9, &["no group of its own", "group.all.group"]),
        (group, "connection = \"x\"", 14, &["one peer's, not a group's", "group.all.connection"]),
    ]);
}

#[test]
fn values_that_a_connection_cannot_have() {
    let peer = &format!("{SPEAKER}{PEER}");
    let bfd = &format!("{peer}{BFD}");
    let group = &format!("{SPEAKER}[group.all]\n");
    refuse_each(&[
        (SPEAKER, "selection_deferral = 0", 22, &["a selection_deferral of 0", "speaker.selection_deferral"]),
        (peer, "idle_hold = 0", 13, &["an idle hold of 0", "peer.idle_hold", "1 or more"]),
        (
            &format!("{peer}idle_hold = 9\n"),
            "idle_hold_max = 8",
            17,
            &["shorter than idle_hold", "peer.idle_hold_max"],
        ),
        (peer, "ttl_security_hops = 2", 21, &["for ttl_security = true", "peer.ttl_security_hops"]),
        (peer, "interface = \"\"", 13, &["not the name of an interface", "peer.interface"]),
        (peer, "tcp_ao = []", 10, &["TCP-AO needs a key", "peer.tcp_ao", "send_id"]),
        (
            &format!("{peer}password = \"x\"\n"),
            "tcp_ao = [{ send_id = 1, receive_id = 1, secret = \"x\" }]",
            10,
            &["not both", "peer.tcp_ao", "RFC 5925"],
        ),
        (
            peer,
            "tcp_ao = [{ send_id = 1, receive_id = 1, secret = \"x\", algorithm = \"md5\" }]",
            68,
            &["\"md5\" is not an algorithm", "peer.tcp_ao.algorithm", "hmac-sha-1-96"],
        ),
        (
            bfd,
            "strict = true\nstrict_capability = true",
            0,
            &["by its capability, not both", "peer.bfd.strict_capability"],
        ),
        (bfd, "strict_hold_time = 9", 20, &["for strict_capability = true", "peer.bfd.strict_hold_time"]),
        (
            group,
            "[[dynamic]]\ngroup = \"all\"\nprefix = \"192.0.2.1/24\"",
            0,
            &["host bits", "dynamic.prefix"],
        ),
        (
            group,
            "[[dynamic]]\ngroup = \"all\"\nprefix = \"192.0.2.0/24\"",
            0,
            &["names no asn", "dynamic.group"],
        ),
        (
            &format!("{group}asn = 1\n"),
            "[[dynamic]]\ngroup = \"all\"\nprefix = \"192.0.2.0/24\"\nlimit = 0",
            0,
            &["lets nobody in", "dynamic.limit"],
        ),
        (
            &format!("{group}asn = 1\n"),
            "[[dynamic]]\ngroup = \"all\"\nprefix = \"fe80::/10\"",
            0,
            &["the group names none", "dynamic.prefix"],
        ),
        (
            SPEAKER,
            "[[speaker.listen_on]]\naddress = \"::1:179\"",
            0,
            &["speaker.listen_on.address", "with its port"],
        ),
        (&peer.replace("192.0.2.2", "fe80::1"), "port = 1", 0, &["needs an interface", "peer.address"]),
    ]);
}
