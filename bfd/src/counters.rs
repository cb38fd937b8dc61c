//! What a session has counted since it was made.
use crate::Discard;

/// Packets in, packets out, and packets discarded by reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Packets that passed every reception check.
    pub received: u64,
    /// Packets handed out for transmission.
    pub sent: u64,
    discarded: [u64; Discard::COUNT],
    discarded_in_all: u64,
    last_discard: Option<Discard>,
}

impl Counters {
    /// How many packets failed the check `reason`.
    pub fn discarded(&self, reason: Discard) -> u64 {
        self.discarded.get(reason as usize).copied().unwrap_or(0)
    }

    /// Every reason with its count, in the order of the checks.
    pub fn discards(&self) -> impl Iterator<Item = (Discard, u64)> + '_ {
        Discard::ALL.into_iter().zip(self.discarded)
    }

    /// How many packets failed any check.
    pub fn discarded_in_all(&self) -> u64 {
        self.discarded_in_all
    }

    /// The check that a packet failed last.
    pub fn last_discard(&self) -> Option<Discard> {
        self.last_discard
    }

    pub(crate) fn discard(&mut self, reason: Discard) {
        self.discarded_in_all += 1;
        self.last_discard = Some(reason);
        if let Some(count) = self.discarded.get_mut(reason as usize) {
            *count += 1;
        }
    }
}
