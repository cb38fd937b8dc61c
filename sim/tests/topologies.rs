//! Small networks of real shapes, over both families: who has which route, by which AS path and next hop. Every invariant is checked
//! besides, against the model.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use bgp_policy::{Document, Policy};
use bgp_session::Down;
use bgp_speaker::{Confederation, PeerConfig, SpeakerConfig, ToldNextHop, What};
use bgp_wire::{Asn, AttributeSet, Family, FamilySet, NextHop, Origin};
use sim::{LegConfig, LegId, Seen, Side, SpeakerId, State, Violation, World};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(2);

/// The policy `p` of a text.
#[expect(clippy::unnecessary_wraps, reason = "as a peer's configuration has it")]
fn policy(text: &str) -> Option<Arc<Policy>> {
    let document: Document = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
    let library = document.library(|file| Err(file.to_owned())).unwrap_or_else(|why| panic!("{text}: {why}"));
    Some(Arc::new(library.policy("p").unwrap()))
}

/// A world of one family.
struct Net {
    world: World,
    ipv6: bool,
}

impl Net {
    const BOTH: [bool; 2] = [false, true];

    fn new(ipv6: bool) -> Self {
        Self { world: World::new(3), ipv6 }
    }

    fn speaker(&mut self, name: &str, asn: u32) -> SpeakerId {
        self.world.add_speaker(name, Asn(asn))
    }

    /// Joins two; all crosses unless `configure` says otherwise.
    fn join(&mut self, a: SpeakerId, b: SpeakerId, configure: impl Fn(Side, &mut PeerConfig)) -> LegId {
        let ipv6 = self.ipv6;
        let family = if ipv6 { Family::Ipv6Unicast } else { Family::Ipv4Unicast };
        self.world.join(a, b, LegConfig { ipv6, ..LegConfig::default() }, |side, peer| {
            peer.families = FamilySet::EMPTY.with(family);
            (peer.import, peer.export) =
                (policy("policy p { default accept }"), policy("policy p { default accept }"));
            configure(side, peer);
        })
    }

    /// A net by number.
    fn net(&self, n: u8) -> ipnet::IpNet {
        let text = if self.ipv6 { format!("2001:db8:{n}::/48") } else { format!("198.18.{n}.0/24") };
        text.parse().unwrap()
    }

    fn originate(&mut self, at: SpeakerId, n: u8) {
        let own = if self.ipv6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        self.world.originate(at, self.net(n), AttributeSet::new(Origin::Igp, NextHop::from(own)));
    }

    /// The address of one end of a leg, as the other knows it.
    fn address(&self, leg: LegId, side: Side) -> IpAddr {
        let (speaker, peer) = self.world.who(leg, side.other());
        self.world.engine(speaker).peer_status(peer).unwrap().config.address
    }

    fn settle(&mut self) {
        self.world.settle(LIMIT).unwrap();
    }

    /// What a speaker has of a net: the AS path and the next hop of the best path.
    fn has(&self, at: SpeakerId, n: u8) -> Option<(String, IpAddr)> {
        let best = self.world.engine(at).best(self.net(n).into())?;
        Some((best.attrs.as_path.to_string(), best.attrs.next_hop.addr()))
    }

    fn path(&self, at: SpeakerId, n: u8) -> String {
        self.has(at, n).map_or_else(|| "nothing".to_owned(), |(path, _)| path)
    }
}

/// External – edge – reflector – edge – external: the edges tell the reflector their own next hop, the reflector changes none, and
/// what leaves the AS has its ASN once.
#[test]
fn through_an_as_with_a_reflector() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let left = net.speaker("left", 64501);
        let [west, reflector, east] = ["west", "reflector", "east"].map(|name| net.speaker(name, 64500));
        let right = net.speaker("right", 64502);
        let to_west = net.join(left, west, |_, _| {});
        let client = |side, peer: &mut PeerConfig| {
            if side == Side::A {
                peer.routing.next_hop = ToldNextHop::Own;
            } else {
                peer.routing.reflector_client = true;
            }
        };
        let west_up = net.join(west, reflector, client);
        let east_up = net.join(east, reflector, client);
        let to_right = net.join(east, right, |_, _| {});
        for (n, at) in (1..).zip([left, west, reflector, east, right]) {
            net.originate(at, n);
        }
        net.world.start_all();
        net.settle();
        let hop = |leg, side| net.address(leg, side);
        let [at_west, at_east, at_reflector] =
            [hop(west_up, Side::A), hop(east_up, Side::A), hop(east_up, Side::B)];
        for (at, n, path, next_hop) in [
            // What begins at the left, all the way.
            (west, 1, "64501", hop(to_west, Side::A)),
            (reflector, 1, "64501", at_west),
            (east, 1, "64501", at_west),
            (right, 1, "64500 64501", hop(to_right, Side::A)),
            // What begins within.
            (east, 2, "", at_west),
            (right, 2, "64500", hop(to_right, Side::A)),
            (left, 2, "64500", hop(to_west, Side::B)),
            (east, 3, "", at_reflector),
            (west, 4, "", at_east),
            // And from the right.
            (left, 5, "64500 64502", hop(to_west, Side::B)),
            (west, 5, "64502", at_east),
        ] {
            assert_eq!(net.has(at, n), Some((path.to_owned(), next_hop)), "{n}, IPv6: {ipv6}");
        }
        let reflected = net.world.engine(east).best(net.net(1).into()).unwrap().attrs;
        assert_eq!(reflected.originator_id, Some(net.world.engine(west).router_id()));
        assert_eq!(reflected.cluster_list, [net.world.engine(reflector).router_id()]);
        // What goes at one end goes everywhere.
        let gone = net.net(1);
        net.world.retract(left, gone);
        net.settle();
        assert!([west, reflector, east, right].into_iter().all(|at| net.has(at, 1).is_none()));
    }
}

/// A full mesh within an AS: who is told by one tells no other; external routes come with their path and next hop, go with their
/// session, and a path of the AS's own is preferred and then withdrawn by whoever told the other.
#[test]
fn in_a_full_mesh() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let [a, b, c] = ["a", "b", "c"].map(|name| net.speaker(name, 64500));
        let outside = net.speaker("outside", 64501);
        let ab = net.join(a, b, |_, _| {});
        let ac = net.join(a, c, |_, _| {});
        net.join(b, c, |_, _| {});
        let ao = net.join(a, outside, |_, _| {});
        [(a, 1), (b, 2), (c, 3), (outside, 4)].into_iter().for_each(|(at, n)| net.originate(at, n));
        net.world.start_all();
        net.settle();
        let told = |net: &Net, leg, side| -> Vec<ipnet::IpNet> {
            let (speaker, peer) = net.world.who(leg, side);
            net.world.engine(speaker).routes_to(peer).into_iter().map(|(net, _)| net.prefix()).collect()
        };
        let nets = |net: &Net, of: &[u8]| of.iter().map(|n| net.net(*n)).collect::<Vec<_>>();
        assert_eq!(told(&net, ab, Side::A), nets(&net, &[1, 4]), "its own and the external one");
        assert_eq!(told(&net, ao, Side::A), nets(&net, &[1, 2, 3]));
        let at_outside = net.address(ao, Side::B);
        for at in [b, c] {
            assert_eq!(net.has(at, 4), Some(("64501".to_owned(), at_outside)), "path and next hop stay");
        }
        assert_eq!(net.has(b, 1), Some((String::new(), net.address(ab, Side::A))));

        // B has a path of its own to what is external: A takes it, and takes back what it told C.
        net.originate(b, 4);
        net.settle();
        assert_eq!(net.path(a, 4), "");
        assert_eq!(net.path(c, 4), "");
        assert_eq!(told(&net, ac, Side::A), nets(&net, &[1]));
        let own = net.net(4);
        net.world.retract(b, own);
        net.settle();
        assert_eq!(net.path(c, 4), "64501");

        // Without the external session its routes are gone, and with it they come back.
        net.world.remove(ao, Side::A);
        net.world.run_for(Duration::from_secs(5)).unwrap();
        assert!([a, b, c].into_iter().all(|at| net.has(at, 4).is_none()));
        net.world.reconfigure(ao, Side::A, Duration::from_secs(1), |_| {});
        net.settle();
        assert_eq!(net.path(c, 4), "64501");
        // An internal session that ends takes what is of it alone.
        net.world.remove(ab, Side::A);
        net.world.run_for(Duration::from_secs(5)).unwrap();
        assert!(net.has(a, 2).is_none() && net.has(c, 2).is_some() && net.has(a, 3).is_some());
        net.world.reconfigure(ab, Side::A, Duration::from_secs(1), |_| {});
        net.settle();
        assert!(net.has(a, 2).is_some());
    }
}

/// Two ways to a net, one by a neighbor with a longer path: (what policies make of the two at import, which is used), by the steps of
/// the decision process in their order.
#[test]
fn of_two_ways_policies_choose_one() {
    let rows = [
        ("accept", "accept", "64501"),
        ("prepend 64501 2 times accept", "accept", "64502 64501"),
        ("accept", "set local-pref 200 accept", "64502 64501"),
        ("set local-pref 50 accept", "accept", "64502 64501"),
        ("set local-pref 300 accept", "set local-pref 200 accept", "64501"),
        ("set origin incomplete accept", "accept", "64501"),
        ("set origin incomplete prepend 64501 1 times accept", "accept", "64502 64501"),
        ("reject", "accept", "64502 64501"),
    ];
    for ipv6 in Net::BOTH {
        for (direct, around, want) in rows {
            let mut net = Net::new(ipv6);
            let us = net.speaker("us", 64500);
            let inside = net.speaker("inside", 64500);
            let [origin, other] =
                [("origin", 64501), ("other", 64502)].map(|(name, asn)| net.speaker(name, asn));
            let rule = |edit: &str| policy(&format!("policy p {{ rule \"r\" {{ {edit} }} }}"));
            let import = |edit: &'static str| {
                move |side, peer: &mut PeerConfig| {
                    if side == Side::A {
                        peer.import = rule(edit);
                    }
                }
            };
            net.join(us, origin, import(direct));
            net.join(us, other, import(around));
            net.join(other, origin, |_, _| {});
            net.join(us, inside, |_, _| {});
            net.originate(origin, 1);
            net.world.start_all();
            net.settle();
            let prepended = net.path(us, 1);
            let is_direct = !prepended.starts_with("64502");
            assert_eq!(is_direct, want == "64501", "{direct}; {around}: {prepended}, IPv6: {ipv6}");
            assert_eq!(net.path(inside, 1), prepended, "and so has whoever is inside");
        }
    }
}

/// Two links between two ASes: the one tells by MED which it would have the other use (RFC 4271 section 5.1.4), and within the other
/// all see it, and another preference is stronger.
#[test]
fn of_two_links_to_one_neighbor_med_decides() {
    for ipv6 in Net::BOTH {
        for (meds, pref, want) in
            [([10, 20], false, 0), ([20, 10], false, 1), ([20, 10], true, 0), ([5, 0], false, 1)]
        {
            let mut net = Net::new(ipv6);
            let far = net.speaker("far", 64501);
            let [one, two] = ["one", "two"].map(|name| net.speaker(name, 64500));
            net.join(one, two, |_, peer| peer.routing.next_hop = ToldNextHop::Own);
            let links = [(one, 0), (two, 1)];
            for (at, n) in links {
                let med = meds[n];
                net.join(far, at, move |side, peer: &mut PeerConfig| {
                    if side == Side::A {
                        peer.export =
                            policy(&format!("policy p {{ rule \"r\" {{ set med {med} accept }} }}"));
                    } else if pref && n == 0 {
                        peer.import = policy("policy p { rule \"r\" { set local-pref 200 accept } }");
                    }
                });
            }
            net.originate(far, 1);
            net.world.start_all();
            net.settle();
            let by = |at| net.world.engine(at).best(net.net(1).into()).unwrap().attrs;
            assert_eq!(
                [one, two].map(|at| by(at).med),
                [Some(meds[want]); 2],
                "{meds:?} {pref}, IPv6: {ipv6}"
            );
        }
    }
}

/// Members of a confederation of one speaker and of two, and a neighbor outside at both ends (RFC 5065).
#[test]
fn through_a_confederation() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let left = net.speaker("left", 64501);
        let mut member = |name: &str, asn: u32| {
            let members = [64521, 64522, 64523].into_iter().filter(|other| *other != asn).map(Asn).collect();
            let confederation = Some(Confederation { id: Asn(64500), members });
            net.world.add_speaker_with(name, Asn(asn), |config: &mut SpeakerConfig| {
                config.confederation = confederation;
            })
        };
        let [a, b1, b2, c] =
            [("a", 64521), ("b1", 64522), ("b2", 64522), ("c", 64523)].map(|(n, asn)| member(n, asn));
        let right = net.speaker("right", 64502);
        for (one, two) in [(left, a), (a, b1), (b1, b2), (b2, c), (c, right)] {
            net.join(one, two, |_, _| {});
        }
        net.originate(left, 1);
        net.originate(b1, 2);
        net.world.start_all();
        net.settle();
        for (at, n, path) in [
            (a, 1, "64501"),
            (b1, 1, "(64521) 64501"),
            (b2, 1, "(64521) 64501"),
            (c, 1, "(64522 64521) 64501"),
            (right, 1, "64500 64501"),
            (b2, 2, ""),
            (c, 2, "(64522)"),
            (a, 2, "(64522)"),
            (left, 2, "64500"),
            (right, 2, "64500"),
        ] {
            assert_eq!(net.path(at, n), path, "{n}, IPv6: {ipv6}");
        }
    }
}

/// RFC 6286: (the ASN of the other, whether both have one BGP Identifier, whether the session comes up)
#[test]
fn one_identifier_may_be_of_two_ases_and_not_twice_in_one() {
    for ipv6 in Net::BOTH {
        for (asn, same, up) in
            [(64501, true, true), (64501, false, true), (64500, true, false), (64500, false, true)]
        {
            let mut net = Net::new(ipv6);
            let us = net.speaker("us", 64500);
            let id = net.world.engine(us).router_id();
            let them = net.world.add_speaker_with("them", Asn(asn), |config| {
                config.router_id = if same { id } else { config.router_id };
            });
            let leg = net.join(us, them, |_, _| {});
            net.originate(us, 1);
            net.world.start_all();
            net.world.run_for(Duration::from_mins(1)).unwrap();
            let states = Side::ALL.map(|side| net.world.state(leg, side) == State::Established);
            assert_eq!(states, [up; 2], "{asn} {same}");
            assert_eq!(net.has(them, 1).is_some(), up);
            let refused = net
                .world
                .records()
                .iter()
                .any(|record| matches!(&record.what, Seen::Told(What::Down(Down::SameIdentifier(_)))));
            assert_eq!(refused, !up, "{asn} {same}");
            if up {
                // Nor after one end was away, without a word or with its connections closed.
                for how in [sim::Crash::Process, sim::Crash::Machine] {
                    net.world.crash(them, how, Duration::from_secs(3), None);
                    net.settle();
                    assert!(net.has(them, 1).is_some());
                }
            }
        }
    }
}

/// A third neighbor with the identifier that two others have: each is told of the others' routes.
#[test]
fn neighbors_with_one_identifier() -> Result<(), Violation> {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let us = net.speaker("us", 64500);
        let others = [64501, 64502, 64503].map(|asn| {
            net.world
                .add_speaker_with(format!("as{asn}"), Asn(asn), |c| c.router_id = [10, 10, 10, 10].into())
        });
        others.into_iter().for_each(|at| _ = net.join(us, at, |_, _| {}));
        (1..).zip(others).for_each(|(n, at)| net.originate(at, n));
        net.world.start_all();
        net.world.settle(LIMIT)?;
        for at in others {
            assert!((1..=3).all(|n| net.has(at, n).is_some()));
        }
    }
    Ok(())
}

/// (the families that the one end activates, and the other; what crosses): over sessions of either family, external and internal. Where
/// they have none in common nothing crosses.
#[test]
fn what_both_ends_activate_crosses() {
    let (v4, v6) = (FamilySet::EMPTY.with(Family::Ipv4Unicast), FamilySet::EMPTY.with(Family::Ipv6Unicast));
    let both: FamilySet = Family::UNICAST.into_iter().collect();
    // Over a session of the other family there is no next hop of our own, so policy gives one.
    let text = "policy p { rule \"4\" { when family ipv4-unicast set next-hop 192.0.2.99 accept }
                rule \"6\" { set next-hop 2001:db8:99::1 accept } }";
    for (ipv6, internal) in [(false, false), (false, true), (true, false), (true, true)] {
        for (ours, theirs, want) in [
            (both, both, [true, true]),
            (v4, v4, [true, false]),
            (v6, v6, [false, true]),
            (both, v4, [true, false]),
            (v6, both, [false, true]),
            (v4, v6, [false, false]),
        ] {
            let mut net = Net::new(ipv6);
            let us = net.speaker("us", 64500);
            let them = net.speaker("them", if internal { 64500 } else { 64501 });
            let leg = net.join(us, them, |side, peer| {
                peer.families = if side == Side::A { ours } else { theirs };
                peer.export = policy(text);
            });
            for family in [false, true] {
                net.ipv6 = family;
                net.originate(us, 1);
            }
            net.world.start_all();
            net.world.run_for(Duration::from_secs(20)).unwrap();
            let crossed = [false, true].map(|family| {
                net.ipv6 = family;
                net.has(them, 1).is_some()
            });
            assert_eq!(crossed, want, "{ours:?} {theirs:?}, over IPv6: {ipv6}, internal: {internal}");
            let (speaker, peer) = net.world.who(leg, Side::B);
            let families = net.world.engine(speaker).peer_status(peer).unwrap().families;
            assert_eq!(families, ours.intersection(theirs));
        }
    }
}
