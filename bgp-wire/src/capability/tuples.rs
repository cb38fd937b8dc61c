//! The lists that some capabilities are made of, read where they lie or given as values.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

/// One element of such a list: what is read off the front of the octets, and written.
pub trait Tuple<'a>: Copy + PartialEq + fmt::Debug {
    /// The element that `v` begins with and what follows it; `None` where it is not whole.
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])>;

    /// Appends its octets.
    fn write(&self, out: &mut Vec<u8>);
}

/// A list of tuples, borrowed: from an OPEN, or from values that an OPEN is to be made of.
///
/// ```
/// use bgp_wire::{AddPath, Capability, Family};
///
/// let both = [AddPath { family: Family::Ipv4Unicast.afi_safi(), receive: true, send: true }];
/// let capability = Capability::AddPath(both.as_slice().into());
/// assert_eq!(capability.to_string(), "add-path ipv4-unicast (receive, send)");
/// ```
#[derive(Clone, Copy)]
pub struct Tuples<'a, T>(Source<'a, T>);

#[derive(Clone, Copy)]
enum Source<'a, T> {
    Wire(&'a [u8]),
    Values(&'a [T]),
}

impl<'a, T: Tuple<'a>> Tuples<'a, T> {
    /// The list that fills `v` exactly.
    pub(crate) fn whole(v: &'a [u8]) -> Option<Self> {
        let mut rest = v;
        while !rest.is_empty() {
            rest = T::read(rest)?.1;
        }
        Some(Self::leading(v))
    }

    /// The list of the whole tuples that `v` begins with.
    pub(crate) const fn leading(v: &'a [u8]) -> Self {
        Self(Source::Wire(v))
    }

    /// The tuples in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        let (mut wire, mut values) = match self.0 {
            Source::Wire(v) => (v, [].as_slice()),
            Source::Values(values) => ([].as_slice(), values),
        };
        core::iter::from_fn(move || {
            if let Some((first, rest)) = values.split_first() {
                values = rest;
                return Some(*first);
            }
            let (tuple, rest) = T::read(wire)?;
            wire = rest;
            Some(tuple)
        })
    }

    /// Appends the leading tuples that fit `max` octets.
    pub(crate) fn write_within(&self, out: &mut Vec<u8>, max: usize) {
        let end = out.len().saturating_add(max);
        for tuple in self.iter() {
            let before = out.len();
            tuple.write(out);
            if out.len() > end {
                out.truncate(before);
                break;
            }
        }
    }
}

impl<'a, T> From<&'a [T]> for Tuples<'a, T> {
    fn from(values: &'a [T]) -> Self {
        Self(Source::Values(values))
    }
}

impl<'a, T: Tuple<'a>> PartialEq for Tuples<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Tuple<'a> + Eq> Eq for Tuples<'a, T> {}

impl<'a, T: Tuple<'a> + Hash> Hash for Tuples<'a, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|tuple| tuple.hash(state));
    }
}

impl<'a, T: Tuple<'a>> fmt::Debug for Tuples<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Tuple<'a> + fmt::Display> fmt::Display for Tuples<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(i, tuple)| {
            f.write_str(if i == 0 { "" } else { ", " })?;
            write!(f, "{tuple}")
        })
    }
}
