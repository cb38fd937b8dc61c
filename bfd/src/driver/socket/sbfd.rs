//! The sockets of S-BFD (RFC 7881): what is sent comes from the port on which the answers are received.
use super::{Receiver, Sender, TTL, bind_source_port, leave_with, receiving};
use std::io;
use std::net::SocketAddr;

impl Receiver {
    /// A reflector's.
    pub(in super::super) fn reflector(local: SocketAddr, interface: Option<&str>) -> io::Result<Self> {
        let urgent = receiving(local, interface)?;
        leave_with(&urgent, local, TTL)?;
        urgent.bind(&local.into())?;
        Ok(Self { urgent, quiet: None })
    }

    /// An initiator's, on the first free port of the range at or after `first`, around its end; and what it
    /// sends by.
    pub(in super::super) fn initiator(
        local: SocketAddr,
        interface: Option<&str>,
        first: u16,
    ) -> io::Result<(Self, Sender)> {
        let urgent = receiving(local, interface)?;
        leave_with(&urgent, local, TTL)?;
        bind_source_port(&urgent, local, first)?;
        let sender = Sender(urgent.try_clone()?);
        Ok((Self { urgent, quiet: None }, sender))
    }
}
