//! One after the other: units of a buffer that tell their own length, MRT records and BMP messages.

/// A place in a buffer that is all there is.
#[derive(Clone, Debug)]
pub(crate) struct Stream<'a> {
    rest: &'a [u8],
    offset: usize,
    over: bool,
}

impl<'a> Stream<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0, over: false }
    }

    /// Octets of the units given so far: where the next one, or the fault, begins.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// The same place, with no more than the next `octets` octets.
    pub(crate) fn first(self, octets: usize) -> Self {
        Self { rest: self.rest.get(..octets).unwrap_or(self.rest), ..self }
    }

    /// The next unit, which `cut` finds with its length, and `None` where it is not whole; after a fault there is
    /// nothing more. `fault` makes one of where the unit begins and what `cut` said of it, which is nothing of a
    /// unit that is not whole.
    pub(crate) fn next<T, E>(
        &mut self,
        cut: impl FnOnce(&'a [u8]) -> Result<Option<(T, usize)>, E>,
        fault: impl FnOnce(usize, Option<E>) -> E,
    ) -> Option<Result<T, E>> {
        if self.over || self.rest.is_empty() {
            return None;
        }
        match cut(self.rest) {
            Ok(Some((unit, len))) => {
                self.rest = self.rest.get(len..).unwrap_or_default();
                self.offset = self.offset.saturating_add(len);
                Some(Ok(unit))
            }
            Ok(None) => Some(Err(self.end(None, fault))),
            Err(error) => Some(Err(self.end(Some(error), fault))),
        }
    }

    fn end<E>(&mut self, error: Option<E>, fault: impl FnOnce(usize, Option<E>) -> E) -> E {
        self.over = true;
        fault(self.offset, error)
    }
}
