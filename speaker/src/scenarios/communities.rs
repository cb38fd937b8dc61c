//! Communities that say whom a route may go to, and those that a speaker adds for what others say of a route.

use super::{Heard, Nets, announce};
use crate::testing::Rig;
use crate::{Confederation, PeerConfig, PeerId, PeerRouting, SpeakerConfig};
use bgp_policy::rpki::{Vrp, VrpChanges};
use bgp_wire::{Asn, Community, ExtendedCommunity};

/// What a peer hears of, by letters.
fn hears(rig: &mut Rig, nets: Nets, to: PeerId) -> bool {
    let mut heard = Heard::default();
    heard.listen(rig, to);
    !nets.letters(&heard.0).is_empty()
}

/// (what a route carries, whether an internal peer, a member of our confederation and an external peer are told), wherever it came
/// from (RFC 1997, RFC 7999 section 3.2 as a policy has it).
#[test]
fn well_known_communities_say_who_is_told() {
    let rows = [
        ("", [true, true, true]),
        ("community no-export", [true, true, false]),
        ("community no-export-subconfed", [true, false, false]),
        ("community no-advertise", [false, false, false]),
        ("community no-peer", [true, true, true]),
        ("community 64500:1 no-export", [true, true, false]),
        ("community no-export no-advertise", [false, false, false]),
        // What is to be dropped stays within, by the policy of import.
        ("community blackhole", [true, true, false]),
    ];
    let import = "policy p { rule \"RFC 7999\" { when community blackhole add community no-export accept } default accept }";
    for nets in Nets::BOTH {
        for (carries, want) in rows {
            for from in [64501, 64521] {
                let confederation =
                    Some(Confederation { id: Asn(64999), members: vec![Asn(64521), Asn(64522)] });
                let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
                let mut rig = Rig::with(SpeakerConfig { confederation, seed: 1, ..config });
                let peer = |n, asn| PeerConfig { asn: Asn(asn), ..nets.peer(n) };
                let from_peer =
                    rig.establish(PeerConfig { import: Some(nets.policy(import)), ..peer(1, from) }, &[]);
                let to =
                    [peer(2, 64500), peer(3, 64522), peer(4, 64504)].map(|config| rig.establish(config, &[]));
                let path = if from == 64521 { "(64521) 64901" } else { "64501 64901" };
                let pref = if from == 64521 { "; local-pref 100" } else { "" };
                let more = if carries.is_empty() { String::new() } else { format!("; {carries}") };
                announce(&mut rig, from_peer, nets, &[&format!("$A; as-path {path}{pref}{more}")]);
                assert_eq!(to.map(|to| hears(&mut rig, nets, to)), want, "{carries} from {from}");
            }
        }
    }
}

/// A route that was told and then comes with a community that keeps it here is withdrawn, and told again without it.
#[test]
fn a_community_that_comes_later_withdraws() {
    for nets in Nets::BOTH {
        for community in [Community::NO_EXPORT, Community::NO_ADVERTISE, Community::NO_EXPORT_SUBCONFED] {
            let mut rig = Rig::new();
            let [from, to] = [1, 2].map(|n| rig.establish(nets.peer(n), &[]));
            let net = nets.fill("$A");
            rig.announce(from, &[&net]);
            rig.sent(to);
            rig.announce_with(from, &[&net], |set| set.communities = vec![community]);
            assert_eq!(rig.sent(to), [format!("-{net}")]);
            rig.announce(from, &[&net]);
            assert_eq!(rig.sent(to), [net]);
        }
    }
}

/// What a client of a route server asks by communities: (what its route carries, which of the clients 64502, 64503 and 64504 are told),
/// by policies that read `0:AS` as not to that one, `64500:AS` as to that one in spite of `0:64500`, to nobody.
#[test]
fn a_client_says_by_communities_who_is_told() {
    let rows = [
        ("", [true, true, true]),
        ("; community 0:64502", [false, true, true]),
        ("; community 0:64502 0:64504", [false, true, false]),
        ("; community 0:64500", [false, false, false]),
        ("; community 0:64500 64500:64503", [false, true, false]),
        ("; community 0:64500 64500:64502 64500:64504", [true, false, true]),
        ("; large-community 64500:0:64503", [true, false, true]),
        ("; community 0:64999", [true, true, true]),
    ];
    for nets in Nets::BOTH {
        for (carries, want) in rows {
            let mut rig = Rig::new();
            let client = |n: u8| PeerConfig {
                routing: PeerRouting { route_server_client: true, ..PeerRouting::default() },
                ..nets.peer(n)
            };
            let from = rig.establish(client(1), &[]);
            let to = [2, 3, 4].map(|n| {
                let asn = 64500 + u32::from(n);
                let text = format!(
                    "policy p {{
                        rule \"not to it\" {{ when community 0:{asn} or large-community 64500:0:{asn} reject }}
                        rule \"to it\" {{
                            when community 64500:{asn}
                            delete community 0:* delete community 64500:* delete large-community 64500:*:* accept
                        }}
                        rule \"to nobody\" {{ when community 0:64500 reject }}
                        rule \"to all\" {{
                            delete community 0:* delete community 64500:* delete large-community 64500:*:* accept
                        }}
                    }}"
                );
                rig.establish(PeerConfig { export: Some(nets.policy(&text)), ..client(n) }, &[])
            });
            announce(&mut rig, from, nets, &[&format!("$A; as-path 64501{carries}")]);
            let heard = to.map(|to| hears(&mut rig, nets, to));
            assert_eq!(heard, want, "{carries}");
            for to in to {
                let told = rig.engine.told_of(nets.fill("$A").parse().unwrap(), to);
                let left = |set: &bgp_wire::AttributeSet| set.communities.len() + set.large_communities.len();
                assert!(told.iter().all(|path| left(&path.attrs) == 0), "what was asked is not passed on");
            }
        }
    }
}

/// What the RPKI and the registries say is told to internal peers by communities, and follows when they say otherwise.
#[test]
fn routes_are_tagged_by_what_others_say_of_them() {
    let text = "policy p {
        rule \"valid\" { when rpki valid add extended-community origin-validation:valid continue }
        rule \"invalid\" { when rpki invalid add extended-community origin-validation:invalid continue }
        rule \"registered\" { when irr valid add community 64500:1 accept }
        rule \"not registered\" { when irr not-found add community 64500:2 accept }
        rule \"registered for others\" { when irr invalid add community 64500:3 accept }
        default accept
    }";
    for nets in Nets::BOTH {
        let mut rig = Rig::new();
        let from = rig.establish(PeerConfig { import: Some(nets.policy(text)), ..nets.peer(1) }, &[]);
        let internal = rig.establish(PeerConfig { asn: Asn(64500), ..nets.peer(2) }, &[]);
        announce(&mut rig, from, nets, &["$A; as-path 64501 64998"]);
        let prefix: ipnet::IpNet = nets.fill("$A").parse().unwrap();
        let tags = |rig: &mut Rig| {
            rig.pump();
            let told = rig.engine.told_of(prefix.into(), internal).remove(0).attrs;
            let standard = told.communities.iter().map(ToString::to_string);
            let extended = told.extended_communities.iter().map(ExtendedCommunity::to_string);
            standard.chain(extended).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(tags(&mut rig), "");
        let register = |rig: &mut Rig, asns: &[u32]| {
            let all = asns.iter().map(|asn| (prefix, Asn(*asn))).collect();
            rig.engine.set_registrations(Some(all), rig.now, &mut |_| {});
        };
        register(&mut rig, &[]);
        assert_eq!(tags(&mut rig), "64500:2");
        register(&mut rig, &[64501]);
        assert_eq!(tags(&mut rig), "64500:3");
        register(&mut rig, &[64501, 64998]);
        assert_eq!(tags(&mut rig), "64500:1");
        let vrp = |asn| Vrp::new(prefix, prefix.prefix_len(), Asn(asn)).unwrap();
        rig.engine.change_vrps(Some(&VrpChanges::new([vrp(64501)], [])), rig.now, &mut |_| {});
        assert_eq!(tags(&mut rig), "64500:1 origin-validation:invalid");
        rig.engine.change_vrps(Some(&VrpChanges::new([vrp(64998)], [])), rig.now, &mut |_| {});
        assert_eq!(tags(&mut rig), "64500:1 origin-validation:valid");
        rig.engine.change_vrps(None, rig.now, &mut |_| {});
        rig.engine.set_registrations(None, rig.now, &mut |_| {});
        assert_eq!(tags(&mut rig), "");
    }
}

/// RFC 4360 section 6: what is not transitive stays within the AS, or within the confederation.
#[test]
fn extended_communities_that_are_not_transitive_stay_within() {
    for nets in Nets::BOTH {
        let mut rig = Rig::new();
        let from = rig.establish(PeerConfig { asn: Asn(64500), ..nets.peer(1) }, &[]);
        let [external, client] = [(2, 64502), (3, 64500)].map(|(n, asn)| {
            let routing = PeerRouting { reflector_client: asn == 64500, ..PeerRouting::default() };
            rig.establish(PeerConfig { asn: Asn(asn), routing, ..nets.peer(n) }, &[])
        });
        announce(
            &mut rig,
            from,
            nets,
            &["$A; as-path 64998; local-pref 100; extended-community rt:64500:1 origin-validation:valid"],
        );
        let tags = [external, client].map(|to| {
            rig.pump();
            let told = rig.engine.told_of(nets.fill("$A").parse().unwrap(), to).remove(0).attrs;
            told.extended_communities.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(tags, ["rt:64500:1", "rt:64500:1 origin-validation:valid"], "{nets:?}");
    }
}

/// An ASN of a route target or a route origin has four octets at most, and then two are left for the value.
#[test]
fn route_targets_and_origins_are_what_fits_their_octets() {
    for (text, is_one) in [
        ("4294967295:65", true),
        ("4294967296:65", false),
        ("4294967295:65535", true),
        ("4294967295:65536", false),
        ("65535:4294967295", true),
        ("65536:65535", true),
        ("65536:65536", false),
        ("192.0.2.1:65535", true),
        ("192.0.2.1:65536", false),
    ] {
        for kind in ["rt", "ro"] {
            let community = format!("{kind}:{text}").parse::<ExtendedCommunity>();
            assert_eq!(community.is_ok(), is_one, "{kind}:{text}");
            assert!(
                community.is_ok_and(|community| community.to_string() == format!("{kind}:{text}")) == is_one
            );
        }
    }
}
