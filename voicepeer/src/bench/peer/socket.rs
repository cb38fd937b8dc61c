//! The peer's two sockets: one that receives with the kernel's stamps for every address, one that sends from any.
use super::Nanos;
use nix::errno::Errno;
use nix::libc::{in_addr, in_pktinfo};
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SetSockOpt, SockFlag, SockType, SockaddrIn,
    bind, recvmsg, sendmsg, setsockopt, socket, sockopt,
};
use nix::sys::time::TimeSpec;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

const PORT: u16 = 3784;
/// The first that RFC 5881 section 4 allows.
const SOURCE_PORT: u16 = 49152;
const BUFFER: usize = 8 << 20;

/// One datagram: the address it came to, when the kernel had it, and the octets.
pub(super) struct Arrival {
    pub(super) to: Ipv4Addr,
    pub(super) at: Nanos,
    pub(super) octets: [u8; 64],
    pub(super) length: usize,
}

pub(super) struct Sockets {
    receiver: OwnedFd,
    sender: OwnedFd,
    control: Vec<u8>,
}

impl Sockets {
    pub(super) fn open() -> io::Result<Self> {
        let receiver = udp(PORT)?;
        set(&receiver, sockopt::ReceiveTimestampns, &true)?;
        set(&receiver, sockopt::Ipv4PacketInfo, &true)?;
        if set(&receiver, sockopt::RcvBufForce, &BUFFER).is_err() {
            set(&receiver, sockopt::RcvBuf, &BUFFER)?;
        }
        let sender = udp(SOURCE_PORT)?;
        set(&sender, sockopt::Ipv4Ttl, &255)?;
        Ok(Self { receiver, sender, control: nix::cmsg_space!(TimeSpec, in_pktinfo) })
    }

    /// Whether the system took the packet. While the daemon does not listen yet, the answer to one is what became of the
    /// one before, and it is sent once more.
    pub(super) fn send(&self, from: Ipv4Addr, to: Ipv4Addr, octets: &[u8]) -> bool {
        let unspecified = in_addr { s_addr: 0 };
        let source = in_addr { s_addr: u32::from_ne_bytes(from.octets()) };
        let info = in_pktinfo { ipi_ifindex: 0, ipi_spec_dst: source, ipi_addr: unspecified };
        let control = [ControlMessage::Ipv4PacketInfo(&info)];
        let to = SockaddrIn::from(SocketAddrV4::new(to, PORT));
        let slices = [IoSlice::new(octets)];
        let send = || sendmsg(self.sender.as_raw_fd(), &slices, &control, MsgFlags::empty(), Some(&to));
        send().or_else(|error| if error == Errno::ECONNREFUSED { send() } else { Err(error) }).is_ok()
    }

    /// The next datagram, if there is one.
    pub(super) fn receive(&mut self) -> Option<Arrival> {
        let mut octets = [0; 64];
        let mut slices = [IoSliceMut::new(&mut octets)];
        let fd = self.receiver.as_raw_fd();
        let message =
            recvmsg::<SockaddrIn>(fd, &mut slices, Some(&mut self.control), MsgFlags::empty()).ok()?;
        let (mut to, mut at) = (Ipv4Addr::UNSPECIFIED, 0);
        for control in message.cmsgs().into_iter().flatten() {
            match control {
                ControlMessageOwned::ScmTimestampns(stamp) => at = nanos(Duration::from(stamp)),
                ControlMessageOwned::Ipv4PacketInfo(info) => {
                    to = Ipv4Addr::from(info.ipi_addr.s_addr.to_ne_bytes());
                }
                _ => {}
            }
        }
        let length = message.bytes;
        Some(Arrival { to, at, octets, length })
    }

    /// Sleeps until a packet is there or `time` has passed.
    pub(super) fn wait(&self, time: Duration) {
        let mut fds = [PollFd::new(self.receiver.as_fd(), PollFlags::POLLIN)];
        // A signal is as good a reason to look as a packet.
        let _interrupted = ppoll(&mut fds, Some(TimeSpec::from_duration(time)), None);
    }
}

/// Saturates after five centuries.
pub(super) fn nanos(time: Duration) -> Nanos {
    Nanos::try_from(time.as_nanos()).unwrap_or(Nanos::MAX)
}

fn udp(port: u16) -> io::Result<OwnedFd> {
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let socket = socket(AddressFamily::Inet, SockType::Datagram, flags, None)?;
    bind(socket.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port)))?;
    Ok(socket)
}

fn set<O: SetSockOpt>(socket: &OwnedFd, option: O, value: &O::Val) -> io::Result<()> {
    Ok(setsockopt(socket, option, value)?)
}
