//! What a session is configured with.
use crate::EchoConfig;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

/// No session that is not Up sends faster than this (RFC 5880 section 6.8.3).
pub const SLOW_INTERVAL: Duration = Duration::from_secs(1);

/// The largest interval a packet can carry: 32 bits of microseconds.
const LONGEST: Duration = Duration::from_micros(u32::MAX as u64);

/// The parameters that may change while a session is Up (RFC 5880 section 6.8.3).
///
/// Intervals count in microseconds, as on the wire; a finer part is cut off, and what is beyond 32 bits
/// (about 71 minutes) is taken as the largest value.
///
/// ```
/// use bfd::Timing;
/// use std::num::NonZeroU8;
/// use std::time::Duration;
/// let timing = Timing::new(Duration::from_millis(300), NonZeroU8::MIN.saturating_add(2));
/// assert_eq!(timing, Timing::default());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// The shortest interval at which we wish to send. Zero is reserved and taken as one microsecond.
    pub desired_min_tx: Duration,
    /// The shortest interval at which we can receive. Zero asks the peer to send no periodic packets; a
    /// silent peer is then not detected.
    pub required_min_rx: Duration,
    /// How many of our packets the peer may miss before it declares the session Down.
    pub detect_mult: NonZeroU8,
}

impl Timing {
    /// The same interval in both directions.
    pub const fn new(interval: Duration, detect_mult: NonZeroU8) -> Self {
        Self { desired_min_tx: interval, required_min_rx: interval, detect_mult }
    }

    /// These parameters as a packet can carry them.
    pub(crate) fn on_the_wire(self) -> Self {
        Self {
            desired_min_tx: whole_micros(self.desired_min_tx).max(Duration::from_micros(1)),
            required_min_rx: whole_micros(self.required_min_rx),
            ..self
        }
    }
}

impl Default for Timing {
    /// 300 ms in both directions and a detect mult of 3.
    fn default() -> Self {
        Self::new(Duration::from_millis(300), NonZeroU8::MIN.saturating_add(2))
    }
}

/// The microseconds of `interval` as a packet carries them.
pub(crate) fn micros(interval: Duration) -> u32 {
    u32::try_from(interval.as_micros()).unwrap_or(u32::MAX)
}

pub(crate) fn whole_micros(interval: Duration) -> Duration {
    Duration::from_micros(u64::from(micros(interval.min(LONGEST))))
}

/// Who speaks first (RFC 5880 section 6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// Sends before it has heard anything.
    #[default]
    Active,
    /// Says nothing until the peer has been heard.
    Passive,
}

/// What a session is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    /// Names the session to the peer; unique among the sessions of one system.
    pub discriminator: NonZeroU32,
    /// Who speaks first.
    pub role: Role,
    /// The parameters the session begins with.
    pub timing: Timing,
    /// Our BFD goes on while our control plane is restarted: the C bit, which a peer heeds during graceful
    /// restart (RFC 5882 section 4.3).
    pub control_plane_independent: bool,
    /// Demand mode: the peer is asked to send no periodic packets while both sides are Up, and the path is
    /// verified only by [`Input::Poll`](crate::Input::Poll) and by what the caller has besides.
    pub demand: bool,
    /// The echo function.
    pub echo: EchoConfig,
}

impl Config {
    /// A session in the active role, in asynchronous mode, without echo packets, sharing the fate of the control
    /// plane.
    pub const fn new(discriminator: NonZeroU32, timing: Timing) -> Self {
        let echo = EchoConfig { required_min_rx: Duration::ZERO, interval: None };
        Self {
            discriminator,
            role: Role::Active,
            timing,
            control_plane_independent: false,
            demand: false,
            echo,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Timing};
    use std::num::NonZeroU8;
    use std::time::Duration;

    #[test]
    fn intervals_are_what_32_bits_of_microseconds_carry() {
        for (given, tx, rx) in [
            (Duration::ZERO, Duration::from_micros(1), Duration::ZERO),
            (Duration::from_nanos(1_999), Duration::from_micros(1), Duration::from_micros(1)),
            (Duration::from_millis(50), Duration::from_millis(50), Duration::from_millis(50)),
            (Duration::MAX, LONGEST, LONGEST),
        ] {
            let timing = Timing::new(given, NonZeroU8::MIN).on_the_wire();
            assert_eq!((timing.desired_min_tx, timing.required_min_rx), (tx, rx), "{given:?}");
        }
    }
}
