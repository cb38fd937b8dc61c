//! Attribute sets, interned: equal ones are one allocation.

use alloc::vec::Vec;
use bgp_wire::{AsPath, Asn, AttrCode, AttributeSet, Community, EncodedSet, NextHop, Origin, TooLong};
use core::fmt;
use core::hash::{BuildHasher, Hash, Hasher};
use core::net::Ipv4Addr;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use triomphe::ThinArc;

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
        } else if has(Community::NO_EXPORT_SUBCONFED) {
            Self::WithinAs
        } else if has(Community::NO_EXPORT) {
            Self::WithinConfederation
        } else {
            Self::Anyone
        }
    }
}

/// What is read from a set for each net, decoded once.
#[derive(Debug)]
struct Head {
    hash: u64,
    local_pref: u32,
    med: Option<u32>,
    neighbor_as: Asn,
    path_len: u32,
    origin: Origin,
    scope: Scope,
    stale: bool,
    reflected: bool,
    /// What policy made it of, where that is kept.
    came: Option<AttrSet>,
}

impl Head {
    fn new(set: &AttributeSet, hash: u64, came: Option<AttrSet>) -> Self {
        let path = set.as_path.view();
        Self {
            hash,
            local_pref: set.local_pref.unwrap_or(AttrSet::DEFAULT_LOCAL_PREF),
            med: set.med,
            neighbor_as: path.neighbor().unwrap_or_default(),
            path_len: u32::try_from(path.hops()).unwrap_or(u32::MAX),
            origin: set.origin,
            scope: Scope::of(&set.communities),
            stale: set.communities.contains(&Community::LLGR_STALE),
            reflected: set.originator_id.is_some() || !set.cluster_list.is_empty(),
            came,
        }
    }
}

/// A handle to an interned attribute set. Clones share it; equal means the same allocation.
///
/// It holds the set encoded, which is compact and nearly what an UPDATE has; [`to_set`](Self::to_set) gives it back. Its
/// other methods read an attribute as the decision process does.
///
/// Handles of one [`Interner`] are equal exactly where their sets are, and where they were made of the same
/// ([`Interner::intern_made_of`]). Those of two interners never are.
#[derive(Clone)]
pub struct AttrSet(ThinArc<Head, u8>);

impl AttrSet {
    /// LOCAL_PREF of a route that has none.
    pub const DEFAULT_LOCAL_PREF: u32 = 100;

    fn head(&self) -> &Head {
        &self.0.header.header
    }

    /// The set as octets.
    pub fn encoded(&self) -> EncodedSet<'_> {
        EncodedSet::new(&self.0.slice)
    }

    /// The set.
    pub fn to_set(&self) -> AttributeSet {
        self.encoded().to_set()
    }

    /// The set that it was made of, or itself where it was made of none.
    pub fn as_it_came(&self) -> &Self {
        self.head().came.as_ref().unwrap_or(self)
    }

    /// Whether both sets are the same, whatever they were made of.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let made = |set: &Self| set.head().came.is_some();
        self == other || ((made(self) || made(other)) && self.0.slice == other.0.slice)
    }

    /// LOCAL_PREF, or its default.
    pub fn local_pref(&self) -> u32 {
        self.head().local_pref
    }

    /// AS_PATH.
    pub fn as_path(&self) -> AsPath<'_> {
        self.encoded().as_path()
    }

    /// The length of AS_PATH as the decision process counts it.
    pub fn path_len(&self) -> u32 {
        self.head().path_len
    }

    /// ORIGIN.
    pub fn origin(&self) -> Origin {
        self.head().origin
    }

    /// MULTI_EXIT_DISC; a missing one is the lowest (RFC 4271 section 9.1.2.2).
    pub fn med(&self) -> u32 {
        self.med_or(0)
    }

    /// MULTI_EXIT_DISC, or what a missing one counts as.
    pub fn med_or(&self, missing: u32) -> u32 {
        self.head().med.unwrap_or(missing)
    }

    /// The AS that sent the route on last; AS 0 stands for this AS.
    pub fn neighbor_as(&self) -> Asn {
        self.head().neighbor_as
    }

    /// NEXT_HOP, or the next hop of MP_REACH_NLRI.
    pub fn next_hop(&self) -> NextHop {
        self.encoded().next_hop()
    }

    /// How far the communities let it go.
    pub fn scope(&self) -> Scope {
        self.head().scope
    }

    /// Whether it carries LLGR_STALE: whoever told it keeps it for long (RFC 9494 section 4.4).
    pub fn is_stale(&self) -> bool {
        self.head().stale
    }

    /// The router that brought the route into the AS, as a route reflector tells it (RFC 4456 section 8).
    pub fn originator_id(&self) -> Option<Ipv4Addr> {
        let value = self.reflected(AttrCode::ORIGINATOR_ID)?;
        value.first_chunk().map(|id: &[u8; 4]| Ipv4Addr::from(*id))
    }

    /// How many reflectors it came through.
    pub fn cluster_len(&self) -> usize {
        self.reflected(AttrCode::CLUSTER_LIST).map_or(0, |list| list.len() / 4)
    }

    fn reflected(&self, code: AttrCode) -> Option<&[u8]> {
        if self.head().reflected { self.encoded().value(code) } else { None }
    }

    /// Whether both came through the same ASes.
    pub fn has_path_of(&self, other: &Self) -> bool {
        self == other || self.as_path() == other.as_path()
    }
}

impl PartialEq for AttrSet {
    fn eq(&self, other: &Self) -> bool {
        self.0.ptr() == other.0.ptr()
    }
}
impl Eq for AttrSet {}

impl Hash for AttrSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.ptr().addr());
    }
}

impl fmt::Debug for AttrSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_set().fmt(f)
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
/// let (a, b) = (interner.intern(&set).unwrap(), interner.intern(&set).unwrap());
/// assert_eq!((a, interner.len()), (b, 1));
/// interner.sweep();
/// assert!(interner.is_empty());
/// ```
pub struct Interner {
    sets: HashTable<AttrSet>,
    /// The number of sets at which those in use are counted again.
    sweep_at: usize,
    state: FixedState,
    /// The set that is looked for.
    octets: Vec<u8>,
}

impl Interner {
    const SWEEP_FIRST: usize = 1024;

    /// An empty one. `seed` keeps peers from choosing attributes that collide.
    pub fn new(seed: u64) -> Self {
        let state = FixedState::with_seed(seed);
        Self { sets: HashTable::new(), sweep_at: Self::SWEEP_FIRST, state, octets: Vec::new() }
    }

    /// The handle of `set`; an error where one of its attributes is longer than any message allows.
    pub fn intern(&mut self, set: &AttributeSet) -> Result<AttrSet, TooLong> {
        self.octets.clear();
        set.encode_whole(&mut self.octets)?;
        Ok(self.known_or_new(set, None))
    }

    /// The handle of `set` that keeps what it was made of, which costs a path nothing; `came` itself where both are the
    /// same. An error as of [`intern`](Self::intern).
    ///
    /// ```
    /// # use bgp_rib::Interner;
    /// # use bgp_wire::{AttributeSet, NextHop, Origin};
    /// let mut interner = Interner::new(1);
    /// let set = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
    /// let came = interner.intern(&set).unwrap();
    /// let edited = AttributeSet { med: Some(5), ..set };
    /// let made = interner.intern_made_of(&edited, &came).unwrap();
    /// assert_eq!((made.med(), made.as_it_came()), (5, &came));
    /// ```
    pub fn intern_made_of(&mut self, set: &AttributeSet, came: &AttrSet) -> Result<AttrSet, TooLong> {
        self.octets.clear();
        set.encode_whole(&mut self.octets)?;
        // One that was made of it itself would keep all before it.
        let came = came.as_it_came();
        if came.0.slice == *self.octets {
            return Ok(came.clone());
        }
        Ok(self.known_or_new(set, Some(came)))
    }

    /// The handle of a set that has nothing but the origin and the next hop of `set`: for one that is too long.
    pub fn intern_bare(&mut self, set: &AttributeSet) -> AttrSet {
        let bare = AttributeSet::new(set.origin, set.next_hop);
        self.octets.clear();
        // Neither of the two is long.
        let _ = bare.encode_whole(&mut self.octets);
        self.known_or_new(&bare, None)
    }

    /// The handle of the set that is encoded in `octets`.
    fn known_or_new(&mut self, set: &AttributeSet, came: Option<&AttrSet>) -> AttrSet {
        let octets = self.octets.as_slice();
        let of_came = came.map_or(0, |came| came.head().hash.rotate_left(32));
        let hash = self.state.hash_one(octets) ^ of_came;
        let same = |known: &AttrSet| {
            let head = known.head();
            head.hash == hash && head.came.as_ref() == came && known.0.slice == *octets
        };
        if let Some(known) = self.sets.find(hash, same) {
            return known.clone();
        }
        let head = Head::new(set, hash, came.cloned());
        let handle = AttrSet(ThinArc::from_header_and_slice(head, octets));
        if self.sets.len() >= self.sweep_at {
            self.sweep();
        }
        self.sets.insert_unique(hash, handle.clone(), |known| known.head().hash);
        handle
    }

    /// Lets go of the sets that nobody else holds.
    pub fn sweep(&mut self) {
        let mut made_gone = false;
        self.sets.retain(|known| {
            let held = ThinArc::strong_count(&known.0) > 1;
            made_gone |= !held && known.head().came.is_some();
            held
        });
        // What those were made of was held by them.
        if made_gone {
            self.sets.retain(|known| ThinArc::strong_count(&known.0) > 1);
        }
        self.sweep_at = self.sets.len().saturating_mul(2).max(Self::SWEEP_FIRST);
        self.sets.shrink_to(self.sweep_at, |known| known.head().hash);
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
    use bgp_wire::NextHop;

    fn set(med: u32) -> AttributeSet {
        let hop = NextHop::V4([192, 0, 2, 1].into());
        AttributeSet { med: Some(med), ..AttributeSet::new(Origin::Igp, hop) }
    }

    #[test]
    fn equal_sets_are_one_allocation() {
        let mut interner = Interner::new(0);
        let (a, b, c) = (
            interner.intern(&set(1)).unwrap(),
            interner.intern(&set(1)).unwrap(),
            interner.intern(&set(2)).unwrap(),
        );
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_eq!((a.med(), c.med(), interner.len()), (1, 2, 2));
        assert_ne!(a, Interner::new(0).intern(&set(1)).unwrap());
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
        let held: Vec<_> = (0..10).map(|n| interner.intern(&set(n)).unwrap()).collect();
        for n in 10..100_000 {
            interner.intern(&set(n)).unwrap();
            assert!(interner.len() <= Interner::SWEEP_FIRST);
        }
        interner.sweep();
        assert_eq!(interner.len(), held.len());
        assert_eq!(interner.intern(&set(3)).unwrap(), held[3]);
        drop(held);
        interner.sweep();
        assert!(interner.is_empty());
    }

    #[test]
    fn what_a_set_was_made_of_stays_as_long_as_it_does() {
        let mut interner = Interner::new(0);
        let (one, other) = (interner.intern(&set(1)).unwrap(), interner.intern(&set(2)).unwrap());
        let [of_one, of_other] = [&one, &other].map(|came| interner.intern_made_of(&set(9), came).unwrap());
        let plain = interner.intern(&set(9)).unwrap();
        assert_eq!((of_one.as_it_came(), of_other.as_it_came(), plain.as_it_came()), (&one, &other, &plain));
        assert!(of_one != of_other && of_one != plain, "they are told apart");
        assert!(of_one.says_the_same_as(&of_other) && plain.says_the_same_as(&of_one));
        assert!(!of_one.says_the_same_as(&one));
        assert_eq!(interner.intern_made_of(&set(9), &one).unwrap(), of_one, "and found again");
        // Made again, it is of the first; made the same, it is that.
        assert_eq!(interner.intern_made_of(&set(8), &of_one).unwrap().as_it_came(), &one);
        assert_eq!(interner.intern_made_of(&set(1), &of_one).unwrap(), one);
        drop((one, other, of_other));
        interner.sweep();
        assert_eq!(interner.len(), 3, "what it was made of, itself, and the one that is of nothing");
        drop((of_one, plain));
        interner.sweep();
        assert!(interner.is_empty());
    }

    /// What docs/performance.md says of an attribute set: its octets and these, of which the interner has one handle.
    #[test]
    fn an_attribute_set_costs_tens_of_octets_and_its_own() {
        // The count, what is read for each net, and the length; then the handle and an octet of index.
        let counted = size_of::<usize>() + size_of::<Head>() + size_of::<usize>();
        assert_eq!(counted + size_of::<AttrSet>() + 1, 65);
        assert_eq!(size_of::<Option<AttrSet>>(), 8);
    }

    #[test]
    fn the_strictest_community_sets_the_scope() {
        let (subconfed, export, advertise) =
            (Community::NO_EXPORT_SUBCONFED, Community::NO_EXPORT, Community::NO_ADVERTISE);
        for (communities, want) in [
            (&[][..], Scope::Anyone),
            (&[Community::new(64500, 1)], Scope::Anyone),
            (&[subconfed], Scope::WithinAs),
            (&[export], Scope::WithinConfederation),
            (&[export, subconfed], Scope::WithinAs),
            (&[advertise, export], Scope::Nobody),
        ] {
            assert_eq!(Scope::of(communities), want, "{communities:?}");
        }
    }
}
