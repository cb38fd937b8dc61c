//! Running a scenario under many seeds.

use crate::violation::{Invariant, Violation};
use crate::world::World;
use std::ops::Range;

/// How many seeds a scenario runs under.
const SEEDS: u64 = 200;
/// Every so many seeds a scenario is run twice.
const AGAIN: u64 = 16;
/// How many lines of its trace a world that failed shows; under `SIM_SEED` it shows all.
const LINES: usize = 60;

/// Runs a scenario, named like its test file, under 200 seeds: under `SIM_SEEDS` as many as that says,
/// under `SIM_SEED` only with the one it names.
///
/// Every sixteenth is run twice and must leave the same trace both times. A scenario that fails shows the end of its trace and the command that replays it.
///
/// # Panics
/// Where the scenario fails.
pub fn each_seed(name: &str, scenario: impl Fn(&mut World) -> Result<(), Violation>) {
    for seed in seeds() {
        let mut run = Run { name, seed, world: World::new(seed) };
        let mut outcome = scenario(&mut run.world);
        if outcome.is_ok() && seed % AGAIN == 0 {
            outcome = same_trace(&run.world, seed, &scenario);
        }
        #[expect(clippy::panic, reason = "a scenario that fails fails its test")]
        if let Err(violation) = outcome {
            panic!("{violation}");
        }
    }
}

/// Runs the scenario once more, and compares the traces.
fn same_trace(
    before: &World,
    seed: u64,
    scenario: &impl Fn(&mut World) -> Result<(), Violation>,
) -> Result<(), Violation> {
    let mut world = World::new(seed);
    scenario(&mut world)?;
    let (first, second) = (before.trace(), world.trace());
    let differs = first.lines().zip(second.lines()).find(|(a, b)| a != b);
    match differs {
        Some((a, b)) => Err(world.violation(Invariant::SameTrace, format!("once {a:?}, then {b:?}"))),
        None if first.len() != second.len() => {
            Err(world.violation(Invariant::SameTrace, "one of two runs goes on".to_owned()))
        }
        None => Ok(()),
    }
}

fn seeds() -> Range<u64> {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    match number("SIM_SEED") {
        Some(seed) => seed..seed.saturating_add(1),
        None => 0..number("SIM_SEEDS").unwrap_or(SEEDS),
    }
}

/// A world under test; it says how to replay it when its test panics.
struct Run<'a> {
    name: &'a str,
    seed: u64,
    world: World,
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let records = self.world.records();
            let all = std::env::var_os("SIM_SEED").is_some();
            let from = if all { 0 } else { records.len().saturating_sub(LINES) };
            let lines: String = records.iter().skip(from).map(|record| self.world.line(record)).collect();
            let (name, seed) = (self.name, self.seed);
            eprintln!("{lines}replay it with: SIM_SEED={seed} cargo test -p sim --test {name}");
        }
    }
}
