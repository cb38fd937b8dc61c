//! When the carrier's routes came.

use crate::decode::input::Time;
use bgp_speaker::{Event, Net, PeerId, What};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// The last time that each route of each session of one edge was announced.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received(Arc<Mutex<HashMap<(PeerId, Net), SystemTime>>>);

impl Received {
    /// Takes note of an event, at this time.
    pub(crate) fn note(&self, event: &Event, now: SystemTime) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &event.what {
            What::Announced(nets) => times.extend(nets.iter().map(|net| ((event.peer, *net), now))),
            // What comes over the next session is new.
            What::Down(_) => times.retain(|(peer, _), _| *peer != event.peer),
            _ => {}
        }
    }

    /// When the route came, as RFC 3339 has it.
    pub(crate) fn time(&self, peer: PeerId, net: Net) -> Option<String> {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let time = times.get(&(peer, net))?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Time::micros(time.as_secs(), time.subsec_micros()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_speaker::Down;
    use std::time::{Duration, Instant};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
    fn the_last_announcement_counts_until_the_session_ends() {
        let (received, at) = (Received::default(), Instant::now());
        let nets = ["203.0.113.0/24", "198.51.100.0/24"].map(|net| net.parse::<Net>().unwrap());
        let happens = |peer, second, what| {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            received.note(&Event { at, peer: PeerId(peer), what }, now);
        };
        let times = || nets.map(|net| received.time(PeerId(0), net));
        happens(0, 1, What::Announced(nets.into()));
        happens(0, 2, What::Announced([nets[1]].into()));
        happens(1, 3, What::Announced([nets[0]].into()));
        let seconds = |second| Some(format!("1970-01-01T00:00:0{second}.000000Z"));
        assert_eq!(times(), [seconds(1), seconds(2)]);
        happens(0, 4, What::Down(Down::BfdDown));
        assert_eq!(times(), [None, None]);
        assert_eq!(received.time(PeerId(1), nets[0]), seconds(3));
    }
}
