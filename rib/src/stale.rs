//! Stale paths: kept while their peer restarts (RFC 4724, RFC 9494), or while it sends all it has again
//! (RFC 7313).

use crate::attrs::AttrSet;
use crate::decision::Context;
use crate::net::Key;
use crate::nets::Nets;
use crate::path::{BestChange, Path, PeerId, PeerInfo};
use crate::paths::Paths;
use crate::rib::Rib;
use bgp_wire::Family;
use core::ops::Range;

/// Whether a path is what its peer says now.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Stale {
    /// It is.
    #[default]
    No,
    /// It was said before the peer restarted or began to send all again, and competes as it did
    /// (RFC 4724 section 4.2).
    Kept,
    /// It is kept for so long that any other path is better (RFC 9494 section 4.3).
    KeptLong,
    /// The peer says so, and itself keeps it for long: any other path is better.
    Told,
}

impl Stale {
    /// Whether a sweep takes it.
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Kept | Self::KeptLong)
    }

    /// Whether every other path is better.
    pub const fn is_last_choice(self) -> bool {
        matches!(self, Self::KeptLong | Self::Told)
    }

    /// What it is once its peer is gone or begins anew.
    const fn kept(self) -> Self {
        if self.is_last_choice() { Self::KeptLong } else { Self::Kept }
    }
}

/// What becomes of a path that is looked at.
enum Fate {
    Stays(Path),
    Goes,
}

impl Rib {
    /// The peer's session is up again after [`Rib::mark_stale`]: what is stale stays until
    /// [`Rib::sweep_stale`].
    pub fn peer_back(&mut self, peer: PeerId, info: PeerInfo) {
        if peer != PeerId::LOCAL {
            self.context.peers.insert(peer, info);
        }
    }

    /// What the peer has of `family` is stale from now on. It is fresh again with its next announcement. This and what
    /// follows can be done in pieces, if nothing else is done between; otherwise `places` are [`EVERYWHERE`](crate::EVERYWHERE).
    pub fn mark_stale(&mut self, peer: PeerId, family: Family, places: Range<u32>) {
        let stale = |path: &Path| Fate::Stays(path.made(path.stale().kept(), path.attrs.clone()));
        self.revise(peer, family, places, |_| true, stale, &mut |_| {});
    }

    /// What is stale of the peer's paths of `family` is kept for long: `relabel` gives its attributes anew, or
    /// `None` where it is not to be kept. Any other path is better.
    pub fn keep_stale_long(
        &mut self,
        peer: PeerId,
        family: Family,
        places: Range<u32>,
        mut relabel: impl FnMut(&AttrSet) -> Option<AttrSet>,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let long = |path: &Path| match relabel(&path.attrs) {
            Some(attrs) => Fate::Stays(path.made(Stale::KeptLong, attrs)),
            None => Fate::Goes,
        };
        self.revise(peer, family, places, |path| path.stale().is_kept(), long, out);
    }

    /// What is still stale of the peer's paths of `family` is withdrawn.
    pub fn sweep_stale(
        &mut self,
        peer: PeerId,
        family: Family,
        places: Range<u32>,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        self.revise(peer, family, places, |path| path.stale().is_kept(), |_| Fate::Goes, out);
    }

    /// Gives the attributes of all that the peer has of `family` anew.
    pub fn relabel(
        &mut self,
        peer: PeerId,
        family: Family,
        places: Range<u32>,
        relabel: &mut impl FnMut(&AttrSet) -> AttrSet,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let anew = |path: &Path| Fate::Stays(path.made(path.stale(), relabel(&path.attrs)));
        self.revise(peer, family, places, |_| true, anew, out);
    }

    /// Whether anything of the peer's paths of `family` is stale.
    pub fn has_stale(&self, peer: PeerId, family: Family) -> bool {
        self.iter(family).any(|(_, paths)| paths.iter().any(|p| p.peer == peer && p.stale().is_kept()))
    }

    /// Decides for each of the peer's paths of `family` that `which` names.
    fn revise(
        &mut self,
        peer: PeerId,
        family: Family,
        places: Range<u32>,
        which: impl Fn(&Path) -> bool,
        mut fate: impl FnMut(&Path) -> Fate,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let Some(counts) = self.counts.get_mut(&peer) else { return };
        let all = counts.get(family).paths();
        let mut gone = |path: &Path| counts.of_family(family).remove(path);
        match family {
            Family::Ipv4Unicast => {
                self.v4.revise(peer, places, all, which, &mut fate, &self.context, &mut gone, out);
            }
            Family::Ipv6Unicast => {
                self.v6.revise(peer, places, all, which, &mut fate, &self.context, &mut gone, out);
            }
            _ => {}
        }
    }
}

impl<K: Key> Nets<K> {
    #[expect(clippy::too_many_arguments, reason = "what one walk needs of the RIB")]
    fn revise(
        &mut self,
        peer: PeerId,
        places: Range<u32>,
        mut left: usize,
        which: impl Fn(&Path) -> bool,
        fate: &mut impl FnMut(&Path) -> Fate,
        context: &Context,
        gone: &mut impl FnMut(&Path),
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        for at in self.slots_in(places) {
            if left == 0 {
                return;
            }
            let Some((_, paths)) = self.get(at) else { continue };
            let theirs = paths.as_slice().iter().filter(|path| path.peer == peer);
            let (all, meant) = theirs.fold((0_usize, 0_usize), |(all, meant), path| {
                (all.saturating_add(1), meant.saturating_add(usize::from(which(path))))
            });
            left = left.saturating_sub(all);
            if meant == 0 {
                continue;
            }
            let change = |paths: &mut Paths| {
                let mut equal_gone = false;
                paths.retain_mut(|path| {
                    if path.peer != peer || !which(path) {
                        return true;
                    }
                    match fate(path) {
                        Fate::Stays(revised) => *path = revised,
                        Fate::Goes => {
                            gone(path);
                            equal_gone |= path.is_multipath();
                            return false;
                        }
                    }
                    true
                });
                equal_gone
            };
            self.change(at, change, context, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use crate::net::Net;
    use crate::origin::Relation;
    use crate::path::{Announced, Because, Import, Standing};
    use crate::rib::EVERYWHERE;
    use alloc::string::String;
    use alloc::vec::Vec;
    use bgp_wire::{AttributeSet, Community, NextHop, Origin};

    const V4: Family = Family::Ipv4Unicast;
    const RESTARTS: PeerId = PeerId(1);
    const OTHER: PeerId = PeerId(2);
    const BOTH: &str = "198.51.100.0/24";
    const ALONE: &str = "203.0.113.0/24";

    struct Rig {
        rib: Rib,
        interner: Interner,
    }

    impl Rig {
        /// Peer 1 has both nets and a better path to the one that peer 2 has too.
        fn new() -> Self {
            let mut rig = Self { rib: Rib::new(1), interner: Interner::new(1) };
            for peer in [RESTARTS, OTHER] {
                let addr = [192, 0, 2, u8::try_from(peer.0).unwrap()].into();
                let info = PeerInfo { relation: Relation::External, router_id: addr, addr: addr.into() };
                rig.rib.peer_up(peer, info, &mut |_| {});
            }
            rig.announce(RESTARTS, BOTH, Stale::No);
            rig.announce(RESTARTS, ALONE, Stale::No);
            rig.announce(OTHER, BOTH, Stale::No);
            rig
        }

        fn announce(&mut self, peer: PeerId, net: &str, stale: Stale) {
            let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 9].into()));
            set.local_pref = Some(if peer == RESTARTS { 200 } else { 100 });
            let attrs = self.interner.intern(&set).unwrap();
            let accepted = Import::Accepted(Because(0));
            let announced = Announced { stale, ..Announced::new(net.parse().unwrap(), accepted) };
            self.rib.announce(peer, &attrs, [announced], &mut |_| {});
        }

        /// Every net with the peer of its best path, and a mark where that is stale.
        fn best(&self) -> Vec<String> {
            let best = |(net, path): (Net, &Path)| {
                let mark = if path.stale() == Stale::No { "" } else { " stale" };
                let text = alloc::format!("{net} {}{mark}", path.peer.0);
                text.replace(BOTH, "both").replace(ALONE, "alone")
            };
            let mut all: Vec<_> = self.rib.loc_rib(V4).map(best).collect();
            all.sort_unstable_by(|a, b| b.cmp(a));
            all
        }
    }

    /// (what happens in turn, the best path of each net then, how many paths peer 1 has)
    #[test]
    fn paths_that_outlast_a_session() {
        let mark = |rig: &mut Rig| rig.rib.mark_stale(RESTARTS, V4, EVERYWHERE);
        let again = |rig: &mut Rig| rig.announce(RESTARTS, BOTH, Stale::No);
        let sweep = |rig: &mut Rig| rig.rib.sweep_stale(RESTARTS, V4, EVERYWHERE, &mut |_| {});
        let long = |rig: &mut Rig| {
            let Rig { rib, interner } = rig;
            let relabel = |attrs: &AttrSet| {
                let mut set = attrs.to_set();
                set.communities.push(Community::LLGR_STALE);
                interner.intern(&set).ok()
            };
            rib.keep_stale_long(RESTARTS, V4, EVERYWHERE, relabel, &mut |_| {});
        };
        let never_long =
            |rig: &mut Rig| rig.rib.keep_stale_long(RESTARTS, V4, EVERYWHERE, |_| None, &mut |_| {});
        let told = |rig: &mut Rig| rig.announce(RESTARTS, BOTH, Stale::Told);
        let family = |rig: &mut Rig| rig.rib.withdraw_all(RESTARTS, V4, EVERYWHERE, &mut |_| {});
        let cases: &[(&[&dyn Fn(&mut Rig)], &[&str], usize)] = &[
            (&[], &["both 1", "alone 1"], 2),
            (&[&mark], &["both 1 stale", "alone 1 stale"], 2),
            (&[&mark, &again], &["both 1", "alone 1 stale"], 2),
            (&[&mark, &again, &sweep], &["both 1"], 1),
            (&[&mark, &sweep], &["both 2"], 0),
            (&[&sweep], &["both 1", "alone 1"], 2),
            (&[&mark, &long], &["both 2", "alone 1 stale"], 2),
            (&[&mark, &long, &again], &["both 1", "alone 1 stale"], 2),
            (&[&mark, &long, &sweep], &["both 2"], 0),
            (&[&mark, &never_long], &["both 2"], 0),
            (&[&long], &["both 1", "alone 1"], 2),
            (&[&told], &["both 2", "alone 1"], 2),
            (&[&told, &sweep], &["both 2", "alone 1"], 2),
            (&[&told, &mark, &sweep], &["both 2"], 0),
            (&[&family], &["both 2"], 0),
        ];
        for (number, (steps, want, paths)) in cases.iter().enumerate() {
            let mut rig = Rig::new();
            steps.iter().for_each(|step| step(&mut rig));
            assert_eq!(rig.best(), *want, "case {number}");
            assert_eq!(rig.rib.counts(RESTARTS, V4).paths(), *paths, "case {number}");
            let held: Vec<_> = rig.rib.adj_in(RESTARTS, V4).into_iter().map(|(_, p)| p.stale()).collect();
            assert_eq!(rig.rib.has_stale(RESTARTS, V4), held.iter().any(|s| s.is_kept()), "case {number}");
        }
    }

    #[test]
    fn a_mark_alone_tells_nobody_and_long_tells_of_each_net() {
        let mut rig = Rig::new();
        rig.rib.mark_stale(RESTARTS, V4, EVERYWHERE);
        let mut told = 0;
        rig.rib.keep_stale_long(RESTARTS, V4, EVERYWHERE, |attrs| Some(attrs.clone()), &mut |change| {
            told += 1;
            assert_eq!(change.new.map(|path| path.peer), Some(OTHER));
        });
        assert_eq!(told, 1, "the other's path is best now; the net without one has the same as before");
        assert_eq!(rig.rib.paths(BOTH.parse().unwrap()).len(), 2);
        assert!(rig.rib.paths(BOTH.parse().unwrap()).iter().any(|p| matches!(p.standing, Standing::Lost(_))));
    }
}
