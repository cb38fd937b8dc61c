//! A world that fails is made as small as it can be and still fail.

use super::feature::Feature;
use super::{Plan, Without, run};
use crate::violation::Violation;
use crate::world::World;
use std::collections::BTreeSet;

/// How many smaller worlds are tried.
const TRIES: usize = 400;

/// A failure, and what it does not need.
#[derive(Clone, Debug)]
pub struct Small {
    /// What is left out.
    pub without: Without,
    /// What still happens.
    pub violation: Violation,
}

/// Leaves out of a plan that fails whatever can be left out with the same invariant broken.
pub fn shrink(plan: &Plan, without: Without, violation: Violation) -> Small {
    let mut search = Search { plan, small: Small { without, violation }, left: TRIES };
    loop {
        let before = search.small.without.clone();
        let [speakers, legs, events] = plan.size();
        search.leave_out(events, |without| &mut without.events);
        search.leave_out(speakers, |without| &mut without.speakers);
        search.leave_out(legs, |without| &mut without.legs);
        for (feature, ..) in Feature::ALL {
            search.try_without(|without| without.features.insert(feature));
        }
        if search.small.without == before || search.left == 0 {
            return search.small;
        }
    }
}

struct Search<'p> {
    plan: &'p Plan,
    small: Small,
    left: usize,
}

impl Search<'_> {
    /// Tries to leave out parts of one kind: half of them, then a quarter, down to one at a time.
    fn leave_out(&mut self, count: usize, of: impl Fn(&mut Without) -> &mut BTreeSet<usize>) {
        let mut size = count.next_power_of_two();
        while size > 0 {
            for first in (0..count).step_by(size) {
                self.try_without(|without| {
                    let parts = of(without);
                    let before = parts.len();
                    parts.extend(first..(first + size).min(count));
                    parts.len() > before
                });
            }
            size /= 2;
        }
    }

    /// Tries the plan with more left out, where that is more.
    fn try_without(&mut self, more: impl FnOnce(&mut Without) -> bool) {
        let mut without = self.small.without.clone();
        if self.left == 0 || !more(&mut without) {
            return;
        }
        self.left -= 1;
        let outcome = run(self.plan, &without, &mut World::new(self.plan.seed));
        if let Err(violation) = outcome
            && violation.invariant == self.small.violation.invariant
        {
            self.small = Small { without, violation };
        }
    }
}
