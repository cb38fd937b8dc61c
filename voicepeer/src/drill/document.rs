//! The drill's documents: the steps that a daemon is asked for, what it notes, and the evidence. Times of a daemon are
//! microseconds of the kernel's monotonic clock, which all daemons of one machine share.

use serde::{Deserialize, Serialize};

/// What a drill asks of a daemon. What it has begun ends with the connection that asked for it.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    /// Begins to take notes of a leg, by the peer's name or address or by the plan's connection.
    Watch(String),
    /// Begins its drain (RFC 8326), or ends it.
    Drain(bool),
    /// Silences its BFD, or mends it.
    Silence(bool),
    /// What was noted; waits a moment for more.
    Follow,
    /// Restores everything, and forgets the leg.
    End,
}

/// The leg at its beginning.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Leg {
    /// The daemon's ASN.
    pub(crate) asn: u32,
    /// The peer, and the plan's connection.
    pub(crate) peer: String,
    pub(crate) connection: String,
    pub(crate) address: String,
    pub(crate) standing: Standing,
    pub(crate) detection_time_us: Option<u64>,
    /// Accepted prefixes of the leg, and those of them whose best path it is.
    pub(crate) prefixes: usize,
    pub(crate) best: usize,
    /// Those that no other leg has.
    pub(crate) uncovered: Vec<String>,
    /// The other sessions with the same AS.
    pub(crate) others: Vec<Other>,
}

/// Another leg.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Other {
    pub(crate) peer: String,
    pub(crate) standing: Standing,
}

/// How a session stands.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    pub(crate) state: String,
    pub(crate) bfd: Option<String>,
}

impl Standing {
    /// Established, and BFD Up.
    pub(crate) fn is_healthy(&self) -> bool {
        self.state == "Established" && self.bfd.as_deref() == Some("Up")
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, BFD {}", self.state, self.bfd.as_deref().unwrap_or("not configured"))
    }
}

/// What happened on the leg.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    DrainBegan,
    DrainEnded,
    /// No BFD packet leaves or arrives any more.
    Cut,
    Mended,
    BfdDown,
    BfdUp,
    SessionDown,
    Established,
    /// The peer has sent all it has.
    EndOfRib,
}

impl Kind {
    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::DrainBegan => "drain begins (RFC 8326)",
            Self::DrainEnded => "drain ends",
            Self::Cut => "BFD silenced",
            Self::Mended => "BFD mended",
            Self::BfdDown => "BFD Down",
            Self::BfdUp => "BFD Up",
            Self::SessionDown => "BGP session down",
            Self::Established => "BGP Established",
            Self::EndOfRib => "all routes received",
        }
    }
}

/// A moment of the leg.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    pub(crate) at_us: u64,
    pub(crate) what: Kind,
    /// A diagnostic, a reason.
    pub(crate) detail: Option<String>,
    /// Of a session's end: whether a Cease for BFD was sent or received (RFC 9384).
    pub(crate) cease: Option<Cease>,
}

/// Which way the Cease went.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cease {
    Sent,
    Received,
    /// Received, with no reason in it: what speakers send that know nothing of RFC 9384.
    Unspecific,
}

/// All that was noted of the leg so far.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) moments: Vec<Moment>,
    /// When no best path was on the leg any more; how many of its prefixes had one elsewhere then, and how many had none.
    pub(crate) off_leg_us: Option<u64>,
    pub(crate) moved: usize,
    pub(crate) lost: usize,
    /// When the leg had no path any more, and when it had all of them again.
    pub(crate) withdrawn_us: Option<u64>,
    pub(crate) restored_us: Option<u64>,
}

impl Notes {
    /// The first moment of a kind from a time on.
    pub(crate) fn first(&self, what: Kind, from: u64) -> Option<&Moment> {
        self.moments.iter().find(|moment| moment.what == what && moment.at_us >= from)
    }
}

/// The evidence of one drill.
#[derive(Serialize, Clone, PartialEq, Debug)]
pub(crate) struct Evidence {
    /// The leg, as it was named.
    pub(crate) leg: String,
    /// When it began, RFC 3339.
    pub(crate) began: String,
    /// Whether all was as it must be, and what was not.
    pub(crate) as_expected: bool,
    pub(crate) problems: Vec<String>,
    /// What this drill cannot say.
    pub(crate) notes: Vec<String>,
    pub(crate) drained_first: bool,
    /// How long the leg stayed down after all had moved, in milliseconds.
    pub(crate) hold_ms: u64,
    pub(crate) detection_time_us: Option<u64>,
    /// Where BFD was silenced, then the other end where it was asked.
    pub(crate) ends: Vec<EndEvidence>,
}

/// What one end saw. Times are microseconds: of the drain after it began, of the failure after BFD was silenced, of the
/// restoration after it was mended.
#[derive(Serialize, Clone, PartialEq, Debug)]
pub(crate) struct EndEvidence {
    /// `carrier` or `far end`.
    pub(crate) end: &'static str,
    pub(crate) leg: Leg,
    /// No best path on the leg any more, by the drain.
    pub(crate) drained_us: Option<u64>,
    /// BFD Down, by this end or as the other said.
    pub(crate) detected_us: Option<u64>,
    pub(crate) diagnostic: Option<String>,
    pub(crate) session_down_us: Option<u64>,
    pub(crate) cease: Option<Cease>,
    pub(crate) reason: Option<String>,
    /// The leg's routes gone.
    pub(crate) withdrawn_us: Option<u64>,
    /// No best path on the leg any more: prefixes that have one elsewhere, and prefixes that have none.
    pub(crate) off_leg_us: Option<u64>,
    pub(crate) moved: usize,
    pub(crate) lost: usize,
    pub(crate) bfd_up_us: Option<u64>,
    pub(crate) established_us: Option<u64>,
    pub(crate) end_of_rib_us: Option<u64>,
    /// All the leg's routes here again.
    pub(crate) restored_us: Option<u64>,
    /// Each moment, microseconds after BFD was silenced; negative before.
    pub(crate) timeline: Vec<Point>,
}

/// A moment of the timeline.
#[derive(Serialize, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Point {
    pub(crate) us: i64,
    pub(crate) what: &'static str,
    pub(crate) detail: Option<String>,
}
