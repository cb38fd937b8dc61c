//! The sockets of the echo function (RFC 5881 section 4).
use super::filter::{self, HALF_WORD, OCTET, compare, done, plain};
use super::{Receiver, enable, leave_with, receiving};
use crate::ECHO_PORT;
use rustix::fd::AsRawFd;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};

/// The TTL of what is sent back, as if it had been forwarded.
const RETURNED_TTL: u8 = 254;

/// Sends packets that come with their IP header, from an address of ours to an address of ours, by way of the peer:
/// the kernel looks for the way to the peer and puts the packet on it as it is. Needs `CAP_NET_RAW`.
#[derive(Debug)]
pub(in super::super) struct EchoSender {
    socket: Socket,
    by_way_of: SockAddr,
}

impl EchoSender {
    pub(in super::super) fn open(peer: SocketAddr, interface: Option<&str>) -> io::Result<Self> {
        let kind = Type::RAW.nonblocking().cloexec();
        let protocol = Protocol::from(libc::IPPROTO_RAW);
        let socket = Socket::new(Domain::for_address(peer), kind, Some(protocol))?;
        if let Some(name) = interface {
            socket.bind_device(Some(name.as_bytes()))?;
        }
        let mut by_way_of = peer;
        by_way_of.set_port(0);
        Ok(Self { socket, by_way_of: by_way_of.into() })
    }

    pub(in super::super) fn send(&self, packet: &[u8]) -> io::Result<()> {
        self.socket.send_to(packet, &self.by_way_of).map(drop)
    }
}

impl Receiver {
    /// Receives the echo packets that a peer sends to `local` itself for us to send back, as some do.
    pub(in super::super) fn echo(local: IpAddr, interface: Option<&str>) -> io::Result<Self> {
        let local = SocketAddr::new(local, ECHO_PORT);
        let urgent = receiving(local, interface)?;
        leave_with(&urgent, local, RETURNED_TTL)?;
        urgent.bind(&local.into())?;
        Ok(Self { urgent, quiet: None })
    }

    /// Sees the echo packets that come in on any interface, with their IP headers. The kernel itself drops
    /// our own when they come back: no neighbour may use our address as its source. Needs `CAP_NET_RAW`.
    pub(in super::super) fn tap(is_ipv4: bool) -> io::Result<Self> {
        let kind = Type::DGRAM.nonblocking().cloexec();
        // Without a protocol it receives nothing, until the filter is there.
        let urgent = Socket::new(Domain::PACKET, kind, None)?;
        enable(&urgent, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS)?;
        let (program, protocol): (&[_], _) =
            if is_ipv4 { (&IPV4, libc::ETH_P_IP) } else { (&IPV6, libc::ETH_P_IPV6) };
        filter::attach(&urgent, libc::SO_ATTACH_FILTER, program)?;
        bind_to_protocol(&urgent, protocol)?;
        Ok(Self { urgent, quiet: None })
    }

    /// Sends a payload back to where it came from.
    pub(in super::super) fn send_back(&self, payload: &[u8], to: SocketAddr) -> io::Result<()> {
        self.urgent.send_to(payload, &to.into()).map(drop)
    }
}

const UDP: u32 = 17;
const EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;

/// UDP to the port of echo packets, behind an IPv4 header; no later fragment, which has no UDP header.
const IPV4: [libc::sock_filter; 9] = [
    plain(OCTET, 9),
    compare(EQUAL, UDP, 0, 6),
    plain(HALF_WORD, 6),
    compare(libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K, 0x1fff, 4, 0),
    plain(libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH, 0),
    plain(libc::BPF_LD | libc::BPF_H | libc::BPF_IND, 2),
    compare(EQUAL, ECHO_PORT as u32, 0, 1),
    done(u32::MAX),
    done(0),
];

/// Likewise behind an IPv6 header; ours have no other headers between.
const IPV6: [libc::sock_filter; 6] = [
    plain(OCTET, 6),
    compare(EQUAL, UDP, 0, 3),
    plain(HALF_WORD, 42),
    compare(EQUAL, ECHO_PORT as u32, 0, 1),
    done(u32::MAX),
    done(0),
];

/// Begins to receive packets of one protocol of the link, on all interfaces.
fn bind_to_protocol(socket: &Socket, protocol: i32) -> io::Result<()> {
    let protocol = u16::try_from(protocol).map_err(io::Error::other)?.to_be();
    let family = u16::try_from(libc::AF_PACKET).map_err(io::Error::other)?;
    // SAFETY: all of the structure is integers, of which zero is a value.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    (address.sll_family, address.sll_protocol) = (family, protocol);
    let length = libc::socklen_t::try_from(size_of_val(&address)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the address is a `sockaddr_ll` of the length
    // given, which the kernel reads during the call only.
    let done = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
