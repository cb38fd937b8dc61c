//! The state of each prefix of the plan, as the portal words it.

use super::document::Prefix;
use bgp_policy::voice::{Plan, Report, RuleId, State, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Every registered prefix. One whose peering has no session up waits for its validation.
pub(super) fn registered(plan: &Plan, report: &Report, is_up: impl Fn(&str) -> bool) -> Vec<Prefix> {
    let mut all = Vec::new();
    for peering in &plan.peerings {
        let waits = !peering.connections.iter().any(|connection| is_up(&connection.name));
        for registered in &peering.registered_prefixes {
            let of = |v: &&Verdict| {
                v.subject.prefix.as_deref() == Some(registered.prefix.as_str())
                    && v.subject.activation.is_none()
            };
            let verdicts = report.verdicts.iter().filter(of);
            let prefix = registered.prefix.as_str();
            all.push(validated(&registered.name, prefix, &peering.name, verdicts, waits));
        }
    }
    all
}

/// Every prefix of an activation: what is asked of it there, and of its registration.
pub(super) fn activated(plan: &Plan, report: &Report, is_up: impl Fn(&str) -> bool) -> Vec<Prefix> {
    let mut connections = plan.peerings.iter().flat_map(|p| &p.connections);
    let waits = !connections.any(|connection| is_up(&connection.name));
    let mut all = Vec::new();
    for activation in &plan.activations {
        for activated in &activation.prefixes {
            let here = |name: Option<&str>| name.is_none_or(|name| name == activation.name);
            let of = |v: &&Verdict| {
                v.subject.prefix.as_deref() == Some(activated.prefix.as_str())
                    && here(v.subject.activation.as_deref())
            };
            let verdicts = report.verdicts.iter().filter(of);
            let prefix = activated.prefix.as_str();
            all.push(validated(&activation.name, prefix, &activation.name, verdicts, waits));
        }
    }
    all
}

fn validated<'a>(
    name: &str,
    prefix: &str,
    of: &str,
    verdicts: impl Iterator<Item = &'a Verdict>,
    waits: bool,
) -> Prefix {
    let mut rules: BTreeMap<RuleId, State> = BTreeMap::new();
    let mut messages = BTreeSet::new();
    for verdict in verdicts {
        let worst = rules.entry(verdict.rule).or_insert(State::None);
        *worst = (*worst).max(verdict.state);
        messages.extend(verdict.portal_message.as_deref());
    }
    let having = |states: &[State]| -> Vec<RuleId> {
        rules.iter().filter(|(_, state)| states.contains(state)).map(|(rule, _)| *rule).collect()
    };
    let worst = rules.values().copied().max().unwrap_or(State::None);
    let messages: Vec<&str> = messages.into_iter().collect();
    Prefix {
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        of: of.to_owned(),
        // What is plainly wrong needs no session to be seen.
        prefix_validation_state: if waits && worst < State::Invalid { State::Pending } else { worst },
        failed: having(&[State::Failed, State::Invalid]),
        warnings: having(&[State::Warning]),
        undecided: having(&[State::Pending, State::Unknown]),
        error_message: (!messages.is_empty()).then(|| messages.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::plan;
    use super::*;
    use bgp_policy::voice::{Observed, ObservedRoute, ObservedSession, judge, parse_as_path};
    use bgp_wire::Origin;

    /// The carrier announces 203.0.113.0/24 on these sessions, with these communities.
    fn observed(on: &[&str], communities: &[&str]) -> Observed {
        let plan = plan();
        let sessions = plan.peerings[0].connections.iter().map(|connection| {
            let route = ObservedRoute {
                next_hop: Some(connection.session.local.addr()),
                as_path: Some(parse_as_path("64500").unwrap()),
                communities: Some(communities.iter().map(|c| c.parse().unwrap()).collect()),
                large_communities: Some(vec![]),
                origin: Some(Origin::Igp),
                ..ObservedRoute::new("203.0.113.0/24".parse().unwrap())
            };
            let announces = on.contains(&connection.name.as_str());
            ObservedSession {
                connection: Some(connection.name.clone()),
                routes: Some(announces.then_some(route).into_iter().collect()),
                ..ObservedSession::default()
            }
        });
        Observed { sessions: sessions.collect(), ..Observed::default() }
    }

    /// (sessions up, sessions it is announced on, communities, state, rules that fail)
    #[test]
    fn states_of_a_registered_prefix() {
        use State::{Failed, Pending, Verified};
        let both: &[&str] = &["fra-1", "fra-2"];
        let voice: &[&str] = &["8075:8007"];
        let cases: [(&[&str], &[&str], &[&str], State, &[RuleId]); 4] = [
            (both, both, voice, Verified, &[]),
            (both, both, &[], Failed, &[RuleId::Community]),
            (both, &["fra-1"], voice, Failed, &[RuleId::AllSessions]),
            (&[], &[], voice, Pending, &[RuleId::AllSessions]),
        ];
        for (up, on, communities, state, failed) in cases {
            let report = judge(&plan(), &observed(on, communities));
            let all = registered(&plan(), &report, |connection| up.contains(&connection));
            let media = &all[0];
            assert_eq!((media.name.as_str(), media.of.as_str()), ("media", "fra"));
            assert_eq!((media.prefix_validation_state, media.failed.as_slice()), (state, failed), "{on:?}");
            assert_eq!(media.error_message.is_some(), !failed.is_empty());
        }
    }

    #[test]
    fn an_activation_answers_for_the_registration_too() {
        let mut plan = plan();
        let text = "name = \"voice\"\nprimary_location = \"Frankfurt\"\n\
                    prefixes = [{ prefix = \"203.0.113.0/24\", key = \"no key\" }]";
        plan.activations.push(toml::from_str(text).unwrap());
        let report = judge(&plan, &observed(&["fra-1", "fra-2"], &[]));
        let all = activated(&plan, &report, |_| true);
        assert_eq!(all[0].failed, [RuleId::Community, RuleId::KeyMatch]);
        let registered = registered(&plan, &report, |_| true);
        assert_eq!(registered[0].failed, [RuleId::Community]);
    }
}
