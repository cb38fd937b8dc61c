//! SIGHUP: the configuration is read again, and what may change while sessions run is changed.

use crate::config::{self, Config};
use crate::diagnostic::BadInput;
use crate::run::on;
use bfd::SessionParams;
use bgp_speaker::{DynamicPeers, PeerConfig, PeerId, Speaker, TcpOptions};
use std::path::Path;
use tokio::signal::unix::{Signal, SignalKind};

/// SIGHUP from now on.
pub(crate) struct Reloads(Signal);

impl Reloads {
    pub(crate) fn new() -> Result<Self, BadInput> {
        on(SignalKind::hangup()).map(Self)
    }

    /// Reads `path` again at every signal, until it is dropped.
    pub(crate) async fn serve(&mut self, path: &Path, config: &mut Config, speaker: &Speaker) {
        while self.0.recv().await.is_some() {
            reload(path, config, speaker).await;
        }
    }
}

/// Reads `path` again. Where it is bad, everything stays as `config` has it.
async fn reload(path: &Path, config: &mut Config, speaker: &Speaker) {
    let new = match config::load(path) {
        Ok(new) => new,
        Err(bad) => return tracing::error!("the configuration stays as it was: {}", told(bad)),
    };
    // What changes below is looked up there by whoever replays a recording.
    if let Err(error) = speaker.record_configuration(new.without_secrets.clone().into_bytes()).await {
        return tracing::error!("the configuration stays as it was: {error}");
    }
    for peer in &mut config.peers {
        if let Some(new) = new.peers.iter().find(|p| p.name == peer.name) {
            reload_limits(peer, new, speaker).await;
            reload_policies(peer, new, speaker).await;
            reload_password(peer, new, speaker).await;
        }
        let Some(changed) = new.peers.iter().find(|p| p.name == peer.name).and_then(|p| changed(peer, p))
        else {
            continue;
        };
        match change(&peer.name, &changed, speaker).await {
            Ok(()) => tracing::info!(peer = peer.name, "BFD session changed"),
            Err(why) => {
                tracing::error!(peer = peer.name, "the BFD session stays as it was: {why}");
                continue;
            }
        }
        if let Some(bfd) = &mut peer.bfd {
            bfd.session = changed;
        }
    }
    for peers in &mut config.dynamic {
        let same = |other: &&DynamicPeers| {
            other.prefix == peers.prefix && other.template.name == peers.template.name
        };
        if let Some(new) = new.dynamic.iter().find(same) {
            reload_dynamic(peers, new, speaker).await;
            reload_dynamic_password(peers, new, speaker).await;
        }
    }
    tracing::info!(
        "configuration read again: what is not of policy, of BFD, a limit of prefixes or a password counts after a restart"
    );
}

/// The session's new parameters, where they are others and may change while it runs.
fn changed(old: &PeerConfig, new: &PeerConfig) -> Option<SessionParams> {
    let (old_bfd, new_bfd) = match (&old.bfd, &new.bfd) {
        (None, None) => return None,
        (Some(old), Some(new)) if old == new => return None,
        (Some(old), Some(new)) => (old, new),
        _ => {
            tracing::warn!(peer = old.name, "a BFD session comes and goes with a restart");
            return None;
        }
    };
    let (old_session, new_session) = (&old_bfd.session, &new_bfd.session);
    let possible = SessionParams {
        timing: new_session.timing,
        demand: new_session.demand,
        admin_down: new_session.admin_down,
        echo: new_session.echo,
        authentication: new_session.authentication.clone(),
        ..old_session.clone()
    };
    if possible != *new_session || old_bfd.strict != new_bfd.strict {
        tracing::warn!(
            peer = old.name,
            "timers, demand mode, AdminDown, echo packets and authentication change; the rest of [peer.bfd] needs a restart"
        );
    }
    (possible != *old_session).then_some(possible)
}

/// Gives a peer its new limits of prefixes, where they are others.
async fn reload_limits(old: &mut PeerConfig, new: &PeerConfig, speaker: &Speaker) {
    if old.max_prefixes == new.max_prefixes {
        return;
    }
    let changed = async {
        let peer = peer_named(&old.name, speaker).await?;
        speaker.set_prefix_limits(peer, new.max_prefixes.clone()).await.map_err(|e| e.to_string())
    };
    match changed.await {
        Ok(()) => {
            tracing::info!(peer = old.name, "limits of prefixes changed");
            old.max_prefixes = new.max_prefixes.clone();
        }
        Err(why) => tracing::error!(peer = old.name, "the limits of prefixes stay as they were: {why}"),
    }
}

/// Gives a peer its new policies, where they are others. The log tells by an event what becomes of its routes.
async fn reload_policies(old: &mut PeerConfig, new: &PeerConfig, speaker: &Speaker) {
    if old.policies() == new.policies() {
        return;
    }
    let changed = async {
        let peer = peer_named(&old.name, speaker).await?;
        speaker.set_policies(peer, new.policies()).await.map_err(|e| e.to_string())
    };
    match changed.await {
        Ok(()) => {
            tracing::info!(peer = old.name, "policies changed");
            (old.import, old.export) = (new.import.clone(), new.export.clone());
        }
        Err(why) => tracing::error!(peer = old.name, "the policies stay as they were: {why}"),
    }
}

/// Gives the peers of a prefix their new policies and limits, where they are others.
async fn reload_dynamic(old: &mut DynamicPeers, new: &DynamicPeers, speaker: &Speaker) {
    let prefix = old.prefix;
    let of = |peers: &DynamicPeers| (peers.template.policies(), peers.template.max_prefixes.clone());
    let (policies, limits) = of(new);
    if of(old) == (policies.clone(), limits.clone()) {
        return;
    }
    match speaker.change_dynamic(prefix, &old.template.name, policies, limits).await {
        Ok(()) => {
            tracing::info!(%prefix, "policies and limits of dynamic peers changed");
            let (before, template) = (&mut old.template, &new.template);
            (before.import, before.export) = (template.import.clone(), template.export.clone());
            before.max_prefixes = template.max_prefixes.clone();
        }
        Err(why) => tracing::error!(%prefix, "dynamic peers stay as they were: {why}"),
    }
}

/// Gives a peer its new password of TCP-MD5, where it is another. That resets its session, and no other.
async fn reload_password(old: &mut PeerConfig, new: &PeerConfig, speaker: &Speaker) {
    if !has_other_password(&old.tcp, &new.tcp) {
        return;
    }
    let password = new.tcp.password.clone();
    let changed = async {
        let peer = peer_named(&old.name, speaker).await?;
        speaker.set_password(peer, password.clone()).await.map_err(|e| e.to_string())
    };
    match changed.await {
        Ok(()) => {
            tracing::info!(peer = old.name, "password changed");
            old.tcp.password = password;
        }
        Err(why) => tracing::error!(peer = old.name, "the password stays as it was: {why}"),
    }
}

/// Likewise of the peers of a prefix.
async fn reload_dynamic_password(old: &mut DynamicPeers, new: &DynamicPeers, speaker: &Speaker) {
    let prefix = old.prefix;
    if !has_other_password(&old.template.tcp, &new.template.tcp) {
        return;
    }
    let password = new.template.tcp.password.clone();
    match speaker.set_dynamic_password(prefix, &old.template.name, password.clone()).await {
        Ok(()) => {
            tracing::info!(%prefix, "password of dynamic peers changed");
            old.template.tcp.password = password;
        }
        Err(why) => tracing::error!(%prefix, "the password of dynamic peers stays as it was: {why}"),
    }
}

/// Whether the password is another. From TCP-AO to a password and back it takes a restart.
fn has_other_password(old: &TcpOptions, new: &TcpOptions) -> bool {
    old.password != new.password && old.ao.is_empty() && new.ao.is_empty()
}

async fn change(name: &str, session: &SessionParams, speaker: &Speaker) -> Result<(), String> {
    let peer = peer_named(name, speaker).await?;
    speaker.change_bfd(peer, session.clone()).await.map_err(|e| e.to_string())
}

async fn peer_named(name: &str, speaker: &Speaker) -> Result<PeerId, String> {
    let name = name.to_owned();
    let found = speaker.query(move |engine| engine.peer_named(&name)).await.map_err(|e| e.to_string())?;
    found.ok_or_else(|| "there is no such peer".to_owned())
}

/// As it is told where a command ends with it.
pub(crate) fn told(bad: BadInput) -> String {
    format!("{:?}", miette::Report::new(bad))
}
