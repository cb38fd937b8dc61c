//! Whose fault a Down was, told from what was seen around it.
use crate::{Diag, Discard, Remote, State};
use std::fmt;
use std::time::Duration;

/// Why a session left Init or Up for Down or `AdminDown`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Nothing of the peer arrived for the detection time, though we were there to hear it.
    PeerSilent,
    /// The peer said Down or `AdminDown`; its diagnostic tells more.
    PeerSaidSo,
    /// Our own thread did not run when it should have: we did not hear the peer, or it did not hear us.
    ThreadLate,
    /// The peer's packets did not fit into our socket, or the system refused to send ours.
    SocketDropped,
    /// The peer's packets arrived and failed a reception check.
    Discarded(Discard),
    /// Our echo packets did not come back (RFC 5880 section 6.8.5).
    EchoFailed,
    /// We took it down ourselves: an operator, a reset of the forwarding plane or a path known to be down,
    /// as our diagnostic says.
    Ours,
}

impl Cause {
    /// A short name of one or two words, for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PeerSilent => "peer silent",
            Self::PeerSaidSo => "peer said so",
            Self::ThreadLate => "thread late",
            Self::SocketDropped => "socket dropped",
            Self::Discarded(_) => "discarded",
            Self::EchoFailed => "echo failed",
            Self::Ours => "ours",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PeerSilent => "the peer fell silent",
            Self::PeerSaidSo => "the peer said so",
            Self::ThreadLate => "our own thread was late",
            Self::SocketDropped => "the socket dropped packets",
            Self::Discarded(reason) => {
                return write!(f, "the peer's packets were discarded: {}", reason.name());
            }
            Self::EchoFailed => "echo packets did not come back",
            Self::Ours => "we took it down",
        })
    }
}

/// What was seen around a Down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
    /// Our diagnostic: it tells which event moved the state machine.
    pub diag: Diag,
    /// What the peer had last said of itself.
    pub remote: Remote,
    /// The detection time that counted.
    pub detection_time: Duration,
    /// The part of the detection time that one packet may take: it over the detect mult.
    pub interval: Duration,
    /// How long ago the peer's last packet had arrived when the Down was noticed; `None` if there was none.
    pub silence: Option<Duration>,
    /// For how much of that time our thread should have run and did not.
    pub stall: Duration,
    /// Packets that our socket dropped in that time, of this peer or of others.
    pub dropped: u64,
    /// Packets of the peer that failed a check in that time, and the last check that one failed.
    pub discarded: u64,
    /// See [`discarded`](Self::discarded).
    pub discard: Option<Discard>,
    /// The detection time at the peer, as far as we know it.
    pub remote_detection_time: Duration,
    /// How long we had sent nothing when the peer may have declared us silent.
    pub unsent: Duration,
    /// How many of our packets in a row, up to the last, the system had refused to send.
    pub refused: u64,
}

impl Evidence {
    /// The verdict.
    ///
    /// - A detection time that passed: the socket dropped packets, or else packets were discarded, or else
    ///   our thread was late by too much, or else the peer was silent.
    /// - The peer heard nothing of us (its diagnostic is "control detection time expired"): the system
    ///   refused our packets, or else we sent none for its detection time, or else it just said so.
    ///
    /// Our thread was late by too much if what its lateness leaves of the detection time is no more than
    /// two intervals, and the lateness half an interval at least: of a peer that is well, one interval may
    /// pass without a packet before we stall, and one more of ours before it shows that we do.
    pub fn cause(&self) -> Cause {
        match self.diag {
            Diag::DETECTION_TIME_EXPIRED => self.unheard(),
            Diag::NEIGHBOR_SIGNALED_DOWN => self.signaled(),
            Diag::ECHO_FAILED => Cause::EchoFailed,
            _ => Cause::Ours,
        }
    }

    fn unheard(&self) -> Cause {
        let too_much = self.detection_time.saturating_sub(self.interval * 2).max(self.interval / 2);
        match self.discard {
            _ if self.dropped > 0 => Cause::SocketDropped,
            Some(reason) if self.discarded > 0 => Cause::Discarded(reason),
            _ if self.stall >= too_much && !self.stall.is_zero() => Cause::ThreadLate,
            _ => Cause::PeerSilent,
        }
    }

    fn signaled(&self) -> Cause {
        let unheard = self.remote.state == State::Down && self.remote.diag == Diag::DETECTION_TIME_EXPIRED;
        match unheard {
            true if self.refused > 0 => Cause::SocketDropped,
            true if self.unsent >= self.remote_detection_time && !self.unsent.is_zero() => Cause::ThreadLate,
            _ => Cause::PeerSaidSo,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Evidence};
    use crate::{Diag, Discard, Remote, State};
    use std::time::Duration;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// 50 ms x 3, and 160 ms of silence.
    fn expired() -> Evidence {
        Evidence {
            diag: Diag::DETECTION_TIME_EXPIRED,
            detection_time: ms(150),
            interval: ms(50),
            silence: Some(ms(160)),
            ..Evidence::default()
        }
    }

    fn signaled(state: State, diag: Diag) -> Evidence {
        Evidence {
            diag: Diag::NEIGHBOR_SIGNALED_DOWN,
            remote: Remote { state, diag, ..Remote::default() },
            remote_detection_time: ms(150),
            unsent: ms(40),
            ..expired()
        }
    }

    #[test]
    fn every_verdict_from_its_evidence() {
        let mult = |n: u32| Evidence { detection_time: ms(50) * n, ..expired() };
        let digest = Some(Discard::AuthDigest);
        let deaf = signaled(State::Down, Diag::DETECTION_TIME_EXPIRED);
        for (why, evidence, verdict) in [
            ("nothing but silence", expired(), Cause::PeerSilent),
            ("never heard", Evidence { silence: None, ..expired() }, Cause::PeerSilent),
            ("a wake-up as any", Evidence { stall: ms(2), ..expired() }, Cause::PeerSilent),
            ("x3: an interval is enough", Evidence { stall: ms(50), ..expired() }, Cause::ThreadLate),
            ("x3: less is not", Evidence { stall: ms(49), ..expired() }, Cause::PeerSilent),
            ("x1: half an interval", Evidence { stall: ms(25), ..mult(1) }, Cause::ThreadLate),
            ("x1: less", Evidence { stall: ms(24), ..mult(1) }, Cause::PeerSilent),
            ("x2: half an interval", Evidence { stall: ms(25), ..mult(2) }, Cause::ThreadLate),
            ("x10: eight intervals", Evidence { stall: ms(400), ..mult(10) }, Cause::ThreadLate),
            ("x10: seven", Evidence { stall: ms(350), ..mult(10) }, Cause::PeerSilent),
            ("dropped", Evidence { dropped: 1, ..expired() }, Cause::SocketDropped),
            (
                "dropped while late",
                Evidence { dropped: 1, stall: ms(150), ..expired() },
                Cause::SocketDropped,
            ),
            (
                "discarded",
                Evidence { discarded: 3, discard: digest, ..expired() },
                Cause::Discarded(Discard::AuthDigest),
            ),
            ("discarded long ago", Evidence { discard: digest, ..expired() }, Cause::PeerSilent),
            ("the peer restarted", signaled(State::Down, Diag::NONE), Cause::PeerSaidSo),
            ("an operator there", signaled(State::AdminDown, Diag::ADMIN_DOWN), Cause::PeerSaidSo),
            ("it heard nothing, we had sent", deaf, Cause::PeerSaidSo),
            ("we had not", Evidence { unsent: ms(150), ..deaf }, Cause::ThreadLate),
            ("nearly not", Evidence { unsent: ms(149), ..deaf }, Cause::PeerSaidSo),
            ("refused", Evidence { refused: 1, unsent: ms(200), ..deaf }, Cause::SocketDropped),
            (
                "late, but it says something else",
                Evidence { unsent: ms(200), ..signaled(State::Down, Diag::PATH_DOWN) },
                Cause::PeerSaidSo,
            ),
            (
                "AdminDown with an old diagnostic",
                Evidence { unsent: ms(200), ..signaled(State::AdminDown, Diag::DETECTION_TIME_EXPIRED) },
                Cause::PeerSaidSo,
            ),
            ("echo", Evidence { diag: Diag::ECHO_FAILED, ..expired() }, Cause::EchoFailed),
            ("an operator here", Evidence { diag: Diag::ADMIN_DOWN, ..expired() }, Cause::Ours),
            ("a path", Evidence { diag: Diag::PATH_DOWN, stall: ms(150), ..expired() }, Cause::Ours),
            ("a reset", Evidence { diag: Diag::FORWARDING_PLANE_RESET, ..expired() }, Cause::Ours),
        ] {
            assert_eq!(evidence.cause(), verdict, "{why}");
        }
    }

    #[test]
    fn causes_have_names() {
        let discarded = Cause::Discarded(Discard::Ttl);
        assert_eq!(discarded.to_string(), "the peer's packets were discarded: TTL not 255");
        assert_eq!((discarded.name(), Cause::ThreadLate.name()), ("discarded", "thread late"));
    }
}
