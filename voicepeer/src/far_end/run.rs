//! `voicepeer run --profile microsoft-edge`: the far end as a daemon.

use super::places::{EdgePlace, Mapping, PlaceFault, all_used, edges};
use super::reload::reload;
use super::{FarEnd, played, synthetic};
use crate::check::RegistryFiles;
use crate::check::read_plan;
use crate::cli::DEFAULT_CONTROL;
use crate::control::{Basis, ControlSocket, Current, Daemon};
use crate::diagnostic::BadInput;
use crate::rpki::Shown;
use crate::run::{Signals, cannot_start, on, stop};
use bgp_policy::voice::{Plan, Registries};
use bgp_speaker::StartError;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::SignalKind;
use tokio::sync::RwLock;

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

    /// Reads all of it. A mapping may be of a connection that is to come.
    pub(super) fn read(&self) -> Result<(Plan, Vec<EdgePlace>, Registries), BadInput> {
        let plan = read_plan(&self.plan)?;
        let places = edges(&plan, &self.map).map_err(|fault| self.cannot_play(&fault))?;
        Ok((plan, places, self.registries.read()?))
    }

    /// The same, at the beginning: a mapping that nothing needs is a mistake.
    fn read_first(&self) -> Result<(Plan, Vec<EdgePlace>, Registries), BadInput> {
        let read = self.read()?;
        all_used(&read.1, &self.map).map_err(|fault| self.cannot_play(&fault))?;
        Ok(read)
    }

    fn cannot_play(&self, fault: &PlaceFault) -> BadInput {
        BadInput::new(format!("{}: {fault}", self.plan.display()))
            .help("each connection is a session between session.peer, played here, and session.local; --map moves one of them")
    }
}

/// Runs until a signal ends it.
pub(crate) async fn run(source: &Source, passive: bool, control: Option<PathBuf>) -> Result<(), BadInput> {
    let (plan, places, registries) = source.read_first()?;
    let control = control.unwrap_or_else(|| DEFAULT_CONTROL.into());
    let socket = ControlSocket::bind(&control)?;
    let (mut signals, mut reloads) = (Signals::new()?, on(SignalKind::hangup())?);
    let basis = Basis::new(plan, registries);
    let daemon = start(basis, &places, passive).await.map_err(|error| help(&error))?;
    for address in daemon.speakers.values().flat_map(bgp_speaker::Speaker::listening) {
        tracing::info!(%address, "listening");
    }
    tracing::info!("{}", synthetic::NOTE);
    tracing::info!(control = %control.display(), edges = places.len(), "started");
    let daemon = Arc::new(RwLock::new(daemon));
    tokio::select! {
        () = socket.serve(&daemon) => {}
        () = async { while reloads.recv().await.is_some() { reload(source, passive, &daemon).await; } } => {}
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
    let (_, places, _) = source.read_first()?;
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

/// A daemon that plays every edge.
async fn start(basis: Basis, places: &[EdgePlace], passive: bool) -> Result<Daemon, StartError> {
    let mut daemon = Daemon {
        speakers: BTreeMap::new(),
        basis: Current::new(Some(basis.clone())),
        connections: BTreeMap::new(),
        watch: Arc::default(),
        far_end: Some(FarEnd::default()),
        rpki: Shown::default(),
    };
    for place in places {
        played::begin(&mut daemon, &basis, place, passive).await?;
    }
    played::in_order(&mut daemon, &basis.plan);
    Ok(daemon)
}
