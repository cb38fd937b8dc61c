//! The paths of a net in the order in which they are preferred.

use crate::decision::{Undecided, select};
use crate::path::{Path, Standing};
use crate::place::Place;
use crate::rib::Rib;
use alloc::vec::Vec;

impl Rib {
    /// Hands the candidates of the net at `at` to `each` until it says no: the best, then what would be best without
    /// it, and so on. Each stands as best when it is handed over.
    pub fn in_order(&self, at: Place, mut each: impl FnMut(&Path) -> bool) {
        let Some((_, paths)) = self.at(at) else { return };
        let Some(best) = paths.iter().find(|path| path.standing == Standing::Best) else { return };
        if !each(best) || paths.len() == 1 {
            return;
        }
        let others = paths.iter().filter(|path| matches!(path.standing, Standing::Lost(_)));
        let mut left: Vec<_> = others.cloned().map(Path::into_best).collect();
        loop {
            select(&mut left, Undecided::All, &self.context);
            let Some(next) = left.iter().position(|path| path.standing == Standing::Best) else { return };
            if !each(&left.swap_remove(next)) {
                return;
            }
        }
    }
}
