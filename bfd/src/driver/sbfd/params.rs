//! What goes into an initiator's session, and what is known of it.
use crate::{Control, Counters, Diag, SBFD_PORT, SbfdConfig, SessionId, State, Timing};
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

/// A session that asks a reflector (RFC 7880 section 7.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitiatorParams {
    /// The address we send from and are answered at; the port is one from 49152 up.
    pub local: IpAddr,
    /// Where the reflector receives.
    pub reflector: SocketAddr,
    /// The reflector's discriminator for what is asked.
    pub discriminator: NonZeroU32,
    /// The interface the socket is bound to, if any.
    pub interface: Option<String>,
    /// The shortest interval at which we wish to send, 100 us or more.
    pub desired_min_tx: Duration,
    /// How many answers in a row may be missed.
    pub detect_mult: NonZeroU8,
}

impl InitiatorParams {
    /// A session on the standard port with 300 ms and a detect mult of 3.
    pub fn new(local: IpAddr, reflector: IpAddr, discriminator: NonZeroU32) -> Self {
        let Timing { desired_min_tx, detect_mult, .. } = Timing::default();
        let reflector = SocketAddr::new(reflector, SBFD_PORT);
        Self { local, reflector, discriminator, interface: None, desired_min_tx, detect_mult }
    }
}

/// What is known of an initiator's session at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitiatorSnapshot {
    /// Which session.
    pub session: SessionId,
    /// The address and port we send from.
    pub local: SocketAddr,
    /// Where the reflector receives.
    pub reflector: SocketAddr,
    /// Our discriminator and the reflector's, and the timers.
    pub config: SbfdConfig,
    /// The state.
    pub state: State,
    /// When the session came to be in this state.
    pub since: Instant,
    /// Our diagnostic.
    pub diag: Diag,
    /// The interval of our packets, before jitter; `None` in `AdminDown`.
    pub transmit_interval: Option<Duration>,
    /// The detection time; `None` while not Up.
    pub detection_time: Option<Duration>,
    /// The reflector's last answer; `None` after a detection time without one.
    pub remote: Option<Control>,
    /// Packets in, out and discarded.
    pub counters: Counters,
    /// Packets the system refused to send.
    pub send_failures: u64,
}
