//! IP and UDP headers of our own echo packets, which go from an address of ours to another of ours by way of the
//! peer (RFC 5881 section 4). No socket of UDP's would send them there: our own addresses are near.
use crate::{ECHO_PORT, EchoPacket};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// With the longer header, IPv6's.
pub(super) const LONGEST: usize = 40 + UDP + EchoPacket::LEN;

const UDP: usize = 8;
const UDP_PROTOCOL: u8 = 17;
const TTL: u8 = 255;
/// Class selector 6, network control.
const CS6: u8 = 0xc0;

/// Writes `packet` with its headers. The kernel fills in IPv4's checksum.
pub(super) fn encode<'a>(
    packet: &EchoPacket,
    (from, to): (IpAddr, IpAddr),
    room: &'a mut [u8; LONGEST],
) -> &'a [u8] {
    let payload = packet.encode();
    let length = u16::try_from(UDP + payload.len()).unwrap_or(u16::MAX);
    let udp = udp(length, (from, to), &payload);
    let mut written = 0;
    let mut write = |octets: &[u8]| {
        room.iter_mut().skip(written).zip(octets).for_each(|(place, octet)| *place = *octet);
        written += octets.len();
    };
    match (from, to) {
        (IpAddr::V6(from), IpAddr::V6(to)) => write(&ipv6(length, from, to)),
        (IpAddr::V4(from), IpAddr::V4(to)) => write(&ipv4(length, from, to)),
        // A session has both its addresses from one family.
        _ => {}
    }
    write(&udp);
    write(&payload);
    room.get(..written).unwrap_or_default()
}

fn ipv4(length: u16, from: Ipv4Addr, to: Ipv4Addr) -> [u8; 20] {
    let [high, low] = length.saturating_add(20).to_be_bytes();
    let beginning = [0x45, CS6, high, low, 0, 0, 0, 0, TTL, UDP_PROTOCOL, 0, 0];
    joined(&[&beginning, &from.octets(), &to.octets()])
}

fn ipv6(length: u16, from: Ipv6Addr, to: Ipv6Addr) -> [u8; 40] {
    let [high, low] = length.to_be_bytes();
    let beginning = [0x60 | CS6 >> 4, CS6 << 4, 0, 0, high, low, UDP_PROTOCOL, TTL];
    joined(&[&beginning, &from.octets(), &to.octets()])
}

fn joined<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut header = [0; N];
    let octets = parts.iter().copied().flatten();
    header.iter_mut().zip(octets).for_each(|(place, octet)| *place = *octet);
    header
}

fn udp(length: u16, (from, to): (IpAddr, IpAddr), payload: &[u8]) -> [u8; UDP] {
    let ([p, q], [high, low]) = (ECHO_PORT.to_be_bytes(), length.to_be_bytes());
    let fields = u32::from(length) * 2 + u32::from(ECHO_PORT) * 2 + u32::from(UDP_PROTOCOL);
    let mut sum = fields + address_words(from) + address_words(to) + words(payload);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // Zero would say that there is no checksum.
    let checksum = u16::try_from(!sum & 0xffff).ok().filter(|&sum| sum != 0).unwrap_or(0xffff);
    let [c, d] = checksum.to_be_bytes();
    [p, q, p, q, high, low, c, d]
}

fn address_words(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => words(&address.octets()),
        IpAddr::V6(address) => words(&address.octets()),
    }
}

/// The sum of the words of an even number of octets.
fn words(octets: &[u8]) -> u32 {
    octets.as_chunks().0.iter().map(|&word| u32::from(u16::from_be_bytes(word))).sum()
}

/// The payload of a UDP datagram that begins with its IP header. Total: what makes no sense has none.
pub(super) fn payload(packet: &[u8]) -> Option<&[u8]> {
    let first = packet.first()?;
    let header = if first >> 4 == 6 { 40 } else { usize::from(first & 0xf) * 4 };
    let (udp, payload) = packet.get(header..)?.split_first_chunk::<UDP>()?;
    let [_, _, _, _, high, low, ..] = udp;
    let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(UDP)?;
    payload.get(..length)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, encode, payload, words};
    use crate::EchoPacket;
    use proptest::prelude::*;
    use std::net::IpAddr;

    fn echo(octets: [u8; EchoPacket::LEN]) -> EchoPacket {
        EchoPacket::parse(&octets).unwrap()
    }

    fn written(octets: [u8; EchoPacket::LEN], from: &str, to: &str) -> Vec<u8> {
        let addresses: (IpAddr, IpAddr) = (from.parse().unwrap(), to.parse().unwrap());
        encode(&echo(octets), addresses, &mut [0; LONGEST]).to_vec()
    }

    #[test]
    fn headers_of_both_families() {
        let octets = [0xa5; EchoPacket::LEN];
        let v4 = written(octets, "192.0.2.1", "192.0.2.3");
        assert_eq!(v4.len(), 20 + 8 + 24);
        assert_eq!(v4[..12], [0x45, 0xc0, 0, 52, 0, 0, 0, 0, 255, 17, 0, 0]);
        assert_eq!(v4[12..26], [192, 0, 2, 1, 192, 0, 2, 3, 0x0e, 0xc9, 0x0e, 0xc9, 0, 32]);
        let v6 = written(octets, "2001:db8::1", "2001:db8::3");
        assert_eq!(v6.len(), LONGEST);
        assert_eq!(v6[..8], [0x6c, 0, 0, 0, 0, 32, 17, 255]);
        assert_eq!(v6[40..46], [0x0e, 0xc9, 0x0e, 0xc9, 0, 32]);
        for packet in [v4, v6] {
            assert_eq!(payload(&packet), Some(&octets[..]));
        }
    }

    proptest! {
        /// A receiver adds up everything that the checksum covers, and the checksum: all ones.
        #[test]
        fn the_checksum_holds(octets: [u8; EchoPacket::LEN], from: u128, to: u128) {
            let octets = if octets[..4] == [0; 4] { [1; EchoPacket::LEN] } else { octets };
            let addresses = (IpAddr::V6(from.into()), IpAddr::V6(to.into()));
            let mut room = [0; LONGEST];
            let packet = encode(&echo(octets), addresses, &mut room);
            let mut sum = words(&packet[8..]) + u32::from(packet[6]) + 32;
            while sum > 0xffff {
                sum = (sum & 0xffff) + (sum >> 16);
            }
            prop_assert_eq!(sum, 0xffff);
        }

        #[test]
        fn any_octets(packet in prop::collection::vec(any::<u8>(), 0..80)) {
            payload(&packet);
        }
    }
}
