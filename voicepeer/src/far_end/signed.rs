//! Whether a carrier signs its TCP segments with a password (RFC 2385). The far end has none, so its kernel drops them
//! before anybody else sees them; a raw socket is shown them first.

use etherparse::{SlicedPacket, TransportSlice};
use nix::libc::IPPROTO_TCP;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

/// The longest headers of IPv4 and TCP. What is longer has data, and is none of the segments that are looked at.
const HEADERS: usize = 120;
/// The option of RFC 2385.
const MD5_SIGNATURE: u8 = 19;

const UNSEEN: u8 = 0;
const PLAIN: u8 = 1;
const SIGNED: u8 = 2;

/// What one session's carrier does, as its last connection began. Dropped, nobody looks any more.
#[derive(Debug)]
pub(crate) struct Signed {
    last: Arc<AtomicU8>,
    task: AbortHandle,
}

impl Signed {
    /// Looks at what comes from `carrier` to `here`, which needs `CAP_NET_RAW`.
    pub(crate) fn watch(here: Ipv4Addr, carrier: Ipv4Addr) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(IPPROTO_TCP)))?;
        socket.set_nonblocking(true)?;
        socket.bind(&SocketAddrV4::new(here, 0).into())?;
        socket.connect(&SocketAddrV4::new(carrier, 0).into())?;
        // Tokio has no raw sockets. It receives from one as from any that has whole packets.
        let socket = UdpSocket::from_std(socket.into())?;
        let last = Arc::new(AtomicU8::new(UNSEEN));
        let task = tokio::spawn(look(socket, Arc::clone(&last))).abort_handle();
        Ok(Self { last, task })
    }

    /// Whether its last connection began with a signature; `None` where it has begun none.
    pub(crate) fn get(&self) -> Option<bool> {
        match self.last.load(Ordering::Relaxed) {
            UNSEEN => None,
            last => Some(last == SIGNED),
        }
    }
}

impl Drop for Signed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(socket: UdpSocket, last: Arc<AtomicU8>) {
    let mut packet = [0; HEADERS];
    while let Ok(octets) = socket.recv(&mut packet).await {
        let signed = packet.get(..octets).and_then(begins_signed);
        let seen = signed.map(|signed| if signed { SIGNED } else { PLAIN });
        seen.into_iter().for_each(|seen| last.store(seen, Ordering::Relaxed));
    }
}

/// Whether a segment that begins a connection, or answers such a one, is signed; `None` for any other.
fn begins_signed(packet: &[u8]) -> Option<bool> {
    let sliced = SlicedPacket::from_ip(packet).ok()?;
    let Some(TransportSlice::Tcp(segment)) = sliced.transport else { return None };
    segment.syn().then(|| has_option(segment.options(), MD5_SIGNATURE))
}

/// Whether an option is in a list of them (RFC 9293, section 3.1).
fn has_option(mut options: &[u8], wanted: u8) -> bool {
    loop {
        options = match options {
            [] | [0, ..] => return false,
            [1, rest @ ..] => rest,
            [kind, ..] if *kind == wanted => return true,
            [_, length, ..] => options.get(usize::from(*length).max(2)..).unwrap_or_default(),
            [_] => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    /// (options, whether the signature is among them).
    #[test]
    fn options() {
        for (options, want) in [
            (&[][..], false),
            (&[19, 18], true),
            (&[1, 1, 19, 18, 7], true),
            (&[2, 4, 5, 180, 19, 18], true),
            (&[2, 4, 19, 180, 1, 1], false),
            (&[0, 19, 18], false),
            (&[2, 0, 19, 18], true),
            (&[2, 60, 19, 18], false),
            (&[2], false),
        ] {
            assert_eq!(has_option(options, MD5_SIGNATURE), want, "{options:?}");
        }
    }

    #[test]
    fn only_segments_that_begin_a_connection_count() {
        let to = || PacketBuilder::ipv4([192, 0, 2, 2], [192, 0, 2, 1], 1).tcp(50_000, 179, 1, 100);
        let packet = |builder: etherparse::PacketBuilderStep<etherparse::TcpHeader>| {
            let mut octets = Vec::new();
            builder.write(&mut octets, &[]).unwrap();
            begins_signed(&octets)
        };
        let signature = [19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
        assert_eq!(packet(to().syn()), Some(false));
        assert_eq!(packet(to().syn().options_raw(&signature).unwrap()), Some(true));
        assert_eq!(packet(to().syn().ack(1)), Some(false));
        assert_eq!(packet(to().ack(1).options_raw(&signature).unwrap()), None);
        assert_eq!(begins_signed(&[0x45, 0, 0]), None);
    }
}
