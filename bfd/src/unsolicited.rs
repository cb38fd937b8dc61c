//! Unsolicited BFD (RFC 9468): sessions that a peer begins and that nobody here configured.
//!
//! Whoever may send here could make this system keep sessions, so that each of them has to be allowed: off
//! by default, only from some prefixes, only from a neighbour, and only so many (section 6).
use crate::{Control, Discard, State};
use ipnet::IpNet;
use std::net::IpAddr;

/// From whom sessions are taken that were not configured, and how many.
///
/// ```
/// use bfd::Unsolicited;
/// let policy = Unsolicited { allowed: vec!["192.0.2.0/24".parse()?], limit: 100 };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsolicited {
    /// The prefixes that the peer's address must be in one of. Where there are none, nobody is allowed.
    pub allowed: Vec<IpNet>,
    /// How many such sessions there may be at once.
    pub limit: usize,
}

impl Unsolicited {
    /// Whether a packet that belongs to no session may begin one, while `sessions` of this kind are there. That
    /// it came from a neighbour, its TTL says, which the caller has checked.
    ///
    /// # Errors
    /// Why it is discarded.
    pub fn admit(&self, control: &Control, source: IpAddr, sessions: usize) -> Result<(), Discard> {
        // A peer that begins does not know us and is Down; AdminDown asks for no session.
        let begins = control.state == State::Down && control.your_discriminator.is_none();
        if !begins || !self.allowed.iter().any(|prefix| prefix.contains(&source)) {
            return Err(Discard::NoSession);
        }
        if sessions < self.limit { Ok(()) } else { Err(Discard::SessionLimit) }
    }
}

#[cfg(test)]
mod tests {
    use super::Unsolicited;
    use crate::{Control, Diag, Discard, State};
    use std::num::{NonZeroU8, NonZeroU32};
    use std::time::Duration;

    const DOWN: Control = Control {
        diag: Diag::NONE,
        state: State::Down,
        poll: false,
        final_: false,
        control_plane_independent: false,
        demand: false,
        detect_mult: NonZeroU8::MIN,
        my_discriminator: NonZeroU32::MIN,
        your_discriminator: None,
        desired_min_tx: Duration::from_secs(1),
        required_min_rx: Duration::from_secs(1),
        required_min_echo_rx: Duration::ZERO,
    };

    /// (from, what, sessions that are there, whether one more may be)
    #[test]
    fn who_may_begin_a_session() {
        let policy = Unsolicited {
            allowed: ["192.0.2.0/24", "2001:db8::/32"].map(|prefix| prefix.parse().unwrap()).into(),
            limit: 2,
        };
        let known = Control { your_discriminator: Some(NonZeroU32::MIN), ..DOWN };
        let in_state = |state| Control { state, ..DOWN };
        for (source, control, sessions, expected) in [
            ("192.0.2.7", DOWN, 0, Ok(())),
            ("192.0.2.7", DOWN, 1, Ok(())),
            ("192.0.2.7", DOWN, 2, Err(Discard::SessionLimit)),
            ("2001:db8::1", DOWN, 0, Ok(())),
            ("192.0.3.7", DOWN, 0, Err(Discard::NoSession)),
            ("192.0.3.7", DOWN, 2, Err(Discard::NoSession)),
            ("fe80::1", DOWN, 0, Err(Discard::NoSession)),
            ("192.0.2.7", known, 0, Err(Discard::NoSession)),
            ("192.0.2.7", in_state(State::AdminDown), 0, Err(Discard::NoSession)),
            ("192.0.2.7", in_state(State::Init), 0, Err(Discard::NoSession)),
            ("192.0.2.7", in_state(State::Up), 0, Err(Discard::NoSession)),
        ] {
            let admitted = policy.admit(&control, source.parse().unwrap(), sessions);
            assert_eq!(admitted, expected, "{source} {control:?} beside {sessions}");
        }
    }

    #[test]
    fn nobody_is_allowed_where_nothing_is_said() {
        let policy = Unsolicited { allowed: Vec::new(), limit: 1 };
        assert_eq!(policy.admit(&DOWN, "192.0.2.7".parse().unwrap(), 0), Err(Discard::NoSession));
    }
}
