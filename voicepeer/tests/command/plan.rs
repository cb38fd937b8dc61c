//! What is wrong with a plan is told with its place, its field and what is allowed.

use super::support::{Files, changed, example, run};

/// (what stands in the plan, what it is changed to, what the message holds).
#[test]
fn errors_name_the_place_the_field_and_what_is_allowed() {
    let plan = std::fs::read_to_string(example("plan.toml")).unwrap();
    let line = |text: &str| plan.lines().position(|l| l.contains(text)).unwrap() + 1;
    let cases: &[(&str, &str, &[&str])] = &[
        ("asn = 64500", "asn = \"AS0.1.2\"", &["an ASN is a number", "`AS0.1.2`"]),
        ("associated_asns", "asociated_asns", &["unknown field `asociated_asns`", "`associated_asns`"]),
        ("lacp = true", "lacp = \"yes\"", &["attestations.lacp", "true or false"]),
        ("lacp = true", "lcap = true", &["unknown field `lcap`", "`lacp`"]),
        (
            "role = \"primary\"",
            "role = \"main\"",
            &["unknown variant `main`", "connections.role", "\"redundant\""],
        ),
        ("bandwidth_gbps = 100", "bandwidth = 100", &["unknown field `bandwidth`", "`bandwidth_gbps`"]),
        (
            "bandwidth_gbps = 100",
            "bandwidth_gbps = 1.5",
            &["connections.bandwidth_gbps", "whole number of Gbps"],
        ),
        (
            "_percent = 20",
            "_percent = 101",
            &["utilisation of 101", "connections.utilisation_percent", "0 to 100"],
        ),
        (
            "state = \"Active\"",
            "state = \"Up\"",
            &["unknown variant `Up`", "connections.state", "\"Validating\""],
        ),
        ("local = \"192.0.2.10/31\"", "local = \"192.0.2.10\"", &["session.local", "its subnet's length"]),
        ("peer = \"192.0.2.11\"", "peer = \"edge\"", &["session.peer", "an address"]),
        (
            "strict = true",
            "strictly = true",
            &["unknown field `strictly`", "session.bfd.strictly", "`strict`"],
        ),
        ("max_prefix = 450", "max_prefix = -1", &["session.max_prefix", "0 to 4294967295"]),
        (
            "name = \"ams\"",
            "name = \"fra\"",
            &["two peerings are named `fra`", "peerings.name", "no other peering"],
        ),
        ("name = \"ams-1\"", "name = \"fra-1\"", &["two connections are named `fra-1`", "connections.name"]),
        (
            "name = \"fra-2\"",
            "name = \"\"",
            &["a connection of peering `fra` has an empty name", "connections.name"],
        ),
        ("primary_location", "location", &["unknown field `location`", "`primary_location`"]),
    ];
    let files = Files::new();
    for (old, new, holds) in cases {
        let path = files.write("plan.toml", &changed(&plan, old, new));
        let routes = example("routes.json");
        let arguments =
            ["check".as_ref(), "-p".as_ref(), path.as_os_str(), "--routes".as_ref(), routes.as_os_str()];
        let said = run(arguments);
        said.refused_with(holds, new);
        said.refused_with(&[&format!("plan.toml:{}:", line(old))], new);
    }
}

#[test]
fn two_sessions_between_the_same_addresses() {
    let plan = std::fs::read_to_string(example("plan.toml")).unwrap();
    let plan = plan.replace("192.0.2.12/31", "192.0.2.10/31").replace("192.0.2.13", "192.0.2.11");
    let files = Files::new();
    let path = files.write("plan.toml", &plan);
    let said = run(["check".as_ref(), "-p".as_ref(), path.as_os_str(), "--live".as_ref()]);
    let last =
        plan.lines().enumerate().filter(|(_, l)| l.starts_with("peer = \"192.0.2.11\"")).last().unwrap();
    said.refused_with(
        &["two sessions run between 192.0.2.10 and 192.0.2.11", &format!("plan.toml:{}:8]", last.0 + 1)],
        "the same addresses twice",
    );
}

#[test]
fn a_plan_without_an_asn() {
    let files = Files::new();
    let path = files.write("plan.toml", "associated_asns = []\n");
    let said = run(["check".as_ref(), "-p".as_ref(), path.as_os_str(), "--live".as_ref()]);
    said.refused_with(&["missing field `asn`", "plan.toml:1:1", "0 to 4294967295"], "no ASN");
}

#[test]
fn a_plan_that_is_not_there() {
    let said = run(["check", "-p", "no-plan.toml", "--live"]);
    said.refused_with(&["cannot read no-plan.toml", "No such file"], "no plan");
}
