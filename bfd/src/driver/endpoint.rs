//! The local addresses on which packets are received.
use super::demux::Source;
use super::socket::{Datagram, Receiver};
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
    /// S-BFD packets to be answered.
    Reflector,
    /// The answers to those of one session.
    Initiator,
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
    /// What the sockets for urgent and for quiet packets have dropped, as far as it is known.
    dropped: [u32; 2],
}

impl Endpoint {
    pub(super) fn bind(local: SocketAddr, interface: Option<String>, pinned: bool) -> io::Result<Self> {
        let receiver = Receiver::bind(local, interface.as_deref())?;
        Ok(Self { pinned, ..Self::of(Purpose::Control, receiver, interface)? })
    }

    /// One that stays without sessions.
    fn of(purpose: Purpose, receiver: Receiver, interface: Option<String>) -> io::Result<Self> {
        let local = receiver.local()?;
        Ok(Self { purpose, receiver, local, interface, pinned: true, dropped: [0; 2] })
    }

    pub(super) fn reflector(local: SocketAddr, interface: Option<String>) -> io::Result<Self> {
        Self::of(Purpose::Reflector, Receiver::reflector(local, interface.as_deref())?, interface)
    }

    pub(super) fn initiator(receiver: Receiver, interface: Option<String>) -> io::Result<Self> {
        Self::of(Purpose::Initiator, receiver, interface)
    }

    pub(super) fn echo(local: IpAddr, interface: Option<String>) -> io::Result<Self> {
        Self::of(Purpose::Echo, Receiver::echo(local, interface.as_deref())?, interface)
    }

    /// For all addresses of one family.
    pub(super) fn tap(is_ipv4: bool) -> io::Result<Self> {
        let receiver = Receiver::tap(is_ipv4)?;
        let any: IpAddr = if is_ipv4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let local = SocketAddr::new(any, 0);
        Ok(Self { purpose: Purpose::Tap, receiver, local, interface: None, pinned: true, dropped: [0; 2] })
    }

    /// How many packets were dropped here before this one came into its queue.
    pub(super) fn dropped_before(&mut self, datagram: &Datagram<'_>) -> u64 {
        let [urgent, quiet] = &mut self.dropped;
        *if datagram.quiet { quiet } else { urgent } = datagram.ancillary.dropped;
        self.dropped()
    }

    /// How many packets were dropped here until now: it asks the system.
    pub(super) fn dropped_until_now(&mut self) -> u64 {
        match self.receiver.dropped() {
            Ok(dropped) => self.dropped = dropped,
            Err(error) => tracing::debug!(%error, "the system does not say what a socket dropped"),
        }
        self.dropped()
    }

    fn dropped(&self) -> u64 {
        self.dropped.iter().map(|count| u64::from(*count)).sum()
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
