//! VP-ASPATH-LENGTH, VP-ASPATH-PRIVATE, VP-ASPATH-PREPEND, VP-ASPATH-SET, and VP-NO-AS12076 on announced routes.

use super::announced::Announced;
use crate::matching::has_set;
use crate::special_asn::special_asn;
use crate::voice::far_end;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;
use bgp_wire::{AsPath, AsPathBuf, Asn};
use std::collections::BTreeSet;

/// The most ASNs that AS_PATH may count.
const LONGEST: usize = 3;

/// `Failed` with `faults` where there are any, else `Verified`; the path itself is the first evidence.
fn judged(announced: &Announced<'_>, rule: RuleId, find: impl FnOnce(AsPath<'_>) -> Vec<String>) -> Verdict {
    let Some(path) = &announced.route.as_path else { return announced.unobserved(rule, "AS_PATH") };
    let faults = find(path.view());
    let state = if faults.is_empty() { State::Verified } else { State::Failed };
    let source = announced.source();
    let verdict = announced.verdict(rule, state).attribute(text(path), &source, path.as_bytes());
    verdict.facts(faults.into_iter().map(|fault| (fault, source.clone())))
}

pub(super) fn text(path: &AsPathBuf) -> String {
    if path.view().is_empty() { "AS_PATH is empty".to_owned() } else { format!("AS_PATH {path}") }
}

pub(super) fn length(announced: &Announced<'_>) -> Verdict {
    let longer = announced.route.prefix.v4().is_some_and(|net| net.prefix_len() > 24);
    let verdict = judged(announced, RuleId::AsPathLength, |path| {
        let hops = path.hops();
        let fault = format!("it counts {hops} ASNs, and {LONGEST} is the most");
        if hops > LONGEST { vec![fault] } else { Vec::new() }
    });
    if longer && announced.route.as_path.is_some() {
        let what = "for a prefix longer than /24 the requirement reads: fewer than 4";
        return verdict.evidence(what, announced.source());
    }
    verdict
}

pub(super) fn private(announced: &Announced<'_>) -> Verdict {
    let lab = &announced.case.plan.treat_as_public.asns;
    judged(announced, RuleId::AsPathPrivate, |path| {
        let asns: BTreeSet<Asn> = path.asns().filter(|asn| !lab.contains(asn)).collect();
        let special = asns.into_iter().filter_map(|asn| Some((asn, special_asn(asn)?)));
        special
            .map(|(asn, range)| format!("AS{asn} is set apart: {} ({})", range.name, range.source))
            .collect()
    })
}

pub(super) fn prepend(announced: &Announced<'_>) -> Verdict {
    judged(announced, RuleId::AsPathPrepend, repeated)
}

/// Every ASN that stands in `path` more than once, and how.
fn repeated(path: AsPath<'_>) -> Vec<String> {
    let in_a_row: BTreeSet<Asn> =
        path.asns().zip(path.asns().skip(1)).filter(|(a, b)| a == b).map(|(asn, _)| asn).collect();
    let mut seen = BTreeSet::new();
    let again: BTreeSet<Asn> = path.asns().filter(|asn| !seen.insert(*asn)).collect();
    let how =
        |asn| if in_a_row.contains(asn) { "twice in a row (prepending)" } else { "twice, apart (a loop)" };
    again.iter().map(|asn| format!("AS{asn} stands in it {}", how(asn))).collect()
}

pub(super) fn set(announced: &Announced<'_>) -> Verdict {
    let carrier = announced.case.plan.asn;
    judged(announced, RuleId::AsPathSet, |path| {
        let mut faults = Vec::new();
        if has_set(path) {
            faults.push("it has a set (RFC 9774)".to_owned());
        }
        if path.is_empty() {
            faults.push("an external peer must be sent a path (RFC 4271 section 5.1.2)".to_owned());
        } else if path.neighbor() != Some(carrier) {
            faults.push(format!("it does not begin with the carrier's AS{carrier}"));
        }
        faults
    })
}

pub(super) fn no_as12076(announced: &Announced<'_>) -> Verdict {
    judged(announced, RuleId::NoAs12076, |path| {
        let fault = format!("it contains AS{}", far_end::NEVER);
        if path.contains(far_end::NEVER) { vec![fault] } else { Vec::new() }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{route, verdict_on};
    use super::*;
    use crate::voice::{PrefixText, parse_as_path};

    /// The carrier is AS64500, and 64496 to 64505 are treated as public.
    /// (path; does it fail: length, private, prepend, set, AS12076).
    #[test]
    fn paths() {
        for (text, fails) in [
            ("64500", [false, false, false, false, false]),
            ("64500 64501 64502", [false, false, false, false, false]),
            ("64500 64501 64502 64503", [true, false, false, false, false]),
            ("", [false, false, false, true, false]),
            ("64501", [false, false, false, true, false]),
            ("64500 64500", [false, false, true, false, false]),
            ("64500 64501 64500", [false, false, true, false, false]),
            ("64500 64500 64500 64501", [true, false, true, false, false]),
            ("64500 {64501 64502}", [false, false, false, true, false]),
            ("64500 64501 {64502 64503 64504}", [false, false, false, true, false]),
            ("64500 64501 64502 {64503}", [true, false, false, true, false]),
            ("{64500}", [false, false, false, true, false]),
            ("(64502) 64500 64501 64503", [false, false, false, false, false]),
            ("[64502] 64500", [false, false, false, true, false]),
            ("64500 0", [false, true, false, false, false]),
            ("64500 23455", [false, false, false, false, false]),
            ("64500 23456", [false, true, false, false, false]),
            ("64500 64495", [false, false, false, false, false]),
            ("64500 64496", [false, false, false, false, false]),
            ("64500 64511", [false, true, false, false, false]),
            ("64500 64512", [false, true, false, false, false]),
            ("64500 65534", [false, true, false, false, false]),
            ("64500 65535", [false, true, false, false, false]),
            ("64500 65536", [false, true, false, false, false]),
            ("64500 65551", [false, true, false, false, false]),
            ("64500 65552", [false, true, false, false, false]),
            ("64500 131071", [false, true, false, false, false]),
            ("64500 131072", [false, false, false, false, false]),
            ("64500 4199999999", [false, false, false, false, false]),
            ("64500 4200000000", [false, true, false, false, false]),
            ("64500 4294967294", [false, true, false, false, false]),
            ("64500 4294967295", [false, true, false, false, false]),
            ("64500 {64501 65000}", [false, true, false, true, false]),
            ("64500 12076", [false, false, false, false, true]),
            ("64500 12076 64501", [false, false, false, false, true]),
            ("12076", [false, false, false, true, true]),
        ] {
            let rules = [
                RuleId::AsPathLength,
                RuleId::AsPathPrivate,
                RuleId::AsPathPrepend,
                RuleId::AsPathSet,
                RuleId::NoAs12076,
            ];
            for (rule, fails) in rules.into_iter().zip(fails) {
                let mut route = route();
                route.as_path = Some(parse_as_path(text).unwrap());
                let state = if fails { State::Failed } else { State::Verified };
                assert_eq!(verdict_on(rule, route.clone()).state, state, "{rule} on {text:?}");
                route.as_path = None;
                assert_eq!(verdict_on(rule, route).state, State::Unknown, "{rule}");
            }
        }
    }

    #[test]
    fn evidence_tells_prepending_from_a_loop() {
        for (text, says) in [
            ("64500 64500 64501", "AS64500 stands in it twice in a row (prepending)"),
            ("64500 64501 64500", "AS64500 stands in it twice, apart (a loop)"),
        ] {
            let mut route = route();
            route.as_path = Some(parse_as_path(text).unwrap());
            assert_eq!(verdict_on(RuleId::AsPathPrepend, route).evidence[1].what, says);
        }
    }

    #[test]
    fn a_prefix_longer_than_24_has_the_bound_in_its_own_line() {
        let mut route = route();
        route.prefix = PrefixText::new("203.0.113.0/25");
        let verdict = verdict_on(RuleId::AsPathLength, route);
        assert_eq!((verdict.state, verdict.evidence.len()), (State::Verified, 2));
    }
}
