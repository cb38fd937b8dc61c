//! What a daemon notes of one leg while a drill runs.

use super::document::{Cease, Kind, Moment, Notes};
use bgp_speaker::{Down, Event, Net, PeerId, What};
use bgp_wire::NotificationCode;
use nix::time::{ClockId, clock_gettime};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// Where moments are noted.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    clock: Clock,
    watched: Mutex<Option<Watched>>,
    /// Something happened.
    pub(super) happened: Notify,
}

/// The leg that is watched.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    /// The place of its speaker in the daemon, and the peer there.
    pub(super) speaker: usize,
    pub(super) peer: PeerId,
    /// What the leg had when the drill began.
    pub(super) nets: Arc<[Net]>,
    pub(super) drains: bool,
    pub(super) silent: bool,
    pub(super) notes: Notes,
}

/// How the leg's nets stand at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sample {
    pub(super) at_us: u64,
    /// Nets whose best path is on the leg, and nets with one anywhere else.
    pub(super) on_leg: usize,
    pub(super) elsewhere: usize,
    /// Nets that have a path of the leg.
    pub(super) there: usize,
    pub(super) of: usize,
}

/// The kernel's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    instant: Instant,
    us: u64,
}

impl Default for Clock {
    #[expect(clippy::disallowed_methods, reason = "a drill runs on the real clock")]
    fn default() -> Self {
        let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(std::time::Duration::from).unwrap_or_default();
        Self { instant: Instant::now(), us: u64::try_from(now.as_micros()).unwrap_or(u64::MAX) }
    }
}

impl Clock {
    fn of(&self, at: Instant) -> u64 {
        let us = |d: std::time::Duration| u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
        match at.checked_duration_since(self.instant) {
            Some(after) => self.us.saturating_add(us(after)),
            None => self.us.saturating_sub(us(self.instant.saturating_duration_since(at))),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a drill runs on the real clock")]
    pub(super) fn now(&self) -> u64 {
        self.of(Instant::now())
    }
}

impl Watch {
    /// Whether a drill is running.
    pub(crate) fn is_taken(&self) -> bool {
        self.lock().is_some()
    }

    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of an event of a speaker, by its place in the daemon.
    pub(crate) fn note(&self, speaker: usize, event: &Event) {
        let mut watched = self.lock();
        let of_leg = |w: &&mut Watched| (w.speaker, w.peer) == (speaker, event.peer);
        let Some(watched) = watched.as_mut().filter(of_leg) else { return };
        if let Some(moment) = self.moment(event) {
            watched.notes.moments.push(moment);
            self.happened.notify_one();
        }
    }

    /// Takes note of what the drill did.
    pub(super) fn did(&self, what: Kind, at_us: u64) {
        if let Some(watched) = self.lock().as_mut() {
            watched.notes.moments.push(Moment { at_us, what, detail: None, cease: None });
            self.happened.notify_one();
        }
    }

    fn moment(&self, event: &Event) -> Option<Moment> {
        // BFD's own time is when the packet came or the detection time ended; the rest is done when it is told.
        let (mut at_us, mut detail, mut cease) = (self.clock.now(), None, None);
        let what = match &event.what {
            What::Bfd(change) if change.is_failure() => {
                (at_us, detail) = (self.clock.of(event.at), Some(change.diag.to_string()));
                Kind::BfdDown
            }
            What::Bfd(change) if change.to == bfd::State::Up => {
                at_us = self.clock.of(event.at);
                Kind::BfdUp
            }
            What::Down(down) => {
                (detail, cease) = (Some(down.to_string()), which_cease(down));
                Kind::SessionDown
            }
            What::Up(_) => Kind::Established,
            What::EndOfRib(_) => Kind::EndOfRib,
            _ => return None,
        };
        Some(Moment { at_us, what, detail, cease })
    }
}

/// Which way the Cease for BFD went, where there was one.
fn which_cease(down: &Down) -> Option<Cease> {
    match down {
        Down::Received { code, .. } => match *code {
            NotificationCode::BFD_DOWN => Some(Cease::Received),
            NotificationCode::CEASE => Some(Cease::Unspecific),
            _ => None,
        },
        down => (down.sent() == Some(NotificationCode::BFD_DOWN)).then_some(Cease::Sent),
    }
}

impl Watched {
    /// Takes note of how the leg's nets stand; what happens for the first time has its time from here.
    pub(super) fn sampled(&mut self, sample: Sample) {
        let Sample { at_us, on_leg, elsewhere, there, of } = sample;
        let notes = &mut self.notes;
        if on_leg == 0 && notes.off_leg_us.is_none() {
            (notes.off_leg_us, notes.moved, notes.lost) =
                (Some(at_us), elsewhere, of.saturating_sub(elsewhere));
        }
        let down =
            notes.moments.iter().rev().find(|m| matches!(m.what, Kind::SessionDown | Kind::Established));
        let down = down.is_some_and(|moment| moment.what == Kind::SessionDown);
        if there == 0 && down && notes.withdrawn_us.is_none() {
            notes.withdrawn_us = Some(at_us);
        }
        if there == of && notes.withdrawn_us.is_some() && notes.restored_us.is_none() && !down {
            notes.restored_us = Some(at_us);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::Family;

    fn watched() -> Watched {
        let nets = ["203.0.113.0/24", "198.51.100.0/24"].map(|net| net.parse().unwrap());
        let notes = Notes::default();
        Watched { speaker: 0, peer: PeerId(1), nets: nets.into(), drains: false, silent: false, notes }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
    fn the_legs_own_moments_are_noted() {
        let watch = Watch::default();
        let now = Instant::now();
        let event = |peer, what| Event { at: now, peer: PeerId(peer), what };
        // Nothing is watched yet.
        watch.note(0, &event(1, What::Down(Down::BfdDown)));
        *watch.lock() = Some(watched());
        watch.note(1, &event(1, What::Down(Down::BfdDown)));
        watch.note(0, &event(0, What::Down(Down::BfdDown)));
        watch.note(0, &event(1, What::Down(Down::BfdDown)));
        let received = Down::Received { code: NotificationCode::BFD_DOWN, text: None };
        watch.note(0, &event(1, What::Down(received)));
        for code in [NotificationCode::CEASE, NotificationCode::ADMINISTRATIVE_SHUTDOWN] {
            watch.note(0, &event(1, What::Down(Down::Received { code, text: None })));
        }
        watch.note(0, &event(1, What::Down(Down::HoldExpired)));
        watch.note(0, &event(1, What::EndOfRib(Family::Ipv4Unicast)));
        watch.did(Kind::Cut, 7);
        let notes = watch.lock().take().unwrap().notes;
        let seen: Vec<_> = notes.moments.iter().map(|moment| (moment.what, moment.cease)).collect();
        assert_eq!(
            seen,
            [
                (Kind::SessionDown, Some(Cease::Sent)),
                (Kind::SessionDown, Some(Cease::Received)),
                (Kind::SessionDown, Some(Cease::Unspecific)),
                (Kind::SessionDown, None),
                (Kind::SessionDown, None),
                (Kind::EndOfRib, None),
                (Kind::Cut, None),
            ]
        );
        assert_eq!(notes.first(Kind::Cut, 7).map(|moment| moment.at_us), Some(7));
        assert_eq!(notes.first(Kind::Cut, 8), None);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
    fn instants_before_and_after_the_clock_began() {
        let clock = Clock { instant: Instant::now(), us: 1_000_000 };
        let later = std::time::Duration::from_micros(250);
        assert_eq!(clock.of(clock.instant + later), 1_000_250);
        assert_eq!(clock.of(clock.instant.checked_sub(later).unwrap()), 999_750);
    }

    /// (what happened, on the leg, elsewhere, there; then off the leg at, moved, lost, withdrawn at, restored at)
    #[test]
    fn what_happens_first_counts() {
        let mut watched = watched();
        let mut at_us = 0;
        for (what, [on_leg, elsewhere, there], want) in [
            (None, [2, 2, 2], (None, 0, 0, None, None)),
            // Drained: the paths are there and not the best.
            (None, [0, 2, 2], (Some(2), 2, 0, None, None)),
            (None, [0, 1, 2], (Some(2), 2, 0, None, None)),
            (Some(Kind::SessionDown), [0, 1, 0], (Some(2), 2, 0, Some(4), None)),
            (None, [0, 1, 0], (Some(2), 2, 0, Some(4), None)),
            (Some(Kind::Established), [0, 1, 1], (Some(2), 2, 0, Some(4), None)),
            (None, [1, 1, 2], (Some(2), 2, 0, Some(4), Some(7))),
            (None, [1, 1, 2], (Some(2), 2, 0, Some(4), Some(7))),
        ] {
            at_us += 1;
            let moment = |what| Moment { at_us, what, detail: None, cease: None };
            watched.notes.moments.extend(what.map(moment));
            watched.sampled(Sample { at_us, on_leg, elsewhere, there, of: 2 });
            let n = &watched.notes;
            assert_eq!((n.off_leg_us, n.moved, n.lost, n.withdrawn_us, n.restored_us), want, "at {at_us}");
        }
    }
}
