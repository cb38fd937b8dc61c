//! The local addresses on which packets are received.
use super::demux::Source;
use super::socket::Receiver;
use std::io;
use std::net::SocketAddr;

/// A local address among those of one driver; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct EndpointId(pub(super) u64);

/// A bound local address.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) receiver: Receiver,
    pub(super) local: SocketAddr,
    pub(super) interface: Option<String>,
    /// Asked for by `bind`, so that it stays without sessions.
    pub(super) pinned: bool,
}

impl Endpoint {
    pub(super) fn bind(local: SocketAddr, interface: Option<String>, pinned: bool) -> io::Result<Self> {
        let receiver = Receiver::bind(local, interface.as_deref())?;
        let local = receiver.local()?;
        Ok(Self { receiver, local, interface, pinned })
    }

    /// `peer` as demultiplexing knows it on this endpoint.
    pub(super) fn source(&self, id: EndpointId, peer: SocketAddr) -> Source {
        let scope = match peer {
            SocketAddr::V6(v6) if self.interface.is_none() => v6.scope_id(),
            _ => 0,
        };
        Source { endpoint: id, address: peer.ip(), scope }
    }
}
