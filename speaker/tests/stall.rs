//! A speaker that was kept from its work does not take its own delay for a peer's silence.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it fails")]
#![expect(clippy::disallowed_methods, reason = "the stall is the test")]

use bgp_speaker::{Down, Event, HoldTime, PeerConfig, Speaker, SpeakerConfig, State, What};
use bgp_wire::{Asn, Open, write_keepalive};
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc;

const OURS: Ipv4Addr = Ipv4Addr::new(127, 1, 30, 1);
const THEIRS: Ipv4Addr = Ipv4Addr::new(127, 1, 30, 2);
const HOLD_TIME: u16 = 3;

/// A peer that says its OPEN and a KEEPALIVE.
fn connect(speaker: &Speaker) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from((THEIRS, 0)).into()).unwrap();
    socket.connect(&speaker.listening().next().unwrap().into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let mut said = Vec::new();
    Open { hold_time: HOLD_TIME, ..Open::new(Asn(64501), THEIRS) }.encode(&mut said);
    write_keepalive(&mut said);
    stream.write_all(&said).unwrap();
    stream
}

async fn until(events: &mut mpsc::UnboundedReceiver<Event>, mut wanted: impl FnMut(&What) -> bool) -> What {
    let found = async {
        loop {
            let event = events.recv().await.expect("the speaker runs");
            if wanted(&event.what) {
                return event.what;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("it happens")
}

/// All tasks are on one thread, so that what the peer sends during the stall waits in the kernel, where no reader has seen it.
#[tokio::test]
async fn what_waits_in_the_socket_is_no_silence() {
    let (tell, mut events) = mpsc::unbounded_channel();
    let config = SpeakerConfig { listen: vec![(OURS, 0).into()], ..SpeakerConfig::new(Asn(64500), OURS) };
    let speaker = Speaker::start(config, move |event| _ = tell.send(event)).unwrap();
    let mut peer = PeerConfig::new("peer", THEIRS.into(), Asn(64501));
    (peer.passive, peer.hold_time) = (true, HoldTime::new(HOLD_TIME).unwrap());
    let id = speaker.add_peer(peer).await.unwrap();
    let stream = connect(&speaker);
    until(&mut events, |what| matches!(what, What::Session { to: State::Established, .. })).await;

    let mut writer = stream.try_clone().unwrap();
    let stall = speaker.query(move |_| {
        let mut keepalive = Vec::new();
        write_keepalive(&mut keepalive);
        writer.write_all(&keepalive).unwrap();
        thread::sleep(Duration::from_secs(HOLD_TIME.into()) + Duration::from_millis(300));
    });
    stall.await.unwrap();
    // It is heard, and the session goes on.
    loop {
        let status = speaker.query(move |engine| engine.peer_status(id).unwrap()).await.unwrap();
        assert_eq!(status.state, State::Established);
        if status.counters.received.keepalive == 2 {
            break;
        }
        tokio::task::yield_now().await;
    }

    // Silence is silence.
    let down = until(&mut events, |what| matches!(what, What::Down(_))).await;
    assert!(matches!(down, What::Down(Down::HoldExpired)), "{down:?}");
    drop(stream);
}
