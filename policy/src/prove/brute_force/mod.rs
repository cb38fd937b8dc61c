//! Answers against all routes of small worlds.

mod cases;
mod worlds;

use super::*;
use crate::edit::Edit;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

/// What a case is about. Its world has a route of each kind that the case's conditions and edits can tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Topic {
    /// Communities that are there or not, in many rules of three each: nothing but search.
    Clauses,
    /// Which ASNs a path has, our own among them.
    Asns,
    Prepending,
    /// Sets and the segments of confederations.
    Segments,
    Expressions,
    Origins,
    Numbers,
    Communities,
    Extended,
    Large,
    Prefixes,
    NextHops,
    Peers,
    Code,
    /// All of these; its world is a sample.
    Everything,
}

/// Every answer against all routes of a topic's world.
fn agrees(topic: Topic) {
    let routes = worlds::routes(topic);
    let mut runner = TestRunner::new(Config::default());
    // Where expressions are joined with other conditions, an answer takes longer.
    let share = if matches!(topic, Topic::Everything | Topic::Expressions) { 4 } else { 1 };
    let cases = runner.config().cases / share;
    let (mut proved, mut refuted, mut unknown) = (0u32, 0u32, 0u32);
    for _ in 0..cases {
        let (policy, statement) = cases::case(topic).new_tree(&mut runner).unwrap().current();
        match policy.prove(&statement) {
            Answer::Proved => {
                proved += 1;
                let against = routes.iter().find(|route| statement.is_refuted_by(&policy, route));
                assert!(against.is_none(), "{}: {statement:?}\n{policy:#?}", against.unwrap());
            }
            Answer::Refuted(route) => {
                refuted += 1;
                let again = Route::parse_all(&format!("route {route}")).unwrap();
                assert_eq!(again, [*route.clone()], "{route}");
                assert!(statement.is_refuted_by(&policy, &route), "{route}: {statement:?}\n{policy:#?}");
            }
            Answer::Unknown(why) => {
                unknown += 1;
                assert!(may_be_unknown(&policy, &statement), "{why}: {statement:?}\n{policy:#?}");
            }
        }
    }
    println!("{topic:?}: of {cases}: {proved} proved, {refuted} refuted, {unknown} unknown");
    assert!(proved * 20 > cases && refuted * 20 > cases, "{proved} proved, {refuted} refuted");
}

/// Where the abstraction is not exact: code, and ASNs that come to stand side by side.
fn may_be_unknown(policy: &Policy, statement: &Statement) -> bool {
    let guaranteed = match &statement.guarantee {
        Guarantee::Holds(condition) => Some(condition),
        Guarantee::Accept | Guarantee::Reject => None,
    };
    let conditions = policy.rules().iter().flat_map(|rule| &rule.when);
    let mut conditions = conditions.chain(&statement.given).chain(guaranteed);
    let mut edits = policy.rules().iter().flat_map(|rule| &rule.edits);
    let strips = edits.any(|edit| matches!(edit, Edit::StripPrivateAsns | Edit::StripAsns(_)));
    conditions.any(|condition| {
        condition.mentions(&|m| matches!(m, Match::Custom(_)) || (strips && matches!(m, Match::Prepended)))
    })
}

macro_rules! topics {
    ($($test:ident: $topic:ident),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                agrees(Topic::$topic);
            }
        )+
    };
}

topics! {
    clauses: Clauses,
    asns: Asns,
    prepending: Prepending,
    segments: Segments,
    expressions: Expressions,
    origins: Origins,
    numbers: Numbers,
    communities: Communities,
    extended_communities: Extended,
    large_communities: Large,
    prefixes: Prefixes,
    next_hops: NextHops,
    peers_and_states: Peers,
    code: Code,
    everything: Everything,
}
