//! From what the driver recorded to the document.

use super::document::{Bucket, Direction, Down, Lateness, Margin, RecordedPacket, Recording};
use crate::control::document::BfdSession;
use crate::decode::input::Time;
use bfd::{Histogram, Punctuality};
use std::time::{Duration, Instant, SystemTime};

/// The recording of `session` as a document.
pub(crate) fn document(session: BfdSession, recording: &bfd::Recording) -> Recording {
    let (now, wall) = clocks();
    let began = wall.saturating_sub(now.saturating_duration_since(recording.began));
    let times = Times { began };
    Recording {
        began: time(began),
        written: time(wall),
        received: Direction {
            interval_us: session.receive_interval_us,
            detect_mult: session.remote_detect_mult,
            ..times.direction(&recording.received)
        },
        sent: Direction {
            interval_us: session.transmit_interval_us,
            detect_mult: Some(session.detect_mult),
            ..times.direction(&recording.sent)
        },
        down_count: recording.down_count,
        downs: recording.downs.iter().map(|down| times.down(down)).collect(),
        packets_before_down: recording.before_down.iter().map(|p| times.packet(p)).collect(),
        packets: recording.packets.iter().map(|p| times.packet(p)).collect(),
        session,
    }
}

#[expect(clippy::disallowed_methods, reason = "a document tells times of the world's clock")]
fn clocks() -> (Instant, Duration) {
    (Instant::now(), SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

fn time(since_epoch: Duration) -> String {
    Time::nanos(since_epoch.as_secs(), since_epoch.subsec_nanos()).to_string()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn fine(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// When recording began, since 1970.
struct Times {
    began: Duration,
}

impl Times {
    fn at(&self, since_beginning: Duration) -> String {
        time(self.began.saturating_add(since_beginning))
    }

    fn direction(&self, punctuality: &Punctuality) -> Direction {
        let margin = |margin: &bfd::Margin| Margin {
            left_us: micros(margin.left),
            detection_time_us: micros(margin.detection_time),
            time: self.at(margin.at),
        };
        Direction {
            interval_us: None,
            detect_mult: None,
            packets: punctuality.lateness.count(),
            lateness: lateness(&punctuality.lateness),
            margin: punctuality.margin.as_ref().map(margin),
            least_margin: punctuality.least_margin.as_ref().map(margin),
        }
    }

    fn down(&self, down: &bfd::Down) -> Down {
        let bfd::Down { at, from, cause, evidence: e } = down;
        Down {
            time: self.at(*at),
            from: from.to_string(),
            cause: cause.name().to_owned(),
            says: cause.to_string(),
            diagnostic: e.diag.to_string(),
            remote_state: e.remote.state.to_string(),
            remote_diagnostic: e.remote.diag.to_string(),
            detection_time_us: micros(e.detection_time),
            silence_us: e.silence.map(micros),
            stall_us: micros(e.stall),
            dropped: e.dropped,
            discarded: e.discarded,
            unsent_us: micros(e.unsent),
            remote_detection_time_us: micros(e.remote_detection_time),
            refused: e.refused,
        }
    }

    fn packet(&self, packet: &bfd::RecordedPacket) -> RecordedPacket {
        let flags = [(packet.poll, "poll"), (packet.final_, "final"), (packet.demand, "demand")];
        RecordedPacket {
            time: self.at(packet.at),
            way: if packet.sent { "sent" } else { "received" }.to_owned(),
            state: packet.state.to_string(),
            diagnostic: packet.diag.to_string(),
            flags: flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()).collect(),
        }
    }
}

fn lateness(histogram: &Histogram) -> Lateness {
    let bucket = |bucket: bfd::Bucket| Bucket {
        from_us: micros(bucket.from),
        to_us: micros(bucket.to),
        count: bucket.count,
    };
    Lateness {
        p50_us: fine(histogram.quantile(0.5)),
        p99_us: fine(histogram.quantile(0.99)),
        p999_us: fine(histogram.quantile(0.999)),
        max_us: fine(histogram.max()),
        histogram: histogram.buckets().map(bucket).collect(),
    }
}
