//! Attribute sets, interned: equal ones are one allocation.

use alloc::sync::Arc;
use bgp_wire::{Asn, AttributeSet, Community, Origin};
use core::fmt;
use core::hash::{BuildHasher, Hash, Hasher};
use core::ops::Deref;
use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// How far the communities of RFC 1997 let a route go, widest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// None of them is there.
    Anyone,
    /// NO_EXPORT_SUBCONFED: not to external peers, confederation members included.
    WithinAs,
    /// NO_EXPORT: not beyond the confederation; without one, beyond the AS.
    WithinConfederation,
    /// NO_ADVERTISE.
    Nobody,
}

impl Scope {
    fn of(communities: &[Community]) -> Self {
        let has = |community| communities.contains(&community);
        if has(Community::NO_ADVERTISE) {
            Self::Nobody
        } else if has(Community::NO_EXPORT) {
            Self::WithinConfederation
        } else if has(Community::NO_EXPORT_SUBCONFED) {
            Self::WithinAs
        } else {
            Self::Anyone
        }
    }
}

/// A set, and what is read from it for each net, decoded once.
struct Interned {
    set: AttributeSet,
    hash: u64,
    local_pref: u32,
    med: u32,
    neighbor_as: Asn,
    path_len: u32,
    scope: Scope,
}

impl Interned {
    fn new(set: AttributeSet, hash: u64) -> Self {
        let path = set.as_path.view();
        Self {
            hash,
            local_pref: set.local_pref.unwrap_or(AttrSet::DEFAULT_LOCAL_PREF),
            med: set.med.unwrap_or(0),
            neighbor_as: path.neighbor().unwrap_or_default(),
            path_len: u32::try_from(path.hops()).unwrap_or(u32::MAX),
            scope: Scope::of(&set.communities),
            set,
        }
    }
}

/// A handle to an interned attribute set. Clones share it; equal means the same allocation.
///
/// Its methods read an attribute as the decision process does, defaults included; its fields, those of
/// [`AttributeSet`], hold what the route carries.
///
/// Handles of one [`Interner`] are equal exactly where their sets are. Those of two interners never are.
#[derive(Clone)]
pub struct AttrSet(Arc<Interned>);

impl AttrSet {
    /// LOCAL_PREF of a route that has none.
    pub const DEFAULT_LOCAL_PREF: u32 = 100;

    /// LOCAL_PREF, or its default.
    pub fn local_pref(&self) -> u32 {
        self.0.local_pref
    }

    /// The length of AS_PATH as the decision process counts it.
    pub fn path_len(&self) -> u32 {
        self.0.path_len
    }

    /// ORIGIN.
    pub fn origin(&self) -> Origin {
        self.0.set.origin
    }

    /// MULTI_EXIT_DISC; a missing one is the lowest (RFC 4271 section 9.1.2.2).
    pub fn med(&self) -> u32 {
        self.0.med
    }

    /// The AS that sent the route on last; AS 0 stands for this AS.
    pub fn neighbor_as(&self) -> Asn {
        self.0.neighbor_as
    }

    /// How far the communities let it go.
    pub fn scope(&self) -> Scope {
        self.0.scope
    }
}

impl Deref for AttrSet {
    type Target = AttributeSet;

    fn deref(&self) -> &AttributeSet {
        &self.0.set
    }
}

impl PartialEq for AttrSet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
impl Eq for AttrSet {}

impl Hash for AttrSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(Arc::as_ptr(&self.0).addr());
    }
}

impl fmt::Debug for AttrSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set.fmt(f)
    }
}

/// Finds the one allocation of an attribute set.
///
/// Sets that nobody holds any more leave it: all of them on [`sweep`](Self::sweep), which also happens
/// whenever it has twice the sets it was left with (and at least 1024), so that a set costs no more than
/// another look at it on average.
///
/// ```
/// # use bgp_rib::Interner;
/// # use bgp_wire::{AttributeSet, NextHop, Origin};
/// let mut interner = Interner::new(1);
/// let set = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// let (a, b) = (interner.intern(set.clone()), interner.intern(set));
/// assert_eq!((a, interner.len()), (b, 1));
/// interner.sweep();
/// assert!(interner.is_empty());
/// ```
pub struct Interner {
    sets: HashTable<AttrSet>,
    /// The number of sets at which those in use are counted again.
    sweep_at: usize,
    state: FixedState,
}

impl Interner {
    const SWEEP_FIRST: usize = 1024;

    /// An empty one. `seed` keeps peers from choosing attributes that collide.
    pub fn new(seed: u64) -> Self {
        let state = FixedState::with_seed(seed);
        Self { sets: HashTable::new(), sweep_at: Self::SWEEP_FIRST, state }
    }

    /// The handle of `set`.
    pub fn intern(&mut self, set: AttributeSet) -> AttrSet {
        let hash = self.state.hash_one(&set);
        if let Some(known) = self.sets.find(hash, |known| known.0.hash == hash && known.0.set == set) {
            return known.clone();
        }
        if self.sets.len() >= self.sweep_at {
            self.sweep();
        }
        let handle = AttrSet(Arc::new(Interned::new(set, hash)));
        self.sets.insert_unique(hash, handle.clone(), |known| known.0.hash);
        handle
    }

    /// Lets go of the sets that nobody else holds.
    pub fn sweep(&mut self) {
        self.sets.retain(|known| Arc::strong_count(&known.0) > 1);
        self.sweep_at = self.sets.len().saturating_mul(2).max(Self::SWEEP_FIRST);
        self.sets.shrink_to(self.sweep_at, |known| known.0.hash);
    }

    /// How many sets it holds, those included that nobody else holds.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }
}

impl fmt::Debug for Interner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interner").field("sets", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use bgp_wire::NextHop;

    fn set(med: u32) -> AttributeSet {
        let hop = NextHop::V4([192, 0, 2, 1].into());
        AttributeSet { med: Some(med), ..AttributeSet::new(Origin::Igp, hop) }
    }

    #[test]
    fn equal_sets_are_one_allocation() {
        let mut interner = Interner::new(0);
        let (a, b, c) = (interner.intern(set(1)), interner.intern(set(1)), interner.intern(set(2)));
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_eq!((a.med(), c.med(), interner.len()), (1, 2, 2));
        assert_ne!(a, Interner::new(0).intern(set(1)));
    }

    /// The task that decodes interns; others decide and send.
    #[test]
    fn handles_cross_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<(AttrSet, Interner, crate::Rib, crate::UpdateGroup)>();
    }

    #[test]
    fn sets_that_nobody_holds_leave() {
        let mut interner = Interner::new(0);
        let held: Vec<_> = (0..10).map(|n| interner.intern(set(n))).collect();
        for n in 10..100_000 {
            interner.intern(set(n));
            assert!(interner.len() <= Interner::SWEEP_FIRST);
        }
        interner.sweep();
        assert_eq!(interner.len(), held.len());
        assert_eq!(interner.intern(set(3)), held[3]);
        drop(held);
        interner.sweep();
        assert!(interner.is_empty());
    }

    #[test]
    fn the_strictest_community_sets_the_scope() {
        let (subconfed, export, advertise) =
            (Community::NO_EXPORT_SUBCONFED, Community::NO_EXPORT, Community::NO_ADVERTISE);
        for (communities, want) in [
            (&[][..], Scope::Anyone),
            (&[Community::new(64500, 1)], Scope::Anyone),
            (&[subconfed], Scope::WithinAs),
            (&[subconfed, export], Scope::WithinConfederation),
            (&[advertise, export], Scope::Nobody),
        ] {
            assert_eq!(Scope::of(communities), want, "{communities:?}");
        }
    }
}
