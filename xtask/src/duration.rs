//! Durations as a person types them.

use std::time::Duration;

/// Reads a number and its unit: s, m or h.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parse = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        number.parse::<u32>().ok()?.checked_mul(seconds)
    };
    let seconds = parse().filter(|seconds| *seconds > 0);
    seconds.map(|n| Duration::from_secs(n.into())).ok_or_else(|| "a duration is as 90s, 10m or 1h".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_units() {
        for (text, want) in [("5s", 5), ("10m", 600), ("1h", 3600)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(want)), "{text}");
        }
        for bad in ["", "s", "5", "0s", "-1s", "1.5h", "1d", "4294967295h", "5é"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
