//! Running a scenario under many seeds.

use crate::plan::{Plan, Without, run, shrink};
use crate::record::Seen;
use crate::violation::{Invariant, Violation};
use crate::world::World;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many seeds a scenario runs under.
const SEEDS: u64 = 200;
/// The seeds of planned worlds where nobody says how many; `cargo xtask test` runs 2,000 of them, optimised.
const PLANS: Range<u64> = 0..100;
/// Every so many seeds a scenario is run twice.
const AGAIN: u64 = 16;
/// How many lines of its trace a world that failed shows; under `SIM_SEED` it shows all.
const LINES: usize = 60;

/// Runs a scenario, named like the file of its test, under 200 seeds: under `SIM_SEEDS` as many as that says,
/// under `SIM_SEED` only with the one it names.
///
/// Every sixteenth is run twice and must leave the same trace both times. A scenario that fails shows the end of its trace and the command that replays it.
///
/// # Panics
/// Where the scenario fails.
pub fn each_seed(name: &str, scenario: impl Fn(&mut World) -> Result<(), Violation>) {
    for seed in seeds(0..SEEDS) {
        let mut run = Run { name, seed, world: World::new(seed) };
        let mut outcome = scenario(&mut run.world);
        if outcome.is_ok() && seed.is_multiple_of(AGAIN) {
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

/// Runs the world that each seed plans: 100 of them, or as `SIM_SEEDS` and `SIM_SEED` say, as many at once as there are
/// processors. One that fails is made small; `SIM_WITHOUT` leaves the same out again.
///
/// # Panics
/// Where an invariant does not hold.
pub fn each_plan(name: &str) {
    let left_out = std::env::var("SIM_WITHOUT").unwrap_or_default();
    #[expect(clippy::panic, reason = "a wrong command fails its test")]
    let without: Without = left_out.parse().unwrap_or_else(|wrong| panic!("SIM_WITHOUT: {wrong}"));
    let seeds = seeds(PLANS);
    let (next, disputed) = (AtomicU64::new(seeds.start), Mutex::new(BTreeSet::new()));
    let work = || {
        while let seed = next.fetch_add(1, Ordering::Relaxed)
            && seed < seeds.end
        {
            let plan = Plan::of(seed);
            match holds(seed, &plan, &without) {
                Ok(false) => {}
                Ok(true) => _ = disputed.lock().map(|mut disputed| disputed.insert(seed)),
                Err(violation) => {
                    // Whoever looks for a smaller world has the processors to himself.
                    next.store(seeds.end, Ordering::Relaxed);
                    fails(name, seed, &plan, without.clone(), violation);
                }
            }
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..processors).for_each(|_| _ = scope.spawn(work)));
    let (worlds, disputed) =
        (seeds.end.saturating_sub(seeds.start), disputed.into_inner().unwrap_or_default());
    println!("{worlds} worlds; the model finds policies in dispute in those of {disputed:?}");
}

/// Runs a plan, as often twice; whether policies were in dispute in its world.
fn holds(seed: u64, plan: &Plan, without: &Without) -> Result<bool, Violation> {
    let mut world = World::new(seed);
    run(plan, without, &mut world)?;
    if seed.is_multiple_of(AGAIN) {
        same_trace(&world, seed, &|world| run(plan, without, world))?;
    }
    Ok(world.records().iter().any(|record| matches!(record.what, Seen::Dispute(..))))
}

/// Makes a failure small, shows how it ends, and fails.
fn fails(name: &str, seed: u64, plan: &Plan, without: Without, violation: Violation) -> ! {
    eprintln!("seed {seed}: {violation}; looking for a smaller world that fails");
    let small = shrink(plan, without, violation);
    let mut world = World::new(seed);
    let _known = run(plan, &small.without, &mut world);
    show(&world);
    eprintln!(
        "replay it with: SIM_SEED={seed} SIM_WITHOUT={} cargo test -p sim --test {name}",
        small.without
    );
    #[expect(clippy::panic, reason = "a world that fails fails its test")]
    {
        panic!("{}", small.violation);
    }
}

/// Shows the end of a trace, or all of it under `SIM_SEED`.
fn show(world: &World) {
    let records = world.records();
    let all = std::env::var_os("SIM_SEED").is_some();
    let from = if all { 0 } else { records.len().saturating_sub(LINES) };
    let lines: String = records.iter().skip(from).map(|record| world.line(record)).collect();
    eprintln!("{lines}");
}

fn seeds(usual: Range<u64>) -> Range<u64> {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    match number("SIM_SEED") {
        Some(seed) => seed..seed.saturating_add(1),
        None => number("SIM_SEEDS").map_or(usual, |count| 0..count),
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
        if thread::panicking() {
            show(&self.world);
            let (name, seed) = (self.name, self.seed);
            eprintln!("replay it with: SIM_SEED={seed} cargo test -p sim {name}::");
        }
    }
}
