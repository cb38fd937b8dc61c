//! `voicepeer run --profile microsoft-edge`: the far end as a daemon.

use super::edge::{Edge, EdgeSession};
use super::places::{EdgePlace, Mapping, edges};
use super::reload::reload;
use super::{Admission, FarEnd, FarSession, Limits, Received, Signed, synthetic};
use crate::check::RegistryFiles;
use crate::check::read_plan;
use crate::cli::DEFAULT_CONTROL;
use crate::control::{Basis, ControlSocket, Current, Daemon};
use crate::diagnostic::BadInput;
use crate::drill::Watch;
use crate::rpki::Shown;
use crate::run::{Signals, cannot_start, log, on, stop};
use bfd::SINGLE_HOP_PORT;
use bgp_policy::voice::{Plan, Registries};
use bgp_speaker::{Event, StartError};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::signal::unix::SignalKind;

/// Where the plan and the registries' data are, and where the plan's addresses are here.
#[derive(Debug)]
pub(crate) struct Source {
    plan: PathBuf,
    map: Vec<Mapping>,
    registries: RegistryFiles,
}

impl Source {
    pub(crate) fn new(plan: PathBuf, map: Vec<Mapping>, registries: RegistryFiles) -> Self {
        Self { plan, map, registries }
    }

    /// Reads all of it.
    pub(super) fn read(&self) -> Result<(Plan, Vec<EdgePlace>, Registries), BadInput> {
        let plan = read_plan(&self.plan)?;
        let places = edges(&plan, &self.map).map_err(|fault| {
            BadInput::new(format!("{}: {fault}", self.plan.display()))
                .help("each connection is a session between session.peer, played here, and session.local; --map moves one of them")
        })?;
        Ok((plan, places, self.registries.read()?))
    }
}

/// Runs until a signal ends it.
pub(crate) async fn run(source: &Source, passive: bool, control: Option<PathBuf>) -> Result<(), BadInput> {
    let (plan, places, registries) = source.read()?;
    let control = control.unwrap_or_else(|| DEFAULT_CONTROL.into());
    let socket = ControlSocket::bind(&control)?;
    let (mut signals, mut reloads) = (Signals::new()?, on(SignalKind::hangup())?);
    let basis = Basis::new(plan, registries);
    let daemon = start(basis, &places, passive).await.map_err(|error| help(&error))?;
    for address in daemon.speakers.iter().flat_map(bgp_speaker::Speaker::listening) {
        tracing::info!(%address, "listening");
    }
    tracing::info!("{}", synthetic::NOTE);
    tracing::info!(control = %control.display(), edges = places.len(), "started");
    let daemon = Arc::new(daemon);
    tokio::select! {
        () = socket.serve(&daemon) => {}
        () = async { while reloads.recv().await.is_some() { reload(source, &places, &daemon).await; } } => {}
        () = signals.any() => tracing::info!("stopping: every peer is told; a second signal ends at once"),
    }
    drop(socket);
    tokio::select! {
        () = stop(daemon) => tracing::info!("stopped"),
        () = signals.any() => tracing::warn!("ended by a second signal"),
    }
    Ok(())
}

/// Reads the plan, and says that its sessions can be played.
pub(crate) fn check(source: &Source) -> Result<(), BadInput> {
    let (_, places, _) = source.read()?;
    for edge in places {
        for session in edge.sessions {
            let ([microsoft, carrier], [here, there]) = (session.planned, session.here);
            let connection = session.connection;
            println!("{}: {connection}, {microsoft} at {here} with {carrier} at {there}", edge.name);
        }
    }
    Ok(())
}

fn help(error: &StartError) -> BadInput {
    match error {
        StartError::Listen { .. } | StartError::Bfd { .. } => BadInput::new(error.to_string()).help(
            "the plan's session.peer is an address of this machine, or --map 192.0.2.11=127.0.0.2:1790 names one and a \
             port; ports below 1024 need root or CAP_NET_BIND_SERVICE, and nobody else may receive BFD there",
        ),
        _ => cannot_start(error),
    }
}

/// Starts every edge with its sessions.
async fn start(basis: Basis, places: &[EdgePlace], passive: bool) -> Result<Daemon, StartError> {
    let (watch, plan) = (Arc::new(Watch::default()), Arc::clone(&basis.plan));
    let (mut speakers, mut far_end, mut connections) = (Vec::new(), FarEnd::default(), BTreeMap::new());
    for (speaker, place) in places.iter().enumerate() {
        let (received, limits) = (Received::default(), Limits::default());
        let notes = (received.clone(), limits.clone());
        let edge = start_edge(&plan, place, notes, (speaker, Arc::clone(&watch))).await?;
        for session in &place.sessions {
            let [far, carrier] = session.here;
            let import = Admission::new(&basis, session).policy();
            let [local, remote] = [far, carrier].map(|end| SocketAddr::from((*end.ip(), SINGLE_HOP_PORT)));
            let added = EdgeSession {
                connection: &session.connection,
                carrier: plan.asn,
                local: local.ip(),
                peer: carrier.into(),
                bfd: [local, remote],
                passive,
                import,
            };
            connections.insert(session.connection.clone(), session.connection.clone());
            far_end.sessions.push(FarSession {
                edge: edge.name.clone(),
                speaker,
                peer: edge.add(added).await?,
                place: session.clone(),
                received: received.clone(),
                limits: limits.clone(),
                signed: Signed::watch(*far.ip(), *carrier.ip())
                    .inspect_err(|error| tracing::debug!(%error, "passwords are not seen"))
                    .ok(),
            });
        }
        speakers.push(edge.speaker);
    }
    let rpki = Shown::default();
    let basis = Current::new(Some(basis));
    Ok(Daemon { speakers, basis, connections, watch, far_end: Some(far_end), rpki })
}

async fn start_edge(
    plan: &Plan,
    place: &EdgePlace,
    (received, limits): (Received, Limits),
    (speaker, watch): (usize, Arc<Watch>),
) -> Result<Edge, StartError> {
    let listen: BTreeSet<SocketAddr> = place.sessions.iter().map(|s| s.here[0].into()).collect();
    let names = (0..).zip(place.sessions.iter().map(|session| session.connection.clone())).collect();
    let on_event = move |event: Event| {
        #[expect(clippy::disallowed_methods, reason = "when a route came is told by the clock on the wall")]
        received.note(&event, SystemTime::now());
        limits.note(&event);
        watch.note(speaker, &event);
        log(&event, &names);
    };
    let routes = synthetic::routes(plan);
    Edge::start(&place.name, place.router_id, listen.into_iter().collect(), routes, on_event).await
}
