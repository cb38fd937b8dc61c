//! Policies and statements at random.

use super::{Guarantee, Statement, Topic};
use crate::custom::{Condition, Custom};
use crate::edit::Edit;
use crate::matching::Match;
use crate::number_range::NumberRange;
use crate::policy::{Action, Decision, Policy, PolicyBuilder, Rule};
use crate::prefix_range::PrefixRange;
use crate::route::{PathValidationState, RouteView, ValidationState};
use bgp_wire::{Asn, Family, Origin, Role};
use ipnet::IpNet;
use proptest::prelude::*;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A policy, and what may be true of it.
pub(super) fn case(topic: Topic) -> BoxedStrategy<(Policy, Statement)> {
    if topic == Topic::Clauses { clauses() } else { (policy(topic), statement(topic)).boxed() }
}

/// Whether some route is left that no rule rejects: about half of so many rules leave one.
fn clauses() -> BoxedStrategy<(Policy, Statement)> {
    let one =
        texts(&["1:0", "1:1", "1:2", "2:1", "2:2", "3:3"]).prop_map(|one| Match::Community([one].into()));
    let one = (one, any::<bool>()).prop_map(|(one, not)| if not { Match::Not(Box::new(one)) } else { one });
    let rule =
        prop::collection::vec(one, 3).prop_map(|when| Rule { when: when.into(), ..Rule::new("no").reject() });
    let policy = prop::collection::vec(rule, 16..40).prop_map(|rules| {
        let builder = Policy::builder("p").default_decision(Decision::Accept);
        rules.into_iter().fold(builder, PolicyBuilder::rule).build().unwrap()
    });
    policy.prop_map(|policy| (policy, Statement::new(Guarantee::Reject))).boxed()
}

fn policy(topic: Topic) -> impl Strategy<Value = Policy> {
    let some = |most| prop::collection::vec(rule(topic), 0..most);
    (some(5), some(3), some(2), any::<bool>(), any::<bool>()).prop_map(
        |(rules, called, within, call, accept)| {
            let within = put_together("within", within, None);
            let called = put_together("called", called, Some(&within).filter(|_| call));
            let default = if accept { Decision::Accept } else { Decision::Reject };
            let rules = put_together("p", rules, Some(&called).filter(|_| call));
            Policy::builder("p").call(&rules).default_decision(default).build().unwrap()
        },
    )
}

/// The rules; those that go on and edit nothing call another policy where there is one.
fn put_together(name: &str, rules: Vec<Rule>, called: Option<&Policy>) -> Policy {
    let put = |builder: PolicyBuilder, (at, rule): (usize, Rule)| {
        let rule = Rule { name: format!("{name} {at}").into(), ..rule };
        match called {
            Some(called) if rule.then == Action::Continue && rule.edits.len() < 2 => {
                builder.call_when(rule, called)
            }
            _ => builder.rule(rule),
        }
    };
    rules.into_iter().enumerate().fold(Policy::builder(name), put).build().unwrap()
}

fn rule(topic: Topic) -> BoxedStrategy<Rule> {
    let (when, edits) = (condition(topic), edit(topic));
    let then = prop::sample::select(vec![
        Action::Accept,
        Action::Accept,
        Action::Reject,
        Action::Continue,
        Action::Continue,
    ]);
    let parts = (prop::collection::vec(when, 0..3), prop::collection::vec(edits, 0..3), then);
    parts
        .prop_map(|(when, edits, then)| {
            let edits = if then == Action::Reject { Vec::new() } else { edits };
            Rule { name: "".into(), when: when.into(), edits: edits.into(), then }
        })
        .boxed()
}

fn statement(topic: Topic) -> impl Strategy<Value = Statement> {
    let guarantee = prop_oneof![
        2 => condition(topic).prop_map(Guarantee::Holds),
        6 => plain(topic).prop_map(Guarantee::Holds),
        1 => Just(Guarantee::Accept),
        1 => Just(Guarantee::Reject),
    ];
    let own = prop_oneof![2 => Just(None), 1 => Just(Some(Asn(64500))), 1 => Just(Some(Asn(1)))];
    (prop::option::of(condition(topic)), own, guarantee).prop_map(|(given, own_asn, guarantee)| Statement {
        given,
        own_asn,
        guarantee,
    })
}

fn condition(topic: Topic) -> BoxedStrategy<Match> {
    let joined = plain(topic).prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Match::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| Match::All(all.into())),
            prop::collection::vec(inner, 0..3).prop_map(|any| Match::Any(any.into())),
        ]
    });
    prop_oneof![3 => plain(topic), 2 => joined].boxed()
}

/// A condition that is not joined from others, or its opposite.
fn plain(topic: Topic) -> BoxedStrategy<Match> {
    let one = match topic {
        Topic::Clauses => Just(Match::AsSet).boxed(),
        Topic::Asns => prop_oneof![3 => on_asns(), 1 => length()].boxed(),
        Topic::Prepending => prop_oneof![2 => Just(Match::Prepended), 1 => length(), 1 => on_asns()].boxed(),
        Topic::Segments => {
            prop_oneof![2 => Just(Match::AsSet), 2 => on_asns(), 1 => length(), 3 => expressions(&OF_SEGMENTS)].boxed()
        }
        Topic::Expressions => prop_oneof![3 => expressions(&OF_PATHS), 1 => on_asns(), 1 => length()].boxed(),
        Topic::Origins => {
            prop_oneof![3 => origin().prop_map(Match::Origin), 1 => Just(Match::Peer("a".into()))].boxed()
        }
        Topic::Numbers => {
            prop_oneof![range().prop_map(Match::Med), range().prop_map(Match::LocalPref)].boxed()
        }
        Topic::Communities => sets(&COMMUNITIES).prop_map(|set| Match::Community(set.into())).boxed(),
        Topic::Extended => sets(&EXTENDED).prop_map(|set| Match::ExtendedCommunity(set.into())).boxed(),
        Topic::Large => sets(&LARGE).prop_map(|set| Match::LargeCommunity(set.into())).boxed(),
        Topic::Prefixes => on_prefixes(),
        Topic::NextHops => prop_oneof![
            3 => sets(&NETWORKS).prop_map(|networks| Match::NextHop(networks.into())),
            1 => of_family(),
        ]
        .boxed(),
        Topic::Peers => on_peers(),
        Topic::Code => {
            prop_oneof![2 => code(), 1 => on_prefixes(), 1 => origin().prop_map(Match::Origin)].boxed()
        }
        Topic::Everything => {
            PLAIN.iter().fold(on_asns(), |one, topic| prop_oneof![3 => one, 1 => plain(*topic)].boxed())
        }
    };
    (one, any::<bool>()).prop_map(|(one, not)| if not { Match::Not(Box::new(one)) } else { one }).boxed()
}

const PLAIN: [Topic; 10] = [
    Topic::Segments,
    Topic::Prepending,
    Topic::Expressions,
    Topic::Peers,
    Topic::Numbers,
    Topic::Large,
    Topic::Extended,
    Topic::NextHops,
    Topic::Communities,
    Topic::Prefixes,
];

fn texts<T: FromStr<Err: fmt::Debug> + fmt::Debug + Clone + 'static>(texts: &[&str]) -> BoxedStrategy<T> {
    let all: Vec<T> = texts.iter().map(|text| text.parse().unwrap()).collect();
    prop::sample::select(all).boxed()
}

/// One or two of what the texts say.
fn sets<T: FromStr<Err: fmt::Debug> + fmt::Debug + Clone + 'static>(of: &[&str]) -> BoxedStrategy<Vec<T>> {
    prop::collection::vec(texts(of), 1..3).boxed()
}

const COMMUNITIES: [&str; 7] = ["1:1", "2:*", "1-2:2", "*:1", "1:0-1", "*:*", "3:3"];
const EXTENDED: [&str; 9] =
    ["rt:*", "rt:1:*", "rt:*:1", "rt:192.0.2.1:*", "rt:1-70000:1", "ro:*", "color:*", "rt:1:1", "rt:1:1-2"];
const LARGE: [&str; 6] = ["1:*:*", "*:1:1", "1-2:1:1-2", "2:2:2", "*:*:1", "1:1:2"];
const NETWORKS: [&str; 7] = [
    "192.0.2.0/24",
    "192.0.2.128/25",
    "198.51.100.0/24",
    "0.0.0.0/0",
    "2001:db8::/48",
    "2001:db8::/32",
    "::/0",
];

const OF_PATHS: [&str; 10] = [
    "^1_",
    "_64512$",
    "^[0-9]+$",
    "_1_1_",
    "[= 1 * =]",
    "[= .{2} =]",
    "_6451",
    "^$",
    "[= * 64500 =]",
    "_(2|64500)_1$",
];
const OF_SEGMENTS: [&str; 10] =
    ["\\{1", "1,64512", "\\(1", "\\[", "1\\}", "2\\)", "[= 1 * =]", "_1_2_", "^.*1 1.*$", "(1|2)[],})]"];

fn on_asns() -> BoxedStrategy<Match> {
    prop_oneof![
        asns().prop_map(|set| Match::OriginAsn(set.into())),
        asns().prop_map(|set| Match::AsnInPath(set.into())),
        Just(Match::PrivateAsn),
    ]
    .boxed()
}

fn expressions(of: &[&str]) -> BoxedStrategy<Match> {
    texts(of).prop_map(Match::AsPath).boxed()
}

fn length() -> BoxedStrategy<Match> {
    let range = (0u32..6, 0u32..3, any::<bool>()).prop_map(|(first, more, open)| {
        NumberRange::new(first, if open { u32::MAX } else { first + more }).unwrap()
    });
    range.prop_map(Match::PathLength).boxed()
}

fn asns() -> BoxedStrategy<crate::AsnSet> {
    let all: [&[u32]; 5] = [&[1], &[64500, 1], &[64512], &[], &[64500]];
    prop::sample::select(all.to_vec()).prop_map(|asns| asns.iter().copied().map(Asn).collect()).boxed()
}

/// Near both ends, and near what an absent local preference counts.
fn range() -> BoxedStrategy<NumberRange> {
    let near = |first: u32| {
        (first..first + 6, 0u32..4)
            .prop_map(|(first, more)| NumberRange::new(first, first.saturating_add(more)).unwrap())
    };
    prop_oneof![
        4 => near(0),
        2 => near(97),
        1 => near(u32::MAX - 6),
        1 => (0u32..6).prop_map(NumberRange::at_least),
        1 => Just(NumberRange::ANY),
    ]
    .boxed()
}

fn on_prefixes() -> BoxedStrategy<Match> {
    let nets = [
        "10.0.0.0/8",
        "10.0.0.0/9",
        "10.128.0.0/9",
        "10.0.0.0/10",
        "0.0.0.0/0",
        "2001:db8::/32",
        "2001:db8::/33",
        "::/0",
    ];
    let of = |(net, more, span): (IpNet, u8, u8)| {
        let least = (net.prefix_len() + more).min(net.max_prefix_len());
        PrefixRange::new(net, least, least.saturating_add(span).min(net.max_prefix_len())).unwrap()
    };
    let span = prop_oneof![0u8..3, Just(128u8)];
    let ranges = prop::collection::vec((texts(&nets), 0u8..3, span).prop_map(of), 0..4);
    prop_oneof![
        4 => ranges.prop_map(|ranges| Match::Prefix(ranges.into_iter().collect::<crate::PrefixSet>().into())),
        1 => of_family(),
    ]
    .boxed()
}

fn of_family() -> BoxedStrategy<Match> {
    prop::sample::select(Family::UNICAST.to_vec()).prop_map(Match::Family).boxed()
}

fn on_peers() -> BoxedStrategy<Match> {
    let roles = vec![Role::Provider, Role::RouteServer, Role::RouteServerClient, Role::Customer, Role::Peer];
    let state = || prop::sample::select(ValidationState::ALL.to_vec());
    let name = || prop::sample::select(vec!["a", "b"]).prop_map(Box::<str>::from);
    prop_oneof![
        name().prop_map(Match::Peer),
        name().prop_map(Match::PeerGroup),
        prop::sample::select(roles).prop_map(Match::PeerRole),
        state().prop_map(Match::Rpki),
        state().prop_map(Match::Irr),
        prop::sample::select(PathValidationState::ALL.to_vec()).prop_map(Match::Aspa),
        asns().prop_map(|set| Match::NeighborAsn(set.into())),
        origin().prop_map(Match::Origin),
    ]
    .boxed()
}

fn origin() -> BoxedStrategy<Origin> {
    prop::sample::select(vec![Origin::Igp, Origin::Egp, Origin::Incomplete]).boxed()
}

/// What code asks here.
#[derive(Debug)]
enum Asks {
    WhetherMedIsOdd,
    WhetherThePrefixIsLong,
}

impl Condition for Asks {
    fn holds(&self, route: &RouteView<'_>) -> bool {
        match self {
            Self::WhetherMedIsOdd => route.attrs.med.is_some_and(|med| med % 2 == 1),
            Self::WhetherThePrefixIsLong => route.prefix.prefix_len() > 9,
        }
    }
}

impl fmt::Display for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

fn code() -> BoxedStrategy<Match> {
    static CODE: LazyLock<[Custom; 2]> =
        LazyLock::new(|| [Asks::WhetherMedIsOdd, Asks::WhetherThePrefixIsLong].map(Custom::new));
    prop::sample::select(CODE.to_vec()).prop_map(Match::Custom).boxed()
}

fn edit(topic: Topic) -> BoxedStrategy<Edit> {
    match topic {
        Topic::Asns | Topic::Prepending | Topic::Segments | Topic::Expressions => of_paths(),
        Topic::Numbers => of_numbers(),
        Topic::Communities => prop_oneof![
            texts(&["1:1", "2:2", "3:3"]).prop_map(Edit::AddCommunity),
            texts(&COMMUNITIES).prop_map(Edit::DeleteCommunity),
            prop::collection::vec(texts(&["1:1", "2:2"]), 0..3)
                .prop_map(|list| Edit::SetCommunities(list.into())),
        ]
        .boxed(),
        Topic::Extended => prop_oneof![
            texts(&["rt:1:1", "rt:70000:1", "color:00:7"]).prop_map(Edit::AddExtendedCommunity),
            texts(&EXTENDED).prop_map(Edit::DeleteExtendedCommunity),
            prop::collection::vec(texts(&["rt:1:1", "ro:1:1"]), 0..3)
                .prop_map(|list| Edit::SetExtendedCommunities(list.into())),
        ]
        .boxed(),
        Topic::Large => prop_oneof![
            texts(&["1:1:1", "2:2:2", "1:2:1"]).prop_map(Edit::AddLargeCommunity),
            texts(&LARGE).prop_map(Edit::DeleteLargeCommunity),
            prop::collection::vec(texts(&["1:1:1", "1:1:2"]), 0..3)
                .prop_map(|list| Edit::SetLargeCommunities(list.into())),
        ]
        .boxed(),
        Topic::NextHops => prop_oneof![
            Just(Edit::NextHopSelf),
            texts(&["192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8::1", "fd00::1"])
                .prop_map(Edit::SetNextHop),
        ]
        .boxed(),
        Topic::Peers | Topic::Origins => origin().prop_map(Edit::SetOrigin).boxed(),
        Topic::Prefixes | Topic::Clauses => Just(Edit::SetWeight(1)).boxed(),
        Topic::Code => {
            prop_oneof![(0u32..4).prop_map(Edit::SetMed), origin().prop_map(Edit::SetOrigin)].boxed()
        }
        Topic::Everything => {
            PLAIN.iter().fold(of_paths(), |one, topic| prop_oneof![3 => one, 1 => edit(*topic)].boxed())
        }
    }
}

fn of_paths() -> BoxedStrategy<Edit> {
    let with = prop::sample::select(vec![None, Some(Asn(1)), Some(Asn(64512))]);
    prop_oneof![
        Just(Edit::StripPrivateAsns),
        asns().prop_map(|set| Edit::StripAsns(set.into())),
        (asns(), with).prop_map(|(set, with)| Edit::ReplaceAsns(set.into(), with)),
        (0u8..3).prop_map(Edit::Prepend),
        (prop::sample::select(vec![2, 64512]), 0u8..3)
            .prop_map(|(asn, times)| Edit::PrependAsn(Asn(asn), times)),
    ]
    .boxed()
}

fn of_numbers() -> BoxedStrategy<Edit> {
    let by = || prop_oneof![6 => -6i64..6, 1 => Just(i64::from(u32::MAX)), 1 => Just(-i64::from(u32::MAX)), 1 => Just(-97)];
    let value = || prop_oneof![3 => 0u32..6, 1 => Just(100), 1 => Just(u32::MAX)];
    prop_oneof![
        value().prop_map(Edit::SetMed),
        by().prop_map(Edit::AddMed),
        Just(Edit::DeleteMed),
        value().prop_map(Edit::SetLocalPref),
        by().prop_map(Edit::AddLocalPref),
        Just(Edit::DeleteLocalPref),
    ]
    .boxed()
}
