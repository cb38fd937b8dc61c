//! The two kinds of sockets: one that receives for a local address, one that sends for a session.
#![expect(unsafe_code, reason = "socket options and buffers that no library wraps")]
use super::ancillary::Ancillary;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd};
use rustix::net::sockopt;
use socket2::{Domain, MaybeUninitSlice, MsgHdrMut, Protocol, SockAddr, Socket, Type};
use std::io;
use std::mem::MaybeUninit;
use std::net::{Ipv6Addr, SocketAddr};

/// The TTL or Hop Limit of single-hop packets, both ways (RFC 5881 section 5).
pub(super) const TTL: u8 = 255;
/// Class selector 6, network control.
const CS6: u32 = 0xc0;
/// Source ports (RFC 5881 section 4).
pub(super) const SOURCE_PORTS: std::ops::RangeInclusive<u16> = 49152..=65535;
/// A Length field counts no further, so no packet needs more.
const LARGEST: usize = 256;
/// Room for a stall: packets of a thousand fast sessions wait here while the thread does not run.
const RECEIVE_BUFFER: usize = 4 << 20;

/// Where a datagram lands.
#[derive(Debug)]
pub(super) struct Buffer {
    payload: [MaybeUninit<u8>; LARGEST],
    control: [MaybeUninit<u8>; 128],
}

impl Default for Buffer {
    fn default() -> Self {
        Self { payload: [MaybeUninit::zeroed(); LARGEST], control: [MaybeUninit::zeroed(); 128] }
    }
}

/// A datagram in a buffer.
#[derive(Debug)]
pub(super) struct Datagram<'a> {
    pub(super) payload: &'a [u8],
    pub(super) source: SocketAddr,
    pub(super) ancillary: Ancillary,
}

/// Receives the packets for one local address.
#[derive(Debug)]
pub(super) struct Receiver(Socket);

impl Receiver {
    pub(super) fn bind(local: SocketAddr, interface: Option<&str>) -> io::Result<Self> {
        let socket = open(local, interface)?;
        if local.is_ipv4() {
            enable(&socket, libc::IPPROTO_IP, libc::IP_RECVTTL)?;
        } else {
            socket.set_recv_hoplimit_v6(true)?;
        }
        enable(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS)?;
        if sockopt::set_socket_recv_buffer_size_force(&socket, RECEIVE_BUFFER).is_err() {
            socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        }
        socket.bind(&local.into())?;
        Ok(Self(socket))
    }

    /// The address bound.
    pub(super) fn local(&self) -> io::Result<SocketAddr> {
        address(&self.0.local_addr()?)
    }

    /// The next datagram, or `None` when the queue is empty.
    pub(super) fn receive<'a>(&self, buffer: &'a mut Buffer) -> io::Result<Option<Datagram<'a>>> {
        // Room for the address of either family.
        let mut source = SockAddr::from(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)));
        let mut payload = [MaybeUninitSlice::new(&mut buffer.payload)];
        let mut message = MsgHdrMut::new()
            .with_addr(&mut source)
            .with_buffers(&mut payload)
            .with_control(&mut buffer.control);
        let length = match self.0.recvmsg(&mut message, 0) {
            Ok(length) => length,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(e) => return Err(e),
        };
        let control_length = message.control_len();
        // SAFETY: both arrays were zeroed when made and are written only by the kernel, so every octet of
        // them has a value.
        let (payload, control) =
            unsafe { (buffer.payload.assume_init_ref(), buffer.control.assume_init_ref()) };
        Ok(Some(Datagram {
            payload: payload.get(..length).unwrap_or(payload),
            source: address(&source)?,
            ancillary: Ancillary::parse(control.get(..control_length).unwrap_or_default()),
        }))
    }
}

impl AsFd for Receiver {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Sends the packets of one session, all from one source port.
#[derive(Debug)]
pub(super) struct Sender(Socket);

impl Sender {
    /// Binds the first free port of the range at or after `first`, around its end.
    pub(super) fn bind(local: SocketAddr, interface: Option<&str>, first: u16) -> io::Result<Self> {
        let socket = open(local, interface)?;
        if local.is_ipv4() {
            socket.set_ttl_v4(u32::from(TTL))?;
            socket.set_tos_v4(CS6)?;
        } else {
            socket.set_unicast_hops_v6(u32::from(TTL))?;
            socket.set_tclass_v6(CS6)?;
        }
        // Nothing is read here; what is sent to this port must not take up memory.
        socket.set_recv_buffer_size(0)?;
        bind_source_port(&socket, local, first)?;
        Ok(Self(socket))
    }

    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(address(&self.0.local_addr()?)?.port())
    }

    pub(super) fn send(&self, octets: &[u8], to: &SockAddr) -> io::Result<()> {
        self.0.send_to(octets, to).map(drop)
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
    let on: libc::c_int = 1;
    let length = libc::socklen_t::try_from(size_of_val(&on)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the value is a `c_int` of the length
    // given, which the kernel reads during the call only.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const on).cast(), length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
