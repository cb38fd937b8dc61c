//! What is wrong with a configuration is told with its file, line, column, field and what is allowed.

use super::support::{Files, example, run};

pub(super) const SPEAKER: &str = "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\n";
pub(super) const PEER: &str = "[[peer]]\nname = \"edge\"\naddress = \"192.0.2.2\"\nasn = 64501\n";
pub(super) const BFD: &str = "[peer.bfd]\n";
const ROUTE: &str = "[[route]]\nprefix = \"198.51.100.0/24\"\n";
const RULE: &str = "[[policy.out.rule]]\nname = \"r\"\nthen = \"accept\"\n";

#[test]
fn the_example_is_good() {
    let said =
        run(["run".as_ref(), "--check".as_ref(), "-c".as_ref(), example("voicepeer.toml").as_os_str()]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""));
    assert!(said.out.ends_with("voicepeer.toml is good; peers: 3, routes: 2\n"), "{said:?}");
}

#[test]
fn the_shortest_one_is_good() {
    let files = Files::new();
    let said = check(&files.write("c.toml", SPEAKER));
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""));
}

fn check(path: &std::path::Path) -> super::support::Said {
    run(["run".as_ref(), "--check".as_ref(), "-c".as_ref(), path.as_os_str()])
}

/// What stands before, the line that is wrong, where in it from column 1 (0: elsewhere), what the message holds.
pub(super) type Case<'a> = (&'a str, &'a str, usize, &'a [&'a str]);

pub(super) fn refuse_each(cases: &[Case<'_>]) {
    let files = Files::new();
    for (before, wrong, column, holds) in cases {
        let text = format!("{before}{wrong}\n");
        let said = check(&files.write("c.toml", &text));
        said.refused_with(holds, &text);
        if *column > 0 {
            let place = format!("c.toml:{}:{column}]", before.lines().count() + 1);
            said.refused_with(&[&place], &text);
        }
    }
}

/// Everywhere, with those that do.
#[test]
fn fields_that_do_not_exist() {
    let peer = &format!("{SPEAKER}{PEER}");
    let bfd = &format!("{peer}{BFD}");
    let route = &format!("{SPEAKER}{ROUTE}");
    let rule = &format!("{SPEAKER}{RULE}");
    refuse_each(&[
        (
            "",
            "speker = 1",
            1,
            &[
                "unknown field `speker`",
                "`speaker`, `peer`, `group`, `dynamic`, `lag`, `route`, `next_hop`, `aggregate`, `policy`, `decision`, `bfd`",
            ],
        ),
        (SPEAKER, "as = 1", 1, &["unknown field `as`", "speaker.as", "`asn`, `router_id`, `listen`"]),
        (peer, "hold = 9", 1, &["unknown field `hold`", "peer.hold", "`hold_time`", "`ttl_security`"]),
        (bfd, "mult = 3", 1, &["unknown field `mult`", "peer.bfd.mult", "`detect_mult`"]),
        (route, "metric = 3", 1, &["unknown field `metric`", "route.metric", "`med`"]),
        (rule, "if = 1", 1, &["unknown field `if`", "policy.out.rule.if", "`name`, `match`, `set`, `then`"]),
        (
            rule,
            "match = { prefixes = [] }",
            11,
            &["unknown field `prefixes`", "rule.match.prefixes", "`prefix`"],
        ),
        (rule, "set = { metric = 1 }", 9, &["unknown field `metric`", "rule.set.metric", "`med`, `add_med`"]),
    ]);
}

/// With what the field may hold.
#[test]
fn values_of_another_type_or_out_of_its_range() {
    let peer = &format!("{SPEAKER}{PEER}");
    let bfd = &format!("{peer}{BFD}");
    let route = &format!("{SPEAKER}{ROUTE}");
    let rule = &format!("{SPEAKER}{RULE}");
    refuse_each(&[
        (SPEAKER, "listen = \"0.0.0.0:179\"", 10, &["speaker.listen", "[\"0.0.0.0:179\", \"[::]:179\"]"]),
        (
            SPEAKER,
            "listen = [\"0.0.0.0\"]",
            11,
            &["invalid socket address", "speaker.listen", "with their ports"],
        ),
        (SPEAKER, "control = 7", 11, &["speaker.control", "a path, in quotes"]),
        (peer, "hold_time = \"90\"", 13, &["peer.hold_time", "0, or 3 to 65535 seconds"]),
        (peer, "port = 65536", 8, &["peer.port", "1 to 65535"]),
        (peer, "port = 0", 8, &["port 0", "peer.port", "1 to 65535"]),
        (peer, "passive = \"yes\"", 11, &["peer.passive", "true or false"]),
        (bfd, "detect_mult = 256", 15, &["peer.bfd.detect_mult", "1 to 255"]),
        (route, "med = -1", 7, &["route.med", "0 to 4294967295"]),
        (rule, "match = { med = true }", 17, &["policy.out.rule.match.med", "expected text or a number"]),
        (rule, "match = { med = \"low\" }", 17, &["policy.out.rule.match.med", "`low`"]),
    ]);
}

/// With what the standards allow.
#[test]
fn values_that_a_peer_cannot_have() {
    let peer = &format!("{SPEAKER}{PEER}");
    let bfd = &format!("{peer}{BFD}");
    refuse_each(&[
        (peer, "hold_time = 1", 13, &["a hold_time of 1 s", "peer.hold_time", "0, or 3", "RFC 4271"]),
        (peer, "hold_time = 2", 13, &["a hold_time of 2 s", "peer.hold_time", "0, or 3", "RFC 4271"]),
        (
            peer,
            "keepalive_time = 0",
            18,
            &["a keepalive_time of 0", "peer.keepalive_time", "third of the hold"],
        ),
        (peer, "connect_retry = 0", 17, &["a connect_retry of 0", "peer.connect_retry", "1 or more"]),
        (peer, "families = [\"ipv4\"]", 12, &["address families", "peer.families", "\"ipv4-unicast\""]),
        (peer, "families = []", 12, &["address families", "peer.families", "\"ipv6-unicast\""]),
        (peer, "local_address = \"2001:db8::1\"", 17, &["different families", "peer.local_address"]),
        (peer, "local_address = \"here\"", 17, &["invalid IP address", "peer.local_address", "same family"]),
        (peer, "password = \"\"", 12, &["a password of 0 octets", "peer.password", "1 to 80", "RFC 2385"]),
        (
            peer,
            "import = \"in\"",
            10,
            &["no policy is called \"in\"", "peer.import", "there is: accept-all, reject-all"],
        ),
        (
            bfd,
            "desired_min_tx = \"300\"",
            18,
            &["\"300\" is not a duration", "peer.bfd.desired_min_tx", "ms or s"],
        ),
        (bfd, "required_min_rx = \"1.5s\"", 19, &["is not a duration", "peer.bfd.required_min_rx"]),
        (bfd, "desired_min_tx = \"99us\"", 18, &["99us is out of range", "100us to 4000s"]),
        (bfd, "required_min_rx = \"4001s\"", 19, &["4001s is out of range", "100us to 4000s"]),
        (bfd, "detect_mult = 0", 15, &["a detect_mult of 0", "peer.bfd.detect_mult", "1 to 255", "RFC 5880"]),
    ]);
}

/// What a router is to its peers.
#[test]
fn values_that_routing_cannot_have() {
    let peer = &format!("{SPEAKER}{PEER}");
    let internal = &format!("{SPEAKER}{}", PEER.replace("64501", "64500"));
    let decision = &format!("{SPEAKER}[decision]\n");
    let hop = &format!("{SPEAKER}[[next_hop]]\n");
    let aggregate = &format!("{SPEAKER}[[aggregate]]\n");
    let members = &format!("{SPEAKER}[speaker.confederation]\nid = 64999\n");
    refuse_each(&[
        (
            SPEAKER,
            "cluster_id = \"0.0.0.0\"",
            14,
            &["cluster_id of 0.0.0.0", "speaker.cluster_id", "RFC 4456"],
        ),
        (SPEAKER, "[speaker.confederation]\nid = 0", 0, &["AS 0 is reserved", "speaker.confederation.id"]),
        (SPEAKER, "[speaker.confederation]", 0, &["missing field `id`", "speaker.confederation"]),
        (members, "members = [64500]", 12, &["AS 64500 is speaker.asn", "confederation.members", "RFC 5065"]),
        (members, "members = [64501, 64999]", 19, &["AS 64999 is the id", "confederation.members"]),
        (decision, "multipath_external = 0", 22, &["0 paths", "decision.multipath_external", "1 to 65535"]),
        (decision, "multipath_internal = 65536", 22, &["decision.multipath_internal", "1 to 65535"]),
        (decision, "always_compare_med = 1", 22, &["decision.always_compare_med", "true or false"]),
        (decision, "deterministic_med = true", 1, &["unknown field", "`always_compare_med`"]),
        (aggregate, "prefix = \"198.51.100.0/16\"", 10, &["host bits", "did you mean 198.51.0.0/16?"]),
        (aggregate, "prefix = \"198.51.0.0/33\"", 10, &["aggregate.prefix", "an address, a slash"]),
        (hop, "address = \"192.0.2\"", 11, &["invalid IP address", "next_hop.address"]),
        (&format!("{hop}address = \"192.0.2.9\"\n"), "cost = -1", 8, &["next_hop.cost", "0 to 4294967295"]),
        (
            &format!("{hop}address = \"192.0.2.9\"\nunreachable = true\n"),
            "cost = 1",
            8,
            &["unreachable has no cost", "next_hop.cost"],
        ),
        (
            &format!("{hop}address = \"192.0.2.9\"\n[[next_hop]]\n"),
            "address = \"192.0.2.9\"",
            11,
            &["two next hops have the address", "next_hop.address"],
        ),
        (aggregate, "summary_only = 1", 16, &["aggregate.summary_only", "true or false"]),
        (
            &format!("{aggregate}prefix = \"198.51.0.0/16\"\n[[aggregate]]\n"),
            "prefix = \"198.51.0.0/16\"",
            10,
            &["two aggregates have the prefix", "aggregate.prefix"],
        ),
        (peer, "weight = 65536", 10, &["peer.weight", "0 to 65535"]),
        (peer, "reflector_client = true", 20, &["for internal peers", "peer.reflector_client", "RFC 4456"]),
        (internal, "route_server_client = true", 23, &["for external peers", "peer.route_server_client"]),
        (peer, "own_asn_allowed = 256", 19, &["peer.own_asn_allowed", "0 to 255"]),
        (peer, "next_hop = \"me\"", 12, &["\"me\" is not a choice", "peer.next_hop", "\"unchanged\""]),
    ]);
}

/// With what is allowed.
#[test]
fn values_that_a_route_or_a_rule_cannot_have() {
    let route = &format!("{SPEAKER}{ROUTE}");
    let rule = &format!("{SPEAKER}{RULE}");
    refuse_each(&[
        (route, "next_hop = \"2001:db8::1\"", 12, &["different families", "route.next_hop"]),
        (route, "origin = \"bgp\"", 10, &["\"bgp\" is not an origin", "route.origin", "\"incomplete\""]),
        (route, "as_path = [64501, 0]", 19, &["AS 0", "route.as_path", "RFC 7607"]),
        (route, "communities = [\"8075:65536\"]", 16, &["\"8075:65536\"", "route.communities", "0 to 65535"]),
        (
            route,
            "large_communities = [\"1:2\"]",
            22,
            &["\"1:2\"", "route.large_communities", "[\"64500:1:2\"]"],
        ),
        (rule, "match = { community = [\"voice\"] }", 24, &["`voice`", "rule.match.community"]),
        (
            rule,
            "match = { prefix = [\"198.51.100.1/24\"] }",
            21,
            &["bits set beyond its length", "rule.match.prefix"],
        ),
        (rule, "match = { prefix = [] }", 0, &["`prefix` is an empty list", "policy.out.rule"]),
        (
            rule,
            "set = { next_hop = \"me\" }",
            20,
            &["a next hop is `self` or an address", "rule.set.next_hop"],
        ),
    ]);
}

/// A name, an address, a prefix, a key.
#[test]
fn what_stands_in_the_file_already() {
    let peer = &format!("{SPEAKER}{PEER}");
    let route = &format!("{SPEAKER}{ROUTE}");
    let two_peers = &format!("{peer}[[peer]]\nasn = 64501\n");
    refuse_each(&[
        (
            two_peers,
            "name = \"edge\"\naddress = \"192.0.2.3\"",
            8,
            &["two peers are called \"edge\"", "peer.name"],
        ),
        (
            two_peers,
            "address = \"192.0.2.2\"\nname = \"b\"",
            11,
            &["two peers have the address 192.0.2.2", "peer.address"],
        ),
        (
            two_peers,
            "address = \"::ffff:192.0.2.2\"\nname = \"b\"",
            11,
            &["two peers have the address", "peer.address"],
        ),
        (
            route,
            "[[route]]\nprefix = \"198.51.100.0/24\"",
            0,
            &["two routes have the prefix", "route.prefix"],
        ),
        (SPEAKER, "[policy.accept-all]", 9, &["every file has the policy \"accept-all\"", "another name"]),
        (SPEAKER, "listen =", 9, &["expected", "c.toml"]),
        (SPEAKER, "asn = 1", 1, &["duplicate key"]),
    ]);
}

/// (the whole file, what the message holds).
#[test]
fn errors_in_what_a_file_must_have() {
    let speaker = |asn: &str, id: &str| format!("[speaker]\nasn = {asn}\nrouter_id = {id}\n");
    let peer = |name: &str, address: &str, asn: &str| {
        format!("{SPEAKER}[[peer]]\nname = {name}\naddress = {address}\nasn = {asn}\n")
    };
    let known = format!("{SPEAKER}[policy.out]\n[policy.in]\n{PEER}export = \"ot\"\n");
    let long = format!("{SPEAKER}{PEER}password = \"{}\"\n", "x".repeat(81));
    let cases: &[(String, &[&str])] = &[
        (String::new(), &["missing field `speaker`", "c.toml:1:1"]),
        (
            "[speaker]\nasn = 64500\n".to_owned(),
            &["missing field `router_id`", "c.toml:1:1", "speaker", "an IPv4 address other than 0.0.0.0"],
        ),
        (speaker("0", "\"192.0.2.1\""), &["AS 0 is reserved", "c.toml:2:7", "speaker.asn", "RFC 7607"]),
        (speaker("23456", "\"192.0.2.1\""), &["AS 23456 is reserved", "c.toml:2:7", "RFC 6793"]),
        (speaker("4294967295", "\"192.0.2.1\""), &["AS 4294967295 is reserved", "RFC 7300"]),
        (speaker("4294967296", "\"192.0.2.1\""), &["c.toml:2:7", "speaker.asn", "1 to 4294967294"]),
        (speaker("\"AS1\"", "\"192.0.2.1\""), &["c.toml:2:7", "speaker.asn", "1 to 4294967294"]),
        (speaker("1", "\"0.0.0.0\""), &["0.0.0.0", "c.toml:3:13", "speaker.router_id", "RFC 6286"]),
        (speaker("1", "\"2001:db8::1\""), &["c.toml:3:13", "speaker.router_id", "an IPv4 address"]),
        (peer("\"\"", "\"192.0.2.2\"", "1"), &["name is empty", "c.toml:5:8", "peer.name"]),
        (peer("\"a\"", "\"0.0.0.0\"", "1"), &["0.0.0.0 is not the address", "c.toml:6:11", "peer.address"]),
        (
            peer("\"a\"", "\"edge.example\"", "1"),
            &["c.toml:6:11", "peer.address", "one IPv4 or IPv6 address"],
        ),
        (peer("\"a\"", "\"192.0.2.2\"", "0"), &["AS 0 is reserved", "c.toml:7:7", "peer.asn", "RFC 7607"]),
        (
            format!("{SPEAKER}[[peer]]\nname = \"a\"\n"),
            &["missing field `address`", "c.toml:4:1", "peer", "one IPv4 or IPv6 address"],
        ),
        (
            format!("{SPEAKER}[[route]]\nprefix = \"198.51.100.1/24\"\n"),
            &[
                "198.51.100.1/24 has host bits",
                "c.toml:5:10",
                "route.prefix",
                "did you mean 198.51.100.0/24?",
            ],
        ),
        (
            format!("{SPEAKER}[[route]]\nprefix = \"198.51.100.0\"\n"),
            &["c.toml:5:10", "route.prefix", "an address, a slash and a length"],
        ),
        (known, &["no policy is called \"ot\"", "peer.export", "there is: in, out, accept-all, reject-all"]),
        (long, &["a password of 81 octets", "peer.password", "1 to 80"]),
        (
            format!("{SPEAKER}[[policy.out.rule]]\nname = \"r\"\nset = {{ med = 1 }}\nthen = \"reject\"\n"),
            &["a rule that rejects a route sets nothing", "c.toml:4:1", "policy.out.rule"],
        ),
        (
            format!("{SPEAKER}[[policy.out.rule]]\nname = \"r\"\nthen = \"drop\"\n"),
            &[
                "unknown variant `drop`",
                "`accept`, `reject`, `continue`",
                "c.toml:6:8",
                "policy.out.rule.then",
            ],
        ),
        (
            format!("{SPEAKER}[policy.out]\ndefault = \"pass\"\n"),
            &["unknown variant `pass`", "`accept` or `reject`", "c.toml:5:11", "policy.out.default"],
        ),
    ];
    let files = Files::new();
    for (text, holds) in cases {
        check(&files.write("c.toml", text)).refused_with(holds, text);
    }
}

#[test]
fn files_that_are_not_there() {
    let files = Files::new();
    check(&files.path("none.toml")).refused_with(&["cannot read", "none.toml", "No such file"], "no config");
    let config = files.write("c.toml", &format!("{SPEAKER}plan = \"no-plan.toml\"\n"));
    let beside = files.path("no-plan.toml");
    check(&config).refused_with(&["cannot read", beside.to_str().unwrap()], "no plan");
    std::fs::write(files.path("bytes.toml"), [0xff, 0xfe]).unwrap();
    check(&files.path("bytes.toml")).refused_with(&["cannot read", "UTF-8"], "no text");
}

#[test]
fn a_plan_that_is_bad_is_refused_with_the_configuration() {
    let files = Files::new();
    files.write("plan.toml", "asn = 64500\nnmae = 1\n");
    let config = files.write("c.toml", &format!("{SPEAKER}plan = \"plan.toml\"\n"));
    check(&config).refused_with(&["unknown field `nmae`", "plan.toml:2:1"], "a bad plan");
    let said = run(["run".as_ref(), "-c".as_ref(), config.as_os_str()]);
    said.refused_with(&["unknown field `nmae`", "plan.toml:2:1"], "a bad plan, running");
}

#[test]
fn arguments() {
    for (arguments, status, says) in [
        (vec!["--version"], 0, "voicepeer 0.1.0"),
        (vec!["run", "--help"], 0, "RUST_LOG"),
        (vec!["check", "--help"], 0, "Exit status 0: nothing failed. 1: something failed,"),
        (
            vec!["show", "peers"],
            2,
            "[possible values: neighbors, capabilities, bfd, routes, received, rpki, verdicts, portal]",
        ),
        (vec!["check", "-p", "plan.toml"], 2, "--routes <[CONNECTION=]FILE>"),
        (vec!["check", "-p", "plan.toml", "--live", "--routes", "x"], 2, "cannot be used with"),
    ] {
        let said = run(&arguments);
        assert_eq!(said.status, Some(status), "{arguments:?} {said:?}");
        assert!(said.out.contains(says) || said.err.contains(says), "{arguments:?} {said:?}");
    }
}
