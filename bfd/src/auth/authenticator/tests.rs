//! Vectors made with another implementation of the digests, a row for each check, and the sequence window
//! against a naive model.
use super::Authenticator;
use crate::{AuthType, Authentication, Control, Discard, Outgoing, Packet};
use proptest::prelude::*;
use std::time::{Duration, Instant};

use AuthType::{KeyedMd5, KeyedSha1, MeticulousKeyedMd5, MeticulousKeyedSha1, SimplePassword};

/// (type, key id, key, sequence number, the packet). Up, detect mult 3, discriminators 1 and 2, 50 ms.
const VECTORS: [(AuthType, u8, &[u8], u32, &str); 5] = [
    (SimplePassword, 7, b"secret", 0, "20c4032100000001000000020000c3500000c35000000000010907736563726574"),
    (
        KeyedMd5,
        1,
        b"secret",
        5,
        "20c4033000000001000000020000c3500000c350000000000218010000000005156c91b6c893573cfd4208bf2de76a09",
    ),
    (
        MeticulousKeyedMd5,
        255,
        b"0123456789abcdef",
        0xffff_ffff,
        "20c4033000000001000000020000c3500000c350000000000318ff00ffffffff42ab69489c78c87f1820906c27f221b8",
    ),
    (
        KeyedSha1,
        0,
        b"s",
        0,
        "20c4033400000001000000020000c3500000c35000000000041c000000000000\
         8d029b5e8068b39dcfc0cedaaf6b155ca5c6ba99",
    ),
    (
        MeticulousKeyedSha1,
        42,
        b"0123456789abcdefghij",
        0xdead_beef,
        "20c4033400000001000000020000c3500000c35000000000051c2a00deadbeef\
         8dfb71fb8e10fa75a71bf572e497ffc85c3eaed3",
    ),
];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn epoch() -> Instant {
    Instant::now()
}

fn keyed(auth_type: AuthType, id: u8, key: &[u8]) -> Authenticator {
    Authenticator::new(Authentication::new(auth_type, id, key).unwrap(), 1)
}

fn verify(authenticator: &mut Authenticator, octets: &[u8]) -> Result<(), Discard> {
    authenticator.verify(&Packet::parse(octets).unwrap(), epoch())
}

fn signed(authenticator: &mut Authenticator, control: Control) -> Vec<u8> {
    let section = Some(authenticator.sign(&control));
    Outgoing { control, section }.encode(&mut [0; Outgoing::LONGEST]).to_vec()
}

fn vector(auth_type: AuthType) -> (Authenticator, Vec<u8>) {
    let (_, id, key, _, packet) = VECTORS.into_iter().find(|v| v.0 == auth_type).unwrap();
    (keyed(auth_type, id, key), hex(packet))
}

#[test]
fn vectors_are_made_and_taken() {
    for (auth_type, id, key, sequence, packet) in VECTORS {
        let octets = hex(packet);
        let mut authenticator = keyed(auth_type, id, key);
        assert_eq!(verify(&mut authenticator, &octets), Ok(()), "{auth_type:?}");
        authenticator.transmitted = sequence.wrapping_sub(1);
        let control = Packet::parse(&octets).unwrap().control;
        assert_eq!(signed(&mut authenticator, control), octets, "{auth_type:?}");
    }
}

/// Whichever bit is turned, the packet is not taken; a password guards itself alone.
#[test]
fn no_bit_may_turn() {
    for (auth_type, ..) in VECTORS {
        let (authenticator, octets) = vector(auth_type);
        let from = if auth_type == SimplePassword { Control::LEN } else { 0 };
        for bit in from * 8..octets.len() * 8 {
            let mut turned = octets.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            if let Ok(packet) = Packet::parse(&turned) {
                let taken = authenticator.clone().verify(&packet, epoch());
                assert!(taken.is_err(), "{auth_type:?} bit {bit}");
            }
        }
    }
}

/// The octets of `auth_type`'s vector with some replaced and, last, cut or lengthened to `length`.
fn changed(auth_type: AuthType, changes: &[(usize, u8)], length: usize) -> Result<(), Discard> {
    let (mut authenticator, mut octets) = vector(auth_type);
    for &(at, value) in changes {
        octets[at] = value;
    }
    octets.resize(length, 0);
    octets[3] = u8::try_from(length).unwrap();
    verify(&mut authenticator, &octets)
}

#[test]
fn each_check() {
    let rows: &[(&str, AuthType, &[(usize, u8)], usize, Discard)] = &[
        ("MD5 for a password", SimplePassword, &[(24, 2)], 33, Discard::AuthType),
        ("type 0", SimplePassword, &[(24, 0)], 33, Discard::AuthType),
        ("plain for meticulous", MeticulousKeyedSha1, &[(24, 4)], 52, Discard::AuthType),
        ("meticulous for plain", KeyedMd5, &[(24, 3)], 48, Discard::AuthType),
        ("type 6", KeyedMd5, &[(24, 6)], 48, Discard::AuthType),
        ("no room for a key id", KeyedMd5, &[], 26, Discard::AuthLength),
        ("another key id, password", SimplePassword, &[(26, 8)], 33, Discard::AuthKeyId),
        ("another key id, digest", KeyedSha1, &[(26, 8)], 52, Discard::AuthKeyId),
        ("Auth Len of another password", SimplePassword, &[(25, 8)], 33, Discard::AuthLength),
        ("password cut short", SimplePassword, &[], 32, Discard::AuthLength),
        ("Auth Len of SHA1 for MD5", KeyedMd5, &[(25, 28)], 52, Discard::AuthLength),
        ("octets after the digest", KeyedMd5, &[], 52, Discard::AuthLength),
        ("digest cut short", KeyedSha1, &[], 51, Discard::AuthLength),
        ("wrong password", SimplePassword, &[(32, b'T')], 33, Discard::AuthPassword),
        ("another state", KeyedMd5, &[(1, 0x44)], 48, Discard::AuthDigest),
        ("first octet of the digest", MeticulousKeyedMd5, &[(32, 0)], 48, Discard::AuthDigest),
        ("last octet of the digest", MeticulousKeyedSha1, &[(51, 0)], 52, Discard::AuthDigest),
    ];
    for (name, auth_type, changes, length, reason) in rows {
        assert_eq!(changed(*auth_type, changes, *length), Err(*reason), "{name}");
    }
    let plain = Packet::from(Packet::parse(&hex(VECTORS[0].4)).unwrap().control);
    for (auth_type, ..) in VECTORS {
        let missing = vector(auth_type).0.verify(&plain, epoch());
        assert_eq!(missing, Err(Discard::AuthMissing), "{auth_type:?}");
    }
}

#[test]
fn the_checks_come_in_order() {
    let (mut authenticator, mut octets) = vector(KeyedMd5);
    authenticator.received = Some(100);
    (authenticator.heard_at, authenticator.patience) = (Some(epoch()), Duration::from_mins(1));
    let good = octets.clone();
    for at in [24, 25, 26, 47] {
        octets[at] ^= 0xff;
    }
    for (at, reason) in [
        (24, Discard::AuthType),
        (26, Discard::AuthKeyId),
        (25, Discard::AuthLength),
        (47, Discard::AuthSequence),
    ] {
        assert_eq!(verify(&mut authenticator, &octets), Err(reason));
        octets[at] = good[at];
    }
    octets[47] ^= 0xff;
    authenticator.received = Some(5);
    assert_eq!(verify(&mut authenticator, &octets), Err(Discard::AuthDigest));
    assert_eq!(verify(&mut authenticator, &good), Ok(()));
}

#[test]
fn a_forged_sequence_number_does_not_move_the_window() {
    let (mut authenticator, octets) = vector(KeyedMd5);
    let mut forged = octets.clone();
    forged[31] = 9;
    assert_eq!(verify(&mut authenticator, &forged), Err(Discard::AuthDigest));
    assert_eq!(authenticator.received, None);
    assert_eq!(verify(&mut authenticator, &octets), Ok(()));
    assert_eq!(authenticator.received, Some(5));
}

/// (type, what was received last, what comes, with detect mult 3, whether it is taken)
#[test]
fn the_edges_of_the_window() {
    let control = Packet::parse(&hex(VECTORS[1].4)).unwrap().control;
    for (auth_type, received, sequence, taken) in [
        (KeyedMd5, Some(10), 9, false),
        (KeyedMd5, Some(10), 10, true),
        (KeyedMd5, Some(10), 19, true),
        (KeyedMd5, Some(10), 20, false),
        (KeyedSha1, Some(u32::MAX), u32::MAX, true),
        (KeyedSha1, Some(u32::MAX), 8, true),
        (KeyedSha1, Some(u32::MAX), 9, false),
        (MeticulousKeyedMd5, Some(10), 10, false),
        (MeticulousKeyedMd5, Some(10), 11, true),
        (MeticulousKeyedSha1, Some(10), 19, true),
        (MeticulousKeyedSha1, Some(10), 20, false),
        (MeticulousKeyedSha1, Some(u32::MAX), 0, true),
        (MeticulousKeyedSha1, None, 7, true),
    ] {
        let mut authenticator = keyed(auth_type, 1, b"key");
        authenticator.received = received;
        assert_eq!(authenticator.expects(sequence, &control), taken, "{auth_type:?} {received:?} {sequence}");
    }
}

#[test]
fn the_window_is_forgotten_after_twice_the_detection_time() {
    let (mut authenticator, octets) = vector(MeticulousKeyedMd5);
    let (packet, start) = (Packet::parse(&octets).unwrap(), epoch());
    authenticator.detection_time(Duration::from_millis(150));
    assert_eq!(authenticator.verify(&packet, start), Ok(()));
    let silence = start + Duration::from_millis(300);
    let early = silence.checked_sub(Duration::from_nanos(1)).unwrap();
    assert_eq!(authenticator.verify(&packet, early), Err(Discard::AuthSequence));
    assert_eq!(authenticator.verify(&packet, silence), Ok(()));
}

#[test]
fn the_sequence_moves_with_every_packet_or_with_what_it_says() {
    let control = Packet::parse(&hex(VECTORS[1].4)).unwrap().control;
    let poll = Control { poll: true, ..control };
    let other = Control { demand: true, ..control };
    for (auth_type, expected) in
        [(KeyedMd5, [1, 1, 1, 2, 3]), (KeyedSha1, [1, 1, 1, 2, 3]), (MeticulousKeyedMd5, [1, 2, 3, 4, 5])]
    {
        let mut authenticator = keyed(auth_type, 1, b"key");
        authenticator.transmitted = 0;
        let moved = [control, poll, control, other, control].map(|saying| {
            authenticator.sign(&saying);
            authenticator.transmitted
        });
        assert_eq!(moved, expected, "{auth_type:?}");
    }
}

#[test]
fn the_first_sequence_number_comes_from_the_seed() {
    let first = |seed| {
        let auth = Authentication::new(KeyedSha1, 1, b"key").unwrap();
        Authenticator::new(auth, seed).transmitted
    };
    assert_eq!(first(1), first(1));
    assert_ne!(first(1), first(2));
}

/// Both ends exchange their keys in three steps; packets are taken both ways all the time.
#[test]
fn keys_are_exchanged_without_a_break() {
    for auth_type in AuthType::ALL {
        let old = Authentication::new(auth_type, 1, b"old").unwrap();
        let both = old.clone().taking(2, b"new").unwrap();
        let moved = both.clone().signing_with(2).unwrap();
        let new = Authentication::new(auth_type, 2, b"new").unwrap();
        let control = Packet::parse(&hex(VECTORS[1].4)).unwrap().control;
        let mut ends = [3, 4].map(|seed| Authenticator::new(old.clone(), seed));
        for (step, side) in [(&both, 0), (&both, 1), (&moved, 0), (&moved, 1), (&new, 0), (&new, 1)] {
            ends[side].rekey(step.clone());
            for from in [0, 1] {
                let octets = signed(&mut ends[from], control);
                assert_eq!(verify(&mut ends[1 - from], &octets), Ok(()), "{auth_type:?} {step:?} {side}");
            }
        }
    }
}

/// The window, with the circle counted out.
fn naive(meticulous: bool, received: u32, sequence: u32, mult: u8) -> bool {
    let mut next = if meticulous { received.wrapping_add(1) } else { received };
    let last = received.wrapping_add(3 * u32::from(mult));
    loop {
        if next == sequence {
            return true;
        }
        if next == last {
            return false;
        }
        next = next.wrapping_add(1);
    }
}

proptest! {
    #[test]
    fn the_window_is_as_counted(received: u32, ahead in -800_i32..800, mult in 1..=255_u8, which in 1..5_usize) {
        let auth_type = AuthType::ALL[which];
        let sequence = received.wrapping_add_signed(ahead);
        let mut authenticator = keyed(auth_type, 1, b"key");
        authenticator.received = Some(received);
        let control = Packet::parse(&hex(VECTORS[1].4)).unwrap().control;
        let control = Control { detect_mult: mult.try_into().unwrap(), ..control };
        let expected = naive(auth_type.is_meticulous(), received, sequence, mult);
        prop_assert_eq!(authenticator.expects(sequence, &control), expected);
    }

    #[test]
    fn any_section_is_taken_or_discarded(mut octets in prop::collection::vec(any::<u8>(), 26..60), which in 0..5_usize) {
        let (mut authenticator, good) = vector(AuthType::ALL[which]);
        octets[..24].copy_from_slice(&good[..24]);
        octets[3] = u8::try_from(octets.len()).unwrap();
        octets[24] = AuthType::ALL[which].code();
        prop_assert!(verify(&mut authenticator, &octets).is_err());
    }
}
