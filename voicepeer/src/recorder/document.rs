//! What a flight recorder has, as `bfd history` prints it with `--json`. The field names are an interface.

use crate::control::document::BfdSession;
use serde::{Deserialize, Serialize};

/// A session and all that was recorded of it. Intervals and the like are microseconds, times are RFC 3339.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Recording {
    pub(crate) session: BfdSession,
    /// When recording began, and when this was written.
    pub(crate) began: String,
    pub(crate) written: String,
    /// The peer's packets as they arrived, and our own as they left.
    pub(crate) received: Direction,
    pub(crate) sent: Direction,
    /// How often the session left Init or Up, and the last times.
    pub(crate) down_count: u64,
    pub(crate) downs: Vec<Down>,
    /// The last packets before the last time that the session left Up, and the last of all.
    pub(crate) packets_before_down: Vec<RecordedPacket>,
    pub(crate) packets: Vec<RecordedPacket>,
}

/// The punctuality of one direction, while the session was Up.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Direction {
    /// As agreed now; the detect mult is the sender's.
    pub(crate) interval_us: Option<u64>,
    pub(crate) detect_mult: Option<u8>,
    /// Packets that count in the lateness.
    pub(crate) packets: u64,
    pub(crate) lateness: Lateness,
    /// The least that was left of the detection time: since the session last came Up, and ever.
    pub(crate) margin: Option<Margin>,
    pub(crate) least_margin: Option<Margin>,
}

/// How late the packets were.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Lateness {
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
    pub(crate) max_us: f64,
    pub(crate) histogram: Vec<Bucket>,
}

/// So many packets were this late; those in time are from 0 to 0.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
pub(crate) struct Bucket {
    pub(crate) from_us: u64,
    pub(crate) to_us: u64,
    pub(crate) count: u64,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Margin {
    pub(crate) left_us: u64,
    pub(crate) detection_time_us: u64,
    pub(crate) time: String,
}

/// A Down and whose fault it was.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Down {
    pub(crate) time: String,
    /// Init or Up.
    pub(crate) from: String,
    /// The verdict in a word or two, and as a sentence.
    pub(crate) cause: String,
    pub(crate) says: String,
    pub(crate) diagnostic: String,
    pub(crate) remote_state: String,
    pub(crate) remote_diagnostic: String,
    pub(crate) detection_time_us: u64,
    /// Since the peer's last packet, and for how much of that time our thread should have run and did not.
    pub(crate) silence_us: Option<u64>,
    pub(crate) stall_us: u64,
    /// Packets in that time that the socket dropped, and packets of the peer that failed a check.
    pub(crate) dropped: u64,
    pub(crate) discarded: u64,
    /// How long we had sent nothing, of the detection time at the peer.
    pub(crate) unsent_us: u64,
    pub(crate) remote_detection_time_us: u64,
    /// Packets in a row that the system had refused to send.
    pub(crate) refused: u64,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct RecordedPacket {
    pub(crate) time: String,
    /// `sent` or `received`
    pub(crate) way: String,
    pub(crate) state: String,
    pub(crate) diagnostic: String,
    /// Those set of `poll`, `final` and `demand`.
    pub(crate) flags: Vec<String>,
}

/// `bfd show`: a session, how punctual both sides are, and its last Down.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Summary {
    pub(crate) session: BfdSession,
    pub(crate) began: String,
    pub(crate) written: String,
    pub(crate) received: Direction,
    pub(crate) sent: Direction,
    pub(crate) down_count: u64,
    pub(crate) last_down: Option<Down>,
}

/// `bfd margin`: the punctuality alone.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Margins {
    pub(crate) peer: String,
    pub(crate) address: String,
    pub(crate) received: Direction,
    pub(crate) sent: Direction,
}

impl From<Recording> for Summary {
    fn from(r: Recording) -> Self {
        let Recording { session, began, written, received, sent, down_count, downs, .. } = r;
        Self { session, began, written, received, sent, down_count, last_down: downs.into_iter().next_back() }
    }
}

impl From<Recording> for Margins {
    fn from(r: Recording) -> Self {
        let BfdSession { peer, address, .. } = r.session;
        Self { peer, address, received: r.received, sent: r.sent }
    }
}
