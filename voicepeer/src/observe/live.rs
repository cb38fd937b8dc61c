//! What a running speaker observes, as the voice rules read it.

use bfd::Snapshot;
use bgp_policy::voice::{
    BfdState, Observed, ObservedBfd, ObservedRoute, ObservedSession, SessionState, far_end,
};
use bgp_speaker::{Down, Engine, Net, PeerId, PeerStatus, Standing};
use bgp_wire::{AttributeSet, Family};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

/// Which end of the interconnect a speaker is: it decides which way the carrier's routes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// AS8075: the carrier's routes are those received.
    Far,
    /// The carrier: its routes are those announced.
    Carrier,
}

/// Every peer's session and the routes it carries. `connections` names the plan's connection of each peer.
pub(crate) fn observe(
    engine: &Engine,
    bfd: &[(PeerId, Snapshot)],
    connections: &BTreeMap<String, String>,
) -> Observed {
    let end = if engine.asn() == far_end::ASN { End::Far } else { End::Carrier };
    let peers = engine.status();
    let sessions = peers.iter().map(|peer| session(engine, peer, bfd, connections, end));
    Observed { sessions: sessions.collect(), ..Observed::default() }
}

fn session(
    engine: &Engine,
    peer: &PeerStatus,
    bfd: &[(PeerId, Snapshot)],
    connections: &BTreeMap<String, String>,
    end: End,
) -> ObservedSession {
    let received = |all: bool| {
        let paths = engine.routes_from(peer.id);
        let taken = paths.iter().filter(|r| all || r.standing != Standing::Rejected);
        taken.map(|r| route(r.net, &r.attrs)).collect::<Vec<_>>()
    };
    let told = || engine.routes_to(peer.id).iter().map(|(net, attrs)| route(*net, attrs)).collect();
    let up = peer.exchange.as_ref();
    let (routes, accepted, prefixes_received) = match end {
        // Without a session there is nothing to be seen of its routes.
        _ if up.is_none() => (None, None, None),
        End::Far => (Some(received(true)), None, u32::try_from(peer.announced).ok()),
        End::Carrier => {
            let count = u32::try_from(peer.counts.paths()).ok();
            (Some(told()), Some(received(false)), count)
        }
    };
    let seconds = |d: Duration| u16::try_from(d.as_secs()).ok();
    // What the far end sees of the carrier's password and limit is its own business.
    let is_own = end == End::Carrier;
    let own = |known: bool| is_own.then_some(known);
    let limit = peer.config.max_prefixes.of(Family::Ipv4Unicast).map(NonZeroU32::get);
    let at_limit = matches!(peer.last_down, Some((_, Down::MaxPrefixes { .. })));
    ObservedSession {
        connection: connections.get(&peer.config.name).cloned(),
        peer: Some(peer.config.address),
        source: Some(format!("live session with {}", peer.config.address)),
        state: peer.state.name().parse::<SessionState>().ok(),
        last_down: peer.last_down.as_ref().map(|(_, why)| why.to_string()).filter(|_| up.is_none()),
        bfd: bfd.iter().find(|(id, _)| *id == peer.id).map(|(_, snapshot)| observed_bfd(snapshot)),
        // Without a hold timer the OPENs agreed on 0.
        hold_time: up.map(|x| x.hold_time.and_then(seconds).unwrap_or(0)),
        keepalive: up.and_then(|x| x.keepalive_time).and_then(seconds),
        routes,
        accepted,
        prefixes_received,
        max_prefix: limit.filter(|_| is_own),
        limit_reached: own(at_limit).filter(|_| up.is_none()),
        md5: own(peer.config.tcp.password.is_some()),
        ..ObservedSession::default()
    }
}

fn observed_bfd(snapshot: &Snapshot) -> ObservedBfd {
    let micros = |d: Duration| u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
    ObservedBfd {
        state: match snapshot.state {
            bfd::State::AdminDown => BfdState::AdminDown,
            bfd::State::Down => BfdState::Down,
            bfd::State::Init => BfdState::Init,
            bfd::State::Up => BfdState::Up,
        },
        detection_time_us: snapshot.detection_time.map(micros),
        tx_interval_us: snapshot.transmit_interval.map(micros),
    }
}

fn route(net: Net, attrs: &AttributeSet) -> ObservedRoute {
    ObservedRoute::from_attributes(net.prefix(), attrs)
}
