//! Octets of which there are mostly few: those stay in place, more go to the heap.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

/// The most octets kept in place: an AS_PATH of one segment and seven ASNs.
const IN_PLACE: usize = 30;

/// A growing list of octets, 32 octets itself. What it holds is all that two of them are compared by.
#[derive(Clone)]
pub(crate) enum Octets {
    Few { len: u8, octets: [u8; IN_PLACE] },
    Many(Vec<u8>),
}

impl Octets {
    pub(crate) const fn new() -> Self {
        Self::Few { len: 0, octets: [0; IN_PLACE] }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Few { len, octets } => octets.get(..usize::from(*len)).unwrap_or_default(),
            Self::Many(octets) => octets,
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        match self {
            Self::Few { len, octets } => octets.get_mut(..usize::from(*len)).unwrap_or_default(),
            Self::Many(octets) => octets,
        }
    }

    /// Makes it these. What is on the heap is used again.
    pub(crate) fn replace(&mut self, octets: &[u8]) {
        match self {
            Self::Few { .. } => *self = octets.into(),
            Self::Many(old) => {
                old.clear();
                old.extend_from_slice(octets);
            }
        }
    }

    pub(crate) fn extend_from_slice(&mut self, more: &[u8]) {
        match self {
            Self::Few { len, octets } => {
                let free = octets.get_mut(usize::from(*len)..).and_then(|free| free.get_mut(..more.len()));
                if let (Some(to), Ok(n)) = (free, u8::try_from(more.len())) {
                    to.copy_from_slice(more);
                    *len = len.saturating_add(n);
                } else {
                    *self = Self::Many([self.as_slice(), more].concat());
                }
            }
            Self::Many(octets) => octets.extend_from_slice(more),
        }
    }
}

impl Default for Octets {
    fn default() -> Self {
        Self::new()
    }
}

impl From<&[u8]> for Octets {
    #[inline]
    fn from(octets: &[u8]) -> Self {
        let mut few = [0; IN_PLACE];
        match (few.get_mut(..octets.len()), u8::try_from(octets.len())) {
            (Some(to), Ok(len)) => {
                to.copy_from_slice(octets);
                Self::Few { len, octets: few }
            }
            _ => Self::Many(octets.into()),
        }
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}
impl Eq for Octets {}

impl PartialOrd for Octets {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Octets {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl Hash for Octets {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_what_a_vec_holds(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..6)) {
            let (mut octets, mut all) = (Octets::new(), Vec::new());
            for part in &parts {
                octets.extend_from_slice(part);
                all.extend_from_slice(part);
                prop_assert_eq!(octets.as_slice(), &all[..]);
                prop_assert!(octets == Octets::from(&all[..]));
                prop_assert_eq!(matches!(octets, Octets::Many(_)), all.len() > IN_PLACE);
            }
            prop_assert_eq!(octets.as_mut_slice(), &mut all[..]);
        }
    }
}
