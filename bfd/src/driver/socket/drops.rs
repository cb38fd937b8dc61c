//! What a socket could not keep.
use rustix::fd::AsRawFd;
use socket2::Socket;
use std::io;

/// How many packets the socket has dropped, mostly because its buffer was full. The count also comes beside each
/// packet, but then it is as old as the packet.
pub(super) fn dropped(socket: &Socket) -> io::Result<u32> {
    let mut counts = [0_u32; DROPS + 1];
    let mut length = libc::socklen_t::try_from(size_of_val(&counts)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the value has room for the length given, of
    // which the kernel writes no more, during the call only. Any octets are integers.
    let done = unsafe {
        let (value, length) = (counts.as_mut_ptr().cast(), &raw mut length);
        libc::getsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_MEMINFO, value, length)
    };
    let [.., dropped] = counts;
    if done == 0 { Ok(dropped) } else { Err(io::Error::last_os_error()) }
}

/// The place of the count among those of `SO_MEMINFO`: `SK_MEMINFO_DROPS`.
const DROPS: usize = 8;

#[cfg(test)]
mod tests {
    use super::dropped;
    use socket2::Socket;
    use std::net::UdpSocket;

    #[test]
    fn a_full_socket_counts_what_it_drops() {
        let (socket, sender) =
            (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let to = socket.local_addr().unwrap();
        let socket = Socket::from(socket);
        socket.set_recv_buffer_size(0).unwrap();
        assert_eq!(dropped(&socket).unwrap(), 0);
        while dropped(&socket).unwrap() < 3 {
            sender.send_to(&[0; 24], to).unwrap();
        }
    }
}
