//! Ours is killed and comes back. FRR's kernel forwards by our routes for as long as each session's modes say: packets tell.

use super::lab::{self, ALL, LESS, Leg, Mode, OfFrr};
use super::scene::{Row, Watch, at_frr, at_ours, bits_at_frr, forwards, in_kernel, rows};
use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::frr::Frr;
use crate::interop::pair::SOON;
use crate::interop::trio::Trio;
use crate::interop::voicepeer::Voicepeer;
use std::time::Duration;

const fn leg(ours: Mode, frr: Mode) -> Leg {
    Leg { ours, frr, restart_time: 60, forwards: true }
}

const LEGS: [Leg; 6] = [
    leg(Mode::Helps, Mode::Restarts),
    // Kept for three seconds.
    Leg { restart_time: 3, ..leg(Mode::Restarts, Mode::Helps) },
    leg(Mode::Restarts, Mode::Nothing),
    leg(Mode::Nothing, Mode::Restarts),
    // Kept until ours is back, and then what it still has.
    leg(Mode::Restarts, Mode::Restarts),
    // The same; ours says that it does not forward meanwhile.
    Leg { forwards: false, ..leg(Mode::Restarts, Mode::Helps) },
];

pub(in super::super) fn run(trio: &Trio) -> Result<String, Failure> {
    lab::addresses(trio, &LEGS)?;
    let ours = Voicepeer::start(&trio.middle, &lab::ours(&LEGS, ALL, false))?;
    let of_frr = OfFrr { forwards: true, restart_time: 60 };
    let frr = Frr::start(&trio.frr, &lab::frr(&LEGS, of_frr, ALL))?;
    has(trio, &frr, false, |_| true)?;
    forwards(trio, &LEGS, &[0, 1, 2, 3, 4, 5])?;

    let watch = Watch::start(trio)?;
    drop(ours);
    has(trio, &frr, true, |row| [1, 4, 5].contains(&row.leg))?;
    forwards(trio, &LEGS, &[1, 4, 5])?;
    let ended = has(trio, &frr, true, |row| [4, 5].contains(&row.leg))?;
    forwards(trio, &LEGS, &[4, 5])?;

    let ours = Voicepeer::start_again(&trio.middle, &lab::ours(&LEGS, LESS, false))?;
    let back = has(trio, &frr, false, |row| row.stays)?;
    forwards(trio, &LEGS, &[0, 1, 2, 3, 4, 5])?;
    let deleted = watch.deleted(&LEGS)?;
    let was =
        |leg: usize, stays: bool| deleted.iter().filter(|row| row.leg == leg && row.stays == stays).count();
    expect_equal("routes of the session that keeps them that were out of FRR's kernel", &0, &was(4, true))?;
    expect_equal("those of it that ours no longer has", &2, &was(4, false))?;
    expect_equal("those of a session that keeps none", &[2, 2], &[was(2, true), was(2, false)])?;
    bits(&frr, &[0, 1, 4, 5])?;

    // Without a restart the Restart State bit is not set.
    ours.command(&["reset", "leg4"])?;
    let kept = |row: &Row| row.leg == 4;
    time_until("a Hard Reset, after which ours keeps nothing", SOON, || {
        expect_equal("routes kept", &0, &at_ours(&ours, &LEGS)?.keys().filter(|row| kept(row)).count())
    })?;
    time_until("the session after it", SOON, || bits(&frr, &[0, 1, 5]))?;
    Ok(format!(
        "kept by three sessions of six, one of which let go after {ended:.1?}; fresh {back:.1?} after ours was back"
    ))
}

/// Fails unless our OPENs had the Restart State bit on those sessions alone, and the Forwarding State bits where they are
/// configured.
fn bits(frr: &Frr, restarted: &[usize]) -> Result<(), Failure> {
    for (number, leg) in LEGS.iter().enumerate() {
        let agreed = ![leg.ours, leg.frr].contains(&Mode::Nothing);
        let families = if leg.forwards && leg.ours == Mode::Restarts && agreed { 2 } else { 0 };
        let (bit, preserved) = bits_at_frr(frr, number)?;
        let found = (bit, preserved.len());
        expect_equal(
            format!("the bits of session {number}"),
            &(restarted.contains(&number), families),
            &found,
        )?;
    }
    Ok(())
}

/// Waits until FRR and its kernel have those of our routes, and no more. Gives the time it took.
fn has(trio: &Trio, frr: &Frr, stale: bool, which: impl Fn(Row) -> bool) -> Result<Duration, Failure> {
    let paths = rows(&LEGS, &stale, which);
    let kernel = paths.keys().copied().collect();
    time_until("our routes at FRR", SOON, || {
        expect_equal("our routes at FRR, and whether they are stale", &paths, &at_frr(frr, &LEGS)?)?;
        expect_equal("our routes in FRR's kernel", &kernel, &in_kernel(trio, &LEGS)?)
    })
}
