//! VP-LACP, VP-NO-STATEFUL-FIREWALL, VP-NO-RATE-LIMIT and VP-IRR-PEERINGDB: vouched for, never verified.

use super::Sink;
use crate::voice::case::Case;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};

pub(super) fn check(case: &Case<'_>, out: Sink<'_>) {
    let given = &case.plan.attestations;
    let rules: [(RuleId, &[(&str, Option<bool>)]); 4] = [
        (RuleId::Lacp, &[("lacp", given.lacp)]),
        (RuleId::NoStatefulFirewall, &[("no_stateful_firewall", given.no_stateful_firewall)]),
        (RuleId::NoRateLimit, &[("no_rate_limit", given.no_rate_limit)]),
        (RuleId::IrrPeeringDb, &[("irr", given.irr), ("peeringdb", given.peeringdb)]),
    ];
    rules.into_iter().for_each(|(rule, fields)| out(vouched(rule, fields)));
}

fn vouched(rule: RuleId, fields: &[(&str, Option<bool>)]) -> Verdict {
    let attested = fields.iter().all(|(_, given)| *given == Some(true));
    let state = if fields.iter().any(|(_, given)| *given == Some(false)) {
        State::Failed
    } else if attested {
        State::None
    } else {
        State::Unknown
    };
    let fact = |(field, given): &(&str, Option<bool>)| {
        let what = given.map_or_else(|| "not stated".to_owned(), |given| format!("{field} = {given}"));
        (what, format!("plan, attestations.{field}"))
    };
    let verdict = Verdict::new(rule, Subject::plan(), state).facts(fields.iter().map(fact));
    if attested { verdict.attested() } else { verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attestations_verify_nothing() {
        for (fields, state, attested) in [
            (&[Some(true)][..], State::None, true),
            (&[Some(false)], State::Failed, false),
            (&[None], State::Unknown, false),
            (&[Some(true), Some(true)], State::None, true),
            (&[Some(true), None], State::Unknown, false),
            (&[None, Some(false)], State::Failed, false),
        ] {
            let named: Vec<_> = fields.iter().map(|given| ("field", *given)).collect();
            let verdict = vouched(RuleId::Lacp, &named);
            assert_eq!((verdict.state, verdict.attested), (state, attested), "{fields:?}");
        }
    }
}
