//! Settings that may stand in several tables, of which the nearest counts.

/// The tables where a setting may stand, nearest first: that of a peer, of its group, of a profile.
#[derive(Debug)]
pub(super) struct Levels<'a, T>(pub(super) [Option<&'a T>; 3]);

impl<T> Clone for Levels<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Levels<'_, T> {}

impl<'a, T> Levels<'a, T> {
    /// The nearest value.
    pub(super) fn get<V>(self, field: impl Fn(&'a T) -> &'a Option<V>) -> Option<&'a V> {
        self.0.into_iter().flatten().find_map(|level| field(level).as_ref())
    }

    /// The nearest flag; none is no.
    pub(super) fn is(self, field: impl Fn(&'a T) -> &'a Option<bool>) -> bool {
        self.get(field).copied().unwrap_or(false)
    }

    /// The tables within these; `None` where none of them has one.
    pub(super) fn within<V>(self, table: impl Fn(&'a T) -> &'a Option<V>) -> Option<Levels<'a, V>> {
        let inner = self.0.map(|level| level.and_then(|level| table(level).as_ref()));
        inner.iter().any(Option::is_some).then_some(Levels(inner))
    }
}
