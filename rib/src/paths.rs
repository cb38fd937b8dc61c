//! The paths of one net, and how the table of all nets changes.

use crate::decision::{Context, select};
use crate::net::{Key, Net};
use crate::path::{BestChange, Path, PeerId, Standing};
use crate::table::Table;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;
use core::slice;

/// The paths of one net. Most nets have one, which lies in the table itself; those of a net with several
/// take no more room than they need.
#[derive(Debug)]
pub(crate) enum Paths {
    One(Path),
    Many(Box<[Path]>),
}

impl Default for Paths {
    fn default() -> Self {
        Self::Many(Box::default())
    }
}

impl From<Vec<Path>> for Paths {
    fn from(mut paths: Vec<Path>) -> Self {
        match paths.pop() {
            Some(only) if paths.is_empty() => Self::One(only),
            last => {
                paths.extend(last);
                Self::Many(paths.into_boxed_slice())
            }
        }
    }
}

impl Paths {
    pub(crate) fn as_slice(&self) -> &[Path] {
        match self {
            Self::One(path) => slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Path] {
        match self {
            Self::One(path) => slice::from_mut(path),
            Self::Many(paths) => paths,
        }
    }

    /// Takes out what `keeps` says no to.
    pub(crate) fn retain_mut(&mut self, mut keeps: impl FnMut(&mut Path) -> bool) {
        *self = match mem::take(self) {
            Self::One(mut path) => {
                if keeps(&mut path) {
                    Self::One(path)
                } else {
                    Self::default()
                }
            }
            Self::Many(paths) => {
                let mut paths = paths.into_vec();
                paths.retain_mut(keeps);
                Self::from(paths)
            }
        };
    }

    pub(crate) fn best(&self) -> Option<&Path> {
        self.as_slice().iter().find(|path| path.standing == Standing::Best)
    }

    fn position(&self, peer: PeerId, path_id: u32) -> Option<usize> {
        self.as_slice().iter().position(|path| (path.peer, path.path_id) == (peer, path_id))
    }

    fn push(&mut self, path: Path) {
        *self = match mem::take(self) {
            Self::Many(paths) if paths.is_empty() => Self::One(path),
            Self::One(first) => Self::Many(Box::new([first, path])),
            Self::Many(paths) => {
                let mut paths = paths.into_vec();
                paths.reserve_exact(1);
                paths.push(path);
                Self::Many(paths.into_boxed_slice())
            }
        };
    }

    /// Puts `path` in place of the peer's earlier one, which is returned; `path` itself where it says
    /// nothing new.
    fn replace(&mut self, path: Path) -> Option<Path> {
        let held = self.position(path.peer, path.path_id).and_then(|at| self.as_mut_slice().get_mut(at));
        match held {
            Some(held) if held.says_the_same_as(&path) => Some(path),
            Some(held) => Some(mem::replace(held, path)),
            None => {
                self.push(path);
                None
            }
        }
    }

    /// Takes a path out.
    fn remove(&mut self, at: usize) -> Option<Path> {
        match mem::take(self) {
            Self::One(path) => Some(path),
            Self::Many(paths) => {
                let mut paths = paths.into_vec();
                let removed = (at < paths.len()).then(|| paths.remove(at));
                *self = Self::from(paths);
                removed
            }
        }
    }
}

/// Decides anew, and tells `out` where that makes another path the best, or others equal to it. `equal_gone`:
/// one of those was taken out or replaced.
pub(crate) fn decide(
    net: Net,
    paths: &mut Paths,
    old: Option<&Path>,
    equal_gone: bool,
    context: &Context,
    out: &mut impl FnMut(BestChange<'_>),
) {
    let decided = select(paths.as_mut_slice(), context);
    let multipath = decided.multipath_changed || equal_gone;
    let change = BestChange { net, old, new: decided.best, multipath };
    if change.best() || multipath || context.options.tell_every_change {
        out(change);
    }
}

impl<K: Key> Table<K, Paths> {
    /// Takes a path in. Returns the path whose place it took: `path` itself where it says nothing new.
    pub(crate) fn announce(
        &mut self,
        key: K,
        path: Path,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) -> Option<Path> {
        let at = self.find_or_insert(key, Paths::default);
        let (_, paths) = self.get_mut(at)?;
        let old = paths.best().cloned();
        let rejected = path.is_rejected();
        let replaced = paths.replace(path);
        // A refused path in place of nothing, or of another refused one, is no change for the others.
        if !rejected || replaced.as_ref().is_some_and(|path| !path.is_rejected()) {
            let equal_gone = replaced.as_ref().is_some_and(Path::is_multipath);
            decide(key.net(), paths, old.as_ref(), equal_gone, context, out);
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
        let at = self.find(key)?;
        self.withdraw_first(at, |path| (path.peer, path.path_id) == (peer, path_id), context, out)
    }

    /// Takes out every path of `peer`, which has `left` of them.
    pub(crate) fn withdraw_all(
        &mut self,
        peer: PeerId,
        mut left: usize,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        for at in self.places() {
            while left > 0 && self.withdraw_first(at, |path| path.peer == peer, context, out).is_some() {
                left = left.saturating_sub(1);
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
        let (key, paths) = self.get_mut(at)?;
        let position = paths.as_slice().iter().position(which)?;
        let old = paths.best().cloned();
        let removed = paths.remove(position)?;
        if !removed.is_rejected() {
            decide(key.net(), paths, old.as_ref(), removed.is_multipath(), context, out);
        }
        if paths.as_slice().is_empty() {
            self.remove(at);
        }
        Some(removed)
    }

    /// Decides every net anew that has a path `of` which something changed.
    pub(crate) fn redecide(
        &mut self,
        of: impl Fn(&Path) -> bool,
        context: &Context,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        for at in self.places() {
            if let Some((key, paths)) = self.get_mut(at)
                && paths.as_slice().iter().any(&of)
            {
                let old = paths.best().cloned();
                decide(key.net(), paths, old.as_ref(), false, context, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::{Ipv4Net, Ipv6Net};

    /// What a net with one path costs in its table, besides five octets of index.
    #[test]
    fn a_net_costs_tens_of_octets() {
        assert_eq!(size_of::<Path>(), 24);
        assert_eq!(size_of::<Option<(Ipv4Net, Paths)>>(), 32);
        assert_eq!(size_of::<Option<(Ipv6Net, Paths)>>(), 48);
    }
}
