//! What a recorder asks of a session, whichever kind it is.
use crate::{Control, Counters, Discard, Input, Output, SbfdInitiator, Session, State};
use std::time::{Duration, Instant};

/// A session that a [`Recorder`](super::Recorder) can stand before.
pub trait Recorded: sealed::Sealed {
    /// Takes one input.
    fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output));
    /// The state.
    fn state(&self) -> State;
    /// What was counted since the session was made.
    fn counters(&self) -> &Counters;
    /// What the other end said last.
    fn remote(&self) -> Option<&Control>;
    /// The check that a packet failed last.
    fn last_discard(&self) -> Option<Discard>;
    /// How long the other end may be silent.
    fn detection_time(&self) -> Option<Duration>;
    /// The longest interval between packets of the other end, where it sends them by itself.
    fn receive_interval(&self) -> Option<Duration>;
    /// How many of its packets in a row may be missed.
    fn detect_mult(&self) -> u32;
    /// When our next packet is due.
    fn transmit_deadline(&self) -> Option<Instant>;
    /// How long the other end waits for our packets, as far as it is known here.
    fn remote_detection_time(&self) -> Option<Duration>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::Session {}
    impl Sealed for crate::SbfdInitiator {}
}

impl Recorded for Session {
    fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        Session::handle(self, input, now, out);
    }

    fn state(&self) -> State {
        Session::state(self)
    }

    fn counters(&self) -> &Counters {
        Session::counters(self)
    }

    fn remote(&self) -> Option<&Control> {
        Session::remote(self)
    }

    fn last_discard(&self) -> Option<Discard> {
        Session::last_discard(self)
    }

    fn detection_time(&self) -> Option<Duration> {
        Session::detection_time(self)
    }

    fn receive_interval(&self) -> Option<Duration> {
        Session::receive_interval(self)
    }

    fn detect_mult(&self) -> u32 {
        self.timing().detect_mult.get().into()
    }

    fn transmit_deadline(&self) -> Option<Instant> {
        Session::transmit_deadline(self)
    }

    fn remote_detection_time(&self) -> Option<Duration> {
        Some(self.transmit_interval()? * Recorded::detect_mult(self))
    }
}

impl Recorded for SbfdInitiator {
    fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        SbfdInitiator::handle(self, input, now, out);
    }

    fn state(&self) -> State {
        SbfdInitiator::state(self)
    }

    fn counters(&self) -> &Counters {
        SbfdInitiator::counters(self)
    }

    fn remote(&self) -> Option<&Control> {
        SbfdInitiator::remote(self)
    }

    fn last_discard(&self) -> Option<Discard> {
        SbfdInitiator::last_discard(self)
    }

    fn detection_time(&self) -> Option<Duration> {
        SbfdInitiator::detection_time(self)
    }

    /// There is an answer to each of our packets.
    fn receive_interval(&self) -> Option<Duration> {
        self.transmit_interval()
    }

    fn detect_mult(&self) -> u32 {
        self.config().detect_mult.get().into()
    }

    fn transmit_deadline(&self) -> Option<Instant> {
        SbfdInitiator::transmit_deadline(self)
    }

    /// A reflector waits for nothing (RFC 7880 section 7.2).
    fn remote_detection_time(&self) -> Option<Duration> {
        None
    }
}
