//! SIGHUP: the plan and the registries' data are read again, and what may change while sessions run is changed.

use super::places::EdgePlace;
use super::run::Source;
use super::{Admission, FarSession, synthetic};
use crate::control::{Basis, Daemon};
use crate::reload::told;
use bgp_policy::voice::Plan;
use bgp_speaker::{Engine, LocalRoute, PeerPolicies, Speaker, StartError};
use std::sync::Arc;

/// Reads them again. Where something is bad, or is other sessions, everything stays as it was.
pub(super) async fn reload(source: &Source, places: &[EdgePlace], daemon: &Daemon) {
    let (plan, new_places, registries) = match source.read() {
        Ok(read) => read,
        Err(bad) => return tracing::error!("the plan stays as it was: {}", told(bad)),
    };
    let Some(old) = daemon.basis.get() else { return };
    if new_places != places || plan.asn != old.plan.asn {
        return tracing::error!(
            "the plan stays as it was: other sessions, routers of the far end or another ASN count after a restart"
        );
    }
    let basis = Basis::new(plan, registries);
    match apply(&old.plan, &basis, daemon).await {
        Ok(()) => {
            let registered = basis.plan.peerings.iter().map(|peering| peering.registered_prefixes.len());
            tracing::info!(registered = registered.sum::<usize>(), "the plan was read again");
            daemon.basis.set(basis);
        }
        Err(error) => tracing::error!("the plan stays as it was: {error}"),
    }
}

/// What has come is judged again, and no session ends.
async fn apply(old: &Plan, basis: &Basis, daemon: &Daemon) -> Result<(), StartError> {
    for session in daemon.far_end.iter().flat_map(|far_end| &far_end.sessions) {
        if let Some(speaker) = daemon.speakers.get(session.speaker) {
            admit(session, basis, speaker).await?;
        }
    }
    for speaker in &daemon.speakers {
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
