//! Clients of a route server (RFC 7947) of which some know ASNs of two octets alone (RFC 6793).

use crate::testing::{Rig, peer};
use crate::{Input, PeerConfig, PeerId, State};
use bgp_session::Conn;
use bgp_wire::{AsPathBuf, Asn, Capabilities, MAX_MESSAGE, Open, frame, update};

/// A net of the first two clients.
const SHARED: &str = "198.18.10.0/24";

/// Client `n`, with that ASN.
fn client(rig: &mut Rig, n: u8, asn: u32, knows_two_octets_alone: bool) -> PeerId {
    let mut config = PeerConfig { asn: Asn(asn), ..peer(n) };
    config.routing.route_server_client = true;
    if !knows_two_octets_alone {
        return rig.establish(config, &[]);
    }
    let open = Open { capabilities: Capabilities::default(), ..Open::new(Asn(asn), [192, 0, 2, n].into()) };
    let client = rig.engine.add_peer(config, rig.now);
    rig.connect_with(client, open, &[]);
    client
}

/// The messages that left for a client, as it reads them.
fn heard(rig: &mut Rig, client: PeerId) -> Vec<String> {
    let negotiated = rig.negotiated(client);
    let octets = rig.pull(client);
    let (mut rest, mut messages) = (octets.as_slice(), Vec::new());
    while let Some(message) = frame(rest, MAX_MESSAGE).unwrap() {
        messages.push(update(message.body, &negotiated).unwrap().update.to_string());
        rest = &rest[message.len..];
    }
    messages.sort_unstable();
    messages
}

/// (who, its net, its path, that path to whoever knows two octets alone)
#[test]
fn clients_that_know_two_octets_alone_are_told_of_larger_asns() {
    let rows = [
        (0, "198.18.1.0/24", "64501 64999", "64501 64999"),
        (1, "198.18.2.0/24", "65550", "23456 as4-path 65550"),
        (2, "198.18.3.0/24", "64503 65552 64999", "64503 23456 64999 as4-path 64503 65552 64999"),
        (3, "198.18.4.0/24", "64504", "64504"),
        (0, SHARED, "64501", "64501"),
        (1, SHARED, "65550 65551", "23456 23456 as4-path 65550 65551"),
    ];
    let mut rig = Rig::new();
    let widths = [false, false, true, true];
    let clients = [(1, 64501), (2, 65550), (3, 64503), (4, 64504)].map(|(n, asn)| {
        let two = widths[usize::from(n - 1)];
        client(&mut rig, n, asn, two)
    });
    for (who, net, path, _) in rows {
        let path: AsPathBuf = path.parse().unwrap();
        rig.announce_with(clients[who], &[net], |set| set.as_path = path.clone());
    }
    for (n, two) in widths.into_iter().enumerate() {
        // Of two paths to one net each has the shorter, but whose it is.
        let is_told = |who: usize, net| who != n && (net != SHARED || who == usize::from(n == 0));
        let told = rows.into_iter().filter(|(who, net, ..)| is_told(*who, *net));
        let line = |(who, net, path, short): (usize, _, _, _)| {
            format!("announce {net} via 192.0.2.{}; igp path {}", who + 1, if two { short } else { path })
        };
        let mut want: Vec<_> = told.map(line).collect();
        want.sort_unstable();
        assert_eq!(heard(&mut rig, clients[n]), want, "client {}", n + 1);
    }
    rig.input(clients[1], Input::Closed(Conn::Dialed));
    assert_eq!(rig.engine.peer_status(clients[1]).unwrap().state, State::Idle);
    assert_eq!(heard(&mut rig, clients[0]), ["withdraw 198.18.10.0/24", "withdraw 198.18.2.0/24"]);
    for other in [clients[2], clients[3]] {
        assert_eq!(heard(&mut rig, other), ["withdraw 198.18.2.0/24"]);
    }
}
