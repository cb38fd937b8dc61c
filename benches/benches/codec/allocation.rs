//! An allocator that counts while it is told to, and costs one load while it is not.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Calls that asked for memory, and the octets they asked for.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Allocated {
    pub(crate) calls: u64,
    pub(crate) octets: u64,
}

static COUNTS: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);
static OCTETS: AtomicU64 = AtomicU64::new(0);

/// What `work` asked for, in whichever thread.
pub(crate) fn allocated<T>(work: impl FnOnce() -> T) -> (T, Allocated) {
    CALLS.store(0, Relaxed);
    OCTETS.store(0, Relaxed);
    COUNTS.store(true, Relaxed);
    let done = work();
    COUNTS.store(false, Relaxed);
    (done, Allocated { calls: CALLS.load(Relaxed), octets: OCTETS.load(Relaxed) })
}

#[inline]
fn count(octets: usize) {
    if COUNTS.load(Relaxed) {
        CALLS.fetch_add(1, Relaxed);
        OCTETS.fetch_add(octets as u64, Relaxed);
    }
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counters are atomics, which allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from this allocator, which took it from `System` with this layout.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        // SAFETY: as for `dealloc`; the caller keeps the contract of `GlobalAlloc::realloc`.
        unsafe { System.realloc(at, layout, size) }
    }
}
