//! From the speaker's state to the documents.

use super::agreed::Agreed;
use super::basis::{Basis, Current};
use super::document::{
    Answer, BfdSession, BfdSessions, NOT_KEPT, Neighbor, Neighbors, Received, Request, Route, Routes,
};
use super::explain::{Explained, explained};
use super::orders::Order;
use crate::decode::input::Time;
use crate::drill::Watch;
use crate::far_end::{FarEnd, portal};
use crate::observe::observe;
use crate::rpki::Shown;
use bfd::{Counters, InitiatorSnapshot, PaddedPduSize, PathKind, SessionId, Snapshot};
use bgp_policy::voice::{Observed, judge_with};
use bgp_speaker::{
    AdjRibIn, Engine, Net, PeerId, PeerStatus, RouteStatus, Speaker, Stale, Standing, StartError, Suppressed,
};
use bgp_wire::Family;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A running daemon, as its clients see it.
pub(crate) struct Daemon {
    /// Its speakers by their numbers, which stay: one, or each edge router where it stands in for the far end.
    pub(crate) speakers: BTreeMap<usize, Speaker>,
    /// What verdicts are by.
    pub(crate) basis: Current,
    /// For each peer, by name, the plan's connection that its session is.
    pub(crate) connections: BTreeMap<String, String>,
    /// What is noted while a drill runs.
    pub(crate) watch: Arc<Watch>,
    /// Where it stands in for the far end.
    pub(crate) far_end: Option<FarEnd>,
    /// Where its RPKI data come from.
    pub(crate) rpki: Shown,
}

/// A BFD session, and which speaker's it is.
type Named<'a> = (&'a Speaker, SessionId, BfdSession);

impl Daemon {
    /// Answers one request.
    pub(crate) async fn answer(&self, request: Request) -> Answer {
        let document = match request {
            Request::Neighbors => self.neighbors().await.map(document),
            Request::Bfd => self.bfd().await.map(document),
            Request::Routes => self.routes().await.map(document),
            Request::Received => self.received().await.map(document),
            Request::Explain(prefix) => self.explain(prefix.into()).await.map(document),
            Request::Rpki => Ok(document(self.rpki.document())),
            Request::Observed => self.observed().await.map(document),
            Request::Verdicts => match self.basis.get() {
                Some(Basis { plan, registries }) => {
                    self.observed().await.map(|o| document(judge_with(&plan, &o, &registries)))
                }
                None => return Answer::Error(NO_PLAN.to_owned()),
            },
            Request::Portal => match (&self.far_end, self.basis.get()) {
                (Some(far_end), Some(basis)) => portal(self, far_end, &basis).await.map(document),
                _ => return Answer::Error(NO_FAR_END.to_owned()),
            },
            Request::Recording(peer) => self.recording(&peer).await,
            Request::Refresh(peer) => return self.order(&peer, Order::Refresh).await,
            Request::Reset { peer, text } => return self.order(&peer, Order::Reset(text)).await,
            Request::ShutDown { peer, text } => return self.order(&peer, Order::ShutDown(text)).await,
            Request::BringBack(peer) => return self.order(&peer, Order::BringBack).await,
            Request::Drain { peer, draining } => return self.order(&peer, Order::Drain(draining)).await,
            Request::Drill(step) => match self.drill(step).await {
                Ok(taken) => return taken.map_or_else(Answer::Error, Answer::Ok),
                Err(error) => Err(error),
            },
        };
        document.unwrap_or_else(|error| Answer::Error(error.to_string()))
    }

    /// What is observed now.
    pub(crate) async fn observed(&self) -> Result<Observed, StartError> {
        let mut all = Observed::default();
        for speaker in self.speakers.values() {
            let (bfd, connections) = (speaker.bfd().await?, self.connections.clone());
            let seen = speaker.query(move |engine| observe(engine, &bfd, &connections)).await?;
            all.sessions.extend(seen.sessions);
        }
        if let Some(far_end) = &self.far_end {
            far_end.complete(&mut all);
        }
        let now = Time::now().to_string();
        all.sessions.iter_mut().for_each(|session| session.observed_timestamp = Some(now.clone()));
        Ok(all)
    }

    async fn neighbors(&self) -> Result<Neighbors, StartError> {
        let mut all = Neighbors {
            asn: 0,
            router_id: String::new(),
            listening: Vec::new(),
            restarting: false,
            refused_connections: 0,
            neighbors: Vec::new(),
        };
        for speaker in self.speakers.values() {
            let refused = speaker.refused().await?;
            let asked = |engine: &Engine| {
                let neighbors: Vec<_> = engine.status().iter().map(neighbor).collect();
                (engine.asn().0, engine.router_id().to_string(), engine.is_restarting(), neighbors)
            };
            let (asn, router_id, restarting, neighbors) = speaker.query(asked).await?;
            all.asn = asn;
            all.router_id += if all.router_id.is_empty() { "" } else { ", " };
            all.router_id += &router_id;
            all.listening.extend(speaker.listening().map(|a| a.to_string()));
            all.restarting |= restarting;
            all.refused_connections = all.refused_connections.saturating_add(refused);
            all.neighbors.extend(neighbors);
        }
        Ok(all)
    }

    async fn routes(&self) -> Result<Routes, StartError> {
        let mut all = Vec::new();
        for speaker in self.speakers.values() {
            all.extend(speaker.query(routes).await?);
        }
        Ok(Routes { routes: all })
    }

    async fn received(&self) -> Result<Received, StartError> {
        let mut all = Received { routes: Vec::new(), not_kept: Vec::new() };
        for speaker in self.speakers.values() {
            let one = speaker.query(received).await?;
            all.routes.extend(one.routes);
            all.not_kept.extend(one.not_kept);
        }
        Ok(all)
    }

    async fn explain(&self, net: Net) -> Result<Explained, StartError> {
        let mut all = Explained { prefix: net.to_string(), paths: Vec::new(), peers: Vec::new() };
        for speaker in self.speakers.values() {
            let one = speaker.query(move |engine| explained(engine, net)).await?;
            all.paths.extend(one.paths);
            all.peers.extend(one.peers);
        }
        Ok(all)
    }

    async fn bfd(&self) -> Result<BfdSessions, StartError> {
        Ok(BfdSessions {
            sessions: self.bfd_sessions().await?.into_iter().map(|(.., session)| session).collect(),
        })
    }

    async fn bfd_sessions(&self) -> Result<Vec<Named<'_>>, StartError> {
        let mut all = Vec::new();
        for speaker in self.speakers.values() {
            let (snapshots, others) = (speaker.bfd().await?, speaker.other_bfd().await?);
            let seamless = speaker.sbfd().await?;
            let named = move |engine: &Engine| {
                let peers = snapshots.iter().map(|(peer, s)| (name_of(engine, *peer), s));
                let all = peers.chain(others.iter().map(|s| (kind_of(s), s)));
                let all = all.map(|(name, s)| (s.session, bfd_session(name, s)));
                all.chain(seamless.iter().map(|s| (s.session, sbfd_session(s)))).collect::<Vec<_>>()
            };
            all.extend(speaker.query(named).await?.into_iter().map(|(id, session)| (speaker, id, session)));
        }
        Ok(all)
    }

    async fn recording(&self, wanted: &str) -> Result<Answer, StartError> {
        let sessions = self.bfd_sessions().await?;
        let found: Vec<_> =
            sessions.iter().filter(|(.., s)| s.peer == wanted || s.address == wanted).collect();
        let [(speaker, id, session)] = found[..] else {
            return Ok(Answer::Error(not_one(wanted, found.len(), &sessions)));
        };
        Ok(match speaker.bfd_recording(*id).await? {
            Some(recording) => document(crate::recorder::document(session.clone(), &recording)),
            None => Answer::Error(format!("the BFD session with {} has ended", session.peer)),
        })
    }

    /// The peer of that name or address, and its speaker.
    pub(super) async fn peer(
        &self,
        wanted: &str,
    ) -> Result<Result<(&Speaker, PeerStatus), String>, StartError> {
        for speaker in self.speakers.values() {
            let name = wanted.to_owned();
            if let Some(peer) = speaker.query(move |engine| known(engine, &name)).await? {
                return Ok(Ok((speaker, peer)));
            }
        }
        Ok(Err(format!("no peer is called or addressed {wanted:?}")))
    }
}

const NO_PLAN: &str =
    "the daemon has no plan: set speaker.plan in its configuration, or use `voicepeer check --live`";

const NO_FAR_END: &str =
    "the daemon does not stand in for the far end: `voicepeer run --profile microsoft-edge` does";

fn document(value: impl Serialize) -> Answer {
    serde_json::to_value(value).map_or_else(|e| Answer::Error(e.to_string()), Answer::Ok)
}

/// Why it is not known which session is meant, and which there are.
fn not_one(wanted: &str, found: usize, sessions: &[Named<'_>]) -> String {
    let there: Vec<String> = sessions.iter().map(|(.., s)| format!("{} ({})", s.address, s.peer)).collect();
    let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
    let found = if found == 0 { "no BFD session is" } else { "more than one BFD session is" };
    format!("{found} with a peer addressed or called {wanted:?}; sessions there are: {there}")
}

/// The peer of that name or address.
fn known(engine: &Engine, wanted: &str) -> Option<PeerStatus> {
    let is_it = |p: &PeerStatus| p.config.name == wanted || p.config.address.to_string() == wanted;
    engine.status().into_iter().find(is_it)
}

#[expect(clippy::disallowed_methods, reason = "a document says how long ago")]
fn ago(at: Instant) -> f64 {
    Instant::now().saturating_duration_since(at).as_secs_f64()
}

fn neighbor(peer: &PeerStatus) -> Neighbor {
    let seconds = |d: Duration| u16::try_from(d.as_secs()).ok();
    let up = peer.exchange.as_ref();
    Neighbor {
        name: peer.config.name.clone(),
        address: peer.config.address.to_string(),
        asn: peer.config.asn.0,
        state: peer.state.to_string(),
        established_s: peer.established_since.map(ago),
        router_id: up.map(|x| x.open.router_id.to_string()),
        hold_time: up.map(|x| x.hold_time.and_then(seconds).unwrap_or(0)),
        keepalive_time: up.map(|x| x.keepalive_time.and_then(seconds).unwrap_or(0)),
        families: peer.families.iter().map(|f| f.to_string()).collect(),
        agreed: up.map(|x| Agreed::of(x, peer)),
        accepted: peer.counts.accepted,
        rejected: peer.counts.rejected,
        announced: peer.announced,
        damped: peer.counts.damped,
        held_back: peer.held_back,
        paced: peer.paced,
        blocked: peer.blocked,
        max_prefixes: Family::UNICAST
            .into_iter()
            .filter_map(|family| Some((family.to_string(), peer.config.max_prefixes.of(family)?.get())))
            .collect(),
        messages_in: peer.counters.received.total(),
        messages_out: peer.counters.sent.total(),
        malformed: peer.malformed,
        draining: peer.draining,
        shut_down: peer.shut_down,
        adj_rib_in: match peer.config.adj_rib_in {
            AdjRibIn::Kept => "kept".to_owned(),
            AdjRibIn::NotKept => NOT_KEPT.to_owned(),
        },
        needs_reset: peer.needs_reset,
        bfd: peer.bfd.map(|state| state.to_string()),
        last_down: peer.last_down.as_ref().map(|(_, why)| why.to_string()),
    }
}

/// What a session that guards no peer is called.
fn kind_of(s: &Snapshot) -> String {
    match &s.interface {
        Some(member) if s.path == PathKind::LagMember => format!("LAG member {member}"),
        _ => "unsolicited".to_owned(),
    }
}

fn bfd_session(peer: String, s: &Snapshot) -> BfdSession {
    BfdSession {
        peer,
        address: s.peer.ip().to_string(),
        state: s.state.to_string(),
        since_s: ago(s.since),
        diagnostic: s.diag.to_string(),
        remote_state: s.remote.map(|r| r.state.to_string()),
        local_discriminator: s.discriminator.get(),
        remote_discriminator: s.remote.map(|r| r.my_discriminator.get()),
        transmit_interval_us: s.transmit_interval.map(micros),
        receive_interval_us: s.receive_interval.map(micros),
        detection_time_us: s.detection_time.map(micros),
        detect_mult: s.timing.detect_mult.get(),
        remote_detect_mult: s.remote.map(|r| r.detect_mult.get()),
        packets_in: s.counters.received,
        packets_out: s.counters.sent,
        packets_discarded: s.counters.discards().map(|(_, n)| n).sum(),
        discards: discards(&s.counters),
        path: s.path.to_string(),
        minimum_ttl: s.path.minimum_ttl(),
        authentication: s.authentication.as_ref().map(|auth| auth.auth_type().name().to_owned()),
        authentication_key: s.authentication.as_ref().and_then(|auth| auth.key_ids().next()),
        demand: s.demanding,
        remote_control_plane_independent: s.remote.map(|r| r.control_plane_independent),
        echo_interval_us: s.echo.and_then(|echo| echo.interval).map(micros),
        echo_round_trip_us: s.echo.and_then(|echo| echo.round_trip).map(|trip| trip.as_secs_f64() * 1e6),
        echo_sent: s.echo.map(|echo| echo.sent),
        echo_returned: s.echo.map(|echo| echo.returned),
        echo_denied: s.echo_denied.map(|denied| denied.to_string()),
        echo_sent_back: s.echo_sent_back,
        padding: s.padding.map(PaddedPduSize::octets),
        damping_penalty: s.damping.map(|damping| damping.penalty),
        up_is_withheld: s.damping.is_some_and(|damping| damping.withheld),
    }
}

/// A session of seamless BFD, as far as it has what others have.
fn sbfd_session(s: &InitiatorSnapshot) -> BfdSession {
    BfdSession {
        peer: "S-BFD".to_owned(),
        address: s.reflector.ip().to_string(),
        state: s.state.to_string(),
        since_s: ago(s.since),
        diagnostic: s.diag.to_string(),
        remote_state: s.remote.map(|r| r.state.to_string()),
        local_discriminator: s.config.discriminator.get(),
        remote_discriminator: Some(s.config.reflector.get()),
        transmit_interval_us: s.transmit_interval.map(micros),
        receive_interval_us: None,
        detection_time_us: s.detection_time.map(micros),
        detect_mult: s.config.detect_mult.get(),
        remote_detect_mult: s.remote.map(|r| r.detect_mult.get()),
        packets_in: s.counters.received,
        packets_out: s.counters.sent,
        packets_discarded: s.counters.discards().map(|(_, n)| n).sum(),
        discards: discards(&s.counters),
        path: "seamless".to_owned(),
        minimum_ttl: u8::MAX,
        authentication: None,
        authentication_key: None,
        demand: false,
        remote_control_plane_independent: s.remote.map(|r| r.control_plane_independent),
        echo_interval_us: None,
        echo_round_trip_us: None,
        echo_sent: None,
        echo_returned: None,
        echo_denied: None,
        echo_sent_back: 0,
        padding: None,
        damping_penalty: None,
        up_is_withheld: false,
    }
}

/// Packets discarded by reason, where there are any.
fn discards(counters: &Counters) -> BTreeMap<String, u64> {
    let some = counters.discards().filter(|(_, count)| *count > 0);
    some.map(|(reason, count)| (reason.name().to_owned(), count)).collect()
}

fn micros(d: Duration) -> u64 {
    u64::try_from(d.as_micros()).unwrap_or(u64::MAX)
}

fn name_of(engine: &Engine, peer: PeerId) -> String {
    if peer == PeerId::LOCAL {
        return "local".to_owned();
    }
    engine.peer_status(peer).map_or_else(|| peer.0.to_string(), |p| p.config.name)
}

pub(super) fn names(engine: &Engine) -> BTreeMap<PeerId, String> {
    engine.status().into_iter().map(|p| (p.id, p.config.name)).collect()
}

fn routes(engine: &Engine) -> Vec<Route> {
    let names = names(engine);
    engine.routes().iter().map(|r| route(r, &names)).collect()
}

/// Why a route is not used that flaps, and for how long.
#[expect(clippy::disallowed_methods, reason = "the shell reads the clock")]
fn flaps(suppressed: Option<Suppressed>) -> String {
    let more = suppressed.map(|Suppressed { merit, until }| {
        let secs = until.saturating_duration_since(Instant::now()).as_secs().saturating_add(1);
        format!(" for {secs} s more, if it stays as it is: figure of merit {merit} at its last flap")
    });
    format!("not used because it flaps{} (RFC 2439)", more.unwrap_or_default())
}

/// What each peer sent, as it came.
fn received(engine: &Engine) -> Received {
    let names = names(engine);
    let mut all = Received { routes: Vec::new(), not_kept: Vec::new() };
    for peer in engine.peers() {
        match engine.received_from(peer) {
            Some(routes) => all.routes.extend(routes.iter().map(|r| route(r, &names))),
            None => all.not_kept.push(name_of(engine, peer)),
        }
    }
    all
}

pub(super) fn route(r: &RouteStatus, names: &BTreeMap<PeerId, String>) -> Route {
    let state = match r.standing {
        Standing::Best => "best",
        Standing::Lost(_) => "valid",
        Standing::Damped => "damped",
        Standing::Rejected => "rejected",
    };
    let stale = match r.stale {
        Stale::No => None,
        Stale::Kept => Some("kept"),
        Stale::KeptLong => Some("kept for long"),
        Stale::Told => Some("told"),
    };
    let reason = match r.standing {
        Standing::Lost(step) => format!("{}; lost at: {step} ({})", r.reason, step.cite()),
        Standing::Damped => format!("{}; {}", r.reason, flaps(r.suppressed)),
        Standing::Best | Standing::Rejected => r.reason.clone(),
    };
    Route {
        prefix: r.net.to_string(),
        path_id: Some(r.path_id).filter(|id| *id != 0),
        peer: names.get(&r.peer).cloned().unwrap_or_else(|| "local".to_owned()),
        state: state.to_owned(),
        stale: stale.map(str::to_owned),
        multipath: r.multipath,
        weight: r.weight,
        originator_id: r.attrs.originator_id.map(|id| id.to_string()),
        cluster_list: r.attrs.cluster_list.iter().map(ToString::to_string).collect(),
        next_hop: r.attrs.next_hop.to_string(),
        as_path: r.attrs.as_path.to_string(),
        origin: r.attrs.origin.to_string(),
        communities: r.attrs.communities.iter().map(ToString::to_string).collect(),
        large_communities: r.attrs.large_communities.iter().map(ToString::to_string).collect(),
        med: r.attrs.med,
        local_pref: r.attrs.local_pref,
        atomic_aggregate: r.attrs.atomic_aggregate,
        aggregator: r.attrs.aggregator.map(|a| format!("{} {}", a.asn, a.router_id)),
        rpki: r.rpki.to_string(),
        irr: r.irr.to_string(),
        aspa: r.aspa.to_string(),
        reason,
    }
}
