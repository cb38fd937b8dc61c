//! Paths that import judges again, after its policy has changed.

use crate::attrs::AttrSet;
use crate::decision::Context;
use crate::net::{Key, Net};
use crate::nets::Nets;
use crate::path::{Announced, BestChange, Import, Path, PeerId};
use crate::paths::Paths;
use crate::rib::{Counts, Rib};
use crate::stale::Stale;
use alloc::vec::Vec;
use bgp_wire::Family;
use core::ops::Range;

/// What import makes of a path that is here already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// Its attributes from now on.
    pub attrs: AttrSet,
    /// Whether it is a candidate.
    pub import: Import,
    /// How much it is wanted here.
    pub weight: u16,
    /// Whether it is what the peer says now.
    pub stale: Stale,
}

impl From<&Path> for Judged {
    /// As it stands.
    fn from(path: &Path) -> Self {
        Self { attrs: path.attrs.clone(), import: path.import(), weight: path.weight, stale: path.stale() }
    }
}

impl Rib {
    /// A path of the peer's that flapped too often is used again.
    pub fn reuse(&mut self, peer: PeerId, net: Net, path_id: u32, out: &mut impl FnMut(BestChange<'_>)) {
        let damped = |path: &&Path| (path.peer, path.path_id) == (peer, path_id) && path.is_damped();
        let Some(path) = self.paths(net).iter().find(damped) else { return };
        let import = Import::Accepted(path.because);
        let (weight, stale, attrs) = (path.weight, path.stale(), path.attrs.clone());
        self.announce(peer, &attrs, [Announced { net, path_id, import, weight, stale }], out);
    }

    /// Judges anew what the peer has of `family` at some places; nets of which nothing changes are not decided again.
    /// Returns how many paths are others than before.
    pub fn judge_again(
        &mut self,
        peer: PeerId,
        family: Family,
        places: Range<u32>,
        mut judge: impl FnMut(Net, &Path) -> Judged,
        out: &mut impl FnMut(BestChange<'_>),
    ) -> usize {
        let Some(counts) = self.counts.get_mut(&peer) else { return 0 };
        let counts = counts.of_family(family);
        match family {
            Family::Ipv4Unicast => self.v4.judge_again(peer, places, counts, &mut judge, &self.context, out),
            Family::Ipv6Unicast => self.v6.judge_again(peer, places, counts, &mut judge, &self.context, out),
            _ => 0,
        }
    }
}

impl<K: Key> Nets<K> {
    fn judge_again(
        &mut self,
        peer: PeerId,
        places: Range<u32>,
        counts: &mut Counts,
        judge: &mut impl FnMut(Net, &Path) -> Judged,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) -> usize {
        let (mut left, mut changed) = (counts.paths(), 0_usize);
        let mut anew: Vec<(usize, Path)> = Vec::new();
        for at in self.slots_in(places) {
            if left == 0 {
                break;
            }
            let Some((key, paths)) = self.get(at) else { continue };
            for (place, path) in paths.as_slice().iter().enumerate().filter(|(_, path)| path.peer == peer) {
                left = left.saturating_sub(1);
                let new = path.judged(key.net(), judge(key.net(), path));
                if !path.says_the_same_as(&new) {
                    anew.push((place, new));
                }
            }
            if !anew.is_empty() {
                changed = changed.saturating_add(anew.len());
                self.change(at, |paths| put(paths, &mut anew, counts), context, out);
            }
        }
        changed
    }
}

/// Puts paths in the places of those before; whether one of several equal paths was among these.
fn put(paths: &mut Paths, anew: &mut Vec<(usize, Path)>, counts: &mut Counts) -> bool {
    let mut equal_gone = false;
    for (place, new) in anew.drain(..) {
        let Some(old) = paths.as_mut_slice().get_mut(place) else { continue };
        counts.remove(old);
        counts.add(&new);
        equal_gone |= old.is_multipath();
        *old = new;
    }
    equal_gone
}

impl Path {
    /// The same offer, judged so.
    fn judged(&self, net: Net, judged: Judged) -> Self {
        let Judged { attrs, import, weight, stale } = judged;
        let announced = Announced { net, path_id: self.path_id, import, weight, stale };
        Self::new(self.peer, self.learned(), &announced, attrs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use crate::origin::Relation;
    use crate::path::{Because, PeerInfo, Standing};
    use crate::rib::EVERYWHERE;
    use alloc::string::{String, ToString};
    use bgp_wire::{AttributeSet, NextHop, Origin};

    const V4: Family = Family::Ipv4Unicast;
    const NETS: [&str; 3] = ["198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24"];

    fn attrs(interner: &mut Interner, local_pref: u32) -> AttrSet {
        let set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        interner.intern(&AttributeSet { local_pref: Some(local_pref), ..set }).unwrap()
    }

    /// Two peers with a path to each net; the first one's are the best.
    fn rig() -> (Rib, Interner, [PeerId; 2]) {
        let (mut rib, mut interner) = (Rib::new(1), Interner::new(1));
        let peers = [PeerId(1), PeerId(2)];
        for (peer, pref) in peers.into_iter().zip([200, 100]) {
            let addr = [192, 0, 2, u8::try_from(pref / 100).unwrap()].into();
            let info = PeerInfo { relation: Relation::External, router_id: addr, addr: addr.into() };
            rib.peer_up(peer, info, &mut |_| {});
            let set = attrs(&mut interner, pref);
            let nets = NETS.map(|net| Announced::new(net.parse().unwrap(), Import::Accepted(Because(1))));
            rib.announce(peer, &set, nets, &mut |_| {});
        }
        (rib, interner, peers)
    }

    #[test]
    fn only_nets_with_another_verdict_are_decided_again() {
        let (mut rib, _, [first, second]) = rig();
        let refused: Net = NETS[1].parse().unwrap();
        let mut told: Vec<(String, Option<PeerId>)> = Vec::new();
        let mut judge = |rib: &mut Rib, import: Import| {
            let judge = |net, path: &Path| {
                let judged = Judged::from(path);
                if net == refused { Judged { import, ..judged } } else { judged }
            };
            rib.judge_again(first, V4, EVERYWHERE, judge, &mut |change| {
                told.push((change.net.to_string(), change.new.map(|path| path.peer)));
            })
        };
        assert_eq!(judge(&mut rib, Import::Rejected(Because(2))), 1);
        let counts = rib.counts(first, V4);
        assert_eq!((counts.accepted, counts.rejected), (2, 1));
        assert_eq!(rib.paths(refused)[0].standing, Standing::Rejected);
        assert_eq!(judge(&mut rib, Import::Rejected(Because(2))), 0, "it stands as it did");
        assert_eq!(judge(&mut rib, Import::Rejected(Because(3))), 1, "for another reason");
        assert_eq!(judge(&mut rib, Import::Accepted(Because(1))), 1);
        assert_eq!(told, [(NETS[1].to_string(), Some(second)), (NETS[1].to_string(), Some(first))]);
        assert_eq!(rib.counts(first, V4).accepted, 3);
        assert_eq!(rib.counts(second, V4).accepted, 3);
    }

    #[test]
    fn what_flaps_is_no_candidate_until_it_is_used_again() {
        let (mut rib, mut interner, [first, second]) = rig();
        let net: Net = NETS[0].parse().unwrap();
        let best = |rib: &Rib| rib.best(net).unwrap().peer;
        let damped = Announced { weight: 3, ..Announced::new(net, Import::Damped(Because(5))) };
        rib.announce(first, &attrs(&mut interner, 300), [damped], &mut |_| {});
        let counts = rib.counts(first, V4);
        assert_eq!((counts.accepted, counts.damped, counts.paths(), best(&rib)), (2, 1, 3, second));
        let standings: Vec<_> = rib.explain(net).iter().map(|path| path.standing).collect();
        assert_eq!(standings, [Standing::Best, Standing::Damped]);
        // One in place of another is no change, nor is one that is not damped to be used again.
        let mut told = 0;
        rib.announce(first, &attrs(&mut interner, 400), [damped], &mut |_| told += 1);
        rib.reuse(second, net, 0, &mut |_| told += 1);
        rib.reuse(first, net, 9, &mut |_| told += 1);
        assert_eq!(told, 0);
        rib.reuse(first, net, 0, &mut |_| told += 1);
        let path = rib.best(net).unwrap();
        let seen = (path.peer, path.attrs.local_pref(), path.because, path.weight);
        assert_eq!((told, seen), (1, (first, 400, Because(5), 3)));
        assert_eq!((rib.counts(first, V4).accepted, rib.counts(first, V4).damped), (3, 0));
        rib.announce(first, &attrs(&mut interner, 400), [damped], &mut |_| {});
        rib.withdraw(first, [(net, 0)], &mut |_| {});
        assert_eq!((rib.counts(first, V4).paths(), best(&rib)), (2, second));
    }

    #[test]
    fn other_attributes_weight_and_staleness_count() {
        let (mut rib, mut interner, [first, second]) = rig();
        let lower = attrs(&mut interner, 50);
        let changed = rib.judge_again(
            first,
            V4,
            EVERYWHERE,
            |_, path| Judged { attrs: lower.clone(), ..Judged::from(path) },
            &mut |_| {},
        );
        let best = |rib: &Rib| rib.best(NETS[0].parse().unwrap()).unwrap().peer;
        assert_eq!((changed, best(&rib)), (3, second));
        rib.judge_again(
            first,
            V4,
            EVERYWHERE,
            |_, path| Judged { weight: 9, ..Judged::from(path) },
            &mut |_| {},
        );
        assert_eq!(best(&rib), first);
        let stale = |_: Net, path: &Path| Judged { stale: Stale::KeptLong, ..Judged::from(path) };
        rib.judge_again(first, V4, EVERYWHERE, stale, &mut |_| {});
        assert_eq!(best(&rib), second);
        rib.sweep_stale(first, V4, EVERYWHERE, &mut |_| {});
        assert_eq!((rib.counts(first, V4).paths(), rib.counts(second, V4).paths()), (0, 3));
        assert_eq!(rib.judge_again(PeerId(9), V4, EVERYWHERE, |_, path| Judged::from(path), &mut |_| {}), 0);
        assert_eq!(rib.judge_again(second, Family::Ipv6Unicast, EVERYWHERE, stale, &mut |_| {}), 0);
    }
}
