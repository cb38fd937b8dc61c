//! Clients of a route server (RFC 7947): some that know ASNs of two octets alone (RFC 6793), some whose IPv4 routes have IPv6 next hops
//! (RFC 8950) and a filter made for each.

use crate::testing::{Rig, peer, peer6, policy};
use crate::{Input, PeerConfig, PeerId, Standing, State};
use bgp_policy::rpki::{Vrp, VrpChanges};
use bgp_session::Conn;
use bgp_wire::{
    AsPathBuf, Asn, Capabilities, Capability, ExtendedCommunity, Family, FamilySet, MAX_MESSAGE, NextHop,
    NextHopEncoding, Open, frame, update,
};
use std::net::{IpAddr, Ipv6Addr};

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

/// What every client's filter says, and what each has of its own.
fn filter(hops: &str, white: &str) -> String {
    format!(
        "networks hops {{ {hops} }}
        prefixes white {{ {white} }}
        prefixes assigned {{ 192.0.2.0/24 }}
        prefixes ipv4 {{ 0.0.0.0/0 ge 8 le 24 }}
        policy reasons {{
            rule \"next hop\" {{ when not next-hop in hops reject }}
            rule \"length\" {{ when family ipv4-unicast and not prefix in ipv4 reject }}
            rule \"invalid\" {{ when rpki invalid reject }}
            rule \"not registered\" {{
                when not irr valid and not prefix in assigned
                and not (prefix in white and origin-asn 64501)
                reject
            }}
        }}
        policy p {{
            call reasons
            rule \"valid\" {{ when rpki valid add extended-community origin-validation:valid accept }}
            default accept
        }}"
    )
}

/// A client over IPv6 that is told IPv4 routes, at the `host` of the exchange's link.
fn ipv6_client(rig: &mut Rig, host: u8, asn: u32, import: &str) -> PeerId {
    let families = FamilySet::EMPTY.with(Family::Ipv4Unicast).with(Family::Ipv6Unicast);
    let mut config = PeerConfig { asn: Asn(asn), families, import: Some(policy(import)), ..peer6(host) };
    config.routing.route_server_client = true;
    config.offers.extended_next_hop = FamilySet::EMPTY.with(Family::Ipv4Unicast);
    let hops = [NextHopEncoding { afi: 1, safi: 1, next_hop_afi: 2 }];
    rig.establish(config, &[Capability::ExtendedNextHop(hops.as_slice().into())])
}

/// An address of the exchange's link.
fn on_link(host: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, host)
}

/// (whose it is, its net, where its next hop is, the rule that refuses it), with filters made of registries, of VRPs and of what each
/// client says of itself: the second may use the first's address, the third one that is nobody's.
#[test]
fn each_client_has_a_filter_of_its_own() {
    let rows = [
        (0, "198.18.1.0/24", 1, None),
        (0, "2001:db8:a::/48", 1, None),
        (0, "198.19.1.0/24", 1, Some("not registered")),
        (0, "2001:db8:b::/48", 1, Some("not registered")),
        (0, "198.18.2.0/24", 2, Some("next hop")),
        (0, "203.0.113.0/24", 1, None),
        (0, "203.0.113.0/25", 1, Some("length")),
        (0, "192.0.2.0/24", 1, None),
        (0, "198.18.3.0/24", 1, Some("invalid")),
        (0, "198.18.4.0/24", 1, None),
        (0, "198.18.5.0/24", 1, Some("invalid")),
        (0, "10.0.0.0/8", 1, None),
        (0, "198.18.6.0/25", 1, Some("length")),
        (1, "198.18.7.0/24", 1, None),
        (1, "198.18.8.0/24", 34, Some("next hop")),
        (2, "198.18.9.0/24", 34, None),
        (2, "198.18.10.0/24", 1, Some("next hop")),
    ];
    let mut rig = Rig::new();
    let white = "10.0.0.0/8, 203.0.113.0/24";
    let clients = [
        (1, 64501, filter("2001:db8::1/128", white)),
        (2, 64501, filter("2001:db8::1/128, 2001:db8::2/128", white)),
        (3, 64502, filter("2001:db8::3/128, 2001:db8::22/128", "")),
    ]
    .map(|(host, asn, import)| ipv6_client(&mut rig, host, asn, &import));
    let listens = ipv6_client(&mut rig, 9, 64509, "policy p { default reject }");
    // What the registries have of the first two and of the third, and what may originate where.
    let of_whom = |who: usize| Asn(if who == 2 { 64502 } else { 64501 });
    let registered =
        rows.iter().filter(|(_, net, ..)| net.starts_with("198.18.") || net.starts_with("2001:db8:a:"));
    let registered = registered.map(|(who, net, ..)| (net.parse().unwrap(), of_whom(*who))).collect();
    rig.engine.set_registrations(Some(registered), rig.now, &mut |_| {});
    let vrp = |net: &str, asn| Vrp::new(net.parse().unwrap(), 24, Asn(asn)).unwrap();
    let vrps = [vrp("198.18.3.0/24", 0), vrp("198.18.4.0/24", 64501), vrp("198.18.5.0/24", 64502)];
    rig.engine.change_vrps(Some(&VrpChanges::new(vrps, [])), rig.now, &mut |_| {});
    for (who, net, hop, _) in rows {
        rig.announce_with(clients[who], &[net], |set| set.next_hop = NextHop::V6(on_link(hop)));
    }
    rig.pump();
    for (who, net, hop, refused_by) in rows {
        let of_client = rig.engine.routes_from(clients[who]);
        let route = of_client.into_iter().find(|route| route.net.to_string() == net).unwrap();
        let because = refused_by.map(|rule| format!("{rule:?}"));
        assert_eq!(route.standing == Standing::Rejected, because.is_some(), "{net}: {}", route.reason);
        assert!(because.is_none_or(|because| route.reason.contains(&because)), "{net}: {}", route.reason);
        let told = rig.engine.told_of(net.parse().unwrap(), listens);
        let hops: Vec<_> = told.iter().map(|path| path.attrs.next_hop.addr()).collect();
        let want: Vec<_> = refused_by.is_none().then(|| IpAddr::V6(on_link(hop))).into_iter().collect();
        assert_eq!(hops, want, "{net}: as it came");
        let valid: ExtendedCommunity = "origin-validation:valid".parse().unwrap();
        assert_eq!(route.attrs.extended_communities.contains(&valid), net == "198.18.4.0/24", "{net}");
    }
}
