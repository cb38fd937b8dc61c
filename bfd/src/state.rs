//! The state machine of RFC 5880 section 6.2 as one total table.
use crate::Diag;
use std::fmt;

/// The state of a session, with its value on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
#[repr(u8)]
pub enum State {
    /// Held down by an operator.
    AdminDown = 0,
    /// No session, or it has just failed.
    #[default]
    Down = 1,
    /// The peer is heard; it does not hear us yet.
    Init = 2,
    /// Both directions work.
    Up = 3,
}

/// What can move a session to another state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A packet in this state passed every reception check.
    Received(State),
    /// The detection time passed without a packet.
    DetectionTimeExpired,
    /// Echo packets did not come back (section 6.8.5).
    EchoFailed,
    /// The forwarding plane here was reset: what the peer knows of it no longer holds (section 6.8.15).
    ForwardingPlaneReset,
    /// The path is known to be down by other means (section 6.8.16).
    PathDown,
    /// An operator takes the session down.
    Disable,
    /// An operator lets the session run again.
    Enable,
}

impl State {
    /// Every state, by its value on the wire.
    pub const ALL: [Self; 4] = [Self::AdminDown, Self::Down, Self::Init, Self::Up];

    /// The state in the low two bits.
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::AdminDown,
            1 => Self::Down,
            2 => Self::Init,
            _ => Self::Up,
        }
    }

    /// The state after `event`, and the diagnostic it sets, if it sets one.
    ///
    /// A diagnostic stays until the next failure: RFC 5880 section 6.8.6 does not clear it on the way Up,
    /// so the peer can read why the session failed before.
    ///
    /// ```
    /// use bfd::{Diag, State, StateEvent};
    /// let (to, diag) = State::Up.next(StateEvent::Received(State::Down));
    /// assert_eq!((to, diag), (State::Down, Some(Diag::NEIGHBOR_SIGNALED_DOWN)));
    /// ```
    pub const fn next(self, event: Event) -> (Self, Option<Diag>) {
        use Event::{
            DetectionTimeExpired, Disable, EchoFailed, Enable, ForwardingPlaneReset, PathDown, Received,
        };
        use State::{AdminDown, Down, Init, Up};
        match (self, event) {
            (_, Disable) => (AdminDown, Some(Diag::ADMIN_DOWN)),
            (_, PathDown) => (AdminDown, Some(Diag::PATH_DOWN)),
            (AdminDown, Enable) => (Down, Some(Diag::NONE)),
            (Down, Received(Down)) => (Init, None),
            (Down, Received(Init)) | (Init, Received(Init | Up)) => (Up, None),
            (Init, Received(AdminDown)) | (Up, Received(AdminDown | Down)) => {
                (Down, Some(Diag::NEIGHBOR_SIGNALED_DOWN))
            }
            (Init | Up, DetectionTimeExpired) => (Down, Some(Diag::DETECTION_TIME_EXPIRED)),
            (Up, EchoFailed) => (Down, Some(Diag::ECHO_FAILED)),
            (Down | Init | Up, ForwardingPlaneReset) => (Down, Some(Diag::FORWARDING_PLANE_RESET)),
            (AdminDown, Received(_) | DetectionTimeExpired | EchoFailed | ForwardingPlaneReset)
            | (Down, Received(AdminDown | Up) | DetectionTimeExpired | EchoFailed | Enable)
            | (Init, Received(Down) | EchoFailed | Enable)
            | (Up, Received(Init | Up) | Enable) => (self, None),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AdminDown => "AdminDown",
            Self::Down => "Down",
            Self::Init => "Init",
            Self::Up => "Up",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Event::{
        DetectionTimeExpired, Disable, EchoFailed, Enable, ForwardingPlaneReset, PathDown, Received,
    };
    use super::State::{AdminDown, Down, Init, Up};
    use super::{Event, State};
    use crate::Diag;

    const NEIGHBOR: Option<Diag> = Some(Diag::NEIGHBOR_SIGNALED_DOWN);
    const EXPIRED: Option<Diag> = Some(Diag::DETECTION_TIME_EXPIRED);
    const ADMIN: Option<Diag> = Some(Diag::ADMIN_DOWN);

    /// RFC 5880 sections 6.2, 6.8.4 to 6.8.6, 6.8.15 and 6.8.16.
    const TABLE: [(State, Event, State, Option<Diag>); 40] = [
        (AdminDown, Received(AdminDown), AdminDown, None),
        (AdminDown, Received(Down), AdminDown, None),
        (AdminDown, Received(Init), AdminDown, None),
        (AdminDown, Received(Up), AdminDown, None),
        (AdminDown, DetectionTimeExpired, AdminDown, None),
        (AdminDown, Disable, AdminDown, ADMIN),
        (AdminDown, Enable, Down, Some(Diag::NONE)),
        (Down, Received(AdminDown), Down, None),
        (Down, Received(Down), Init, None),
        (Down, Received(Init), Up, None),
        (Down, Received(Up), Down, None),
        (Down, DetectionTimeExpired, Down, None),
        (Down, Disable, AdminDown, ADMIN),
        (Down, Enable, Down, None),
        (Init, Received(AdminDown), Down, NEIGHBOR),
        (Init, Received(Down), Init, None),
        (Init, Received(Init), Up, None),
        (Init, Received(Up), Up, None),
        (Init, DetectionTimeExpired, Down, EXPIRED),
        (Init, Disable, AdminDown, ADMIN),
        (Init, Enable, Init, None),
        (Up, Received(AdminDown), Down, NEIGHBOR),
        (Up, Received(Down), Down, NEIGHBOR),
        (Up, Received(Init), Up, None),
        (Up, Received(Up), Up, None),
        (Up, DetectionTimeExpired, Down, EXPIRED),
        (Up, Disable, AdminDown, ADMIN),
        (Up, Enable, Up, None),
        (AdminDown, EchoFailed, AdminDown, None),
        (Down, EchoFailed, Down, None),
        (Init, EchoFailed, Init, None),
        (Up, EchoFailed, Down, Some(Diag::ECHO_FAILED)),
        (AdminDown, ForwardingPlaneReset, AdminDown, None),
        (Down, ForwardingPlaneReset, Down, Some(Diag::FORWARDING_PLANE_RESET)),
        (Init, ForwardingPlaneReset, Down, Some(Diag::FORWARDING_PLANE_RESET)),
        (Up, ForwardingPlaneReset, Down, Some(Diag::FORWARDING_PLANE_RESET)),
        (AdminDown, PathDown, AdminDown, Some(Diag::PATH_DOWN)),
        (Down, PathDown, AdminDown, Some(Diag::PATH_DOWN)),
        (Init, PathDown, AdminDown, Some(Diag::PATH_DOWN)),
        (Up, PathDown, AdminDown, Some(Diag::PATH_DOWN)),
    ];

    #[test]
    fn every_state_and_event() {
        for (from, event, to, diag) in TABLE {
            assert_eq!(from.next(event), (to, diag), "{from} {event:?}");
        }
    }

    #[test]
    fn the_table_names_each_pair_once() {
        for (i, a) in TABLE.iter().enumerate() {
            assert!(TABLE[i + 1..].iter().all(|b| (a.0, a.1) != (b.0, b.1)), "{a:?} twice");
        }
    }

    #[test]
    fn wire_values() {
        for (bits, state) in (0..).zip(State::ALL) {
            assert_eq!((State::from_bits(bits), state as u8), (state, bits));
        }
    }
}
