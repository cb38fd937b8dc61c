//! The edge routers that are played: each begins with its sessions, and ends with them.

use super::edge::{Edge, EdgeSession};
use super::places::{EdgePlace, SessionPlace};
use super::{Admission, FarSession, Limits, Received, Signed, synthetic};
use crate::control::{Basis, Daemon};
use crate::run::log;
use bfd::SINGLE_HOP_PORT;
use bgp_policy::voice::Plan;
use bgp_speaker::{Event, PeerId, StartError};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

/// What is noted of all sessions of one edge.
#[derive(Clone, Debug, Default)]
struct Notes {
    received: Received,
    limits: Limits,
}

/// Starts an edge with its sessions. Where it cannot be started nothing of it is left.
pub(super) async fn begin(
    daemon: &mut Daemon,
    basis: &Basis,
    place: &EdgePlace,
    passive: bool,
) -> Result<(), StartError> {
    let far_end = daemon.far_end.get_or_insert_default();
    let number = far_end.next;
    far_end.next = number.saturating_add(1);
    let notes = Notes::default();
    let edge = start(daemon, &basis.plan, place, number, notes.clone()).await?;
    let mut sessions = Vec::new();
    for session in &place.sessions {
        let peer = match add(&edge, basis, session, passive).await {
            Ok(peer) => peer,
            Err(error) => {
                edge.speaker.stop("it cannot be played").await;
                return Err(error);
            }
        };
        let [far, carrier] = session.here;
        sessions.push(FarSession {
            edge: edge.name.clone(),
            speaker: number,
            peer,
            place: session.clone(),
            received: notes.received.clone(),
            limits: notes.limits.clone(),
            signed: Signed::watch(*far.ip(), *carrier.ip())
                .inspect_err(|error| tracing::debug!(%error, "passwords are not seen"))
                .ok(),
        });
    }
    let far_end = daemon.far_end.get_or_insert_default();
    far_end.sessions.extend(sessions);
    far_end.edges.insert(number, place.clone());
    daemon.speakers.insert(number, edge.speaker);
    Ok(())
}

/// Ends the edge of that number. Its carriers are told why.
pub(super) async fn end(daemon: &mut Daemon, number: usize) {
    if let Some(far_end) = &mut daemon.far_end {
        far_end.edges.remove(&number);
        far_end.sessions.retain(|session| session.speaker != number);
    }
    if let Some(speaker) = daemon.speakers.remove(&number) {
        speaker.stop("the plan has this session no more, or otherwise").await;
    }
}

/// Once all have begun and ended: the plan's order, in which sessions are shown, and their names.
pub(super) fn in_order(daemon: &mut Daemon, plan: &Plan) {
    let Some(far_end) = &mut daemon.far_end else { return };
    let all: Vec<&str> = plan
        .peerings
        .iter()
        .flat_map(|p| &p.connections)
        .map(|connection| connection.name.as_str())
        .collect();
    far_end.sessions.sort_by_key(|s| all.iter().position(|name| *name == s.place.connection));
    let names = far_end.sessions.iter().map(|session| session.place.connection.clone());
    daemon.connections = names.map(|name| (name.clone(), name)).collect();
}

async fn start(
    daemon: &Daemon,
    plan: &Plan,
    place: &EdgePlace,
    number: usize,
    Notes { received, limits }: Notes,
) -> Result<Edge, StartError> {
    let listen: BTreeSet<SocketAddr> = place.sessions.iter().map(|s| s.here[0].into()).collect();
    let names = (0..).zip(place.sessions.iter().map(|session| session.connection.clone())).collect();
    let watch = Arc::clone(&daemon.watch);
    let on_event = move |event: Event| {
        #[expect(clippy::disallowed_methods, reason = "when a route came is told by the clock on the wall")]
        received.note(&event, SystemTime::now());
        limits.note(&event);
        watch.note(number, &event);
        log(&event, &names);
    };
    let routes = synthetic::routes(plan);
    Edge::start(&place.name, place.router_id, listen.into_iter().collect(), routes, on_event).await
}

async fn add(
    edge: &Edge,
    basis: &Basis,
    session: &SessionPlace,
    passive: bool,
) -> Result<PeerId, StartError> {
    let [far, carrier] = session.here;
    let [local, remote] = [far, carrier].map(|end| SocketAddr::from((*end.ip(), SINGLE_HOP_PORT)));
    let added = EdgeSession {
        connection: &session.connection,
        carrier: basis.plan.asn,
        local: local.ip(),
        peer: carrier.into(),
        bfd: [local, remote],
        passive,
        import: Admission::new(basis, session).policy(),
    };
    edge.add(added).await
}
