//! From the speaker's state to the documents.

use super::agreed::Agreed;
use super::document::{
    Answer, BfdSession, BfdSessions, NOT_KEPT, Neighbor, Neighbors, Received, Request, Route, Routes,
};
use super::explain::explained;
use crate::observe::observe;
use crate::rpki::Shown;
use bfd::{Counters, InitiatorSnapshot, PaddedPduSize, PathKind, SessionId, Snapshot};
use bgp_policy::voice::{Observed, Plan, judge};
use bgp_speaker::{
    AdjRibIn, Engine, PeerId, PeerStatus, RouteStatus, Speaker, Stale, Standing, StartError, Suppressed,
};
use bgp_wire::Family;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A running daemon, as its clients see it.
pub(crate) struct Daemon {
    pub(crate) speaker: Speaker,
    pub(crate) plan: Option<Plan>,
    /// For each peer, by name, the plan's connection that its session is.
    pub(crate) connections: BTreeMap<String, String>,
    pub(crate) rpki: Shown,
}

impl Daemon {
    /// Answers one request.
    pub(crate) async fn answer(&self, request: Request) -> Answer {
        let document = match request {
            Request::Neighbors => self.neighbors().await.map(document),
            Request::Bfd => self.bfd().await.map(document),
            Request::Routes => self.speaker.query(routes).await.map(document),
            Request::Rpki => Ok(document(self.rpki.document())),
            Request::Received => self.speaker.query(received).await.map(document),
            Request::Explain(prefix) => {
                self.speaker.query(move |engine| explained(engine, prefix.into())).await.map(document)
            }
            Request::Observed => self.observed().await.map(document),
            Request::Verdicts => match &self.plan {
                Some(plan) => self.observed().await.map(|o| document(judge(plan, &o))),
                None => return Answer::Error(NO_PLAN.to_owned()),
            },
            Request::Recording(peer) => self.recording(&peer).await,
            Request::Refresh(peer) => return self.refresh(&peer).await,
            Request::Drain { peer, draining } => return self.drain(&peer, draining).await,
        };
        document.unwrap_or_else(|error| Answer::Error(error.to_string()))
    }

    /// What is observed now.
    pub(crate) async fn observed(&self) -> Result<Observed, StartError> {
        let (bfd, connections) = (self.speaker.bfd().await?, self.connections.clone());
        self.speaker.query(move |engine| observe(engine, &bfd, &connections)).await
    }

    async fn neighbors(&self) -> Result<Neighbors, StartError> {
        let refused_connections = self.speaker.refused().await?;
        let listening = self.speaker.listening().map(|a| a.to_string()).collect();
        self.speaker
            .query(move |engine| Neighbors {
                asn: engine.asn().0,
                router_id: engine.router_id().to_string(),
                listening,
                restarting: engine.is_restarting(),
                refused_connections,
                neighbors: engine.status().iter().map(neighbor).collect(),
            })
            .await
    }

    async fn bfd(&self) -> Result<BfdSessions, StartError> {
        Ok(BfdSessions {
            sessions: self.bfd_sessions().await?.into_iter().map(|(_, session)| session).collect(),
        })
    }

    async fn bfd_sessions(&self) -> Result<Vec<(SessionId, BfdSession)>, StartError> {
        let (snapshots, others) = (self.speaker.bfd().await?, self.speaker.other_bfd().await?);
        let seamless = self.speaker.sbfd().await?;
        let named = move |engine: &Engine| {
            let peers = snapshots.iter().map(|(peer, s)| (name_of(engine, *peer), s));
            let all = peers.chain(others.iter().map(|s| (kind_of(s), s)));
            let all = all.map(|(name, s)| (s.session, bfd_session(name, s)));
            all.chain(seamless.iter().map(|s| (s.session, sbfd_session(s)))).collect()
        };
        self.speaker.query(named).await
    }

    async fn recording(&self, wanted: &str) -> Result<Answer, StartError> {
        let sessions = self.bfd_sessions().await?;
        let found: Vec<_> =
            sessions.iter().filter(|(_, s)| s.peer == wanted || s.address == wanted).collect();
        let [(id, session)] = found[..] else {
            return Ok(Answer::Error(not_one(wanted, found.len(), &sessions)));
        };
        Ok(match self.speaker.bfd_recording(*id).await? {
            Some(recording) => document(crate::recorder::document(session.clone(), &recording)),
            None => Answer::Error(format!("the BFD session with {} has ended", session.peer)),
        })
    }

    async fn refresh(&self, peer: &str) -> Answer {
        let wanted = peer.to_owned();
        let found = self.speaker.query(move |engine| refreshable(engine, &wanted)).await;
        let asked = match found {
            Ok(Ok(id)) => self.speaker.refresh(id).await,
            Ok(Err(why)) => return Answer::Error(why),
            Err(error) => Err(error),
        };
        match asked {
            Ok(()) => Answer::Ok(serde_json::json!({ "refreshed": peer })),
            Err(error) => Answer::Error(error.to_string()),
        }
    }
}

impl Daemon {
    async fn drain(&self, peer: &str, draining: bool) -> Answer {
        let wanted = peer.to_owned();
        let done = match self.speaker.query(move |engine| known(engine, &wanted).map(|p| p.id)).await {
            Ok(Ok(id)) => self.speaker.drain(id, draining).await,
            Ok(Err(why)) => return Answer::Error(why),
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => Answer::Ok(serde_json::json!({ "draining": draining })),
            Err(error) => Answer::Error(error.to_string()),
        }
    }
}

const NO_PLAN: &str =
    "the daemon has no plan: set speaker.plan in its configuration, or use `voicepeer check --live`";

fn document(value: impl Serialize) -> Answer {
    serde_json::to_value(value).map_or_else(|e| Answer::Error(e.to_string()), Answer::Ok)
}

/// Why it is not known which session is meant, and which there are.
fn not_one(wanted: &str, found: usize, sessions: &[(SessionId, BfdSession)]) -> String {
    let there: Vec<String> = sessions.iter().map(|(_, s)| format!("{} ({})", s.address, s.peer)).collect();
    let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
    let found = if found == 0 { "no BFD session is" } else { "more than one BFD session is" };
    format!("{found} with a peer addressed or called {wanted:?}; sessions there are: {there}")
}

/// The peer of that name or address.
fn known(engine: &Engine, wanted: &str) -> Result<PeerStatus, String> {
    let is_it = |p: &PeerStatus| p.config.name == wanted || p.config.address.to_string() == wanted;
    let peer = engine.status().into_iter().find(is_it);
    peer.ok_or_else(|| format!("no peer is called or addressed {wanted:?}"))
}

/// The peer of that name or address, where its routes can be asked for again.
fn refreshable(engine: &Engine, wanted: &str) -> Result<PeerId, String> {
    let peer = known(engine, wanted)?;
    match &peer.exchange {
        None => {
            Err(format!("the session with {} is {}: there is nobody to ask", peer.config.name, peer.state))
        }
        Some(up) if !up.negotiated.route_refresh => {
            Err(format!("{} does not do route refresh (RFC 2918)", peer.config.name))
        }
        Some(_) => Ok(peer.id),
    }
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

fn routes(engine: &Engine) -> Routes {
    let names = names(engine);
    Routes { routes: engine.routes().iter().map(|r| route(r, &names)).collect() }
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
        reason,
    }
}
