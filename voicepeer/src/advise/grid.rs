//! From the delays that were observed to the false Downs of other timers.
//!
//! A packet that comes `delay` after the end of its interval shows that nothing passed for some time, its
//! stall: for no less than `delay`, and for no more than the delay and the interval together, as it may have begun right
//! behind the packet before. At another interval the same stall makes a gap between the stall itself and the
//! stall with one such interval; a receiver goes Down where the gap is longer than its detection time. So there is, of each
//! cell, a number of Downs that are certain, one that are possible, and between them the rescaled one: the same delay behind
//! the end of the other interval. At the interval that was observed, the three are one.

use std::time::Duration;

/// The timers for which to count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Timers {
    pub(super) intervals: Vec<Duration>,
    pub(super) multipliers: Vec<u8>,
}

/// So many packets were this late, behind the end of the interval agreed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Delay {
    /// At least and at most, where it is not known exactly.
    pub(super) least: Duration,
    pub(super) most: Duration,
    pub(super) interval: Duration,
    pub(super) count: u64,
}

/// One interval with one multiplier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    pub(super) interval: Duration,
    pub(super) multiplier: u8,
    /// False Downs: certain, by the same delays, possible.
    pub(super) at_least: u64,
    pub(super) rescaled: u64,
    pub(super) at_most: u64,
}

impl Cell {
    pub(super) fn detection_time(&self) -> Duration {
        self.interval * u32::from(self.multiplier)
    }

    /// A packet may be so late without a Down.
    fn allowed(&self) -> Duration {
        self.interval * u32::from(self.multiplier.saturating_sub(1))
    }

    fn add(&mut self, delay: &Delay) {
        let Delay { least, most, interval, count } = *delay;
        let (allowed, time) = (self.allowed(), self.detection_time());
        let (certain, possible) = if interval == self.interval {
            (least > allowed, most > allowed)
        } else {
            (least > time, most.saturating_add(interval) > allowed)
        };
        let add = |to: &mut u64, exceeds: bool| *to += if exceeds { count } else { 0 };
        add(&mut self.at_least, certain);
        add(&mut self.rescaled, most > allowed);
        add(&mut self.at_most, possible);
    }
}

/// What the delays of one direction come to.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    cells: Vec<Cell>,
    packets: u64,
    longest_delay: Duration,
    /// The intervals observed, the shortest and the longest.
    observed: Option<(Duration, Duration)>,
}

/// The fastest timers without a false Down, however the stalls observed had fallen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Advice {
    pub(super) cell: Cell,
    /// How much longer a stall could have been than the longest that may have been observed.
    pub(super) margin: Duration,
}

impl Grid {
    pub(super) fn new(timers: &Timers) -> Self {
        let cell = |interval: Duration, multiplier: u8| Cell {
            interval,
            multiplier,
            at_least: 0,
            rescaled: 0,
            at_most: 0,
        };
        let row = |interval: &Duration| {
            let interval = *interval;
            timers.multipliers.iter().map(move |multiplier| cell(interval, *multiplier))
        };
        Self {
            cells: timers.intervals.iter().flat_map(row).collect(),
            packets: 0,
            longest_delay: Duration::ZERO,
            observed: None,
        }
    }

    pub(super) fn add(&mut self, delay: &Delay) {
        self.packets += delay.count;
        self.longest_delay = self.longest_delay.max(delay.most);
        let (shortest, longest) = self.observed.unwrap_or((delay.interval, delay.interval));
        self.observed = Some((shortest.min(delay.interval), longest.max(delay.interval)));
        self.cells.iter_mut().for_each(|cell| cell.add(delay));
    }

    /// Row by row.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) fn longest_delay(&self) -> Duration {
        self.longest_delay
    }

    /// The shortest and the longest interval that was agreed.
    pub(super) fn observed(&self) -> Option<(Duration, Duration)> {
        self.observed
    }

    /// Whether a stall long enough for a Down would have been seen: one that is shorter than the interval
    /// observed may pass between two packets.
    pub(super) fn tells(&self, cell: &Cell) -> bool {
        let Some((shortest, longest)) = self.observed else { return false };
        cell.allowed() >= longest || (shortest == longest && cell.interval == longest)
    }

    /// `None` where no cell is free of Downs.
    pub(super) fn advice(&self) -> Option<Advice> {
        let (shortest, longest) = self.observed?;
        let free = self.cells.iter().filter(|cell| cell.at_most == 0 && self.tells(cell));
        // Of two that detect equally fast, the one that sends less.
        let cell = *free.min_by_key(|cell| (cell.detection_time(), std::cmp::Reverse(cell.interval)))?;
        let same = shortest == longest && cell.interval == longest;
        let worst = if same { self.longest_delay } else { self.longest_delay.saturating_add(longest) };
        Some(Advice { cell, margin: cell.allowed().saturating_sub(worst) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Delay, Grid, Timers};
    use proptest::prelude::*;
    use std::time::Duration;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn late(by: u64, count: u64) -> Delay {
        Delay { least: ms(by), most: ms(by), interval: ms(50), count }
    }

    fn counts(cell: &Cell) -> (u64, u64, u64) {
        (cell.at_least, cell.rescaled, cell.at_most)
    }

    fn cell(grid: &Grid, interval: u64, multiplier: u8) -> Cell {
        *grid.cells().iter().find(|c| c.interval == ms(interval) && c.multiplier == multiplier).unwrap()
    }

    #[test]
    fn each_cell_by_its_delays() {
        let timers =
            Timers { intervals: vec![ms(10), ms(20), ms(50), ms(300)], multipliers: vec![1, 2, 3, 5] };
        let mut grid = Grid::new(&timers);
        // In time, a little late, as late as two intervals and more.
        [late(0, 1000), late(4, 10), late(30, 2), late(120, 1)].iter().for_each(|delay| grid.add(delay));
        for (interval, multiplier, want, tells) in [
            // What is observed is known exactly.
            (50, 1, (13, 13, 13), true),
            (50, 2, (1, 1, 1), true),
            (50, 3, (1, 1, 1), true),
            (50, 5, (0, 0, 0), true),
            // 10 ms x 3 goes Down after a stall of 20 ms or 30: the ordinary interval may hide it.
            (10, 3, (1, 3, 1013), false),
            (10, 5, (1, 1, 1013), false),
            (20, 5, (1, 1, 1), true),
            (300, 2, (0, 0, 0), true),
            (300, 1, (0, 13, 1013), false),
        ] {
            let cell = cell(&grid, interval, multiplier);
            assert_eq!(counts(&cell), want, "{interval} ms x {multiplier}");
            assert_eq!(grid.tells(&cell), tells, "{interval} ms x {multiplier}");
        }
        assert_eq!((grid.packets(), grid.longest_delay()), (1013, ms(120)));
        let advice = grid.advice().unwrap();
        assert_eq!((advice.cell.interval, advice.cell.multiplier, advice.margin), (ms(50), 5, ms(80)));
    }

    #[test]
    fn advice_is_the_fastest_cell_that_no_phase_brings_down() {
        let timers =
            Timers { intervals: vec![ms(10), ms(20), ms(30), ms(50)], multipliers: vec![2, 3, 4, 10] };
        let mut grid = Grid::new(&timers);
        assert_eq!(grid.advice(), None, "nothing was observed");
        grid.add(&late(1, 100));
        // 51 ms may have passed: 20 x 4 allows 60, and detects after 80; 50 x 2 would take 100.
        let advice = grid.advice().unwrap();
        assert_eq!((advice.cell.interval, advice.cell.multiplier, advice.margin), (ms(20), 4, ms(9)));
        grid.add(&late(5000, 1));
        assert_eq!(grid.advice(), None);
    }

    /// A sender that stands still for `stall` at some moment: the gap at the receiver is within the bounds that
    /// the delay at another interval gives.
    fn gap(stall: u64, phase: u64, interval: u64) -> u64 {
        // A packet left `phase` before the stall began; the next is due an interval after it.
        interval.max(phase + stall)
    }

    proptest! {
        #[test]
        fn the_bounds_hold_whatever_the_phase(
            stall in 0..400_u64, seen in 1..200_u64, other in 1..200_u64,
            phases in (0..1000_u64, 0..1000_u64), multiplier in 1..6_u8,
        ) {
            let phase = |part: u64, interval: u64| part * interval / 1000;
            let delay = gap(stall, phase(phases.0, seen), seen) - seen;
            let timers = Timers { intervals: vec![ms(other)], multipliers: vec![multiplier] };
            let mut grid = Grid::new(&timers);
            grid.add(&Delay { least: ms(delay), most: ms(delay), interval: ms(seen), count: 1 });
            let cell = grid.cells()[0];
            let down = gap(stall, phase(phases.1, other), other) > other * u64::from(multiplier);
            prop_assert!(cell.at_least <= cell.at_most);
            if seen != other {
                prop_assert!(cell.at_least <= u64::from(down), "{cell:?} of {delay}");
                prop_assert!(u64::from(down) <= cell.at_most, "{cell:?} of {delay}");
            }
        }
    }
}
