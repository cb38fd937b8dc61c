//! The lab's three speakers: a carrier, and the far end's two edges.

use super::scenario::{self, CARRIER, DECLARED, LEGS, Leg};
use super::timeline::{Happened, Who};
use crate::control::{Basis, Current, Daemon};
use crate::drill::Watch;
use crate::far_end::edge::{Edge, EdgeSession, timed};
use crate::far_end::{Admission, SessionPlace, synthetic};
use crate::rpki::Shown;
use bgp_policy::voice::{Observed, Registries, far_end};
use bgp_speaker::{BGP_PORT, PeerId, Speaker, SpeakerConfig, StartError};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// The speakers, and how each leg's ends know each other.
pub(super) struct Ends {
    pub(super) carrier: Arc<Daemon>,
    /// The two edges as one far end.
    pub(super) edges: Arc<Daemon>,
    /// The carrier's peer of each leg.
    pub(super) legs: Vec<PeerId>,
}

impl Ends {
    /// Starts all three; sockets are on loopback, on ports that the kernel chooses.
    pub(super) async fn start(tell: &UnboundedSender<Happened>) -> Result<Self, StartError> {
        let config = SpeakerConfig::new(CARRIER, Ipv4Addr::new(192, 0, 2, 1));
        let (mut carrier, mut edges) = (daemon(), daemon());
        let (watch, happened) = (Arc::clone(&carrier.watch), tell.clone());
        // The lab that is over needs no more events.
        let speaker = Speaker::start(config, move |event| {
            watch.note(0, &event);
            _ = happened.send(Happened { who: Who::Carrier, event });
        })?;
        for route in DECLARED.iter().filter_map(scenario::Declared::route) {
            speaker.originate(route).await?;
        }
        let mut legs = Vec::new();
        for (number, leg) in LEGS.iter().enumerate() {
            let (edge, peer) = add_leg(&speaker, (number, leg), &edges.watch, tell).await?;
            edges.speakers.insert(number, edge.speaker);
            legs.push(peer);
        }
        carrier.speakers.insert(0, speaker);
        Ok(Self { carrier: Arc::new(carrier), edges: Arc::new(edges), legs })
    }

    /// What the far end sees on both of its edges.
    pub(super) async fn observed(&self) -> Result<Observed, StartError> {
        let mut all = self.edges.observed().await?;
        let seen = self.carrier.observed().await?;
        for session in &mut all.sessions {
            // The other direction of the same session.
            if let Some(theirs) = seen.sessions.iter().find(|s| s.connection == session.connection) {
                session.accepted.clone_from(&theirs.accepted);
                session.prefixes_received = theirs.prefixes_received;
            }
        }
        Ok(all)
    }

    /// Ends every session in order.
    pub(super) async fn stop(self) {
        for daemon in [self.carrier, self.edges] {
            // Nobody else has them any more.
            for speaker in
                Arc::into_inner(daemon).into_iter().flat_map(|daemon| daemon.speakers.into_values())
            {
                speaker.stop("the lab is over").await;
            }
        }
    }
}

/// One end, whose speakers are to come.
fn daemon() -> Daemon {
    let watch = Arc::new(Watch::default());
    let rpki = Shown::default();
    Daemon {
        speakers: BTreeMap::new(),
        basis: Current::default(),
        connections: names(),
        watch,
        far_end: None,
        rpki,
    }
}

/// Starts the edge of a leg and both ends of its session; returns the edge and the carrier's peer.
async fn add_leg(
    carrier: &Speaker,
    (number, leg): (usize, &Leg),
    watch: &Arc<Watch>,
    tell: &UnboundedSender<Happened>,
) -> Result<(Edge, PeerId), StartError> {
    let (plan, tell, watch) = (scenario::plan(), tell.clone(), Arc::clone(watch));
    let last_octet = u8::try_from(number).unwrap_or(0).saturating_add(11);
    let on_event = move |event| {
        watch.note(number, &event);
        _ = tell.send(Happened { who: Who::Edge(number), event });
    };
    let (router_id, listen) = (Ipv4Addr::new(192, 0, 2, last_octet), vec![(leg.edge, 0).into()]);
    let edge = Edge::start(leg.name, router_id, listen, synthetic::routes(&plan), on_event).await?;
    let at_carrier = carrier.bind_bfd((leg.carrier, 0).into()).await?;
    let at_edge = edge.speaker.bind_bfd((leg.edge, 0).into()).await?;
    let session = EdgeSession {
        connection: leg.name,
        carrier: CARRIER,
        local: leg.edge.into(),
        peer: (leg.carrier, BGP_PORT).into(),
        bfd: [at_edge, at_carrier],
        passive: true,
        import: Admission::new(&Basis::new(plan, Registries::default()), &place(leg)).policy(),
    };
    edge.add(session).await?;

    let mut far = timed(leg.name, leg.edge.into(), far_end::ASN, [at_carrier, at_edge]);
    far.port = edge.speaker.listening().next().map_or(0, |a| a.port());
    far.tcp.local_address = Some(leg.carrier.into());
    far.import = Some(Arc::new(scenario::import_policy()));
    far.export = Some(Arc::new(scenario::export_policy(number)));
    let peer = carrier.add_peer(far).await?;
    Ok((edge, peer))
}

/// Peers are named as the plan's connections.
fn names() -> BTreeMap<String, String> {
    LEGS.iter().map(|leg| (leg.name.to_owned(), leg.name.to_owned())).collect()
}

/// A leg as the far end has it: the addresses are the plan's.
fn place(leg: &Leg) -> SessionPlace {
    let planned = [leg.edge, leg.carrier];
    let here = planned.map(|address| SocketAddrV4::new(address, BGP_PORT));
    SessionPlace { connection: leg.name.to_owned(), planned, here }
}
