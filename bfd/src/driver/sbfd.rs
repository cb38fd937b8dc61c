//! Seamless BFD in the driver (RFC 7880, RFC 7881).
mod initiators;
mod params;
mod reflector;

pub(super) use initiators::Initiators;
pub use params::{InitiatorParams, InitiatorSnapshot};

use super::{Driver, SessionId};
use crate::Reflected;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;

impl Driver {
    /// Answers the packets of S-BFD initiators on `local` (RFC 7880 section 7.2), whose standard port is
    /// [`SBFD_PORT`](crate::SBFD_PORT), up to `rate` in one second; returns the address bound. What it answers for is for
    /// [`set_reflected`](Self::set_reflected) to say.
    ///
    /// ```no_run
    /// # use bfd::{Driver, DriverConfig, InitiatorParams, Reflected, SBFD_PORT};
    /// # use std::num::NonZeroU32;
    /// # use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let name = NonZeroU32::new(0xc000_0202).ok_or("zero")?;
    /// let far_end = Driver::start(DriverConfig::new(|_| {}))?;
    /// let local = far_end.open_reflector("192.0.2.2:7784".parse()?, None, 10_000)?;
    /// let reflected = Reflected { in_service: true, required_min_rx: Duration::from_millis(10) };
    /// far_end.set_reflected(local, name, Some(reflected))?;
    ///
    /// let near_end = Driver::start(DriverConfig::new(|event| eprintln!("{}: {}", event.peer, event.to)))?;
    /// near_end.initiate(InitiatorParams::new("192.0.2.1".parse()?, "192.0.2.2".parse()?, name))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` for an address that is none, or what the system says when it cannot be bound.
    pub fn open_reflector(
        &self,
        local: SocketAddr,
        interface: Option<&str>,
        rate: u32,
    ) -> io::Result<SocketAddr> {
        let interface = interface.map(str::to_owned);
        self.threads.ask_at(local.ip(), move |worker| worker.open_reflector(local, interface, rate))?
    }

    /// Answers nobody there any more.
    ///
    /// # Errors
    /// `NotFound` if there is no such reflector.
    pub fn close_reflector(&self, local: SocketAddr) -> io::Result<()> {
        self.threads.ask_at(local.ip(), move |worker| worker.close_reflector(local))?
    }

    /// Has a reflector answer for `discriminator`, from now on so; or with `None`, no more.
    ///
    /// # Errors
    /// `NotFound` if there is no such reflector, or no such discriminator to be taken away.
    pub fn set_reflected(
        &self,
        local: SocketAddr,
        discriminator: NonZeroU32,
        reflected: Option<Reflected>,
    ) -> io::Result<()> {
        self.threads
            .ask_at(local.ip(), move |worker| worker.set_reflected(local, discriminator, reflected))?
    }

    /// Adds a session that asks a reflector (RFC 7880 section 7.3); it begins at once. It is removed,
    /// reconfigured and taken down like any other; the required min rx interval is not for it.
    ///
    /// # Errors
    /// `InvalidInput` for parameters that cannot work, or what the system says of the socket.
    pub fn initiate(&self, params: InitiatorParams) -> io::Result<SessionId> {
        self.threads.ask_at(params.local, move |worker| worker.initiate(&params))?
    }

    /// What is known of one session that asks a reflector; `None` if there is no such.
    pub fn initiator(&self, session: SessionId) -> Option<InitiatorSnapshot> {
        self.threads.ask_of(session, move |worker| worker.initiator(session)).ok().flatten()
    }

    /// What is known of every session that asks a reflector, in the order in which they were added.
    pub fn initiators(&self) -> Vec<InitiatorSnapshot> {
        let mut all: Vec<_> = self.threads.ask_all(|worker| worker.initiators()).flatten().collect();
        all.sort_unstable_by_key(|s| s.session);
        all
    }
}
