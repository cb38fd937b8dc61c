//! Seamless BFD (RFC 7880, RFC 7881).
use crate::side::{INTERVAL, MULT, PATIENCE, Side, down, loopback, now};
use bfd::{
    Cause, Control, Diag, Discard, Event, InitiatorParams, InitiatorSnapshot, Packet, RecordedPacket,
    Reflected, SBFD_PORT, SessionId, State, Timing,
};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::num::NonZeroU32;
use std::time::Duration;

const NAME: NonZeroU32 = NonZeroU32::new(0xc000_0202).unwrap();
const SERVED: Reflected = Reflected { in_service: true, required_min_rx: Duration::from_millis(10) };

/// A driver that reflects for `NAME` on a port the kernel chose.
fn reflector(local: SocketAddr) -> (Side, SocketAddr) {
    let side = Side::start(local);
    let bound = side.driver.open_reflector((side.local.ip(), 0).into(), None, 10_000).unwrap();
    side.driver.set_reflected(bound, NAME, Some(SERVED)).unwrap();
    (side, bound)
}

fn params(local: IpAddr, reflector: SocketAddr) -> InitiatorParams {
    InitiatorParams {
        reflector,
        desired_min_tx: INTERVAL,
        detect_mult: MULT,
        ..InitiatorParams::new(local, reflector.ip(), NAME)
    }
}

/// Asks until the snapshot is as wanted.
fn snapshot_with(
    side: &Side,
    session: SessionId,
    wanted: impl Fn(&InitiatorSnapshot) -> bool,
) -> InitiatorSnapshot {
    let deadline = now() + PATIENCE;
    loop {
        let snapshot = side.driver.initiator(session).unwrap();
        if wanted(&snapshot) {
            return snapshot;
        }
        assert!(now() < deadline, "{snapshot:?}");
        std::thread::yield_now();
    }
}

#[test]
fn two_drivers_come_up_on_one_exchange() {
    for (near, far) in
        [(loopback(110), loopback(111)), ("[::1]:0".parse().unwrap(), "[::1]:0".parse().unwrap())]
    {
        let (far, bound) = reflector(far);
        let near = Side::start(near);
        let session = near.driver.initiate(params(near.local.ip(), bound)).unwrap();
        let event = near.wait_for(State::Up);
        assert_eq!((event.session, event.peer, event.from), (session, bound, State::Down));
        let snapshot = near.driver.initiator(session).unwrap();
        assert_eq!(snapshot.transmit_interval, Some(INTERVAL));
        assert_eq!(snapshot.detection_time, Some(INTERVAL * 3));
        assert_eq!((snapshot.config.reflector, snapshot.remote.unwrap().my_discriminator), (NAME, NAME));
        assert!(snapshot.local.port() >= 49152);
        let snapshot = snapshot_with(&near, session, |s| s.counters.received >= 5);
        assert_eq!((snapshot.state, snapshot.send_failures), (State::Up, 0));
        assert!(far.driver.totals().sent >= 5 && far.events.try_recv().is_err(), "it keeps no session");
        assert_eq!(near.driver.initiators().len(), 1);
        near.driver.remove(session).unwrap();
        assert_eq!(near.driver.initiator(session), None);
        assert_eq!(near.driver.remove(session).unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[test]
fn what_becomes_of_the_reflector_is_found() {
    let (far, bound) = reflector(loopback(112));
    let near = Side::start(loopback(113));
    let session = near.driver.initiate(params(near.local.ip(), bound)).unwrap();
    let down = |side: &Side| -> (Diag, bool) {
        let event: Event = side.wait_for(State::Down);
        (event.diag, event.is_failure())
    };
    near.wait_for(State::Up);
    far.driver.set_reflected(bound, NAME, Some(Reflected { in_service: false, ..SERVED })).unwrap();
    assert_eq!(down(&near), (Diag::NEIGHBOR_SIGNALED_DOWN, false));
    far.driver.set_reflected(bound, NAME, Some(SERVED)).unwrap();
    near.wait_for(State::Up);
    far.driver.set_reflected(bound, NAME, None).unwrap();
    assert_eq!(down(&near), (Diag::DETECTION_TIME_EXPIRED, true));
    far.driver.set_reflected(bound, NAME, Some(SERVED)).unwrap();
    near.wait_for(State::Up);
    far.driver.close_reflector(bound).unwrap();
    assert_eq!(down(&near), (Diag::DETECTION_TIME_EXPIRED, true));
    assert_eq!(far.driver.open_reflector(bound, None, 10_000).unwrap(), bound);
    far.driver.set_reflected(bound, NAME, Some(SERVED)).unwrap();
    near.wait_for(State::Up);

    let slower = Timing::new(INTERVAL * 2, MULT);
    near.driver.reconfigure(session, slower).unwrap();
    snapshot_with(&near, session, |s| s.transmit_interval == Some(INTERVAL * 2));
    near.driver.admin_down(session, true).unwrap();
    near.wait_for(State::AdminDown);
    near.driver.admin_down(session, false).unwrap();
    near.wait_for(State::Up);
}

/// The recorder of an initiator has its packets and the answers, and why it went Down.
#[test]
fn an_initiator_is_recorded() {
    let (far, bound) = reflector(loopback(122));
    let near = Side::start(loopback(123));
    let session = near.driver.initiate(params(near.local.ip(), bound)).unwrap();
    near.wait_for(State::Up);
    snapshot_with(&near, session, |s| s.counters.received >= 5);
    let recording = near.driver.recording(session).unwrap();
    let (sent, received): (Vec<&RecordedPacket>, Vec<_>) =
        recording.packets.iter().partition(|packet: &&RecordedPacket| packet.sent);
    assert!(sent.len() >= 5 && received.len() >= 4, "{recording:?}");
    assert!(sent.iter().all(|packet| packet.demand) && received.iter().all(|packet| !packet.demand));
    assert!(recording.received.margin.is_some() && recording.sent.margin.is_none(), "{recording:?}");
    let causes: Vec<Cause> = [Some(Reflected { in_service: false, ..SERVED }), None]
        .map(|reflected| {
            far.driver.set_reflected(bound, NAME, reflected).unwrap();
            let cause = near.wait_for(State::Down).cause.unwrap();
            far.driver.set_reflected(bound, NAME, Some(SERVED)).unwrap();
            near.wait_for(State::Up);
            cause
        })
        .into();
    let recording = near.driver.recording(session).unwrap();
    assert_eq!(recording.downs.iter().map(|down| down.cause).collect::<Vec<_>>(), causes);
    assert_eq!(causes.first(), Some(&Cause::PeerSaidSo));
    near.driver.remove(session).unwrap();
    assert!(near.driver.recording(session).is_none());
}

/// (from which port, what is asked, why there is no answer)
#[test]
fn what_a_reflector_does_not_answer() {
    let asked =
        Control { your_discriminator: Some(NAME), demand: true, ..Packet::parse(&down()).unwrap().control };
    for (last, port, control, reason) in [
        (114, 0, Control { demand: false, ..asked }, Discard::Sbfd),
        (116, SBFD_PORT, asked, Discard::Sbfd),
        (118, 0, Control { your_discriminator: None, ..asked }, Discard::UnknownDiscriminator),
    ] {
        let (far, bound) = reflector(loopback(last));
        let socket = UdpSocket::bind((loopback(last + 1).ip(), port)).unwrap();
        socket.send_to(&control.encode(), bound).unwrap();
        let deadline = now() + PATIENCE;
        while far.driver.totals().discarded(reason) == 0 {
            assert!(now() < deadline, "{reason}");
            std::thread::yield_now();
        }
        assert_eq!(far.driver.totals().sent, 0, "{reason}");
    }
}

#[test]
fn parameters_that_cannot_work_are_refused() {
    let (side, bound) = reflector(loopback(120));
    let good = params(side.local.ip(), bound);
    for wrong in [
        InitiatorParams { local: "::1".parse().unwrap(), ..good.clone() },
        InitiatorParams { reflector: (bound.ip(), 0).into(), ..good.clone() },
        InitiatorParams { reflector: "224.0.0.1:7784".parse().unwrap(), ..good.clone() },
        InitiatorParams { desired_min_tx: Duration::from_micros(99), ..good },
    ] {
        assert_eq!(side.driver.initiate(wrong).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    let anywhere = side.driver.open_reflector("0.0.0.0:0".parse().unwrap(), None, 1);
    assert_eq!(anywhere.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(side.driver.close_reflector(side.local).unwrap_err().kind(), ErrorKind::NotFound);
    let gone = side.driver.set_reflected(bound, NonZeroU32::MIN, None);
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
}
