//! What one run of the peer, or of another of the bench's processes, reports to the bench.
use super::summary::Summary;
use serde::{Deserialize, Serialize};

/// Times are in microseconds, but for what says seconds.
#[derive(Serialize, Deserialize, Clone, PartialEq, Default, Debug)]
pub(crate) struct Measured {
    /// Sessions that were Up when measuring began.
    pub(crate) up: Option<usize>,
    /// When the last session came Up, in seconds since 1970; nothing where one never did.
    pub(crate) up_at: Option<f64>,
    /// Seconds from the daemon's start until then.
    pub(crate) took: Option<f64>,
    /// The daemon's CPU time, in seconds a second.
    pub(crate) cpu: Option<f64>,
    pub(crate) packets: Option<u64>,
    /// How much later than the negotiated interval packets came.
    pub(crate) late: Option<Summary>,
    /// How many came later than that, in per cent.
    pub(crate) beyond: Option<f64>,
    /// How long after the detection time the daemon said Down.
    pub(crate) overshoot: Option<Summary>,
    pub(crate) samples: Option<usize>,
    /// The daemon left Up though the peer spoke.
    pub(crate) false_downs: u64,
    /// Gaps in which a real peer would have called the daemon silent.
    pub(crate) starved: u64,
    /// The daemon left Up before the silence could be why.
    pub(crate) early: u64,
    /// Downs with another state or diagnostic than the standard's.
    pub(crate) wrong: u64,
    /// Silences that were not found.
    pub(crate) missing: u64,
    /// How late the peer itself was at worst.
    pub(crate) own_late: f64,
    /// CPU time that the machine's host took, in seconds a second.
    pub(crate) steal: f64,
}
