//! Changing the timers of a session that is Up, by poll sequence (RFC 5880 sections 6.5 and 6.8.3).
use crate::timing::{SLOW_INTERVAL, Timing};
use std::time::{Duration, Instant};

/// What a poll sequence confirms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Wish {
    timing: Timing,
    /// The Demand bit.
    demand: bool,
    /// The echo function is active and control packets shall be few (section 6.8.3).
    echoing: bool,
}

impl Wish {
    /// Zero stays zero: who asks for silence does not ask for a packet a second.
    fn required_min_rx(&self) -> Duration {
        let rx = self.timing.required_min_rx;
        if self.echoing && !rx.is_zero() { rx.max(SLOW_INTERVAL) } else { rx }
    }
}

/// What our packets announce, what counts until the peer has confirmed it, and the poll sequence between.
///
/// While not Up, changes count at once: every packet carries them, nothing waits for a Final, and the
/// poll sequence that begins with Up confirms them. So no Final of an earlier sequence can be taken for
/// one of the session that is Up.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    announced: Wish,
    desired_min_tx: Duration,
    required_min_rx: Duration,
    demand: bool,
    polling: bool,
    /// When the first and the last packet of the poll sequence were sent.
    first_poll: Option<Instant>,
    last_poll: Option<Instant>,
    /// No Final of an earlier poll sequence can be under way: since the last one ended, a packet without
    /// Final has come (section 6.8.3, third choice), or where there are none, time enough has passed
    /// (second choice). A Final could not tell two sequences apart.
    settled: bool,
    /// A change asked for during a poll sequence or before things have settled.
    queued: Option<Wish>,
    up: bool,
}

impl Parameters {
    pub(crate) fn new(timing: Timing) -> Self {
        let timing = timing.on_the_wire();
        Self {
            announced: Wish { timing, demand: false, echoing: false },
            desired_min_tx: timing.desired_min_tx,
            required_min_rx: timing.required_min_rx,
            demand: false,
            polling: false,
            first_poll: None,
            last_poll: None,
            settled: true,
            queued: None,
            up: false,
        }
    }

    pub(crate) fn change(&mut self, timing: Timing) {
        self.revise(Wish { timing: timing.on_the_wire(), ..self.wished() });
    }

    /// Whether the peer shall stop its periodic packets; only ever while both sides are Up.
    pub(crate) fn change_demand(&mut self, demand: bool) {
        self.revise(Wish { demand, ..self.wished() });
    }

    /// Whether echo packets are sent, so that the peer shall send control packets slowly; only ever while
    /// Up.
    pub(crate) fn change_echoing(&mut self, echoing: bool) {
        self.revise(Wish { echoing, ..self.wished() });
    }

    /// What was asked for last.
    fn wished(&self) -> Wish {
        self.queued.unwrap_or(self.announced)
    }

    fn revise(&mut self, wish: Wish) {
        if wish == self.wished() {
            return;
        }
        if self.polling || !self.settled {
            self.queued = Some(wish);
        } else {
            self.announce(wish);
        }
    }

    /// Asks for a poll sequence that begins now, or after the one in progress.
    pub(crate) fn poll(&mut self) {
        if self.polling || !self.settled {
            self.queued = Some(self.wished());
        } else {
            self.polling = self.up;
        }
    }

    /// A slower transmit interval, a shorter detection time and the end of demand mode wait for the
    /// Final; the opposite changes count at once.
    fn announce(&mut self, wish: Wish) {
        self.announced = wish;
        if self.up {
            self.desired_min_tx = self.desired_min_tx.min(wish.timing.desired_min_tx);
            self.required_min_rx = self.required_min_rx.max(wish.required_min_rx());
            self.demand |= wish.demand;
            self.polling = true;
        } else {
            self.confirm();
        }
    }

    fn confirm(&mut self) {
        self.desired_min_tx = self.announced.timing.desired_min_tx;
        self.required_min_rx = self.announced.required_min_rx();
        self.demand = self.announced.demand;
        self.polling = false;
        self.first_poll = None;
    }

    /// The session came Up: the slow interval ends, which is a change the peer is to confirm.
    pub(crate) fn enter_up(&mut self) {
        self.up = true;
        self.polling = true;
    }

    /// The session left Up: what waited counts now, and nobody is in demand mode or
    /// sends echo packets.
    pub(crate) fn leave_up(&mut self) {
        self.up = false;
        self.announced = Wish { demand: false, echoing: false, ..self.wished() };
        self.queued = None;
        self.settled = true;
        self.confirm();
    }

    /// A packet was sent, with the Poll bit or without it.
    pub(crate) fn sent(&mut self, poll: bool, now: Instant) {
        if poll {
            self.first_poll.get_or_insert(now);
            self.last_poll = Some(now);
        }
    }

    /// A packet was taken, with the Final bit or without it. A Final that came before our first Poll
    /// answers an earlier sequence.
    pub(crate) fn received(&mut self, final_: bool) {
        if final_ && self.first_poll.is_some() {
            self.confirm();
            self.settled = false;
        } else if !final_ && !self.polling {
            self.release();
        }
    }

    /// When a change that waits may be announced though no packet without Final has come, if no answer
    /// takes longer than `answer`.
    pub(crate) fn release_at(&self, answer: Duration) -> Option<Instant> {
        let waits = self.queued.is_some() && !self.polling;
        self.last_poll.filter(|_| waits)?.checked_add(answer)
    }

    /// Things have settled: what waits is announced.
    pub(crate) fn release(&mut self) {
        self.settled = true;
        if let Some(wish) = self.queued.take() {
            self.announce(wish);
        }
    }

    /// Whether packets carry the Poll bit.
    pub(crate) fn polling(&self) -> bool {
        self.polling
    }

    /// When the poll sequence in progress began: the first packet with the Poll bit.
    pub(crate) fn polling_since(&self) -> Option<Instant> {
        self.first_poll
    }

    /// What packets announce.
    pub(crate) fn announced(&self) -> Timing {
        let timing = self.announced.timing;
        Timing {
            desired_min_tx: self.floor(timing.desired_min_tx),
            required_min_rx: self.announced.required_min_rx(),
            ..timing
        }
    }

    /// Whether packets carry the Demand bit, if both sides are Up.
    pub(crate) fn announced_demand(&self) -> bool {
        self.announced.demand
    }

    /// Whether the peer may have stopped its periodic packets for our Demand bit.
    pub(crate) fn demand(&self) -> bool {
        self.demand
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
    use std::time::{Duration, Instant};

    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    fn epoch() -> Instant {
        Instant::now()
    }

    /// A Poll is sent and answered.
    fn answered(p: &mut Parameters) {
        p.sent(true, epoch());
        p.received(true);
    }

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
        answered(&mut p);
        p.received(false);
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
            assert!(p.polling(), "a Final before the first Poll answers another");
            answered(&mut p);
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
        answered(&mut p);
        p.received(true);
        assert!(!p.polling());
        p.received(false);
        assert!(p.polling());
        assert_eq!(p.announced(), timing(200, 50));
    }

    #[test]
    fn the_last_of_three_changes_is_what_stays() {
        let mut p = up(50, 50);
        p.change(timing(100, 50));
        p.change(timing(200, 50));
        answered(&mut p);
        p.change(timing(300, 50));
        assert!(!p.polling(), "it waits as the second did");
        p.received(false);
        answered(&mut p);
        p.received(false);
        assert!(!p.polling());
        assert_eq!(p.announced(), timing(300, 50));
    }

    #[test]
    fn what_waits_is_announced_once_no_answer_can_be_under_way() {
        let (mut p, start) = (up(50, 50), epoch());
        p.change(timing(100, 50));
        p.change(timing(200, 50));
        p.sent(true, start);
        assert_eq!(p.release_at(Duration::from_millis(150)), None);
        p.received(true);
        assert_eq!(p.release_at(Duration::from_millis(150)), Some(start + Duration::from_millis(150)));
        p.release();
        assert!(p.polling());
        assert_eq!((p.announced(), p.release_at(Duration::ZERO)), (timing(200, 50), None));
    }

    /// Demand begins with the bit and ends with the Final.
    #[test]
    fn demand_mode_is_in_force_as_long_as_the_peer_may_be_silent() {
        let mut p = up(50, 50);
        p.change_demand(true);
        assert!(p.polling() && p.announced_demand() && p.demand());
        answered(&mut p);
        p.received(false);
        p.change_demand(false);
        assert!(p.polling() && !p.announced_demand() && p.demand());
        answered(&mut p);
        assert!(!p.demand());
        p.change_demand(true);
        p.leave_up();
        assert!(!p.announced_demand() && !p.demand());
    }

    #[test]
    fn a_poll_asked_for_during_another_follows_it() {
        let mut p = up(50, 50);
        p.poll();
        assert!(p.polling());
        p.poll();
        answered(&mut p);
        assert!(!p.polling());
        p.received(false);
        assert!(p.polling());
        answered(&mut p);
        p.received(false);
        assert!(!p.polling());
        p.leave_up();
        p.poll();
        assert!(!p.polling(), "not while not Up");
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
    fn a_change_after_the_final_waits_for_a_packet_without_it() {
        let mut p = up(50, 50);
        p.change(timing(100, 50));
        answered(&mut p);
        p.change(timing(200, 50));
        p.received(true);
        assert!(!p.polling());
        p.received(false);
        assert!(p.polling());
    }

    #[test]
    fn the_same_timing_needs_no_poll() {
        let mut p = up(50, 50);
        p.change(timing(50, 50));
        assert!(!p.polling());
    }
}
