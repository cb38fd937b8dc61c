//! The lab's three speakers: a carrier, and the far end's two edges.

use super::scenario::{self, CARRIER, DECLARED, LEGS, Leg};
use super::timeline::{Happened, Who};
use crate::far_end::edge::{Edge, EdgeSession, timed};
use crate::far_end::{Admission, SessionPlace, synthetic};
use bgp_policy::voice::{Observed, far_end};
use bgp_speaker::{BGP_PORT, PeerId, Speaker, SpeakerConfig, StartError};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// The speakers, and how each leg's ends know each other.
pub(super) struct Ends {
    pub(super) carrier: Speaker,
    pub(super) edges: Vec<Speaker>,
    /// The carrier's peer of each leg; an edge has one peer only.
    pub(super) legs: Vec<PeerId>,
    pub(super) at_edge: Vec<PeerId>,
}

impl Ends {
    /// Starts all three; sockets are on loopback, on ports that the kernel chooses.
    pub(super) async fn start(tell: &UnboundedSender<Happened>) -> Result<Self, StartError> {
        let mut config = SpeakerConfig::new(CARRIER, Ipv4Addr::new(192, 0, 2, 1));
        config.tell_best = true;
        let carrier = speaker(config, Who::Carrier, tell)?;
        for route in DECLARED.iter().filter_map(scenario::Declared::route) {
            carrier.originate(route).await?;
        }
        let mut ends = Self { carrier, edges: Vec::new(), legs: Vec::new(), at_edge: Vec::new() };
        for number in 0..LEGS.len() {
            ends.add_leg(number, tell).await?;
        }
        Ok(ends)
    }

    async fn add_leg(&mut self, number: usize, tell: &UnboundedSender<Happened>) -> Result<(), StartError> {
        let Some(leg) = LEGS.get(number) else { return Ok(()) };
        let (plan, tell) = (scenario::plan(), tell.clone());
        let last_octet = u8::try_from(number).unwrap_or(0).saturating_add(11);
        // The lab that is over needs no more events.
        let on_event = move |event| _ = tell.send(Happened::now(Who::Edge(number), event));
        let (router_id, listen) = (Ipv4Addr::new(192, 0, 2, last_octet), vec![(leg.edge, 0).into()]);
        let edge = Edge::start(leg.name, router_id, listen, synthetic::routes(&plan), on_event).await?;
        let at_carrier = self.carrier.bind_bfd((leg.carrier, 0).into()).await?;
        let at_edge = edge.speaker.bind_bfd((leg.edge, 0).into()).await?;
        let port = edge.speaker.listening().next().map_or(0, |a| a.port());
        let session = EdgeSession {
            connection: leg.name,
            carrier: CARRIER,
            local: leg.edge.into(),
            peer: (leg.carrier, BGP_PORT).into(),
            bfd: [at_edge, at_carrier],
            passive: true,
            import: Admission::new(&plan, &place(leg)).policy(),
        };
        self.at_edge.push(edge.add(session).await?);

        let mut far = timed(leg.name, leg.edge.into(), far_end::ASN, [at_carrier, at_edge]);
        far.port = port;
        far.tcp.local_address = Some(leg.carrier.into());
        far.import = Some(Arc::new(scenario::import_policy()));
        far.export = Some(Arc::new(scenario::export_policy(number)));
        self.legs.push(self.carrier.add_peer(far).await?);
        self.edges.push(edge.speaker);
        Ok(())
    }

    /// What the far end sees on both of its edges.
    pub(super) async fn observed(&self) -> Result<Observed, StartError> {
        let mut all = Observed::default();
        for edge in &self.edges {
            let bfd = edge.bfd().await?;
            let names = names();
            let seen = edge.query(move |engine| crate::observe::observe(engine, &bfd, &names)).await?;
            all.sessions.extend(seen.sessions);
        }
        self.add_what_the_carrier_accepts(&mut all).await?;
        Ok(all)
    }

    /// The other direction of the same sessions.
    async fn add_what_the_carrier_accepts(&self, all: &mut Observed) -> Result<(), StartError> {
        let names = names();
        let seen = self.carrier.query(move |engine| crate::observe::observe(engine, &[], &names)).await?;
        for session in &mut all.sessions {
            if let Some(theirs) = seen.sessions.iter().find(|s| s.connection == session.connection) {
                session.accepted.clone_from(&theirs.accepted);
                session.prefixes_received = theirs.prefixes_received;
            }
        }
        Ok(())
    }

    /// Ends every session in order.
    pub(super) async fn stop(self) {
        self.carrier.stop("the lab is over").await;
        for edge in self.edges {
            edge.stop("the lab is over").await;
        }
    }
}

/// Peers are named as the plan's connections.
fn names() -> BTreeMap<String, String> {
    LEGS.iter().map(|leg| (leg.name.to_owned(), leg.name.to_owned())).collect()
}

fn speaker(config: SpeakerConfig, who: Who, tell: &UnboundedSender<Happened>) -> Result<Speaker, StartError> {
    let tell = tell.clone();
    // The lab that is over needs no more events.
    Speaker::start(config, move |event| _ = tell.send(Happened::now(who, event)))
}

/// A leg as the far end has it: the addresses are the plan's.
fn place(leg: &Leg) -> SessionPlace {
    let planned = [leg.edge, leg.carrier];
    let here = planned.map(|address| SocketAddrV4::new(address, BGP_PORT));
    SessionPlace { connection: leg.name.to_owned(), planned, here }
}
