//! What the portal would show: the states of connections, sessions and prefixes, and the routes received.

use super::document::{BgpSession, Connection, Portal, ReceivedRoute};
use super::{FarEnd, FarSession, prefixes, synthetic};
use crate::control::Daemon;
use bgp_policy::voice::{
    self, BfdState, ConnectionState, Peering, Plan, Report, SessionState, Verdict, far_end, judge,
};
use bgp_speaker::{PeerStatus, RouteStatus, Standing, StartError, State};

/// Nothing here knows the registries.
const NO_DATA: &str = "Unknown";

/// The portal's view of a running far end.
pub(crate) async fn portal(daemon: &Daemon, far_end: &FarEnd, plan: &Plan) -> Result<Portal, StartError> {
    let report = judge(plan, &daemon.observed().await?);
    let mut connections = Vec::new();
    for session in &far_end.sessions {
        let planned = plan.peerings.iter().flat_map(|p| p.connections.iter().map(move |c| (p, c)));
        let planned = planned.into_iter().find(|(_, c)| c.name == session.place.connection);
        let (Some(planned), Some(speaker)) = (planned, daemon.speakers.get(session.speaker)) else {
            continue;
        };
        let peer = session.peer;
        let asked = move |engine: &bgp_speaker::Engine| (engine.peer_status(peer), engine.routes_from(peer));
        if let (Some(status), routes) = speaker.query(asked).await? {
            connections.push(connection(planned, session, &status, &routes));
        }
    }
    Ok(view(plan, &report, connections))
}

fn view(plan: &Plan, report: &Report, connections: Vec<Connection>) -> Portal {
    let is_up = |name: &str| {
        let mut all = connections.iter();
        all.any(|c| c.name == name && c.bgp_session.state == SessionState::Established)
    };
    let registered_prefixes = prefixes::registered(plan, report, is_up);
    let activated_prefixes = prefixes::activated(plan, report, is_up);
    let notes = std::iter::once(synthetic::NOTE.to_owned()).chain(report.notes.iter().cloned());
    Portal {
        notes: notes.collect(),
        asn: far_end::ASN.0,
        peer_asn: plan.asn.0,
        connections,
        registered_prefixes,
        activated_prefixes,
    }
}

fn connection(
    (peering, planned): (&Peering, &voice::Connection),
    session: &FarSession,
    status: &PeerStatus,
    routes: &[RouteStatus],
) -> Connection {
    let [microsoft, peer] = session.place.planned;
    Connection {
        name: planned.name.clone(),
        peering: peering.name.clone(),
        location: planned.location.clone(),
        edge: session.edge.clone(),
        connection_state: connection_state(status.state, status.bfd),
        bgp_session: BgpSession {
            session_prefix: planned.session.local.trunc().to_string(),
            microsoft_address: microsoft.to_string(),
            peer_address: peer.to_string(),
            state: status.state.name().parse().unwrap_or(SessionState::None),
            bfd_state: status.bfd.map_or(BfdState::Down.name().to_owned(), |state| state.to_string()),
            prefixes_advertised: status.announced,
            last_down: status.last_down.as_ref().map(|(_, why)| why.to_string()),
        },
        received_routes: routes.iter().map(|route| received(session, route)).collect(),
    }
}

/// How far a connection is that is set up on this side: BFD is what is tried first, and a session makes it usable.
fn connection_state(session: State, bfd: Option<bfd::State>) -> ConnectionState {
    match (session, bfd) {
        (State::Established, _) => ConnectionState::Active,
        (_, Some(bfd::State::Up)) => ConnectionState::Validating,
        _ => ConnectionState::ProvisioningCompleted,
    }
}

fn received(session: &FarSession, route: &RouteStatus) -> ReceivedRoute {
    let (prefix, attrs) = (route.net.prefix(), &route.attrs);
    let accepted = route.standing != Standing::Rejected;
    let verdicts = if accepted { Vec::new() } else { session.admission.refusals(prefix, attrs) };
    let mut refused_by: Vec<_> = verdicts.iter().map(|verdict| verdict.rule).collect();
    refused_by.dedup();
    let messages: Vec<&str> = verdicts.iter().filter_map(|v| v.portal_message.as_deref()).collect();
    ReceivedRoute {
        prefix: prefix.to_string(),
        next_hop: session.place.as_planned(attrs.next_hop.addr()).to_string(),
        as_path: attrs.as_path.to_string(),
        origin_as_validation_state: NO_DATA.to_owned(),
        rpki_validation_state: NO_DATA.to_owned(),
        trust_anchor: None,
        received_timestamp: session.received.time(session.peer, route.net),
        accepted,
        refused_by,
        reason: (!accepted).then(|| reason(&verdicts, &route.reason)),
        error_message: (!messages.is_empty()).then(|| messages.join("; ")),
        verdicts,
    }
}

/// What the rules found; where they found nothing, why the speaker refused it.
fn reason(verdicts: &[Verdict], otherwise: &str) -> String {
    let found = verdicts.iter().map(|verdict| {
        let facts: Vec<&str> = verdict.evidence.iter().map(|fact| fact.what.as_str()).collect();
        format!("{}: {}", verdict.rule, facts.join(", "))
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() { otherwise.to_owned() } else { found.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (session, BFD, connection)
    #[test]
    fn states_of_a_connection() {
        use ConnectionState::{Active, ProvisioningCompleted, Validating};
        for (session, bfd, want) in [
            (State::Idle, None, ProvisioningCompleted),
            (State::Active, Some(bfd::State::Down), ProvisioningCompleted),
            (State::Active, Some(bfd::State::Init), ProvisioningCompleted),
            (State::Active, Some(bfd::State::Up), Validating),
            (State::OpenConfirm, Some(bfd::State::Up), Validating),
            (State::Established, Some(bfd::State::Up), Active),
        ] {
            assert_eq!(connection_state(session, bfd), want, "{session} {bfd:?}");
        }
    }
}
