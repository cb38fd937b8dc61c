//! Micro-BFD (RFC 7130): a session for each member link, and what they make of the group.
use crate::netns::Namespaces;
use crate::side::{INTERVAL, MULT, PATIENCE, Side, down, loopback, now};
use bfd::{
    Control, Discard, Event, Lag, Packet, PathKind, SessionId, SessionParams, Snapshot, State, Timing,
};
use socket2::SockRef;
use std::io::ErrorKind;
use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

const MEMBERS: [&str; 2] = ["eth0", "eth1"];

/// One end of the group: its driver, and its members by their sessions.
struct End {
    side: Side,
    sessions: [SessionId; 2],
    lag: Lag<SessionId>,
}

fn member(local: IpAddr, peer: IpAddr, interface: &str) -> SessionParams {
    let timing = Timing::new(INTERVAL, MULT);
    let interface = Some(interface.to_owned());
    SessionParams { interface, timing, ..SessionParams::over(PathKind::LagMember, local, peer) }
}

impl End {
    fn start(net: &Namespaces, number: usize, local: IpAddr, peer: IpAddr) -> Self {
        let side = net.within(number, || Side::start((local, 0).into()));
        let sessions = MEMBERS.map(|name| side.driver.add(member(local, peer, name)).unwrap());
        let mut lag = Lag::new(2.try_into().unwrap());
        sessions.into_iter().for_each(|session| lag.insert(session));
        Self { side, sessions, lag }
    }

    /// Listens until the group is as wanted; the event that made it so.
    fn until(&mut self, up: bool) -> Event {
        let deadline = now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(now());
            let event = self.side.events.recv_timeout(left).unwrap();
            let change = self.lag.change(&event.session, &event.change());
            if change.is_some_and(|change| change.up == up) {
                return event;
            }
        }
    }
}

/// Two links whose ends are no members of a bond of the kernel's; the address of the group is on the loopback
/// interface.
fn cabled(test: &str) -> Option<Namespaces> {
    let net = Namespaces::new(test)?;
    MEMBERS.iter().for_each(|name| net.link(name));
    for side in 0..2 {
        net.ip(side, &format!("address add 192.0.2.{}/32 dev lo", side + 1));
        // A member has no route back to whoever sends on it.
        net.within(side, || {
            for name in ["all", "default", "eth0", "eth1"] {
                std::fs::write(format!("/proc/sys/net/ipv4/conf/{name}/rp_filter"), "0").unwrap();
            }
        });
    }
    Some(net)
}

#[test]
fn each_member_has_its_own_session_and_the_group_its_minimum_of_links() {
    let Some(net) = cabled("each_member_has_its_own_session_and_the_group_its_minimum_of_links") else {
        return;
    };
    let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
    let (mut a, mut b) = (End::start(&net, 0, a, b), End::start(&net, 1, b, a));
    for end in [&mut a, &mut b] {
        end.until(true);
        assert!(end.lag.is_up() && end.lag.usable().eq(&end.sessions));
    }
    let snapshot = a.side.driver.snapshot(a.sessions[1]).unwrap();
    assert_eq!((snapshot.path, snapshot.interface.as_deref()), (PathKind::LagMember, Some("eth1")));
    assert_eq!((snapshot.local.port(), snapshot.peer.port()), (6784, 6784));

    net.ip(1, "link set eth1 down");
    for end in [&mut a, &mut b] {
        let event = end.until(false);
        assert_eq!((event.session, event.is_failure()), (end.sessions[1], true));
        assert!(end.lag.usable().eq(&end.sessions[..1]), "the other member carries the traffic");
        assert_eq!(end.side.driver.snapshot(end.sessions[0]).unwrap().state, State::Up);
    }
    net.ip(1, "link set eth1 up");
    a.until(true);
    b.until(true);
}

/// Section 2.3: the first packets go to a MAC address of their own, since the peer's is not known.
#[test]
fn packets_to_the_mac_address_of_micro_bfd_are_taken() {
    let Some(net) = cabled("packets_to_the_mac_address_of_micro_bfd_are_taken") else { return };
    for (side, peer) in [(0, "192.0.2.2"), (1, "192.0.2.1")] {
        for name in MEMBERS {
            net.ip(side, &format!("maddress add 01:00:5e:90:00:01 dev {name}"));
            net.ip(side, &format!("neighbour add {peer} lladdr 01:00:5e:90:00:01 dev {name} nud permanent"));
        }
    }
    let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
    let (mut a, mut b) = (End::start(&net, 0, a, b), End::start(&net, 1, b, a));
    a.until(true);
    b.until(true);
}

#[test]
fn a_packet_that_names_the_session_of_another_member_counts_for_neither() {
    let Some(net) = cabled("a_packet_that_names_the_session_of_another_member_counts_for_neither") else {
        return;
    };
    let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
    let end = End::start(&net, 0, a, b);
    let [first, second] = end.sessions.map(|session| end.side.driver.snapshot(session).unwrap());
    let peer = net.within(1, || UdpSocket::bind((b, 0)).unwrap());
    peer.set_ttl(255).unwrap();
    let down = Packet::parse(&down()).unwrap().control;
    let control = Control { your_discriminator: Some(first.discriminator), ..down };
    let device = SockRef::from(&peer);
    device.bind_device(Some(b"eth1")).unwrap();
    peer.send_to(&control.encode(), (a, 6784)).unwrap();
    let other = |s: &Snapshot| s.counters.discarded(Discard::OtherLink) == 1;
    let snapshot = end.side.snapshot_with(second.session, other);
    assert_eq!((snapshot.state, snapshot.counters.received), (State::Down, 0));
    assert_eq!(end.side.driver.snapshot(first.session).unwrap().counters.received, 0);
    device.bind_device(Some(b"eth0")).unwrap();
    peer.send_to(&control.encode(), (a, 6784)).unwrap();
    assert_eq!(end.side.wait_for(State::Init).session, first.session);
}

#[test]
fn a_member_needs_its_interface_and_has_no_echo_function() {
    let side = Side::start(loopback(88));
    let params = member(loopback(88).ip(), loopback(89).ip(), "lo");
    let without = SessionParams { interface: None, ..params.clone() };
    assert_eq!(side.driver.add(without).unwrap_err().kind(), ErrorKind::InvalidInput);
    let echo = bfd::EchoConfig { interval: Some(Duration::from_millis(50)), ..bfd::EchoConfig::default() };
    let echoing = SessionParams { echo, ..params };
    assert_eq!(side.driver.add(echoing).unwrap_err().kind(), ErrorKind::InvalidInput);
}
