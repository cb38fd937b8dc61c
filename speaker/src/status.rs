//! What a speaker can be asked: its peers, its paths, and why each is what it is.

use crate::config::AdjRibIn;
use crate::damping::Suppressed;
use crate::engine::Engine;
use crate::export::{Exporter, NotExported, left_out};
use crate::groups::ToldPath;
use crate::orf::Received;
use crate::reason::Reason;
use crate::told::told;
use bgp_policy::{PathValidationState, ValidationState};
use bgp_rib::{Counts, Interner, Net, Path, PeerId, Stale, Standing};
use bgp_session::{Counters, Down, Exchange, State};
use bgp_wire::{Asn, AttributeSet, Family, FamilySet};
use std::net::Ipv4Addr;
use std::time::Instant;

/// One peer at one moment.
#[derive(Clone, Debug)]
pub struct PeerStatus {
    /// Its number.
    pub id: PeerId,
    /// What people call it.
    pub config: crate::PeerConfig,
    /// Where its session stands.
    pub state: State,
    /// Since when it is Established.
    pub established_since: Option<Instant>,
    /// What both OPENs came to, while Established.
    pub exchange: Option<Exchange>,
    /// Families exchanged.
    pub families: FamilySet,
    /// Paths taken from it and refused, all families together.
    pub counts: Counts,
    /// Prefixes passed over because it has as many as it may, all families together.
    pub blocked: u64,
    /// Routes it was told.
    pub announced: usize,
    /// Whether it is sent nothing for now, because it was a short while ago.
    pub paced: bool,
    /// Routes that it is not told because there are as many as may be.
    pub held_back: usize,
    /// Families of which it has said what it wants to be told, and by how many entries (RFC 5292).
    pub filters: Vec<(Family, usize)>,
    /// Families of which it is told nothing before it has.
    pub awaits_filters: FamilySet,
    /// Families of which it is told several paths a net, and how many at most (RFC 7911).
    pub several_told: Vec<(Family, u8)>,
    /// Whether its session is to be taken down soon (RFC 8326).
    pub draining: bool,
    /// Whether an operator keeps its session down; [`Engine::shut_down`].
    pub shut_down: bool,
    /// Whether its import policy is another from the session's next beginning on.
    pub needs_reset: bool,
    /// Messages.
    pub counters: Counters,
    /// UPDATEs that RFC 7606 had something to say about.
    pub malformed: u64,
    /// Its BFD session, where there is one.
    pub bfd: Option<bfd::State>,
    /// When and why its session ended last.
    pub last_down: Option<(Instant, Down)>,
}

/// One path at one moment.
#[derive(Clone, Debug)]
pub struct RouteStatus {
    /// The net.
    pub net: Net,
    /// The path identifier of RFC 7911; 0 where the session has none.
    pub path_id: u32,
    /// Whose path it is; [`PeerId::LOCAL`] for one that begins here.
    pub peer: PeerId,
    /// Its attributes, as import policy left them.
    pub attrs: AttributeSet,
    /// What became of it.
    pub standing: Standing,
    /// Whether it is one of several equal paths that are used together.
    pub multipath: bool,
    /// Its weight.
    pub weight: u16,
    /// Whether it is what its peer says now.
    pub stale: Stale,
    /// What the RPKI says of it, as it came.
    pub rpki: ValidationState,
    /// What the IRR says of it, as it came.
    pub irr: ValidationState,
    /// What ASPA says of its path, as it came.
    pub aspa: PathValidationState,
    /// That it flaps too often to be used, although it was taken.
    pub suppressed: Option<Suppressed>,
    /// Why it was taken or refused, in words.
    pub reason: String,
}

impl Engine {
    /// This speaker's autonomous system.
    pub fn asn(&self) -> Asn {
        self.core().config.asn
    }

    /// This speaker's BGP Identifier.
    pub fn router_id(&self) -> Ipv4Addr {
        self.core().config.router_id
    }

    /// Every peer, in the order in which they were added.
    pub fn status(&self) -> Vec<PeerStatus> {
        self.peers().filter_map(|id| self.peer_status(id)).collect()
    }

    /// One peer.
    pub fn peer_status(&self, id: PeerId) -> Option<PeerStatus> {
        let (session, core) = (self.session(id)?, self.core());
        let peer = core.peer(id)?;
        let counts = Family::UNICAST.map(|family| core.rib.counts(id, family));
        Some(PeerStatus {
            id,
            config: peer.config.clone(),
            state: session.state(),
            established_since: session.established_since(),
            exchange: peer.up.as_ref().map(|up| up.exchange.clone()),
            families: core.families(id),
            counts: Counts {
                accepted: counts.iter().map(|c| c.accepted).sum(),
                rejected: counts.iter().map(|c| c.rejected).sum(),
                damped: counts.iter().map(|c| c.damped).sum(),
            },
            blocked: peer.reached.iter().map(|reached| reached.blocked).sum(),
            announced: core.announced(id),
            held_back: core.held_back_len(peer),
            paced: peer.up.as_ref().is_some_and(|up| up.pace.deadline().is_some()),
            filters: Family::UNICAST
                .into_iter()
                .zip(peer.asked.iter().map(Received::len))
                .filter(|(_, entries)| *entries > 0)
                .collect(),
            awaits_filters: peer.up.as_ref().map_or(FamilySet::EMPTY, |up| up.awaits_filters),
            several_told: core.several_told(peer),
            draining: peer.draining,
            shut_down: peer.shut_down,
            needs_reset: peer.awaited.is_some(),
            counters: *session.counters(),
            malformed: peer.malformed,
            bfd: peer.bfd,
            last_down: peer.last_down.clone(),
        })
    }

    /// The peer of that name.
    pub fn peer_named(&self, name: &str) -> Option<PeerId> {
        self.peers().find(|id| self.core().peer(*id).is_some_and(|p| p.config.name == name))
    }

    /// Every path of every net, sorted by net, the best of each first.
    pub fn routes(&self) -> Vec<RouteStatus> {
        let rib = &self.core().rib;
        let nets = Family::UNICAST.into_iter().flat_map(|family| rib.sorted(family));
        nets.flat_map(|(net, _)| rib.explain(net).into_iter().map(move |path| self.route(net, path)))
            .collect()
    }

    /// Every path that a peer has here, refused ones included, sorted by net.
    pub fn routes_from(&self, peer: PeerId) -> Vec<RouteStatus> {
        let rib = &self.core().rib;
        let paths = Family::UNICAST.into_iter().flat_map(|family| rib.adj_in(peer, family));
        paths.map(|(net, path)| self.route(net, path)).collect()
    }

    /// The nets that an accepted path of a peer leads to, sorted.
    pub fn accepted_from(&self, peer: PeerId) -> Vec<Net> {
        let rib = &self.core().rib;
        let paths = Family::UNICAST.into_iter().flat_map(|family| rib.adj_in(peer, family));
        let mut nets: Vec<Net> = paths.filter(|(_, path)| path.is_candidate()).map(|(net, _)| net).collect();
        // Several paths of one net stand side by side.
        nets.dedup();
        nets
    }

    /// Whose paths to a net are accepted, and at which local preference; the best first.
    pub fn accepted(&self, net: Net) -> Vec<(PeerId, u32)> {
        let paths = self.core().rib.explain(net).into_iter();
        let accepted = paths.filter(|path| path.is_candidate());
        accepted.map(|path| (path.peer, path.attrs.local_pref())).collect()
    }

    /// Every path that a peer has here with the attributes that it came with, before import policy, refused ones
    /// included, sorted by net; `None` where no Adj-RIB-In is kept of it.
    pub fn received_from(&self, peer: PeerId) -> Option<Vec<RouteStatus>> {
        self.core().peer(peer).filter(|p| p.config.adj_rib_in == AdjRibIn::Kept)?;
        let rib = &self.core().rib;
        let paths = Family::UNICAST.into_iter().flat_map(|family| rib.adj_in(peer, family));
        let came = |path: &Path| path.attrs.as_it_came().to_set();
        Some(paths.map(|(net, path)| RouteStatus { attrs: came(path), ..self.route(net, path) }).collect())
    }

    /// What a peer has been told, sorted by net; several paths of one net where both sides agreed on that.
    pub fn routes_to(&self, peer: PeerId) -> Vec<(Net, AttributeSet)> {
        self.paths_to(peer).into_iter().map(|told| (told.net, told.attrs)).collect()
    }

    /// The same with path identifiers.
    pub fn paths_to(&self, peer: PeerId) -> Vec<ToldPath> {
        let Some(up) = self.core().peer(peer).and_then(|p| p.up.as_ref()) else { return Vec::new() };
        self.core().changes.groups.told(up.group, peer, &self.core().rib)
    }

    /// What a peer has been told of one net.
    pub fn told_of(&self, net: Net, peer: PeerId) -> Vec<ToldPath> {
        let Some(up) = self.core().peer(peer).and_then(|p| p.up.as_ref()) else { return Vec::new() };
        self.core().changes.groups.told_of(up.group, peer, net, &self.core().rib)
    }

    /// The paths of a net that are used together, the best first.
    pub fn multipath(&self, net: Net) -> Vec<RouteStatus> {
        self.core().rib.multipath(net).map(|path| self.route(net, path)).collect()
    }

    /// Every path of a net: the best, then those that lost, the last to lose first, then those that flap, then those
    /// refused.
    pub fn explain(&self, net: Net) -> Vec<RouteStatus> {
        self.core().rib.explain(net).into_iter().map(|path| self.route(net, path)).collect()
    }

    /// The best path of a net.
    pub fn best(&self, net: Net) -> Option<RouteStatus> {
        self.core().rib.best(net).map(|path| self.route(net, path))
    }

    /// What the peer is told of the best path of `net`; in words, why nothing.
    pub fn export_of(&self, net: Net, peer: PeerId) -> Option<Result<AttributeSet, String>> {
        let (core, id) = (self.core(), peer);
        let (best, peer) = (core.rib.best(net)?, core.peer(id)?);
        let up = peer.up.as_ref()?;
        let towards = core.changes.groups.towards(up.group)?;
        let (exporter, interner) = (&mut Exporter::default(), &mut Interner::new(0));
        let told = told(net, best, &core.rib, towards, exporter, interner);
        if core.changes.aggregates.stand_for(net) {
            return Some(Err(NotExported::Summarised.explain(None).to_string()));
        }
        // A route server's client may be told of another path.
        let of_best = told.as_ref().map_or(true, |(_, whose)| *whose == best.peer);
        let left_out = left_out(best, id, peer.config.asn, up.session.rewriting.relation).filter(|_| of_best);
        let told = left_out.map_or(told.map(|(attrs, _)| attrs.to_set()), Err);
        let policy = peer.config.export.as_deref();
        Some(told.map_err(|why: NotExported| why.explain(policy).to_string()))
    }

    fn route(&self, net: Net, path: &Path) -> RouteStatus {
        let peer = self.core().peer(path.peer);
        let policy = peer.and_then(|peer| peer.config.import.as_deref());
        let damping = peer.and_then(|peer| peer.damping.as_ref()).filter(|_| path.is_damped());
        let (prefix, sources) = (net.prefix(), &self.core().sources);
        let came = path.attrs.as_it_came().as_path();
        let origin = sources.origin(came);
        let aspa =
            peer.map(|peer| sources.aspa(came, &peer.config, self.core().config.relation(&peer.config)));
        RouteStatus {
            rpki: sources.rpki(&prefix, origin),
            irr: sources.irr(&prefix, origin),
            aspa: aspa.unwrap_or_default(),
            net,
            path_id: path.path_id,
            peer: path.peer,
            attrs: path.attrs.to_set(),
            standing: path.standing,
            multipath: path.is_multipath(),
            weight: path.weight,
            stale: path.stale(),
            suppressed: damping.and_then(|damping| damping.suppressed(net, path.path_id)),
            reason: Reason::from(path.because).explain(policy).to_string(),
        }
    }
}
