//! What a frame holds: a TCP segment or a UDP datagram, whatever it is wrapped in.

use etherparse::{EtherType, IpNumber, LaxNetSlice, LaxSlicedPacket, TcpSlice, UdpSlice};
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
            let at = usize::from(header.fragments_offset().byte_offset());
            let fragment = (u32::from(header.identification()), at, header.more_fragments());
            (header.source_addr().into(), header.destination_addr().into(), ip.payload(), Some(fragment))
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            let fragment = fragment_header(header.next_header(), ip.extensions().slice());
            (header.source_addr().into(), header.destination_addr().into(), ip.payload(), fragment)
        }
        _ => return Inside::Other,
    };
    let (protocol, octets) = (payload.ip_number.0, payload.payload);
    match fragment {
        Some((identification, at, more)) if payload.fragmented && is_read(protocol) => {
            Inside::Fragment(Fragment { from, to, protocol, identification, at, more, octets })
        }
        _ if payload.fragmented => Inside::Other,
        _ => transport(from, to, protocol, octets),
    }
}

/// What the Fragment header says that is among these extension headers, the first of which has the number `next`: the
/// identification, where the fragment's octets stand, and whether more follow (RFC 8200 section 4.5).
///
/// The iterator of the library takes it that every header is whole, which those of a frame that was cut short are not.
fn fragment_header(mut next: IpNumber, mut headers: &[u8]) -> Option<(u32, usize, bool)> {
    loop {
        let &[following, len, high, low, ref rest @ ..] = headers else { return None };
        let units = usize::from(len) + 1;
        let octets = match next {
            IpNumber::IPV6_FRAGMENTATION_HEADER => {
                let field = u16::from_be_bytes([high, low]);
                let identification = u32::from_be_bytes(*rest.first_chunk()?);
                return Some((identification, usize::from(field & !7), field & 1 != 0));
            }
            IpNumber::AUTHENTICATION_HEADER => (units + 1) * 4,
            _ => units * 8,
        };
        (next, headers) = (IpNumber(following), headers.get(octets..)?);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// (the number of the first header, the headers, what the Fragment header says)
    #[test]
    fn the_fragment_header_is_found_among_others_or_not_at_all() {
        const FRAGMENT: [u8; 8] = [17, 0, 0x01, 0x09, 0, 0, 0, 7];
        const SAYS: Option<(u32, usize, bool)> = Some((7, 0x108, true));
        let options = |next, len: u8| [vec![next, len], vec![0; usize::from(len) * 8 + 6]].concat();
        let authentication = [vec![44, 1], vec![0; 10]].concat();
        for (first, headers, says) in [
            (44, FRAGMENT.to_vec(), SAYS),
            (60, [&options(44, 0)[..], &FRAGMENT].concat(), SAYS),
            (0, [&options(60, 2)[..], &options(44, 1), &FRAGMENT].concat(), SAYS),
            (51, [&authentication[..], &FRAGMENT].concat(), SAYS),
            (60, options(17, 0), None),
            (0, vec![], None),
            (44, vec![], None),
            (44, FRAGMENT[..7].to_vec(), None),
            (60, options(44, 0), None),
            (60, vec![44, 255, 0, 0, 0, 0, 0, 0], None),
        ] {
            assert_eq!(fragment_header(IpNumber(first), &headers), says, "{first} {headers:?}");
        }
    }

    #[test]
    fn headers_that_are_cut_short_are_none() {
        let mut frame = [&[0x60, 0, 0, 0, 0, 8, 0, 255][..], &[0; 32]].concat();
        for octet in [0, 44, 43, 60, 51] {
            frame[6] = octet;
            assert_eq!(inside(101, &frame), Some(Inside::Other), "{octet}");
        }
    }
}
