//! Packets of others, where `VOICEPEER_CORPUS` names them: each is parsed, encodes to what it was, and is
//! verified where its key is known.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it is wrong")]
use bfd::{AuthType, Authentication, Config, Control, Discard, Input, Packet, Session, Timing};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("VOICEPEER_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("VOICEPEER_CORPUS is not set: no packets of others were read");
    }
    folder
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

/// The value of the string `name` in a line of JSON without escapes.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{name}\": \""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn vectors(corpus: &Path) -> Vec<(String, Vec<u8>)> {
    let text = std::fs::read_to_string(corpus.join("vectors/bfd_control.jsonl")).unwrap();
    let vector = |line: &str| Some((field(line, "name")?.to_owned(), hex(field(line, "hex")?)));
    text.lines().filter_map(vector).collect()
}

/// UDP payloads of a capture of Ethernet and IPv4, little-endian, without options.
fn payloads(capture: &[u8]) -> Vec<Vec<u8>> {
    const HEADERS: usize = 14 + 20 + 8;
    let (mut rest, mut payloads) = (&capture[24..], Vec::new());
    while let Some((record, after)) = rest.split_first_chunk::<16>() {
        let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]) as usize;
        payloads.push(after[HEADERS..length].to_vec());
        rest = &after[length..];
    }
    payloads
}

/// What a session whose name the packet knows says of it, having `auth`.
#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn verdict(packet: Packet<'_>, auth: Authentication) -> Option<Discard> {
    let now = Instant::now();
    let name = packet.control.your_discriminator.unwrap_or(NonZeroU32::MIN);
    let mut session = Session::new(Config::new(name, Timing::default()), 1, now);
    session.set_authentication(Some(auth));
    session.handle(Input::Packet(packet), now, &mut |_| {});
    session.counters().discards().find(|(_, count)| *count > 0).map(|(reason, _)| reason)
}

#[test]
fn vectors_are_parsed_and_encode_to_what_they_were() {
    let Some(corpus) = corpus() else { return };
    let vectors = vectors(&corpus);
    assert!(vectors.len() >= 11);
    for (name, octets) in vectors {
        let packet = Packet::parse(&octets).unwrap();
        let encoded = packet.control.encode();
        if packet.authentication.is_none() {
            assert_eq!(&encoded[..], octets, "{name}");
        } else {
            assert_eq!(&encoded[4..], &octets[4..Control::LEN], "{name}");
        }
    }
}

/// The one key that is known is a simple password. The digests in these packets were typed by hand, or
/// made of the key alone, and must be refused.
#[test]
fn authentication_of_others() {
    let Some(corpus) = corpus() else { return };
    let mut octets: Vec<(String, Vec<u8>)> = vectors(&corpus);
    for file in ["tcpdump__bfd-raw-auth-md5.pcap", "tcpdump__bfd-raw-auth-sha1.pcap"] {
        let capture = std::fs::read(corpus.join("pcap/bfd").join(file)).unwrap();
        octets.extend(payloads(&capture).into_iter().map(|payload| (file.to_owned(), payload)));
    }
    let mut seen = [0; 6];
    for (name, octets) in octets {
        let packet = Packet::parse(&octets).unwrap();
        let Some(section) = packet.authentication else { continue };
        let auth_type = AuthType::ALL[usize::from(section[0]) - 1];
        seen[usize::from(section[0])] += 1;
        let auth = Authentication::new(auth_type, section[2], b"password").unwrap();
        let expected = (auth_type != AuthType::SimplePassword).then_some(Discard::AuthDigest);
        assert_eq!(verdict(packet, auth), expected, "{name}");
    }
    assert_eq!(seen, [0, 1, 2 + 31, 0, 0, 2 + 25]);
}
