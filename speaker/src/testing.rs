//! An engine in virtual time, and peers made of octets.

use crate::{Action, Conn, Engine, Event, Input, Net, PeerConfig, PeerId, SpeakerConfig, What};
use bgp_policy::{Document, Policy};
use bgp_rib::Path;
use bgp_wire::{
    Asn, AttributeSet, Capability, Family, FilteredRefresh, Fit, MAX_EXTENDED_MESSAGE, MessageType,
    Negotiated, NextHop, Notification, Open, Origin, PathNlri, PeerKind, Received, RouteRefresh,
    UpdateWriter, frame, update, write_keepalive,
};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const LOCAL: Asn = Asn(64500);
/// Our address on sessions over IPv6.
const HERE6: IpAddr = IpAddr::V6(std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 250));

/// An engine, its clock, and what it asked for since that was last read.
pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) now: Instant,
    pub(crate) events: Vec<What>,
    /// Messages that left, each in a word or two, with the number of the peer it left for.
    sent: Vec<(PeerId, String)>,
}

/// An external peer, numbered `n`, that accepts and is told everything.
pub(crate) fn peer(n: u8) -> PeerConfig {
    let mut peer = PeerConfig::new(format!("peer-{n}"), [192, 0, 2, n].into(), Asn(64500 + u32::from(n)));
    peer.import = Some(Arc::new(Policy::accept_all()));
    peer.export = Some(Arc::new(Policy::accept_all()));
    peer
}

/// Likewise over IPv6, of both families' routes those of IPv6.
pub(crate) fn peer6(n: u8) -> PeerConfig {
    let address = std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n.into());
    PeerConfig {
        address: address.into(),
        families: bgp_wire::FamilySet::EMPTY.with(Family::Ipv6Unicast),
        ..peer(n)
    }
}

/// The policy `p` of a text.
pub(crate) fn policy(text: &str) -> Arc<Policy> {
    let document: Document = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
    let library = document
        .library(|file| Err(format!("{file} is not there")))
        .unwrap_or_else(|why| panic!("{text}: {why}"));
    Arc::new(library.policy("p").unwrap())
}

/// The attributes of a route of peer `n`'s.
pub(crate) fn attributes(n: u8) -> AttributeSet {
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, n].into()));
    set.as_path = [Asn(64500 + u32::from(n))].into_iter().collect();
    set
}

impl Rig {
    pub(crate) fn new() -> Self {
        let config = SpeakerConfig { seed: 1, ..SpeakerConfig::new(LOCAL, [192, 0, 2, 250].into()) };
        Self::with(config)
    }

    pub(crate) fn with(config: SpeakerConfig) -> Self {
        #[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
        let now = Instant::now();
        Self { engine: Engine::new(config), now, events: Vec::new(), sent: Vec::new() }
    }

    /// Adds a peer and establishes its session; it offers `theirs` besides the usual.
    pub(crate) fn establish(&mut self, config: PeerConfig, theirs: &[Capability<'_>]) -> PeerId {
        let peer = self.engine.add_peer(config, self.now);
        self.connect(peer, theirs);
        peer
    }

    /// Establishes the session of a peer that is known.
    pub(crate) fn connect(&mut self, peer: PeerId, theirs: &[Capability<'_>]) {
        let (asn, id, _) = self.who(peer);
        self.connect_with(peer, Open::new(asn, id), theirs);
    }

    /// The same with an OPEN of which only the usual is not there yet.
    pub(crate) fn connect_with(&mut self, peer: PeerId, open: Open<'_>, theirs: &[Capability<'_>]) {
        let (.., address) = self.who(peer);
        let open = open
            .capability(Capability::Multiprotocol(Family::Ipv4Unicast.afi_safi()))
            .capability(Capability::Multiprotocol(Family::Ipv6Unicast.afi_safi()))
            .capability(Capability::RouteRefresh);
        let open = theirs.iter().fold(open, |open, capability| open.capability(*capability));
        self.input(peer, Input::Start);
        let Self { engine, now, events, sent } = self;
        let local = if address.is_ipv4() { [192, 0, 2, 250].into() } else { HERE6 };
        engine.connected(peer, Conn::Dialed, local, *now, &mut |action| note(action, events, sent));
        self.message(peer, |out| open.encode(out));
        self.message(peer, write_keepalive);
        self.pump();
        assert!(self.engine.connection(peer).is_some(), "established");
    }

    /// A peer's ASN, BGP Identifier and address.
    fn who(&self, peer: PeerId) -> (Asn, Ipv4Addr, IpAddr) {
        let PeerConfig { asn, address, .. } = self.engine.peer_status(peer).unwrap().config;
        let id = match address {
            IpAddr::V4(id) => id,
            IpAddr::V6(address) => Ipv4Addr::new(192, 0, 2, address.octets()[15]),
        };
        (asn, id, address)
    }

    pub(crate) fn input(&mut self, peer: PeerId, input: Input<'_>) {
        let Self { engine, now, events, sent } = self;
        engine.handle(peer, input, *now, &mut |action| note(action, events, sent));
    }

    pub(crate) fn message(&mut self, peer: PeerId, encode: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = Vec::new();
        encode(&mut bytes);
        let max = self.engine.max_message(peer, Conn::Dialed);
        self.input(peer, Input::Message(Conn::Dialed, frame(&bytes, max).unwrap().unwrap()));
    }

    pub(crate) fn refresh(&mut self, peer: PeerId, refresh: RouteRefresh) {
        self.message(peer, |out| refresh.encode(out));
    }

    /// The peer announces nets with its own attributes, changed.
    pub(crate) fn announce_with(&mut self, peer: PeerId, nets: &[&str], change: impl Fn(&mut AttributeSet)) {
        let n = self.negotiated(peer);
        let mut set = attributes(u8::try_from(peer.0 + 1).unwrap());
        let (asn, _, address) = self.who(peer);
        (set.as_path, set.next_hop) = ([asn].into_iter().collect(), address.into());
        change(&mut set);
        let nets: Vec<PathNlri> = nets.iter().map(|net| nlri(net)).collect();
        self.message(peer, |out| {
            let mut writer = UpdateWriter::announce(out, &n, family(&nets), &set).unwrap();
            nets.iter().for_each(|nlri| assert_eq!(writer.push(nlri), Fit::Added));
            writer.finish();
        });
    }

    pub(crate) fn announce(&mut self, peer: PeerId, nets: &[&str]) {
        self.announce_with(peer, nets, |_| {});
    }

    pub(crate) fn withdraw(&mut self, peer: PeerId, nets: &[&str]) {
        let n = self.negotiated(peer);
        let nets: Vec<PathNlri> = nets.iter().map(|net| nlri(net)).collect();
        self.message(peer, |out| {
            let mut writer = UpdateWriter::withdraw(out, &n, family(&nets));
            nets.iter().for_each(|nlri| assert_eq!(writer.push(nlri), Fit::Added));
            writer.finish();
        });
    }

    /// The peer has told all of what its session carries.
    pub(crate) fn end_of_rib(&mut self, peer: PeerId) {
        let n = self.negotiated(peer);
        for family in n.families.iter() {
            self.message(peer, |out| UpdateWriter::end_of_rib(out, &n, family));
        }
    }

    /// As the peer sees it: what it sends is what we receive.
    pub(crate) fn negotiated(&self, peer: PeerId) -> Negotiated {
        let n = self.engine.peer_status(peer).unwrap().exchange.unwrap().negotiated;
        Negotiated { add_path_tx: n.add_path_rx, add_path_rx: n.add_path_tx, ..n }
    }

    /// Time passes, and timers fire on time.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.engine.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let Self { engine, now, events, sent } = self;
            engine.handle_timeouts(*now, &mut |action| note(action, events, sent));
        }
        self.now = end;
    }

    /// Time passes on sessions that nobody lets expire.
    pub(crate) fn pass_alive(&mut self, secs: u64) {
        for _ in 0..secs / 10 {
            self.pass(Duration::from_secs(10));
            for peer in self.engine.peers() {
                if self.engine.connection(peer).is_some() {
                    self.message(peer, write_keepalive);
                }
            }
        }
    }

    /// Pulls all that waits.
    pub(crate) fn pump(&mut self) {
        for peer in self.engine.peers() {
            if self.engine.connection(peer).is_none() {
                continue;
            }
            // What is pulled may end the session.
            let (told, bytes) = (self.negotiated(peer), self.pull(peer));
            let mut rest = bytes.as_slice();
            while let Some(message) = frame(rest, MAX_EXTENDED_MESSAGE).unwrap() {
                let (first, after) = rest.split_at(message.len);
                self.sent.push((peer, word(first, &told)));
                rest = after;
            }
        }
    }

    /// Pulls what waits for a peer, as octets.
    pub(crate) fn pull(&mut self, peer: PeerId) -> Vec<u8> {
        let (mut count, mut piece, mut all) = (0, Vec::new(), Vec::new());
        while let Some(more) = self.engine.poll_transmit(peer, &mut piece) {
            count += more;
            all.append(&mut piece);
        }
        let Self { engine, now, events, sent } = self;
        engine.updates_sent(peer, count, *now, &mut |action| note(action, events, sent));
        all
    }

    /// What left for a peer since this was last asked, KEEPALIVEs and OPENs left out.
    pub(crate) fn sent(&mut self, peer: PeerId) -> Vec<String> {
        self.pump();
        let (theirs, others) = std::mem::take(&mut self.sent).into_iter().partition(|(to, _)| *to == peer);
        self.sent = others;
        let quiet = |(_, word): &(_, String)| word != "KEEPALIVE" && word != "OPEN";
        theirs.into_iter().filter(quiet).map(|(_, word)| word).collect()
    }

    /// The nets that have a best path, sorted.
    pub(crate) fn nets(&self) -> Vec<String> {
        let rib = &self.engine.core().rib;
        let best = Family::UNICAST.into_iter().flat_map(|family| rib.sorted(family));
        best.filter(|(net, _)| self.engine.best(*net).is_some()).map(|(net, _)| net.to_string()).collect()
    }

    /// The paths of a net.
    pub(crate) fn paths(&self, net: &str) -> Vec<Path> {
        self.engine.core().rib.paths(net.parse::<Net>().unwrap()).to_vec()
    }
}

/// The family of some nets, which is one.
fn family(nets: &[PathNlri]) -> Family {
    Family::of(&nets.first().unwrap().prefix)
}

/// `198.51.100.0/24`, or with a path identifier `2 198.51.100.0/24`.
fn named(nlri: &PathNlri) -> String {
    if nlri.path_id == 0 { nlri.prefix.to_string() } else { format!("{} {}", nlri.path_id, nlri.prefix) }
}

fn nlri(net: &str) -> PathNlri {
    let (path_id, prefix) = net.split_once(' ').map_or((0, net), |(id, net)| (id.parse().unwrap(), net));
    PathNlri { path_id, prefix: prefix.parse().unwrap() }
}

fn note(action: Action<'_>, events: &mut Vec<What>, sent: &mut Vec<(PeerId, String)>) {
    match action {
        Action::Event(Event { what, .. }) => events.push(what),
        Action::Send(peer, _, bytes) => sent.push((peer, word(bytes, &Negotiated::new(PeerKind::External)))),
        Action::Dial(_) | Action::Close(..) => {}
    }
}

fn word(bytes: &[u8], n: &Negotiated) -> String {
    let message = frame(bytes, u16::MAX).unwrap().unwrap();
    assert_eq!(message.len, bytes.len(), "one message");
    match message.kind {
        MessageType::Notification => Notification::decode(message.body).to_string(),
        MessageType::RouteRefresh => match FilteredRefresh::decode(message.body).unwrap() {
            None => RouteRefresh::decode(message.body).unwrap().to_string(),
            Some(FilteredRefresh { family, groups, .. }) => {
                let entries = groups.iter().flat_map(|group| group.prefixes(family.afi));
                let entries: Vec<_> = entries.map(|entry| entry.unwrap().to_string()).collect();
                format!("filter {family}: {}", entries.join("; "))
            }
        },
        MessageType::Update => match update(message.body, n).unwrap().update {
            Received::EndOfRib(family) => format!("end of {family}"),
            Received::Routes(routes) => {
                let gone = routes.withdrawn.prefixes().map(|n| format!("-{}", named(&n)));
                let come = routes.announced().flat_map(|(_, nlri)| nlri.iter().map(|n| named(&n)));
                let mut all: Vec<String> = gone.chain(come).collect();
                all.sort_unstable();
                all.join(" ")
            }
            other => format!("{other:?}"),
        },
        kind => kind.to_string(),
    }
}
