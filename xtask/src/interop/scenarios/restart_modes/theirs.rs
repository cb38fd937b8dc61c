//! FRR restarts, three times, and is another at each return; ours keeps what each session's modes say, and BIRD hears of no more.

use super::lab::{self, ALL, Fate, LESS, Leg, Mode, OfFrr};
use super::scene::{Row, Rows, at_bird, at_ours, forwards, in_kernel, paths_of_all, preserved_at_ours, rows};
use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::bird::{self, Bird};
use crate::interop::frr::Frr;
use crate::interop::pair::SOON;
use crate::interop::trio::Trio;
use crate::interop::voicepeer::Voicepeer;

const fn leg(ours: Mode, frr: Mode) -> Leg {
    Leg { ours, frr, restart_time: 60, forwards: true }
}

/// At first. Ours is the same all the time.
const FIRST: [Leg; 5] = [
    leg(Mode::Helps, Mode::Restarts),
    leg(Mode::Restarts, Mode::Restarts),
    leg(Mode::Nothing, Mode::Restarts),
    leg(Mode::Restarts, Mode::Helps),
    leg(Mode::Restarts, Mode::Nothing),
];
/// When FRR is back for the second time: one that asked for its routes to be kept does no more, another does.
const THEN: [Leg; 5] = [
    leg(Mode::Helps, Mode::Restarts),
    leg(Mode::Restarts, Mode::Nothing),
    leg(Mode::Nothing, Mode::Restarts),
    leg(Mode::Restarts, Mode::Restarts),
    leg(Mode::Restarts, Mode::Nothing),
];
const FORWARDS: OfFrr = OfFrr { forwards: true, restart_time: 60 };
/// What it says in its OPENs from the second return on.
const FORWARDS_NOT: OfFrr = OfFrr { forwards: false, restart_time: 3 };

/// All three, running.
struct Scene<'a> {
    trio: &'a Trio,
    ours: Voicepeer,
    _bird: Bird,
    frr: Frr,
}

pub(in super::super) fn run(trio: &Trio) -> Result<String, Failure> {
    lab::addresses(trio, &FIRST)?;
    let mut scene = Scene {
        trio,
        ours: Voicepeer::start(&trio.middle, &lab::ours(&FIRST, ALL, true))?,
        _bird: Bird::start(&trio.bird, &bird::configuration(&lab::bird()))?,
        frr: Frr::start(&trio.frr, &lab::frr(&FIRST, FORWARDS, ALL))?,
    };
    scene.settled(ALL)?;
    let told = scene.reset()?;
    scene.dies(&[0, 1], &told)?;
    // Its kernel goes on by our routes, all of which zebra keeps for it.
    expect_equal("our routes in FRR's kernel", &Row::all(&FIRST).collect(), &in_kernel(trio, &FIRST)?)?;
    forwards(trio, &FIRST, &[0, 1, 2, 3, 4])?;
    let told = scene.is_back(&FIRST, FORWARDS, &told, &[0, 1])?;
    for (leg, preserved) in [(0, 2), (1, 2), (2, 0), (3, 0), (4, 0)] {
        let families = preserved_at_ours(&scene.ours, leg)?;
        expect_equal("families whose forwarding went on", &preserved, &families.len())?;
    }
    forwards(trio, &FIRST, &[0, 1, 2, 3, 4])?;

    // What is kept goes when the OPEN says that forwarding did not go on, or nothing of restarts.
    scene.dies(&[0, 1], &told)?;
    let told = scene.is_back(&THEN, FORWARDS_NOT, &told, &[])?;
    // And at the end of the restart time that it says now, where it does not come back.
    scene.dies(&[0, 3], &told)?;
    let gone = time_until("the end of the restart time", SOON, || {
        scene.ours_and_bird_have(&Rows::new(), &Rows::new())
    })?;
    Ok(format!(
        "kept by two sessions of five in each of three restarts; all was gone {gone:.1?} after the last"
    ))
}

impl Scene<'_> {
    /// Waits until everyone has all there is.
    fn settled(&self, fates: &[Fate]) -> Result<(), Failure> {
        let there = |row: Row| row.stays || fates.contains(&Fate::Goes);
        let fresh = rows(&FIRST, &"fresh".to_owned(), there);
        let look = || {
            expect_equal("FRR's routes at ours", &fresh, &at_ours(&self.ours, &FIRST)?)?;
            let all: Vec<usize> = (0..FIRST.len()).collect();
            expect_equal("paths of all", &all, &paths_of_all(&self.ours, FIRST.len())?)?;
            expect_equal("as many at BIRD", &fresh.len(), &at_bird(self.trio, &FIRST)?.len())?;
            expect_equal("in FRR's kernel", &Row::all(&FIRST).collect(), &in_kernel(self.trio, &FIRST)?)
        };
        time_until("all routes", SOON, look).map(drop)
    }

    /// An operator's reset is a Hard Reset, after which nothing is kept, or where FRR is told so is not, after which it is (RFC
    /// 8538). Gives since when BIRD has the routes afterwards.
    fn reset(&self) -> Result<Rows<String>, Failure> {
        let before = at_bird(self.trio, &FIRST)?;
        self.frr.command("bgpd", &["clear bgp 198.51.100.2"])?;
        self.ours_and_bird(|row| row.leg != 1, &before, |_| "fresh")?;
        self.frr.command(
            "bgpd",
            &["configure terminal", "router bgp 65540", "no bgp hard-administrative-reset"],
        )?;
        self.frr.command("bgpd", &["clear bgp 198.51.100.0"])?;
        self.ours_and_bird(|row| row.leg != 1, &before, |row| if row.leg == 0 { "kept" } else { "fresh" })?;
        self.settled(ALL)?;
        let after = at_bird(self.trio, &FIRST)?;
        expect_equal("sessions that BIRD heard nothing of", &vec![0, 2, 3, 4], &unheard(&before, &after))?;
        Ok(after)
    }

    /// bgpd is killed: ours keeps the routes of these sessions, marked, and BIRD hears of all others that they are gone.
    fn dies(&self, kept: &[usize], told: &Rows<String>) -> Result<(), Failure> {
        self.frr.kill_bgpd()?;
        self.ours_and_bird(|row| kept.contains(&row.leg), told, |_| "kept")?;
        // Of a prefix that it announced on all sessions, too.
        expect_equal("sessions whose path is left", &kept, &paths_of_all(&self.ours, FIRST.len())?.as_slice())
    }

    fn ours_and_bird(
        &self,
        which: impl Fn(Row) -> bool,
        told: &Rows<String>,
        how: impl Fn(Row) -> &'static str,
    ) -> Result<(), Failure> {
        let left: Rows<String> =
            told.iter().filter(|(row, _)| which(**row)).map(|(row, since)| (*row, since.clone())).collect();
        let ours = left.keys().map(|row| (*row, how(*row).to_owned())).collect();
        time_until("what is kept, and no more", SOON, || self.ours_and_bird_have(&ours, &left)).map(drop)
    }

    fn ours_and_bird_have(&self, ours: &Rows<String>, bird: &Rows<String>) -> Result<(), Failure> {
        expect_equal("FRR's routes at ours", ours, &at_ours(&self.ours, &FIRST)?)?;
        expect_equal("since when at BIRD", bird, &at_bird(self.trio, &FIRST)?)
    }

    /// bgpd is there again, without some of its routes: those are swept. Of the routes of these sessions BIRD has heard nothing
    /// meanwhile. Gives since when BIRD has the routes.
    fn is_back(
        &mut self,
        legs: &[Leg],
        of: OfFrr,
        before: &Rows<String>,
        kept: &[usize],
    ) -> Result<Rows<String>, Failure> {
        self.frr.replace_bgpd(&lab::bgpd(legs, of, LESS))?;
        self.settled(LESS)?;
        let after = at_bird(self.trio, legs)?;
        expect_equal("sessions that BIRD heard nothing of", &kept, &unheard(before, &after).as_slice())?;
        Ok(after)
    }
}

/// The sessions whose routes BIRD has since when it had them before, as far as it has them.
fn unheard(before: &Rows<String>, after: &Rows<String>) -> Vec<usize> {
    let of = |leg: usize| after.iter().filter(move |(row, _)| row.leg == leg);
    (0..FIRST.len()).filter(|leg| of(*leg).all(|(row, since)| before.get(row) == Some(since))).collect()
}
