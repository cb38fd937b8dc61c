//! Packets of many sockets by one call: `io_uring`.
//!
//! `sendmmsg` serves one socket, and each session has its own, because each has its own source port (RFC 5881 section 4).
use super::Sender;
use io_uring::{IoUring, Probe, opcode, types};
use rustix::fd::AsRawFd;
use std::fmt;
use std::io;

/// Sends what many connected sockets have, by one call.
pub(in super::super) struct Volley {
    /// Gone once a call failed as a whole, and while one is under way.
    ring: Option<Box<IoUring>>,
    /// Whether each packet of the last call was sent.
    sent: [bool; Self::MOST],
}

impl Volley {
    /// Packets of one call at most.
    pub(in super::super) const MOST: usize = 64;

    /// Fails where the system has no `io_uring`, or denies it.
    pub(in super::super) fn new() -> io::Result<Self> {
        let entries = u32::try_from(Self::MOST).map_err(io::Error::other)?;
        let (ring, mut probe) = (IoUring::new(entries)?, Probe::new());
        ring.submitter().register_probe(&mut probe)?;
        if !probe.is_supported(opcode::Send::CODE) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(Self { ring: Some(Box::new(ring)), sent: [false; Self::MOST] })
    }

    /// One whose call has failed.
    #[cfg(test)]
    pub(in super::super) const fn broken() -> Self {
        Self { ring: None, sent: [false; Self::MOST] }
    }

    /// Sends packets, each with its number below [`MOST`](Self::MOST) and the socket it leaves by.
    /// [`sent`](Self::sent) tells then what became of each.
    pub(in super::super) fn send<'a>(
        &mut self,
        packets: impl Iterator<Item = (usize, &'a Sender, &'a [u8])>,
    ) {
        self.sent = [false; Self::MOST];
        let Some(mut ring) = self.ring.take() else { return };
        let mut left = 0;
        for (number, sender, octets) in packets.take(Self::MOST) {
            let Some((length, number)) = u32::try_from(octets.len()).ok().zip(u64::try_from(number).ok())
            else {
                continue;
            };
            let descriptor = types::Fd(sender.0.as_raw_fd());
            let entry = opcode::Send::new(descriptor, octets.as_ptr(), length).flags(libc::MSG_DONTWAIT);
            // SAFETY: the socket and the octets are borrowed for `'a`, hence until this function returns. By then the
            // kernel has answered for each entry, or the ring is gone, and with it what was not handed over; what was
            // handed over has been sent or refused during that call, because `MSG_DONTWAIT` lets it wait for nothing.
            if unsafe { ring.submission().push(&entry.build().user_data(number)) }.is_err() {
                break;
            }
            left += 1;
        }
        while left > 0 {
            match ring.submit_and_wait(left) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    tracing::warn!(%error, "each BFD packet takes a call of its own from now on");
                    return;
                }
                _ => {}
            }
            for completion in ring.completion() {
                let number = usize::try_from(completion.user_data()).unwrap_or(Self::MOST);
                if let Some(sent) = self.sent.get_mut(number) {
                    *sent = completion.result() >= 0;
                }
                left = left.saturating_sub(1);
            }
        }
        self.ring = Some(ring);
    }

    /// Whether the packet of that number left with the last call.
    pub(in super::super) fn sent(&self, number: usize) -> bool {
        self.sent.get(number).is_some_and(|sent| *sent)
    }
}

impl fmt::Debug for Volley {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Volley").field("works", &self.ring.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Sender, Volley};
    use std::net::{SocketAddr, UdpSocket};

    fn sender(to: SocketAddr) -> Sender {
        let sender = Sender::bind("127.0.0.1:0".parse().unwrap(), None, 50_000).unwrap();
        sender.connect(&to.into()).unwrap();
        sender
    }

    #[test]
    fn each_packet_leaves_by_its_own_socket_and_in_its_order() {
        let Ok(mut volley) = Volley::new() else { return println!("skipped: no io_uring here") };
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let senders: Vec<Sender> = (0..3).map(|_| sender(peer.local_addr().unwrap())).collect();
        for round in 0..2_u8 {
            let packets: Vec<[u8; 2]> = (0..6).map(|number| [round, number]).collect();
            volley.send(
                packets.iter().zip(senders.iter().cycle()).enumerate().map(|(n, (p, s))| (n, s, &p[..])),
            );
            for (number, packet) in packets.iter().enumerate() {
                let mut payload = [0; 3];
                let (length, from) = peer.recv_from(&mut payload).unwrap();
                assert_eq!((&payload[..length], volley.sent(number)), (&packet[..], true));
                assert_eq!(from.port(), senders[number % 3].port().unwrap());
            }
            assert!(!volley.sent(6));
        }
    }

    #[test]
    fn what_one_socket_refuses_is_told_and_the_others_go_on() {
        let Ok(mut volley) = Volley::new() else { return println!("skipped: no io_uring here") };
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = peer.local_addr().unwrap();
        let loose = Sender::bind("127.0.0.1:0".parse().unwrap(), None, 50_100).unwrap();
        let senders = [&sender(to), &loose, &sender(to)];
        volley.send(senders.into_iter().enumerate().map(|(number, sender)| (number, sender, &b"packet"[..])));
        assert_eq!([0, 1, 2].map(|number| volley.sent(number)), [true, false, true]);
    }

    #[test]
    fn no_more_leave_than_there_is_room_for() {
        let Ok(mut volley) = Volley::new() else { return println!("skipped: no io_uring here") };
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = sender(peer.local_addr().unwrap());
        volley.send((0..2 * Volley::MOST).map(|number| (number, &sender, &b"packet"[..])));
        assert!(volley.sent(Volley::MOST - 1) && !volley.sent(Volley::MOST));
    }
}
