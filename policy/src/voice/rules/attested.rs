//! VP-LACP, VP-NO-STATEFUL-FIREWALL, VP-NO-RATE-LIMIT and VP-IRR-PEERINGDB: vouched for, never verified.

use super::Sink;
use crate::voice::case::Case;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use bgp_wire::Asn;

pub(super) fn check(case: &Case<'_>, out: Sink<'_>) {
    let given = &case.plan.attestations;
    let rules: [(RuleId, &[(&str, Option<bool>)]); 3] = [
        (RuleId::Lacp, &[("lacp", given.lacp)]),
        (RuleId::NoStatefulFirewall, &[("no_stateful_firewall", given.no_stateful_firewall)]),
        (RuleId::NoRateLimit, &[("no_rate_limit", given.no_rate_limit)]),
    ];
    rules.into_iter().for_each(|(rule, fields)| out(vouched(rule, fields)));
    out(irr_and_peeringdb(case));
}

/// What the registries given do not have fails, whatever the plan says of them; a profile is vouched for.
fn irr_and_peeringdb(case: &Case<'_>) -> Verdict {
    let given = &case.plan.attestations;
    let rule = RuleId::IrrPeeringDb;
    let Some(irr) = &case.registries.irr else {
        return vouched(rule, &[("irr", given.irr), ("peeringdb", given.peeringdb)]);
    };
    let plan = case.plan;
    let asns: Vec<Asn> = std::iter::once(plan.asn).chain(plan.associated_asns.iter().copied()).collect();
    let nameless = (!irr.has_aut_num(plan.asn)).then(|| format!("there is no aut-num AS{}", plan.asn));
    let registered = case.registrations().filter_map(|(_, registered)| registered.prefix.net().ok());
    let bare = registered.filter(|net| asns.iter().all(|asn| irr.covering(net, *asn).is_none()));
    let bare = bare.map(|net| format!("no route object of the carrier's ASNs covers {net}"));
    let missing: Vec<_> = nameless.into_iter().chain(bare).collect();
    if missing.is_empty() {
        let what = format!("aut-num AS{} and a route object for each registered prefix are there", plan.asn);
        return vouched(rule, &[("peeringdb", given.peeringdb)]).evidence(what, irr.source.as_str());
    }
    let facts = missing.into_iter().map(|what| (what, irr.source.clone()));
    Verdict::new(rule, Subject::plan(), State::Failed).facts(facts)
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
        let what =
            given.map_or_else(|| format!("{field} is not stated"), |given| format!("{field} = {given}"));
        (what, format!("plan, attestations.{field}"))
    };
    let verdict = Verdict::new(rule, Subject::plan(), state).facts(fields.iter().map(fact));
    if attested { verdict.attested() } else { verdict }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{observed, plan};
    use super::*;
    use crate::irr::RpslReader;
    use crate::voice::{IrrData, Registries, judge_with};

    /// (what the registries have, whether a profile is attested, state, attested).
    #[test]
    fn registries_are_asked_where_they_were_given() {
        let own = "aut-num: AS64500\n\n";
        let route = |asn: u32| format!("{own}route: 203.0.113.0/24\norigin: AS{asn}\n\n");
        for (rpsl, peeringdb, state, attested) in [
            (route(64500), Some(true), State::None, true),
            (route(64501), Some(true), State::None, true),
            (route(64500), None, State::Unknown, false),
            (route(64500), Some(false), State::Failed, false),
            (route(64502), Some(true), State::Failed, false),
            (own.to_owned(), Some(true), State::Failed, false),
            (route(64500).replace(own, ""), Some(true), State::Failed, false),
        ] {
            let (mut irr, mut reader) = (IrrData::new("irr.db"), RpslReader::default());
            for line in rpsl.lines() {
                reader.line(line.as_bytes(), &mut |_| {}).into_iter().for_each(|object| irr.add(object));
            }
            let mut plan = plan();
            (plan.attestations.irr, plan.attestations.peeringdb) = (Some(true), peeringdb);
            let registries = Registries { irr: Some(irr.build()), ..Registries::default() };
            let report = judge_with(&plan, &observed(), &registries);
            let verdict = report.of(RuleId::IrrPeeringDb).next().unwrap();
            assert_eq!((verdict.state, verdict.attested), (state, attested), "{rpsl}");
            assert!(verdict.evidence.iter().any(|e| e.source == "irr.db"), "{rpsl}");
        }
    }

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
