//! What must not happen in a world.

use std::fmt;
use std::time::Duration;

/// What holds in every world, whatever chance does to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Invariant {
    /// A timer that was taken is due later, and time does not stand still.
    Progress,
    /// When faults stop, every session that can be Established is, and nothing moves any more.
    Settles,
    /// What a speaker tells of its sessions is so.
    Told,
    /// A session that is Established has exactly one connection, the same at both ends.
    OneConnection,
    /// What a session brought does not outlive it, or not its time where the peer restarts.
    NoGhosts,
    /// Nothing is sent again that did not change, unless the peer asked; nothing is withdrawn that the
    /// peer does not have.
    NothingTwice,
    /// What was sent is a message of BGP.
    WellFormed,
    /// A refresh brings all again before it ends, and End-of-RIB comes after all that was there at first.
    NothingMissing,
    /// In what is sent in one go, withdrawals come first.
    WithdrawnFirst,
    /// A session goes from state to state as RFC 4271 has it, and its messages are in their order.
    Fsm,
    /// UPDATEs leave no sooner after the last than the peer's advertisement interval allows.
    Paced,
    /// A session does not outlive its hold time, and speaks within its keepalive time.
    OnTime,
    /// The best path is the one that a plain reading of the decision process finds among those that are there.
    Best,
    /// The program does not panic.
    Panics,
    /// What one end announced is what the other has, as its import policy judges it.
    AdjRib,
    /// Every Loc-RIB is what a model makes of the routes originated and the policies.
    LocRib,
    /// The same seed gives the same trace.
    SameTrace,
}

/// An invariant does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Since the world began.
    pub at: Duration,
    /// Which one.
    pub invariant: Invariant,
    /// By what.
    pub evidence: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} broken at {:.6} s: {}", self.invariant, self.at.as_secs_f64(), self.evidence)
    }
}
impl std::error::Error for Violation {}
