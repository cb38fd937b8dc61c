//! A peer made of bytes: what no speaker of ours would send, this one can.

use super::PATIENCE;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

/// The types of messages (RFC 4271 section 4.1).
const OPEN: u8 = 1;
const UPDATE: u8 = 2;
const NOTIFICATION: u8 = 3;
const KEEPALIVE: u8 = 4;

/// A TCP connection on which the test speaks BGP by hand.
pub(crate) struct RawPeer {
    stream: TcpStream,
}

impl RawPeer {
    /// Connects from `from` and brings the session up as `asn`: OPENs and KEEPALIVEs both ways.
    pub(crate) fn establish(from: Ipv4Addr, to: SocketAddr, asn: u16) -> Self {
        let mut peer = Self::connect(from, to);
        peer.open(asn);
        assert_eq!(peer.receive().0, OPEN);
        peer.send(KEEPALIVE, &[]);
        assert_eq!(peer.receive().0, KEEPALIVE);
        peer
    }

    /// Connects and says nothing. Little fits into it that is not read.
    pub(crate) fn connect(from: Ipv4Addr, to: SocketAddr) -> Self {
        use rustix::net::{
            AddressFamily, SocketType, bind, connect, socket, sockopt::set_socket_recv_buffer_size,
        };
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        set_socket_recv_buffer_size(&socket, 4096).unwrap();
        bind(&socket, &SocketAddr::from((from, 0))).unwrap();
        connect(&socket, &to).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream }
    }

    /// An OPEN: version 4, a hold time of 180 s, no capability, which means IPv4 unicast and 2-octet ASNs.
    pub(crate) fn open(&mut self, asn: u16) {
        let [high, low] = asn.to_be_bytes();
        self.send(OPEN, &[4, high, low, 0, 180, 192, 0, 2, 2, 0]);
    }

    /// An UPDATE with these path attributes, that announces these prefixes, both as they stand on the wire.
    pub(crate) fn update(&mut self, attributes: &[u8], nlri: &[u8]) {
        let mut body = vec![0, 0];
        body.extend(u16::try_from(attributes.len()).unwrap().to_be_bytes());
        body.extend(attributes);
        body.extend(nlri);
        self.send(UPDATE, &body);
    }

    fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u16::try_from(19 + body.len()).unwrap();
        let mut message = vec![0xff; 16];
        message.extend(length.to_be_bytes());
        message.push(kind);
        message.extend(body);
        self.stream.write_all(&message).unwrap();
    }

    /// The next message: its type and its body.
    pub(crate) fn receive(&mut self) -> (u8, Vec<u8>) {
        let mut header = [0; 19];
        self.stream.read_exact(&mut header).unwrap();
        let length = usize::from(u16::from_be_bytes([header[16], header[17]]));
        let mut body = vec![0; length - header.len()];
        self.stream.read_exact(&mut body).unwrap();
        (header[18], body)
    }

    /// The next NOTIFICATION's body, whatever comes before it.
    pub(crate) fn notified(&mut self) -> Vec<u8> {
        loop {
            let (kind, body) = self.receive();
            if kind == NOTIFICATION {
                return body;
            }
        }
    }

    /// Whether the other side closes without a word.
    pub(crate) fn closed_without_a_word(&mut self) -> bool {
        let mut octet = [0];
        matches!(self.stream.read(&mut octet), Ok(0) | Err(_))
    }
}
