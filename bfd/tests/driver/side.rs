//! Drivers on loopback addresses, and a peer that sends what the test wants.
use bfd::{
    Control, Diag, Driver, DriverConfig, Event, Packet, SessionId, SessionParams, Snapshot, State, Timing,
};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::num::{NonZeroU8, NonZeroU32};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const INTERVAL: Duration = Duration::from_millis(100);
pub(crate) const MULT: NonZeroU8 = NonZeroU8::new(3).unwrap();

#[expect(clippy::disallowed_methods, reason = "the driver runs on the real clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn loopback(last: u8) -> SocketAddr {
    (Ipv4Addr::new(127, 0, 0, last), 0).into()
}

/// A driver, the address it listens on, and what it told.
pub(crate) struct Side {
    pub(crate) driver: Driver,
    pub(crate) local: SocketAddr,
    pub(crate) events: Receiver<Event>,
}

impl Side {
    pub(crate) fn start(local: SocketAddr) -> Self {
        let (sender, events) = channel();
        let driver = Driver::start(DriverConfig::new(move |event| {
            let _after_the_test = sender.send(event);
        }))
        .unwrap();
        let local = driver.bind(local).unwrap();
        Self { driver, local, events }
    }

    pub(crate) fn params(&self, peer: SocketAddr) -> SessionParams {
        let timing = Timing::new(INTERVAL, MULT);
        SessionParams { local: self.local, peer, timing, ..SessionParams::new(self.local.ip(), peer.ip()) }
    }

    pub(crate) fn add(&self, peer: SocketAddr) -> SessionId {
        self.driver.add(self.params(peer)).unwrap()
    }

    pub(crate) fn wait_for(&self, state: State) -> Event {
        let deadline = now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(now());
            let event = self.events.recv_timeout(left).unwrap_or_else(|_| panic!("never {state}"));
            if event.to == state {
                return event;
            }
        }
    }

    /// Asks until the snapshot is as wanted.
    pub(crate) fn snapshot_with(&self, session: SessionId, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let deadline = now() + PATIENCE;
        loop {
            let snapshot = self.driver.snapshot(session).unwrap();
            if wanted(&snapshot) {
                return snapshot;
            }
            assert!(now() < deadline, "{snapshot:?}");
            std::thread::yield_now();
        }
    }
}

/// Two drivers with a session that is Up on both sides, each with the other's timers and Final.
pub(crate) struct Two {
    pub(crate) a: Side,
    pub(crate) b: Side,
    pub(crate) session_a: SessionId,
    pub(crate) session_b: SessionId,
}

pub(crate) fn up(local_a: SocketAddr, local_b: SocketAddr) -> Two {
    up_with(local_a, local_b, |params| params)
}

/// Likewise, with parameters changed by `edit`.
pub(crate) fn up_with(
    local_a: SocketAddr,
    local_b: SocketAddr,
    edit: impl Fn(SessionParams) -> SessionParams,
) -> Two {
    let (a, b) = (Side::start(local_a), Side::start(local_b));
    let session_a = a.driver.add(edit(a.params(b.local))).unwrap();
    let session_b = b.driver.add(edit(b.params(a.local))).unwrap();
    a.wait_for(State::Up);
    b.wait_for(State::Up);
    let agreed = |s: &Snapshot| s.detection_time == Some(INTERVAL * 3) && s.remote.is_some_and(|r| !r.poll);
    a.snapshot_with(session_a, agreed);
    b.snapshot_with(session_b, agreed);
    Two { a, b, session_a, session_b }
}

/// A Down packet from the configured peer.
pub(crate) fn down() -> [u8; Control::LEN] {
    Control {
        diag: Diag::NONE,
        state: State::Down,
        poll: false,
        final_: false,
        control_plane_independent: false,
        demand: false,
        detect_mult: MULT,
        my_discriminator: NonZeroU32::MIN,
        your_discriminator: None,
        desired_min_tx: Duration::from_secs(1),
        required_min_rx: Duration::from_secs(1),
        required_min_echo_rx: Duration::ZERO,
    }
    .encode()
}

/// A peer that sends what the test wants and nothing else.
pub(crate) struct Peer {
    pub(crate) socket: UdpSocket,
    pub(crate) session: SessionId,
    pub(crate) control: Control,
}

impl Peer {
    pub(crate) fn of(side: &Side, local: SocketAddr) -> Self {
        Self::with(side, local, |params| params)
    }

    /// Of a session with parameters changed by `edit`.
    pub(crate) fn with(
        side: &Side,
        local: SocketAddr,
        edit: impl FnOnce(SessionParams) -> SessionParams,
    ) -> Self {
        let socket = UdpSocket::bind(local).unwrap();
        socket.set_ttl(255).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let session = side.driver.add(edit(side.params(socket.local_addr().unwrap()))).unwrap();
        let your = side.driver.snapshot(session).unwrap().discriminator;
        let down = Packet::parse(&down()).unwrap().control;
        let control = Control {
            your_discriminator: Some(your),
            desired_min_tx: INTERVAL,
            required_min_rx: INTERVAL,
            ..down
        };
        Self { socket, session, control }
    }

    /// A packet that differs from every other in one of its intervals, which is larger than the driver's.
    pub(crate) fn send(&mut self, to: &Side, state: State, poll: bool) {
        self.control.state = state;
        self.control.poll = poll;
        self.control.required_min_rx += Duration::from_micros(1);
        self.socket.send_to(&self.control.encode(), to.local).unwrap();
    }

    pub(crate) fn receive(&self) -> Control {
        let mut payload = [0; 64];
        let (length, _) = self.socket.recv_from(&mut payload).unwrap();
        Packet::parse(payload.get(..length).unwrap()).unwrap().control
    }
}
