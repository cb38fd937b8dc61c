//! Changing the timers of a session that is Up, by poll sequence (RFC 5880 sections 6.5 and 6.8.3).
use crate::timing::{SLOW_INTERVAL, Timing};
use std::time::Duration;

/// What our packets announce, what counts until the peer has confirmed it, and the poll sequence between.
///
/// While not Up, changes count at once: every packet carries them, nothing waits for a Final, and the
/// poll sequence that begins with Up confirms them. So no Final of an earlier sequence can be taken for
/// one of the session that is Up.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    announced: Timing,
    desired_min_tx: Duration,
    required_min_rx: Duration,
    polling: bool,
    /// A change asked for during a poll sequence. A Final could not tell the two apart, so this waits for
    /// the sequence to end and for a packet without Final after it (section 6.8.3, third choice).
    queued: Option<Timing>,
    up: bool,
}

impl Parameters {
    pub(crate) fn new(timing: Timing) -> Self {
        let announced = timing.on_the_wire();
        Self {
            announced,
            desired_min_tx: announced.desired_min_tx,
            required_min_rx: announced.required_min_rx,
            polling: false,
            queued: None,
            up: false,
        }
    }

    pub(crate) fn change(&mut self, timing: Timing) {
        let timing = timing.on_the_wire();
        if self.polling {
            self.queued = Some(timing);
        } else if timing != self.announced {
            self.announce(timing);
        }
    }

    /// A slower transmit interval and a shorter detection time wait for the Final; the opposite changes
    /// count at once.
    fn announce(&mut self, timing: Timing) {
        self.announced = timing;
        if self.up {
            self.desired_min_tx = self.desired_min_tx.min(timing.desired_min_tx);
            self.required_min_rx = self.required_min_rx.max(timing.required_min_rx);
            self.polling = true;
        } else {
            self.confirm();
        }
    }

    fn confirm(&mut self) {
        self.desired_min_tx = self.announced.desired_min_tx;
        self.required_min_rx = self.announced.required_min_rx;
        self.polling = false;
    }

    /// The session came Up: the slow interval ends, which is a change the peer is to confirm.
    pub(crate) fn enter_up(&mut self) {
        self.up = true;
        self.polling = true;
    }

    /// The session left Up: what waited counts now.
    pub(crate) fn leave_up(&mut self) {
        self.up = false;
        if let Some(timing) = self.queued.take() {
            self.announced = timing;
        }
        self.confirm();
    }

    /// A packet was taken, with the Final bit or without it.
    pub(crate) fn received(&mut self, final_: bool) {
        if final_ && self.polling {
            self.confirm();
        } else if !final_
            && !self.polling
            && let Some(timing) = self.queued.take()
        {
            self.change(timing);
        }
    }

    /// Whether packets carry the Poll bit.
    pub(crate) fn polling(&self) -> bool {
        self.polling
    }

    /// What packets announce.
    pub(crate) fn announced(&self) -> Timing {
        Timing { desired_min_tx: self.floor(self.announced.desired_min_tx), ..self.announced }
    }

    /// The desired min tx interval by which we send.
    pub(crate) fn transmit(&self) -> Duration {
        self.floor(self.desired_min_tx)
    }

    /// The required min rx interval that counts in the detection time.
    pub(crate) fn receive(&self) -> Duration {
        self.required_min_rx
    }

    fn floor(&self, interval: Duration) -> Duration {
        if self.up { interval } else { interval.max(SLOW_INTERVAL) }
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;
    use crate::Timing;
    use std::num::NonZeroU8;
    use std::time::Duration;

    fn timing(tx: u64, rx: u64) -> Timing {
        Timing {
            desired_min_tx: Duration::from_millis(tx),
            required_min_rx: Duration::from_millis(rx),
            detect_mult: NonZeroU8::new(3).unwrap(),
        }
    }

    fn up(tx: u64, rx: u64) -> Parameters {
        let mut p = Parameters::new(timing(tx, rx));
        p.enter_up();
        p.received(true);
        p
    }

    fn in_force(p: &Parameters) -> (u128, u128) {
        (p.transmit().as_millis(), p.receive().as_millis())
    }

    /// (from, to, what counts before the Final): tx grows late, rx shrinks late, the rest at once.
    #[test]
    fn what_counts_before_the_final() {
        for (from, to, before) in [
            ((50, 50), (100, 50), (50, 50)),
            ((50, 50), (20, 50), (20, 50)),
            ((50, 50), (50, 100), (50, 100)),
            ((50, 50), (50, 20), (50, 50)),
            ((50, 50), (100, 20), (50, 50)),
        ] {
            let mut p = up(from.0, from.1);
            p.change(timing(to.0, to.1));
            assert!(p.polling());
            assert_eq!(p.announced(), timing(to.0, to.1));
            assert_eq!(in_force(&p), before, "{from:?} to {to:?}");
            p.received(false);
            assert_eq!(in_force(&p), before, "a packet without Final confirms nothing");
            p.received(true);
            assert!(!p.polling());
            assert_eq!(in_force(&p), (u128::from(to.0), u128::from(to.1)));
        }
    }

    #[test]
    fn a_second_change_waits_for_the_first_and_for_a_packet_without_final() {
        let mut p = up(50, 50);
        p.change(timing(100, 50));
        p.change(timing(200, 50));
        assert_eq!(p.announced(), timing(100, 50));
        p.received(true);
        p.received(true);
        assert!(!p.polling());
        p.received(false);
        assert!(p.polling());
        assert_eq!(p.announced(), timing(200, 50));
    }

    #[test]
    fn nothing_waits_while_not_up() {
        let mut p = Parameters::new(timing(50, 50));
        p.change(timing(100, 20));
        assert!(!p.polling());
        assert_eq!(in_force(&p), (1000, 20));
        assert_eq!(p.announced(), timing(1000, 20));
    }

    #[test]
    fn leaving_up_ends_the_poll_and_takes_what_was_queued() {
        let mut p = up(50, 50);
        p.change(timing(100, 20));
        p.change(timing(2000, 30));
        p.leave_up();
        assert!(!p.polling());
        assert_eq!(p.announced(), timing(2000, 30));
        assert_eq!(in_force(&p), (2000, 30));
    }

    #[test]
    fn the_same_timing_needs_no_poll() {
        let mut p = up(50, 50);
        p.change(timing(50, 50));
        assert!(!p.polling());
    }
}
