//! Memory asked for before it is read.

/// Asks for the cache line where an element begins, and does not wait for it. One that is not there does no harm.
#[inline]
pub(crate) fn prefetch<T>(all: &[T], at: usize) {
    #[cfg(not(target_os = "none"))]
    prefetch_index::prefetch_index(all, at);
    #[cfg(target_os = "none")]
    let _ = (all, at);
}
