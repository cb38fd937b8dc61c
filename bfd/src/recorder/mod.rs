//! The flight recorder of a session: its last packets, how late they were, and why it went Down.
//!
//! A [`Recorder`] stands between the caller and the session: inputs go through it, outputs come through
//! it. It has no clock either; what it cannot know of the caller's thread and sockets it is told as a
//! [`Witness`]. Its memory is taken when it is made.
mod cause;
mod histogram;
mod packed;
mod punctual;
mod recorded;
mod recording;
mod ring;

pub use cause::{Cause, Evidence};
pub use histogram::{Bucket, Histogram};
pub use recorded::Recorded;
pub use recording::{Down, Margin, Punctuality, RecordedPacket, Recording};

use crate::{Change, Control, Discard, Input, Output, State};
use packed::Packed;
use punctual::{Details, Track, nanos};
use ring::Ring;
use std::time::{Duration, Instant};

/// How many Downs are kept.
const DOWNS: usize = 16;

/// What the caller knows of its own thread and sockets when it hands an input over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Witness {
    /// When the input is handled. It may have happened, and a packet have arrived, earlier.
    pub handled: Instant,
    /// For how much of the time since [`Recorder::last_received`] the caller's thread should have run and did not.
    pub stall: Duration,
    /// How many packets the socket has dropped as far as is known, over its whole life; `None` if that was not
    /// looked at. For a packet, the number when it came into the queue.
    pub dropped: Option<u64>,
    /// How many packets in a row, up to the last, the system refused to send.
    pub refused: u64,
}

impl Witness {
    /// Everything is well: the input is handled `now`.
    pub const fn good(now: Instant) -> Self {
        Self { handled: now, stall: Duration::ZERO, dropped: None, refused: 0 }
    }
}

/// The flight recorder of one session.
///
/// ```
/// use bfd::{Cause, Config, Input, Output, Recorder, Session, Timing, Witness};
/// # use std::num::NonZeroU32;
/// # #[expect(clippy::disallowed_methods, reason = "an example needs some instant to begin with")]
/// # let now = std::time::Instant::now();
/// let mut session = Session::new(Config::new(NonZeroU32::MIN, Timing::default()), 7, now);
/// let mut recorder = Recorder::new(256, now);
/// recorder.handle(&mut session, Input::Timeout, now, Witness::good(now), &mut |output, cause| match output {
///     Output::Changed(change) => println!("{} to {}: {cause:?}", change.from, change.to),
///     _ => {}
/// });
/// assert_eq!(recorder.recording().packets.len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Recorder {
    began: Instant,
    packets: Ring<Packed>,
    received: Track,
    sent: Track,
    /// What the socket had dropped when the peer's last packet came into its queue.
    dropped_before: u64,
    /// Packets that failed a check since the peer's last one that did not.
    discarded: u64,
    rest: Box<Rest>,
}

/// What only some packets and changes look at.
#[derive(Clone, Debug)]
struct Rest {
    received: Details,
    sent: Details,
    before_down: Ring<Packed>,
    downs: Ring<Option<Down>>,
    down_count: u64,
    /// The last check that a packet failed.
    discard: Option<Discard>,
}

/// What holds of a session before an input.
struct Before {
    state: State,
    received: u64,
    detection_time: Option<Duration>,
    receive_interval: Option<Duration>,
    detect_mult: u32,
    transmit_at: Option<Instant>,
    /// How long the peer waits for our packets, as far as we know.
    remote_detection_time: Option<Duration>,
}

impl Before {
    fn of(session: &impl Recorded) -> Self {
        Self {
            state: session.state(),
            received: session.counters().received,
            detection_time: session.detection_time(),
            receive_interval: session.receive_interval(),
            detect_mult: session.detect_mult(),
            transmit_at: session.transmit_deadline(),
            remote_detection_time: session.remote_detection_time(),
        }
    }

    /// The part of the detection time that one packet may take. In demand mode only polls are waited for,
    /// by our own detect mult.
    fn interval(&self) -> Option<Duration> {
        self.receive_interval.or_else(|| Some(self.detection_time? / self.detect_mult))
    }
}

impl Recorder {
    /// A recorder that keeps the last `packets` packets, of both directions together, and as many before the
    /// last Down: 8 octets each.
    pub fn new(packets: usize, now: Instant) -> Self {
        let rest = Rest {
            received: Details::default(),
            sent: Details::default(),
            before_down: Ring::new(packets, Packed::NONE),
            downs: Ring::new(DOWNS, None),
            down_count: 0,
            discard: None,
        };
        Self {
            began: now,
            packets: Ring::new(packets, Packed::NONE),
            received: Track::new(),
            sent: Track::new(),
            dropped_before: 0,
            discarded: 0,
            rest: Box::new(rest),
        }
    }

    /// What the session does with an input, noted down. With a change of state that is a Down comes its cause.
    pub fn handle(
        &mut self,
        session: &mut impl Recorded,
        input: Input<'_>,
        now: Instant,
        witness: Witness,
        out: &mut impl FnMut(Output, Option<Cause>),
    ) {
        let before = Before::of(session);
        let due = before.transmit_at.filter(|_| matches!(input, Input::Timeout | Input::Early));
        let packet = matches!(input, Input::Packet(_) | Input::Discarded(_));
        session.handle(input, now, &mut |output| {
            let cause = match &output {
                Output::Transmit(packet) => {
                    self.send(&packet.control, &before, due, now.max(witness.handled));
                    None
                }
                Output::TransmitEcho(_) => None,
                Output::Changed(change) => self.change(*change, &before, now, witness),
            };
            out(output, cause);
        });
        if session.counters().received != before.received {
            if let Some(control) = session.remote() {
                self.receive(control, &before, now, witness.dropped);
            }
        } else if packet {
            self.discarded += 1;
            self.rest.discard = session.last_discard();
        }
    }

    /// When the peer's last packet arrived that passed every check.
    pub fn last_received(&self) -> Option<Instant> {
        self.began.checked_add(self.received.last()?)
    }

    /// All that was recorded, as a value.
    pub fn recording(&self) -> Recording {
        let Self { began, packets, received, sent, rest, .. } = self;
        Recording {
            began: *began,
            packets: packets.iter().copied().map(Packed::unpacked).collect(),
            before_down: rest.before_down.iter().copied().map(Packed::unpacked).collect(),
            received: received.punctuality(&rest.received),
            sent: sent.punctuality(&rest.sent),
            downs: rest.downs.iter().copied().flatten().collect(),
            down_count: rest.down_count,
        }
    }

    fn since_beginning(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.began)
    }

    fn receive(&mut self, control: &Control, before: &Before, now: Instant, dropped: Option<u64>) {
        let at = nanos(self.since_beginning(now));
        self.packets.push(Packed::new(at, false, control));
        (self.discarded, self.dropped_before) = (0, dropped.unwrap_or(self.dropped_before));
        let Some(gap) = self.received.packet(at) else { return };
        if before.state != State::Up {
            return;
        }
        let details = &mut self.rest.received;
        // In demand mode nobody waits for periodic packets.
        if let (Some(interval), Some(time)) = (before.receive_interval, before.detection_time) {
            self.received.late(gap.saturating_sub(interval), details);
            self.received.margin(time.saturating_sub(gap), time, gap, details);
        }
    }

    /// A packet leaves; `due` is when it should have, if it is a periodic one.
    fn send(&mut self, control: &Control, before: &Before, due: Option<Instant>, now: Instant) {
        let at = nanos(self.since_beginning(now));
        self.packets.push(Packed::new(at, true, control));
        let Some(gap) = self.sent.packet(at) else { return };
        if before.state != State::Up {
            return;
        }
        let details = &mut self.rest.sent;
        if let Some(due) = due {
            self.sent.late(now.saturating_duration_since(due), details);
        }
        if let Some(time) = before.remote_detection_time {
            self.sent.margin(time.saturating_sub(gap), time, gap, details);
        }
    }

    fn change(&mut self, change: Change, before: &Before, now: Instant, witness: Witness) -> Option<Cause> {
        if change.to == State::Up {
            self.received.begin(&mut self.rest.received);
            self.sent.begin(&mut self.rest.sent);
        }
        if !matches!((change.from, change.to), (State::Init | State::Up, State::Down | State::AdminDown)) {
            return None;
        }
        let at = self.since_beginning(now.max(witness.handled));
        let evidence = self.evidence(change, before, at, witness);
        let (from, cause) = (change.from, evidence.cause());
        self.rest.downs.push(Some(Down { at, from, cause, evidence }));
        self.rest.down_count += 1;
        if from == State::Up {
            self.rest.before_down.copy_from(&self.packets);
        }
        Some(cause)
    }

    fn evidence(&self, change: Change, before: &Before, noticed: Duration, witness: Witness) -> Evidence {
        let remote_detection_time = before.remote_detection_time.unwrap_or_default();
        Evidence {
            diag: change.diag,
            remote: change.remote,
            detection_time: before.detection_time.unwrap_or_default(),
            interval: before.interval().unwrap_or_default(),
            silence: self.received.last().map(|last| noticed.saturating_sub(last)),
            stall: witness.stall,
            dropped: witness.dropped.map_or(0, |dropped| dropped.saturating_sub(self.dropped_before)),
            discarded: self.discarded,
            discard: self.rest.discard,
            remote_detection_time,
            unsent: self.unsent(noticed, remote_detection_time),
            refused: witness.refused,
        }
    }

    /// How long we had sent nothing when, at `noticed`, the peer says that it heard nothing for `time`: since our
    /// last packet or before it, or in a gap of that length a moment ago.
    fn unsent(&self, noticed: Duration, time: Duration) -> Duration {
        let sent = self.packets.iter().rev().copied().map(Packed::unpacked).filter(|packet| packet.sent);
        let mut sent = sent.map(|packet| packet.at);
        let Some(last) = sent.next() else { return Duration::ZERO };
        let before = sent.next().map_or(Duration::ZERO, |before| last.saturating_sub(before));
        let overlong = self.rest.sent.overlong(noticed, time).unwrap_or_default();
        noticed.saturating_sub(last).max(before).max(overlong)
    }
}

#[cfg(test)]
mod tests {
    use super::{Down, Recorder, Rest};

    /// What many sessions have many of.
    #[test]
    fn a_recorder_is_small() {
        let all = size_of::<Recorder>()
            + size_of::<Rest>()
            + 2 * 256 * 8
            + super::DOWNS * size_of::<Option<Down>>();
        assert!(
            size_of::<Recorder>() <= 128 && size_of::<Rest>() <= 2200,
            "{} {}",
            size_of::<Recorder>(),
            size_of::<Rest>()
        );
        assert!(all <= 9 << 10, "{all}");
    }
}
