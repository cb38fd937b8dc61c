//! The paths of one net.

use crate::path::{Path, PeerId, Standing};
use alloc::boxed::Box;
use alloc::vec;
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

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Path] {
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

    /// Where the path of a peer is that has this path identifier.
    pub(crate) fn position(&self, whose: (PeerId, u32)) -> Option<usize> {
        self.as_slice().iter().position(|path| (path.peer, path.path_id) == whose)
    }

    fn push(&mut self, path: Path) {
        // Most nets get one path alone. Moved out of and back into a table that no cache has, it would be waited for.
        if self.as_slice().is_empty() {
            *self = Self::One(path);
            return;
        }
        let mut paths = match mem::take(self) {
            Self::One(first) => vec![first],
            Self::Many(paths) => paths.into_vec(),
        };
        paths.reserve_exact(1);
        paths.push(path);
        *self = Self::Many(paths.into_boxed_slice());
    }

    /// Whether `path` says nothing new.
    pub(crate) fn say(&self, path: &Path) -> bool {
        let held = self.position((path.peer, path.path_id)).and_then(|at| self.as_slice().get(at));
        held.is_some_and(|held| held.says_the_same_as(path))
    }

    /// Puts `path` in place of the peer's earlier one, which is returned.
    pub(crate) fn replace(&mut self, path: Path) -> Option<Path> {
        let held = self.position((path.peer, path.path_id)).and_then(|at| self.as_mut_slice().get_mut(at));
        if let Some(held) = held {
            return Some(mem::replace(held, path));
        }
        self.push(path);
        None
    }

    /// Takes a path out.
    pub(crate) fn remove(&mut self, at: usize) -> Option<Path> {
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
