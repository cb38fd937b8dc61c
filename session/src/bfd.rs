//! What BFD means to a session (RFC 5882 sections 3 and 4, RFC 9384).

use std::time::Duration;

/// How much a session listens to BFD.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum BfdMode {
    /// Not at all.
    #[default]
    Off,
    /// A BFD session that was Up and goes Down ends the session with Cease 6/10. One that never comes Up
    /// changes nothing.
    On,
    /// As [`BfdMode::On`], and where the peer offers strict mode too (capability 74,
    /// draft-ietf-idr-bgp-bfd-strict-mode), no KEEPALIVE confirms its OPEN before BFD is Up; after this time the
    /// session ends with Cease 6/10.
    Negotiated(Duration),
    /// As [`BfdMode::On`], and the session leaves Idle only while BFD is Up: until then nothing is dialed
    /// and connections are refused.
    Strict,
}

impl BfdMode {
    /// Whether strict mode is offered to the peer.
    pub(crate) const fn is_negotiated(self) -> bool {
        matches!(self, Self::Negotiated(_))
    }
}

/// What the BFD session towards the peer has come to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Bfd {
    /// Not there, not yet up, or failed.
    #[default]
    Down,
    /// Down, and the peer's BFD shares the fate of its control plane (the C bit is clear): perhaps that is all that
    /// failed (RFC 5882 section 3.3).
    DownWithPeer,
    /// Up.
    Up,
    /// Taken down on purpose by the peer or by us, which says nothing of the path (RFC 5882 section 3.2).
    AdminDown,
}

/// The mode, and what was heard last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Watch {
    mode: BfdMode,
    heard: Bfd,
}

impl Watch {
    pub(crate) const fn new(mode: BfdMode) -> Self {
        Self { mode, heard: Bfd::Down }
    }

    /// Takes note of `bfd`; `true` is a failure of the path.
    pub(crate) fn hear(&mut self, bfd: Bfd) -> bool {
        let before = std::mem::replace(&mut self.heard, bfd);
        self.mode != BfdMode::Off && before == Bfd::Up && matches!(bfd, Bfd::Down | Bfd::DownWithPeer)
    }

    /// Whether the session may leave Idle.
    pub(crate) fn lets_start(self) -> bool {
        !self.is_strict() || self.heard == Bfd::Up
    }

    /// How long BFD may take until it is Up, where strict mode was agreed on and it is not.
    pub(crate) fn awaited(self) -> Option<Duration> {
        match self.mode {
            BfdMode::Negotiated(time) if self.heard != Bfd::Up => Some(time),
            _ => None,
        }
    }

    pub(crate) fn is_strict(self) -> bool {
        self.mode == BfdMode::Strict
    }
}

#[cfg(test)]
mod tests {
    use super::{Bfd::*, BfdMode::*, *};

    /// (mode, heard in order, whether the last of it is a failure, whether the session may start then)
    #[test]
    fn modes() {
        let cases: &[(BfdMode, &[Bfd], bool, bool)] = &[
            (Off, &[Down], false, true),
            (Off, &[Up, Down], false, true),
            (On, &[Down], false, true),
            (On, &[Up], false, true),
            (On, &[Up, Down], true, true),
            (On, &[Up, Down, Down], false, true),
            (On, &[Up, AdminDown], false, true),
            (On, &[Up, AdminDown, Down], false, true),
            (On, &[AdminDown, Down], false, true),
            (Negotiated(Duration::ZERO), &[Down], false, true),
            (Negotiated(Duration::ZERO), &[Up, Down], true, true),
            (Strict, &[Down], false, false),
            (Strict, &[AdminDown], false, false),
            (Strict, &[Up], false, true),
            (Strict, &[Up, AdminDown], false, false),
            (Strict, &[Up, Down], true, false),
            (Strict, &[Up, Down, Up], false, true),
        ];
        for (mode, heard, failed, starts) in cases {
            let mut watch = Watch::new(*mode);
            let last = heard.iter().fold(false, |_, bfd| watch.hear(*bfd));
            assert_eq!((last, watch.lets_start()), (*failed, *starts), "{mode:?} {heard:?}");
        }
    }
}
