//! Next hops: which are taken, and which are told to whom, over sessions of both families.

use super::{Heard, Nets, announce};
use crate::testing::{Rig, peer, peer6, policy};
use crate::{PeerConfig, PeerId, PeerRouting, Reach, Standing, ToldNextHop};
use bgp_wire::{AsPathBuf, Asn, Family, NextHop};
use std::net::IpAddr;

/// What a peer was told as the next hop of a net.
fn told(rig: &mut Rig, net: &str, to: PeerId) -> String {
    rig.pump();
    let told = rig.engine.told_of(net.parse().unwrap(), to);
    told.first().map_or_else(
        || "nothing".to_owned(),
        |path| match path.attrs.next_hop {
            NextHop::V6LinkLocal(global, local) => format!("{global} {local}"),
            hop => hop.to_string(),
        },
    )
}

/// (the net's family, the next hop, whether the route is used, and why not)
#[test]
fn which_next_hops_are_taken() {
    let v4 = Nets(Family::Ipv4Unicast);
    let v6 = Nets(Family::Ipv6Unicast);
    let rows = [
        (v4, "192.0.2.1", Ok(())),
        // Another router's, and one that is within the net itself.
        (v4, "192.0.2.77", Ok(())),
        (v4, "198.51.100.7", Ok(())),
        (v4, "192.0.2.250", Err("our own address")),
        (v4, "127.0.0.1", Err("our own address")),
        (v6, "2001:db8::1", Ok(())),
        (v6, "2001:db8::77", Ok(())),
        (v6, "fe80::1", Ok(())),
        (v6, "2001:db8::250", Ok(())),
        (v6, "2001:db8::fa", Err("our own address")),
        (v6, "::1", Err("our own address")),
    ];
    for (nets, hop, want) in rows {
        let mut rig = Rig::new();
        let from = rig.establish(nets.peer(1), &[]);
        let to = rig.establish(nets.peer(2), &[]);
        announce(&mut rig, from, nets, &[&format!("$A; next-hop {hop}")]);
        let route = rig.engine.routes().pop().unwrap_or_else(|| panic!("{hop}: no route"));
        let used = if route.standing == Standing::Best { Ok(()) } else { Err(route.reason) };
        match (&used, want) {
            (Err(why), Err(part)) => assert!(why.contains(part), "{hop}: {why}"),
            _ => assert_eq!(used.is_ok(), want.is_ok(), "{hop}: {used:?}"),
        }
        let mut heard = Heard::default();
        heard.listen(&mut rig, to);
        assert_eq!(nets.letters(&heard.0) == "A", want.is_ok(), "{hop}");
    }
}

/// Next hops that no host has make an UPDATE one that withdraws (RFC 7606 section 7.3), of the routes that were there as well.
#[test]
fn a_next_hop_that_no_host_has_withdraws() {
    for (nets, hop) in [(0, "0.0.0.0"), (0, "224.0.0.5"), (0, "255.255.255.255"), (1, "::"), (1, "ff02::1")] {
        let nets = Nets::BOTH[nets];
        let mut rig = Rig::new();
        let from = rig.establish(nets.peer(1), &[]);
        let to = rig.establish(nets.peer(2), &[]);
        let net = nets.fill("$A");
        rig.announce(from, &[&net]);
        rig.sent(to);
        let hop: IpAddr = hop.parse().unwrap();
        rig.announce_with(from, &[&net], |set| set.next_hop = hop.into());
        assert_eq!(rig.sent(to), [format!("-{net}")], "{hop}");
        assert_eq!(rig.engine.peer_status(from).unwrap().malformed, 1);
        assert!(rig.engine.connection(from).is_some(), "the session goes on");
        rig.announce(from, &[&net]);
        assert_eq!(rig.sent(to), [net]);
    }
}

/// A peer's own address, which is the next hop of the route to itself, is told on as any.
#[test]
fn a_route_to_its_own_next_hop_is_one_like_others() {
    for (whose, net, hop) in
        [(peer(1), "192.0.2.1/32", "192.0.2.250"), (peer6(1), "2001:db8::1/128", "2001:db8::fa")]
    {
        let mut rig = Rig::new();
        let internal = PeerConfig { asn: Asn(64500), ..whose.clone() };
        let to = if whose.address.is_ipv4() { peer(2) } else { peer6(2) };
        let (from, to) = (rig.establish(internal, &[]), rig.establish(to, &[]));
        rig.announce_with(from, &[net], |set| {
            (set.as_path, set.local_pref) = (AsPathBuf::default(), Some(100));
        });
        assert_eq!(rig.nets(), [net]);
        assert_eq!(told(&mut rig, net, to), hop);
    }
}

/// Of which relation the peers are, whom the route came from first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Is {
    External,
    Internal,
    Client,
    ServerClient,
}

fn is(is: Is, next_hop: ToldNextHop, config: PeerConfig) -> PeerConfig {
    let routing = PeerRouting {
        reflector_client: is == Is::Client,
        route_server_client: is == Is::ServerClient,
        next_hop,
        ..PeerRouting::default()
    };
    let asn = if matches!(is, Is::Internal | Is::Client) { Asn(64500) } else { config.asn };
    PeerConfig { asn, routing, ..config }
}

/// (from, to, the next hop that is configured towards it, whether it is told our own), of both families, and with a link-local
/// address beside the global one: RFC 2545 section 3 has it told to those on the link alone, and which those are is not known here.
#[test]
fn whose_next_hop_is_told() {
    use Is::{Client, External, Internal, ServerClient};
    use ToldNextHop::{Own, Unchanged, Usual};
    let rows = [
        (External, External, Usual, true),
        (External, External, Unchanged, false),
        (External, Internal, Usual, false),
        (External, Internal, Own, true),
        (External, Client, Usual, false),
        (External, Client, Own, true),
        (Internal, External, Usual, true),
        (Client, External, Usual, true),
        // Reflected routes keep theirs (RFC 4456 section 10).
        (Internal, Client, Usual, false),
        (Internal, Client, Own, false),
        (Client, Internal, Own, false),
        (Client, Client, Usual, false),
        (ServerClient, ServerClient, Usual, false),
        (ServerClient, ServerClient, Own, true),
    ];
    let (v4, v6) = ("192.0.2.77", "2001:db8::77");
    let link_local =
        |global: &str| NextHop::V6LinkLocal(global.parse().unwrap(), "fe80::77".parse().unwrap());
    for (from, to, configured, own) in rows {
        for (nets, hop, unchanged) in [
            (Nets::BOTH[0], NextHop::V4(v4.parse().unwrap()), v4),
            (Nets::BOTH[1], NextHop::V6(v6.parse().unwrap()), v6),
            (Nets::BOTH[1], link_local(v6), v6),
            // Nobody elsewhere can use an address of a link alone.
            (Nets::BOTH[1], link_local("::"), "2001:db8::fa"),
            (Nets::BOTH[1], NextHop::V6("fe80::77".parse().unwrap()), "2001:db8::fa"),
        ] {
            let here = if nets.0 == Family::Ipv4Unicast { "192.0.2.250" } else { "2001:db8::fa" };
            let mut rig = Rig::new();
            let teller = rig.establish(is(from, Usual, nets.peer(1)), &[]);
            let told_to = rig.establish(is(to, configured, nets.peer(2)), &[]);
            rig.announce_with(teller, &[&nets.fill("$A")], |set| {
                set.next_hop = hop;
                if matches!(from, Internal | Client) {
                    (set.as_path, set.local_pref) = ("64999".parse().unwrap(), Some(100));
                }
            });
            let want = if own { here } else { unchanged };
            let got = told(&mut rig, &nets.fill("$A"), told_to);
            assert_eq!(got, want, "{from:?} to {to:?}, {configured:?}, {hop}");
        }
    }
}

/// Routes of one family over a session of the other: (the session's family, the export policy's edit, what is told of a net of the
/// other family). We have no next hop of that family ourselves, but policy may give one.
#[test]
fn over_a_session_of_the_other_family_policy_gives_the_next_hop() {
    let rows = [
        (0, "accept", "nothing"),
        (0, "set next-hop self accept", "nothing"),
        (0, "set next-hop 192.0.2.9 accept", "nothing"),
        (0, "set next-hop 2001:db8::9 accept", "2001:db8::9"),
        (1, "accept", "nothing"),
        (1, "set next-hop 192.0.2.9 accept", "192.0.2.9"),
    ];
    for (session, edit, want) in rows {
        let (over, of) = (Nets::BOTH[session], Nets::BOTH[1 - session]);
        let both =
            |config: PeerConfig| PeerConfig { families: Family::UNICAST.into_iter().collect(), ..config };
        let export = Some(policy(&format!("policy p {{ rule \"r\" {{ {edit} }} }}")));
        let mut rig = Rig::new();
        let from = rig.establish(of.peer(1), &[]);
        let to = rig.establish(both(PeerConfig { export, ..over.peer(2) }), &[]);
        announce(&mut rig, from, of, &["$A"]);
        assert_eq!(told(&mut rig, &of.fill("$A"), to), want, "{edit} over {:?}", over.0);
        let why = rig.engine.export_of(of.fill("$A").parse().unwrap(), to).unwrap();
        let why = why.err().unwrap_or_default();
        assert_eq!(why.contains("address"), want == "nothing", "{edit}: {why}");
    }
}

/// A next hop that becomes unreachable takes its routes with it: no best path, none of several equal ones, and whoever was told hears
/// of it.
#[test]
fn what_cannot_be_reached_is_neither_used_nor_told() {
    for nets in Nets::BOTH {
        let mut rig = Rig::new();
        let from = [1, 2].map(|n| rig.establish(nets.peer(n), &[]));
        let to = rig.establish(nets.peer(3), &[]);
        from.iter().for_each(|from| rig.announce(*from, &[&nets.fill("$A")]));
        let mut heard = Heard::default();
        heard.listen(&mut rig, to);
        let net = nets.fill("$A").parse().unwrap();
        for (hops, left) in [(&[1][..], true), (&[1, 2], false), (&[2], true), (&[], true)] {
            for n in [1, 2] {
                let hop = rig.engine.peer_status(from[n - 1]).unwrap().config.address;
                let reach = if hops.contains(&n) { Reach::Unreachable } else { Reach::Cost(0) };
                rig.engine.set_next_hop(hop, reach, rig.now, &mut |_| {});
            }
            heard.listen(&mut rig, to);
            assert_eq!(
                (rig.engine.best(net).is_some(), nets.letters(&heard.0) == "A"),
                (left, left),
                "{hops:?}"
            );
            assert_eq!(rig.engine.multipath(net).len(), usize::from(left));
        }
    }
}
