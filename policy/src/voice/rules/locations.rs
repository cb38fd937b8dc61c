//! VP-REDUNDANCY, VP-DIVERSITY, VP-BACKUP-LOCATION and VP-GEO-REDUNDANCY.

use super::Sink;
use crate::voice::case::{Case, Session};
use crate::voice::plan::{Activation, Connection, Peering, Role};
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use std::collections::{BTreeMap, BTreeSet};

fn described(connection: &Connection) -> String {
    format!("{} is {} in {}", connection.name, connection.role.name(), connection.location)
}

fn line(peering: &Peering) -> String {
    format!("plan, peering {}, connections", peering.name)
}

pub(super) fn redundancy(case: &Case<'_>, out: Sink<'_>) {
    for peering in &case.plan.peerings {
        let connections = &peering.connections;
        let at = |location: &str| connections.iter().filter(|c| c.location == location).count();
        let mut primaries = connections.iter().filter(|c| c.role == Role::Primary);
        let alone = primaries.find(|primary| at(&primary.location) < 2);
        let enough = connections.len() >= 2 && alone.is_none();
        let state = if enough { State::Verified } else { State::Failed };
        let count = format!("connections: {}, and 2 is the least", connections.len());
        let verdict = Verdict::new(RuleId::Redundancy, Subject::peering(&peering.name), state)
            .evidence(count, line(peering))
            .facts(connections.iter().map(|c| (described(c), line(peering))));
        out(match alone {
            Some(c) => {
                verdict.evidence(format!("{} is the only one in {}", c.name, c.location), line(peering))
            }
            None => verdict,
        });
    }
}

pub(super) fn diversity(case: &Case<'_>, out: Sink<'_>) {
    let mut locations: BTreeMap<&str, Vec<&Session<'_>>> = BTreeMap::new();
    for session in &case.sessions {
        locations.entry(&session.connection.location).or_default().push(session);
    }
    for (location, sessions) in locations {
        let mut facts = shared(&sessions, "router", |c| c.router.as_deref());
        facts.extend(shared(&sessions, "remote_router", |c| c.remote_router.as_deref()));
        let unstated = unstated(&sessions);
        let state = match (facts.is_empty(), unstated.is_empty() || sessions.len() < 2) {
            (false, _) => State::Failed,
            (true, false) => State::Unknown,
            (true, true) => State::Verified,
        };
        if state == State::Verified {
            facts.push((
                format!("{} connections share no router", sessions.len()),
                format!("plan, location {location}"),
            ));
        } else {
            facts.extend(unstated);
        }
        out(Verdict::new(RuleId::Diversity, Subject::location(location), state).facts(facts));
    }
}

/// The routers that several of `sessions` end on.
fn shared<'a>(
    sessions: &[&'a Session<'_>],
    field: &str,
    router: fn(&'a Connection) -> Option<&'a str>,
) -> Vec<(String, String)> {
    let mut on: BTreeMap<&str, Vec<&Session<'_>>> = BTreeMap::new();
    for session in sessions {
        if let Some(name) = router(session.connection) {
            on.entry(name).or_default().push(session);
        }
    }
    let several = on.into_iter().filter(|(_, sessions)| sessions.len() > 1);
    several
        .map(|(name, sessions)| {
            let lines: Vec<_> = sessions.iter().map(|s| s.planned(field)).collect();
            (format!("{} connections end on {name}", sessions.len()), lines.join("; "))
        })
        .collect()
}

fn unstated(sessions: &[&Session<'_>]) -> Vec<(String, String)> {
    let fact = |s: &&Session<'_>, field| ("the router is not stated".to_owned(), s.planned(field));
    let carrier = sessions.iter().filter(|s| s.connection.router.is_none()).map(|s| fact(s, "router"));
    let remote =
        sessions.iter().filter(|s| s.connection.remote_router.is_none()).map(|s| fact(s, "remote_router"));
    carrier.chain(remote).collect()
}

pub(super) fn backup_location(case: &Case<'_>, out: Sink<'_>) {
    for session in case.sessions.iter().filter(|s| s.connection.role == Role::Backup) {
        let (state, what) = backup(case, session);
        let verdict = Verdict::new(RuleId::BackupLocation, session.subject(), state);
        out(verdict.evidence(what, session.planned("location")));
    }
    for activation in &case.plan.activations {
        if let Some(chosen) = &activation.backup_location {
            out(chosen_backup(case, activation, chosen));
        }
    }
}

fn backup(case: &Case<'_>, session: &Session<'_>) -> (State, String) {
    let here = &session.connection.location;
    let primary = |c: &&Connection| c.role == Role::Primary;
    let local = session.peering.connections.iter().filter(primary).find(|c| c.location == *here);
    let mut others = case.sessions.iter().map(|s| s.connection).filter(primary);
    match (local, others.find(|c| c.location != *here)) {
        (Some(primary), _) => (State::Failed, format!("in {here}, as its primary {} is", primary.name)),
        (None, Some(primary)) => {
            (State::Verified, format!("in {here}, the primary {} in {}", primary.name, primary.location))
        }
        (None, None) => (State::Failed, format!("in {here}, and no primary is in another location")),
    }
}

fn chosen_backup(case: &Case<'_>, activation: &Activation, chosen: &str) -> Verdict {
    let there = case.sessions.iter().filter(|s| s.connection.location == chosen).count();
    let elsewhere = chosen != activation.primary_location;
    let state = if elsewhere && there > 0 { State::Verified } else { State::Failed };
    let subject = Subject::plan().in_activation(&activation.name);
    let what = if elsewhere {
        format!("the backup location {chosen} has {there} sessions")
    } else {
        format!("{chosen} is both the primary and the backup location")
    };
    let line = format!("plan, activation {}, backup_location", activation.name);
    Verdict::new(RuleId::BackupLocation, subject, state).evidence(what, line)
}

pub(super) fn geo_redundancy(case: &Case<'_>, out: Sink<'_>) {
    let locations: BTreeSet<&str> = case.sessions.iter().map(|s| s.connection.location.as_str()).collect();
    let state = if locations.len() > 1 { State::Verified } else { State::Warning };
    let names: Vec<_> = locations.into_iter().collect();
    out(Verdict::new(RuleId::GeoRedundancy, Subject::plan(), state)
        .evidence(format!("locations: {}", names.join(", ")), "plan, connections"));
    for activation in case.plan.activations.iter().filter(|a| a.backup_location.is_none()) {
        let subject = Subject::plan().in_activation(&activation.name);
        let line = format!("plan, activation {}, backup_location", activation.name);
        out(Verdict::new(RuleId::GeoRedundancy, subject, State::Warning)
            .evidence("no backup location is chosen", line));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::worst;
    use super::*;
    use crate::voice::{Observed, Plan};

    /// (rule, change, state).
    #[test]
    fn locations() {
        use RuleId::{BackupLocation, Diversity, GeoRedundancy, Redundancy};
        use State::{Failed, Unknown, Verified, Warning};
        let cases: [(RuleId, &str, fn(&mut Plan, &mut Observed), State); 21] = [
            (Redundancy, "as it must be", |_, _| {}, Verified),
            (Redundancy, "one connection", |p, _| drop(p.peerings[0].connections.pop()), Failed),
            (Redundancy, "no connection", |p, _| p.peerings[1].connections.clear(), Failed),
            (
                Redundancy,
                "the second elsewhere",
                |p, _| {
                    p.peerings[0].connections[1].location = "ber".into();
                },
                Failed,
            ),
            (Diversity, "as it must be", |_, _| {}, Verified),
            (
                Diversity,
                "same router",
                |p, _| {
                    p.peerings[0].connections[1].router = Some("edge-0".into());
                },
                Failed,
            ),
            (
                Diversity,
                "same far router",
                |p, _| {
                    p.peerings[0].connections[1].remote_router = Some("far-0".into());
                },
                Failed,
            ),
            (
                Diversity,
                "same router in another location",
                |p, _| {
                    p.peerings[1].connections[1].router = Some("edge-0".into());
                },
                Verified,
            ),
            (
                Diversity,
                "same router in another peering of the location",
                |p, _| {
                    p.peerings[1].connections[1].router = Some("edge-0".into());
                    p.peerings[1].connections[1].location = "fra".into();
                },
                Failed,
            ),
            (Diversity, "a router not stated", |p, _| p.peerings[0].connections[1].router = None, Unknown),
            (
                Diversity,
                "not stated, but alone there",
                |p, _| {
                    p.peerings[0].connections[1].router = None;
                    p.peerings[0].connections[1].location = "ber".into();
                },
                Verified,
            ),
            (BackupLocation, "as it must be", |_, _| {}, Verified),
            (
                BackupLocation,
                "a local connection as backup",
                |p, _| {
                    p.peerings[0].connections[1].role = Role::Backup;
                },
                Failed,
            ),
            (
                BackupLocation,
                "a backup of nothing",
                |p, _| {
                    p.peerings[0].connections[0].role = Role::Redundant;
                },
                Failed,
            ),
            (
                BackupLocation,
                "chosen where no session is",
                |p, _| {
                    p.activations[0].backup_location = Some("ber".into());
                },
                Failed,
            ),
            (
                BackupLocation,
                "chosen the primary location",
                |p, _| {
                    p.activations[0].backup_location = Some("fra".into());
                },
                Failed,
            ),
            (BackupLocation, "none chosen", |p, _| p.activations[0].backup_location = None, Verified),
            (GeoRedundancy, "as it should be", |_, _| {}, Verified),
            (GeoRedundancy, "one location", |p, _| drop(p.peerings.pop()), Warning),
            (GeoRedundancy, "no backup chosen", |p, _| p.activations[0].backup_location = None, Warning),
            (GeoRedundancy, "no connection", |p, _| p.peerings.clear(), Warning),
        ];
        for (rule, name, change, state) in cases {
            assert_eq!(worst(rule, change), state, "{rule}: {name}");
        }
    }
}
