//! The judge: every rule over one case.

use super::case::Case;
use super::observed::Observed;
use super::plan::Plan;
use super::report::Report;
use super::rules;
use super::verdict::Verdict;

/// Decides every rule that the plan and the observations can decide; the others are `Unknown` or attested.
pub fn judge(plan: &Plan, observed: &Observed) -> Report {
    let case = Case::new(plan, observed);
    let mut verdicts = Vec::new();
    for check in rules::ALL {
        check(&case, &mut |verdict: Verdict| verdicts.push(verdict));
    }
    Report::new(notes(&case, observed), verdicts)
}

fn notes(case: &Case<'_>, observed: &Observed) -> Vec<String> {
    let mut notes = Vec::new();
    let lab = &case.plan.treat_as_public;
    if !lab.is_empty() {
        let prefixes = lab.prefixes.iter().map(ToString::to_string);
        let asns = lab.asns.iter().map(|asn| format!("AS{asn}"));
        let values: Vec<_> = prefixes.chain(asns).collect();
        notes.push(format!("lab values are treated as public: {}", values.join(", ")));
    }
    notes.extend(observed.notes.iter().cloned());
    for stranger in &case.strangers {
        let name = stranger.connection.as_ref().map(|name| format!("connection {name}"));
        let peer = stranger.peer.map(|peer| format!("peer {peer}"));
        let who = name.or(peer).unwrap_or_else(|| "neither connection nor peer".to_owned());
        notes.push(format!(
            "an observed session is none of the plan's, or is there twice, and was not judged: {who}"
        ));
    }
    notes.extend(case.plan.faults().iter().map(|fault| format!("the plan contradicts itself: {fault}")));
    notes
}

#[cfg(test)]
mod tests;
