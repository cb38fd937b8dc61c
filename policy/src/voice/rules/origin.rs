//! VP-ORIGIN-ASN and VP-ORIGIN-REGISTERED.

use super::announced::Announced;
use super::as_path::text;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;

pub(super) fn asn(announced: &Announced<'_>) -> Verdict {
    let (rule, plan, source) = (RuleId::OriginAsn, announced.case.plan, announced.source());
    let Some(path) = &announced.route.as_path else { return announced.unobserved(rule, "AS_PATH") };
    let Some(origin) = path.view().origin() else {
        return announced
            .verdict(rule, State::Failed)
            .attribute(text(path), &source, path.as_bytes())
            .evidence("it has no origin ASN of its own", source);
    };
    let known = origin == plan.asn || plan.associated_asns.contains(&origin);
    let state = if known { State::Verified } else { State::Failed };
    let (what, line) = if origin == plan.asn {
        (format!("AS{origin} is the carrier's"), "plan, asn")
    } else if known {
        (format!("AS{origin} is associated with the subscription"), "plan, associated_asns")
    } else {
        (format!("AS{origin} is neither the carrier's nor associated"), "plan, asn and associated_asns")
    };
    announced.verdict(rule, state).attribute(text(path), source, path.as_bytes()).evidence(what, line).remedy(format!(
        "add a peer ASN: associate AS{origin} with the subscription, and name it in the plan's associated_asns"
    ))
}

pub(super) fn registered(announced: &Announced<'_>) -> Verdict {
    let (rule, route, source) = (RuleId::OriginRegistered, announced.route, announced.source());
    let invalid = |state: &&String| state.eq_ignore_ascii_case("invalid");
    if let Some(state) = route.rpki_validation_state.as_ref().filter(invalid) {
        return announced
            .verdict(rule, State::Failed)
            .evidence(format!("rpkiValidationState {state}"), source);
    }
    if let Some(state) = route.origin_as_validation_state.as_ref().filter(invalid) {
        let what = format!("originAsValidationState {state}");
        return announced.verdict(rule, State::Failed).evidence(what, source);
    }
    if announced.case.plan.attestations.irr == Some(true) {
        return announced
            .verdict(rule, State::None)
            .evidence("irr = true", "plan, attestations.irr")
            .attested();
    }
    announced.verdict(rule, State::Unknown).evidence("no routing registry data was given", source)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{report, route, verdict_on};
    use super::*;
    use crate::voice::parse_as_path;

    /// The carrier is AS64500, and AS64501 is associated.
    #[test]
    fn origins() {
        for (path, state) in [
            (Some("64500"), State::Verified),
            (Some("64500 64501"), State::Verified),
            (Some("64501 64500"), State::Verified),
            (Some("64500 64502"), State::Failed),
            (Some("64500 {64501}"), State::Failed),
            (Some(""), State::Failed),
            (None, State::Unknown),
        ] {
            let mut route = route();
            route.as_path = path.map(|text| parse_as_path(text).unwrap());
            assert_eq!(verdict_on(RuleId::OriginAsn, route).state, state, "{path:?}");
        }
    }

    #[test]
    fn the_remedy_names_the_asn() {
        let mut route = route();
        route.as_path = Some(parse_as_path("64500 64502").unwrap());
        let remedy = verdict_on(RuleId::OriginAsn, route).remedy.unwrap();
        assert!(remedy.starts_with("add a peer ASN: associate AS64502"), "{remedy}");
    }

    /// Without registry data it is unknown, or attested where the plan vouches for it; never verified.
    #[test]
    fn registration_is_not_verified_and_can_be_refuted() {
        for (rpki, origin_as, refuted) in [
            (None, None, false),
            (Some("Valid"), Some("Valid"), false),
            (Some("NotFound"), None, false),
            (Some("Invalid"), None, true),
            (Some("invalid"), Some("Valid"), true),
            (None, Some("Invalid"), true),
        ] {
            for (irr, otherwise) in
                [(Some(true), State::None), (Some(false), State::Unknown), (None, State::Unknown)]
            {
                let report = report(|plan, observed| {
                    plan.attestations.irr = irr;
                    let route = &mut observed.sessions[0].routes.as_mut().unwrap()[0];
                    route.rpki_validation_state = rpki.map(str::to_owned);
                    route.origin_as_validation_state = origin_as.map(str::to_owned);
                });
                let on_first = |v: &&Verdict| v.subject.connection.as_deref() == Some("fra-1");
                let verdict = report.of(RuleId::OriginRegistered).find(on_first).unwrap();
                let want = if refuted { State::Failed } else { otherwise };
                let attested = want == State::None;
                assert_eq!(
                    (verdict.state, verdict.attested),
                    (want, attested),
                    "{rpki:?} {origin_as:?} {irr:?}"
                );
            }
        }
    }
}
