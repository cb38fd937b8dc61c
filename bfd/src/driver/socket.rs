//! The sockets: those that receive for a local address, and one that sends for a session. Everything that
//! needs `unsafe` is here and below.
#![expect(unsafe_code, reason = "socket options, batches and a scheduling call that no library wraps")]
mod batch;
mod drops;
mod echo;
mod filter;
mod priority;
mod sbfd;
mod sieve;
mod volley;

pub(super) use batch::{Batch, Datagram};
pub(super) use echo::EchoSender;
pub(super) use priority::{set_fifo, set_slice};
pub(super) use volley::Volley;

use rustix::fd::{AsFd, AsRawFd, BorrowedFd};
use rustix::net::sockopt;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::SocketAddr;

/// The TTL or Hop Limit that packets leave with (RFC 5881 section 5).
const TTL: u8 = 255;
/// Class selector 6, network control.
const CS6: u32 = 0xc0;
/// Source ports (RFC 5881 section 4).
pub(super) const SOURCE_PORTS: std::ops::RangeInclusive<u16> = 49152..=65535;
/// Room for a stall: packets of a thousand fast sessions wait here while the thread does not run.
const RECEIVE_BUFFER: usize = 4 << 20;

/// Receives the packets for one local address.
#[derive(Debug)]
pub(super) struct Receiver {
    urgent: Socket,
    /// Packets that say only that the peer is still Up. Without it they are among the urgent ones.
    quiet: Option<Socket>,
}

impl Receiver {
    /// The second socket is a luxury: where the system refuses it, all packets go to the first.
    pub(super) fn bind(local: SocketAddr, interface: Option<&str>) -> io::Result<Self> {
        // The first is bound without sharing, so that an address in use is refused.
        let urgent = receiving(local, interface)?;
        urgent.bind(&local.into())?;
        let local = address(&urgent.local_addr()?)?;
        let quiet = share(&urgent, local, interface);
        if let Err(error) = &quiet {
            tracing::warn!(%error, %local, "every BFD packet wakes the thread: no second socket");
        }
        Ok(Self { urgent, quiet: quiet.ok() })
    }

    /// The address bound.
    pub(super) fn local(&self) -> io::Result<SocketAddr> {
        address(&self.urgent.local_addr()?)
    }

    pub(super) fn urgent(&self) -> &Socket {
        &self.urgent
    }

    pub(super) fn quiet(&self) -> Option<&Socket> {
        self.quiet.as_ref()
    }

    /// How many packets each of the two has dropped until now.
    pub(super) fn dropped(&self) -> io::Result<[u32; 2]> {
        let quiet = self.quiet.as_ref().map_or(Ok(0), drops::dropped)?;
        Ok([drops::dropped(&self.urgent)?, quiet])
    }
}

/// A second socket at the address of `first`, for the packets that change nothing.
fn share(first: &Socket, local: SocketAddr, interface: Option<&str>) -> io::Result<Socket> {
    let second = receiving(local, interface)?;
    first.set_reuse_port(true)?;
    second.set_reuse_port(true)?;
    second.bind(&local.into())?;
    sieve::attach(first)?;
    Ok(second)
}

/// A socket that tells TTL and stamp, not yet bound.
fn receiving(local: SocketAddr, interface: Option<&str>) -> io::Result<Socket> {
    let socket = open(local, interface)?;
    if local.is_ipv4() {
        enable(&socket, libc::IPPROTO_IP, libc::IP_RECVTTL)?;
    } else {
        socket.set_recv_hoplimit_v6(true)?;
    }
    enable(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS)?;
    enable(&socket, libc::SOL_SOCKET, libc::SO_RXQ_OVFL)?;
    if sockopt::set_socket_recv_buffer_size_force(&socket, RECEIVE_BUFFER).is_err() {
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    }
    Ok(socket)
}

/// Sends the packets of one session, all from one source port.
#[derive(Debug)]
pub(super) struct Sender(Socket);

impl Sender {
    /// Binds the first free port of the range at or after `first`, around its end.
    pub(super) fn bind(local: SocketAddr, interface: Option<&str>, first: u16) -> io::Result<Self> {
        let socket = open(local, interface)?;
        leave_with(&socket, local, TTL)?;
        // Nothing is read here; what is sent to this port must not take up memory.
        socket.set_recv_buffer_size(0)?;
        bind_source_port(&socket, local, first)?;
        Ok(Self(socket))
    }

    /// No packet is fragmented, here or on the way. What the kernel has heard of the path's MTU is not asked,
    /// so that each packet tries the path itself.
    pub(super) fn forbid_fragments(&self, ipv4: bool) -> io::Result<()> {
        if ipv4 {
            set(&self.0, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_PROBE)
        } else {
            set(&self.0, libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, libc::IPV6_PMTUDISC_PROBE)
        }
    }

    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(address(&self.0.local_addr()?)?.port())
    }

    /// Settles the destination, which spares the kernel a look at the routes for every packet. It needs a
    /// route now.
    pub(super) fn connect(&self, to: &SockAddr) -> io::Result<()> {
        self.0.connect(to)
    }

    /// Sends to where the socket is connected. An error that an earlier packet brought back from the
    /// network is told by the next call instead of sending, hence once more.
    pub(super) fn send(&self, octets: &[u8]) -> io::Result<()> {
        self.0.send(octets).or_else(|_| self.0.send(octets)).map(drop)
    }

    pub(super) fn send_to(&self, octets: &[u8], to: &SockAddr) -> io::Result<()> {
        self.0.send_to(octets, to).map(drop)
    }
}

impl AsFd for Sender {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The TTL and the class of what is sent.
fn leave_with(socket: &Socket, local: SocketAddr, ttl: u8) -> io::Result<()> {
    if local.is_ipv4() {
        socket.set_ttl_v4(ttl.into())?;
        socket.set_tos_v4(CS6)
    } else {
        socket.set_unicast_hops_v6(ttl.into())?;
        socket.set_tclass_v6(CS6)
    }
}

fn bind_source_port(socket: &Socket, mut local: SocketAddr, first: u16) -> io::Result<()> {
    for port in (first..=*SOURCE_PORTS.end()).chain(*SOURCE_PORTS.start()..first) {
        local.set_port(port);
        match socket.bind(&local.into()) {
            Err(e) if e.kind() == io::ErrorKind::AddrInUse => {}
            done => return done,
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no free source port from 49152 to 65535"))
}

fn open(local: SocketAddr, interface: Option<&str>) -> io::Result<Socket> {
    let kind = Type::DGRAM.nonblocking().cloexec();
    let socket = Socket::new(Domain::for_address(local), kind, Some(Protocol::UDP))?;
    if local.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if let Some(name) = interface {
        socket.bind_device(Some(name.as_bytes()))?;
    }
    Ok(socket)
}

fn address(address: &SockAddr) -> io::Result<SocketAddr> {
    address.as_socket().ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))
}

/// Switches a boolean socket option on.
fn enable(socket: &Socket, level: i32, option: i32) -> io::Result<()> {
    set(socket, level, option, 1)
}

/// Sets a socket option that is a number.
fn set(socket: &Socket, level: i32, option: i32, value: libc::c_int) -> io::Result<()> {
    let length = libc::socklen_t::try_from(size_of_val(&value)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the value is a `c_int` of the length
    // given, which the kernel reads during the call only.
    let done =
        unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const value).cast(), length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
