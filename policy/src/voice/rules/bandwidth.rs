//! VP-BANDWIDTH-EQUAL and VP-BANDWIDTH-MIN.

use super::Sink;
use crate::voice::case::{Case, Session};
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use std::collections::BTreeMap;

/// The least, in Gbps.
const LEAST: u32 = 10;
/// The share in percent at which an augmentation begins.
const AUGMENT: u8 = 40;

pub(super) fn equal(case: &Case<'_>, out: Sink<'_>) {
    let mut by: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for session in &case.sessions {
        by.entry(session.connection.bandwidth_gbps).or_default().push(session.connection.name.clone());
    }
    let state = match by.len() {
        0 => State::None,
        1 => State::Verified,
        _ => State::Failed,
    };
    let facts = by.into_iter().map(|(gbps, names)| {
        (format!("{gbps} Gbps: {}", names.join(", ")), "plan, connections, bandwidth_gbps".to_owned())
    });
    out(Verdict::new(RuleId::BandwidthEqual, Subject::plan(), state).facts(facts));
}

pub(super) fn enough(case: &Case<'_>, out: Sink<'_>) {
    case.sessions.iter().for_each(|session| out(of_connection(session)));
}

fn of_connection(session: &Session<'_>) -> Verdict {
    let (gbps, used) = (session.connection.bandwidth_gbps, session.connection.utilisation_percent);
    let state = if gbps < LEAST {
        State::Failed
    } else {
        match used {
            None => State::Unknown,
            Some(AUGMENT..) => State::Warning,
            Some(_) => State::Verified,
        }
    };
    let verdict = Verdict::new(RuleId::BandwidthMin, session.subject(), state)
        .evidence(format!("{gbps} Gbps, {LEAST} is the least"), session.planned("bandwidth_gbps"));
    let what = used.map_or_else(
        || "the utilisation is not stated".to_owned(),
        |percent| format!("{percent} percent is used; at {AUGMENT} an augmentation begins"),
    );
    verdict.evidence(what, session.planned("utilisation_percent"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::worst;
    use super::*;

    /// (bandwidths of primary, redundant and two backups, state).
    #[test]
    fn equality() {
        for (bandwidths, state) in [
            ([10, 10, 10, 10], State::Verified),
            ([100, 100, 100, 100], State::Verified),
            ([10, 100, 10, 10], State::Failed),
            ([10, 10, 10, 20], State::Failed),
        ] {
            let got = worst(RuleId::BandwidthEqual, |plan, _| {
                let connections = plan.peerings.iter_mut().flat_map(|p| &mut p.connections);
                connections.zip(bandwidths).for_each(|(c, gbps)| c.bandwidth_gbps = gbps);
            });
            assert_eq!(got, state, "{bandwidths:?}");
        }
        assert_eq!(worst(RuleId::BandwidthEqual, |plan, _| plan.peerings.clear()), State::None);
    }

    /// (bandwidth, utilisation, state).
    #[test]
    fn least_and_utilisation() {
        for (gbps, used, state) in [
            (10, None, State::Unknown),
            (10, Some(39), State::Verified),
            (10, Some(40), State::Warning),
            (10, Some(100), State::Warning),
            (9, Some(0), State::Failed),
            (9, Some(50), State::Failed),
            (0, None, State::Failed),
        ] {
            let got = worst(RuleId::BandwidthMin, |plan, _| {
                let connection = &mut plan.peerings[1].connections[1];
                (connection.bandwidth_gbps, connection.utilisation_percent) = (gbps, used);
            });
            assert_eq!(got, state, "{gbps} {used:?}");
        }
    }
}
