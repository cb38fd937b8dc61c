//! Two speakers exchange routes on loopback, one records; its trace gives the same outputs again.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends where it fails"
)]

use bgp_policy::Policy;
use bgp_speaker::trace::{Configuration, Ending, Replay, ReplayError, TraceFault};
use bgp_speaker::{Event, LocalRoute, Net, PeerConfig, PeerId, PrefixLimits, Speaker, SpeakerConfig, What};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const PASSWORD: &str = "a password that nobody may read";

fn speaker(asn: u32, address: Ipv4Addr) -> SpeakerConfig {
    let mut config = SpeakerConfig::new(Asn(asn), address);
    (config.listen, config.tell_best) = (vec![(address, 0).into()], true);
    config
}

fn peer(asn: u32, address: Ipv4Addr, local: Ipv4Addr, port: u16) -> PeerConfig {
    let mut peer = PeerConfig::new(format!("AS{asn}"), address.into(), Asn(asn));
    (peer.port, peer.tcp.local_address) = (port, Some(IpAddr::V4(local)));
    (peer.import, peer.export) = (Some(Arc::new(Policy::accept_all())), Some(Arc::new(Policy::accept_all())));
    peer.connect_retry = Duration::from_millis(200);
    peer
}

fn route(prefix: &str) -> LocalRoute {
    let attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
    LocalRoute { prefix: prefix.parse().unwrap(), attrs }
}

async fn until(events: &mut mpsc::UnboundedReceiver<Event>, mut wanted: impl FnMut(&What) -> bool) {
    let found = async { while !wanted(&events.recv().await.expect("the speaker runs").what) {} };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("it happens");
}

/// A trace with routes both ways, a refresh, a drain, other limits, a retracted route and a stop, and what its
/// speaker was started with.
async fn recorded() -> (Vec<u8>, Configuration) {
    let (here, there) = (Ipv4Addr::new(127, 1, 7, 1), Ipv4Addr::new(127, 1, 7, 2));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace");
    let (tell, mut events) = mpsc::unbounded_channel();
    let config = speaker(64500, here);
    let file = std::fs::File::create(&path).unwrap();
    let a = Speaker::start_recording(config.clone(), file, b"first", move |e| _ = tell.send(e)).unwrap();
    let (tell, mut theirs) = mpsc::unbounded_channel();
    let b = Speaker::start(speaker(64501, there), move |e| _ = tell.send(e)).unwrap();
    let port = |speaker: &Speaker| speaker.listening().next().unwrap().port();
    let mut to_b = peer(64501, there, here, port(&b));
    to_b.tcp.password = Some(PASSWORD.to_owned());
    let mut to_a = peer(64500, here, there, port(&a));
    to_a.tcp.password.clone_from(&to_b.tcp.password);

    let routes = vec![route("198.51.100.0/25"), route("198.51.100.128/25")];
    for route in &routes {
        a.originate(route.clone()).await.unwrap();
    }
    for n in 0..200_u32 {
        let net = Ipv4Addr::from_bits(0xc612_0000 + (n << 4));
        b.originate(route(&format!("{net}/28"))).await.unwrap();
    }
    let id = a.add_peer(to_b.clone()).await.unwrap();
    b.add_peer(to_a).await.unwrap();
    until(&mut events, |what| matches!(what, What::EndOfRib(_))).await;
    let last: Net = "198.51.100.128/25".parse().unwrap();
    until(&mut theirs, |what| matches!(what, What::Best { net, reachable: true } if *net == last)).await;
    a.refresh(id).await.unwrap();
    a.drain(id, true).await.unwrap();
    let limits =
        PrefixLimits { warn_percent: 50, ipv4: std::num::NonZeroU32::new(3000), ..Default::default() };
    a.record_configuration(b"second".to_vec()).await.unwrap();
    a.set_prefix_limits(id, limits).await.unwrap();
    a.retract(last.prefix()).await.unwrap();
    until(&mut theirs, |what| matches!(what, What::Best { net, reachable: false } if *net == last)).await;
    a.stop("maintenance").await;
    b.stop("maintenance").await;
    let configuration = Configuration { speaker: config, peers: vec![to_b], dynamic: vec![], routes };
    (std::fs::read(path).unwrap(), configuration)
}

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn began() -> Instant {
    Instant::now()
}

/// What becomes of a trace, how many inputs it took, and what its engine has then.
fn replayed(
    trace: &[u8],
    first: &Configuration,
) -> (Result<Ending, ReplayError<String>>, u64, Option<usize>) {
    let configure = |text: &[u8]| {
        let mut configuration = first.clone();
        if text == b"second" {
            configuration.peers[0].max_prefixes = PrefixLimits {
                warn_percent: 50,
                ipv4: std::num::NonZeroU32::new(3000),
                ..Default::default()
            };
        }
        if text.starts_with(b"not good") { Err("not good".to_owned()) } else { Ok(configuration) }
    };
    let mut replay = match Replay::new(trace, began(), configure) {
        Ok(replay) => replay,
        Err(error) => return (Err(error), 0, None),
    };
    let ending = replay.run(&mut |_| {});
    let accepted = replay.engine().peer_status(PeerId(0)).map(|status| status.counts.accepted);
    (ending, replay.steps(), accepted)
}

#[tokio::test]
async fn a_trace_gives_the_same_outputs_again() {
    let (trace, configuration) = recorded().await;
    let (ending, steps, _) = replayed(&trace, &configuration);
    assert_eq!(ending, Ok(Ending::Complete), "after {steps} inputs");
    assert!(steps > 20, "{steps}");
    let secret = PASSWORD.as_bytes();
    assert!(!trace.windows(secret.len()).any(|octets| octets == secret), "the password is in the trace");

    // A speaker that is not the recorded one does something else, and it is said what.
    let mut other = configuration.clone();
    other.peers[0].hold_time = bgp_speaker::HoldTime::new(30).unwrap();
    let (Ok(Ending::Parted(parted)), ..) = replayed(&trace, &other) else { panic!("another hold time") };
    assert!(parted.recorded.as_ref().is_some_and(|output| output.contains("send on the")), "{parted}");
    assert!(parted.replayed.as_ref().is_some_and(|output| output.contains("send on the")), "{parted}");
    let (_, all, _) = replayed(&trace, &configuration);
    let mut policy = configuration.clone();
    policy.peers[0].export = None;
    let (Ok(Ending::Parted(parted)), steps, _) = replayed(&trace, &policy) else {
        panic!("no export policy")
    };
    assert!(steps > 5 && steps < all, "{steps}: {parted}");
    let mut without = configuration.clone();
    without.peers.clear();
    let (Err(ReplayError::Trace(error)), ..) = replayed(&trace, &without) else { panic!("no peer") };
    assert_eq!(error.fault, TraceFault::UnknownPeer);

    // What a crash leaves is the same as far as it goes.
    let step = trace.len() / 20;
    for len in (60..trace.len() - 5).step_by(step) {
        let (ending, ..) = replayed(&trace[..len], &configuration);
        assert!(matches!(ending, Ok(Ending::Cut { at }) if at <= len), "{len}: {ending:?}");
    }
    // Spoiled anywhere, it is read as far as it can be, without a panic.
    for at in (0..trace.len()).step_by(trace.len() / 80 + 1) {
        for octet in [0, 1, 0xff] {
            let mut spoiled = trace.clone();
            spoiled[at] = octet;
            let _any = replayed(&spoiled, &configuration);
        }
    }
}
