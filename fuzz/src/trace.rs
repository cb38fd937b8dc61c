//! Traces of a speaker: whatever the file is, and so whatever a whole engine is told.

use crate::seeds::updates;
use bgp_policy::Policy;
use bgp_speaker::trace::{Configuration, Ending, Replay, ReplayError};
use bgp_speaker::{PeerConfig, SpeakerConfig};
use bgp_wire::{Asn, Capabilities, Capability, HEADER_LEN, Open, write_keepalive};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

const PEER: [u8; 4] = [192, 0, 2, 2];
const NAME: &[u8] = b"peer";

/// A trace is read to where it is wrong. The engine takes every input until then, also once its outputs are others than
/// those of the trace.
pub fn trace(data: &[u8]) {
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    let began = Instant::now();
    let Ok(mut replay) = Replay::new(data, began, |_: &[u8]| Ok::<_, Infallible>(configuration())) else {
        return;
    };
    loop {
        let step: Result<_, ReplayError<Infallible>> = replay.step(&mut |_| {});
        match step {
            Ok(None) => {}
            Ok(Some(ending @ Ending::Parted(_))) => assert!(ending.to_string().contains("parted")),
            Ok(Some(_)) | Err(_) => break,
        }
    }
    assert!(replay.engine().peers().count() <= data.len());
}

/// A speaker with one peer.
fn configuration() -> Configuration {
    let mut peer = PeerConfig::new("peer", PEER.into(), Asn(64501));
    let all = Some(Arc::new(Policy::accept_all()));
    (peer.import, peer.export) = (all.clone(), all);
    let speaker = SpeakerConfig::new(Asn(64500), [192, 0, 2, 1].into());
    Configuration { speaker, peers: vec![peer], dynamic: Vec::new(), routes: Vec::new() }
}

/// A session that comes up and brings routes, and one of every input that needs no peer.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let heard = |message: &[u8]| [&[7, 0, 0, 0, 0, 0][..], message].concat();
    let add = [&[0, 4][..], &PEER, NAME].concat();
    let connected = vec![3, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];
    let mut session = vec![add.clone(), vec![2, 0, 0, 0, 0], connected];
    session.extend(opening().iter().map(|message| heard(message)));
    let update = updates().into_iter().next().unwrap_or_default();
    let message = [
        &[0xff; 16][..],
        &[0, length(update.len() + HEADER_LEN - 1), 2],
        update.get(1..).unwrap_or_default(),
    ];
    session.extend([heard(&message.concat()), vec![10, 0, 0, 0, 0, 0, 0, 0, 1], vec![8], vec![9]]);
    session.extend([vec![16, 0, 0, 0, 0], vec![17, 0, 0, 0, 0, 1], vec![5, 0, 0, 0, 0, 0]]);
    let alone = [
        vec![14, 4, 198, 51, 100, 0, 24],
        vec![15, 4, 192, 0, 2, 9, 0, 0, 0, 7],
        b"\x13maintenance".to_vec(),
    ];
    vec![written(&session), written(&[vec![add], alone.to_vec()].concat())]
}

/// What the peer says for its session to come up.
fn opening() -> [Vec<u8>; 2] {
    let capabilities: Capabilities<'_> = [Capability::FourOctetAsn(Asn(64501))].into_iter().collect();
    let (mut open, mut keepalive) = (Vec::new(), Vec::new());
    Open { asn: Asn(64501), hold_time: 90, router_id: PEER.into(), capabilities }.encode(&mut open);
    write_keepalive(&mut keepalive);
    [open, keepalive]
}

fn length(octets: usize) -> u8 {
    u8::try_from(octets).expect("a short seed")
}

/// A trace with these inputs, a second apart.
fn written(inputs: &[Vec<u8>]) -> Vec<u8> {
    let record = |kind: u8, fields: &[u8]| [&[0, 0, 0, length(fields.len() + 1), kind][..], fields].concat();
    let mut out = [b"BGPTRAC\x01".to_vec(), record(1, &[0; 25]), record(2, b"")].concat();
    for (second, input) in (0_u64..).zip(inputs) {
        let time = (second * 1_000_000_000).to_be_bytes();
        out.extend(record(3, &[&time[..], input].concat()));
    }
    out.extend(record(6, &[]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_traces() {
        for seed in seeds() {
            #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
            let began = Instant::now();
            let mut replay =
                Replay::new(&seed, began, |_: &[u8]| Ok::<_, Infallible>(configuration())).unwrap();
            let ending = loop {
                match replay.step(&mut |_| {}).unwrap() {
                    None | Some(Ending::Parted(_)) => {}
                    Some(ending) => break ending,
                }
            };
            assert_eq!(ending, Ending::Complete);
            let learnt = replay.engine().peers().count();
            assert_eq!(learnt, 1);
        }
    }
}
