//! One thread, or several, that own the sockets and the timers of many sessions (Linux).
mod ancillary;
mod clock;
mod deadlines;
mod demux;
mod echo;
mod endpoint;
mod headers;
mod intake;
mod link;
mod links;
mod outbox;
mod params;
mod path;
mod poller;
mod privileges;
mod sbfd;
mod sessions;
mod socket;
mod stalls;
mod thread;
mod threads;
mod unsolicited;

pub use params::{Denied, DriverConfig, Event, SessionId, SessionParams, Snapshot};
pub use path::PathKind;
pub use sbfd::{InitiatorParams, InitiatorSnapshot};
pub use unsolicited::UnsolicitedParams;

use crate::{Authentication, Counters, EchoConfig, Input, Recording, Timing};
use std::io;
use std::net::SocketAddr;
use threads::Threads;

/// A handle on the BFD thread, or on several ([`DriverConfig::threads`]). Every method asks the thread of the session and
/// waits for its answer, some tens of microseconds; dropping the handle says `AdminDown` to every peer and ends the
/// threads.
///
/// ```no_run
/// use bfd::{Driver, DriverConfig, SessionParams, State};
/// # fn main() -> std::io::Result<()> {
/// let driver = Driver::start(DriverConfig::new(|event| {
///     if event.to != State::Up {
///         eprintln!("{}: {} to {}, {}", event.session, event.from, event.to, event.diag);
///     }
/// }))?;
/// let session = driver.add(SessionParams::new("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()))?;
/// println!("{:?}", driver.snapshot(session));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Driver {
    threads: Threads,
    denied: Vec<Denied>,
}

impl Driver {
    /// Starts the thread, or the threads. It binds nothing yet.
    ///
    /// # Errors
    /// What the system says when it refuses a thread or a descriptor. A privilege that is missing is no error; see
    /// [`denied`](Self::denied).
    pub fn start(config: DriverConfig) -> io::Result<Self> {
        let (threads, denied) = Threads::start(config)?;
        Ok(Self { threads, denied })
    }

    /// What the system denied the thread, one line each; empty where it has all it asked for.
    pub fn denied(&self) -> &[Denied] {
        &self.denied
    }

    /// Listens on `local` until the driver ends, and returns the address bound: with port 0 the kernel
    /// chooses the port. A session whose `local` is that address receives here.
    ///
    /// # Errors
    /// What the system says when the address cannot be bound.
    pub fn bind(&self, local: SocketAddr) -> io::Result<SocketAddr> {
        self.threads.ask_at(local.ip(), move |worker| worker.bind(local))?
    }

    /// Adds a session; it begins at once. Its local address is bound unless it is already.
    ///
    /// # Errors
    /// `InvalidInput` for parameters that cannot work, `AlreadyExists` for a second session with the same
    /// peer on the same local address, or what the system says of the sockets.
    pub fn add(&self, params: SessionParams) -> io::Result<SessionId> {
        self.threads.ask_at(params.local.ip(), move |worker| worker.add(&params))?
    }

    /// Says `AdminDown` to the peer and forgets the session.
    ///
    /// # Errors
    /// `NotFound` if there is no such session.
    pub fn remove(&self, session: SessionId) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.remove(session))?
    }

    /// Changes the timers; a session that is Up stays Up (RFC 5880 section 6.8.3).
    ///
    /// # Errors
    /// `NotFound` if there is no such session, `InvalidInput` for an interval that cannot work.
    pub fn reconfigure(&self, session: SessionId, timing: Timing) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.reconfigure(session, timing))?
    }

    /// Changes what may change while a session runs: timers, authentication, demand mode, the echo function and AdminDown, as
    /// [`reconfigure`](Self::reconfigure) and its kin do one by one. Whatever else `params` says is not looked at.
    ///
    /// # Errors
    /// Theirs; what comes before the one at fault has been changed.
    pub fn change(&self, session: SessionId, params: SessionParams) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.change(session, params))?
    }

    /// Authenticates the session from now on, exchanges its keys, or with `None` ends authentication; a session that
    /// is Up stays Up while the peer takes what it is sent. See [`Authentication`] for how keys are exchanged.
    ///
    /// # Errors
    /// `NotFound` if there is no such session.
    pub fn set_authentication(&self, session: SessionId, keys: Option<Authentication>) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.set_authentication(session, keys))?
    }

    /// Begins demand mode of our own once both sides are Up, or ends it (RFC 5880 section 6.6).
    ///
    /// # Errors
    /// `NotFound` if there is no such session.
    pub fn set_demand(&self, session: SessionId, demand: bool) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.tell(session, Input::Demand(demand)))?
    }

    /// Sends and returns echo packets otherwise than before (RFC 5880 section 6.4); a session that is Up stays Up.
    /// Packets of our own need `CAP_NET_RAW`: without it none are sent, which [`Snapshot::echo_denied`] tells.
    ///
    /// # Errors
    /// `NotFound` if there is no such session, `InvalidInput` for an interval that cannot work or a session that
    /// cannot have them, or what the system says of the sockets.
    pub fn set_echo(&self, session: SessionId, echo: EchoConfig) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.set_echo(session, echo))?
    }

    /// Verifies the path by a poll sequence, in demand mode the only way to: the session stays Up, or goes Down after
    /// the detection time. [`Snapshot::polling`] tells when it has ended.
    ///
    /// # Errors
    /// `NotFound` if there is no such session.
    pub fn poll(&self, session: SessionId) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.tell(session, Input::Poll))?
    }

    /// Takes the session down for an operator, or lets it run again.
    ///
    /// # Errors
    /// `NotFound` if there is no such session.
    pub fn admin_down(&self, session: SessionId, down: bool) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.tell(session, Input::AdminDown(down)))?
    }

    /// Cuts the session's line in both directions without a word to the peer, or mends it. Both ends then
    /// find out as they would of a broken link. For drills and tests.
    ///
    /// # Errors
    /// `NotFound` if there is no such session.
    pub fn silence(&self, session: SessionId, silent: bool) -> io::Result<()> {
        self.threads.ask_of(session, move |worker| worker.silence(session, silent))?
    }

    /// What is known of one session; `None` if there is no such session.
    pub fn snapshot(&self, session: SessionId) -> Option<Snapshot> {
        self.threads.ask_of(session, move |worker| worker.snapshot(session)).ok().flatten()
    }

    /// What is known of every session, in the order in which they were added.
    pub fn snapshots(&self) -> Vec<Snapshot> {
        let mut all: Vec<Snapshot> = self.threads.ask_all(|worker| worker.snapshots()).flatten().collect();
        all.sort_unstable_by_key(|s| s.session);
        all
    }

    /// What the flight recorder of one session has; `None` if there is no such session.
    ///
    /// ```no_run
    /// # fn of(driver: &bfd::Driver, session: bfd::SessionId) -> Option<()> {
    /// for down in driver.recording(session)?.downs {
    ///     println!("Down after {:?}: {}", down.at, down.cause);
    /// }
    /// # Some(())
    /// # }
    /// ```
    pub fn recording(&self, session: SessionId) -> Option<Recording> {
        self.threads.ask_of(session, move |worker| worker.recording(session)).ok().flatten()
    }

    /// Packets of the whole driver: those given to a session, and those discarded before that. What a
    /// session itself discards is in its [`Snapshot`].
    pub fn totals(&self) -> Counters {
        self.threads.ask_all(|worker| worker.totals()).fold(Counters::default(), Counters::and)
    }
}
