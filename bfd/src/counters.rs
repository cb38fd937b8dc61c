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

    /// The sum of both.
    #[cfg(all(feature = "driver", target_os = "linux"))]
    pub(crate) fn and(self, other: Self) -> Self {
        let (received, sent) =
            (self.received.saturating_add(other.received), self.sent.saturating_add(other.sent));
        let mut discarded = self.discarded;
        discarded.iter_mut().zip(other.discarded).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        Self { received, sent, discarded }
    }

    pub(crate) fn discard(&mut self, reason: Discard) {
        if let Some(count) = self.discarded.get_mut(reason as usize) {
            *count += 1;
        }
    }
}
