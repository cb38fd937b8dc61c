//! A live speaker's trace, replayed: the same outputs, and every invariant that holds of one speaker.
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use bgp_speaker::trace::{Configuration, Ending};
use bgp_speaker::{LocalRoute, PeerConfig, Speaker, SpeakerConfig};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use sim::{Side, chance, replay};
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// Has a live speaker exchange routes with another on loopback and record; its trace, and what it was started with.
async fn recorded() -> (Vec<u8>, Configuration) {
    let address = |last| Ipv4Addr::new(127, 1, 8, last);
    let speaker = |last: u8| {
        let mut config = SpeakerConfig::new(Asn(64500 + u32::from(last)), address(last));
        config.listen = vec![(address(last), 0).into()];
        config
    };
    let peer = |last: u8, local: u8, of: &Speaker| {
        let mut peer = PeerConfig::new("other", address(last).into(), Asn(64500 + u32::from(last)));
        peer.port = of.listening().next().unwrap().port();
        peer.tcp.local_address = Some(address(local).into());
        peer.connect_retry = Duration::from_millis(200);
        chance::open(Side::A, &mut peer);
        peer
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace");
    let file = std::fs::File::create(&path).unwrap();
    let config = speaker(1);
    let a = Speaker::start_recording(config.clone(), file, b"", |_| {}).unwrap();
    let b = Speaker::start(speaker(2), |_| {}).unwrap();
    let attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
    let route = |n| LocalRoute { prefix: chance::prefix(n), attrs: attrs.clone() };
    let routes: Vec<LocalRoute> = (0..16).map(route).collect();
    for route in &routes {
        a.originate(route.clone()).await.unwrap();
    }
    let (to_b, to_a) = (peer(2, 1, &b), peer(1, 2, &a));
    let id = a.add_peer(to_b.clone()).await.unwrap();
    b.add_peer(to_a).await.unwrap();
    has(&b, 16).await;
    for n in 16..32 {
        b.originate(route(n)).await.unwrap();
    }
    has(&a, 32).await;
    a.drain(id, true).await.unwrap();
    a.retract(chance::prefix(0)).await.unwrap();
    b.refresh(bgp_speaker::PeerId(0)).await.unwrap();
    has(&b, 31).await;
    b.stop("maintenance").await;
    has(&a, 15).await;
    a.stop("maintenance").await;
    let configuration = Configuration { speaker: config, peers: vec![to_b], dynamic: vec![], routes };
    (std::fs::read(path).unwrap(), configuration)
}

/// Waits until a speaker has so many routes; every question waits for the speaker, which paces it.
async fn has(speaker: &Speaker, routes: usize) {
    let found = async {
        while speaker.query(|engine| engine.routes().len()).await.unwrap() != routes {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.unwrap();
}

#[tokio::test]
async fn a_live_speakers_trace_replays_in_here() {
    let (trace, configuration) = recorded().await;
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    let began = Instant::now();
    let ended = replay(&trace, began, |_| Ok::<_, Infallible>(configuration.clone())).unwrap();
    assert_eq!(ended, (Ending::Complete, None));
}
