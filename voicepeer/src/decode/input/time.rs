//! When something was recorded.

use serde::{Serialize, Serializer};
use std::fmt;

const DAY: u64 = 86_400;

/// A time of the world's clock, as finely as the input has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Time {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub(crate) seconds: u64,
    /// Nanoseconds of the second.
    pub(crate) nanos: u32,
    /// How many decimals of a second the input tells: 0, 6 or 9.
    pub(crate) decimals: u8,
}

impl Time {
    /// Now, to the second.
    #[expect(clippy::disallowed_methods, reason = "what is observed is told with its time")]
    pub(crate) fn now() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { seconds: now.as_secs(), nanos: 0, decimals: 0 }
    }

    pub(crate) fn whole(seconds: u32) -> Self {
        Self { seconds: seconds.into(), nanos: 0, decimals: 0 }
    }

    pub(crate) const fn micros(seconds: u64, micros: u32) -> Self {
        Self { seconds, nanos: micros.saturating_mul(1000), decimals: 6 }
    }

    pub(crate) const fn nanos(seconds: u64, nanos: u32) -> Self {
        Self { seconds, nanos, decimals: 9 }
    }
}

impl From<bgp_wire::mrt::Timestamp> for Time {
    fn from(at: bgp_wire::mrt::Timestamp) -> Self {
        match at.microseconds {
            Some(micros) => Self::micros(at.seconds.into(), micros),
            None => Self::whole(at.seconds),
        }
    }
}

/// Year, month and day of a number of days since 1970-01-01: years begin in March, so that the leap day is
/// the last of its year, and an era is the 400 years after which the calendar repeats.
const fn date(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    // Days from 0000-03-01 to 1970-01-01.
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days / ERA, days % ERA);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

/// Puts the digits of `n` where `form` has digits, from the last one on.
fn put(form: &mut [u8], mut n: u64) {
    for digit in form.iter_mut().rev().filter(|octet| octet.is_ascii_digit()) {
        *digit = b'0' + u8::try_from(n % 10).unwrap_or_default();
        n /= 10;
    }
}

impl Time {
    /// The last second with a form in RFC 3339: the end of the year 9999.
    pub(crate) const LAST: u64 = 253_402_300_799;

    /// The form of RFC 3339, in UTC. It is put together by hand, as every message has one.
    fn text<'a>(&self, form: &'a mut [u8; 30]) -> &'a str {
        *form = *b"0000-00-00T00:00:00.000000000Z";
        let (year, month, day) = date(self.seconds / DAY);
        let s = self.seconds % DAY;
        let (of_date, rest) = form.split_at_mut(10);
        let (of_day, nanos) = rest.split_at_mut(10);
        put(of_date, year * 10_000 + month * 100 + day);
        put(of_day, s / 3600 * 10_000 + s / 60 % 60 * 100 + s % 60);
        put(nanos, self.nanos.into());
        let end = if self.decimals == 0 { 19 } else { 20 + usize::from(self.decimals) };
        if let Some(last) = form.get_mut(end) {
            *last = b'Z';
        }
        form.get(..=end).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; 30]))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.text(&mut [0; 30]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        let whole = |seconds| Time { seconds, nanos: 0, decimals: 0 };
        for (time, want) in [
            (whole(0), "1970-01-01T00:00:00Z"),
            (whole(951_782_399), "2000-02-28T23:59:59Z"),
            (whole(951_782_400), "2000-02-29T00:00:00Z"),
            (whole(951_868_800), "2000-03-01T00:00:00Z"),
            (whole(4_107_542_400), "2100-03-01T00:00:00Z"),
            (whole(4_294_967_295), "2106-02-07T06:28:15Z"),
            (whole(Time::LAST), "9999-12-31T23:59:59Z"),
            (Time::micros(1_700_000_000, 250), "2023-11-14T22:13:20.000250Z"),
            (Time::nanos(1_700_000_000, 1), "2023-11-14T22:13:20.000000001Z"),
        ] {
            assert_eq!(time.to_string(), want);
        }
    }
}
