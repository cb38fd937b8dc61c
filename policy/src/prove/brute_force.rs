//! Answers against all routes of a small world.

use super::*;
use crate::edit::Edit;
use crate::number_range::NumberRange;
use crate::policy::{Action, Rule};
use crate::prefix_range::PrefixRange;
use bgp_wire::{AsPathBuf, Origin};
use ipnet::IpNet;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

/// A world that is small enough to look at all of it.
struct Small {
    routes: Vec<Route>,
}

const PREFIXES: [&str; 4] = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/10"];
const ASNS: [u32; 3] = [1, 64500, 64512];

fn paths() -> Vec<AsPathBuf> {
    let mut texts: Vec<String> = vec![String::new()];
    let mut longest = texts.clone();
    for _ in 0..3 {
        let longer = |text: &String| ASNS.map(|asn| format!("{text} {asn}").trim().to_owned());
        longest = longest.iter().flat_map(longer).collect();
        texts.extend(longest.clone());
    }
    texts.extend(
        ["{1}", "{1,64512}", "1 {64512}", "{64512} 1", "(64512) 1", "(1 1)", "1 [64512]"].map(str::to_owned),
    );
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

impl Small {
    fn new() -> Self {
        let mut routes = Vec::new();
        for (prefix, path) in
            PREFIXES.iter().flat_map(|prefix| paths().into_iter().map(move |path| (prefix, path)))
        {
            for (communities, med) in
                [0u8, 1, 2, 3].into_iter().flat_map(|c| [None, Some(0), Some(3), Some(5)].map(|med| (c, med)))
            {
                for own in [1, 64500] {
                    let mut route = Route::new(prefix.parse().unwrap());
                    route.attrs.as_path = path.clone();
                    let there =
                        ["1:1", "2:2"].iter().enumerate().filter(|(at, _)| communities >> at & 1 == 1);
                    route.attrs.communities = there.map(|(_, c)| c.parse().unwrap()).collect();
                    route.attrs.med = med;
                    route.attrs.origin = if med == Some(5) { Origin::Egp } else { Origin::Igp };
                    route.neighbor = route.attrs.as_path.view().neighbor().unwrap_or(Asn(1));
                    route.context.local_asn = Asn(own);
                    routes.push(route);
                }
            }
        }
        Self { routes }
    }
}

/// What a case is about: where much is about one thing, it meets more often.
#[derive(Clone, Copy, Debug)]
enum Topic {
    All,
    Path,
    Med,
    Communities,
}

fn on_paths() -> BoxedStrategy<Match> {
    let asns = prop_oneof![Just(vec![1]), Just(vec![64500, 1]), Just(vec![64512])];
    let asns = asns.prop_map(|asns: Vec<u32>| asns.into_iter().map(Asn).collect::<crate::AsnSet>());
    let regexes = ["^1_", "_64512$", "^[0-9]+$", "_1_1_", "[= 1 * =]", "[= .{2} =]", "_6451", "\\{1"];
    prop_oneof![
        asns.clone().prop_map(|set| Match::OriginAsn(set.into())),
        asns.prop_map(|set| Match::AsnInPath(set.into())),
        prop::sample::select(regexes.to_vec()).prop_map(|text| Match::AsPath(text.parse().unwrap())),
        range().prop_map(Match::PathLength),
        Just(Match::PrivateAsn),
        Just(Match::Prepended),
        Just(Match::AsSet),
    ]
    .boxed()
}

fn on_the_rest() -> BoxedStrategy<Match> {
    let prefixes = prop::collection::vec((0usize..4, 0u8..3), 1..3).prop_map(|ranges| {
        let range = |(at, more): (usize, u8)| {
            let net: IpNet = PREFIXES[at].parse().unwrap();
            PrefixRange::new(net, net.prefix_len(), net.prefix_len() + more).unwrap()
        };
        ranges.into_iter().map(range).collect::<crate::PrefixSet>()
    });
    prop_oneof![
        prefixes.prop_map(|set| Match::Prefix(set.into())),
        Just(Match::NeighborAsn([Asn(1)].into_iter().collect())),
        Just(Match::Origin(Origin::Egp)),
    ]
    .boxed()
}

fn range() -> BoxedStrategy<NumberRange> {
    (0u32..6, 0u32..3).prop_map(|(first, more)| NumberRange::new(first, first + more).unwrap()).boxed()
}

/// A condition that is not joined from others.
fn plain(topic: Topic) -> BoxedStrategy<Match> {
    let med = range().prop_map(Match::Med);
    let community = prop::sample::select(vec!["1:1", "2:*", "1-2:2"])
        .prop_map(|text| Match::Community([text.parse().unwrap()].into()));
    let one = match topic {
        Topic::All => prop_oneof![4 => on_paths(), 2 => on_the_rest(), 1 => med, 1 => community].boxed(),
        Topic::Path => on_paths(),
        Topic::Med => med.boxed(),
        Topic::Communities => community.boxed(),
    };
    (one, any::<bool>()).prop_map(|(one, not)| if not { Match::Not(Box::new(one)) } else { one }).boxed()
}

fn condition(topic: Topic) -> BoxedStrategy<Match> {
    let both = plain(topic).prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Match::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 2).prop_map(|all| Match::All(all.into())),
            prop::collection::vec(inner, 2).prop_map(|any| Match::Any(any.into())),
        ]
    });
    both.boxed()
}

fn edit(topic: Topic) -> BoxedStrategy<Edit> {
    let asns = |asns: &[u32]| asns.iter().copied().map(Asn).collect::<crate::AsnSet>();
    let path = prop_oneof![
        Just(Edit::StripPrivateAsns),
        Just(Edit::StripAsns(asns(&[1]).into())),
        Just(Edit::ReplaceAsns(asns(&[1, 64512]).into(), None)),
        Just(Edit::ReplaceAsns(asns(&[64500]).into(), Some(Asn(1)))),
        (0u8..3).prop_map(Edit::Prepend),
        (0u8..3).prop_map(|times| Edit::PrependAsn(Asn(64512), times)),
    ];
    let med = prop_oneof![
        (0u32..6).prop_map(Edit::SetMed),
        (-6i64..6).prop_map(Edit::AddMed),
        Just(Edit::DeleteMed),
    ];
    let communities = prop_oneof![
        Just(Edit::AddCommunity("1:1".parse().unwrap())),
        Just(Edit::DeleteCommunity("1-2:2".parse().unwrap())),
        Just(Edit::SetCommunities(["2:2".parse().unwrap()].into())),
    ];
    let rest =
        prop_oneof![Just(Edit::SetOrigin(Origin::Egp)), Just(Edit::SetNextHop([192, 0, 2, 7].into())),];
    match topic {
        Topic::All => prop_oneof![path, med, communities, rest].boxed(),
        Topic::Path => path.boxed(),
        Topic::Med => med.boxed(),
        Topic::Communities => communities.boxed(),
    }
}

fn policy(topic: Topic) -> impl Strategy<Value = Policy> {
    let rule = || {
        let (when, edits) = (condition(topic), edit(topic));
        (prop::collection::vec(when, 0..3), prop::collection::vec(edits, 0..3), 0usize..5)
    };
    let called = prop::collection::vec(rule(), 0..3);
    (prop::collection::vec(rule(), 0..5), called, any::<bool>(), any::<bool>()).prop_map(
        |(rules, called, call, accept)| {
            let inner = called.into_iter().enumerate().map(rule_of);
            let inner = inner.fold(Policy::builder("inner"), crate::PolicyBuilder::rule).build().unwrap();
            let rules = rules.into_iter().enumerate().map(rule_of);
            let builder = rules.fold(Policy::builder("p"), |builder, rule| {
                if call && rule.then == Action::Continue {
                    builder.call_when(rule, &inner)
                } else {
                    builder.rule(rule)
                }
            });
            let default = if accept { Decision::Accept } else { Decision::Reject };
            builder.default_decision(default).build().unwrap()
        },
    )
}

fn rule_of((at, (when, edits, then)): (usize, (Vec<Match>, Vec<Edit>, usize))) -> Rule {
    let then = [Action::Accept, Action::Accept, Action::Reject, Action::Continue, Action::Continue][then];
    let edits = if then == Action::Reject { Vec::new() } else { edits };
    Rule { name: at.to_string().into(), when: when.into(), edits: edits.into(), then }
}

fn statement(topic: Topic) -> impl Strategy<Value = Statement> {
    let guarantee = prop_oneof![
        2 => condition(topic).prop_map(Guarantee::Holds),
        6 => plain(topic).prop_map(Guarantee::Holds),
        1 => Just(Guarantee::Accept),
        1 => Just(Guarantee::Reject),
    ];
    let own = prop_oneof![Just(None), Just(Some(Asn(64500)))];
    (prop::option::of(plain(topic)), own, guarantee).prop_map(|(given, own_asn, guarantee)| Statement {
        given,
        own_asn,
        guarantee,
    })
}

fn case() -> impl Strategy<Value = (Policy, Statement)> {
    let topic = prop_oneof![Just(Topic::All), Just(Topic::Path), Just(Topic::Med), Just(Topic::Communities)];
    topic.prop_flat_map(|topic| (policy(topic), statement(topic)))
}

/// Every answer against all routes of a small world; how many of each there are, and how many may be unknown.
#[test]
fn answers_are_those_of_brute_force() {
    let small = Small::new();
    let mut runner = TestRunner::new(Config::default());
    let cases = runner.config().cases.try_into().unwrap();
    let (mut proved, mut refuted, mut unknown) = (0usize, 0usize, 0usize);
    for _ in 0..cases {
        let (policy, statement) = case().new_tree(&mut runner).unwrap().current();
        match policy.prove(&statement) {
            Answer::Proved => {
                proved += 1;
                let against = small.routes.iter().find(|route| statement.is_refuted_by(&policy, route));
                assert!(
                    against.is_none(),
                    "proved, but for {}: {statement:?}\n{policy:#?}",
                    against.unwrap()
                );
            }
            Answer::Refuted(route) => {
                refuted += 1;
                let again = Route::parse_all(&format!("route {route}")).unwrap();
                assert_eq!(again, [*route.clone()], "{route}");
                assert!(statement.is_refuted_by(&policy, &route), "{route}: {statement:?}\n{policy:#?}");
            }
            Answer::Unknown(_) => unknown += 1,
        }
    }
    println!("of {cases}: {proved} proved, {refuted} refuted, {unknown} unknown");
    assert!(proved * 10 > cases && refuted * 10 > cases, "{proved} proved, {refuted} refuted");
    assert!(unknown * 50 < cases, "{unknown} of {cases} are unknown");
}
