//! Peers that are told the same share their Adj-RIB-Out: what one of them asks for, or is drained by, is no other's business.

use super::{Heard, Nets};
use crate::testing::{Rig, policy};
use crate::{PeerConfig, PeerId};
use bgp_wire::{
    Asn, Capability, Community, FilteredRefresh, OrfFamily, OrfGroup, OrfSupport, PrefixOrf, PrefixRule,
    WhenToRefresh,
};
use std::time::Duration;

fn group(rig: &Rig, id: PeerId) -> crate::groups::GroupId {
    rig.engine.core().peer(id).unwrap().up.as_ref().unwrap().group
}

/// (whether we let the peer filter, what it can do: 1 receive, 2 send, 3 both; whether it has a group of its own once it has asked
/// for something): a filter is agreed on by both or not at all (RFC 5291 section 5).
#[test]
fn who_cannot_filter_stays_with_the_others() {
    for nets in Nets::BOTH {
        for (ours, mode, alone) in
            [(false, 3, false), (false, 2, false), (true, 1, false), (true, 2, true), (true, 3, true)]
        {
            let family = nets.0.afi_safi();
            let types = [OrfSupport { kind: OrfGroup::PREFIX, mode }];
            let families = [OrfFamily { family, types: types.as_slice().into() }];
            let theirs = [Capability::OutboundRouteFilter(families.as_slice().into())];
            let mut rig = Rig::new();
            let from = rig.establish(nets.peer(1), &[]);
            let mut config = nets.peer(2);
            config.offers.orf_rx = ours;
            let first = rig.establish(config.clone(), &theirs);
            let [second, third] = [3, 4].map(|n| {
                let mut config = nets.peer(n);
                config.offers.orf_rx = ours;
                rig.establish(config, &[])
            });
            rig.announce(from, &[&nets.fill("$A"), &nets.fill("$B")]);
            let mut heard = [Heard::default(), Heard::default(), Heard::default()];
            let all = [first, second, third];
            let ask = |rig: &mut Rig, entry: PrefixOrf| {
                let mut entries = Vec::new();
                entry.encode(&mut entries);
                let groups = [OrfGroup { kind: OrfGroup::PREFIX, entries: &entries }];
                let when = WhenToRefresh::Immediate;
                let ask = FilteredRefresh { family, when, groups: groups.as_slice().into() };
                rig.message(first, |out| ask.encode(out));
                rig.pump();
            };
            if alone {
                let prefix = nets.fill("$A").parse().unwrap();
                let rule = PrefixRule { permit: true, sequence: 5, min_len: 0, max_len: 0, prefix };
                ask(&mut rig, PrefixOrf::Add(rule));
            }
            for (heard, to) in heard.iter_mut().zip(all) {
                heard.listen(&mut rig, to);
            }
            let have = |heard: &[Heard; 3]| heard.each_ref().map(|heard| nets.letters(&heard.0));
            assert_eq!(have(&heard), [if alone { "A" } else { "A B" }, "A B", "A B"], "{ours} {mode}");
            assert_eq!(group(&rig, first) != group(&rig, second), alone, "{ours} {mode}");
            assert_eq!(group(&rig, second), group(&rig, third));
            if alone {
                // Without the filter it is one of them again; they hear nothing of it.
                ask(&mut rig, PrefixOrf::RemoveAll);
                heard[0].listen(&mut rig, first);
                assert_eq!(have(&heard), ["A B"; 3]);
                assert_eq!(group(&rig, first), group(&rig, second));
                assert_eq!([second, third].map(|to| rig.sent(to)), [const { Vec::<String>::new() }; 2]);
            }
        }
    }
}

/// RFC 8326: the peers of a group are drained, one after the other and all at once; others are told nothing. Internal peers are told
/// the least LOCAL_PREF too. What a drained peer says is the last choice, whatever else is known.
#[test]
fn peers_of_a_group_are_drained_and_no_others() {
    for (nets, internal) in [(0, false), (0, true), (1, false), (1, true)] {
        let nets = Nets::BOTH[nets];
        let mut rig = Rig::new();
        let from = rig.establish(nets.peer(1), &[]);
        let member = |n: u8, group: &str| {
            let config = nets.peer(n);
            let asn = if internal { Asn(64500) } else { config.asn };
            PeerConfig { asn, group: Some(group.to_owned()), ..config }
        };
        let group = [2, 3, 4].map(|n| rig.establish(member(n, "drained"), &[]));
        let other = rig.establish(member(5, "others"), &[]);
        let (a, b) = (nets.fill("$A"), nets.fill("$B"));
        rig.announce(from, &[&a]);
        // Each of the group has a short path to B, and the other a long one.
        let tell = |rig: &mut Rig, to: PeerId, longer: usize| {
            rig.announce_with(to, &[&b], |set| {
                if internal {
                    (set.as_path, set.local_pref) = ("64990".parse().unwrap(), Some(100));
                }
                let first = set.as_path.view().neighbor().unwrap();
                set.as_path.prepend(first, longer);
            });
        };
        group.iter().for_each(|to| tell(&mut rig, *to, 0));
        tell(&mut rig, other, 5);
        let marks = |rig: &mut Rig, to: PeerId| {
            rig.pump();
            let told = rig.engine.told_of(a.parse().unwrap(), to).remove(0).attrs;
            (told.communities, told.local_pref)
        };
        let (plain, drained) =
            ((vec![], internal.then_some(100)), (vec![Community::GRACEFUL_SHUTDOWN], internal.then_some(0)));
        let best = |rig: &Rig| rig.engine.best(b.parse().unwrap()).unwrap().peer;
        assert!(group.contains(&best(&rig)));
        for (number, to) in group.into_iter().enumerate() {
            rig.engine.drain(to, true, rig.now, &mut |_| {});
            for (of, to) in group.into_iter().enumerate() {
                let want = if of <= number { &drained } else { &plain };
                assert_eq!(&marks(&mut rig, to), want, "{number} {of} {nets:?} {internal}");
            }
            assert_eq!(marks(&mut rig, other), plain);
            assert!(number == 2 || group[number + 1..].contains(&best(&rig)), "{number}");
        }
        assert_eq!(best(&rig), other, "all that is left");
        rig.sent(other);
        group.iter().for_each(|to| rig.engine.drain(*to, false, rig.now, &mut |_| {}));
        assert!(group.into_iter().all(|to| marks(&mut rig, to) == plain));
        assert!(group.contains(&best(&rig)));
        assert!(rig.sent(other).iter().all(|word| !word.contains(&a)), "the other hears nothing about A");
    }
}

/// (what happens to A within the interval in which B waits, what leaves of A at its end)
#[test]
fn a_route_that_goes_and_comes_back_within_the_interval_is_no_news() {
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Withdrawn,
        Again,
        Other,
    }
    use Step::{Again, Other, Withdrawn};
    let rows = [
        (&[Withdrawn, Again][..], ""),
        (&[Again], ""),
        (&[Other, Again], ""),
        (&[Withdrawn, Other, Withdrawn, Again], ""),
        (&[Withdrawn], "-"),
        (&[Other], "+"),
        (&[Withdrawn, Other], "+"),
        (&[Withdrawn, Again, Withdrawn], "-"),
    ];
    for (nets, beside_a_quick_one) in [(0, false), (0, true), (1, false), (1, true)] {
        let nets = Nets::BOTH[nets];
        let (a, b) = (nets.fill("$A"), nets.fill("$B"));
        for (steps, want) in rows {
            let interval = Duration::from_secs(10);
            let mut rig = Rig::new();
            let from = rig.establish(nets.peer(1), &[]);
            let to = rig.establish(PeerConfig { advertisement_interval: interval, ..nets.peer(2) }, &[]);
            let quick = beside_a_quick_one.then(|| rig.establish(nets.peer(3), &[]));
            rig.pass(interval);
            let mut heard = Heard::default();
            rig.announce(from, &[&a]);
            heard.listen(&mut rig, to);
            rig.announce(from, &[&b]);
            for step in steps {
                match step {
                    Withdrawn => rig.withdraw(from, &[&a]),
                    Again => rig.announce(from, &[&a]),
                    Other => rig.announce_with(from, &[&a], |set| set.origin = bgp_wire::Origin::Incomplete),
                }
                quick.into_iter().for_each(|quick| _ = rig.sent(quick));
                assert_eq!(rig.sent(to), [] as [String; 0]);
            }
            rig.pass(interval);
            let sent = heard.listen(&mut rig, to).join(" ");
            assert_eq!(nets.letters(&heard.0), if want == "-" { "B" } else { "A B" }, "{steps:?}");
            let words: Vec<&str> = sent.split(' ').collect();
            assert!(words.contains(&&*b), "{steps:?}");
            let of_a = words.iter().filter(|word| word.contains(&a)).copied().collect::<Vec<_>>().join(" ");
            let want = match want {
                "-" => format!("-{a}"),
                "+" => a.clone(),
                _ => String::new(),
            };
            assert_eq!(of_a, want, "{steps:?} {nets:?}, beside a quick one: {beside_a_quick_one}");
        }
    }
}

/// A policy that asks for the peer makes groups of its own, by name, group or ASN; one that does not, none.
#[test]
fn a_policy_may_tell_peers_apart() {
    for (text, has) in [
        ("policy p { rule \"r\" { when peer \"peer-2\" reject } default accept }", ["", "A", "A"]),
        ("policy p { rule \"r\" { when peer-group \"edge\" reject } default accept }", ["", "", "A"]),
        ("policy p { rule \"r\" { when neighbor-asn in { 64504 } reject } default accept }", ["A", "A", ""]),
        ("policy p { default accept }", ["A", "A", "A"]),
    ] {
        for nets in Nets::BOTH {
            let mut rig = Rig::new();
            let from = rig.establish(nets.peer(1), &[]);
            let to = [(2, Some("edge")), (3, Some("edge")), (4, None)].map(|(n, group)| {
                let config = PeerConfig {
                    group: group.map(str::to_owned),
                    export: Some(policy(text)),
                    ..nets.peer(n)
                };
                rig.establish(config, &[])
            });
            rig.announce(from, &[&nets.fill("$A")]);
            let heard = to.map(|to| {
                let mut heard = Heard::default();
                heard.listen(&mut rig, to);
                nets.letters(&heard.0)
            });
            assert_eq!(heard, has, "{text}");
        }
    }
}

/// Likewise at import: one policy of all peers gives each its own MED.
#[test]
fn an_import_policy_may_tell_peers_apart() {
    let text = "policy p {
        rule \"2\" { when peer \"peer-2\" set med 2 accept }
        rule \"group\" { when peer-group \"edge\" set med 3 accept }
        rule \"ASN\" { when neighbor-asn in { 64504 } set med 4 accept }
    }";
    for nets in Nets::BOTH {
        let mut rig = Rig::new();
        let internal = rig.establish(PeerConfig { asn: Asn(64500), ..nets.peer(9) }, &[]);
        for (n, group, med) in
            [(2, Some("edge"), Some(2)), (3, Some("edge"), Some(3)), (4, None, Some(4)), (5, None, None)]
        {
            let group = group.map(str::to_owned);
            let from = rig.establish(PeerConfig { group, import: Some(policy(text)), ..nets.peer(n) }, &[]);
            let net = nets.fill("$A");
            rig.announce(from, &[&net]);
            rig.pump();
            let told = rig.engine.told_of(net.parse().unwrap(), internal);
            assert_eq!(told.first().map(|path| path.attrs.med), med.map(Some), "{n}");
            rig.withdraw(from, &[&net]);
        }
    }
}
