//! `voicepeer bfd advise`: captures that the tests build, and files that are none.

use super::decode_capture::{MICROS, ethernet, ipv4, pcap_at};
use super::support::{Files, Said, run};
use serde_json::{Value, json};
use std::path::Path;

const A: ([u8; 4], u8) = ([192, 0, 2, 1], 1);
const B: ([u8; 4], u8) = ([192, 0, 2, 2], 2);
const DOWN: u8 = 1;
const UP: u8 = 3;

/// A control packet from one to the other: 50 ms x 3.
fn frame(from: ([u8; 4], u8), to: ([u8; 4], u8), port: u16, state: u8) -> Vec<u8> {
    let ms50 = 50_000_u32.to_be_bytes();
    let bfd =
        [&[0x20, state << 6, 3, 24, 0, 0, 0, from.1, 0, 0, 0, to.1][..], &ms50, &ms50, &[0; 4]].concat();
    let udp = [&49152_u16.to_be_bytes()[..], &port.to_be_bytes(), &[0, 32, 0, 0], &bfd].concat();
    ethernet(&ipv4(17, from.0, to.0, &udp))
}

/// A pcap of frames at so many milliseconds.
fn capture(frames: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let at = |ms: u32| (1_700_000_000 + ms / 1000, ms % 1000 * 1000);
    pcap_at(MICROS, 1, &frames.iter().map(|(ms, frame)| (at(*ms), frame.clone())).collect::<Vec<_>>())
}

/// Two minutes of both directions: a packet every 50 ms, where A is late by 70 ms once and by 20 ms twice.
fn two_minutes() -> Vec<u8> {
    let mut frames = Vec::new();
    let mut late = 0;
    for n in 0..2400_u32 {
        late += match n {
            500 => 70,
            800 | 900 => 20,
            _ => 0,
        };
        frames.push((n * 50 + late, frame(A, B, 3784, UP)));
        frames.push((n * 50 + late, frame(B, A, 3784, UP)));
    }
    capture(&frames)
}

fn advise(path: &Path, more: &[&str]) -> Said {
    let arguments = ["bfd".as_ref(), "advise".as_ref(), path.as_os_str()];
    run(arguments.into_iter().chain(more.iter().map(AsRef::as_ref)))
}

fn cell(session: &Value, interval_ms: u64, mult: u64) -> &Value {
    let is_it = |c: &&Value| c["interval_us"] == interval_ms * 1000 && c["detect_mult"] == mult;
    session["grid"].as_array().unwrap().iter().find(is_it).unwrap()
}

#[test]
fn a_grid_for_each_direction_and_the_fastest_timers() {
    let files = Files::new();
    let path = files.path("a.pcap");
    std::fs::write(&path, two_minutes()).unwrap();
    let said = advise(&path, &["--json"]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
    let document = said.json();
    let sessions = document["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let a = &sessions[0];
    for (key, want) in [
        ("from", json!("192.0.2.1")),
        ("to", json!("192.0.2.2")),
        ("discriminator", json!(1)),
        ("interval_us", json!(50_000)),
        ("detect_mult", json!(3)),
        ("packets", json!(2399)),
        ("latest_us", json!(70_000)),
        ("downs", json!(0)),
    ] {
        assert_eq!(a[key], want, "{key}");
    }
    // (interval, multiplier, certain, by the same delays, possible)
    for (interval, mult, at_least, rescaled, at_most) in [
        (50, 2, 1, 1, json!(1)),
        (50, 3, 0, 0, json!(0)),
        (20, 4, 0, 1, json!(3)),
        (20, 3, 1, 1, Value::Null),
        (10, 2, 1, 3, Value::Null),
        (100, 2, 0, 0, json!(1)),
        (100, 3, 0, 0, json!(0)),
    ] {
        let cell = cell(a, interval, mult);
        let counts = (&cell["at_least"], &cell["false_downs"], &cell["at_most"]);
        assert_eq!(counts, (&json!(at_least), &json!(rescaled), &at_most), "{interval} ms x {mult}");
    }
    let want =
        json!({"interval_us": 50_000, "detect_mult": 3, "detection_time_us": 150_000, "margin_us": 30_000});
    assert_eq!(a["advice"], want);
    let text = advise(&path, &[]);
    for part in [
        "192.0.2.1 to 192.0.2.2 (discriminator 1): 2399 packets in 2 min 0 s at 50 ms x 3, the latest by 70 ms",
        "fastest without a false Down: 50 ms x 3, which detects after 150 ms",
        "could have been 30 ms longer",
        "3+",
        "1-3",
    ] {
        assert!(text.out.contains(part), "lacks {part:?}:\n{}", text.out);
    }
}

#[test]
fn the_timers_to_try_can_be_chosen() {
    let files = Files::new();
    let path = files.path("a.pcap");
    std::fs::write(&path, two_minutes()).unwrap();
    let document =
        advise(&path, &["--json", "--interval", "300ms", "--interval", "40 ms", "--mult", "7"]).json();
    assert_eq!(
        (&document["intervals_us"], &document["multipliers"]),
        (&json!([40_000, 300_000]), &json!([7]))
    );
    assert_eq!(document["sessions"][0]["grid"].as_array().unwrap().len(), 2);
    assert_eq!(document["sessions"][0]["advice"]["interval_us"], 40_000);
    for (more, says) in [
        (["--interval", "0ms"], "such as 750us, 30ms or 1s"),
        (["--interval", "5000s"], "such as 750us, 30ms or 1s"),
        (["--interval", "fast"], "such as 750us, 30ms or 1s"),
        (["--mult", "0"], "1..=255"),
        (["--mult", "256"], "1..=255"),
    ] {
        advise(&path, &more).refused_with(&[says], &more.join(" "));
    }
}

#[test]
fn what_led_to_a_down_is_told_and_not_counted() {
    let files = Files::new();
    let path = files.path("a.pcap");
    let mut frames: Vec<(u32, Vec<u8>)> = (0..10).map(|n| (n * 50, frame(A, B, 3784, UP))).collect();
    frames.push((9000, frame(A, B, 3784, DOWN)));
    frames.extend((0..10).map(|n| (10_000 + n * 50, frame(A, B, 3784, UP))));
    // Echo packets and seamless BFD keep no interval.
    frames.extend([(10_200, frame(B, A, 3785, UP)), (10_300, frame(B, A, 7784, UP))]);
    std::fs::write(&path, capture(&frames)).unwrap();
    let document = advise(&path, &["--json"]).json();
    let sessions = document["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!((&sessions[0]["packets"], &sessions[0]["downs"]), (&json!(18), &json!(1)));
    let notes = sessions[0]["notes"].to_string();
    assert!(notes.contains("the sender left Up 1 times"), "{notes}");
    assert!(notes.contains("the receiver's own packets were not seen"), "{notes}");
}

#[test]
fn bad_files() {
    let files = Files::new();
    let whole = two_minutes();
    let path = files.path("x");
    let mut cases: Vec<(Vec<u8>, &[&str])> = vec![
        (b"hello, this is no capture".to_vec(), &["is nothing that can be decoded"]),
        (Vec::new(), &["holds no two packets in a row of a BFD session that is Up", "bfd history"]),
        (capture(&[(0, frame(A, B, 3784, UP))]), &["holds no two packets in a row"]),
        (capture(&[(0, frame(A, B, 3784, DOWN)), (9, frame(A, B, 3784, DOWN))]), &["holds no two packets"]),
        (whole[..40].to_vec(), &["holds no two packets", "breaks off"]),
        (b"{}".to_vec(), &["missing field `session`", "bfd history ADDR --json"]),
        (b"{\"session\": 7}".to_vec(), &["invalid type: integer `7`", "bfd history ADDR --json"]),
        (b"{\"session".to_vec(), &["EOF while parsing", "bfd history ADDR --json"]),
        (b"{\"session\": \"\xff\"}".to_vec(), &["cannot read", "bfd history ADDR --json"]),
    ];
    let malformed: Vec<_> = (0..5).map(|n| (n, frame(A, B, 3784, UP)[..50].to_vec())).collect();
    cases.push((capture(&malformed), &["holds no two packets", "5 packets were malformed"]));
    for (octets, says) in cases {
        std::fs::write(&path, &octets).unwrap();
        advise(&path, &[]).refused_with(says, &String::from_utf8_lossy(&octets));
    }
    advise(&files.path("nowhere"), &[]).refused_with(&["cannot read", "nowhere", "No such file"], "no file");
    advise(path.parent().unwrap(), &[]).refused_with(&["cannot read"], "a directory");
    // What is there before a file breaks off is used, and the notes say so.
    std::fs::write(&path, &whole[..whole.len() - 7]).unwrap();
    let said = advise(&path, &[]);
    assert_eq!(said.status, Some(0));
    assert!(said.out.contains("the file breaks off: the capture ends inside a block"), "{}", said.out);
}

/// Whatever the octets are, the answer is a document or a message.
#[test]
fn spoiled_files() {
    let files = Files::new();
    let path = files.path("x");
    let whole = &two_minutes()[..2000];
    for n in 0..60 {
        let mut spoiled = whole.to_vec();
        for k in 0..4 {
            let at = (n * 7919 + k * 104_729) % spoiled.len();
            spoiled[at] ^= u8::try_from(n * 37 % 255).unwrap() | 1;
        }
        std::fs::write(&path, &spoiled).unwrap();
        let said = advise(&path, &["--json"]);
        assert!(matches!(said.status, Some(0 | 2)), "{n}: {said:?}");
        assert!(!said.err.contains("panicked"), "{n}: {said:?}");
    }
}
