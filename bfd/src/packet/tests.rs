//! One row for each reception check that needs only the packet, and the round trip.
use super::{Control, Outgoing, Packet};
use crate::{Diag, Discard, State};
use proptest::prelude::*;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

/// Version 1, Down, detect mult 3, length 24, my discriminator 1, your discriminator 2, 1 s, 50 ms, 0.
const GOOD: [u8; 24] =
    [0x20, 0x40, 3, 24, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0x0f, 0x42, 0x40, 0, 0, 0xc3, 0x50, 0, 0, 0, 0];

/// `GOOD` with some octets replaced.
fn with(changes: &[(usize, u8)]) -> Vec<u8> {
    let mut octets = GOOD.to_vec();
    for &(at, value) in changes {
        octets[at] = value;
    }
    octets
}

#[test]
fn the_good_packet_is_taken() {
    let control = Packet::parse(&GOOD).unwrap().control;
    assert_eq!(control.state, State::Down);
    assert_eq!(control.my_discriminator.get(), 1);
    assert_eq!(control.your_discriminator, NonZeroU32::new(2));
    assert_eq!(control.desired_min_tx, Duration::from_secs(1));
    assert_eq!(control.required_min_rx, Duration::from_millis(50));
    assert_eq!(control.encode(), GOOD);
}

#[test]
fn each_check() {
    let rows: &[(&str, Vec<u8>, Discard)] = &[
        ("version 0", with(&[(0, 0x00)]), Discard::Version),
        ("version 2", with(&[(0, 0x40)]), Discard::Version),
        ("version 5", with(&[(0, 0xa0)]), Discard::Version),
        ("length 0", with(&[(3, 0)]), Discard::LengthTooShort),
        ("length 23", with(&[(3, 23)]), Discard::LengthTooShort),
        ("A bit, length 24", with(&[(1, 0x44)]), Discard::LengthTooShort),
        ("A bit, length 25", [&with(&[(1, 0x44), (3, 25)])[..], &[1]].concat(), Discard::LengthTooShort),
        ("length 25 of 24", with(&[(3, 25)]), Discard::LengthBeyondPayload),
        ("payload of 20", GOOD[..20].to_vec(), Discard::LengthBeyondPayload),
        ("payload of 3", GOOD[..3].to_vec(), Discard::LengthBeyondPayload),
        ("payload of 0", Vec::new(), Discard::LengthBeyondPayload),
        ("detect mult 0", with(&[(2, 0)]), Discard::DetectMultZero),
        ("multipoint", with(&[(1, 0x41)]), Discard::Multipoint),
        ("my discriminator 0", with(&[(7, 0)]), Discard::MyDiscriminatorZero),
        ("your discriminator 0, Init", with(&[(1, 0x80), (11, 0)]), Discard::YourDiscriminatorZero),
        ("your discriminator 0, Up", with(&[(1, 0xc0), (11, 0)]), Discard::YourDiscriminatorZero),
    ];
    for (name, octets, reason) in rows {
        assert_eq!(Packet::parse(octets), Err(*reason), "{name}");
    }
}

/// A packet with every defect fails the first check; mending one defect after another fails the next.
#[test]
fn the_checks_come_in_order() {
    let mut octets = with(&[(0, 0), (1, 0x81), (2, 0), (3, 23), (7, 0), (11, 0)]);
    let mends: [(usize, u8, Discard); 6] = [
        (0, 0x20, Discard::Version),
        (3, 25, Discard::LengthTooShort),
        (3, 24, Discard::LengthBeyondPayload),
        (2, 3, Discard::DetectMultZero),
        (1, 0x80, Discard::Multipoint),
        (7, 1, Discard::MyDiscriminatorZero),
    ];
    for (at, value, reason) in mends {
        assert_eq!(Packet::parse(&octets), Err(reason));
        octets[at] = value;
    }
    assert_eq!(Packet::parse(&octets), Err(Discard::YourDiscriminatorZero));
    octets[11] = 2;
    assert!(Packet::parse(&octets).is_ok());
}

#[test]
fn your_discriminator_may_be_zero_in_down_and_admin_down() {
    for flags in [0x40, 0x00] {
        let octets = with(&[(1, flags), (11, 0)]);
        assert_eq!(Packet::parse(&octets).unwrap().control.your_discriminator, None);
    }
}

#[test]
fn octets_after_the_length_are_not_part_of_the_packet() {
    let padded = [&GOOD[..], &[0xff; 16]].concat();
    assert_eq!(Packet::parse(&padded), Packet::parse(&GOOD));
}

#[test]
fn the_authentication_section_is_kept_apart() {
    let octets = [&with(&[(1, 0x44), (3, 27)])[..], &[1, 3, 9, 0xff]].concat();
    assert_eq!(Packet::parse(&octets).unwrap().authentication, Some(&[1, 3, 9][..]));
}

prop_compose! {
    fn control()(
        bits: (bool, bool, bool, bool), diag in 0..32_u8, state in 0..4_u8, mult in 1..=255_u8,
        my in 1..=u32::MAX, your in 1..=u32::MAX, tx: u32, rx: u32, echo: u32,
    ) -> Control {
        let us = |us: u32| Duration::from_micros(u64::from(us));
        Control {
            diag: Diag::from_code(diag), state: State::from_bits(state),
            poll: bits.0, final_: bits.1, control_plane_independent: bits.2, demand: bits.3,
            detect_mult: NonZeroU8::new(mult).unwrap(), my_discriminator: NonZeroU32::new(my).unwrap(),
            your_discriminator: NonZeroU32::new(your),
            desired_min_tx: us(tx), required_min_rx: us(rx), required_min_echo_rx: us(echo),
        }
    }
}

proptest! {
    #[test]
    fn round_trip(control in control()) {
        let octets = control.encode();
        prop_assert_eq!(Packet::parse(&octets), Ok(Packet::from(control)));
    }

    /// RFC 9764: the packet is what it is without padding, zeros follow, nothing is cut.
    #[test]
    fn padding_changes_nothing_but_the_size(control in control(), payload in 0..2000_usize, old: u8) {
        let outgoing = Outgoing::from(control);
        let mut room = vec![old; payload.max(Outgoing::LONGEST)];
        let padded = outgoing.encode_padded(payload, &mut room);
        prop_assert_eq!(padded.len(), payload.max(Control::LEN));
        let (packet, zeros) = padded.split_at(Control::LEN);
        prop_assert_eq!(packet, &control.encode()[..]);
        prop_assert!(zeros.iter().all(|octet| *octet == 0));
        prop_assert_eq!(Packet::parse(padded), Ok(Packet::from(control)));
    }

    #[test]
    fn any_octets_are_parsed_or_discarded(octets in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Packet::parse(&octets);
    }

    /// Octets that begin well, so that the later checks are reached too.
    #[test]
    fn what_is_taken_encodes_to_what_came(mut octets in prop::collection::vec(any::<u8>(), 24..64)) {
        octets[0] = 0x20 | octets[0] & 0x1f;
        octets[1] &= !0x05;
        octets[3] = 24;
        if let Ok(packet) = Packet::parse(&octets) {
            prop_assert_eq!(&packet.control.encode()[..], &octets[..24]);
        }
    }
}
