//! Malformed UPDATEs from a peer made of bytes: what RFC 7606 asks for, logged and counted.

use super::support::{Daemon, Net, RawPeer};

/// A daemon that waits for the peer of AS 64501 at `net`.2, and takes all it hears.
fn daemon(net: Net) -> Daemon {
    Daemon::start(&format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = [\"{net}.1:0\"]\n\
         [[peer]]\nname = \"raw\"\naddress = \"{net}.2\"\nasn = 64501\npassive = true\n\
         import = \"accept-all\"\nexport = \"reject-all\"\n"
    ))
}

fn peer_of(daemon: &Daemon, net: Net) -> RawPeer {
    let peer = RawPeer::establish(net.host(2), daemon.listening(), 64501);
    daemon.established();
    peer
}

const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
const AS_PATH: &[u8] = &[0x40, 2, 4, 2, 1, 0xfb, 0xf5];
const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 2];
/// 198.51.100.0/24
const PREFIX: &[u8] = &[24, 198, 51, 100];

fn good(peer: &mut RawPeer, daemon: &Daemon) {
    peer.update(&[ORIGIN, AS_PATH, NEXT_HOP].concat(), PREFIX);
    daemon.neighbor("the route is there", |n| n["accepted"] == 1);
}

#[test]
fn the_session_survives_where_rfc_7606_says_so() {
    let daemon = daemon(Net(6));
    let mut peer = peer_of(&daemon, Net(6));
    let rest = [ORIGIN, AS_PATH, NEXT_HOP].concat();
    // (attributes, what becomes of the route, what the log says)
    let cases: [(Vec<u8>, bool, &[&str]); 6] = [
        (
            [&[0x40, 1, 1, 9], AS_PATH, NEXT_HOP].concat(),
            false,
            &["ORIGIN has no valid value", "treat-as-withdraw", "RFC 7606 §7.1"],
        ),
        ([ORIGIN, AS_PATH].concat(), false, &["NEXT_HOP is missing", "treat-as-withdraw", "RFC 7606 §3.d"]),
        (
            [&rest[..], &[0xc0, 8, 3, 0x1f, 0x8b, 0x1f]].concat(),
            false,
            &["cannot be 3 octets long", "treat-as-withdraw", "RFC 7606 §7.8"],
        ),
        (
            [ORIGIN, &[0x40, 2, 4, 2, 2, 0xfb, 0xf5], NEXT_HOP].concat(),
            false,
            &["AS_PATH", "treat-as-withdraw", "RFC 7606 §7.2"],
        ),
        (
            [&rest[..], &[0x40, 6, 1, 0]].concat(),
            true,
            &["ATOMIC_AGGREGATE cannot be 1 octets long", "attribute-discard", "RFC 7606 §7.6"],
        ),
        (
            [&rest[..], &[0x40, 5, 4, 0, 0, 0, 1]].concat(),
            true,
            &["LOCAL_PREF is not for an external session", "attribute-discard", "RFC 7606 §7.5"],
        ),
    ];
    for (count, (attributes, stays, says)) in (1..).zip(cases) {
        good(&mut peer, &daemon);
        peer.update(&attributes, PREFIX);
        daemon.logs(&[&["WARN", "malformed UPDATE", "peer=\"raw\""], says].concat());
        let neighbor = daemon.neighbor("it counts", |n| n["malformed"] == count);
        assert_eq!(
            (&neighbor["state"], &neighbor["accepted"]),
            (&"Established".into(), &u8::from(stays).into())
        );
    }
    good(&mut peer, &daemon);
}

#[test]
fn the_session_ends_where_nothing_can_be_saved() {
    let daemon = daemon(Net(7));
    let mut peer = peer_of(&daemon, Net(7));
    good(&mut peer, &daemon);
    // A prefix of 33 bits: UPDATE Message Error, Invalid Network Field.
    peer.update(&[ORIGIN, AS_PATH, NEXT_HOP].concat(), &[33, 198, 51, 100, 0, 0]);
    assert_eq!(peer.notified()[..2], [3, 10]);
    daemon.logs(&["session down", "a prefix of 33 bits", "RFC 7606 §5.3"]);
    let neighbor = daemon.neighbor("its routes are gone", |n| n["accepted"] == 0);
    assert!(neighbor["last_down"].as_str().unwrap().contains("RFC 7606 §5.3"), "{neighbor}");
}

#[test]
fn a_peer_that_does_not_do_route_refresh_is_not_asked() {
    let daemon = daemon(Net(11));
    let _peer = peer_of(&daemon, Net(11));
    daemon
        .ask(&["refresh", "raw"])
        .refused_with(&["raw does not do route refresh", "RFC 2918"], "no capability");
}

#[test]
fn a_peer_with_another_asn_is_told_so() {
    let net = Net(8);
    let daemon = daemon(net);
    let mut peer = RawPeer::connect(net.host(2), daemon.listening());
    peer.open(64502);
    // OPEN Message Error, Bad Peer AS.
    assert_eq!(peer.notified()[..2], [2, 2]);
    daemon.neighbor("it is known why", |n| n["state"] != "Established");
}

#[test]
fn an_unconfigured_peer_is_refused_and_counted() {
    let net = Net(9);
    let daemon = daemon(net);
    for count in 1..=2 {
        let mut stranger = RawPeer::connect(net.host(9), daemon.listening());
        assert!(stranger.closed_without_a_word());
        let shown = daemon.show("neighbors");
        assert_eq!(shown["refused_connections"], count);
    }
    daemon.logs(&["WARN", "connection refused: no peer has this address", &format!("from={net}.9:")]);
    let table = daemon.ask(&["show", "neighbors"]).out;
    assert!(table.contains("2 connections refused: no peer has their address"), "{table}");
}
