//! Many times in five figures.
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Percentiles by nearest rank, in microseconds.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Default, Debug)]
pub(crate) struct Summary {
    pub(crate) count: usize,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
}

impl Summary {
    /// Of `nanos`, which are sorted.
    pub(crate) fn of(nanos: &mut [u64]) -> Self {
        nanos.sort_unstable();
        let at = |permille| rank(nanos, permille).map_or(0.0, micros);
        let count = nanos.len();
        Self { count, p50: at(500), p90: at(900), p99: at(990), p999: at(999), max: at(1000) }
    }
}

/// The smallest that so many thousandths are not above.
fn rank(sorted: &[u64], permille: usize) -> Option<u64> {
    let rank = (sorted.len() * permille).div_ceil(1000);
    sorted.get(rank.checked_sub(1)?).copied()
}

fn micros(nanos: u64) -> f64 {
    Duration::from_nanos(nanos).as_secs_f64() * 1e6
}

/// The one in the middle; of an even number, the mean of both. Nothing of nothing.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) { *values.get(middle.checked_sub(1)?)? } else { upper };
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::{Summary, median};

    #[test]
    fn percentiles_by_nearest_rank() {
        let mut thousand: Vec<u64> = (1..=1000).rev().map(|n| n * 1000).collect();
        let expected = Summary { count: 1000, p50: 500.0, p90: 900.0, p99: 990.0, p999: 999.0, max: 1000.0 };
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        for (mut nanos, expected) in [
            (vec![], Summary::default()),
            (vec![2000], Summary { count: 1, p50: 2.0, p90: 2.0, p99: 2.0, p999: 2.0, max: 2.0 }),
            (
                vec![4000, 1000, 3000, 2000],
                Summary { count: 4, p50: 2.0, p90: 4.0, p99: 4.0, p999: 4.0, max: 4.0 },
            ),
            (std::mem::take(&mut thousand), expected),
        ] {
            let got = Summary::of(&mut nanos);
            assert_eq!(got.count, expected.count);
            assert!(close(got.p50, expected.p50) && close(got.p90, expected.p90), "{got:?}");
            assert!(close(got.p99, expected.p99) && close(got.p999, expected.p999), "{got:?}");
            assert!(close(got.max, expected.max), "{got:?}");
        }
    }

    #[test]
    fn the_median_of_rounds() {
        for (values, expected) in [
            (vec![], None),
            (vec![3.0], Some(3.0)),
            (vec![3.0, 1.0], Some(2.0)),
            (vec![9.0, 1.0, 2.0], Some(2.0)),
        ] {
            assert_eq!(median(values), expected);
        }
    }
}
