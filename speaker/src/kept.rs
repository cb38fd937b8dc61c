//! What of one peer is stale in the RIB, why, and until when it is kept.

use bgp_wire::Family;
use std::time::{Duration, Instant};

/// How long a refresh of the peer's may take from its beginning to its end (RFC 7313 section 4).
pub(crate) const REFRESH_TIME: Duration = Duration::from_mins(10);

/// What has to happen before stale paths are swept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Until {
    /// The peer ends its refresh (RFC 7313).
    RefreshEnds,
    /// The peer's session is up again; after that, they may be kept for so long (RFC 4724, RFC 9494).
    SessionIsBack {
        /// The long-lived stale time.
        then: Option<Duration>,
    },
    /// The peer's session is up again, or time: they are the last choice (RFC 9494).
    LongLived,
    /// The session is back, and the peer has sent all it has (RFC 4724).
    EndOfRib,
}

/// The stale families of one peer: a few at most.
#[derive(Default, Debug)]
pub(crate) struct Kept(Vec<(Family, Until, Instant)>);

impl Kept {
    /// Paths of `family` are kept until then, at `at` the latest. One reason a family; a later one replaces it.
    pub(crate) fn keep(&mut self, family: Family, until: Until, at: Instant) {
        self.end(family);
        self.0.push((family, until, at));
    }

    /// Why paths of `family` are kept.
    pub(crate) fn until(&self, family: Family) -> Option<Until> {
        self.0.iter().find(|(f, ..)| *f == family).map(|(_, until, _)| *until)
    }

    /// Paths of `family` are kept no longer; why they were.
    pub(crate) fn end(&mut self, family: Family) -> Option<Until> {
        let at = self.0.iter().position(|(f, ..)| *f == family)?;
        Some(self.0.swap_remove(at).1)
    }

    /// When the next of them ends.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.iter().map(|(.., at)| *at).min()
    }

    /// One that has ended by `now`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<(Family, Until)> {
        let at = self.0.iter().position(|(.., at)| *at <= now)?;
        let (family, until, _) = self.0.swap_remove(at);
        Some((family, until))
    }
}
