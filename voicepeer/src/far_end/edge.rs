//! One edge router of the far end: a speaker of AS8075 with the far end's timers.

use bfd::{SessionParams, Timing};
use bgp_policy::voice::far_end;
use bgp_policy::{Action, Decision, Match, NumberRange, Policy, Rule};
use bgp_speaker::{
    BfdConfig, Event, HoldTime, LocalRoute, PeerConfig, PeerId, Speaker, SpeakerConfig, StartError,
};
use bgp_wire::Asn;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;

/// A running edge router.
#[derive(Debug)]
pub(crate) struct Edge {
    /// What the plan calls it.
    pub(crate) name: String,
    pub(crate) speaker: Speaker,
}

/// A session of an edge router with the carrier.
pub(crate) struct EdgeSession<'a> {
    /// The plan's connection.
    pub(crate) connection: &'a str,
    pub(crate) carrier: Asn,
    /// Where BGP connections are made from, and where the carrier accepts them.
    pub(crate) local: IpAddr,
    pub(crate) peer: SocketAddr,
    /// Both ends of BFD.
    pub(crate) bfd: [SocketAddr; 2],
    /// Whether to wait for the carrier to connect.
    pub(crate) passive: bool,
    /// What is taken of the carrier.
    pub(crate) import: Policy,
}

impl Edge {
    /// Starts it, with the routes that it announces and without a session.
    pub(crate) async fn start(
        name: impl Into<String>,
        router_id: Ipv4Addr,
        listen: Vec<SocketAddr>,
        routes: impl IntoIterator<Item = LocalRoute>,
        on_event: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, StartError> {
        let config =
            SpeakerConfig { listen, tell_announced: true, ..SpeakerConfig::new(far_end::ASN, router_id) };
        let speaker = Speaker::start(config, on_event)?;
        for route in routes {
            speaker.originate(route).await?;
        }
        Ok(Self { name: name.into(), speaker })
    }

    /// Adds a session and starts it.
    pub(crate) async fn add(&self, session: EdgeSession<'_>) -> Result<PeerId, StartError> {
        let EdgeSession { connection, carrier, local, peer, bfd, passive, import } = session;
        let mut config = timed(connection, peer.ip(), carrier, bfd);
        (config.port, config.passive) = (peer.port(), passive);
        config.tcp.local_address = Some(local);
        config.import = Some(Arc::new(import));
        config.export = Some(Arc::new(own_routes()));
        self.speaker.add_peer(config).await
    }
}

/// A peer with the far end's timers: hold time 180 s, BFD 300 ms x 3, no route before BFD is Up, and no password.
pub(crate) fn timed(name: &str, address: IpAddr, asn: Asn, [local, peer]: [SocketAddr; 2]) -> PeerConfig {
    let interval = Duration::from_millis(far_end::BFD_INTERVAL_MS.into());
    let detect_mult = NonZeroU8::new(far_end::BFD_DETECT_MULT).unwrap_or(NonZeroU8::MIN);
    PeerConfig {
        hold_time: HoldTime::new(far_end::HOLD_TIME).unwrap_or_default(),
        connect_retry: Duration::from_secs(1),
        // A rehearsal is made of sessions that end, and whoever has mended something does not want to wait.
        idle_hold: Duration::from_millis(100),
        idle_hold_max: Duration::from_secs(1),
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

/// What the far end announces: routes that begin with it. What a carrier tells it goes to no other session.
fn own_routes() -> Policy {
    // The policy sees a route as it would leave, with the far end's ASN in front.
    let own = Rule {
        name: "routes that begin here".into(),
        when: [Match::PathLength(NumberRange::at_most(1))].into(),
        edits: Box::default(),
        then: Action::Accept,
    };
    Policy::new("own-routes", vec![own], Decision::Reject).unwrap_or_else(|_| Policy::reject_all())
}
