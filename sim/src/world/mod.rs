//! The world: speakers, what joins them, and the clock.

mod act;
mod change;
mod clock;
mod dispute;
mod faults;
mod process;
mod steps;
mod tcp;
mod udp;

pub use process::Crash;

use crate::arena::{Arena, Pair, Side};
use crate::ledger::Ledger;
use crate::leg::{End, Leg, LegConfig, LegId};
use crate::pipe::{Pipe, PipeId};
use crate::random::Random;
use crate::record::{Record, Seen};
use crate::schedule::Schedule;
use crate::speaker::{Speaker, SpeakerId};
use crate::violation::{Invariant, Violation};
use bfd::Control;
use bgp_rib::Relation;
use bgp_session::State;
use bgp_speaker::{BfdConfig, Engine, LocalRoute, PeerConfig, SpeakerConfig};
use bgp_wire::{Asn, AttributeSet};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// What is going to happen.
#[derive(Debug)]
pub(crate) enum Happening {
    /// The dialer gets its answer.
    Answer(PipeId),
    /// The other end gets the connection.
    Arrival(PipeId),
    /// The dialer learns that nobody listens.
    Refusal(PipeId),
    /// A side may read.
    Delivery(PipeId, Side),
    /// Octets that a side wrote were taken.
    Taken(PipeId, Side),
    /// A process that has crashed is started.
    Boot(SpeakerId),
    /// A peer that has a new configuration is started.
    Start(LegId, Side),
    /// A BFD packet arrives at a side.
    Packet(LegId, Side, [u8; Control::LEN]),
}

/// Speakers on a virtual clock. See the [crate's page](crate).
#[derive(Debug)]
pub struct World {
    started: Instant,
    pub(crate) now: Instant,
    /// How much happened at this very instant.
    at_once: u32,
    schedule: Schedule<Happening>,
    random: Random,
    pub(crate) speakers: Arena<SpeakerId, Speaker>,
    pub(crate) legs: Arena<LegId, Leg>,
    pub(crate) pipes: Arena<PipeId, Pipe>,
    records: Vec<Record>,
    /// When routes or sessions moved last.
    moved: Instant,
    broken: Option<Violation>,
}

impl World {
    /// An empty world. All chance in it comes from `seed`.
    #[expect(clippy::disallowed_methods, reason = "a virtual clock needs an origin; it is never read again")]
    pub fn new(seed: u64) -> Self {
        let now = Instant::now();
        Self {
            started: now,
            now,
            at_once: 0,
            schedule: Schedule::new(),
            random: Random::new(seed),
            speakers: Arena::new(),
            legs: Arena::new(),
            pipes: Arena::new(),
            records: Vec::new(),
            moved: now,
            broken: None,
        }
    }

    /// The world's chance, for scenarios that throw dice too.
    pub const fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Adds a speaker. The first has BGP Identifier 192.0.2.1, the next 192.0.2.2.
    pub fn add_speaker(&mut self, name: impl Into<String>, asn: Asn) -> SpeakerId {
        self.add_speaker_with(name, asn, |_| {})
    }

    /// Adds a speaker that is configured further.
    pub fn add_speaker_with(
        &mut self,
        name: impl Into<String>,
        asn: Asn,
        configure: impl FnOnce(&mut SpeakerConfig),
    ) -> SpeakerId {
        let number = u32::try_from(self.speakers.ids().count()).unwrap_or(0);
        let router_id = Ipv4Addr::from_bits(0xc000_0201 + number);
        let mut config = SpeakerConfig::new(asn, router_id);
        config.seed = self.random.draw();
        config.tell_best = true;
        configure(&mut config);
        self.speakers.push(Speaker {
            name: name.into(),
            engine: Engine::new(config.clone()),
            config,
            due: None,
            sessions: Vec::new(),
            local: BTreeMap::new(),
            reach: BTreeMap::new(),
            paused: None,
        })
    }

    /// Joins two speakers; each becomes a peer of the other, as `configure` makes it.
    pub fn join(
        &mut self,
        a: SpeakerId,
        b: SpeakerId,
        config: LegConfig,
        configure: impl Fn(Side, &mut PeerConfig),
    ) -> LegId {
        let id = LegId(self.legs.ids().count());
        let ends = Pair {
            a: self.end(id, (Side::A, a), b, &config, &configure),
            b: self.end(id, (Side::B, b), a, &config, &configure),
        };
        let udp = Pair { a: config.udp, b: config.udp };
        let (waiting, stalled) = (Vec::new(), Pair::default());
        self.legs.push(Leg { tcp: config.tcp, udp, ends, silent: false, waiting, stalled })
    }

    fn end(
        &mut self,
        leg: LegId,
        (side, speaker): (Side, SpeakerId),
        peer: SpeakerId,
        config: &LegConfig,
        configure: &impl Fn(Side, &mut PeerConfig),
    ) -> End {
        let (local, remote) = (leg.address(side, config.ipv6), leg.address(side.other(), config.ipv6));
        let (name, asn) = (self.speakers[peer].name.clone(), self.asn_seen(peer, speaker));
        let mut peer = PeerConfig::new(name, remote, asn);
        peer.bfd = config.guard.map(|guard| BfdConfig {
            session: bfd::SessionParams { timing: guard.timing, ..bfd::SessionParams::new(local, remote) },
            strict: guard.strict,
            negotiated: None,
        });
        configure(side, &mut peer);
        let (bfd, now) = (self.guard(leg, &peer), self.now);
        let at = &mut self.speakers[speaker];
        at.sessions.push((leg, side));
        let id = at.engine.add_peer(peer.clone(), now);
        End {
            speaker,
            peer: id,
            config: peer,
            address: local,
            dialed: None,
            accepted: None,
            bfd,
            started: false,
            ledger: Ledger::default(),
            state: State::Idle,
            clock: None,
            told: None,
            changed: BTreeSet::new(),
            draining: false,
            awaited: None,
            ghosts_until: None,
        }
    }

    /// The ASN that one speaker knows another by (RFC 5065 section 4).
    fn asn_seen(&self, of: SpeakerId, by: SpeakerId) -> Asn {
        let (of, by) = (&self.speakers[of].config, &self.speakers[by].config);
        let members = by.confederation.iter().flat_map(|confederation| &confederation.members);
        let fellow = of.asn == by.asn || members.into_iter().any(|asn| *asn == of.asn);
        if fellow { of.asn } else { of.asn_towards(Relation::External) }
    }

    /// A BFD session as the peer at that end is configured with it.
    fn guard(&mut self, leg: LegId, peer: &PeerConfig) -> Option<bfd::Session> {
        let timing = peer.bfd.as_ref()?.session.timing;
        let discriminator = NonZeroU32::MIN.saturating_add(u32::try_from(leg.0).unwrap_or(0));
        Some(bfd::Session::new(bfd::Config::new(discriminator, timing), self.random.draw(), self.now))
    }

    /// Starts every session of a speaker.
    pub fn start(&mut self, speaker: SpeakerId) {
        for (leg, side) in self.speakers[speaker].sessions.clone() {
            self.start_peer(leg, side);
        }
    }

    /// Starts every session of every speaker.
    pub fn start_all(&mut self) {
        self.speakers.ids().for_each(|speaker| self.start(speaker));
    }

    /// Ends every session of a speaker with a Cease that says `text`.
    pub fn stop(&mut self, speaker: SpeakerId, text: &str) {
        for (leg, side) in self.speakers[speaker].sessions.clone() {
            self.legs[leg].ends[side].started = false;
        }
        self.tell(speaker, |engine, now, mut out| engine.stop(text, now, &mut out));
    }

    /// A speaker originates a route.
    pub fn originate(&mut self, speaker: SpeakerId, prefix: IpNet, attrs: AttributeSet) {
        let net = prefix.into();
        self.record(Some(speaker), None, Seen::Originates(net));
        self.speakers[speaker].local.insert(net, attrs.clone());
        self.has_changed(speaker, net);
        let route = LocalRoute { prefix, attrs };
        // Were it refused, only the model would have it, which a check finds.
        self.tell(speaker, |e, now, mut out| _ = e.originate(&route, now, &mut out));
    }

    /// A speaker takes a route back.
    pub fn retract(&mut self, speaker: SpeakerId, prefix: IpNet) {
        let net = prefix.into();
        self.record(Some(speaker), None, Seen::Retracts(net));
        self.speakers[speaker].local.remove(&net);
        self.has_changed(speaker, net);
        self.tell(speaker, |engine, now, mut out| engine.retract(prefix, now, &mut out));
    }

    /// The speaker at one side asks the other for all routes again.
    pub fn refresh(&mut self, leg: LegId, side: Side) {
        let (speaker, peer) = self.who(leg, side);
        self.tell(speaker, |engine, now, mut out| engine.refresh(peer, now, &mut out));
    }

    /// Whether two speakers are external peers where they are joined.
    pub(crate) fn are_external(&self, a: SpeakerId, b: SpeakerId) -> bool {
        let config = &self.speakers[a].config;
        let members = config.confederation.iter().flat_map(|confederation| &confederation.members);
        let asn = self.asn_seen(b, a);
        asn != config.asn && !members.into_iter().any(|member| *member == asn)
    }

    /// Whether both ends may ask the other for its routes again.
    pub(crate) fn can_refresh(&self, leg: LegId) -> bool {
        Side::ALL.into_iter().all(|side| self.legs[leg].ends[side].config.offers.route_refresh)
    }

    /// A speaker's engine, to look at.
    pub fn engine(&self, speaker: SpeakerId) -> &Engine {
        &self.speakers[speaker].engine
    }

    /// The speaker at one side of a leg, and the number it has for the peer there.
    pub fn who(&self, leg: LegId, side: Side) -> (SpeakerId, bgp_rib::PeerId) {
        let end = &self.legs[leg].ends[side];
        (end.speaker, end.peer)
    }

    /// The state of the session at one side of a leg.
    pub fn state(&self, leg: LegId, side: Side) -> State {
        self.legs[leg].ends[side].state
    }

    /// Time since the world began.
    pub fn now(&self) -> Duration {
        self.since(self.now)
    }

    pub(crate) fn since(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.started)
    }

    /// All that was seen.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// All that was seen, as text: a line each with time, who, where and what.
    pub fn trace(&self) -> String {
        self.records.iter().map(|record| self.line(record)).collect()
    }

    pub(crate) fn line(&self, record: &Record) -> String {
        let who = record.who.map_or("fault:", |id| &self.speakers[id].name);
        let leg = record.leg.map_or_else(String::new, |leg| format!("leg{} ", leg.0));
        format!("{:>12.6} {who} {leg}{}\n", record.at.as_secs_f64(), record.what)
    }

    fn record(&mut self, who: Option<SpeakerId>, leg: Option<LegId>, what: Seen) {
        if what.moves() {
            self.moved = self.now;
        }
        self.records.push(Record { at: self.now(), who, leg, what });
    }

    /// The first invariant that does not hold.
    pub(crate) fn broken(&self) -> Result<(), Violation> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    /// Notes that an invariant does not hold; the first one counts.
    pub(crate) fn broke(&mut self, invariant: Invariant, evidence: String) {
        let violation = self.violation(invariant, evidence);
        self.broken.get_or_insert(violation);
    }

    pub(crate) fn violation(&self, invariant: Invariant, evidence: String) -> Violation {
        Violation { at: self.now(), invariant, evidence }
    }
}
