//! Evaluation allocates nothing, whatever the route and the policy.

use bgp_policy::{Action, Decision, Edit, Match, Policy, PrefixRange, RouteView, Rule};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

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
