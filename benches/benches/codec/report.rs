//! The table of one subject: what each row took, and how many times that is what ours took in the same passes.

use crate::rows::{Measured, Subject};
use std::time::Duration;

/// The codec that the others are compared with begins so.
const OURS: &str = "bgp-wire";
/// The work whose row the others are compared with, too.
const FLOOR: &str = "hand reader";

fn median<T: Copy>(mut of: Vec<T>, by: impl Fn(&T, &T) -> std::cmp::Ordering) -> Option<T> {
    of.sort_by(by);
    of.get(of.len() / 2).copied()
}

/// The median over the passes of how many times `one` took what `other` took beside it.
fn ratio(one: &[Duration], other: &[Duration]) -> Option<f64> {
    let pairs = one.iter().zip(other).filter(|(_, other)| !other.is_zero());
    let ratios = pairs.map(|(one, other)| one.as_secs_f64() / other.as_secs_f64()).collect();
    median(ratios, f64::total_cmp)
}

fn cell(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".into(), |ratio| format!("{ratio:.2}"))
}

/// Prints the table.
#[expect(clippy::cast_precision_loss, reason = "numbers to look at")]
pub(crate) fn print(subject: &Subject<'_>, rows: &[Measured]) {
    let (count, octets, unit) = (subject.count as f64, subject.octets.len() as f64, subject.unit);
    println!("\n{}: {} {unit}s, {} octets", subject.name, subject.count, subject.octets.len());
    println!(
        "| work | codec | ns/{unit}, min (median) | MB/s | x hand | x bgp-wire | allocations | octets |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let floor = rows.iter().find(|row| row.codec == FLOOR);
    for row in rows {
        let ours = rows.iter().find(|other| other.work == row.work && other.codec.starts_with(OURS));
        let least = row.spent.iter().min().copied().unwrap_or_default().as_secs_f64();
        let middle = median(row.spent.clone(), Ord::cmp).unwrap_or_default().as_secs_f64();
        println!(
            "| {} | {} | {:.1} ({:.1}) | {:.0} | {} | {} | {:.2} | {:.0} |",
            row.work,
            row.codec,
            least * 1e9 / count,
            middle * 1e9 / count,
            octets / least / 1e6,
            cell(floor.and_then(|floor| ratio(&row.spent, &floor.spent))),
            cell(ours.and_then(|ours| ratio(&row.spent, &ours.spent))),
            row.allocated.calls as f64 / count,
            row.allocated.octets as f64 / count,
        );
    }
}
