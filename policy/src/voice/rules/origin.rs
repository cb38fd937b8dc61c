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
            .attribute(text(path), source.clone(), path.as_bytes())
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
    let (rpki, irr) = (by_rpki(announced), by_irr(announced));
    let state = match (&rpki, &irr) {
        (Some((true, ..)), _) | (_, Some(Found { state: State::Failed, .. })) => State::Failed,
        (_, Some(found)) => found.state,
        (_, None) if announced.case.plan.attestations.irr == Some(true) => State::None,
        (_, None) => State::Unknown,
    };
    let verdict = announced.verdict(rule, state);
    let verdict = rpki.into_iter().fold(verdict, |verdict, (_, what, place)| verdict.evidence(what, place));
    match irr {
        Some(found) => verdict.facts(found.facts),
        None if state == State::None => verdict.evidence("irr = true", "plan, attestations.irr").attested(),
        None => verdict.evidence("no routing registry data was given", source),
    }
}

/// What the routing registries have of a route.
struct Found {
    state: State,
    facts: Vec<(String, String)>,
}

/// The RPKI data given: whether the route is invalid, in words, and whose they are.
fn by_rpki<'a>(announced: &Announced<'a>) -> Option<(bool, String, &'a str)> {
    let (prefix, path) = (announced.route.prefix.net().ok()?, announced.route.as_path.as_ref()?);
    announced.case.registries.rpki(&prefix, path.view().origin())
}

/// An `aut-num` of the origin, and a `route` object of it that is or covers the prefix.
fn by_irr(announced: &Announced<'_>) -> Option<Found> {
    let irr = announced.case.registries.irr.as_ref()?;
    let found = |state, what: &str| Found { state, facts: vec![(what.to_owned(), irr.source.clone())] };
    let Ok(prefix) = announced.route.prefix.net() else {
        return Some(found(State::Unknown, "it is not a valid prefix"));
    };
    let Some(path) = &announced.route.as_path else {
        return Some(found(State::Unknown, "AS_PATH was not observed"));
    };
    let Some(origin) = path.view().origin() else {
        return Some(found(State::Failed, "AS_PATH has no origin ASN of its own"));
    };
    let facts = irr.facts(&prefix, origin);
    let state = if facts.iter().all(|(holds, _)| *holds) { State::Verified } else { State::Failed };
    Some(Found { state, facts: facts.into_iter().map(|(_, what)| (what, irr.source.clone())).collect() })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{observed, plan, report, route, verdict_on};
    use super::*;
    use crate::irr::RpslReader;
    use crate::rpki::Vrp;
    use crate::voice::{IrrData, Registries, RpkiPayloads, judge_with, parse_as_path};
    use bgp_wire::Asn;

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

    fn registries(rpsl: &str) -> Registries {
        let (mut irr, mut reader) = (IrrData::new("irr.db"), RpslReader::default());
        for line in rpsl.lines().chain([""]) {
            reader.line(line.as_bytes(), &mut |_| {}).into_iter().for_each(|object| irr.add(object));
        }
        Registries { irr: Some(irr.build()), ..Registries::default() }
    }

    fn with(registries: &Registries, path: Option<&str>) -> Verdict {
        let mut observed = observed();
        let route = &mut observed.sessions[0].routes.as_mut().unwrap()[0];
        route.as_path = path.map(|text| parse_as_path(text).unwrap());
        let report = judge_with(&plan(), &observed, registries);
        let on_first = |v: &&Verdict| v.subject.connection.as_deref() == Some("fra-1");
        report.of(RuleId::OriginRegistered).find(on_first).unwrap().clone()
    }

    /// (what the registries have, the path of a route to 203.0.113.0/24, state, what the evidence ends with).
    #[test]
    fn registries_decide_where_they_were_given() {
        let of = |asn: u32| format!("aut-num: AS{asn}\n\n");
        let route = |prefix: &str, asn: u32| format!("route: {prefix}\norigin: AS{asn}\nsource: TEST\n\n");
        let whole = of(64500) + &route("203.0.113.0/24", 64500);
        for (rpsl, path, state, says) in [
            (whole.clone(), Some("64500"), State::Verified, "route 203.0.113.0/24 of AS64500 in TEST"),
            (
                of(64500) + &route("203.0.112.0/22", 64500),
                Some("64500"),
                State::Verified,
                "of AS64500 in TEST",
            ),
            (
                of(64500) + &route("203.0.113.0/25", 64500),
                Some("64500"),
                State::Failed,
                "with the origin AS64500",
            ),
            (
                whole.clone(),
                Some("64500 64501"),
                State::Failed,
                "there is route 203.0.113.0/24 of AS64500 in TEST",
            ),
            (
                route("203.0.113.0/24", 64500),
                Some("64500"),
                State::Failed,
                "route 203.0.113.0/24 of AS64500 in TEST",
            ),
            (of(64500), Some("64500"), State::Failed, "with the origin AS64500"),
            (String::new(), Some("64500"), State::Failed, "with the origin AS64500"),
            (whole.clone(), Some("64500 {64501 64502}"), State::Failed, "no origin ASN of its own"),
            (whole, None, State::Unknown, "AS_PATH was not observed"),
        ] {
            let verdict = with(&registries(&rpsl), path);
            assert_eq!((verdict.state, verdict.attested), (state, false), "{rpsl} {path:?}");
            let last = verdict.evidence.last().unwrap();
            assert!(last.what.ends_with(says), "{rpsl} {path:?}: {}", last.what);
            assert_eq!(last.source, "irr.db");
        }
    }

    /// (VRPs, whether the registries have the route, state).
    #[test]
    fn what_the_rpki_calls_invalid_fails_whatever_the_registries_have() {
        let vrp = |prefix: &str, longest, asn| Vrp::new(prefix.parse().unwrap(), longest, Asn(asn)).unwrap();
        let there = "aut-num: AS64500\n\nroute: 203.0.113.0/24\norigin: AS64500\n";
        for (vrps, rpsl, state) in [
            (vec![vrp("203.0.113.0/24", 24, 64500)], Some(there), State::Verified),
            (vec![], Some(there), State::Verified),
            (vec![vrp("203.0.112.0/22", 22, 64500)], Some(there), State::Failed),
            (vec![vrp("203.0.113.0/24", 24, 64501)], Some(there), State::Failed),
            (vec![vrp("203.0.113.0/24", 24, 64500)], Some(""), State::Failed),
            // The plan vouches for the registries.
            (vec![vrp("203.0.113.0/24", 24, 64500)], None, State::None),
            (vec![vrp("203.0.113.0/24", 24, 64501)], None, State::Failed),
        ] {
            let irr = rpsl.and_then(|rpsl| registries(rpsl).irr);
            let rpki = Some(RpkiPayloads::new("vrps.json", vrps.iter().copied().collect(), []));
            let verdict = with(&Registries { irr, rpki }, Some("64500"));
            assert_eq!((verdict.state, verdict.attested), (state, state == State::None), "{vrps:?} {rpsl:?}");
            assert_eq!(verdict.evidence[0].source, "vrps.json");
        }
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
