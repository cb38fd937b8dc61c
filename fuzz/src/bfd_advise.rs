//! `voicepeer bfd advise`: captures and recordings.

use crate::bfd_control::packet;
use serde_json::Value;

/// Whatever the file is, the text and the document are written, and the counts of each cell of a grid keep their order.
pub fn bfd_advise(data: &[u8]) {
    let Some((text, document)) = voicepeer::advice(data) else { return };
    assert!(!text.is_empty());
    for session in document["sessions"].as_array().expect("sessions") {
        assert!(session["packets"].as_u64() > Some(0));
        for cell in session["grid"].as_array().expect("a grid") {
            let [least, rescaled, most] =
                ["at_least", "false_downs", "at_most"].map(|key| cell[key].as_u64());
            assert!(least <= rescaled && (most.is_none() || rescaled <= most), "{cell}");
        }
        let advised = &session["advice"];
        let is_advised =
            |cell: &&Value| ["interval_us", "detect_mult"].iter().all(|key| cell[*key] == advised[*key]);
        if !advised.is_null() {
            let cell = session["grid"].as_array().and_then(|grid| grid.iter().find(is_advised));
            assert_eq!(cell.expect("what is advised is of the grid")["at_most"], 0);
        }
    }
}

/// A capture of each kind of link, in both orders of octets, one of fragments, and a recording.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let late = [0, 50, 100, 270, 300, 350];
    let whole = |packet: Vec<u8>| vec![packet];
    let captures =
        [(1, false), (101, false), (1, true)].map(|(link, swapped)| capture(link, swapped, &late, whole));
    captures.into_iter().chain([capture(101, false, &late, fragments), RECORDING.to_vec()]).collect()
}

/// A pcap with packets that are Up, both ways, at so many milliseconds, each in the pieces that `cut` makes of it.
fn capture(link: u32, swapped: bool, ms: &[u32], cut: fn(Vec<u8>) -> Vec<Vec<u8>>) -> Vec<u8> {
    let number = |n: u32| if swapped { n.to_be_bytes() } else { n.to_le_bytes() };
    let versions = if swapped { [0, 2, 0, 4] } else { [2, 0, 4, 0] };
    let mut out = [&number(0xa1b2_c3d4)[..], &versions, &[0; 8], &number(65535), &number(link)].concat();
    for ms in ms {
        for packet in [[1, 2], [2, 1]].into_iter().flat_map(|[from, to]| cut(datagram(from, to))) {
            let frame = [&[0; 12][..], &[8, 0]].concat();
            let frame = [if link == 1 { &frame[..] } else { &[] }, &packet].concat();
            let length = number(u32::try_from(frame.len()).expect("a short frame"));
            out.extend([number(1), number(ms * 1000), length, length].concat());
            out.extend(frame);
        }
    }
    out
}

/// An IPv4 packet to port 3784 with a control packet that is Up.
fn datagram(from: u8, to: u8) -> Vec<u8> {
    let mut bfd = packet(0xc0, 24);
    // 50 ms each way.
    let ms50 = 50_000_u32.to_be_bytes();
    bfd[12..20].copy_from_slice(&[ms50, ms50].concat());
    let octets = |length: usize| u8::try_from(length).expect("short");
    let ip = [
        &[0x45, 0xc0, 0, octets(28 + bfd.len()), 0, 0, 0, 0, 255, 17, 0, 0][..],
        &[192, 0, 2, from, 192, 0, 2, to],
    ];
    let udp = [0xc0, 0, 0x0e, 0xc8, 0, octets(8 + bfd.len()), 0, 0];
    [&ip.concat()[..], &udp, &bfd].concat()
}

/// The two fragments of an IPv4 packet, the last one first.
fn fragments(packet: Vec<u8>) -> Vec<Vec<u8>> {
    let (head, octets) = packet.split_at(20);
    let (first, last) = octets.split_at(16);
    let fragment = |more: u8, at: u8, octets: &[u8]| {
        let mut head = head.to_vec();
        head[3] = u8::try_from(20 + octets.len()).expect("short");
        (head[6], head[7]) = (more, at);
        [&head[..], octets].concat()
    };
    vec![fragment(0, 2, last), fragment(0x20, 0, first)]
}

const RECORDING: &[u8] = br#"{"session":{"peer":"a","address":"192.0.2.2","state":"Up","since_s":9.0,"diagnostic":"none",
"remote_state":"Up","local_discriminator":1,"remote_discriminator":2,"transmit_interval_us":50000,
"receive_interval_us":50000,"detection_time_us":150000,"detect_mult":3,"remote_detect_mult":3,"packets_in":9,
"packets_out":9,"packets_discarded":0,"discards":{},"path":"single hop","minimum_ttl":255,"demand":false,
"echo_sent_back":0,"up_is_withheld":false},
"began":"2026-01-01T00:00:00Z","written":"2026-01-01T00:01:00Z","down_count":0,"downs":[],"packets_before_down":[],
"packets":[],
"received":{"interval_us":50000,"detect_mult":3,"packets":9,"lateness":{"p50_us":0,"p99_us":9,"p999_us":9,"max_us":9,
"histogram":[{"from_us":0,"to_us":0,"count":8},{"from_us":70000,"to_us":80000,"count":1}]}},
"sent":{"interval_us":50000,"detect_mult":3,"packets":9,"lateness":{"p50_us":0,"p99_us":0,"p999_us":0,"max_us":0,
"histogram":[{"from_us":0,"to_us":0,"count":9}]}}}"#;

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_is_advised_on() {
        for seed in super::seeds() {
            let (_, document) = voicepeer::advice(&seed).expect("a seed is a file that is read");
            assert_eq!(document["sessions"].as_array().map(Vec::len), Some(2), "{document}");
        }
    }
}
