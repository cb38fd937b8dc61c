//! The rules on a plan, across sessions and on live sessions against a second, naive reading of them that
//! shares no code with the first.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it is wrong")]

mod naive;
mod world;

use bgp_policy::voice::{RuleId, State, judge};
use proptest::prelude::*;
use world::{observed, plan, world};

/// What is decided elsewhere: by the naive reading of single routes.
const OF_ROUTES: [RuleId; 11] = [
    RuleId::PrefixValid,
    RuleId::PrefixPublic,
    RuleId::PrefixLength,
    RuleId::Community,
    RuleId::AsPathLength,
    RuleId::AsPathPrivate,
    RuleId::AsPathPrepend,
    RuleId::AsPathSet,
    RuleId::OriginAsn,
    RuleId::OriginRegistered,
    RuleId::NextHop,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn judge_agrees_with_a_naive_reading(w in world()) {
        let report = judge(&plan(&w), &observed(&w));
        let here = |rule, prefix: bool| !OF_ROUTES.contains(&rule) && (rule != RuleId::NoAs12076 || !prefix);
        let mut got: Vec<(RuleId, String, State)> = report
            .verdicts
            .iter()
            .filter(|v| here(v.rule, v.subject.prefix.is_some()))
            .map(|v| (v.rule, v.subject.to_string(), v.state))
            .collect();
        let mut want = naive::verdicts(&w);
        got.sort();
        want.sort();
        prop_assert_eq!(got, want);
        for verdict in report.verdicts.iter().filter(|v| v.state != State::None) {
            prop_assert!(!verdict.evidence.is_empty(), "{} without evidence", verdict.rule);
            prop_assert_eq!(verdict.remedy.is_some(), verdict.state >= State::Warning);
        }
    }
}
