//! `check --routes` on tables and messages of collectors.

mod bmp;

use super::support::{Files, Said, example, run};
use bgp_wire::mrt::{
    Bgp4mpMessage, Peer, RibEntry, RibHeader, Session, Timestamp, write_peer_index_table, write_rib,
    write_table_attributes,
};
use bgp_wire::{
    Asn, AsnWidth, AttributeSet, Capability, Family, Fit, Negotiated, NextHop, Open, Origin, PathNlri,
    PeerKind, UpdateWriter,
};
use serde_json::Value;
use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::Path;

/// The carrier's ends of the sessions of the example's plan, in its order; the far end's are one higher.
const CARRIER: [[u8; 4]; 4] = [[192, 0, 2, 10], [192, 0, 2, 12], [192, 0, 2, 14], [192, 0, 2, 16]];
/// The prefixes that the plan names, with the paths that all is well with.
const ROUTES: [(&str, &[u32]); 2] = [("198.51.100.0/24", &[64500]), ("203.0.113.0/24", &[64500, 64501])];

/// A route of the far end that is never to be accepted.
const FROM_FAR_END: [(&str, &[u32]); 1] = [("198.18.0.0/24", &[8075, 12076])];

fn far(carrier: [u8; 4]) -> [u8; 4] {
    let [a, b, c, d] = carrier;
    [a, b, c, d + 1]
}

fn check(arguments: &[&str], routes: &[&Path]) -> Said {
    let mut all: Vec<OsString> = ["check", "--format", "json", "-p"].map(OsString::from).to_vec();
    all.push(example("plan.toml").into());
    all.extend(arguments.iter().map(OsString::from));
    for path in routes {
        all.extend(["--routes".into(), path.as_os_str().to_owned()]);
    }
    run(all)
}

/// The states of a rule's verdicts on a connection, in the order of the prefixes.
fn states<'a>(report: &'a Value, rule: &str, connection: &str) -> Vec<&'a str> {
    let all = report["verdicts"].as_array().unwrap();
    let of = all.iter().filter(|v| v["rule"] == rule && v["subject"]["connection"] == connection);
    of.map(|v| v["state"].as_str().unwrap()).collect()
}

/// The states of VP-ALL-SESSIONS on the registered prefixes.
fn everywhere(report: &Value) -> Vec<&str> {
    let all = report["verdicts"].as_array().unwrap();
    let of = all.iter().filter(|v| v["rule"] == "VP-ALL-SESSIONS" && v["subject"]["peering"] == "fra");
    of.map(|v| v["state"].as_str().unwrap()).collect()
}

/// What is said of the hold time of the first session.
fn hold_time(report: &Value) -> &str {
    let all = report["verdicts"].as_array().unwrap();
    let mut of = all.iter().filter(|v| v["rule"] == "VP-HOLD-TIME" && v["subject"]["connection"] == "fra-1");
    of.next().unwrap()["evidence"][0]["what"].as_str().unwrap()
}

fn notes(report: &Value) -> String {
    report["notes"].to_string()
}

fn attributes(hop: [u8; 4], path: &[u32]) -> AttributeSet {
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(hop.into()));
    set.as_path = path.iter().copied().map(Asn).collect();
    set.communities = vec!["8075:8007".parse().unwrap()];
    set
}

/// A table of TABLE_DUMP_V2 with these peers, each of which announces the routes behind it.
fn table(peers: &[([u8; 4], &[(&str, &[u32])])]) -> Vec<u8> {
    let mut out = Vec::new();
    let peer = |(address, _): &([u8; 4], _)| Peer {
        bgp_id: (*address).into(),
        addr: (*address).into(),
        asn: Asn(64500),
        asn_width: AsnWidth::Four,
    };
    write_peer_index_table(&mut out, 0, Ipv4Addr::LOCALHOST, b"", peers.iter().map(peer)).unwrap();
    for (sequence, prefix) in (0..).zip(["198.18.0.0/24", "198.51.100.0/24", "203.0.113.0/24"]) {
        let mut written = Vec::new();
        for (index, (address, routes)) in (0..).zip(peers) {
            if let Some((_, path)) = routes.iter().find(|(announced, _)| *announced == prefix) {
                let mut octets = Vec::new();
                write_table_attributes(&mut octets, &attributes(*address, path));
                written.push((index, octets));
            }
        }
        let header =
            RibHeader { sequence, prefix: prefix.parse().unwrap(), multicast: false, add_path: false };
        let entry = |(peer, attributes)| RibEntry { peer, originated: 0, path_id: 0, attributes };
        write_rib(&mut out, 0, &header, written.iter().map(|(peer, octets)| entry((*peer, octets)))).unwrap();
    }
    out
}

fn write(files: &Files, name: &str, octets: &[u8]) -> std::path::PathBuf {
    let path = files.path(name);
    std::fs::write(&path, octets).unwrap();
    path
}

/// A table is read for what policies change, from its peers and whole or not at all.
#[test]
fn policies_are_compared_on_a_table() {
    let files = Files::new();
    let text =
        |most: u8| format!("policy x {{ rule \"short\" {{ when as-path length at most {most} accept }} }}");
    let (old, new) = (files.write("old.policy", &text(1)), files.write("new.policy", &text(2)));
    let octets = table(&[([203, 0, 113, 9], &ROUTES[..])]);
    let diff = |routes: &Path| {
        run([
            OsString::from("policy"),
            "diff".into(),
            old.clone().into(),
            new.clone().into(),
            "--routes".into(),
            routes.into(),
        ])
    };
    let said = diff(&write(&files, "table.mrt", &octets));
    assert_eq!((said.status, said.err.as_str()), (Some(1), ""), "{}", said.out);
    assert!(said.out.contains("203.0.113.0/24 by x:\n  rejected: "), "{}", said.out);
    assert!(said.out.ends_with("routes: 2, changes: 1\n"), "{}", said.out);
    diff(&write(&files, "cut.mrt", &octets[..octets.len() - 3]))
        .refused_with(&["cut.mrt is broken at octet", "cut"], "cut");
}

#[test]
fn a_table_of_the_carriers_routers_and_of_the_far_end() {
    let files = Files::new();
    let far_end = far(CARRIER[0]);
    let mut peers: Vec<([u8; 4], &[(&str, &[u32])])> =
        CARRIER.iter().map(|address| (*address, &ROUTES[..])).collect();
    peers.extend([(far_end, &FROM_FAR_END[..]), ([203, 0, 113, 9], &ROUTES[..])]);
    let path = write(&files, "table.mrt", &table(&peers));
    let report = check(&[], &[&path]).json();
    for connection in ["fra-1", "fra-2", "ams-1", "ams-2"] {
        for rule in ["VP-COMMUNITY", "VP-ASPATH-SET", "VP-NEXTHOP", "VP-ORIGIN-ASN"] {
            assert_eq!(states(&report, rule, connection), ["Verified", "Verified"], "{rule} on {connection}");
        }
    }
    assert_eq!(everywhere(&report), ["Verified", "Verified"]);
    let source = report["verdicts"].as_array().unwrap().iter().find(|v| v["rule"] == "VP-COMMUNITY").unwrap();
    let source = source["evidence"][0]["source"].as_str().unwrap();
    assert!(source.contains("table.mrt, octet "), "{source}");
    assert!(notes(&report).contains("of no session of the plan: 203.0.113.9"), "{}", notes(&report));
    // What is in a table from the far end was accepted of it.
    assert!(states(&report, "VP-NO-AS12076", "fra-1").contains(&"Failed"));
    assert!(states(&report, "VP-NO-AS12076", "fra-2").contains(&"Unknown"));
}

#[test]
fn a_prefix_that_a_peer_of_the_table_lacks() {
    let files = Files::new();
    let mut peers: Vec<([u8; 4], &[(&str, &[u32])])> =
        CARRIER.iter().map(|address| (*address, &ROUTES[..])).collect();
    peers[1].1 = &ROUTES[..1];
    // Whoever is in no table is not known to announce anything.
    peers.pop();
    let report = check(&[], &[&write(&files, "table.mrt", &table(&peers))]).json();
    assert_eq!(everywhere(&report), ["Verified", "Failed"]);
    assert_eq!(states(&report, "VP-COMMUNITY", "ams-2"), Vec::<&str>::new());
}

/// A collector has addresses of its own: which of its peers is which connection is said.
#[test]
fn peers_of_a_collector_stand_for_connections() {
    let files = Files::new();
    let path =
        write(&files, "table.mrt", &table(&[([203, 0, 113, 9], &ROUTES[..]), ([203, 0, 113, 10], &[][..])]));
    let says =
        ["no session of the plan", "203.0.113.9, 203.0.113.10", "--peer CONNECTION=ADDRESS", "fra-1, fra-2"];
    check(&[], &[&path]).refused_with(&says, "nobody is known");
    let report = check(&["--peer", "fra-2=203.0.113.9"], &[&path]).json();
    assert_eq!(states(&report, "VP-COMMUNITY", "fra-2"), ["Verified", "Verified"]);
    for (argument, says) in [
        ("fra-9=203.0.113.9", "the plan has no such connection"),
        ("fra-1", "no CONNECTION=ADDRESS"),
        ("fra-1=x", "no address"),
    ] {
        check(&["--peer", argument], &[&path]).refused_with(&[says], argument);
    }
    let argument = format!("fra-1={}", path.display());
    check(&[], &[Path::new(&argument)])
        .refused_with(&["name their peers", "--peer fra-1=ADDRESS"], "records");
}

#[test]
fn a_file_that_is_cut_is_refused() {
    let files = Files::new();
    let octets = table(&[(CARRIER[0], &ROUTES[..])]);
    let cut = write(&files, "cut.mrt", &octets[..octets.len() - 3]);
    check(&[], &[&cut]).refused_with(&["cut.mrt is broken at octet", "ends"], "cut");
    let nothing = write(&files, "nothing", &[1; 64]);
    check(&[], &[&nothing]).refused_with(&["nothing is nothing that can be decoded"], "ones");
}

fn session() -> Negotiated {
    Negotiated::new(PeerKind::External)
}

/// Whole messages of a session: an UPDATE for each route, then the End-of-RIB marker.
fn updates(hop: [u8; 4], routes: &[(&str, &[u32])]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = routes.iter().map(|(prefix, path)| announce(hop, prefix, path)).collect();
    let mut end = Vec::new();
    UpdateWriter::end_of_rib(&mut end, &session(), Family::Ipv4Unicast);
    all.push(end);
    all
}

fn announce(hop: [u8; 4], prefix: &str, path: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    let set = attributes(hop, path);
    let mut writer = UpdateWriter::announce(&mut out, &session(), Family::Ipv4Unicast, &set).unwrap();
    assert_eq!(writer.push(&PathNlri { path_id: 0, prefix: prefix.parse().unwrap() }), Fit::Added);
    writer.finish();
    out
}

fn withdraw(prefix: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = UpdateWriter::withdraw(&mut out, &session(), Family::Ipv4Unicast);
    assert_eq!(writer.push(&PathNlri { path_id: 0, prefix: prefix.parse().unwrap() }), Fit::Added);
    writer.finish();
    out
}

fn open(asn: u32, hold_time: u16) -> Vec<u8> {
    let capabilities = [Capability::FourOctetAsn(Asn(asn))].into_iter().collect();
    let mut out = Vec::new();
    Open { asn: Asn(asn), hold_time, router_id: Ipv4Addr::new(192, 0, 2, 1), capabilities }.encode(&mut out);
    out
}

/// A record of a message that the far end's recorder got from the carrier, or sent to it.
fn record(out: &mut Vec<u8>, carrier: [u8; 4], local: bool, message: &[u8]) {
    let session = Session {
        peer_asn: Asn(64500),
        local_asn: Asn(8075),
        interface: 0,
        peer: carrier.into(),
        local: far(carrier).into(),
    };
    let message = Bgp4mpMessage { session, asn_width: AsnWidth::Four, local, add_path: false, message };
    message.encode(Timestamp::seconds(0), out).unwrap();
}

#[test]
fn messages_from_the_beginning_of_a_session() {
    let files = Files::new();
    let mut out = Vec::new();
    record(&mut out, CARRIER[0], true, &open(8075, 180));
    record(&mut out, CARRIER[0], false, &open(64500, 90));
    let gone = announce(CARRIER[0], "198.18.0.0/24", &[64500]);
    for message in [vec![gone], updates(CARRIER[0], &ROUTES), vec![withdraw("198.18.0.0/24")]].concat() {
        record(&mut out, CARRIER[0], false, &message);
    }
    // Of this session the beginning is not there.
    record(&mut out, CARRIER[1], false, &announce(CARRIER[1], "203.0.113.0/24", &[64500, 64501]));
    let report = check(&[], &[&write(&files, "updates.mrt", &out)]).json();
    assert_eq!(states(&report, "VP-COMMUNITY", "fra-1"), ["Verified", "Verified"]);
    assert_eq!(states(&report, "VP-HOLD-TIME", "fra-1"), ["Verified"]);
    assert!(hold_time(&report).starts_with("hold time 90 s"), "{}", hold_time(&report));
    assert_eq!(states(&report, "VP-COMMUNITY", "fra-2"), Vec::<&str>::new());
    assert!(notes(&report).contains("not all routes of connection fra-2"), "{}", notes(&report));
    assert_eq!(everywhere(&report), ["Unknown", "Unknown"]);
}
