//! What an operator may choose of the decision process.

use core::num::NonZeroU16;

/// How the decision process of one speaker runs. Every speaker of an AS should run it alike.
///
/// The paths of one neighbouring AS are always compared by MULTI_EXIT_DISC together, whatever order they came in:
/// what others call a deterministic MED is no option here.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct DecisionOptions {
    /// Whether MULTI_EXIT_DISC counts also between paths of different neighbouring ASes.
    pub always_compare_med: bool,
    /// Whether a path without MULTI_EXIT_DISC is worse than any with one. Else it counts as 0 (RFC 4271 section
    /// 9.1.2.2 c).
    pub missing_med_is_worst: bool,
    /// Which equal paths are used together.
    pub multipath: Multipath,
    /// Whether to tell also of nets whose best path stays, when another of their candidates came, changed or went.
    pub tell_every_change: bool,
}

/// How many equal paths of a net are used together: those that the decision process could part only by router id
/// and what follows.
///
/// Only the best is told to peers. Paths through the same next hop count as one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Multipath {
    /// How many, where the best was learned from an external peer.
    pub external: NonZeroU16,
    /// How many, where the best was learned within the AS or its confederation.
    pub internal: NonZeroU16,
    /// Whether the AS paths need only be of one length. Else they are the same.
    pub relax_as_path: bool,
}

impl Multipath {
    /// Whether there may be more than one anywhere.
    pub const fn is_on(&self) -> bool {
        self.external.get() > 1 || self.internal.get() > 1
    }
}

impl Default for Multipath {
    /// The best alone.
    fn default() -> Self {
        Self { external: NonZeroU16::MIN, internal: NonZeroU16::MIN, relax_as_path: false }
    }
}
