//! One sender of echo packets, and what it takes back.
use super::{Echo, EchoPacket};
use crate::Discard;
use proptest::prelude::*;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

const NAME: NonZeroU32 = NonZeroU32::new(9).unwrap();
const MULT: NonZeroU8 = NonZeroU8::new(3).unwrap();

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn epoch() -> Instant {
    Instant::now()
}

/// Active at 10 ms.
fn echo(start: Instant) -> Echo {
    let mut echo = Echo::new(ms(10), 1, start);
    echo.agree(Some(ms(5)), start);
    echo
}

fn send(echo: &mut Echo, now: Instant) -> EchoPacket {
    echo.transmit(NAME, MULT, now)
}

#[test]
fn the_first_packet_is_due_at_once_and_nothing_is_while_the_peer_returns_none() {
    let start = epoch();
    let mut echo = echo(start);
    assert_eq!(echo.transmit_at(), Some(start));
    send(&mut echo, start);
    assert!(echo.detect_at(MULT).is_some());
    echo.agree(None, start);
    assert_eq!((echo.transmit_at(), echo.detect_at(MULT)), (None, None));
}

#[test]
fn a_packet_is_taken_once_and_in_its_order() {
    let start = epoch();
    let mut echo = echo(start);
    let [a, b, c] = [0, 10, 20].map(|at| send(&mut echo, start + ms(at)));
    let now = start + ms(25);
    assert_eq!(echo.receive(b, now), Ok(()));
    assert_eq!(echo.receive(b, now), Err(Discard::Echo), "twice");
    assert_eq!(echo.receive(a, now), Err(Discard::Echo), "overtaken");
    assert_eq!(echo.receive(c, now), Ok(()));
    assert_eq!((echo.status().sent, echo.status().returned), (3, 2));
    assert_eq!(echo.status().round_trip, Some(ms(5)));
}

#[test]
fn what_we_did_not_send_is_not_taken() {
    let start = epoch();
    let mut echo = echo(start);
    let good = send(&mut echo, start);
    let ahead = EchoPacket { sequence: good.sequence + 1, ..good };
    let other = EchoPacket { discriminator: NonZeroU32::MIN, ..good };
    let later = EchoPacket { sent: good.sent + 1, ..good };
    let guessed = EchoPacket { tag: [0; 8], ..good };
    let stranger = send(&mut Echo::new(ms(10), 2, start), start);
    for packet in [ahead, other, later, guessed, stranger] {
        assert_eq!(echo.receive(packet, start), Err(Discard::Echo), "{packet:?}");
    }
    assert_eq!(echo.receive(good, start), Ok(()));
}

/// Three intervals after the first packet that is missing was sent; a sender that was late misses none.
#[test]
fn the_detection_time_counts_from_the_first_missing_packet() {
    let start = epoch();
    let mut echo = echo(start);
    let first = send(&mut echo, start);
    assert_eq!(echo.detect_at(MULT), Some(start + ms(30)));
    echo.receive(first, start + ms(2)).unwrap();
    assert_eq!(echo.detect_at(MULT), None, "nothing is missing, however late the next one leaves");
    send(&mut echo, start + ms(500));
    send(&mut echo, start + ms(510));
    assert_eq!(echo.detect_at(MULT), Some(start + ms(530)));
}

#[test]
fn a_new_interval_begins_anew() {
    let start = epoch();
    let mut echo = echo(start);
    let old = send(&mut echo, start);
    let now = start + ms(25);
    echo.agree(Some(ms(100)), now);
    assert_eq!((echo.status().interval, echo.detect_at(MULT)), (Some(ms(100)), None));
    assert_eq!(echo.receive(old, now), Err(Discard::Echo));
    send(&mut echo, now);
    assert_eq!(echo.detect_at(MULT), Some(now + ms(300)));
}

proptest! {
    #[test]
    fn payloads_round_trip(seed: u64, count in 1..9_usize) {
        let start = epoch();
        let mut echo = Echo::new(ms(10), seed, start);
        echo.agree(Some(ms(1)), start);
        for i in 0..count {
            let packet = send(&mut echo, start + ms(i as u64));
            prop_assert_eq!(EchoPacket::parse(&packet.encode()), Some(packet));
        }
    }

    #[test]
    fn strange_payloads_are_not_taken(octets in prop::collection::vec(any::<u8>(), 0..40)) {
        let start = epoch();
        let mut echo = echo(start);
        send(&mut echo, start);
        if let Some(packet) = EchoPacket::parse(&octets) {
            prop_assert_eq!(octets.len(), EchoPacket::LEN);
            prop_assert_eq!(echo.receive(packet, start), Err(Discard::Echo));
        }
    }
}
