//! What the portal would show: the states of connections, sessions and prefixes, and the routes received.

use super::document::{BgpSession, Connection, Portal, ReceivedRoute};
use super::{Admission, FarEnd, FarSession, prefixes, synthetic};
use crate::control::{Basis, Daemon};
use bgp_policy::rpki::OriginState;
use bgp_policy::voice::{
    self, BfdState, ConnectionState, Peering, Plan, Registries, Report, SessionState, Verdict, far_end,
    judge_with,
};
use bgp_speaker::{PeerStatus, RouteStatus, Standing, StartError, State};

/// The portal's view of a running far end.
pub(crate) async fn portal(daemon: &Daemon, far_end: &FarEnd, basis: &Basis) -> Result<Portal, StartError> {
    let plan = &*basis.plan;
    let report = judge_with(plan, &daemon.observed().await?, &basis.registries);
    let mut connections = Vec::new();
    for session in &far_end.sessions {
        let planned = plan.peerings.iter().flat_map(|p| p.connections.iter().map(move |c| (p, c)));
        let planned = planned.into_iter().find(|(_, c)| c.name == session.place.connection);
        let (Some(planned), Some(speaker)) = (planned, daemon.speakers.get(&session.speaker)) else {
            continue;
        };
        let peer = session.peer;
        let asked = move |engine: &bgp_speaker::Engine| (engine.peer_status(peer), engine.routes_from(peer));
        if let (Some(status), routes) = speaker.query(asked).await? {
            connections.push(connection(planned, session, basis, &status, &routes));
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
    basis: &Basis,
    status: &PeerStatus,
    routes: &[RouteStatus],
) -> Connection {
    let [microsoft, peer] = session.place.planned;
    let admission = Admission::new(basis, &session.place);
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
        received_routes: routes
            .iter()
            .map(|route| received(session, &admission, &basis.registries, route))
            .collect(),
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

fn received(
    session: &FarSession,
    admission: &Admission,
    registries: &Registries,
    route: &RouteStatus,
) -> ReceivedRoute {
    let (prefix, attrs) = (route.net.prefix(), &route.attrs);
    let accepted = route.standing != Standing::Rejected;
    let verdicts = if accepted { Vec::new() } else { admission.refusals(prefix, attrs) };
    let mut refused_by: Vec<_> = verdicts.iter().map(|verdict| verdict.rule).collect();
    refused_by.dedup();
    let origin = attrs.as_path.view().origin();
    let messages: Vec<&str> = verdicts.iter().filter_map(|v| v.portal_message.as_deref()).collect();
    ReceivedRoute {
        prefix: prefix.to_string(),
        next_hop: session.place.as_planned(attrs.next_hop.addr()).to_string(),
        as_path: attrs.as_path.to_string(),
        origin_as_validation_state: state(registries.irr_state(&prefix, origin)),
        rpki_validation_state: state(registries.rpki_state(&prefix, origin)),
        trust_anchor: registries.trust_anchor(&prefix, origin).map(ToOwned::to_owned),
        received_timestamp: session.received.time(session.peer, route.net),
        accepted,
        refused_by,
        reason: (!accepted).then(|| reason(&verdicts, &route.reason)),
        error_message: (!messages.is_empty()).then(|| messages.join("; ")),
        verdicts,
    }
}

/// A state in the portal's manner; `Unknown` where no data was given.
fn state(state: Option<OriginState>) -> String {
    match state {
        None => "Unknown",
        Some(OriginState::Valid) => "Valid",
        Some(OriginState::Invalid) => "Invalid",
        Some(OriginState::NotFound) => "NotFound",
    }
    .to_owned()
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
