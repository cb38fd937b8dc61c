//! The local addresses on which packets are received.
use super::demux::Source;
use super::socket::Receiver;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A local address among those of one driver; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct EndpointId(pub(super) u64);

/// What an endpoint receives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// Control packets.
    Control,
    /// Echo packets of peers that want them sent back.
    Echo,
    /// Our own echo packets that came back, with their IP headers.
    Tap,
}

/// A bound local address.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) purpose: Purpose,
    pub(super) receiver: Receiver,
    pub(super) local: SocketAddr,
    pub(super) interface: Option<String>,
    /// It stays without sessions.
    pub(super) pinned: bool,
}

impl Endpoint {
    pub(super) fn bind(local: SocketAddr, interface: Option<String>, pinned: bool) -> io::Result<Self> {
        let receiver = Receiver::bind(local, interface.as_deref())?;
        let local = receiver.local()?;
        Ok(Self { purpose: Purpose::Control, receiver, local, interface, pinned })
    }

    pub(super) fn echo(local: IpAddr, interface: Option<String>) -> io::Result<Self> {
        let receiver = Receiver::echo(local, interface.as_deref())?;
        let local = receiver.local()?;
        Ok(Self { purpose: Purpose::Echo, receiver, local, interface, pinned: true })
    }

    /// For all addresses of one family.
    pub(super) fn tap(is_ipv4: bool) -> io::Result<Self> {
        let receiver = Receiver::tap(is_ipv4)?;
        let any: IpAddr = if is_ipv4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let local = SocketAddr::new(any, 0);
        Ok(Self { purpose: Purpose::Tap, receiver, local, interface: None, pinned: true })
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
