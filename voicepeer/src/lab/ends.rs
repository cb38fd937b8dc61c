//! The lab's three speakers: a carrier, and the far end's two edges.

use super::scenario::{self, CARRIER, DECLARED, LEGS};
use super::timeline::{Happened, Who};
use bfd::{SessionParams, Timing};
use bgp_policy::Policy;
use bgp_policy::voice::{Observed, far_end};
use bgp_speaker::{BfdConfig, HoldTime, PeerConfig, PeerId, Speaker, SpeakerConfig, StartError};
use bgp_wire::Asn;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;
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
        let last_octet = u8::try_from(number).unwrap_or(0).saturating_add(11);
        let mut config = SpeakerConfig::new(far_end::ASN, Ipv4Addr::new(192, 0, 2, last_octet));
        config.listen = vec![(leg.edge, 0).into()];
        let edge = speaker(config, Who::Edge(number), tell)?;
        for route in scenario::far_end_routes() {
            edge.originate(route).await?;
        }
        let at_carrier = self.carrier.bind_bfd((leg.carrier, 0).into()).await?;
        let at_edge = edge.bind_bfd((leg.edge, 0).into()).await?;

        let mut carrier = peer(leg.name, leg.carrier.into(), CARRIER, at_edge, at_carrier);
        carrier.passive = true;
        carrier.import = Some(Arc::new(Policy::accept_all()));
        carrier.export = Some(Arc::new(Policy::accept_all()));
        self.at_edge.push(edge.add_peer(carrier).await?);

        let mut far = peer(leg.name, leg.edge.into(), far_end::ASN, at_carrier, at_edge);
        far.port = edge.listening().next().map_or(0, |a| a.port());
        far.tcp.local_address = Some(leg.carrier.into());
        far.import = Some(Arc::new(scenario::import_policy()));
        far.export = Some(Arc::new(scenario::export_policy(number)));
        self.legs.push(self.carrier.add_peer(far).await?);
        self.edges.push(edge);
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

/// A peer with the far end's timers: hold time 180 s, BFD 300 ms x 3, routes held until BFD is Up.
fn peer(name: &str, address: IpAddr, asn: Asn, local: SocketAddr, peer: SocketAddr) -> PeerConfig {
    let interval = Duration::from_millis(far_end::BFD_INTERVAL_MS.into());
    let detect_mult = NonZeroU8::new(far_end::BFD_DETECT_MULT).unwrap_or(NonZeroU8::MIN);
    PeerConfig {
        hold_time: HoldTime::new(far_end::HOLD_TIME).unwrap_or_default(),
        connect_retry: Duration::from_secs(1),
        idle_hold: Duration::from_millis(100),
        bfd: Some(BfdConfig {
            session: SessionParams {
                local,
                peer,
                timing: Timing::new(interval, detect_mult),
                ..SessionParams::new(local.ip(), peer.ip())
            },
            strict: true,
            negotiated: None,
        }),
        ..PeerConfig::new(name, address, asn)
    }
}
