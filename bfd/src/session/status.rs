//! What a caller may ask of a session.
use super::Session;
use crate::{Control, Counters, Diag, Discard, EchoStatus, State, Timing};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

impl Session {
    /// When the detection time ends, unless a packet arrives until then; in demand mode, unless the Final
    /// does that answers the poll sequence in progress.
    pub fn detection_deadline(&self) -> Option<Instant> {
        self.detect_at
    }

    /// When too many echo packets are missing, unless one comes back until then.
    pub fn echo_detection_deadline(&self) -> Option<Instant> {
        self.echo.as_ref()?.detect_at(self.detect_mult())
    }

    /// When the next periodic packet is due; `None` while there are none.
    pub fn transmit_deadline(&self) -> Option<Instant> {
        self.transmit_at
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Our diagnostic: the reason of the last failure.
    pub fn diag(&self) -> Diag {
        self.diag
    }

    /// Our name for the session.
    pub fn discriminator(&self) -> NonZeroU32 {
        self.discriminator
    }

    /// What our packets announce, the slow interval while not Up included.
    pub fn timing(&self) -> Timing {
        self.parameters.announced()
    }

    /// Whether a poll sequence is in progress.
    pub fn polling(&self) -> bool {
        self.parameters.polling()
    }

    /// The peer's last packet: its discriminator, its timers, its diagnostic. `None` after a detection
    /// time without one.
    pub fn remote(&self) -> Option<&Control> {
        self.remote.as_ref()
    }

    /// The shortest interval at which the peer's echo packets are returned here, as it is told; zero: they are not.
    pub fn required_min_echo_rx(&self) -> Duration {
        self.required_min_echo_rx
    }

    /// The echo packets of our own; `None` if none were configured.
    pub fn echo(&self) -> Option<EchoStatus> {
        self.echo.as_ref().map(|echo| echo.status())
    }

    /// What was counted since the session was made.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The check that a packet failed last.
    pub fn last_discard(&self) -> Option<Discard> {
        self.last_discard
    }
}
