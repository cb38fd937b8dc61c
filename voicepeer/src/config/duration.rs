//! Durations with their unit: `300ms`, `750us`, `1s`.

use std::time::Duration;

/// Reads one; `None` where it is not one.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit.trim_start() {
        "us" | "µs" => Some(Duration::from_micros(number)),
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        for (text, want) in [
            ("300ms", Some(Duration::from_millis(300))),
            ("750us", Some(Duration::from_micros(750))),
            ("2 s", Some(Duration::from_secs(2))),
            ("300", None),
            ("ms", None),
            ("-1ms", None),
            ("1.5s", None),
            ("", None),
        ] {
            assert_eq!(parse(text), want, "{text:?}");
        }
    }
}
