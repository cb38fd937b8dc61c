//! All Adj-RIBs-In and the Loc-RIB in one table per family.

use crate::attrs::AttrSet;
use crate::decision::{Context, Reach, Undecided, select};
use crate::net::{Key, Net};
use crate::nets::Nets;
use crate::options::DecisionOptions;
use crate::origin::{Learned, Relation};
use crate::path::{Announced, BestChange, Change, Path, PeerId, PeerInfo, Standing};
use crate::paths::Paths;
use crate::place::Place;
use alloc::vec::Vec;
use bgp_wire::Family;
use core::cmp::Reverse;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr};
use core::ops::Range;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// All places: for what can be done in pieces, a range of their numbers each.
pub const EVERYWHERE: Range<u32> = 0..u32::MAX;

/// How many paths of one family a peer has in the RIB.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Candidates.
    pub accepted: usize,
    /// Refused by import policy.
    pub rejected: usize,
    /// Accepted, and not used because they flap (RFC 2439).
    pub damped: usize,
}

impl Counts {
    /// All together.
    pub const fn paths(self) -> usize {
        self.accepted.saturating_add(self.rejected).saturating_add(self.damped)
    }

    fn of(&mut self, path: &Path) -> &mut usize {
        match path.standing {
            Standing::Rejected => &mut self.rejected,
            Standing::Damped => &mut self.damped,
            Standing::Best | Standing::Lost(_) => &mut self.accepted,
        }
    }

    pub(crate) fn add(&mut self, path: &Path) {
        let count = self.of(path);
        *count = count.saturating_add(1);
    }

    pub(crate) fn remove(&mut self, path: &Path) {
        let count = self.of(path);
        *count = count.saturating_sub(1);
    }
}

/// The paths of one peer, by family.
#[derive(Clone, Copy, Default)]
pub(crate) struct PeerCounts {
    v4: Counts,
    v6: Counts,
}

impl PeerCounts {
    pub(crate) const fn get(&self, family: Family) -> Counts {
        match family {
            Family::Ipv4Unicast => self.v4,
            Family::Ipv6Unicast => self.v6,
            _ => Counts { accepted: 0, rejected: 0, damped: 0 },
        }
    }

    const fn of(&mut self, net: Net) -> &mut Counts {
        self.of_family(net.family())
    }

    /// Those of a family that a net can have.
    pub(crate) const fn of_family(&mut self, family: Family) -> &mut Counts {
        match family {
            Family::Ipv4Unicast => &mut self.v4,
            _ => &mut self.v6,
        }
    }
}

/// Every path of every net, and which is best.
///
/// Only peers that are up have paths: changes of another are passed over, so that what was under way when
/// a session ended leaves nothing behind.
pub struct Rib {
    pub(crate) v4: Nets<Ipv4Net>,
    pub(crate) v6: Nets<Ipv6Net>,
    pub(crate) context: Context,
    pub(crate) counts: HashMap<PeerId, PeerCounts, FixedState>,
}

impl Rib {
    /// An empty one. `seed` keeps peers from choosing nets that collide.
    pub fn new(seed: u64) -> Self {
        Self::build(seed, false)
    }

    /// An empty one in which a net that has lost its last path keeps its place until [`Rib::reap`] finds it unused:
    /// [`UpdateGroup`](crate::UpdateGroup)s still have to withdraw it.
    pub fn with_places_kept(seed: u64) -> Self {
        Self::build(seed, true)
    }

    fn build(seed: u64, keeps_places: bool) -> Self {
        let state = FixedState::with_seed(seed);
        let mut context = Context::new(&state);
        let unspecified = Ipv4Addr::UNSPECIFIED;
        let this =
            PeerInfo { relation: Relation::Internal, router_id: unspecified, addr: unspecified.into() };
        context.peers.insert(PeerId::LOCAL, this);
        let v4 = Nets::new(seed, keeps_places);
        let v6 = Nets::new(seed, keeps_places);
        Self { v4, v6, context, counts: HashMap::with_hasher(state) }
    }

    /// How the decision process runs from now on; nets with several paths are decided anew.
    pub fn set_options(&mut self, options: DecisionOptions, out: &mut impl FnMut(BestChange<'_>)) {
        if self.context.options != options {
            self.context.options = options;
            self.context.multipath |= options.multipath.is_on();
            self.v4.redecide(|_| true, &self.context, out);
            self.v6.redecide(|_| true, &self.context, out);
        }
    }

    /// How the decision process runs.
    pub fn options(&self) -> &DecisionOptions {
        &self.context.options
    }

    /// The peer's session is up. What it had from an earlier one is withdrawn.
    pub fn peer_up(&mut self, peer: PeerId, info: PeerInfo, out: &mut impl FnMut(BestChange<'_>)) {
        self.peer_down(peer, out);
        if peer != PeerId::LOCAL {
            self.context.peers.insert(peer, info);
        }
    }

    /// The peer's session ended: all its paths are withdrawn. [`PeerId::LOCAL`] stays up.
    pub fn peer_down(&mut self, peer: PeerId, out: &mut impl FnMut(BestChange<'_>)) {
        for family in Family::UNICAST {
            self.withdraw_all(peer, family, EVERYWHERE, out);
        }
        self.counts.remove(&peer);
        if peer != PeerId::LOCAL {
            self.context.peers.remove(&peer);
        }
    }

    /// What the peer has at some places of `family` is withdrawn: [`Rib::peer_down`] in pieces, if that follows.
    pub fn withdraw_all(
        &mut self,
        peer: PeerId,
        family: Family,
        places: Range<u32>,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let Some(counts) = self.counts.get_mut(&peer) else { return };
        let (counts, context) = (counts.of_family(family), &self.context);
        match family {
            Family::Ipv4Unicast => self.v4.withdraw_all(peer, places, counts, context, out),
            Family::Ipv6Unicast => self.v6.withdraw_all(peer, places, counts, context, out),
            _ => {}
        }
    }

    /// Asks for the memory where the search for each of these nets begins, and returns at once: for a caller that has something
    /// else to do before [`prefetch_paths`](Self::prefetch_paths).
    pub fn prefetch(&self, nets: impl Iterator<Item = Net>) {
        nets.for_each(|net| match net.prefix() {
            IpNet::V4(key) => self.v4.prefetch(key),
            IpNet::V6(key) => self.v6.prefetch(key),
        });
    }

    /// Asks for what changes of these nets will read, so that the cache has it by then. Changes wait for memory one after
    /// the other; this waits for many at a time.
    pub fn prefetch_paths(&self, nets: impl Iterator<Item = Net> + Clone) {
        nets.clone().for_each(|net| match net.prefix() {
            IpNet::V4(key) => self.v4.prefetch_place(key),
            IpNet::V6(key) => self.v6.prefetch_place(key),
        });
        nets.for_each(|net| match net.prefix() {
            IpNet::V4(key) => self.v4.prefetch_paths(key),
            IpNet::V6(key) => self.v6.prefetch_paths(key),
        });
    }

    /// Applies one change.
    pub fn apply(&mut self, from: PeerId, change: Change, out: &mut impl FnMut(BestChange<'_>)) {
        match change {
            Change::Announce(announced, attrs) => self.announce(from, &attrs, [announced], out),
            Change::Withdraw { net, path_id } => self.withdraw(from, [(net, path_id)], out),
        }
    }

    /// Applies what one UPDATE announces: nets that share an attribute set.
    pub fn announce(
        &mut self,
        from: PeerId,
        attrs: &AttrSet,
        nets: impl IntoIterator<Item = Announced>,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let Some(info) = self.context.peers.get(&from) else { return };
        let learned = Learned::from(from, info.relation);
        let peer = self.counts.entry(from).or_default();
        for announced in nets {
            let path = Path::new(from, learned, &announced, attrs.clone());
            let counts = peer.of(announced.net);
            counts.add(&path);
            let replaced = match announced.net.prefix() {
                IpNet::V4(key) => self.v4.announce(key, path, &self.context, out),
                IpNet::V6(key) => self.v6.announce(key, path, &self.context, out),
            };
            replaced.iter().for_each(|path| counts.remove(path));
        }
    }

    /// Applies what one UPDATE withdraws: nets, each with the path identifier of RFC 7911 or 0.
    pub fn withdraw(
        &mut self,
        from: PeerId,
        nets: impl IntoIterator<Item = (Net, u32)>,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let Some(peer) = self.counts.get_mut(&from) else { return };
        for (net, path_id) in nets {
            let removed = match net.prefix() {
                IpNet::V4(key) => self.v4.withdraw(key, from, path_id, &self.context, out),
                IpNet::V6(key) => self.v6.withdraw(key, from, path_id, &self.context, out),
            };
            removed.iter().for_each(|path| peer.of(net).remove(path));
        }
    }

    /// Learns of the way to a next hop, and decides the nets anew that have a path through it. A next hop
    /// never spoken of is reachable at no cost.
    pub fn set_next_hop(&mut self, hop: IpAddr, reach: Reach, out: &mut impl FnMut(BestChange<'_>)) {
        let next_hops = &mut self.context.next_hops;
        let old = match reach {
            Reach::Cost(0) => next_hops.remove(&hop),
            reach => next_hops.insert(hop, reach),
        };
        if old.unwrap_or(Reach::Cost(0)) != reach {
            let through = |path: &Path| path.attrs.next_hop().addr() == hop;
            self.v4.redecide(through, &self.context, out);
            self.v6.redecide(through, &self.context, out);
        }
    }

    /// What the decision process knows of a peer that is up.
    pub fn peer(&self, peer: PeerId) -> Option<&PeerInfo> {
        self.context.peers.get(&peer)
    }

    /// How many paths of `family` the peer has here.
    pub fn counts(&self, peer: PeerId, family: Family) -> Counts {
        self.counts.get(&peer).map(|counts| counts.get(family)).unwrap_or_default()
    }

    /// How many nets of `family` there are, those included whose paths are all refused.
    pub fn nets_len(&self, family: Family) -> usize {
        match family {
            Family::Ipv4Unicast => self.v4.len(),
            Family::Ipv6Unicast => self.v6.len(),
            _ => 0,
        }
    }

    /// How many paths of `family` there are, refused ones included.
    pub fn paths_len(&self, family: Family) -> usize {
        self.counts.values().map(|counts| counts.get(family).paths()).sum()
    }

    /// The paths of a net in the order in which they came.
    pub fn paths(&self, net: Net) -> &[Path] {
        let paths = match net.prefix() {
            IpNet::V4(key) => self.v4.find(key),
            IpNet::V6(key) => self.v6.find(key),
        };
        paths.map(Paths::as_slice).unwrap_or_default()
    }

    /// The best path of a net.
    pub fn best(&self, net: Net) -> Option<&Path> {
        self.paths(net).iter().find(|path| path.standing == Standing::Best)
    }

    /// Where a net stands.
    pub fn place(&self, net: Net) -> Option<Place> {
        match net.prefix() {
            IpNet::V4(key) => self.v4.place(key),
            IpNet::V6(key) => self.v6.place(key),
        }
    }

    /// The net at a place, and its paths: none where it has lost them all.
    pub fn at(&self, at: Place) -> Option<(Net, &[Path])> {
        match at {
            Place::V4(at) => self.v4.get(at).map(|(key, paths)| (key.net(), paths.as_slice())),
            Place::V6(at) => self.v6.get(at).map(|(key, paths)| (key.net(), paths.as_slice())),
        }
    }

    /// Every place of `family` that is or was in use, in their order.
    pub fn places(&self, family: Family) -> impl Iterator<Item = Place> + use<> {
        let v4 = (family == Family::Ipv4Unicast).then(|| self.v4.places());
        let v6 = (family == Family::Ipv6Unicast).then(|| self.v6.places());
        v4.into_iter().flatten().chain(v6.into_iter().flatten())
    }

    /// The number behind the last place of `family` that is or was in use.
    pub fn places_end(&self, family: Family) -> u32 {
        match family {
            Family::Ipv4Unicast => self.v4.slots_in(EVERYWHERE).end,
            Family::Ipv6Unicast => self.v6.slots_in(EVERYWHERE).end,
            _ => 0,
        }
    }

    /// How many places [`Rib::reap`] has to look at, of the family that has more of them.
    pub fn vacated_len(&self) -> usize {
        self.v4.vacated_len().max(self.v6.vacated_len())
    }

    /// Frees places of nets without paths that nobody uses; looks at so many of each family at most.
    pub fn reap(&mut self, at_most: usize, used: impl Fn(Place) -> bool) {
        self.v4.reap(at_most, &used);
        self.v6.reap(at_most, &used);
    }

    /// The paths of a net that are used together, the best first: it alone where none is equal to it, or
    /// [`Multipath`](crate::Multipath) allows no other.
    pub fn multipath(&self, net: Net) -> impl Iterator<Item = &Path> {
        let others =
            self.paths(net).iter().filter(|path| path.is_multipath() && path.standing != Standing::Best);
        self.best(net).into_iter().chain(others)
    }

    /// What is the best path of a net to somebody who may be told only of those that `may` says yes to: RFC 7947
    /// section 2.3 asks that a route server decide so for each of its clients. Each stands as best when it is asked
    /// about.
    pub fn best_among(&self, net: Net, mut may: impl FnMut(&Path) -> bool) -> Option<Path> {
        let paths = self.paths(net).iter().filter(|path| path.is_candidate()).cloned();
        let mut paths: Vec<_> = paths.map(Path::into_best).filter(&mut may).collect();
        select(&mut paths, Undecided::All, &self.context).best.cloned()
    }

    /// What became of every path of a net: the best first, then those eliminated, the last step's first,
    /// then those that flap, then those refused.
    pub fn explain(&self, net: Net) -> Vec<&Path> {
        let mut paths: Vec<_> = self.paths(net).iter().collect();
        paths.sort_by_key(|path| match path.standing {
            Standing::Best => (0, None),
            Standing::Lost(step) => (1, Some(Reverse(step))),
            Standing::Damped => (2, None),
            Standing::Rejected => (3, None),
        });
        paths
    }

    /// Every net of `family` and its paths, in no order but one: nets of one UPDATE that came together
    /// stand together.
    pub fn iter(&self, family: Family) -> impl Iterator<Item = (Net, &[Path])> {
        let (v4, v6) = match family {
            Family::Ipv4Unicast => (Some(&self.v4), None),
            Family::Ipv6Unicast => (None, Some(&self.v6)),
            _ => (None, None),
        };
        let v4 = v4.into_iter().flat_map(Nets::iter).map(|(key, paths)| (key.net(), paths));
        let v6 = v6.into_iter().flat_map(Nets::iter).map(|(key, paths)| (key.net(), paths));
        v4.chain(v6).map(|(net, paths)| (net, paths.as_slice()))
    }

    /// The Loc-RIB of `family`, for a new peer: nets of one attribute set mostly follow each other.
    pub fn loc_rib(&self, family: Family) -> impl Iterator<Item = (Net, &Path)> {
        self.iter(family).filter_map(|(net, paths)| {
            let best = paths.iter().find(|path| path.standing == Standing::Best)?;
            Some((net, best))
        })
    }

    /// Every net of `family` and its paths, sorted: for people to read.
    pub fn sorted(&self, family: Family) -> Vec<(Net, &[Path])> {
        let mut nets: Vec<_> = self.iter(family).collect();
        nets.sort_unstable_by_key(|(net, _)| *net);
        nets
    }

    /// The Adj-RIB-In of a peer after import policy, refused paths included, sorted.
    pub fn adj_in(&self, peer: PeerId, family: Family) -> Vec<(Net, &Path)> {
        let mut paths: Vec<_> = self
            .iter(family)
            .flat_map(|(net, paths)| paths.iter().map(move |path| (net, path)))
            .filter(|(_, path)| path.peer == peer)
            .collect();
        paths.sort_unstable_by_key(|(net, path)| (*net, path.path_id));
        paths
    }
}

impl fmt::Debug for Rib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [v4, v6] = Family::UNICAST.map(|family| self.nets_len(family));
        f.debug_struct("Rib").field("ipv4_nets", &v4).field("ipv6_nets", &v6).finish_non_exhaustive()
    }
}
