//! `check --routes` on BMP that was recorded, and `check --bmp` as the station that routers send to.

use super::super::support::{Files, example, voicepeer};
use super::{CARRIER, ROUTES, check, everywhere, far, hold_time, notes, open, states, table, updates, write};
use bgp_wire::bmp::{
    PeerDown, PeerDownReason, PeerFlags, PeerHeader, PeerUp, RouteMonitoring, write_initiation,
};
use bgp_wire::{Asn, HEADER_LEN, Notification, NotificationCode};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Stdio;

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
    let path = write(&files, "frr.bmp", include_bytes!("../frr.bmp"));
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
    let text = include_str!("../../../src/observe/neighbor/samples/frr_slow.txt");
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
