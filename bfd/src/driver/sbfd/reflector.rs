//! The reflector's part of the thread.
use crate::driver::clock;
use crate::driver::endpoint::{Endpoint, EndpointId, Purpose};
use crate::driver::sessions::{invalid, unknown};
use crate::driver::socket::Datagram;
use crate::driver::thread::Worker;
use crate::{Discard, Packet, Reflected, SbfdReflector};
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;

impl Worker {
    pub(in crate::driver) fn open_reflector(
        &mut self,
        local: SocketAddr,
        interface: Option<String>,
        rate: u32,
    ) -> io::Result<SocketAddr> {
        if local.ip().is_unspecified() {
            return Err(invalid("a reflector answers from one address, which it needs to know"));
        }
        let endpoint = Endpoint::reflector(local, interface)?;
        let bound = endpoint.local;
        let id = self.open(endpoint)?;
        self.reflectors.insert(id, SbfdReflector::new(rate));
        Ok(bound)
    }

    pub(in crate::driver) fn close_reflector(&mut self, local: SocketAddr) -> io::Result<()> {
        let id = self.reflector_at(local)?;
        self.reflectors.remove(&id);
        self.endpoints.remove(&id);
        Ok(())
    }

    pub(in crate::driver) fn set_reflected(
        &mut self,
        local: SocketAddr,
        discriminator: NonZeroU32,
        reflected: Option<Reflected>,
    ) -> io::Result<()> {
        let id = self.reflector_at(local)?;
        let reflector = self.reflectors.get_mut(&id).ok_or_else(unknown)?;
        match reflected {
            Some(reflected) => reflector.insert(discriminator, reflected),
            None if reflector.remove(discriminator) => {}
            None => return Err(unknown()),
        }
        Ok(())
    }

    fn reflector_at(&self, local: SocketAddr) -> io::Result<EndpointId> {
        self.endpoint(|e| e.purpose == Purpose::Reflector && e.local == local).ok_or_else(unknown)
    }

    /// Answers a packet, or counts why not.
    pub(in crate::driver) fn reflect(&mut self, id: EndpointId, datagram: &Datagram<'_>) {
        if let Err(reason) = self.answer(id, datagram) {
            return self.totals.discard(reason);
        }
        self.totals.received += 1;
        self.totals.sent += 1;
    }

    fn answer(&mut self, id: EndpointId, datagram: &Datagram<'_>) -> Result<(), Discard> {
        let packet = Packet::parse(datagram.payload)?;
        let reflector = self.reflectors.get_mut(&id).ok_or(Discard::UnknownDiscriminator)?;
        let answer = reflector.reflect(&packet, datagram.source.port(), clock::now())?;
        let Some(endpoint) = self.endpoints.get(&id) else { return Ok(()) };
        let sent = endpoint.receiver.send_back(&answer.encode(), datagram.source);
        sent.unwrap_or_else(
            |error| tracing::debug!(%error, to = %datagram.source, "an S-BFD answer is lost"),
        );
        Ok(())
    }
}
