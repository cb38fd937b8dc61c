//! A policy changes while routes are there: whoever is told hears of what passes now and of what does not any more, and of
//! nothing else.

mod changes;

use super::{Heard, Nets, announce};
use crate::testing::Rig;
use crate::{AdjRibIn, PeerConfig, PeerId, PeerPolicies, PeerRouting};
use bgp_policy::Policy;
use bgp_wire::Family;
use changes::{ALL, CHANGES, ROUTES};
use std::sync::Arc;

/// Where the policy stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    Import(AdjRibIn),
    Export,
}

/// A speaker with peer 1, which announces, and two that are told: the one that the policy may be of, and one whose policies
/// nobody changes.
struct World {
    rig: Rig,
    nets: Nets,
    at: At,
    from: PeerId,
    to: PeerId,
    other: PeerId,
    heard: [Heard; 2],
}

impl World {
    fn new(nets: Nets, at: At, route_server_client: bool, before: &str) -> Self {
        let mut rig = Rig::new();
        let peer = |n| PeerConfig {
            routing: PeerRouting { route_server_client, ..PeerRouting::default() },
            ..nets.peer(n)
        };
        let policy = Some(nets.policy(before));
        let (from, to) = match at {
            At::Import(adj_rib_in) => (PeerConfig { import: policy, adj_rib_in, ..peer(1) }, peer(2)),
            At::Export => (peer(1), PeerConfig { export: policy, ..peer(2) }),
        };
        let [from, to, other] = [from, to, peer(3)].map(|config| rig.establish(config, &[]));
        let heard = [Heard::default(), Heard::default()];
        let mut world = Self { rig, nets, at, from, to, other, heard };
        announce(&mut world.rig, from, nets, &ROUTES);
        world.listen();
        world
    }

    /// What has left for the one and the other since.
    fn listen(&mut self) -> [Vec<String>; 2] {
        let Self { rig, to, other, heard: [first, second], .. } = self;
        [first.listen(rig, *to), second.listen(rig, *other)]
    }

    /// The letters of the nets that the one and the other have.
    fn have(&self) -> [String; 2] {
        [0, 1].map(|n| self.nets.letters(&self.heard[n].0))
    }

    fn change(&mut self, policy: Arc<Policy>) {
        let Self { rig, at, from, to, .. } = self;
        let whose = if *at == At::Export { *to } else { *from };
        let PeerPolicies { import, export } = rig.engine.peer_status(whose).unwrap().config.policies();
        let policies = match at {
            At::Import(_) => PeerPolicies { import: Some(policy), export },
            At::Export => PeerPolicies { import, export: Some(policy) },
        };
        let mut asked = 0;
        rig.engine.set_policies(whose, policies, rig.now, &mut |action| {
            asked += u32::from(matches!(action, crate::Action::Send(..)));
        });
        let not_kept = *at == At::Import(AdjRibIn::NotKept);
        assert_eq!(
            asked,
            u32::from(not_kept),
            "a refresh is asked for where nothing is kept, and nowhere else"
        );
        if not_kept {
            announce(rig, *from, self.nets, &ROUTES);
        }
    }
}

/// At import with what came kept and not, and at export; towards usual peers and clients of a route server; of both families.
#[test]
fn a_policy_that_changes_is_heard_of_by_whoever_is_told() {
    let places = [At::Import(AdjRibIn::Kept), At::Import(AdjRibIn::NotKept), At::Export];
    for (nets, at) in Nets::BOTH.into_iter().flat_map(|nets| places.map(|at| (nets, at))) {
        for client in [false, true] {
            for (what, before, after, passes, passes_then) in CHANGES {
                let about = format!("{what}, {at:?}, {:?}, client: {client}", nets.0);
                let mut world = World::new(nets, at, client, before);
                let everyone_hears = at != At::Export;
                let others =
                    |passes: &str| if everyone_hears { passes.to_owned() } else { "A B C".to_owned() };
                assert_eq!(world.have(), [(*passes).to_owned(), others(passes)], "{about}");
                world.change(nets.policy(after));
                let [_, other] = world.listen();
                assert_eq!(world.have(), [(*passes_then).to_owned(), others(passes_then)], "{about}");
                assert!(everyone_hears || other.is_empty(), "{about}: a policy is one peer's");
                world.change(nets.policy(before));
                world.listen();
                assert_eq!(world.have(), [(*passes).to_owned(), others(passes)], "{about}: back");
            }
        }
    }
}

/// A next hop is one of the route as it comes: (networks of both families, the nets that pass)
#[test]
fn an_import_policy_asks_for_the_next_hop_of_either_family() {
    for (condition, want) in [
        ("next-hop in { 192.0.2.77/32, 2001:db8::77/128 }", "C"),
        ("next-hop in { 192.0.2.1/32, 2001:db8::1/128 }", "A B"),
        ("next-hop in { 192.0.2.0/24, 2001:db8::/64 }", "A B C"),
        ("not next-hop in { 192.0.2.77/32, 2001:db8::77/128 }", "A B"),
        ("next-hop in { 203.0.113.77/32, 2001:db8:1::77/128 }", ""),
    ] {
        for nets in Nets::BOTH {
            let text = format!("policy p {{ rule \"r\" {{ when {condition} accept }} }}");
            let mut world = World::new(nets, At::Import(AdjRibIn::Kept), false, ALL);
            world.change(nets.policy(&text));
            world.listen();
            assert_eq!(world.have()[0], want, "{condition}, {nets:?}");
        }
    }
}

/// A policy whose text is another and that lets the same pass is no reason to tell anybody anything, nor is an import policy
/// that is judged again with the same outcome.
#[test]
fn a_policy_that_lets_the_same_pass_is_not_heard_of() {
    let same = "policy p { rule \"r\" { when prefix in { $A le $LONG, $B } accept } default reject }";
    for nets in Nets::BOTH {
        for client in [false, true] {
            let mut world = World::new(nets, At::Import(AdjRibIn::Kept), client, ALL);
            world.change(nets.policy(same));
            assert_eq!(world.listen(), [const { Vec::<String>::new() }; 2], "{nets:?} {client}");
            // What the peer says again, unchanged, is not passed on either.
            announce(&mut world.rig, world.from, nets, &ROUTES);
            assert_eq!(world.listen(), [const { Vec::<String>::new() }; 2], "{nets:?} {client}");
        }
    }
}

/// An export policy that lets more pass, or less, tells the difference, and nothing of what the peer has already. Asked for all
/// (RFC 2918), the peer has all of it again.
#[test]
fn another_export_policy_tells_the_difference() {
    for nets in Nets::BOTH {
        for (what, before, after, passes, passes_then) in CHANGES {
            let mut world = World::new(nets, At::Export, false, before);
            world.change(nets.policy(after));
            let [sent, _] = world.listen();
            let letters = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let (old, new) = (letters(passes), letters(passes_then));
            for letter in ["A", "B", "C"] {
                let net = nets.fill(&format!("${letter}"));
                let (had, has) = (old.contains(&letter.to_owned()), new.contains(&letter.to_owned()));
                let words: Vec<&str> = sent.iter().flat_map(|word| word.split(' ')).collect();
                assert_eq!(words.contains(&&*net), has && !had, "{what}: {letter} in {sent:?}");
                assert_eq!(words.contains(&&*format!("-{net}")), had && !has, "{what}: {letter} in {sent:?}");
            }
            let family = if nets.0 == Family::Ipv4Unicast { 1 } else { 2 };
            let again = bgp_wire::RouteRefresh::request(bgp_wire::AfiSafi { afi: family, safi: 1 });
            let (rig, to) = (&mut world.rig, world.to);
            rig.refresh(to, again);
            let again = rig.sent(to).join(" ");
            let told = new.iter().filter(|letter| !letter.is_empty());
            assert!(
                told.clone().all(|letter| again.contains(&nets.fill(&format!("${letter}")))),
                "{what}: {again}"
            );
        }
    }
}
