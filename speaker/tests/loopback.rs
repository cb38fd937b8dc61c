//! Speakers with real sockets on loopback, ports chosen by the kernel.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it fails")]

use bgp_policy::Policy;
use bgp_speaker::{
    BfdConfig, Event, HoldTime, LocalRoute, Net, PeerConfig, PeerId, Speaker, SpeakerConfig, State, What,
};
use bgp_wire::{Asn, AttributeSet, NextHop, NotificationCode, Origin};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A speaker and what it tells.
struct End {
    speaker: Speaker,
    events: mpsc::UnboundedReceiver<Event>,
    address: IpAddr,
    asn: Asn,
}

impl End {
    fn start(asn: u32, address: [u8; 4]) -> Self {
        let mut config = SpeakerConfig::new(Asn(asn), address.into());
        config.listen = vec![(Ipv4Addr::from(address), 0).into()];
        config.tell_best = true;
        let (tell, events) = mpsc::unbounded_channel();
        let speaker = Speaker::start(config, move |event| _ = tell.send(event)).unwrap();
        Self { speaker, events, address: Ipv4Addr::from(address).into(), asn: Asn(asn) }
    }

    /// This end as the other's peer.
    fn as_peer(&self, local: &Self) -> PeerConfig {
        let mut peer = PeerConfig::new(format!("AS{}", self.asn), self.address, self.asn);
        peer.port = self.speaker.listening().next().unwrap().port();
        peer.tcp.local_address = Some(local.address);
        peer.import = Some(Arc::new(Policy::accept_all()));
        peer.export = Some(Arc::new(Policy::accept_all()));
        peer.connect_retry = Duration::from_millis(200);
        peer.idle_hold = Duration::from_millis(50);
        peer
    }

    async fn until(&mut self, mut wanted: impl FnMut(&What) -> bool) -> Event {
        let found = async {
            loop {
                let event = self.events.recv().await.expect("the speaker runs");
                if wanted(&event.what) {
                    return event;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.expect("it happens")
    }

    async fn established(&mut self) {
        self.until(|what| matches!(what, What::Session { to: State::Established, .. })).await;
    }

    async fn has_route(&mut self, net: Net) {
        self.until(|what| matches!(what, What::Best { net: n, reachable: true } if *n == net)).await;
    }
}

fn route(prefix: &str) -> LocalRoute {
    let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
    attrs.communities = vec!["8075:8007".parse().unwrap()];
    attrs.med = Some(7);
    LocalRoute { prefix: prefix.parse().unwrap(), attrs }
}

#[tokio::test]
async fn routes_cross_an_external_session_with_their_attributes() {
    let (mut a, mut b) = (End::start(64500, [127, 1, 0, 1]), End::start(64501, [127, 1, 0, 2]));
    let (to_b, to_a) = (b.as_peer(&a), a.as_peer(&b));
    a.speaker.originate(route("198.51.100.0/24")).await.unwrap();
    a.speaker.add_peer(to_b).await.unwrap();
    let at_b = b.speaker.add_peer(to_a).await.unwrap();
    a.established().await;
    let net: Net = "198.51.100.0/24".parse().unwrap();
    b.has_route(net).await;
    let best = b.speaker.query(move |engine| engine.best(net)).await.unwrap().unwrap();
    assert_eq!(best.peer, at_b);
    assert_eq!(best.attrs.as_path.to_string(), "64500");
    assert_eq!(best.attrs.next_hop.addr(), a.address);
    assert_eq!(best.attrs.med, Some(7));
    assert_eq!(best.attrs.communities, [bgp_wire::Community::new(8075, 8007)]);

    a.speaker.retract(net.prefix()).await.unwrap();
    b.until(|what| matches!(what, What::Best { net: n, reachable: false } if *n == net)).await;

    a.speaker.stop("maintenance").await;
    let down = b.until(|what| matches!(what, What::Down(_))).await;
    let What::Down(bgp_speaker::Down::Received { code, text }) = down.what else { panic!("{down:?}") };
    assert_eq!((code, text.as_deref()), (NotificationCode::ADMINISTRATIVE_SHUTDOWN, Some("maintenance")));
}

#[tokio::test]
async fn without_a_policy_nothing_crosses() {
    let (mut a, mut b) = (End::start(64500, [127, 1, 1, 1]), End::start(64501, [127, 1, 1, 2]));
    let (mut to_b, to_a) = (b.as_peer(&a), a.as_peer(&b));
    to_b.export = None;
    a.speaker.originate(route("198.51.100.0/24")).await.unwrap();
    let peer = a.speaker.add_peer(to_b).await.unwrap();
    b.speaker.add_peer(to_a).await.unwrap();
    a.established().await;
    b.until(|what| matches!(what, What::EndOfRib(_))).await;
    assert_eq!(b.speaker.query(|engine| engine.routes().len()).await.unwrap(), 0);
    let net: Net = "198.51.100.0/24".parse().unwrap();
    let why = a.speaker.query(move |engine| engine.export_of(net, peer)).await.unwrap().unwrap().unwrap_err();
    assert!(why.contains("RFC 8212"), "{why}");
}

#[tokio::test]
async fn a_full_feed_arrives_whole_and_leaves_when_the_session_does() {
    let (mut a, mut b) = (End::start(64500, [127, 1, 2, 1]), End::start(64501, [127, 1, 2, 2]));
    let (to_b, to_a) = (b.as_peer(&a), a.as_peer(&b));
    for n in 0..5000u32 {
        let prefix = Ipv4Addr::from_bits(0xc612_0000 + (n << 4));
        let mut local = route(&format!("{prefix}/28"));
        local.attrs.med = Some(n / 50);
        a.speaker.originate(local).await.unwrap();
    }
    a.speaker.add_peer(to_b).await.unwrap();
    b.speaker.add_peer(to_a).await.unwrap();
    b.until(|what| matches!(what, What::EndOfRib(_))).await;
    let counted = b.speaker.query(|engine| engine.status()[0].counts.accepted).await.unwrap();
    assert_eq!(counted, 5000);
    a.established().await;
    a.speaker.stop("").await;
    b.until(|what| matches!(what, What::Down(_))).await;
    assert_eq!(b.speaker.query(|engine| engine.routes().len()).await.unwrap(), 0);
}

/// Both ends' BFD on ports that the kernel chose.
async fn guarded(a: &End, b: &End, strict: bool) -> (PeerConfig, PeerConfig) {
    let bind = |end: &End| SocketAddr::new(end.address, 0);
    let at_a = a.speaker.bind_bfd(bind(a)).await.unwrap();
    let at_b = b.speaker.bind_bfd(bind(b)).await.unwrap();
    let timing = bfd::Timing::new(Duration::from_millis(20), NonZeroU8::new(3).unwrap());
    let (mut to_b, mut to_a) = (b.as_peer(a), a.as_peer(b));
    let session = |local: SocketAddr, peer: SocketAddr| {
        let standard = bfd::SessionParams::new(local.ip(), peer.ip());
        BfdConfig {
            session: bfd::SessionParams { local, peer, timing, ..standard },
            strict,
            negotiated: None,
        }
    };
    to_b.bfd = Some(session(at_a, at_b));
    to_a.bfd = Some(session(at_b, at_a));
    (to_b, to_a)
}

#[tokio::test]
async fn a_cut_bfd_session_ends_the_bgp_session() {
    let (mut a, mut b) = (End::start(64500, [127, 1, 3, 1]), End::start(64501, [127, 1, 3, 2]));
    let (to_b, to_a) = guarded(&a, &b, true).await;
    let peer: PeerId = a.speaker.add_peer(to_b).await.unwrap();
    b.speaker.add_peer(to_a).await.unwrap();
    let up = a.until(|what| matches!(what, What::Bfd(change) if change.to == bfd::State::Up)).await;
    let established = a.until(|what| matches!(what, What::Up(_))).await;
    assert!(up.at <= established.at, "strict: BFD first");
    b.established().await;

    a.speaker.silence_bfd(peer, true).await.unwrap();
    let down = b.until(|what| matches!(what, What::Down(_))).await;
    // TCP is whole: whichever end detects first says so to the other.
    let (ours, code) = (bgp_speaker::Down::BfdDown, NotificationCode::BFD_DOWN);
    let theirs = bgp_speaker::Down::Received { code, text: None };
    assert!([What::Down(ours), What::Down(theirs)].contains(&down.what), "{down:?}");
}

#[tokio::test]
async fn a_password_guards_and_a_stranger_is_refused() {
    let (mut a, mut b) = (End::start(64500, [127, 1, 4, 1]), End::start(64501, [127, 1, 4, 2]));
    let (mut to_b, mut to_a) = (b.as_peer(&a), a.as_peer(&b));
    to_b.tcp.password = Some("between us".into());
    to_a.tcp.password = Some("between us".into());
    to_b.tcp.ttl_security = NonZeroU8::new(1);
    to_a.tcp.ttl_security = NonZeroU8::new(1);
    to_b.hold_time = HoldTime::new(3).unwrap();
    a.speaker.add_peer(to_b).await.unwrap();
    b.speaker.add_peer(to_a).await.unwrap();
    a.established().await;
    b.established().await;

    let mut stranger = End::start(64502, [127, 1, 4, 3]);
    let to_a = a.as_peer(&stranger);
    stranger.speaker.add_peer(to_a).await.unwrap();
    stranger.until(|what| matches!(what, What::Down(_))).await;
    assert!(a.speaker.refused().await.unwrap() > 0);
}

/// How many segments this machine has refused for their signature or for want of one.
fn refused() -> u64 {
    let table = std::fs::read_to_string("/proc/net/netstat").unwrap();
    let mut lines = table.lines().filter_map(|line| line.strip_prefix("TcpExt: "));
    let (names, counts) = (lines.next().unwrap().split(' '), lines.next().unwrap().split(' '));
    let of_md5 = names.zip(counts).filter(|(name, _)| name.starts_with("TCPMD5"));
    of_md5.map(|(_, count)| count.parse::<u64>().unwrap()).sum()
}

/// Waits for one more.
async fn refused_since(before: u64) {
    let more = async {
        while refused() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), more).await.expect("a segment is refused");
}

/// Each is said at one end, which takes the session down, and then at the other, which brings it back.
#[tokio::test]
async fn a_password_is_set_changed_and_taken_away_while_others_stay_up() {
    let mut a = End::start(64500, [127, 1, 7, 1]);
    let (mut b, mut c) = (End::start(64501, [127, 1, 7, 2]), End::start(64502, [127, 1, 7, 3]));
    let ([to_b, to_c], [from_b, from_c]) =
        ([&b, &c].map(|end| end.as_peer(&a)), [&b, &c].map(|end| a.as_peer(end)));
    let at_a = a.speaker.add_peer(to_b).await.unwrap();
    let at_b = b.speaker.add_peer(from_b).await.unwrap();
    let beside = a.speaker.add_peer(PeerConfig { passive: true, ..to_c }).await.unwrap();
    c.speaker.add_peer(from_c).await.unwrap();
    b.until(|what| matches!(what, What::Up(_))).await;
    c.until(|what| matches!(what, What::Up(_))).await;
    for _ in 0..2 {
        a.until(|what| matches!(what, What::Up(_))).await;
    }
    for password in [Some("first"), Some("second"), None] {
        let password = || password.map(str::to_owned);
        let before = refused();
        a.speaker.set_password(at_a, password()).await.unwrap();
        let down = b.until(|what| matches!(what, What::Down(_))).await.what;
        let why = bgp_speaker::Down::Received {
            code: NotificationCode::ADMINISTRATIVE_RESET,
            text: Some("another password".into()),
        };
        assert_eq!(down, What::Down(why));
        refused_since(before).await;
        let is_up = |end: &mut End| {
            std::iter::from_fn(|| end.events.try_recv().ok()).any(|event| matches!(event.what, What::Up(_)))
        };
        assert!(!is_up(&mut a) && !is_up(&mut b), "{:?}, and not at the other end", password());
        b.speaker.set_password(at_b, password()).await.unwrap();
        b.until(|what| matches!(what, What::Up(_))).await;
        a.until(|what| matches!(what, What::Up(_))).await;
        // The one that it has.
        b.speaker.set_password(at_b, password()).await.unwrap();
    }
    let beside = a.speaker.query(move |engine| engine.peer_status(beside)).await.unwrap().unwrap();
    assert_eq!((beside.state, beside.last_down), (State::Established, None));
    while let Ok(event) = c.events.try_recv() {
        assert!(matches!(event.what, What::EndOfRib(_)), "{event:?}");
    }
}

#[tokio::test]
async fn the_password_of_a_prefix_changes_for_who_is_there_and_who_comes() {
    let hub = End::start(64500, [127, 1, 8, 1]);
    let mut leaves: Vec<End> = (2..4).map(|host| End::start(64501, [127, 1, 8, host])).collect();
    let mut template = PeerConfig::new("leaf", hub.address, Asn(64501));
    template.tcp.password = Some("before".into());
    let prefix = "127.1.8.0/24".parse().unwrap();
    hub.speaker.accept_dynamic(bgp_speaker::DynamicPeers { prefix, limit: 2, template }).await.unwrap();
    let mut to_hub = hub.as_peer(&leaves[0]);
    to_hub.tcp.password = Some("before".into());
    let at_leaf = leaves[0].speaker.add_peer(to_hub).await.unwrap();
    leaves[0].established().await;
    hub.speaker.set_dynamic_password(prefix, "leaf", Some("after".into())).await.unwrap();
    leaves[0].until(|what| matches!(what, What::Down(_))).await;
    let mut to_hub = hub.as_peer(&leaves[1]);
    to_hub.tcp.password = Some("after".into());
    leaves[1].speaker.add_peer(to_hub).await.unwrap();
    leaves[1].established().await;
    leaves[0].speaker.set_password(at_leaf, Some("after".into())).await.unwrap();
    leaves[0].established().await;
}

#[tokio::test]
async fn whoever_connects_from_a_prefix_is_a_peer_up_to_a_limit() {
    let hub = End::start(64500, [127, 1, 5, 1]);
    let mut leaves: Vec<End> = (2..5).map(|host| End::start(64501, [127, 1, 5, host])).collect();
    let mut template = PeerConfig::new("leaf", hub.address, Asn(64501));
    template.import = Some(Arc::new(Policy::accept_all()));
    template.tcp.password = Some("of all leaves".into());
    let prefix = "127.1.5.0/24".parse().unwrap();
    let peers = bgp_speaker::DynamicPeers { prefix, limit: 2, template };
    hub.speaker.accept_dynamic(peers).await.unwrap();
    for leaf in &mut leaves[..2] {
        let mut to_hub = hub.as_peer(leaf);
        to_hub.tcp.password = Some("of all leaves".into());
        leaf.speaker.add_peer(to_hub).await.unwrap();
        leaf.established().await;
    }
    let names = || hub.speaker.query(|e| e.status().into_iter().map(|p| p.config.name).collect::<Vec<_>>());
    assert_eq!(names().await.unwrap(), ["leaf 127.1.5.2", "leaf 127.1.5.3"]);
    let mut third = leaves.pop().unwrap();
    let mut to_hub = hub.as_peer(&third);
    to_hub.tcp.password = Some("of all leaves".into());
    third.speaker.add_peer(to_hub).await.unwrap();
    third.until(|what| matches!(what, What::Down(_))).await;
    assert!(hub.speaker.refused().await.unwrap() > 0, "no more than two");
    // One that is gone makes room.
    leaves.remove(0).speaker.stop("").await;
    third.established().await;
    assert_eq!(names().await.unwrap(), ["leaf 127.1.5.4", "leaf 127.1.5.3"]);
}

/// (who is added beside the peer that comes, whether a speaker that has restarted still waits when that one is up)
#[tokio::test]
async fn peers_that_are_added_together_are_waited_for_together() {
    for (number, absent, waits) in [(1, false, false), (2, true, true)] {
        let mut config = SpeakerConfig::new(Asn(64500), Ipv4Addr::new(127, 1, 8, number));
        config.listen = vec![(config.router_id, 0).into()];
        config.restarted = Some(Duration::from_hours(1));
        let (tell, events) = mpsc::unbounded_channel();
        let address = config.router_id.into();
        let speaker = Speaker::start(config, move |event| _ = tell.send(event)).unwrap();
        let mut hub = End { speaker, events, address, asn: Asn(64500) };
        let leaf = End::start(64501, [127, 1, 8, 10 + number]);
        let mut peers = vec![leaf.as_peer(&hub)];
        let nowhere = PeerConfig::new("absent", Ipv4Addr::new(127, 1, 8, 20).into(), Asn(64502));
        peers.extend(absent.then_some(PeerConfig { passive: true, ..nowhere }));
        hub.speaker.add_peers(peers).await.unwrap();
        leaf.speaker.add_peer(hub.as_peer(&leaf)).await.unwrap();
        hub.established().await;
        assert_eq!(hub.speaker.query(bgp_speaker::Engine::is_restarting).await.unwrap(), waits, "{absent}");
    }
}

/// A speaker listens on several addresses, and each peer connects to the one that it knows it by.
#[tokio::test]
async fn each_peer_connects_to_an_address_of_several() {
    let ours: [Ipv4Addr; 2] = [[127, 1, 6, 1], [127, 1, 6, 2]].map(Into::into);
    let mut config = SpeakerConfig::new(Asn(64500), ours[0]);
    config.listen = ours.map(|address| (address, 0).into()).to_vec();
    let (tell, events) = mpsc::unbounded_channel();
    let speaker = Speaker::start(config, move |event| _ = tell.send(event)).unwrap();
    let mut a = End { speaker, events, address: ours[0].into(), asn: Asn(64500) };
    let ports: Vec<u16> = a.speaker.listening().map(|address| address.port()).collect();
    a.speaker.originate(route("198.51.100.0/24")).await.unwrap();
    let net: Net = "198.51.100.0/24".parse().unwrap();
    let peers =
        [(64501, [127, 1, 6, 3]), (64502, [127, 1, 6, 4])].map(|(asn, address)| End::start(asn, address));
    for ((mut end, address), port) in peers.into_iter().zip(ours).zip(ports) {
        let mut to_end = PeerConfig { passive: true, ..end.as_peer(&a) };
        to_end.tcp.local_address = Some(address.into());
        a.speaker.add_peer(to_end).await.unwrap();
        let to_a = PeerConfig { address: address.into(), port, ..a.as_peer(&end) };
        let at_end = end.speaker.add_peer(to_a).await.unwrap();
        a.established().await;
        end.has_route(net).await;
        let best = end.speaker.query(move |engine| engine.best(net)).await.unwrap().unwrap();
        assert_eq!((best.peer, best.attrs.next_hop.addr()), (at_end, address.into()));
    }
}
