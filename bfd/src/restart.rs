//! Graceful restart of the client protocol, and what the failure of a BFD session says of it
//! (RFC 5882 sections 3.2 and 4.3).
use crate::Change;

/// What a client protocol does about a change of the session that guards it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reaction {
    /// Nothing: the path did not fail, or it cannot be told whether it did.
    None,
    /// It signals the failure as a change of topology: BGP ends its session.
    TopologyChange,
    /// It ends the restart in progress as failed, and signals the change of topology: nothing is forwarded
    /// any more, so what was kept for the restart leads into a black hole.
    AbortRestart,
}

impl Change {
    /// What the client protocol does about this change.
    ///
    /// `control_plane_independent` is our own C bit; the peer's is in [`Change::remote`]. `restarting` says that
    /// a graceful restart is in progress, the peer's or ours: announced before it began, or seen when it
    /// did. A protocol like BGP, which announces none, hears of a restart only when it has begun; a session
    /// that fails before that is a failure like any other (section 4.3.2.2).
    ///
    /// Only where neither end's BFD shares the fate of its control plane, its failure is one of the
    /// forwarding plane for certain (section 4.3.1). Otherwise it may be no more than the restart itself,
    /// and must not end it (section 4.3.2).
    ///
    /// ```
    /// use bfd::{Change, Diag, Reaction, Remote, State};
    /// let remote = Remote { state: State::Up, diag: Diag::NONE, control_plane_independent: false };
    /// let diag = Diag::DETECTION_TIME_EXPIRED;
    /// let failure = Change { from: State::Up, to: State::Down, diag, remote };
    /// assert_eq!(failure.reaction(true, false), Reaction::TopologyChange);
    /// assert_eq!(failure.reaction(true, true), Reaction::None); // the peer's BFD restarts with its BGP
    /// ```
    pub fn reaction(&self, control_plane_independent: bool, restarting: bool) -> Reaction {
        let independent = control_plane_independent && self.remote.control_plane_independent;
        match (self.is_failure(), restarting, independent) {
            (false, ..) | (true, true, false) => Reaction::None,
            (true, false, _) => Reaction::TopologyChange,
            (true, true, true) => Reaction::AbortRestart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reaction;
    use crate::{Change, Diag, Remote, State};

    /// (our C bit, the peer's, a restart in progress, what is done about a failure)
    #[test]
    fn each_failure() {
        use Reaction::{AbortRestart, None, TopologyChange};
        for (ours, theirs, restarting, expected) in [
            (false, false, false, TopologyChange),
            (false, true, false, TopologyChange),
            (true, false, false, TopologyChange),
            (true, true, false, TopologyChange),
            (false, false, true, None),
            (false, true, true, None),
            (true, false, true, None),
            (true, true, true, AbortRestart),
        ] {
            for diag in [Diag::DETECTION_TIME_EXPIRED, Diag::NEIGHBOR_SIGNALED_DOWN, Diag::ECHO_FAILED] {
                let remote = Remote { state: State::Up, diag: Diag::NONE, control_plane_independent: theirs };
                let change = Change { from: State::Up, to: State::Down, diag, remote };
                assert_eq!(change.reaction(ours, restarting), expected, "{ours} {theirs} {restarting}");
            }
        }
    }

    /// (from, to, the peer's state): no failure of the path.
    #[test]
    fn what_is_no_failure_needs_no_reaction() {
        use State::{AdminDown, Down, Init, Up};
        for (from, to, state) in
            [(Up, Down, AdminDown), (Up, AdminDown, Up), (Init, Down, Up), (Down, Init, Down), (Init, Up, Up)]
        {
            for restarting in [false, true] {
                let remote = Remote { state, diag: Diag::NONE, control_plane_independent: true };
                let change = Change { from, to, diag: Diag::NONE, remote };
                assert_eq!(change.reaction(true, restarting), Reaction::None, "{from} to {to}, {state}");
            }
        }
    }
}
