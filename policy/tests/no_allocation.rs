//! Evaluation allocates nothing, whatever the route and the policy.

#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]

use bgp_policy::{
    Action, Condition, Custom, Decision, Document, Edit, Match, Policy, PrefixRange, Route, RouteView, Rule,
};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; the count is a thread's own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn evaluating_a_route_allocates_nothing() {
    let prefixes = (0..1000u32).map(|n| {
        PrefixRange::or_longer(ipnet::Ipv4Net::new_assert((0xc612_0000 + (n << 7)).into(), 25).into())
    });
    let conditions: Vec<Match> = vec![
        Match::Prefix(prefixes.collect()),
        Match::OriginAsn([Asn(64501)].into_iter().collect()),
        Match::PathLength("1-3".parse().unwrap()),
        Match::Not(Box::new(Match::PrivateAsn)),
        Match::Not(Box::new(Match::Prepended)),
        Match::Community(["8075:*".parse().unwrap()].into()),
    ];
    let rule = |then| Rule {
        name: "r".into(),
        when: conditions.clone().into(),
        edits: [Edit::SetMed(1), Edit::AddCommunity("8075:8007".parse().unwrap())].into(),
        then,
    };
    let policy =
        Policy::new("p", vec![rule(Action::Continue), rule(Action::Accept)], Decision::Reject).unwrap();
    let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    attrs.as_path = [Asn(64500), Asn(64501)].into_iter().collect();
    attrs.communities = vec!["8075:1".parse().unwrap()];
    let route = RouteView::new("198.18.5.0/25".parse().unwrap(), &attrs, Asn(64500));

    let before = ALLOCATIONS.get();
    let verdict = policy.evaluate(route);
    let edits = verdict.edits().count();
    let after = ALLOCATIONS.get();
    assert!(before > 0, "the allocator counts");
    assert_eq!((verdict.accept, edits, after - before), (true, 4, 0));
}

/// The place of a condition among all that there are.
const fn place_of(condition: &Match) -> usize {
    match condition {
        Match::Prefix(_) => 0,
        Match::Family(_) => 1,
        Match::NeighborAsn(_) => 2,
        Match::Peer(_) => 3,
        Match::PeerGroup(_) => 4,
        Match::PeerRole(_) => 5,
        Match::OriginAsn(_) => 6,
        Match::AsnInPath(_) => 7,
        Match::AsPath(_) => 8,
        Match::PathLength(_) => 9,
        Match::PrivateAsn => 10,
        Match::Prepended => 11,
        Match::AsSet => 12,
        Match::Community(_) => 13,
        Match::ExtendedCommunity(_) => 14,
        Match::LargeCommunity(_) => 15,
        Match::NextHop(_) => 16,
        Match::Med(_) => 17,
        Match::LocalPref(_) => 18,
        Match::Origin(_) => 19,
        Match::Rpki(_) => 20,
        Match::Irr(_) => 21,
        Match::Aspa(_) => 22,
        Match::Custom(_) => 23,
        Match::Not(_) => 24,
        Match::All(_) => 25,
        Match::Any(_) => 26,
    }
}

/// Likewise of an edit.
const fn place_of_edit(edit: &Edit) -> usize {
    match edit {
        Edit::SetMed(_) => 0,
        Edit::AddMed(_) => 1,
        Edit::DeleteMed => 2,
        Edit::SetLocalPref(_) => 3,
        Edit::AddLocalPref(_) => 4,
        Edit::DeleteLocalPref => 5,
        Edit::SetWeight(_) => 6,
        Edit::SetOrigin(_) => 7,
        Edit::StripPrivateAsns => 8,
        Edit::StripAsns(_) => 9,
        Edit::ReplaceAsns(..) => 10,
        Edit::Prepend(_) => 11,
        Edit::PrependAsn(..) => 12,
        Edit::SetCommunities(_) => 13,
        Edit::DeleteCommunity(_) => 14,
        Edit::AddCommunity(_) => 15,
        Edit::SetExtendedCommunities(_) => 16,
        Edit::DeleteExtendedCommunity(_) => 17,
        Edit::AddExtendedCommunity(_) => 18,
        Edit::SetLargeCommunities(_) => 19,
        Edit::DeleteLargeCommunity(_) => 20,
        Edit::AddLargeCommunity(_) => 21,
        Edit::NextHopSelf => 22,
        Edit::SetNextHop(_) => 23,
    }
}

#[derive(Debug)]
struct Short;

impl Condition for Short {
    fn holds(&self, route: &RouteView<'_>) -> bool {
        route.prefix.prefix_len() < 20
    }
}

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a short prefix")
    }
}

const CONDITIONS: &str = r#"
    prefix in {198.18.0.0/15 le 25, 2001:db8::/32}
    family ipv4-unicast
    neighbor-asn in {1, 64500}
    peer "edge"
    peer-group "carriers"
    peer-role customer
    origin-asn in {64501}
    path-asn in {1-5, 64501}
    as-path matches "^64500_.*(64501|64502)+_"
    as-path matches "[= 64500 * 64512-65534* =]"
    as-path length 1-3
    as-path has private-asn
    as-path has prepending
    as-path has as-set
    community in {8075:*, no-export}
    extended-community in {rt:*:1, color:*, lb:*}
    large-community in {64500:*:1-9}
    next-hop in {192.0.2.0/24, 2001:db8::/32}
    med 5-10
    local-pref any
    origin igp
    rpki valid
    irr invalid
    aspa unknown
    not med 5
    (med 5 and origin igp) and always
    (med 5 or origin egp)
"#;

const EDITS: &str = "
    set med 5 raise med by 5 delete med set local-pref 5 lower local-pref by 5 delete local-pref set weight 7 set origin egp
    strip private-asns strip asns 1-5 replace asns 7 with own-asn prepend own-asn 2 times prepend 7 2 times
    set communities {1:1} delete community 8075:* add community 1:2 set extended-communities {rt:1:1}
    delete extended-community rt:* add extended-community rt:1:2 set large-communities {1:1:1} delete large-community 1:*:*
    add large-community 1:1:2 set next-hop self set next-hop 192.0.2.9
";

/// Routes with nothing, with some of everything, and with much of it.
fn routes() -> Vec<Route> {
    let much = |what: &str, one: &str| format!("{what} {}", one.repeat(300));
    let texts = [
        "route 10.0.0.0/8".to_owned(),
        "route 2001:db8::/32\nas-path {64500,64512} 64501\nmed 5".to_owned(),
        "route 198.18.5.0/25\nas-path 64500 64501 64501 (7 8) [9,10]\nmed 7\nlocal-pref 5\ncommunity 8075:1\n\
         extended-community rt:64500:1 color:00:7\nlarge-community 64500:1:2\npeer \"edge\"\npeer-group \"carriers\"\n\
         peer-role customer\nrpki valid\nirr invalid\naspa unknown"
            .to_owned(),
        format!(
            "route 198.18.0.0/15\n{}\n{}\n{}\n{}",
            much("as-path", "64500 64502 "),
            much("community", "64500:1 "),
            much("extended-community", "ro:1:1 "),
            much("large-community", "1:2:3 "),
        ),
    ];
    texts.iter().flat_map(|text| Route::parse_all(text).unwrap()).collect()
}

/// A rule for each condition and one for its opposite, each with every edit.
#[test]
fn no_condition_and_no_edit_allocates_where_a_route_is_judged() {
    let conditions = CONDITIONS.lines().map(str::trim).filter(|line| !line.is_empty());
    let rule = |text: &str| format!("rule \"r\" {{ when {text} {EDITS} continue }}\n");
    let rules = conditions.flat_map(|one| [rule(one), rule(&format!("not {one}"))]).collect::<String>();
    let document: Document = format!("policy p {{ {rules} default accept }}").parse().unwrap();
    let text = document.library(|_| Err(String::new())).unwrap().policy("p").unwrap();
    let by_code = Rule::new("code").when(Match::Custom(Custom::new(Short)));
    let more = Policy::builder("code").rule(by_code).build().unwrap();
    let policy = Policy::builder("all").call(&text).call_when(Rule::new("r"), &more);
    let policy = policy.default_decision(Decision::Accept).build().unwrap();

    let all = |places: &mut dyn Iterator<Item = usize>| places.collect::<BTreeSet<usize>>();
    let conditions = policy.rules().iter().flat_map(|rule| &rule.when);
    assert_eq!(all(&mut conditions.map(place_of)), (0..27).collect());
    let edits = policy.rules().iter().flat_map(|rule| &rule.edits);
    assert_eq!(all(&mut edits.map(place_of_edit)), (0..24).collect());

    for route in routes() {
        let before = ALLOCATIONS.get();
        let verdict = policy.evaluate(route.view());
        let (edits, weight) = (verdict.edits().count(), verdict.weight());
        let after = ALLOCATIONS.get();
        // Of each condition and its opposite one holds.
        assert_eq!((verdict.accept, edits, weight, after - before), (true, 27 * 24, Some(7), 0), "{route}");
    }
}
