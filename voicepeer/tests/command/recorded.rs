//! `check --routes` on tables and messages of collectors, and `check --bmp` as the station that routers send to.

use super::support::{Files, Said, example, run, voicepeer};
use bgp_wire::bmp::{
    PeerDown, PeerDownReason, PeerFlags, PeerHeader, PeerUp, RouteMonitoring, write_initiation,
};
use bgp_wire::mrt::{
    Bgp4mpMessage, Peer, RibEntry, RibHeader, Session, Timestamp, write_peer_index_table, write_rib,
    write_table_attributes,
};
use bgp_wire::{
    Asn, AsnWidth, AttributeSet, Capability, Family, Fit, HEADER_LEN, Negotiated, NextHop, Notification,
    NotificationCode, Open, Origin, PathNlri, PeerKind, UpdateWriter,
};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Stdio;

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

/// The header of a peer whose table is told; `flags` say which.
fn header(peer: [u8; 4], flags: PeerFlags) -> PeerHeader {
    PeerHeader { flags, ..PeerHeader::new(peer.into(), Asn(8075), Ipv4Addr::new(192, 0, 2, 1)) }
}

/// What a router tells of one peer: that it is up, its routes, and that they are all where `is_whole`.
fn told(
    peer: [u8; 4],
    local: [u8; 4],
    flags: PeerFlags,
    routes: &[(&str, &[u32])],
    is_whole: bool,
) -> Vec<u8> {
    let (sent, received) = (open(64500, 180), open(8075, 90));
    let mut out = Vec::new();
    let body = |message: &[u8]| message[HEADER_LEN..].to_vec();
    let up = PeerUp {
        peer: header(peer, PeerFlags::default()),
        local_address: IpAddr::from(local).into(),
        local_port: 179,
        remote_port: 50000,
        sent: &body(&sent),
        received: &body(&received),
        tlvs: [].as_slice().into(),
    };
    up.encode(&mut out).unwrap();
    let mut messages = updates(CARRIER[0], routes);
    if !is_whole {
        messages.pop();
    }
    for message in messages {
        let monitoring = RouteMonitoring { peer: header(peer, flags), update: &body(&message), rest: &[] };
        monitoring.encode(&mut out).unwrap();
    }
    out
}

fn initiation() -> Vec<u8> {
    let mut out = Vec::new();
    write_initiation(&mut out, &[].as_slice().into()).unwrap();
    out
}

/// (whose table, its flags, whether it is told to its end; what VP-ALL-SESSIONS says of a prefix in it).
#[test]
fn bmp_that_was_recorded() {
    let files = Files::new();
    let (out, post) = (PeerFlags::O, PeerFlags::O.with(PeerFlags::L));
    let (of_far, of_carrier) = ((far(CARRIER[0]), CARRIER[0]), (CARRIER[0], far(CARRIER[0])));
    for ((peer, local), flags, is_whole, community) in [
        // The carrier's router tells what it sends.
        (of_far, post, true, vec!["Verified", "Verified"]),
        (of_far, out, true, vec!["Verified", "Verified"]),
        (of_far, post, false, vec![]),
        // It tells what it gets from the far end: nothing of what it announces.
        (of_far, PeerFlags::L, true, vec![]),
        // A collector tells what it gets from the carrier.
        (of_carrier, PeerFlags::default(), true, vec!["Verified", "Verified"]),
        (of_carrier, PeerFlags::L, true, vec!["Verified", "Verified"]),
        (of_carrier, PeerFlags::default(), false, vec![]),
    ] {
        let octets = [initiation(), told(peer, local, flags, &ROUTES, is_whole)].concat();
        let report = check(&[], &[&write(&files, "router.bmp", &octets)]).json();
        assert_eq!(states(&report, "VP-COMMUNITY", "fra-1"), community, "{peer:?} {flags:?} {is_whole}");
        assert!(hold_time(&report).starts_with("hold time 90 s"), "{}", hold_time(&report));
    }
    // A session that went down announces nothing that can be judged.
    let mut octets = [initiation(), told(of_far.0, of_far.1, post, &ROUTES, true)].concat();
    let down = PeerDown {
        peer: header(of_far.0, PeerFlags::default()),
        reason: PeerDownReason::RemoteNoData,
        rest: &[],
    };
    down.encode(&mut octets).unwrap();
    let report = check(&[], &[&write(&files, "router.bmp", &octets)]).json();
    assert_eq!(states(&report, "VP-COMMUNITY", "fra-1"), Vec::<&str>::new());
}

/// (whose peer, why it went down, the rules that then fail on the session; the state of VP-ALL-SESSIONS).
#[test]
fn bmp_tells_why_a_session_went_down() {
    use PeerDownReason::{LocalNotification, NotMonitored, RemoteNoData, RemoteNotification};
    let files = Files::new();
    let of = |code| Notification::new(code);
    let (limit, bfd) = (NotificationCode::MAX_PREFIXES, NotificationCode::BFD_DOWN);
    let inner = of(limit).encapsulated();
    let hard = of(NotificationCode::HARD_RESET).data(&inner);
    let (carrier, far_end) = (CARRIER[0], far(CARRIER[0]));
    for (peer, reason, failed, everywhere) in [
        // The far end's router, or one in its place, tells what the carrier said.
        (carrier, RemoteNotification(of(limit)), &["VP-MAX-PREFIX"][..], "Pending"),
        (carrier, RemoteNotification(hard), &["VP-MAX-PREFIX"], "Pending"),
        (carrier, RemoteNotification(of(bfd)), &["VP-BFD"], "Pending"),
        (carrier, LocalNotification(of(bfd)), &["VP-BFD"], "Pending"),
        (carrier, LocalNotification(of(limit)), &[], "Failed"),
        (carrier, RemoteNoData, &[], "Failed"),
        (carrier, NotMonitored, &[], "Unknown"),
        // The carrier's router tells what itself said.
        (far_end, LocalNotification(of(limit)), &["VP-MAX-PREFIX"], "Pending"),
        (far_end, RemoteNotification(of(limit)), &[], "Failed"),
        (far_end, RemoteNotification(of(bfd)), &["VP-BFD"], "Pending"),
    ] {
        let local = if peer == carrier { far_end } else { carrier };
        let mut octets = [initiation(), told(peer, local, PeerFlags::default(), &ROUTES, true)].concat();
        let down = PeerDown { peer: header(peer, PeerFlags::default()), reason, rest: &[] };
        down.encode(&mut octets).unwrap();
        // The others announce what they should.
        for other in &CARRIER[1..] {
            octets.extend(told(*other, far(*other), PeerFlags::default(), &ROUTES, true));
        }
        let report = check(&[], &[&write(&files, "router.bmp", &octets)]).json();
        let bad = |rule: &&str| states(&report, rule, "fra-1") == ["Failed"];
        let of_session = ["VP-BFD", "VP-BFD-STRICT", "VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"];
        let found: Vec<_> = of_session.into_iter().filter(|rule| bad(rule)).collect();
        assert_eq!(
            (found.as_slice(), self::everywhere(&report)[0]),
            (failed, everywhere),
            "{peer:?} {reason:?}"
        );
        assert!(!states(&report, "VP-NO-MD5", "fra-1").contains(&"Verified"), "{reason:?}");
        let says = match reason {
            RemoteNoData => "; when it last ended, the carrier sent no NOTIFICATION",
            _ if everywhere == "Failed" => {
                "; when it last ended, the far end sent 6/1 Cease, Maximum Number of Prefixes Reached"
            }
            _ => "",
        };
        let all = report["verdicts"].as_array().unwrap();
        let of_fra = |v: &&Value| v["rule"] == "VP-ALL-SESSIONS" && v["subject"]["peering"] == "fra";
        let evidence = all.iter().find(of_fra).unwrap()["evidence"].to_string();
        assert!(evidence.contains(says), "{evidence}");
        assert_eq!(states(&report, "VP-NO-MD5", "fra-2"), ["Verified"], "it is up without a password");
    }
}

/// What no record of routes shows of a session is not known, whatever the plan states; and a collector's session is not
/// the carrier's with the far end.
#[test]
fn what_routes_do_not_show_of_a_session_is_unknown() {
    let files = Files::new();
    let whole = table(&[(CARRIER[0], &ROUTES[..])]);
    let at_collector =
        [initiation(), told([203, 0, 113, 9], [203, 0, 113, 1], PeerFlags::default(), &ROUTES, true)]
            .concat();
    for (name, octets, peer) in
        [("table.mrt", whole, &[][..]), ("collector.bmp", at_collector, &["--peer", "fra-1=203.0.113.9"])]
    {
        let report = check(peer, &[&write(&files, name, &octets)]).json();
        assert_eq!(states(&report, "VP-COMMUNITY", "fra-1"), ["Verified", "Verified"], "{name}");
        for rule in ["VP-BFD", "VP-BFD-STRICT", "VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"] {
            assert_eq!(states(&report, rule, "fra-1"), ["Unknown"], "{rule} by {name}");
        }
    }
}

/// What FRR 8.4 told of a session with BIRD: its Adj-RIB-In before and after policy, with its own ASN in front of each path.
#[test]
fn bmp_of_frr() {
    let files = Files::new();
    let path = write(&files, "frr.bmp", include_bytes!("frr.bmp"));
    let report = check(&[], &[&path]).json();
    assert_eq!(states(&report, "VP-ASPATH-SET", "fra-1"), ["Verified"; 5]);
    assert_eq!(
        states(&report, "VP-ASPATH-LENGTH", "fra-1"),
        ["Failed", "Verified", "Verified", "Verified", "Verified"]
    );
    let communities = states(&report, "VP-COMMUNITY", "fra-1");
    assert_eq!(communities, ["Failed", "Verified", "Verified", "Failed", "Verified"]);
    assert!(notes(&report).contains("puts its own AS8075 in front"), "{}", notes(&report));
    assert!(hold_time(&report).starts_with("hold time "), "{}", hold_time(&report));
}

/// A station that is asked for routes of the plan's four sessions.
struct Station {
    process: std::process::Child,
    address: String,
}

impl Station {
    fn start() -> Self {
        Self::beside(&[])
    }

    /// Beside files.
    fn beside(files: &[&Path]) -> Self {
        let mut command = voicepeer();
        command.args(["check", "--format", "json", "--bmp", "127.0.0.1:0", "--for", "60s", "-p"]);
        command.arg(example("plan.toml")).stdout(Stdio::piped()).stderr(Stdio::piped());
        files.iter().for_each(|file| _ = command.arg("--routes").arg(file));
        let mut process = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(process.stderr.as_mut().unwrap()).read_line(&mut first).unwrap();
        let address = first.strip_prefix("listening for BMP on ").and_then(|rest| rest.split(';').next());
        Self { process, address: address.unwrap_or_else(|| panic!("{first}")).to_owned() }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    fn report(mut self) -> Value {
        let mut out = String::new();
        self.process.stdout.as_mut().unwrap().read_to_string(&mut out).unwrap();
        self.process.wait().unwrap();
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }
}

/// It judges as soon as every session's routes were told, while routers stay connected.
#[test]
fn a_station_ends_when_all_was_told() {
    let station = Station::start();
    let (mut one, mut other) = (station.connect(), station.connect());
    let post = PeerFlags::O.with(PeerFlags::L);
    for (stream, sessions) in [(&mut one, &CARRIER[..2]), (&mut other, &CARRIER[2..])] {
        stream.write_all(&initiation()).unwrap();
        for carrier in sessions {
            let octets = told(far(*carrier), *carrier, post, &ROUTES, true);
            // A message may come in pieces.
            let (head, rest) = octets.split_at(70);
            stream.write_all(head).unwrap();
            stream.write_all(rest).unwrap();
        }
    }
    let report = station.report();
    assert_eq!(everywhere(&report), ["Verified", "Verified"], "{}", notes(&report));
    drop((one, other));
}

/// Routes are told by BMP, and sessions by what the router prints of them.
#[test]
fn a_station_beside_text() {
    let files = Files::new();
    let text = include_str!("../../src/observe/neighbor/samples/frr_slow.txt");
    let text = text.replace("192.0.2.1,", "192.0.2.11,").replace("peer 192.0.2.1 ", "peer 192.0.2.11 ");
    let text = text.replace("Hold time is 180", "Hold time is 90");
    let path = write(&files, "sessions.txt", text.as_bytes());
    let station = Station::beside(&[&path]);
    let mut router = station.connect();
    router.write_all(&initiation()).unwrap();
    for carrier in CARRIER {
        let octets = told(far(carrier), carrier, PeerFlags::O.with(PeerFlags::L), &ROUTES, true);
        router.write_all(&octets).unwrap();
    }
    let report = station.report();
    assert_eq!(everywhere(&report), ["Verified", "Verified"], "{}", notes(&report));
    for (rule, other) in [("VP-NO-MD5", "Verified"), ("VP-MAX-PREFIX", "Unknown")] {
        assert_eq!(states(&report, rule, "fra-1"), ["Verified"], "{rule}");
        assert_eq!(states(&report, rule, "fra-2"), [other], "{rule}");
    }
    assert_eq!(states(&report, "VP-BFD", "fra-1"), ["Failed"], "1200 ms");
    assert!(!notes(&report).contains("twice"), "{}", notes(&report));
    drop(router);
}
