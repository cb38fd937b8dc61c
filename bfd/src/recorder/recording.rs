//! What a recorder has seen, as a value.
use super::{Cause, Evidence, Histogram};
use crate::{Diag, State};
use std::time::{Duration, Instant};

/// All that was recorded of one session. Times count from [`began`](Self::began).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    /// When the recorder was made.
    pub began: Instant,
    /// The last packets, the oldest first.
    pub packets: Vec<RecordedPacket>,
    /// The last packets before the last time that the session left Up, the oldest first.
    pub before_down: Vec<RecordedPacket>,
    /// The peer's packets, as they arrived.
    pub received: Punctuality,
    /// Our own, as they left.
    pub sent: Punctuality,
    /// The last Downs, the oldest first.
    pub downs: Vec<Down>,
    /// How many there were in all.
    pub down_count: u64,
}

/// A packet that passed every check, or one that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordedPacket {
    /// When it arrived, by the kernel's stamp where there is one, or when it was handed to the system.
    pub at: Duration,
    /// Whether it is ours.
    pub sent: bool,
    /// The sender's state.
    pub state: State,
    /// The sender's diagnostic.
    pub diag: Diag,
    /// The Poll bit.
    pub poll: bool,
    /// The Final bit.
    pub final_: bool,
    /// The Demand bit.
    pub demand: bool,
}

/// How punctual the packets of one direction were while the session was Up.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Punctuality {
    /// The peer's packets: by how much each came later than one agreed interval after the one before. Our
    /// own: by how much each left later than it was due. What is in time counts as zero.
    pub lateness: Histogram,
    /// The least that was left of the detection time since the session last came Up.
    pub margin: Option<Margin>,
    /// The least ever.
    pub least_margin: Option<Margin>,
}

/// How close it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Margin {
    /// What was left of the detection time when a packet came: zero if nothing was.
    pub left: Duration,
    /// The detection time: ours for the peer's packets, the peer's for ours.
    pub detection_time: Duration,
    /// When.
    pub at: Duration,
}

/// A Down: the session left Init or Up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Down {
    /// When it was noticed.
    pub at: Duration,
    /// The state before: Init or Up.
    pub from: State,
    /// The verdict.
    pub cause: Cause,
    /// What it comes from.
    pub evidence: Evidence,
}
