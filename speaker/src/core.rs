//! All of an engine but its sessions: what they tell becomes paths, and best paths become UPDATEs.

use crate::aggregate::Aggregates;
use crate::config::{LocalRoute, PeerConfig, SpeakerConfig};
use crate::damping::Damping;
use crate::deferral::Deferral;
use crate::engine::Action;
use crate::event::{Event, What};
use crate::export::Session;
use crate::groups::{GroupId, Groups};
use crate::import::Importer;
use crate::kept::Kept;
use crate::pace::Pace;
use crate::peer::{Peer, Up};
use crate::reason::Reason;
use crate::refresh::Refreshes;
use crate::sources::{Revalidation, RouteSources};
use crate::walk::{Walk, Walks};
use bgp_rib::{
    Announced, BestChange, DecisionOptions, Import, Interner, Net, PeerId, PeerInfo, Reach, Relation, Rib,
};
use bgp_session::{Conn, Exchange, Input, Output};
use bgp_wire::{Aggregator, AttributeSet, Family, FamilySet, NextHop, Origin, Parsed, Received, TooLong};
use ipnet::IpNet;
use std::net::IpAddr;
use std::time::Instant;

/// How many places of nets without paths are looked at in one go.
const REAPED: usize = 256;

/// Peers, routes and what waits to be told.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: SpeakerConfig,
    pub(crate) peers: Vec<Peer>,
    pub(crate) rib: Rib,
    pub(crate) interner: Interner,
    /// Room for the attributes of the UPDATE that is looked at.
    arrived: AttributeSet,
    pub(crate) changes: Changes,
    pub(crate) walks: Walks,
    /// Whether routes wait because we have restarted.
    pub(crate) deferral: Deferral,
    /// Sessions that are to end because of their prefixes.
    pub(crate) too_many: Vec<(PeerId, Input<'static>)>,
    /// Peers from which routes are held back, of which nobody has been told.
    pub(crate) held_back: Vec<PeerId>,
    /// Sessions that have just come up, whose peers are to be sent our filters.
    pub(crate) filters_due: Vec<PeerId>,
    /// What others say of prefixes and their origins.
    pub(crate) sources: RouteSources,
    /// What is judged again because they say something else.
    pub(crate) revalidation: Option<Revalidation>,
}

/// Who is to hear that a net has another best path.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) groups: Groups,
    pub(crate) aggregates: Aggregates,
    /// Where every change is told: those that were not yet.
    best: Option<Vec<Changed>>,
}

/// A net of which the best path changed, or those equal to it.
#[derive(Debug)]
struct Changed {
    net: Net,
    /// Whose path came or went.
    whose: PeerId,
    best: bool,
    multipath: bool,
}

impl Core {
    pub(crate) fn new(config: SpeakerConfig) -> Self {
        let (interner, mut rib) = (Interner::new(config.seed), Rib::with_places_kept(config.seed));
        rib.set_options(config.decision, &mut |_| {});
        config.next_hops.iter().for_each(|(hop, reach)| rib.set_next_hop(*hop, *reach, &mut |_| {}));
        let changes = Changes {
            groups: Groups::default(),
            aggregates: Aggregates::new(&config.aggregates),
            best: config.tell_best.then(Vec::new),
        };
        let deferral = config.restarted.map_or(Deferral::Over, |_| Deferral::Until(None));
        let arrived = AttributeSet::new(Origin::default(), NextHop::Absent);
        let (too_many, held_back, filters_due) = (Vec::new(), Vec::new(), Vec::new());
        let peers = Vec::new();
        let sources = RouteSources::new(config.asn_towards(Relation::External));
        Self {
            config,
            peers,
            rib,
            interner,
            arrived,
            changes,
            walks: Walks::default(),
            deferral,
            too_many,
            held_back,
            filters_due,
            sources,
            revalidation: None,
        }
    }

    /// Takes a peer in; returns what its session is made from.
    pub(crate) fn add_peer(&mut self, config: PeerConfig) -> (PeerId, bgp_session::Config, u64) {
        let id = PeerId(u32::try_from(self.peers.len()).unwrap_or(u32::MAX));
        let mut session = config.session(&self.config);
        session.restarting = self.deferral.is_on();
        self.expect(&config);
        self.peers.push(Peer::new(config));
        (id, session, self.session_seed(id))
    }

    /// What is told to a client of a route server, or to who is told several paths, may change although the best
    /// path stays.
    fn expect(&mut self, peer: &PeerConfig) {
        if peer.routing.route_server_client || !peer.offers.add_path_tx.is_empty() {
            let every = DecisionOptions { tell_every_change: true, ..*self.rib.options() };
            self.rib.set_options(every, &mut noted(&mut self.changes));
        }
    }

    fn session_seed(&self, PeerId(number): PeerId) -> u64 {
        self.config.seed ^ u64::from(number).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// Another peer takes the place of one; returns what its session is made from.
    pub(crate) fn replace_peer(
        &mut self,
        id: PeerId,
        config: PeerConfig,
    ) -> Option<(bgp_session::Config, u64)> {
        let (session, seed) = (config.session(&self.config), self.session_seed(id));
        self.expect(&config);
        *self.peer_mut(id)? = Peer::new(config);
        self.walk_peer_down(id);
        Some((session, seed))
    }

    pub(crate) fn peer(&self, peer: PeerId) -> Option<&Peer> {
        self.peers.get(peer.0 as usize)
    }

    pub(crate) fn peer_mut(&mut self, peer: PeerId) -> Option<&mut Peer> {
        self.peers.get_mut(peer.0 as usize)
    }

    pub(crate) fn local_address_is(&mut self, peer: PeerId, conn: Conn, local: IpAddr) {
        if let Some(peer) = self.peer_mut(peer) {
            peer.set_local_address(conn, local);
        }
    }

    pub(crate) fn bfd_is(&mut self, peer: PeerId, state: bfd::State) {
        if let Some(peer) = self.peer_mut(peer) {
            peer.bfd = Some(state);
        }
    }

    pub(crate) fn connection(&self, peer: PeerId) -> Option<Conn> {
        self.peer(peer)?.up.as_ref().map(|up| up.conn)
    }

    /// Takes one output of a peer's session.
    pub(crate) fn session_said(
        &mut self,
        peer: PeerId,
        output: &Output<'_>,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        let mut tell = |what| out(Action::Event(Event { at: now, peer, what }));
        match *output {
            Output::Dial => out(Action::Dial(peer)),
            Output::Close(conn) => out(Action::Close(peer, conn)),
            Output::Send(conn, message) => out(Action::Send(peer, conn, message)),
            Output::Changed { from, to } => tell(What::Session { from, to }),
            Output::Up(conn, exchange) => {
                tell(What::Up(exchange.negotiated));
                self.up(peer, conn, exchange, now);
            }
            Output::Down(down) => {
                tell(What::Down(down.clone()));
                self.down(peer, down, now);
            }
            Output::Dropped(_, down) => tell(What::Dropped(down.clone())),
            Output::Update(parsed) => {
                parsed.findings.iter().for_each(|finding| tell(What::Malformed(*finding)));
                if let Received::EndOfRib(family) = parsed.update {
                    tell(What::EndOfRib(family));
                    self.end_of_rib(peer, family);
                }
                if let Received::Routes(routes) = &parsed.update
                    && self.config.tell_announced
                {
                    let nets = routes.announced().flat_map(|(_, nlri)| nlri.iter());
                    let nets: Box<[Net]> = nets.map(|n| n.prefix.into()).collect();
                    if !nets.is_empty() {
                        tell(What::Announced(nets));
                    }
                }
                self.update(peer, parsed, now);
                self.look_at_limits(peer, &mut tell);
            }
            Output::Refresh(family) => {
                tell(What::RefreshAsked(family));
                self.asked_again(peer, family);
            }
            Output::Filter(family, filter) => self.filtered(peer, family, filter, &mut tell),
            Output::RefreshBegins(family) => {
                tell(What::RefreshBegins(family));
                self.refresh_begins(peer, family, now);
            }
            Output::RefreshEnds(family) => {
                tell(What::RefreshEnds(family));
                self.refresh_ends(peer, family);
            }
        }
    }

    /// A session is Established: the peer is to have all that is best (RFC 4271 section 9.2).
    fn up(&mut self, id: PeerId, conn: Conn, exchange: &Exchange, now: Instant) {
        let Some(peer) = self.peer(id) else { return };
        let session = Session::new(id, &self.config, &peer.config, peer.local_address(conn));
        let relation = session.rewriting.relation;
        let info = PeerInfo { relation, router_id: exchange.open.router_id, addr: peer.config.address };
        self.back_from_restart(id, info, exchange, now);
        let seed = self.session_seed(id);
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
        if let Some(rules) = peer.config.damping.filter(|_| relation == Relation::External) {
            peer.damping.get_or_insert_with(|| Damping::new(rules, seed, now));
        }
        peer.asked = Default::default();
        let pace = Pace::new(peer.config.advertisement_interval, self.config.seed ^ u64::from(id.0));
        peer.up = Some(Up {
            pace,
            conn,
            exchange: exchange.clone(),
            session,
            group: GroupId::NONE,
            awaits_filters: exchange.orf_rx,
            refreshes: Refreshes::default(),
            ended: FamilySet::EMPTY,
            regroups: true,
        });
        self.walk(Walk::Regroup(id));
        if !exchange.orf_tx.is_empty() {
            self.filters_due.push(id);
        }
    }

    fn down(&mut self, id: PeerId, down: &bgp_session::Down, now: Instant) {
        let Some(peer) = self.peer_mut(id) else { return };
        peer.last_down = Some((now, down.clone()));
        // An attempt that came to nothing says nothing of what is kept.
        let Some(up) = peer.up.take() else { return };
        peer.last_session = Some(up.session);
        peer.reached = Default::default();
        peer.reached_announced = Default::default();
        self.changes.groups.leave(up.group, id);
        if !self.keep_for_restart(id, &up.exchange, down, now) {
            if let Some(peer) = self.peer_mut(id) {
                peer.kept = Kept::default();
            }
            self.walk_peer_down(id);
        }
        self.adopt_awaited(id);
        self.walk(Walk::Reap);
    }

    /// Lets go of nets that have no paths any more and that every peer has been told to forget.
    pub(crate) fn reap(&mut self, at_most: usize) {
        self.rib.reap(at_most, |place| self.changes.groups.use_place(place));
    }

    /// Applies an UPDATE as RFC 7606 left it.
    fn update(&mut self, id: PeerId, parsed: &Parsed<'_>, now: Instant) {
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
        peer.malformed = peer.malformed.saturating_add(u64::from(parsed.findings.worst().is_some()));
        let Some(up) = &peer.up else { return };
        let mut importer = Importer::new(&peer.config, &up.session, peer.draining, &self.sources);
        importer.damping = peer.damping.as_mut().map(|damping| (damping, now));
        let (rib, out) = (&mut self.rib, &mut noted(&mut self.changes));
        match &parsed.update {
            Received::Routes(routes) => {
                importer.routes(routes, &mut self.arrived, &mut self.interner, rib, out);
            }
            // A family that can be disabled is none that the RIB holds; what there is besides is withdrawn.
            Received::TreatAsWithdraw { withdrawn, announced }
            | Received::AfiSafiDisable { withdrawn, announced, .. } => {
                importer.withdraw(withdrawn, rib, out);
                importer.withdraw(announced, rib, out);
            }
            Received::EndOfRib(_) => {}
        }
        for (reached, blocked) in peer.reached.iter_mut().zip(importer.blocked) {
            reached.blocked = reached.blocked.saturating_add(blocked);
        }
    }

    /// Makes the aggregates anew whose parts changed; one may be a part of another.
    fn aggregate(&mut self) {
        let asn = self.config.asn_towards(Relation::External);
        let aggregator = Aggregator { asn, router_id: self.config.router_id };
        while let Some((net, set)) = self.changes.aggregates.next(aggregator) {
            let out = &mut noted(&mut self.changes);
            // One with a set of too many ASNs cannot be told to anybody.
            let Some(attrs) = set.and_then(|set| self.interner.intern(&set).ok()) else {
                self.rib.withdraw(PeerId::LOCAL, [(net, Aggregates::PATH_ID)], out);
                continue;
            };
            let accepted = Import::Accepted(Reason::Aggregated.into());
            let (path_id, weight) = (Aggregates::PATH_ID, LocalRoute::WEIGHT);
            let announced = Announced { path_id, weight, ..Announced::new(net, accepted) };
            self.rib.announce(PeerId::LOCAL, &attrs, [announced], out);
        }
    }

    /// Tells of every best path that changed, once all that an input leads to is done.
    pub(crate) fn tell_changes(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        if !self.walks.is_empty() {
            return;
        }
        for (peer, paths) in self.take_revalidated() {
            out(Action::Event(Event { at: now, peer, what: What::Revalidated(paths) }));
        }
        self.aggregate();
        for changed in self.changes.best.iter_mut().flat_map(|best| best.drain(..)) {
            let Changed { net, whose, .. } = changed;
            let best = self.rib.best(net);
            let peer = best.map_or(whose, |path| path.peer);
            let reachable = best.is_some();
            let mut tell = |what| out(Action::Event(Event { at: now, peer, what }));
            if changed.best {
                tell(What::Best { net, reachable });
            }
            if changed.multipath {
                tell(What::Multipath { net, paths: self.rib.multipath(net).count() });
            }
        }
    }

    fn poll_group(&mut self, peer: PeerId, buf: &mut Vec<u8>) -> Option<u64> {
        let up = self.peers.get(peer.0 as usize)?.up.as_ref()?;
        let Changes { groups, aggregates, .. } = &mut self.changes;
        groups.poll_transmit(up.group, peer, &self.rib, aggregates, &mut self.interner, buf)
    }

    /// Appends UPDATEs for a peer, and returns how many; `None` where nothing waits.
    pub(crate) fn poll_transmit(&mut self, peer: PeerId, buf: &mut Vec<u8>) -> Option<u64> {
        let sent = self.poll_group(peer, buf);
        if sent.is_none() && self.regroup(peer) {
            return self.poll_group(peer, buf);
        }
        if sent.is_none() {
            self.reap(REAPED);
        }
        if self.holds_back(peer) && !self.held_back.contains(&peer) {
            self.held_back.push(peer);
        }
        sent
    }

    /// The refreshes that a peer asked for, once it may be told of routes.
    pub(crate) fn refreshes(&mut self, peer: PeerId) -> Option<&mut Refreshes> {
        let up = self.peer_mut(peer)?.up.as_mut().filter(|up| up.group != GroupId::NONE);
        up.map(|up| &mut up.refreshes)
    }

    pub(crate) fn originate(&mut self, route: &LocalRoute) -> Result<(), TooLong> {
        let attrs = self.interner.intern(&route.attrs)?;
        let accepted = Import::Accepted(Reason::Originated.into());
        let announced =
            Announced { weight: LocalRoute::WEIGHT, ..Announced::new(route.prefix.into(), accepted) };
        self.rib.announce(PeerId::LOCAL, &attrs, [announced], &mut noted(&mut self.changes));
        Ok(())
    }

    pub(crate) fn set_next_hop(&mut self, hop: IpAddr, reach: Reach) {
        self.rib.set_next_hop(hop, reach, &mut noted(&mut self.changes));
    }

    pub(crate) fn retract(&mut self, prefix: IpNet) {
        self.rib.withdraw(PeerId::LOCAL, [(prefix.into(), 0)], &mut noted(&mut self.changes));
    }

    /// Families that a peer's session exchanges now.
    pub(crate) fn families(&self, peer: PeerId) -> FamilySet {
        let up = self.peer(peer).and_then(|p| p.up.as_ref());
        up.map_or(FamilySet::EMPTY, |up| up.exchange.negotiated.families)
    }

    /// Families of which a peer is told several paths a net, and how many at most.
    pub(crate) fn several_told(&self, peer: &Peer) -> Vec<(Family, u8)> {
        let towards = peer.up.as_ref().and_then(|up| self.changes.groups.towards(up.group));
        let several = |family| Some((family, towards?.marks.several(family)?));
        Family::UNICAST.into_iter().filter_map(several).collect()
    }

    /// When a peer may be sent UPDATEs, while it is up.
    pub(crate) fn pace(&mut self, peer: PeerId) -> Option<&mut Pace> {
        self.peer_mut(peer)?.up.as_mut().map(|up| &mut up.pace)
    }

    /// How many routes are held back from a peer.
    pub(crate) fn held_back_len(&self, peer: &Peer) -> usize {
        let Some(up) = &peer.up else { return 0 };
        Family::UNICAST.into_iter().map(|family| self.changes.groups.held_len(up.group, family)).sum()
    }

    /// How many routes a peer was told.
    pub(crate) fn announced(&self, peer: PeerId) -> usize {
        let up = self.peer(peer).and_then(|p| p.up.as_ref());
        up.map_or(0, |up| self.changes.groups.told_len(up.group, peer, up.exchange.negotiated.families))
    }
}

/// Takes note of each net whose best path changed.
pub(crate) fn noted(changes: &mut Changes) -> impl FnMut(BestChange<'_>) {
    |change| {
        changes.groups.changed(change.at);
        changes.aggregates.note(&change);
        if let Some(best) = &mut changes.best {
            let whose = change.new.or(change.old).map_or(PeerId::LOCAL, |path| path.peer);
            let BestChange { net, multipath, .. } = change;
            if change.best() || multipath {
                best.push(Changed { net, whose, best: change.best(), multipath });
            }
        }
    }
}
