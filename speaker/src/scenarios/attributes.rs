//! Attributes at their limits, aggregates within aggregates, and what is made of AS_SETs.

use super::{Heard, Nets, announce};
use crate::testing::Rig;
use crate::{Aggregate, PeerConfig, PeerId, PeerRouting, SpeakerConfig};
use bgp_wire::{AsPathBuf, Asn, Community, LargeCommunity, SegmentKind};

fn has(rig: &mut Rig, nets: &[&str], to: PeerId) -> Vec<String> {
    rig.pump();
    let told = rig.engine.routes_to(to).into_iter().map(|(net, _)| net.to_string());
    told.filter(|net| nets.contains(&&**net)).collect()
}

/// An aggregate within another: each is there while a route that is no aggregate is within it, and the inner one is no part of what
/// keeps the outer one. (what comes or goes, which aggregates are told then)
#[test]
fn aggregates_within_each_other_come_and_go_with_what_they_are_made_of() {
    let (outer, inner) = ("10.0.0.0/8", "10.1.0.0/16");
    let prefixes = [inner, outer];
    let rows: [(&str, bool, &[&str]); 8] = [
        ("10.1.1.0/24", true, &[outer, inner]),
        ("10.1.2.0/24", true, &[outer, inner]),
        ("10.2.0.0/16", true, &[outer, inner]),
        ("10.1.1.0/24", false, &[outer, inner]),
        ("10.1.2.0/24", false, &[outer]),
        ("10.1.3.0/24", true, &[outer, inner]),
        ("10.2.0.0/16", false, &[outer, inner]),
        ("10.1.3.0/24", false, &[]),
    ];
    for order in [[0, 1], [1, 0]] {
        for summary_only in [false, true] {
            let aggregate =
                |n: usize| Aggregate { prefix: prefixes[n].parse().unwrap(), summary_only, as_set: false };
            let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
            let aggregates = order.map(aggregate).to_vec();
            let mut rig = Rig::with(SpeakerConfig { aggregates, seed: 1, ..config });
            let nets = Nets::BOTH[0];
            let [from, to] = [1, 2].map(|n| rig.establish(nets.peer(n), &[]));
            for (net, comes, want) in rows {
                if comes {
                    rig.announce(from, &[net]);
                } else {
                    rig.withdraw(from, &[net]);
                }
                let mut want = want.to_vec();
                // An outer aggregate that stands for its parts stands for the inner one too.
                want.retain(|net| !summary_only || *net == outer);
                assert_eq!(has(&mut rig, &prefixes, to), want, "{net} {comes}, {order:?} {summary_only}");
                assert_eq!(rig.engine.best(outer.parse().unwrap()).is_some(), !want.is_empty());
            }
            assert_eq!(rig.nets(), [] as [String; 0]);
        }
    }
}

/// RFC 9774: an aggregate with an AS_SET leaves for nobody whose policy refuses sets, and one without a set does; of what comes
/// likewise.
#[test]
fn a_policy_refuses_as_sets_of_our_own_and_of_others() {
    let refuses = "policy p { rule \"RFC 9774\" { when as-path has as-set reject } default accept }";
    for nets in Nets::BOTH {
        for as_set in [false, true] {
            let prefix = nets.fill("$A").parse().unwrap();
            let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
            let aggregates = vec![Aggregate { prefix, summary_only: true, as_set }];
            let mut rig = Rig::with(SpeakerConfig { aggregates, seed: 1, ..config });
            let from = rig.establish(PeerConfig { import: Some(nets.policy(refuses)), ..nets.peer(1) }, &[]);
            let picky = rig.establish(PeerConfig { export: Some(nets.policy(refuses)), ..nets.peer(2) }, &[]);
            let lenient = rig.establish(nets.peer(3), &[]);
            announce(&mut rig, from, nets, &["$C; as-path 64501 64998", "$B; as-path 64501 {64998 64999}"]);
            let heard = [picky, lenient].map(|to| {
                let mut heard = Heard::default();
                heard.listen(&mut rig, to);
                nets.letters(&heard.0)
            });
            assert_eq!(heard, [if as_set { "" } else { "A" }, "A"], "{nets:?} {as_set}");
        }
    }
}

/// A path of `n` ASNs behind the peer's own.
fn long_path(n: u32) -> AsPathBuf {
    let mut path = AsPathBuf::default();
    let all: Vec<Asn> = std::iter::once(Asn(64501)).chain((0..n).map(|n| Asn(100_000 + n))).collect();
    all.chunks(255).for_each(|asns| path.push(SegmentKind::Sequence, asns.iter().copied()));
    path
}

/// (ASNs, communities, large communities; whether it fits a message of 4096 octets with our ASN in front): what fits comes and goes
/// whole; what has grown too long on its way is not told, and a shorter one before is withdrawn (RFC 4271 section 9.2).
#[test]
fn attributes_near_the_size_of_a_message() {
    let rows = [
        (254, 0, 0, true),
        (255, 0, 0, true),
        (600, 0, 0, true),
        (0, 900, 0, true),
        (0, 0, 300, true),
        (200, 300, 100, true),
        (300, 600, 0, true),
        (990, 0, 0, true),
        (997, 0, 0, true),
        (1008, 0, 0, true),
        // There has to be room for a prefix of any length.
        (1009, 0, 0, false),
        (1010, 0, 0, false),
    ];
    let nets = Nets::BOTH[0];
    let net = nets.fill("$A");
    for (asns, communities, large, fits) in rows {
        for transparent in [false, true] {
            let routing = PeerRouting { route_server_client: transparent, ..PeerRouting::default() };
            let mut rig = Rig::new();
            let from = rig.establish(nets.peer(1), &[]);
            let to = rig.establish(PeerConfig { routing, ..nets.peer(2) }, &[]);
            rig.announce(from, &[&net]);
            rig.sent(to);
            rig.announce_with(from, &[&net], |set| {
                set.as_path = long_path(asns);
                set.communities = (0..communities).map(Community).collect();
                set.large_communities =
                    (0..large).map(|n| LargeCommunity { global: 64500, local1: n, local2: 7 }).collect();
            });
            let came = rig.engine.best(net.parse().unwrap()).unwrap().attrs;
            assert_eq!(came.as_path, long_path(asns));
            assert_eq!(
                (came.communities.len(), came.large_communities.len()),
                (communities as usize, large as usize)
            );
            let sent = rig.sent(to);
            let told = rig.engine.told_of(net.parse().unwrap(), to).pop();
            if fits || transparent {
                assert_eq!(sent, std::slice::from_ref(&net), "{asns} {communities} {large} {transparent}");
                let told = told.unwrap().attrs;
                let mut want = came.as_path.clone();
                if !transparent {
                    want.prepend(Asn(64500), 1);
                }
                assert_eq!((told.as_path, told.communities), (want, came.communities));
                assert_eq!(told.large_communities, came.large_communities);
            } else {
                assert_eq!((sent, told.is_none()), (vec![format!("-{net}")], true), "{asns}");
            }
            rig.announce(from, &[&net]);
            assert_eq!(rig.sent(to), std::slice::from_ref(&net));
        }
    }
}
