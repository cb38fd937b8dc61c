//! Sets that have a name, and may be large.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A set, and the name that people know it by, if it has one. Cheap to clone, so many rules share one large set.
///
/// ```
/// use bgp_policy::{Match, Named, PrefixRange, PrefixSet};
/// let set: PrefixSet = ["203.0.113.0/24".parse::<PrefixRange>().unwrap()].into_iter().collect();
/// assert_eq!(Match::Prefix(set.clone().into()).to_string(), "prefix 203.0.113.0/24");
/// assert_eq!(Match::Prefix(Named::new("voice", set)).to_string(), "prefix in voice");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Named<T> {
    name: Option<Arc<str>>,
    set: Arc<T>,
}

impl<T> Named<T> {
    /// A set with a name: letters, digits, `-` and `_`, a letter first, where it is to be written in a policy's text.
    pub fn new(name: impl Into<Arc<str>>, set: T) -> Self {
        Self { name: Some(name.into()), set: Arc::new(set) }
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl<T> Deref for Named<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.set
    }
}

impl<T> From<T> for Named<T> {
    fn from(set: T) -> Self {
        Self { name: None, set: Arc::new(set) }
    }
}

impl<T, const N: usize> From<[T; N]> for Named<Box<[T]>> {
    fn from(members: [T; N]) -> Self {
        Box::<[T]>::from(members).into()
    }
}

impl<T> From<Vec<T>> for Named<Box<[T]>> {
    fn from(members: Vec<T>) -> Self {
        Box::<[T]>::from(members).into()
    }
}

impl<A, T: FromIterator<A>> FromIterator<A> for Named<T> {
    fn from_iter<I: IntoIterator<Item = A>>(members: I) -> Self {
        T::from_iter(members).into()
    }
}

/// What has members that can be written one after the other.
pub(crate) trait Members {
    type Member: fmt::Display;

    fn members(&self) -> &[Self::Member];
}

impl<M: fmt::Display> Members for Box<[M]> {
    type Member = M;

    fn members(&self) -> &[M] {
        self
    }
}

/// As a policy's text has it behind the name of a field: `in voice`, `in {1, 2}`, or one member alone.
impl<T: Members> fmt::Display for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.set.members()) {
            (Some(name), _) => write!(f, "in {name}"),
            (None, [one]) => one.fmt(f),
            (None, members) => {
                f.write_str("in {")?;
                crate::listed(f, members)?;
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_set() {
        for (set, want) in [
            (Named::<Box<[u8]>>::from([]), "in {}"),
            (Named::from([7u8]), "7"),
            (Named::from([7u8, 8]), "in {7, 8}"),
            (Named::new("some", Box::from([7u8])), "in some"),
        ] {
            assert_eq!(set.to_string(), want);
        }
    }

    #[test]
    fn sets_are_equal_by_name_and_members() {
        let (a, again): (Named<Box<[u8]>>, _) = ([1].into(), [1].into());
        assert_eq!(a, again);
        assert_eq!(a, a.clone());
        assert_ne!(a, [2].into());
        assert_ne!(a, Named::new("a", Box::from([1])));
    }
}
