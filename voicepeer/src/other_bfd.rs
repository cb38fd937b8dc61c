//! The BFD sessions that guard no BGP session: those of the members of LAGs, those that others begin, and those of
//! seamless BFD.
//! What becomes of them is told in the log; what to do about it is for whoever reads that.

use crate::config::{Config, ReflectorConfig};
use bfd::{Event, Lag, SessionId, State};
use bgp_speaker::{Speaker, StartError};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc::UnboundedReceiver;

/// Those of one daemon.
pub(crate) struct OtherBfd {
    events: UnboundedReceiver<Event>,
    groups: Vec<Group>,
    /// Those of seamless BFD.
    initiators: BTreeSet<SessionId>,
}

/// A LAG and its members.
struct Group {
    name: String,
    lag: Lag<SessionId>,
    members: BTreeMap<SessionId, String>,
}

impl OtherBfd {
    /// Starts them all; after the peers, whose sessions nobody else may begin.
    pub(crate) async fn start(config: &Config, speaker: &Speaker) -> Result<Self, StartError> {
        let events = speaker.other_bfd_events().await?;
        let mut groups = Vec::new();
        for lag in &config.lags {
            let mut group =
                Group { name: lag.name.clone(), lag: Lag::new(lag.min_links), members: BTreeMap::new() };
            for params in &lag.members {
                let session = speaker.add_bfd(params.clone()).await?;
                group.lag.insert(session);
                group.members.insert(session, params.interface.clone().unwrap_or_default());
            }
            groups.push(group);
        }
        for params in &config.unsolicited {
            let address = speaker.accept_unsolicited_bfd(params.clone()).await?;
            tracing::info!(%address, limit = params.policy.limit, "others may begin BFD sessions");
        }
        for reflector in &config.reflectors {
            let ReflectorConfig { local, interface, rate, pool } = reflector.clone();
            let discriminators = pool.len();
            let address = speaker.reflect_sbfd(local, interface, rate, pool).await?;
            tracing::info!(%address, discriminators, rate, "initiators of seamless bfd are answered");
        }
        let mut initiators = BTreeSet::new();
        for params in &config.initiators {
            initiators.insert(speaker.initiate_sbfd(params.clone()).await?);
        }
        Ok(Self { events, groups, initiators })
    }

    /// Tells of them until it is dropped.
    pub(crate) async fn serve(&mut self) {
        while let Some(event) = self.events.recv().await {
            match self.groups.iter_mut().find(|group| group.members.contains_key(&event.session)) {
                Some(group) => group.tell(&event),
                None if self.initiators.contains(&event.session) => tell_of_initiator(&event),
                None => tell_of_unsolicited(&event),
            }
        }
        std::future::pending::<()>().await;
    }
}

impl Group {
    fn tell(&mut self, event: &Event) {
        let Self { name, lag, members } = self;
        let member = members.get(&event.session).map_or("?", String::as_str);
        tracing::info!(lag = name, member, from = %event.from, to = %event.to, diagnostic = %event.diag, "bfd");
        let Some(change) = lag.change(&event.session, &event.change()) else { return };
        let (usable, links) = (change.usable, change.links);
        tracing::info!(lag = name, member, usable, links, "LAG member");
        match (change.was_up, change.up) {
            (false, true) => tracing::info!(lag = name, links, "LAG up"),
            (true, false) => tracing::warn!(lag = name, links, "LAG down: fewer links than it needs"),
            _ => {}
        }
    }
}

fn tell_of_initiator(event: &Event) {
    let (reflector, from, to) = (event.peer.ip(), event.from, event.to);
    tracing::info!(%reflector, %from, %to, diagnostic = %event.diag, "seamless bfd");
}

/// The last event of such a session is to AdminDown.
fn tell_of_unsolicited(event: &Event) {
    let (peer, from, to) = (event.peer.ip(), event.from, event.to);
    if to == State::AdminDown {
        tracing::info!(%peer, %from, "unsolicited bfd session removed");
    } else {
        tracing::info!(%peer, %from, %to, diagnostic = %event.diag, "unsolicited bfd");
    }
}
