//! `voicepeer decode` on captures that the tests build: segments, links, times, BFD.

use super::decode::{AS_PATH, NEXT_HOP, ORIGIN, decode, each, good, keepalive, objects, open, update};
use super::support::Files;
use serde_json::{Value, json};

const US: [u8; 4] = [192, 0, 2, 1];
const THEM: [u8; 4] = [192, 0, 2, 2];

/// An IPv4 packet.
pub(crate) fn ipv4(protocol: u8, from: [u8; 4], to: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
    let head = [0x45, 0, len[0], len[1], 0, 0, 0, 0, 64, protocol, 0, 0];
    [&head[..], &from, &to, payload].concat()
}

pub(crate) fn ethernet(packet: &[u8]) -> Vec<u8> {
    [&[2; 12][..], &[8, 0], packet].concat()
}

/// A TCP segment of theirs, or, where `ours`, of ours.
fn tcp(ours: bool, sequence: u32, flags: u8, octets: &[u8]) -> Vec<u8> {
    let ports: [u8; 4] = if ours { [0, 179, 0x9c, 0x40] } else { [0x9c, 0x40, 0, 179] };
    let (from, to) = if ours { (US, THEM) } else { (THEM, US) };
    let head = [&ports[..], &sequence.to_be_bytes(), &[0, 0, 0, 0, 0x50, flags, 1, 0, 0, 0, 0, 0]].concat();
    ipv4(6, from, to, &[&head[..], octets].concat())
}

/// Both sides are of one autonomous system.
const LOCAL_PREF: &[u8] = &[0x40, 5, 4, 0, 0, 0, 100];

const SYN: u8 = 2;
const ACK: u8 = 16;

/// A pcap of these frames, a second apart.
fn pcap(magic: u32, link: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let times = (1_700_000_000_u32..).map(|second| (second, 250));
    pcap_at(magic, link, &times.zip(frames.iter().cloned()).collect::<Vec<_>>())
}

/// A pcap of frames with their seconds and parts of a second.
pub(crate) fn pcap_at(magic: u32, link: u32, frames: &[((u32, u32), Vec<u8>)]) -> Vec<u8> {
    let word = |n: u32| n.to_le_bytes();
    let mut capture = [word(magic), [2, 0, 4, 0], word(0), word(0), word(65535), word(link)].concat();
    for ((second, part), frame) in frames {
        let len = word(u32::try_from(frame.len()).unwrap());
        capture.extend([word(*second), word(*part), len, len].concat());
        capture.extend(frame);
    }
    capture
}

pub(crate) const MICROS: u32 = 0xa1b2_c3d4;
const NANOS: u32 = 0xa1b2_3c4d;

/// What comes of these TCP segments.
fn segments(segments: &[(u32, u8, &[u8])]) -> Vec<Value> {
    let frames: Vec<_> =
        segments.iter().map(|(at, flags, octets)| ethernet(&tcp(false, *at, *flags, octets))).collect();
    let files = Files::new();
    let said = decode(&files.octets("x", &pcap(MICROS, 1, &frames)));
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
    objects(&said)
}

#[test]
fn segments_come_out_of_order_twice_and_overlapping() {
    let stream = [good(), keepalive(), good()].concat();
    let at = |n: u32| 1000_u32.wrapping_sub(200).wrapping_add(n);
    let part = |from: usize, to: usize| &stream[from..to];
    let end = stream.len();
    let orders: &[&[(u32, u8, &[u8])]] = &[
        &[(at(0), ACK, part(0, end))],
        &[(at(0), ACK, part(0, 30)), (at(30), ACK, part(30, end))],
        &[(at(30), ACK, part(30, end)), (at(0), ACK, part(0, 30))],
        &[
            (at(0), ACK, part(0, 30)),
            (at(0), ACK, part(0, 30)),
            (at(30), ACK, part(30, end)),
            (at(40), ACK, part(40, 60)),
        ],
        &[(at(0), ACK, part(0, 50)), (at(20), ACK, part(20, 80)), (at(60), ACK, part(60, end))],
        &[(at(70), ACK, part(70, end)), (at(40), ACK, part(40, 80)), (at(0), ACK, part(0, 45))],
    ];
    for order in orders {
        let order = [&[(at(0).wrapping_sub(1), SYN, &[][..])], *order].concat();
        assert_eq!(each(&segments(&order), "type"), ["update", "keepalive", "update"], "{order:?}");
    }
}

#[test]
fn what_the_capture_lacks_is_told() {
    let first = good();
    let len = u32::try_from(first.len()).unwrap();
    let found = segments(&[
        (99, SYN, &[]),
        (100, ACK, &first),
        (100 + len, ACK, &first[..10]),
        // 20 octets are missing.
        (130 + len, ACK, &first[30..]),
        (100 + 2 * len, ACK, &keepalive()),
    ]);
    assert_eq!(each(&found, "type"), ["update", "gap", "skipped", "keepalive"]);
    let note = found[1]["note"].as_str().unwrap();
    let says = format!("20 octets of the stream are missing at its octet {}", 10 + len);
    assert!(note.starts_with(&says), "{note}");
    assert!(note.contains("10 octets are there"), "{note}");
}

#[test]
fn a_capture_may_begin_inside_a_message() {
    let found = segments(&[(7, ACK, &[&good()[20..], &keepalive()].concat()), (900, ACK, &good()[..30])]);
    assert_eq!(each(&found, "type"), ["skipped", "keepalive", "gap", "unfinished"]);
    assert_eq!(found[1]["from"], json!({"address": "192.0.2.2", "port": 40000}));
}

#[test]
fn the_opens_of_both_sides_tell_how_to_read() {
    let four = [65, 4, 0, 0, 0xfb, 0xf4];
    let two_octets = update(&[ORIGIN, &[0x40, 2, 4, 2, 1, 0xfb, 0xf5], NEXT_HOP, LOCAL_PREF], 0);
    let four_octets = update(&[ORIGIN, AS_PATH, NEXT_HOP, LOCAL_PREF], 0);
    for (theirs, message) in [(open(&[]), &two_octets), (open(&four), &four_octets)] {
        let len = u32::try_from(theirs.len()).unwrap();
        let frames = [
            ethernet(&tcp(true, 500, ACK, &open(&four))),
            ethernet(&tcp(false, 100, ACK, &theirs)),
            ethernet(&tcp(false, 100 + len, ACK, message)),
        ];
        let files = Files::new();
        let found = objects(&decode(&files.octets("x", &pcap(MICROS, 1, &frames))));
        assert_eq!(each(&found, "type"), ["open", "open", "update"]);
        assert_eq!(found[2]["attributes"]["as-path"], json!([64501]), "{}", found[2]);
    }
}

#[test]
fn every_link_is_read() {
    let packet = tcp(false, 100, ACK, &keepalive());
    let cooked = [&[0; 14][..], &[8, 0], &packet].concat();
    let cooked2 = [&[8, 0][..], &[0; 18], &packet].concat();
    let vlans = [&[2; 12][..], &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0], &packet].concat();
    let padded = [ethernet(&packet), vec![0; 9]].concat();
    let links = [
        (1, ethernet(&packet)),
        (1, vlans),
        (1, padded),
        (101, packet.clone()),
        (113, cooked),
        (276, cooked2),
        (9, [&[0xff, 3, 0, 0x21][..], &packet].concat()),
        (0, [&[2, 0, 0, 0][..], &packet].concat()),
        (108, [&[0, 0, 0, 2][..], &packet].concat()),
    ];
    let files = Files::new();
    for (link, frame) in links {
        for (magic, time) in
            [(MICROS, "2023-11-14T22:13:20.000250Z"), (NANOS, "2023-11-14T22:13:20.000000250Z")]
        {
            let found =
                objects(&decode(&files.octets("x", &pcap(magic, link, std::slice::from_ref(&frame)))));
            assert_eq!(each(&found, "type"), ["keepalive"], "{link}");
            assert_eq!(each(&found, "time"), [time], "{link}");
        }
    }
    let found = objects(&decode(&files.octets("x", &pcap(MICROS, 147, &[packet.clone(), packet]))));
    assert_eq!(each(&found, "type"), ["link-type"]);
}

/// What comes of packets on a raw link, one after the other.
fn packets(packets: &[Vec<u8>]) -> Vec<Value> {
    let files = Files::new();
    objects(&decode(&files.octets("x", &pcap(MICROS, 101, packets))))
}

/// The fragments of an IPv4 packet without options, each with no more than so many octets.
fn fragments_of_ipv4(packet: &[u8], identification: u16, most: usize) -> Vec<Vec<u8>> {
    let (head, octets) = packet.split_at(20);
    let count = octets.len().div_ceil(most);
    let fragment = |(number, piece): (usize, &[u8])| {
        let more = if number + 1 < count { 0x2000 } else { 0 };
        let field = u16::try_from(number * most / 8).unwrap() | more;
        let len = u16::try_from(20 + piece.len()).unwrap();
        let mut head = head.to_vec();
        head[2..4].copy_from_slice(&len.to_be_bytes());
        head[4..6].copy_from_slice(&identification.to_be_bytes());
        head[6..8].copy_from_slice(&field.to_be_bytes());
        [&head[..], piece].concat()
    };
    octets.chunks(most).enumerate().map(fragment).collect()
}

#[test]
fn fragments_become_one_packet_again() {
    let segment = tcp(false, 100, ACK, &[good(), keepalive()].concat());
    let mut fragments = fragments_of_ipv4(&segment, 7, 16);
    assert!(fragments.len() > 3);
    for _ in 0..fragments.len() {
        fragments.rotate_left(1);
        let found = packets(&fragments);
        assert_eq!(each(&found, "type"), ["update", "keepalive"]);
        assert_eq!(found[0]["number"], json!(fragments.len()), "{}", found[0]);
        assert_eq!(found[0]["from"], json!({"address": "192.0.2.2", "port": 40000}));
    }
}

#[test]
fn fragments_of_two_packets_do_not_mix() {
    let len = u32::try_from(good().len()).unwrap();
    let one = fragments_of_ipv4(&tcp(false, 100, ACK, &good()), 7, 24);
    let other = fragments_of_ipv4(&tcp(false, 100 + len, ACK, &good()), 8, 24);
    let mixed: Vec<_> =
        one.iter().zip(&other).flat_map(|(one, other)| [one.clone(), other.clone()]).collect();
    assert_eq!(each(&packets(&mixed), "type"), ["update", "update"]);
}

#[test]
fn fragments_of_ipv6_become_one_packet_again() {
    let address = |last: u8| [&[0x20, 1, 0xd, 0xb8][..], &[0; 11], &[last]].concat();
    let bfd: Vec<u8> =
        [&[0x20, 0xc0, 3, 24][..], &[0, 0, 0, 1, 0, 0, 0, 2], &[0, 0, 0xc3, 0x50].repeat(2), &[0; 4]]
            .concat();
    let datagram = [&[0xc0, 0, 0x0e, 0xc8, 0, 32, 0, 0][..], &bfd].concat();
    let fragment = |at: u8, more: u8, octets: &[u8]| {
        // A Fragment header, by way of a header of options.
        let extensions = [[44, 0, 1, 4, 0, 0, 0, 0], [17, 0, 0, at | more, 0, 0, 0, 9]].concat();
        let len = u8::try_from(extensions.len() + octets.len()).unwrap();
        [&[0x60, 0, 0, 0, 0, len, 60, 255][..], &address(1), &address(2), &extensions, octets].concat()
    };
    let fragments = [fragment(16, 0, &datagram[16..]), fragment(0, 1, &datagram[..16])];
    let found = packets(&fragments);
    assert_eq!(each(&found, "type"), ["bfd"], "{found:?}");
    assert_eq!(found[0]["to"], json!({"address": "2001:db8::2", "port": 3784}));
    // One of the whole packet is a fragment of nothing.
    assert_eq!(each(&packets(&[fragment(0, 0, &datagram)]), "type"), ["bfd"]);
}

#[test]
fn fragments_without_the_others_are_told() {
    let fragments = fragments_of_ipv4(&tcp(false, 100, ACK, &good()), 7, 24);
    let found = packets(&[fragments[0].clone(), tcp(false, 100, ACK, &keepalive())]);
    assert_eq!(each(&found, "type"), ["keepalive", "fragment"]);
    let note = "fragments of an IP packet, 24 octets of it; the others are missing";
    assert_eq!((&found[1]["note"], &found[1]["number"]), (&json!(note), &json!(1)));
}

#[test]
fn fragments_that_overlap_are_not_read() {
    let segment = tcp(false, 100, ACK, &good());
    let mut fragments = fragments_of_ipv4(&segment, 7, 24);
    let mut around = fragments_of_ipv4(&segment, 7, 32).swap_remove(0);
    around[39] ^= 1;
    fragments.insert(1, around);
    let found = packets(&fragments);
    assert_eq!(each(&found, "type"), ["fragment"]);
    assert!(found[0]["note"].as_str().unwrap().contains("overlap"), "{}", found[0]);
}

/// A pcapng block.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(12 + body.len()).unwrap().to_be_bytes();
    [&kind.to_be_bytes()[..], &len, body, &len].concat()
}

#[test]
fn pcapng_in_the_other_order_of_octets() {
    let mut frame = ethernet(&tcp(false, 100, ACK, &keepalive()));
    let len = u32::try_from(frame.len()).unwrap().to_be_bytes();
    frame.resize(frame.len().next_multiple_of(4), 0);
    let micros: u64 = 1_700_000_000_000_007;
    let captured = [&[0; 4][..], &micros.to_be_bytes(), &len, &len, &frame].concat();
    let section = [&[0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0][..], &[0xff; 8]].concat();
    let capture =
        [block(0x0a0d_0d0a, &section), block(1, &[0, 1, 0, 0, 0, 0, 0xff, 0xff]), block(6, &captured)]
            .concat();
    let files = Files::new();
    let found = objects(&decode(&files.octets("x", &capture)));
    assert_eq!(each(&found, "time"), ["2023-11-14T22:13:20.000007Z"]);
    let said = decode(&files.octets("x", &capture[..capture.len() - 8]));
    assert_eq!(said.status, Some(1));
    assert!(said.err.contains("broken at octet"), "{}", said.err);
}

#[test]
fn bfd_packets() {
    let control = |first: u8, len: u8| {
        [first, 0xc8, 3, len, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50, 0, 0, 0, 0]
    };
    let udp = |port: u16, octets: &[u8]| {
        let len = u16::try_from(8 + octets.len()).unwrap().to_be_bytes();
        let head = [&[0xc0, 0][..], &port.to_be_bytes(), &len, &[0, 0]].concat();
        ethernet(&ipv4(17, THEM, US, &[&head[..], octets].concat()))
    };
    let frames = [
        udp(3784, &control(0x20, 24)),
        udp(4784, &control(0x20, 24)),
        udp(3784, &control(0x40, 24)),
        udp(3784, &control(0x20, 99)),
        udp(53, &control(0x20, 24)),
    ];
    let files = Files::new();
    let path = files.octets("x", &pcap(MICROS, 1, &frames));
    let found = objects(&decode(&path));
    assert_eq!(each(&found, "outcome"), ["ok", "ok", "discard", "discard"]);
    assert_eq!(found[0]["state"], "Up");
    assert_eq!((&found[0]["desired-min-tx-us"], &found[0]["detect-mult"]), (&json!(50000), &json!(3)));
    assert_eq!(found[0]["flags"], json!(["control-plane-independent"]));
    assert_eq!(found[2]["findings"][0]["fault"], "version");
    let said = super::support::run(["decode".as_ref(), path.as_os_str()]);
    assert!(
        said.out.contains("    state Up, diagnostic no diagnostic, flags control-plane-independent, "),
        "{}",
        said.out
    );
}
