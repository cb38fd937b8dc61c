//! Transmit jitter (RFC 5880 section 6.8.7): sessions that started together must not stay in step.
use crate::random::Random;
use std::num::NonZeroU8;
use std::time::Duration;

const MILLION: u64 = 1_000_000;
/// The least share of the interval, in millionths.
const FLOOR: u64 = 750_000;
/// The ceiling stays below the whole interval, so that a late wake-up is not a late packet.
const CEILING: u64 = 990_000;
/// On a busy machine a thread may wait for the kernel's next tick, 4 ms at 250 Hz whatever the interval is, and then for
/// its turn. So a short interval keeps more of itself, as far as there is a band left to draw from.
const SPARE_NANOS: u64 = 5_000_000;
const SPARE_MOST: u64 = 150_000;
/// With a detect mult of 1, one late packet is a failure: the standard asks for 90 % at most.
const CEILING_MULT_1: u64 = 900_000;
/// While a session is not Up.
const CEILING_CALLING: u64 = 780_000;

/// The share of the interval after which the next packet is due, drawn anew for each packet.
#[derive(Clone, Debug)]
pub(crate) struct Jitter {
    random: Random,
    drawn: u64,
}

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let drawn = random.draw();
        Self { random, drawn }
    }

    /// Draws for the next packet.
    pub(crate) fn draw(&mut self) {
        self.drawn = self.random.draw();
    }

    /// `interval` less the jitter; `interval` is at most 32 bits of microseconds. The detect mult is the one that
    /// holds now, whatever it was when the jitter was drawn.
    ///
    /// It is drawn from the upper two thirds of the band: a packet may still leave from the band's floor on with those
    /// of others ([`Input::Early`](crate::Input::Early)), and would come more often than anybody asked if it were drawn there too.
    pub(crate) fn apply(&self, interval: Duration, detect_mult: NonZeroU8) -> Duration {
        let spare = (SPARE_NANOS * MILLION / nanos(interval).max(1)).min(SPARE_MOST);
        let ceiling = if detect_mult.get() == 1 { CEILING_MULT_1 } else { CEILING.min(MILLION - spare) };
        self.between(interval, FLOOR + (ceiling - FLOOR) / 3, ceiling)
    }

    /// The same from the first part of the band. While a session is not Up its packets call for a peer, and one that
    /// comes is found sooner the shorter their interval is.
    pub(crate) fn apply_calling(&self, interval: Duration) -> Duration {
        self.between(interval, FLOOR, CEILING_CALLING)
    }

    fn between(&self, interval: Duration, floor: u64, ceiling: u64) -> Duration {
        let share = floor + self.drawn % (ceiling - floor + 1);
        let nanos = nanos(interval);
        Duration::from_nanos(nanos / MILLION * share + nanos % MILLION * share / MILLION)
    }
}

fn nanos(interval: Duration) -> u64 {
    u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Jitter;
    use proptest::prelude::*;
    use std::num::NonZeroU8;
    use std::time::Duration;

    proptest! {
        #[test]
        fn stays_within_the_band(seed: u64, mult in 1..=255_u8, us: u32) {
            let mult = NonZeroU8::new(mult).unwrap();
            let interval = Duration::from_micros(u64::from(us));
            let ceiling = if mult.get() == 1 { 90 } else { 99 };
            let mut jitter = Jitter::new(seed);
            for _ in 0..32 {
                let share = jitter.apply(interval, mult).as_nanos();
                let whole = interval.as_nanos();
                prop_assert!(share + 1 >= whole * 75 / 100);
                prop_assert!(share <= whole * ceiling / 100);
                let calling = jitter.apply_calling(interval).as_nanos();
                prop_assert!(calling + 1 >= whole * 75 / 100 && calling <= whole * 78 / 100);
                jitter.draw();
            }
        }
    }

    #[test]
    fn a_short_interval_spares_the_time_of_a_wake_up() {
        for (interval, most) in [
            (1_000_u64, 850),
            (10_000, 8_500),
            (20_000, 17_000),
            (50_000, 45_000),
            (200_000, 195_000),
            (500_000, 495_000),
        ] {
            let mut jitter = Jitter::new(1);
            for _ in 0..1000 {
                let after = jitter.apply(Duration::from_micros(interval), NonZeroU8::MAX);
                assert!(after <= Duration::from_micros(most), "{after:?} of {interval} us");
                jitter.draw();
            }
        }
    }

    #[test]
    fn uses_all_of_its_part_of_the_band() {
        let mult = NonZeroU8::new(3).unwrap();
        let mut jitter = Jitter::new(1);
        let mut shares = Vec::new();
        for _ in 0..1000 {
            shares.push(jitter.apply(Duration::from_millis(100), mult));
            jitter.draw();
        }
        assert!((81_666..82_200).contains(&shares.iter().min().unwrap().as_micros()));
        assert!(shares.iter().max().unwrap() > &Duration::from_micros(94_500));
    }
}
