//! What a frame holds: a TCP segment or a UDP datagram, whatever it is wrapped in.

use etherparse::{EtherType, IpNumber, Ipv6ExtensionSlice, LaxNetSlice, LaxSlicedPacket, TcpSlice, UdpSlice};
use std::net::{IpAddr, SocketAddr};

/// What matters of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Inside<'a> {
    Tcp(Segment<'a>),
    Udp(Datagram<'a>),
    Fragment(Fragment<'a>),
    /// Anything else.
    Other,
}

/// A TCP segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Segment<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    pub(super) syn: bool,
    pub(super) octets: &'a [u8],
}

/// A UDP datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Datagram<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) octets: &'a [u8],
}

/// A part of a packet of TCP or UDP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fragment<'a> {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    /// The number of what the packet holds.
    pub(super) protocol: u8,
    /// What tells the fragments of one packet from those of another.
    pub(super) identification: u32,
    /// Where its octets stand in what the packet holds.
    pub(super) at: usize,
    /// Whether it is not the last.
    pub(super) more: bool,
    pub(super) octets: &'a [u8],
}

/// What is in a frame of this link type; `None` where the link type is not read.
///
/// Frames that the capture cut short are read as far as they go.
pub(super) fn inside(link: u32, frame: &[u8]) -> Option<Inside<'_>> {
    // The upper bits tell of the frame check sequence.
    let packet = match link & 0x03ff_ffff {
        1 => LaxSlicedPacket::from_ethernet(frame).ok(),
        // BSD loopback and OpenBSD's: four octets, whose order need not be known.
        0 | 108 => ip(frame.get(4..).unwrap_or_default()),
        12 | 14 | 101 | 228 | 229 => ip(frame),
        9 | 50 => ppp(frame),
        113 => cooked(frame, 14, 16),
        276 => cooked(frame, 0, 20),
        _ => return None,
    };
    Some(packet.map_or(Inside::Other, |packet| of(&packet)))
}

fn ip(octets: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    LaxSlicedPacket::from_ip(octets).ok()
}

/// PPP, with its address and control octets or without them.
fn ppp(frame: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    let frame = frame.strip_prefix(&[0xff, 0x03]).unwrap_or(frame);
    match frame {
        [0x00, 0x21 | 0x57, rest @ ..] | [0x21 | 0x57, rest @ ..] => ip(rest),
        _ => None,
    }
}

/// Linux cooked: the EtherType stands at `protocol`, the packet behind `header` octets.
fn cooked(frame: &[u8], protocol: usize, header: usize) -> Option<LaxSlicedPacket<'_>> {
    let kind = frame.get(protocol..)?.first_chunk::<2>()?;
    let kind = EtherType(u16::from_be_bytes(*kind));
    Some(LaxSlicedPacket::from_ether_type(kind, frame.get(header..)?))
}

fn of<'a>(packet: &LaxSlicedPacket<'a>) -> Inside<'a> {
    let (from, to, payload, fragment): (IpAddr, IpAddr, _, _) = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            let fragment =
                (u32::from(header.identification()), header.fragments_offset(), header.more_fragments());
            (header.source_addr().into(), header.destination_addr().into(), ip.payload(), Some(fragment))
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            let fragment = ip.extensions().clone().into_iter().find_map(|extension| match extension {
                Ipv6ExtensionSlice::Fragment(header) => {
                    Some((header.identification(), header.fragment_offset(), header.more_fragments()))
                }
                _ => None,
            });
            (header.source_addr().into(), header.destination_addr().into(), ip.payload(), fragment)
        }
        _ => return Inside::Other,
    };
    let (protocol, octets) = (payload.ip_number.0, payload.payload);
    match fragment {
        Some((identification, offset, more)) if payload.fragmented && is_read(protocol) => {
            let at = usize::from(offset.byte_offset());
            Inside::Fragment(Fragment { from, to, protocol, identification, at, more, octets })
        }
        _ if payload.fragmented => Inside::Other,
        _ => transport(from, to, protocol, octets),
    }
}

/// Whether [`transport`] reads a protocol.
const fn is_read(protocol: u8) -> bool {
    matches!(IpNumber(protocol), IpNumber::TCP | IpNumber::UDP)
}

/// What a packet holds.
pub(super) fn transport(from: IpAddr, to: IpAddr, protocol: u8, octets: &[u8]) -> Inside<'_> {
    match IpNumber(protocol) {
        IpNumber::TCP => TcpSlice::from_slice(octets).map_or(Inside::Other, |tcp| {
            Inside::Tcp(Segment {
                from: (from, tcp.source_port()).into(),
                to: (to, tcp.destination_port()).into(),
                sequence: tcp.sequence_number(),
                syn: tcp.syn(),
                octets: tcp.payload(),
            })
        }),
        IpNumber::UDP => UdpSlice::from_slice_lax(octets).map_or(Inside::Other, |udp| {
            Inside::Udp(Datagram {
                from: (from, udp.source_port()).into(),
                to: (to, udp.destination_port()).into(),
                octets: udp.payload(),
            })
        }),
        _ => Inside::Other,
    }
}
