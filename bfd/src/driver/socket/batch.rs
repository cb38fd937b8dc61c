//! Many datagrams by one call: `recvmmsg` into rooms that are made once.
use super::super::ancillary::Ancillary;
use rustix::fd::AsRawFd;
use socket2::Socket;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// Datagrams taken by one call.
const ROOMS: usize = 32;
/// A Length field counts no further, so no packet needs more.
const LARGEST: usize = 256;
/// Room for a TTL, a stamp and a count, each with its header.
const CONTROL: usize = 128;
/// `struct sockaddr_in6`, the larger of the two.
const NAME: usize = 28;
const NAME_LENGTH: libc::socklen_t = 28;

/// A datagram in its room.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Datagram<'a> {
    pub(in super::super) payload: &'a [u8],
    pub(in super::super) source: SocketAddr,
    pub(in super::super) ancillary: Ancillary,
    /// Whether it came by the socket for packets that change nothing.
    pub(in super::super) quiet: bool,
}

impl Datagram<'_> {
    /// Whether it surely was not cut.
    pub(in super::super) fn is_whole(&self) -> bool {
        self.payload.len() < LARGEST
    }
}

/// Where one datagram lands. The kernel wants the ancillary data aligned.
#[derive(Clone, Debug)]
#[repr(C, align(8))]
struct Room {
    control: [u8; CONTROL],
    payload: [u8; LARGEST],
    name: [u8; NAME],
    length: usize,
    ancillary: Ancillary,
}

/// Datagrams of one socket in the order of arrival.
#[derive(Debug, Default)]
pub(in super::super) struct Batch {
    rooms: Vec<Room>,
    filled: usize,
    next: usize,
}

impl Batch {
    /// The only allocation.
    pub(in super::super) fn new() -> Self {
        let room = Room {
            control: [0; CONTROL],
            payload: [0; LARGEST],
            name: [0; NAME],
            length: 0,
            ancillary: Ancillary::default(),
        };
        Self { rooms: vec![room; ROOMS], filled: 0, next: 0 }
    }

    /// Takes up to [`ROOMS`] waiting datagrams; what is still in the rooms is lost. Whether these were all.
    pub(in super::super) fn fill(&mut self, socket: &Socket) -> io::Result<bool> {
        (self.filled, self.next) = (0, 0);
        // SAFETY: all of both structures are integers and pointers, of which zero is a value.
        let mut vectors: [libc::iovec; ROOMS] = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        let mut messages: [libc::mmsghdr; ROOMS] = unsafe { std::mem::zeroed() };
        for ((room, vector), message) in self.rooms.iter_mut().zip(&mut vectors).zip(&mut messages) {
            room.offer(vector, &mut message.msg_hdr);
        }
        let count = u32::try_from(self.rooms.len().min(ROOMS)).map_err(io::Error::other)?;
        // SAFETY: `count` messages are there; each points to a vector of one buffer, a name and a control
        // buffer with their true lengths, all of which live, and are borrowed by nobody else, until the
        // call returns. The kernel keeps none of them.
        let taken = unsafe {
            libc::recvmmsg(socket.as_raw_fd(), messages.as_mut_ptr(), count, 0, std::ptr::null_mut())
        };
        let Ok(taken) = usize::try_from(taken) else { return nothing(io::Error::last_os_error()) };
        for (room, message) in self.rooms.iter_mut().zip(&messages).take(taken) {
            room.took(message);
        }
        self.filled = taken;
        Ok(taken < ROOMS)
    }

    /// The next datagram, without taking it.
    pub(in super::super) fn peek(&self) -> Option<&Ancillary> {
        Some(&self.rooms.get(..self.filled)?.get(self.next)?.ancillary)
    }

    /// Takes the next datagram.
    pub(in super::super) fn pop(&mut self) -> Option<Datagram<'_>> {
        let room = self.rooms.get(..self.filled)?.get(self.next)?;
        self.next += 1;
        Some(room.datagram())
    }
}

fn nothing(error: io::Error) -> io::Result<bool> {
    match error.kind() {
        io::ErrorKind::WouldBlock => Ok(true),
        io::ErrorKind::Interrupted => Ok(false),
        _ => Err(error),
    }
}

impl Room {
    /// Points the headers of a call to this room.
    fn offer(&mut self, vector: &mut libc::iovec, header: &mut libc::msghdr) {
        vector.iov_base = self.payload.as_mut_ptr().cast();
        vector.iov_len = LARGEST;
        header.msg_iov = vector;
        header.msg_iovlen = 1;
        header.msg_name = self.name.as_mut_ptr().cast();
        header.msg_namelen = NAME_LENGTH;
        header.msg_control = self.control.as_mut_ptr().cast();
        header.msg_controllen = CONTROL as _;
    }

    #[allow(clippy::unnecessary_cast, reason = "the C libraries differ in the type of the length")]
    fn took(&mut self, message: &libc::mmsghdr) {
        self.length = usize::try_from(message.msg_len).unwrap_or(LARGEST);
        let control = self.control.get(..message.msg_hdr.msg_controllen as usize);
        self.ancillary = Ancillary::parse(control.unwrap_or(&self.control));
    }

    /// An address that makes no sense is taken for one that nobody has.
    fn datagram(&self) -> Datagram<'_> {
        let payload = self.payload.get(..self.length).unwrap_or(&self.payload);
        let source = source(&self.name).unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into());
        Datagram { payload, source, ancillary: self.ancillary, quiet: false }
    }
}

/// A `sockaddr_in` or `sockaddr_in6`.
fn source(name: &[u8; NAME]) -> Option<SocketAddr> {
    let (family, rest) = name.split_first_chunk()?;
    let (port, rest) = rest.split_first_chunk()?;
    let port = u16::from_be_bytes(*port);
    let (first, rest) = rest.split_first_chunk::<4>()?;
    match i32::from(u16::from_ne_bytes(*family)) {
        libc::AF_INET => Some((Ipv4Addr::from(*first), port).into()),
        libc::AF_INET6 => {
            let (address, scope) = rest.split_first_chunk::<16>()?;
            let scope = u32::from_ne_bytes(*scope.first_chunk()?);
            Some(SocketAddrV6::new(Ipv6Addr::from(*address), port, u32::from_be_bytes(*first), scope).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, NAME, ROOMS, source};
    use socket2::Socket;
    use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};

    #[test]
    fn addresses_of_both_families() {
        let mut v4 = [0; NAME];
        v4[..8].copy_from_slice(&[2, 0, 0x0e, 0xc8, 192, 0, 2, 1]);
        v4[..2].copy_from_slice(&u16::try_from(libc::AF_INET).unwrap().to_ne_bytes());
        assert_eq!(source(&v4), Some("192.0.2.1:3784".parse().unwrap()));

        let link_local: Ipv6Addr = "fe80::1".parse().unwrap();
        let mut v6 = [0; NAME];
        v6[..2].copy_from_slice(&u16::try_from(libc::AF_INET6).unwrap().to_ne_bytes());
        v6[2..8].copy_from_slice(&[0x0e, 0xc8, 0, 0, 0, 5]);
        v6[8..24].copy_from_slice(&link_local.octets());
        v6[24..].copy_from_slice(&7_u32.to_ne_bytes());
        assert_eq!(source(&v6), Some(SocketAddrV6::new(link_local, 3784, 5, 7).into()));
        assert_eq!(source(&[0xff; NAME]), None);
    }

    fn socket() -> (Socket, SocketAddr) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let local = socket.local_addr().unwrap();
        (socket.into(), local)
    }

    #[test]
    fn takes_what_is_there_in_its_order_and_no_more_than_has_room() {
        let (socket, local) = socket();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut batch = Batch::new();
        assert!(batch.fill(&socket).unwrap());
        assert!(batch.peek().is_none() && batch.pop().is_none());
        for number in 0..=ROOMS {
            sender.send_to(&vec![u8::try_from(number).unwrap(); number], local).unwrap();
        }
        let mut seen = 0;
        for (all, until) in [(false, ROOMS), (true, ROOMS + 1), (true, ROOMS + 1)] {
            assert_eq!(batch.fill(&socket).unwrap(), all);
            while let Some(datagram) = batch.pop() {
                assert_eq!(datagram.payload, vec![u8::try_from(seen).unwrap(); seen]);
                assert_eq!(datagram.source, sender.local_addr().unwrap());
                seen += 1;
            }
            assert_eq!(seen, until);
        }
    }

    #[test]
    fn a_longer_datagram_is_cut() {
        let (socket, local) = socket();
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(&[1; 300], local).unwrap();
        let mut batch = Batch::new();
        assert!(batch.fill(&socket).unwrap());
        assert_eq!(batch.pop().unwrap().payload, [1; 256]);
    }
}
