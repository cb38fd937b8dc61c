//! What goes into the driver and what comes out of it.
use super::path::PathKind;
use crate::{
    Authentication, Cause, Change, Control, Counters, DampingConfig, DampingStatus, Diag, EchoConfig,
    EchoStatus, PaddedPduSize, Remote, Role, State, Timing,
};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a driver is started with.
pub struct DriverConfig {
    /// The name of its thread, at most 15 octets of it visible to the system.
    pub thread_name: String,
    /// Seeds discriminators and jitter; a random one by default.
    pub seed: u64,
    /// Periodic packets due within this time leave with those that are due, so that the thread wakes for
    /// many at a time, and within half of it once there are 16 of them: 6 ms by default. None leaves
    /// earlier than the jitter of RFC 5880 section 6.8.7 allows, nor by more than an eighth of its
    /// interval; none leaves later. Zero sends each at its own instant.
    pub early: Duration,
    /// For how long before a deadline the thread spins instead of sleeping: zero by default. About
    /// 100 us make up for the time that a sleeper takes to wake, at the price of that much CPU time
    /// for every deadline. More than a millisecond is taken as one.
    pub spin: Duration,
    /// The `SCHED_FIFO` priority of the thread, 1 to 99; needs `CAP_SYS_NICE`, or `RLIMIT_RTPRIO` of that
    /// much. `None`, the default, leaves the priority as it is.
    pub realtime: Option<u8>,
    /// How many of its last packets each session's recorder keeps, and as many before its last Down, at 8
    /// octets each: 256 by default.
    pub recorded: usize,
    /// The only CPU the thread runs on. `None`, the default, leaves that to the system.
    pub cpu: Option<usize>,
    /// How many threads share the sessions, one by default: a local address and its sessions belong to the one that
    /// had the fewest addresses when it was first named. With `cpu`, each has the CPU that follows.
    pub threads: u16,
    /// Called on the BFD thread of the session at every change of state: it must be quick, and must not call the
    /// driver.
    pub on_event: Arc<dyn Fn(Event) + Send + Sync>,
}

impl DriverConfig {
    /// A driver that tells `on_event` of every change of state.
    pub fn new(on_event: impl Fn(Event) + Send + Sync + 'static) -> Self {
        use std::hash::{BuildHasher, Hasher, RandomState};
        let seed = RandomState::new().build_hasher().finish();
        Self {
            thread_name: "bfd".to_owned(),
            seed,
            early: Duration::from_millis(6),
            spin: Duration::ZERO,
            realtime: None,
            recorded: 256,
            cpu: None,
            threads: 1,
            on_event: Arc::new(on_event),
        }
    }
}

impl fmt::Debug for DriverConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread_name, early, spin, realtime, recorded, cpu, threads, .. } = self;
        f.debug_struct("DriverConfig")
            .field("thread_name", thread_name)
            .field("early", early)
            .field("spin", spin)
            .field("realtime", realtime)
            .field("recorded", recorded)
            .field("cpu", cpu)
            .field("threads", threads)
            .finish_non_exhaustive()
    }
}

/// Something the driver asked of the system for its thread and runs without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Denied {
    /// What it asked for.
    pub what: &'static str,
    /// Why it was denied.
    pub error: io::ErrorKind,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BFD runs without {}: {}", self.what, self.error)
    }
}

/// A session among those of one driver; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SessionId {
    pub(super) serial: u64,
    /// Which thread has it.
    pub(super) thread: u16,
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BFD session {}", self.serial)
    }
}

/// A session to add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionParams {
    /// Where we receive, and the address we send from. With port 0 the kernel chooses the port, which
    /// [`Snapshot::local`] then tells.
    pub local: SocketAddr,
    /// Where the peer receives. A link-local address needs its scope, or `interface`.
    pub peer: SocketAddr,
    /// The interface both sockets are bound to, if any.
    pub interface: Option<String>,
    /// The kind of path.
    pub path: PathKind,
    /// Who speaks first.
    pub role: Role,
    /// The timers.
    pub timing: Timing,
    /// The C bit; see [`Config::control_plane_independent`](crate::Config::control_plane_independent).
    pub control_plane_independent: bool,
    /// Demand mode; see [`Config::demand`](crate::Config::demand).
    pub demand: bool,
    /// The echo function; only over one hop. Packets of our own need `CAP_NET_RAW`.
    pub echo: EchoConfig,
    /// The source of our own echo packets, `local` if there is none. Where the peer would send ICMP redirects to a
    /// neighbour that sends by way of it to itself, it should be an address of ours that is not of the subnet between
    /// the two (RFC 5881 section 4).
    pub echo_source: Option<IpAddr>,
    /// An operator holds the session down (RFC 5880 section 6.8.16).
    pub admin_down: bool,
    /// The keys, if packets are authenticated.
    pub authentication: Option<Authentication>,
    /// How large our packets are made, and that nobody on the way may fragment them (RFC 9764): a path that
    /// does not carry them is found to be down. Where the interface itself cannot, every packet counts in
    /// [`Snapshot::send_failures`].
    pub padding: Option<PaddedPduSize>,
    /// Flap damping: an Up that comes too soon after too many failures is told later.
    pub damping: Option<DampingConfig>,
}

impl SessionParams {
    /// A session over one hop, on the standard port, in the active role, with 300 ms and a detect mult of 3,
    /// in asynchronous mode and without authentication.
    pub fn new(local: IpAddr, peer: IpAddr) -> Self {
        Self::over(PathKind::SingleHop, local, peer)
    }

    /// A session like that of [`new`](Self::new), over a path of any kind.
    ///
    /// ```
    /// use bfd::{PathKind, SessionParams};
    /// let path = PathKind::Multihop { minimum_ttl: 252 };
    /// let params = SessionParams::over(path, "192.0.2.1".parse().unwrap(), "198.51.100.1".parse().unwrap());
    /// assert_eq!(params.peer.port(), bfd::MULTIHOP_PORT);
    /// ```
    pub fn over(path: PathKind, local: IpAddr, peer: IpAddr) -> Self {
        Self {
            local: SocketAddr::new(local, path.port()),
            peer: SocketAddr::new(peer, path.port()),
            interface: None,
            path,
            role: Role::default(),
            timing: Timing::default(),
            control_plane_independent: false,
            demand: false,
            echo: EchoConfig::default(),
            echo_source: None,
            admin_down: false,
            authentication: None,
            padding: None,
            damping: None,
        }
    }
}

/// A session changed its state, as far as it is told: with [`SessionParams::damping`], an Up may be told later,
/// or never if the session fails before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Which session; one that nobody added, where [`Driver::accept_unsolicited`](crate::Driver::accept_unsolicited) lets
    /// peers begin them.
    pub session: SessionId,
    /// Where its peer receives.
    pub peer: SocketAddr,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Our diagnostic: the reason of the last failure, also when `to` is Up.
    pub diag: Diag,
    /// What the peer last said of itself. With state `AdminDown` an operator took the session down there,
    /// and the path need not be broken.
    pub remote: Remote,
    /// Why, where the session leaves Init or Up for Down or `AdminDown`; `None` for other changes.
    pub cause: Option<Cause>,
    /// When: the arrival of the packet, or the end of the detection time as the timer found it.
    pub at: Instant,
}

impl Event {
    pub(super) fn new(
        session: SessionId,
        peer: SocketAddr,
        change: Change,
        cause: Option<Cause>,
        at: Instant,
    ) -> Self {
        let Change { from, to, diag, remote } = change;
        Self { session, peer, from, to, diag, remote, cause, at }
    }

    /// Whether this is a failure of the path; see [`Change::is_failure`](crate::Change::is_failure).
    pub fn is_failure(&self) -> bool {
        self.change().is_failure()
    }

    /// The change alone.
    pub fn change(&self) -> Change {
        let Self { from, to, diag, remote, .. } = *self;
        Change { from, to, diag, remote }
    }
}

/// What is known of a session at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// Which session.
    pub session: SessionId,
    /// The address we receive on, its port as bound.
    pub local: SocketAddr,
    /// The port we send from, 49152 to 65535.
    pub source_port: u16,
    /// Where the peer receives.
    pub peer: SocketAddr,
    /// The interface, if the session is bound to one.
    pub interface: Option<String>,
    /// The kind of path.
    pub path: PathKind,
    /// The state.
    pub state: State,
    /// When the session came to be in this state.
    pub since: Instant,
    /// Our diagnostic.
    pub diag: Diag,
    /// Our discriminator.
    pub discriminator: NonZeroU32,
    /// What our packets announce.
    pub timing: Timing,
    /// The interval agreed for our packets, before jitter; `None` while there are no periodic ones.
    pub transmit_interval: Option<Duration>,
    /// The interval agreed for the peer's packets; `None` while it is not heard or sends none periodically.
    pub receive_interval: Option<Duration>,
    /// The detection time agreed; `None` while the peer is not heard.
    pub detection_time: Option<Duration>,
    /// The peer's last packet; `None` after a detection time without one.
    pub remote: Option<Control>,
    /// How packets are authenticated, and with which keys, first the one that signs.
    pub authentication: Option<Authentication>,
    /// Whether demand mode of ours is active: the peer sends no periodic packets.
    pub demanding: bool,
    /// Our own echo packets; `None` if none are sent.
    pub echo: Option<EchoStatus>,
    /// Why none are sent though they were asked for.
    pub echo_denied: Option<Denied>,
    /// The peer's echo packets that were addressed to us and sent back.
    pub echo_sent_back: u64,
    /// Whether a poll sequence is in progress.
    pub polling: bool,
    /// How large our packets are made, if they are padded.
    pub padding: Option<PaddedPduSize>,
    /// Flap damping, if there is any. `state` is what is so, told or not.
    pub damping: Option<DampingStatus>,
    /// Packets in, out and discarded.
    pub counters: Counters,
    /// Packets the system refused to send.
    pub send_failures: u64,
    /// Whether the line is cut by [`Driver::silence`](crate::Driver::silence).
    pub silent: bool,
}
