//! The nets of one family, and how their paths change.

use crate::decision::{Context, Undecided, lost_early, select};
use crate::net::Key;
use crate::path::{BestChange, Path, PeerId, Standing};
use crate::paths::Paths;
use crate::place::Place;
use crate::prefetch::prefetch;
use crate::rib::Counts;
use crate::table::Table;
use alloc::collections::VecDeque;
use core::ops::Range;

/// All nets of one family and their paths.
pub(crate) struct Nets<K> {
    table: Table<K, Paths>,
    /// Whether a net without paths keeps its place until [`Nets::reap`].
    keeps_places: bool,
    /// Nets without paths.
    vacant: usize,
    /// Places to look at in `reap`: every net without paths is among them.
    vacated: VecDeque<u32>,
}

impl<K: Key> Nets<K> {
    pub(crate) fn new(seed: u64, keeps_places: bool) -> Self {
        Self { table: Table::new(seed), keeps_places, vacant: 0, vacated: VecDeque::new() }
    }

    /// How many nets have paths.
    pub(crate) fn len(&self) -> usize {
        self.table.len().saturating_sub(self.vacant)
    }

    pub(crate) fn find(&self, key: K) -> Option<&Paths> {
        self.get(self.table.find(key)?).map(|(_, paths)| paths)
    }

    /// Asks for the memory where the search for the net begins.
    pub(crate) fn prefetch(&self, key: K) {
        self.table.prefetch(key);
    }

    /// Asks for the memory of its place, once the search does not wait.
    pub(crate) fn prefetch_place(&self, key: K) {
        self.table.prefetch_place(key);
    }

    /// Asks for the memory of its paths, once its place does not wait.
    pub(crate) fn prefetch_paths(&self, key: K) {
        if let Some(paths) = self.find(key) {
            prefetch(paths.as_slice(), 0);
        }
    }

    /// The place of a net.
    pub(crate) fn place(&self, key: K) -> Option<Place> {
        self.table.find(key).map(K::place)
    }

    /// The net at a place, and its paths.
    pub(crate) fn get(&self, at: u32) -> Option<(K, &Paths)> {
        self.table.get(at)
    }

    /// Every net that has paths, in the order of their places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &Paths)> {
        self.table.iter().filter(|(_, paths)| !paths.as_slice().is_empty())
    }

    /// Every place that is or was in use.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> + use<K> {
        self.slots().map(K::place)
    }

    /// Likewise, as numbers.
    pub(crate) fn slots(&self) -> impl Iterator<Item = u32> + use<K> {
        self.table.places()
    }

    /// Those among `places`.
    pub(crate) fn slots_in(&self, places: Range<u32>) -> Range<u32> {
        places.start..places.end.min(self.table.places_end())
    }

    /// How many places wait to be looked at in [`Nets::reap`].
    pub(crate) fn vacated_len(&self) -> usize {
        self.vacated.len()
    }

    /// Takes a path in. Returns the path whose place it took: `path` itself where it says nothing new.
    pub(crate) fn announce(
        &mut self,
        key: K,
        path: Path,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) -> Option<Path> {
        let at = self.table.find_or_insert(key, || {
            self.vacant = self.vacant.saturating_add(1);
            Paths::default()
        });
        let (_, paths) = self.table.get_mut(at)?;
        self.vacant = self.vacant.saturating_sub(usize::from(paths.as_slice().is_empty()));
        if paths.say(&path) {
            return Some(path);
        }
        let (unused, whose) = (!path.is_candidate(), (path.peer, path.path_id));
        // The best one is mostly the one replaced.
        let alone = matches!(paths.as_slice(), [only] if (only.peer, only.path_id) == whose);
        let best = if alone { None } else { paths.best().cloned() };
        let replaced = paths.replace(path);
        let old = best.as_ref().or_else(|| replaced.as_ref().filter(|path| path.standing == Standing::Best));
        // One that is no candidate in place of nothing, or of another such one, is no change for the others.
        if !unused || replaced.as_ref().is_some_and(Path::is_candidate) {
            let others_stand = replaced.as_ref().is_none_or(lost_early) && !unused;
            let new = paths.position(whose).filter(|_| others_stand);
            let undecided = new.map_or(Undecided::All, Undecided::One);
            let equal_gone = replaced.as_ref().is_some_and(Path::is_multipath);
            let change = Change { key, at, equal_gone };
            change.decide(paths, undecided, old, context, out);
        }
        replaced
    }

    /// Takes a path out and returns it.
    pub(crate) fn withdraw(
        &mut self,
        key: K,
        peer: PeerId,
        path_id: u32,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) -> Option<Path> {
        let at = self.table.find(key)?;
        self.withdraw_first(at, |path| (path.peer, path.path_id) == (peer, path_id), context, out)
    }

    /// Takes out every path of `peer` at some places, and counts what has `gone`.
    pub(crate) fn withdraw_all(
        &mut self,
        peer: PeerId,
        places: Range<u32>,
        gone: &mut Counts,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        for at in self.slots_in(places) {
            if gone.paths() == 0 {
                return;
            }
            while let Some(path) = self.withdraw_first(at, |path| path.peer == peer, context, out) {
                gone.remove(&path);
            }
        }
    }

    /// Takes out the first path at `at` that `which` names; the net goes with its last path.
    fn withdraw_first(
        &mut self,
        at: u32,
        which: impl FnMut(&Path) -> bool,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) -> Option<Path> {
        let (key, paths) = self.table.get_mut(at)?;
        let position = paths.as_slice().iter().position(which)?;
        let best = paths.best().filter(|_| paths.as_slice().len() > 1).cloned();
        let removed = paths.remove(position)?;
        if removed.is_candidate() {
            let old = best.as_ref().or_else(|| Some(&removed).filter(|path| path.standing == Standing::Best));
            let change = Change { key, at, equal_gone: removed.is_multipath() };
            let undecided = if lost_early(&removed) { Undecided::None } else { Undecided::All };
            change.decide(paths, undecided, old, context, out);
        }
        if paths.as_slice().is_empty() {
            self.vacate(at);
        }
        Some(removed)
    }

    /// The net at `at` has lost its last path.
    fn vacate(&mut self, at: u32) {
        if self.keeps_places {
            self.vacant = self.vacant.saturating_add(1);
            self.vacated.push_back(at);
        } else {
            self.table.remove(at);
        }
    }

    /// Frees places of nets without paths that are not `used`. Looks at so many at most, so that it costs little
    /// however many are in use.
    pub(crate) fn reap(&mut self, at_most: usize, used: &impl Fn(Place) -> bool) {
        for _ in 0..at_most.min(self.vacated.len()) {
            let Some(at) = self.vacated.pop_front() else { return };
            match self.table.get(at) {
                Some((_, paths)) if paths.as_slice().is_empty() => {}
                _ => continue,
            }
            if used(K::place(at)) {
                self.vacated.push_back(at);
            } else {
                self.table.remove(at);
                self.vacant = self.vacant.saturating_sub(1);
            }
        }
    }

    /// Decides every net anew that has a path `of` which something changed.
    pub(crate) fn redecide(
        &mut self,
        of: impl Fn(&Path) -> bool,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        for at in self.slots() {
            if self.get(at).is_some_and(|(_, paths)| paths.as_slice().iter().any(&of)) {
                self.change(at, |_| false, context, out);
            }
        }
    }

    /// Changes the paths of the net at `at`, and decides anew; the net goes with its last path. `change` says whether
    /// one of several equal paths was taken out.
    pub(crate) fn change(
        &mut self,
        at: u32,
        change: impl FnOnce(&mut Paths) -> bool,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let Some((key, paths)) = self.table.get_mut(at) else { return };
        let old = paths.best().cloned();
        let equal_gone = change(paths);
        let change = Change { key, at, equal_gone };
        change.decide(paths, Undecided::All, old.as_ref(), context, out);
        if paths.as_slice().is_empty() {
            self.vacate(at);
        }
    }
}

/// The net whose paths changed.
struct Change<K> {
    key: K,
    at: u32,
    /// Whether one of several equal paths was taken out or replaced.
    equal_gone: bool,
}

impl<K: Key> Change<K> {
    /// Decides anew, and tells `out` where that makes another path the best, or others equal to it.
    fn decide(
        self,
        paths: &mut Paths,
        undecided: Undecided,
        old: Option<&Path>,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let decided = select(paths.as_mut_slice(), undecided, context);
        let multipath = decided.multipath_changed || self.equal_gone;
        let (net, at) = (self.key.net(), K::place(self.at));
        let change = BestChange { net, at, old, new: decided.best, multipath };
        if change.best() || multipath || context.options.tell_every_change {
            out(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::{Ipv4Net, Ipv6Net};

    /// What a net with one path costs in its table, besides its share of the index.
    #[test]
    fn a_net_costs_tens_of_octets() {
        assert_eq!(size_of::<Path>(), 24);
        assert_eq!(size_of::<Option<(Ipv4Net, Paths)>>(), 32);
        assert_eq!(size_of::<Option<(Ipv6Net, Paths)>>(), 48);
    }
}
