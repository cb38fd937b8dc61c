//! The rules on one announced route, asked for every route of every session.

use super::{Sink, as_path, community, next_hop, origin};
use crate::voice::case::{Case, Session};
use crate::voice::observed::ObservedRoute;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};

/// A route and where it was seen.
pub(super) struct Announced<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) session: &'a Session<'a>,
    pub(super) route: &'a ObservedRoute,
}

impl Announced<'_> {
    pub(super) fn verdict(&self, rule: RuleId, state: State) -> Verdict {
        let connection = &self.session.connection.name;
        let subject = Subject::prefix(&self.route.prefix).on_connection(connection);
        Verdict::new(rule, subject.in_peering(&self.session.peering.name), state)
    }

    /// The route as the source of evidence.
    pub(super) fn source(&self) -> String {
        let session = self.session.source();
        self.route.place.as_ref().map_or_else(|| session.clone(), |place| format!("{session}, {place}"))
    }

    /// `Unknown`: the attribute that the rule reads was not observed.
    pub(super) fn unobserved(&self, rule: RuleId, attribute: &str) -> Verdict {
        let how = self.session.observed.and_then(|seen| seen.not_shown.as_deref());
        let what = match how {
            Some(how) => format!("{attribute} was not observed: {how}"),
            None => format!("{attribute} was not observed"),
        };
        self.verdict(rule, State::Unknown).evidence(what, self.source())
    }
}

const RULES: [(RuleId, fn(&Announced<'_>) -> Verdict); 9] = [
    (RuleId::Community, community::carried),
    (RuleId::AsPathLength, as_path::length),
    (RuleId::AsPathPrivate, as_path::private),
    (RuleId::AsPathPrepend, as_path::prepend),
    (RuleId::AsPathSet, as_path::set),
    (RuleId::OriginAsn, origin::asn),
    (RuleId::OriginRegistered, origin::registered),
    (RuleId::NextHop, next_hop::on_session),
    (RuleId::NoAs12076, as_path::no_as12076),
];

pub(super) fn check(case: &Case<'_>, out: Sink<'_>) {
    for session in &case.sessions {
        for route in session.routes() {
            let announced = Announced { case, session, route };
            RULES.iter().for_each(|(_, rule)| out(rule(&announced)));
        }
    }
    further(case, out);
    unseen(case, out);
}

/// Routes that were counted only: nothing can be said of their attributes.
fn further(case: &Case<'_>, out: Sink<'_>) {
    let counted = |session: &Session<'_>| session.observed.and_then(|seen| seen.further).filter(|n| *n > 0);
    for (session, n) in case.sessions.iter().filter_map(|session| Some((session, counted(session)?))) {
        for (rule, _) in RULES {
            let what =
                format!("{n} further routes, to prefixes that the plan does not name, were counted only");
            out(Verdict::new(rule, session.subject(), State::Unknown).evidence(what, session.source()));
        }
    }
}

/// A prefix of the plan that no session was seen to announce: nothing can be said of its attributes.
fn unseen(case: &Case<'_>, out: Sink<'_>) {
    let announced = |prefix| case.sessions.iter().any(|s| s.announces(prefix) == Some(true));
    for prefix in case.prefixes().into_iter().filter(|prefix| !announced(prefix)) {
        for (rule, _) in RULES {
            let verdict = Verdict::new(rule, Subject::prefix(prefix), State::Unknown);
            out(verdict.evidence("no session was seen to announce it", case.mentions(prefix).join("; ")));
        }
    }
}
