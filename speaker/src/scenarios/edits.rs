//! What policies make of routes on their way through a speaker, and what whoever is told hears when a policy edits otherwise.

use super::{Nets, announce};
use crate::testing::{Rig, policy};
use crate::{PeerConfig, PeerId, PeerPolicies, PeerRouting};
use bgp_policy::Policy;
use bgp_wire::{Asn, AttributeSet};
use std::fmt::Write;
use std::sync::Arc;

/// What is announced.
const ROUTE: &str = "$A; as-path 64501 64513 64999; community 64501:1 64501:2; large-community 64501:1:1; \
                     extended-community rt:64501:1; med 50";

/// The attributes in one line, a word for each that is there.
fn line(set: &AttributeSet) -> String {
    let mut line = set.as_path.to_string();
    let mut add = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            write!(line, "; {name}{}", values.join(" ")).unwrap();
        }
    };
    add("", set.communities.iter().map(ToString::to_string).collect());
    add("ext ", set.extended_communities.iter().map(ToString::to_string).collect());
    add("large ", set.large_communities.iter().map(ToString::to_string).collect());
    add("med ", set.med.iter().map(ToString::to_string).collect());
    add("pref ", set.local_pref.iter().map(ToString::to_string).collect());
    line
}

/// What is told of the net to a peer, by what left for it.
fn told(rig: &mut Rig, nets: Nets, to: PeerId) -> String {
    rig.pump();
    let told = rig.engine.told_of(nets.fill("$A").parse().unwrap(), to);
    told.first().map_or_else(|| "nothing".to_owned(), |path| line(&path.attrs))
}

/// (the rule, what the client of a route server is told, whether the rule is of import or of export).
/// A route server hides itself and passes MED on, so that what is told is what the policy made.
const EDITS: &[(&str, &str)] = &[
    ("accept", "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 50"),
    (
        "add community 64500:7 add community 64501:2 accept",
        "64501 64513 64999; 64501:1 64501:2 64500:7; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "delete community 64501:1 accept",
        "64501 64513 64999; 64501:2; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "delete community 64501:* add community 64500:9 accept",
        "64501 64513 64999; 64500:9; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "set communities { 64500:8 } accept",
        "64501 64513 64999; 64500:8; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "add communities in more delete communities in less accept",
        "64501 64513 64999; 64501:2 64500:1 64500:2; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    ("set communities {} accept", "64501 64513 64999; ext rt:64501:1; large 64501:1:1; med 50"),
    (
        "add extended-community rt:64500:5 accept",
        "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1 rt:64500:5; large 64501:1:1; med 50",
    ),
    (
        "add extended-community rt:64500:5 add extended-community ro:64500:6 accept",
        "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1 rt:64500:5 ro:64500:6; large 64501:1:1; med 50",
    ),
    (
        "delete extended-community rt:64501:* accept",
        "64501 64513 64999; 64501:1 64501:2; large 64501:1:1; med 50",
    ),
    ("set extended-communities {} accept", "64501 64513 64999; 64501:1 64501:2; large 64501:1:1; med 50"),
    (
        "add large-community 64500:1:2 accept",
        "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1 64500:1:2; med 50",
    ),
    ("delete large-community 64501:1:* accept", "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; med 50"),
    ("set med 7 accept", "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 7"),
    ("raise med by 10 accept", "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 60"),
    ("lower med by 60 accept", "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 0"),
    ("delete med accept", "64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1"),
    (
        "prepend 64501 2 times accept",
        "64501 64501 64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "prepend own-asn 2 times accept",
        "64500 64500 64501 64513 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    ("strip private-asns accept", "64501; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 50"),
    (
        "replace asns in { 64513 } with own-asn accept",
        "64501 64500 64999; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "replace asns in { 1-4294967295 } with 64498 accept",
        "64498 64498 64498; 64501:1 64501:2; ext rt:64501:1; large 64501:1:1; med 50",
    ),
    (
        "when prefix in { $A } and community 64501:1 and as-path matches \"_64513_\" and med at least 50
         add community 64500:1 set med 3 prepend 64501 1 times accept",
        "64501 64501 64513 64999; 64501:1 64501:2 64500:1; ext rt:64501:1; large 64501:1:1; med 3",
    ),
    ("when community 64501:3 or med at most 49 reject", "nothing"),
];

/// A speaker, peer 1 which announces `ROUTE`, and peer 2 which is told; both are clients of a route server.
fn rig(nets: Nets, import: Arc<Policy>, export: Arc<Policy>) -> (Rig, [PeerId; 2]) {
    let mut rig = Rig::new();
    let client = |n| PeerConfig {
        routing: PeerRouting { route_server_client: true, ..PeerRouting::default() },
        ..nets.peer(n)
    };
    let from = rig.establish(PeerConfig { import: Some(import), ..client(1) }, &[]);
    let to = rig.establish(PeerConfig { export: Some(export), ..client(2) }, &[]);
    announce(&mut rig, from, nets, &[ROUTE]);
    (rig, [from, to])
}

fn set(rig: &mut Rig, peer: PeerId, import: Option<&Arc<Policy>>, export: Option<&Arc<Policy>>) {
    let PeerPolicies { import: old, export: old_export } =
        rig.engine.peer_status(peer).unwrap().config.policies();
    let (import, export) = (import.cloned().or(old), export.cloned().or(old_export));
    rig.engine.set_policies(peer, PeerPolicies { import, export }, rig.now, &mut |_| {});
}

/// At import and at export, from the beginning and as a change while the route is there.
#[test]
fn a_route_leaves_as_a_policy_makes_it() {
    let all = policy("policy p { default accept }");
    for nets in Nets::BOTH {
        for (rule, want) in EDITS {
            let sets = "communities more { 64500:1, 64500:2 }\ncommunities less { 64501:1, 64501:9 }";
            let edits = nets.policy(&format!("{sets}\npolicy p {{ rule \"r\" {{ {rule} }} }}"));
            for (import, export) in [(&edits, &all), (&all, &edits)] {
                let (mut first, [_, to]) = rig(nets, import.clone(), export.clone());
                assert_eq!(told(&mut first, nets, to), *want, "{rule}, {nets:?}");
                let (mut later, [from, to]) = rig(nets, all.clone(), all.clone());
                let plain = told(&mut later, nets, to);
                set(&mut later, from, Some(import), None);
                set(&mut later, to, None, Some(export));
                assert_eq!(told(&mut later, nets, to), *want, "{rule}, {nets:?}: later");
                set(&mut later, from, Some(&all), None);
                set(&mut later, to, None, Some(&all));
                assert_eq!(told(&mut later, nets, to), plain, "{rule}, {nets:?}: no more");
            }
        }
    }
}

/// (the import rule, the export rule, what an external peer and what an internal one is told): what import makes of a route is what
/// export is asked of.
#[test]
fn export_is_asked_of_what_import_made() {
    let rows = [
        (
            "add community 64500:1 accept",
            "when community 64500:1 delete community *:* accept",
            "64500 64501 64999",
            "64501 64999; pref 100",
        ),
        ("set local-pref 300 accept", "when local-pref at least 300 reject", "64500 64501 64999", "nothing"),
        ("set local-pref 300 accept", "accept", "64500 64501 64999", "64501 64999; pref 300"),
        ("set med 9 accept", "accept", "64500 64501 64999", "64501 64999; med 9; pref 100"),
        ("set med 9 accept", "set med 4 accept", "64500 64501 64999; med 4", "64501 64999; med 4; pref 100"),
        (
            "prepend 64501 1 times accept",
            "prepend own-asn 1 times accept",
            "64500 64500 64501 64501 64999",
            "64500 64501 64501 64999; pref 100",
        ),
        ("when community 64501:1 accept", "accept", "nothing", "nothing"),
        (
            "raise local-pref by 20 accept",
            "lower local-pref by 5 accept",
            "64500 64501 64999",
            "64501 64999; pref 115",
        ),
    ];
    for nets in Nets::BOTH {
        for (import, export, external, internal) in rows {
            let [import, export] = [import, export].map(|rule| {
                let reads = format!("policy p {{ rule \"r\" {{ {rule} }} rule \"else\" {{ accept }} }}");
                let only = format!("policy p {{ rule \"r\" {{ {rule} }} }}");
                nets.policy(if rule.contains("reject") { &reads } else { &only })
            });
            let mut rig = Rig::new();
            let from = rig.establish(PeerConfig { import: Some(import), ..nets.peer(1) }, &[]);
            let told_to = |n, asn| PeerConfig { asn: Asn(asn), export: Some(export.clone()), ..nets.peer(n) };
            let to = [told_to(2, 64502), told_to(3, 64500)].map(|config| rig.establish(config, &[]));
            announce(&mut rig, from, nets, &["$A; as-path 64501 64999"]);
            assert_eq!(to.map(|to| told(&mut rig, nets, to)), [external, internal], "{nets:?}");
        }
    }
}

/// RFC 4271 section 5.1.5: whatever a policy makes of LOCAL_PREF, an external peer hears nothing of it, not even the same again.
#[test]
fn local_pref_leaves_for_internal_peers_alone() {
    let text = "policy p { rule \"r\" { when community 64501:1 set local-pref 70 accept }
                rule \"else\" { set local-pref 80 accept } }";
    for nets in Nets::BOTH {
        let mut rig = Rig::new();
        let from = rig.establish(nets.peer(1), &[]);
        let to = |n, asn| PeerConfig { asn: Asn(asn), export: Some(policy(text)), ..nets.peer(n) };
        let to = [to(2, 64502), to(3, 64500)].map(|config| rig.establish(config, &[]));
        announce(&mut rig, from, nets, &["$A; med 1"]);
        assert_eq!(to.map(|to| told(&mut rig, nets, to)), ["64500 64501", "64501; med 1; pref 80"]);
        let strip = policy(
            "policy p { rule \"r\" { when community 64501:1 set communities {} set local-pref 70 accept }
                            rule \"else\" { set local-pref 80 accept } }",
        );
        to.iter().for_each(|to| set(&mut rig, *to, None, Some(&strip)));
        to.iter().for_each(|to| _ = rig.sent(*to));
        announce(&mut rig, from, nets, &["$A; community 64501:1; med 1"]);
        assert_eq!(to.map(|to| told(&mut rig, nets, to)), ["64500 64501", "64501; med 1; pref 70"]);
        let sent = to.map(|to| rig.sent(to));
        assert_eq!(sent, [vec![], vec![nets.fill("$A")]], "what an external peer is told is the same");
    }
}

/// (what is said of an external and an internal peer, which nets cross): without a policy none, by either.
#[test]
fn by_default_nothing_crosses_and_defaults_are_the_policys() {
    let text = |default: &str| {
        Some(policy(&format!("policy p {{ rule \"r\" {{ when community 64501:1 {default} }} }}")))
    };
    let both = |default: &str, other: &str| {
        Some(policy(&format!(
            "policy p {{ rule \"r\" {{ when community 64501:1 {other} }} default {default} }}"
        )))
    };
    let all = || Some(policy("policy p { default accept }"));
    let rows = [
        (all(), all(), "A B"),
        (None, all(), ""),
        (all(), None, ""),
        (text("accept"), all(), "A"),
        (all(), text("accept"), "A"),
        (both("accept", "reject"), all(), "B"),
        (all(), both("accept", "reject"), "B"),
        (both("accept", "reject"), text("accept"), ""),
        (both("reject", "accept"), both("accept", "accept"), "A"),
        (both("accept", "continue"), all(), "A B"),
        (text("continue"), all(), ""),
    ];
    for nets in Nets::BOTH {
        for (from_asn, to_asn) in [(64501, 64502), (64501, 64500), (64500, 64502)] {
            for (number, (import, export, want)) in rows.iter().enumerate() {
                let mut rig = Rig::new();
                let from = PeerConfig { asn: Asn(from_asn), import: import.clone(), ..nets.peer(1) };
                let from = rig.establish(from, &[]);
                let to = PeerConfig { asn: Asn(to_asn), export: export.clone(), ..nets.peer(2) };
                let to = rig.establish(to, &[]);
                let path = if from_asn == 64500 { "64999" } else { "64501" };
                let routes = [
                    format!("$A; as-path {path}; community 64501:1; local-pref 100"),
                    format!("$B; as-path {path}; local-pref 100"),
                ];
                announce(&mut rig, from, nets, &routes.each_ref().map(String::as_str));
                let mut heard = super::Heard::default();
                heard.listen(&mut rig, to);
                assert_eq!(
                    nets.letters(&heard.0),
                    *want,
                    "row {number} from {from_asn} to {to_asn}, {nets:?}"
                );
            }
        }
    }
}
