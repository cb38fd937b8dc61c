//! Whether the carrier ended a session because the far end announces more than its limit of prefixes (RFC 4486).

use bgp_speaker::{Down, Event, PeerId, What};
use bgp_wire::NotificationCode;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// All prefixes are told within this, so a session that lasts longer has a limit that is high enough.
const LASTS: Duration = Duration::from_secs(10);

/// What is known of each session of one edge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits(Arc<Mutex<HashMap<PeerId, Seen>>>);

#[derive(Debug, Default)]
struct Seen {
    established: Option<Instant>,
    reached: bool,
}

impl Limits {
    /// Takes note of an event. Attempts that come to nothing after the one at which the limit was reached say nothing.
    pub(crate) fn note(&self, event: &Event) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = all.entry(event.peer).or_default();
        match &event.what {
            What::Up(_) => seen.established = Some(event.at),
            What::Down(why) => seen.down(event.at, why),
            _ => {}
        }
    }

    /// Whether the session last came up against the carrier's limit.
    pub(crate) fn reached(&self, peer: PeerId) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&peer).is_some_and(|seen| seen.reached)
    }
}

impl Seen {
    fn down(&mut self, at: Instant, why: &Down) {
        let since = self.established.take();
        let lasted = since.is_some_and(|since| at.saturating_duration_since(since) >= LASTS);
        self.reached = at_limit(why) || (self.reached && !lasted);
    }
}

fn at_limit(why: &Down) -> bool {
    match why {
        Down::Received { code, .. } | Down::HardReset { code, .. } => *code == NotificationCode::MAX_PREFIXES,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (the sessions, whether the limit counts as reached).
    #[test]
    #[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
    fn what_counts() {
        let start = Instant::now();
        let received = |code| Down::Received { code, text: None };
        let full = || received(NotificationCode::MAX_PREFIXES);
        let hard = || Down::HardReset { code: NotificationCode::MAX_PREFIXES, text: None };
        // (Established in that second, if at all; down in that second; why)
        let cases = [
            (vec![], false),
            (vec![(Some(0), 1, full())], true),
            (vec![(Some(0), 1, hard())], true),
            (vec![(Some(0), 1, Down::ConnectionLost)], false),
            (vec![(Some(0), 1, received(NotificationCode::PEER_DECONFIGURED))], false),
            (vec![(Some(0), 60, full())], true),
            (vec![(Some(0), 1, full()), (None, 20, Down::ConnectionLost)], true),
            (vec![(Some(0), 1, full()), (Some(2), 3, Down::ConnectionLost)], true),
            (vec![(Some(0), 1, full()), (Some(2), 12, Down::ConnectionLost)], false),
        ];
        let time = |second| start + Duration::from_secs(second);
        for (number, (sessions, want)) in cases.into_iter().enumerate() {
            let mut seen = Seen::default();
            for (up, down, why) in sessions {
                seen.established = up.map(time);
                seen.down(time(down), &why);
            }
            assert_eq!(seen.reached, want, "case {number}");
        }
    }
}
