//! SIGHUP: the plan and the registries' data are read again. Edge routers of which the plan has other sessions begin anew,
//! come and go; sessions of the others stay, and what came on them is judged again.

use super::places::EdgePlace;
use super::run::Source;
use super::{Admission, FarSession, played, synthetic};
use crate::control::{Basis, Daemon};
use crate::reload::told;
use bgp_policy::voice::Plan;
use bgp_speaker::{Engine, LocalRoute, PeerPolicies, Speaker, StartError};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::RwLock;

/// Why a changed plan does not count.
#[derive(Error, Debug)]
enum Refused {
    #[error("it has other sessions, and a drill is running")]
    Drill,
    #[error("{edge} cannot be played: {why}")]
    Edge { edge: String, why: StartError },
    #[error(transparent)]
    Speaker(#[from] StartError),
}

/// Reads them again. Where something is bad everything stays as it was.
pub(super) async fn reload(source: &Source, passive: bool, daemon: &RwLock<Daemon>) {
    let (plan, places, registries) = match source.read() {
        Ok(read) => read,
        Err(bad) => return tracing::error!("the plan stays as it was: {}", told(bad)),
    };
    let basis = Basis::new(plan, registries);
    // Whoever is asking waits until it is one plan or the other.
    let mut daemon = daemon.write().await;
    match change(&mut daemon, &basis, &places, passive).await {
        Ok(()) => {
            let registered = basis.plan.peerings.iter().map(|peering| peering.registered_prefixes.len());
            tracing::info!(
                registered = registered.sum::<usize>(),
                edges = places.len(),
                "the plan was read again"
            );
            daemon.basis.set(basis);
        }
        Err(refused) => tracing::error!("the plan stays as it was: {refused}"),
    }
}

/// Which edges a plan has otherwise.
struct Changes {
    /// Those that end, by their numbers.
    end: Vec<(usize, EdgePlace)>,
    /// Those that begin: at addresses where nobody is, and at addresses of those that end.
    begin: [Vec<EdgePlace>; 2],
}

impl Changes {
    fn of(daemon: &Daemon, places: &[EdgePlace], is_other_carrier: bool) -> Self {
        let edges = daemon.far_end.iter().flat_map(|far_end| &far_end.edges);
        let (end, stay): (Vec<_>, Vec<_>) = edges
            .map(|(number, place)| (*number, place.clone()))
            .partition(|(_, place)| is_other_carrier || !places.contains(place));
        let stays = |place: &&EdgePlace| stay.iter().any(|(_, other)| other == *place);
        let taken: BTreeSet<Ipv4Addr> = end.iter().flat_map(|(_, place)| listening(place)).collect();
        let begin = places.iter().filter(|place| !stays(place)).cloned();
        let (after, before) =
            begin.partition(|place| listening(place).any(|address| taken.contains(&address)));
        Self { end, begin: [before, after] }
    }

    fn is_empty(&self) -> bool {
        self.end.is_empty() && self.begin.iter().all(Vec::is_empty)
    }
}

fn listening(place: &EdgePlace) -> impl Iterator<Item = Ipv4Addr> {
    place.sessions.iter().map(|session| *session.here[0].ip())
}

async fn change(
    daemon: &mut Daemon,
    basis: &Basis,
    places: &[EdgePlace],
    passive: bool,
) -> Result<(), Refused> {
    let Some(old) = daemon.basis.get() else { return Ok(()) };
    let changes = Changes::of(daemon, places, old.plan.asn != basis.plan.asn);
    if !changes.is_empty() && daemon.watch.is_taken() {
        return Err(Refused::Drill);
    }
    let begun = daemon.speakers.keys().copied().collect::<BTreeSet<_>>();
    let played = play(daemon, basis, &changes, passive).await;
    let is_new = |number: &usize| !begun.contains(number);
    if let Err(refused) = played {
        let new: Vec<usize> = daemon.speakers.keys().copied().filter(is_new).collect();
        for number in new {
            played::end(daemon, number).await;
        }
        back(daemon, &old, &changes, passive).await;
        return Err(refused);
    }
    played::in_order(daemon, &basis.plan);
    adopt(daemon, &old.plan, basis, is_new).await.map_err(Refused::from)
}

/// Those whose addresses are free begin first: where one cannot, nothing has ended yet.
async fn play(daemon: &mut Daemon, basis: &Basis, changes: &Changes, passive: bool) -> Result<(), Refused> {
    let [before, after] = &changes.begin;
    for place in before {
        begin(daemon, basis, place, passive).await?;
    }
    for (number, place) in &changes.end {
        tracing::info!(edge = place.name, "the plan has it no more, or otherwise");
        played::end(daemon, *number).await;
    }
    for place in after {
        begin(daemon, basis, place, passive).await?;
    }
    Ok(())
}

async fn begin(daemon: &mut Daemon, basis: &Basis, place: &EdgePlace, passive: bool) -> Result<(), Refused> {
    tracing::info!(edge = place.name, sessions = place.sessions.len(), "begins, as the plan has it now");
    let begun = played::begin(daemon, basis, place, passive).await;
    begun.map_err(|why| Refused::Edge { edge: place.name.clone(), why })
}

/// Those that had ended begin again, as the plan before has them.
async fn back(daemon: &mut Daemon, old: &Basis, changes: &Changes, passive: bool) {
    for (number, place) in &changes.end {
        if daemon.speakers.contains_key(number) {
            continue;
        }
        if let Err(error) = played::begin(daemon, old, place, passive).await {
            tracing::error!(edge = place.name, "is played no more: {error}");
        }
    }
    played::in_order(daemon, &old.plan);
}

/// What has come on the sessions that stay is judged again, and none of them ends.
async fn adopt(
    daemon: &Daemon,
    old: &Plan,
    basis: &Basis,
    is_new: impl Fn(&usize) -> bool,
) -> Result<(), StartError> {
    let sessions = daemon.far_end.iter().flat_map(|far_end| &far_end.sessions);
    for session in sessions.filter(|session| !is_new(&session.speaker)) {
        if let Some(speaker) = daemon.speakers.get(&session.speaker) {
            admit(session, basis, speaker).await?;
        }
    }
    for (_, speaker) in daemon.speakers.iter().filter(|(number, _)| !is_new(number)) {
        announce(old, &basis.plan, speaker).await?;
    }
    Ok(())
}

async fn admit(session: &FarSession, basis: &Basis, speaker: &Speaker) -> Result<(), StartError> {
    let peer = session.peer;
    let export = move |engine: &Engine| engine.peer_status(peer).and_then(|peer| peer.config.export);
    let export = speaker.query(export).await?;
    let import = Some(Arc::new(Admission::new(basis, &session.place).policy()));
    speaker.set_policies(peer, PeerPolicies { import, export }).await
}

/// None of the synthetic prefixes meets one of the plan's.
async fn announce(old: &Plan, new: &Plan, speaker: &Speaker) -> Result<(), StartError> {
    let [before, now] = [old, new].map(|plan| synthetic::routes(plan).collect::<Vec<LocalRoute>>());
    let is_in = |all: &[LocalRoute], route: &LocalRoute| all.iter().any(|other| other.prefix == route.prefix);
    for route in before.iter().filter(|route| !is_in(&now, route)) {
        speaker.retract(route.prefix).await?;
    }
    for route in now.iter().filter(|route| !is_in(&before, route)) {
        speaker.originate(route.clone()).await?;
    }
    Ok(())
}
