//! `voicepeer run`: the daemon.

use crate::check::read_plan;
use crate::cli::DEFAULT_CONTROL;
use crate::config::{self, Config};
use crate::control::{Basis, ControlSocket, Current, Daemon};
use crate::diagnostic::BadInput;
use crate::drill::Watch;
use crate::other_bfd::OtherBfd;
use crate::reload::Reloads;
use crate::trace;
use crate::{irr, rpki};
use bgp_policy::voice::Registries;
use bgp_speaker::{Event, ImportChange, LimitReached, PeerConfig, Speaker, StartError, What};
use bgp_wire::Family;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::RwLock;

/// Runs until a signal ends it.
pub(crate) async fn run(
    path: &Path,
    control: Option<PathBuf>,
    restarted: bool,
    record: Option<&Path>,
) -> Result<(), BadInput> {
    let mut config = config::load(path)?;
    config.speaker.restarted = restarted.then_some(config.selection_deferral);
    let plan = config.plan.as_deref().map(read_plan).transpose()?;
    let control = control.or(config.control.clone()).unwrap_or_else(|| DEFAULT_CONTROL.into());
    let mut rpki = rpki::Service::start(config.rpki.clone())?;
    let mut irr = irr::Service::start(config.irr.clone())?;
    let socket = ControlSocket::bind(&control)?;
    let (mut signals, mut reloads) = (Signals::new()?, Reloads::new()?);
    let watch = Arc::new(Watch::default());
    let speaker = start(&config, record, Arc::clone(&watch)).await?;
    let mut others = OtherBfd::start(&config, &speaker).await.map_err(|e| cannot_start(&e))?;
    for address in speaker.listening() {
        tracing::info!(%address, "listening");
    }
    tracing::info!(control = %control.display(), peers = config.peers.len(), "started");
    let connections = std::mem::take(&mut config.connections);
    let rpki_shown = rpki.shown();
    let basis = Current::new(plan.map(|plan| Basis::new(plan, Registries::default())));
    let speakers = BTreeMap::from([(0, speaker)]);
    let daemon = Daemon { speakers, basis, connections, watch, far_end: None, rpki: rpki_shown };
    let daemon = Arc::new(RwLock::new(daemon));
    let running = daemon.read().await;
    let Some(speaker) = running.speakers.get(&0) else { return Ok(()) };
    tokio::select! {
        () = socket.serve(&daemon) => {}
        () = others.serve() => {}
        ended = rpki.serve(speaker) => ended.map_err(|e| cannot_start(&e))?,
        ended = irr.serve(speaker) => ended.map_err(|e| cannot_start(&e))?,
        () = reloads.serve(path, &mut config, speaker) => {}
        () = signals.any() => tracing::info!("stopping: every peer is told; a second signal ends at once"),
    }
    drop((socket, running));
    tokio::select! {
        () = stop(daemon) => tracing::info!("stopped"),
        () = signals.any() => tracing::warn!("ended by a second signal"),
    }
    Ok(())
}

/// Reads the configuration and the plan it names, and says that they are good.
pub(crate) fn check(path: &Path) -> Result<(), BadInput> {
    let config = config::load(path)?;
    config.plan.as_deref().map(read_plan).transpose()?;
    rpki::check(&config.rpki)?;
    irr::check(&config.irr)?;
    println!("{} is good; peers: {}, routes: {}", path.display(), config.peers.len(), config.routes.len());
    Ok(())
}

async fn start(config: &Config, record: Option<&Path>, watch: Arc<Watch>) -> Result<Speaker, BadInput> {
    let names: BTreeMap<u32, String> =
        (0..).zip(&config.peers).map(|(n, peer)| (n, peer.name.clone())).collect();
    let on_event = move |event| {
        watch.note(0, &event);
        log(&event, &names);
    };
    let speaker = match record {
        None => Speaker::start(config.speaker.clone(), on_event),
        Some(path) => {
            let file = trace::create(path)?;
            Speaker::start_recording(
                config.speaker.clone(),
                file,
                config.without_secrets.as_bytes(),
                on_event,
            )
        }
    };
    let speaker = speaker.map_err(|e| cannot_start(&e))?;
    for route in &config.routes {
        speaker.originate(route.clone()).await.map_err(|e| cannot_start(&e))?;
    }
    config.peers.iter().for_each(warn_of_missing_policy);
    speaker.add_peers(config.peers.clone()).await.map_err(|e| cannot_start(&e))?;
    for peers in &config.dynamic {
        speaker.accept_dynamic(peers.clone()).await.map_err(|e| cannot_start(&e))?;
    }
    Ok(speaker)
}

/// An internal peer has policies by now.
fn warn_of_missing_policy(peer: &PeerConfig) {
    if peer.import.is_none() {
        tracing::warn!(peer = peer.name, "no import policy: nothing is accepted (RFC 8212)");
    }
    if peer.export.is_none() {
        tracing::warn!(peer = peer.name, "no export policy: nothing is announced (RFC 8212)");
    }
}

pub(crate) fn cannot_start(error: &StartError) -> BadInput {
    let bad = BadInput::new(error.to_string());
    match error {
        StartError::Listen { .. } => bad.help(
            "speaker.listen takes addresses of this machine; ports below 1024 need root or \
             CAP_NET_BIND_SERVICE",
        ),
        StartError::Bfd { .. } => bad.help(
            "peer.local_address is an address of this machine, where nobody else receives BFD: UDP port 3784, \
             over several hops 4784, and 3785 with the echo function",
        ),
        StartError::Password { .. } => bad.help("TCP-MD5 needs a kernel with CONFIG_TCP_MD5SIG, TCP-AO one with CONFIG_TCP_AO"),
        StartError::TooLong { .. } => {
            bad.help("[[route]] as_path, communities and the like take 65,535 octets each at most")
        }
        StartError::Record(_) | StartError::Ended => bad,
    }
}

pub(crate) async fn stop(daemon: Arc<RwLock<Daemon>>) {
    // A client that is being answered holds the daemon for that long.
    let mut daemon = daemon;
    let daemon = loop {
        match Arc::try_unwrap(daemon) {
            Ok(daemon) => break daemon,
            Err(shared) => daemon = shared,
        }
        tokio::task::yield_now().await;
    };
    for speaker in daemon.into_inner().speakers.into_values() {
        speaker.stop("voicepeer is stopping").await;
    }
}

/// One line an event, with the peer's name.
pub(crate) fn log(event: &Event, names: &BTreeMap<u32, String>) {
    let peer = names.get(&event.peer.0).map_or("a dynamic peer", String::as_str);
    match &event.what {
        // A peer that is not there is tried again and again; what matters of a session has its own line below.
        What::Session { from, to } => tracing::debug!(peer, %from, %to, "session"),
        What::Up(negotiated) => {
            let families: Vec<&str> = negotiated.families.iter().filter_map(Family::name).collect();
            tracing::info!(peer, families = families.join(" "), "established");
        }
        What::Down(down) => tracing::warn!(peer, reason = %down, "session down"),
        What::Dropped(down) => tracing::debug!(peer, reason = %down, "connection dropped"),
        What::Bfd(change) => {
            tracing::info!(peer, from = %change.from, to = %change.to, diagnostic = %change.diag, "bfd");
        }
        What::Malformed(finding) => {
            tracing::warn!(peer, rule = finding.cite(), "malformed UPDATE: {finding}");
        }
        What::EndOfRib(family) => tracing::info!(peer, %family, "end of RIB"),
        What::RefreshEnds(family) => tracing::info!(peer, %family, "the peer has sent all again"),
        What::AnnouncedLimit { family, limit, count, reached } => match reached {
            LimitReached::Warning => {
                tracing::warn!(peer, %family, count, limit, "near the limit of what may be announced");
            }
            LimitReached::Beyond => {
                tracing::error!(peer, %family, count, limit, "more to announce than may be");
            }
        },
        What::PrefixLimit { family, limit, count, reached } => match reached {
            LimitReached::Warning => {
                tracing::warn!(peer, %family, count, limit, "near its limit of prefixes");
            }
            LimitReached::Beyond => {
                tracing::error!(peer, %family, count, limit, "beyond its limit of prefixes");
            }
        },
        What::Filter { family, entries } => {
            tracing::info!(peer, %family, entries, "the peer says which prefixes it wants");
        }
        What::FilterRefused { family, why } => {
            tracing::warn!(peer, %family, "the peer's filter is dropped: {why} (RFC 5291)");
        }
        What::ImportPolicy(change) => match change {
            ImportChange::JudgedAgain => {
                tracing::info!(peer, "import policy changed: what came is judged again");
            }
            ImportChange::AskedAgain => {
                tracing::info!(peer, "import policy changed: the peer was asked for its routes again");
            }
            ImportChange::NeedsReset => tracing::warn!(
                peer,
                "import policy changed, and counts once the session is reset: the peer does no route refresh (RFC 2918), \
                 and with adj_rib_in = \"not-kept\" its routes are not here as they came"
            ),
        },
        What::Revalidated(paths) => {
            tracing::info!(peer, paths, "paths judged otherwise by the RPKI or the IRR");
        }
        What::RefreshAsked(family) => tracing::info!(peer, %family, "the peer asks for a refresh"),
        other => tracing::debug!(peer, ?other, "event"),
    }
}

/// The signals of that kind from now on.
pub(crate) fn on(kind: SignalKind) -> Result<Signal, BadInput> {
    signal(kind).map_err(|e| BadInput::new(format!("cannot wait for signals: {e}")))
}

/// SIGTERM and SIGINT.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(crate) fn new() -> Result<Self, BadInput> {
        Ok(Self { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }

    pub(crate) async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
