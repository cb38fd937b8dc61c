//! One session against hand-made packets. Two sessions against each other: `tests/pair`.
use super::{Change, Input, Output, Session};
use crate::{Config, Control, Diag, Discard, EchoPacket, Packet, Role, State, Timing};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

mod demand;
mod echo;

const OURS: NonZeroU32 = NonZeroU32::new(0x0a0b_0c0d).unwrap();
const THEIRS: NonZeroU32 = NonZeroU32::new(7).unwrap();
const MULT: NonZeroU8 = NonZeroU8::new(3).unwrap();

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn epoch() -> Instant {
    Instant::now()
}

/// A session, the time, and everything it put out.
struct Bench {
    session: Session,
    now: Instant,
    sent: Vec<Control>,
    changes: Vec<Change>,
    echoes: Vec<EchoPacket>,
}

impl Bench {
    fn with_role(role: Role) -> Self {
        Self::with(Config { role, ..Config::new(OURS, Timing::new(ms(50), MULT)) })
    }

    fn with(config: Config) -> Self {
        let now = epoch();
        Self {
            session: Session::new(config, 1, now),
            now,
            sent: Vec::new(),
            changes: Vec::new(),
            echoes: Vec::new(),
        }
    }

    fn new() -> Self {
        Self::with_role(Role::Active)
    }

    fn handle(&mut self, input: Input<'_>) {
        let Self { sent, changes, echoes, .. } = self;
        self.session.handle(input, self.now, &mut |output| match output {
            Output::Transmit(outgoing) => sent.push(outgoing.control),
            Output::TransmitEcho(packet) => echoes.push(packet),
            Output::Changed(change) => changes.push(change),
        });
    }

    fn receive(&mut self, control: Control) {
        self.handle(Input::Packet(Packet::from(control)));
    }

    fn hear(&mut self, state: State) {
        self.receive(peer(state));
    }

    /// Goes to the next deadline.
    fn wait(&mut self) -> Duration {
        let at = self.session.poll_timeout().unwrap();
        let waited = at.saturating_duration_since(self.now);
        self.now = self.now.max(at);
        self.handle(Input::Timeout);
        waited
    }

    /// Runs for `time`, keeping silent towards the session.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.session.poll_timeout().is_some_and(|at| at <= end) {
            self.wait();
        }
        self.now = end;
    }

    fn in_state(state: State) -> Self {
        let mut bench = Self::new();
        match state {
            State::AdminDown => bench.handle(Input::AdminDown(true)),
            State::Down => bench.hear(State::AdminDown),
            State::Init => bench.hear(State::Down),
            State::Up => bench.hear(State::Init),
        }
        assert_eq!(bench.session.state(), state);
        bench.sent.clear();
        bench.changes.clear();
        bench
    }

    /// Up, with the poll sequence of Up confirmed.
    fn up() -> Self {
        let mut bench = Self::in_state(State::Up);
        bench.receive(Control { final_: true, ..peer(State::Up) });
        bench.hear(State::Up);
        assert!(!bench.session.polling());
        bench
    }

    fn discarded(&self, reason: Discard) -> u64 {
        self.session.counters().discarded(reason)
    }
}

/// A packet of the peer: 50 ms, detect mult 3.
fn peer(state: State) -> Control {
    Control {
        diag: Diag::NONE,
        state,
        poll: false,
        final_: false,
        control_plane_independent: false,
        demand: false,
        detect_mult: MULT,
        my_discriminator: THEIRS,
        your_discriminator: Some(OURS),
        desired_min_tx: ms(50),
        required_min_rx: ms(50),
        required_min_echo_rx: Duration::ZERO,
    }
}

#[test]
fn every_state_and_received_state() {
    use State::{AdminDown, Down, Init, Up};
    for (from, received, to) in [
        (AdminDown, AdminDown, AdminDown),
        (AdminDown, Down, AdminDown),
        (AdminDown, Init, AdminDown),
        (AdminDown, Up, AdminDown),
        (Down, AdminDown, Down),
        (Down, Down, Init),
        (Down, Init, Up),
        (Down, Up, Down),
        (Init, AdminDown, Down),
        (Init, Down, Init),
        (Init, Init, Up),
        (Init, Up, Up),
        (Up, AdminDown, Down),
        (Up, Down, Down),
        (Up, Init, Up),
        (Up, Up, Up),
    ] {
        let mut bench = Bench::in_state(from);
        bench.hear(received);
        assert_eq!(bench.session.state(), to, "{from} hears {received}");
        assert_eq!(bench.changes.len(), usize::from(from != to));
        let told: Vec<State> = bench.sent.iter().map(|c| c.state).collect();
        let expected = if from == to { vec![] } else { vec![to] };
        assert_eq!(told, expected, "every change is told at once, and nothing else");
    }
}

#[test]
fn packets_the_session_discards_and_why() {
    let section: &[u8] = &[1, 3, 9];
    for (reason, packet) in [
        (
            Discard::UnknownDiscriminator,
            Packet::from(Control { your_discriminator: Some(THEIRS), ..peer(State::Down) }),
        ),
        (Discard::AuthNotConfigured, Packet { control: peer(State::Down), authentication: Some(section) }),
    ] {
        let mut bench = Bench::up();
        bench.handle(Input::Packet(packet));
        assert_eq!(bench.session.state(), State::Up);
        assert_eq!(bench.discarded(reason), 1, "{reason}");
        assert!(bench.sent.is_empty());
    }
    let mut bench = Bench::up();
    bench.handle(Input::Discarded(Discard::Ttl));
    assert_eq!(bench.discarded(Discard::Ttl), 1);
}

#[test]
fn a_discarded_packet_does_not_prolong_the_detection_time() {
    let mut bench = Bench::up();
    let deadline = bench.session.detection_deadline();
    bench.now += ms(100);
    bench.receive(Control { your_discriminator: Some(THEIRS), ..peer(State::Up) });
    assert_eq!(bench.session.detection_deadline(), deadline);
}

#[test]
fn detection_time_is_the_peers_multiplier_times_the_agreed_interval() {
    for (mult, their_tx, expected) in
        [(3, 50, 150), (3, 10, 150), (5, 10, 250), (2, 200, 400), (255, 50, 12750)]
    {
        let mut bench = Bench::up();
        let detect_mult = NonZeroU8::new(mult).unwrap();
        bench.receive(Control { detect_mult, desired_min_tx: ms(their_tx), ..peer(State::Up) });
        assert_eq!(bench.session.detection_time(), Some(ms(expected)));
        assert_eq!(bench.session.detection_deadline(), Some(bench.now + ms(expected)));
    }
}

#[test]
fn silence_brings_up_and_init_down() {
    for state in [State::Init, State::Up] {
        let mut bench = Bench::in_state(state);
        bench.run(ms(149));
        assert_eq!(bench.session.state(), state);
        bench.sent.clear();
        bench.run(ms(1));
        let change = bench.changes.last().unwrap();
        assert_eq!((change.from, change.to, change.diag), (state, State::Down, Diag::DETECTION_TIME_EXPIRED));
        let told = bench.sent.first().unwrap();
        assert_eq!((told.state, told.diag), (State::Down, Diag::DETECTION_TIME_EXPIRED));
        assert_eq!(told.your_discriminator, None);
        assert_eq!(told.desired_min_tx, ms(1000));
    }
}

#[test]
fn a_packet_at_the_deadline_is_in_time_and_one_after_it_is_not() {
    let mut bench = Bench::up();
    bench.now = bench.session.detection_deadline().unwrap();
    bench.hear(State::Up);
    assert_eq!(bench.session.state(), State::Up);

    let mut bench = Bench::up();
    bench.now = bench.session.detection_deadline().unwrap() + Duration::from_nanos(1);
    bench.hear(State::Up);
    let diags: Vec<_> = bench.changes.iter().map(|c| (c.to, c.diag)).collect();
    assert!(diags.contains(&(State::Down, Diag::DETECTION_TIME_EXPIRED)));
    assert_eq!(bench.session.state(), State::Down);
}

#[test]
fn the_peer_is_forgotten_in_down_too() {
    let mut bench = Bench::in_state(State::Down);
    assert_eq!(bench.session.remote().map(|r| r.my_discriminator), Some(THEIRS));
    bench.run(ms(150));
    assert_eq!(bench.session.remote(), None);
    assert_eq!(bench.session.detection_time(), None);
    assert!(bench.changes.iter().all(|c| c.to != c.from));
}

#[test]
fn slow_until_up_then_at_the_negotiated_interval() {
    let mut bench = Bench::new();
    assert_eq!(bench.wait(), Duration::ZERO, "the first packet is due at once");
    for _ in 0..20 {
        let gap = bench.wait();
        assert!(gap >= ms(750) && gap < ms(1000), "{gap:?}");
    }
    let mut bench = Bench::up();
    for _ in 0..20 {
        let gap = bench.wait();
        bench.hear(State::Up);
        assert!(gap <= ms(50), "{gap:?}");
    }
    assert_eq!(bench.session.transmit_interval(), Some(ms(50)));
}

#[test]
fn the_peers_required_min_rx_counts_at_once() {
    let mut bench = Bench::up();
    bench.receive(Control { required_min_rx: ms(400), ..peer(State::Up) });
    assert_eq!(bench.session.transmit_interval(), Some(ms(400)));
    bench.now += ms(100);
    bench.hear(State::Up);
    let at = bench.session.poll_timeout().unwrap();
    assert!(at <= bench.now, "the shorter interval has passed already, so the packet is due");
}

#[test]
fn required_min_rx_zero_silences_periodic_packets_but_not_answers() {
    let mut bench = Bench::up();
    let silent = Control { required_min_rx: Duration::ZERO, ..peer(State::Up) };
    bench.receive(silent);
    assert_eq!(bench.session.transmit_interval(), None);
    bench.run(ms(149));
    assert!(bench.sent.is_empty());
    bench.receive(Control { poll: true, ..silent });
    assert_eq!(bench.sent.len(), 1);
    bench.run(ms(1200));
    assert_eq!(bench.session.state(), State::Down);
    assert!(bench.session.transmit_interval().is_some(), "the wish is forgotten with the peer");
}

#[test]
fn demand_of_the_peer_stops_periodic_packets_while_both_are_up() {
    let mut bench = Bench::up();
    bench.receive(Control { demand: true, ..peer(State::Up) });
    assert_eq!(bench.session.transmit_interval(), None);
    bench.run(ms(149));
    assert!(bench.sent.is_empty());

    bench.handle(Input::Reconfigure(Timing::new(ms(40), MULT)));
    bench.wait();
    assert!(
        bench.sent.iter().all(|c| c.poll) && !bench.sent.is_empty(),
        "a poll sequence is sent all the same"
    );
    bench.receive(Control { demand: true, final_: true, ..peer(State::Up) });
    assert_eq!(bench.session.transmit_interval(), None);

    bench.hear(State::Up);
    assert!(bench.session.transmit_interval().is_some());
}

#[test]
fn a_poll_is_answered_at_once_and_moves_nothing() {
    let mut bench = Bench::up();
    let due = bench.session.transmit_at;
    bench.now += ms(1);
    for _ in 0..50 {
        bench.receive(Control { poll: true, ..peer(State::Up) });
    }
    assert_eq!(bench.sent.len(), 50);
    assert!(bench.sent.iter().all(|c| c.final_ && !c.poll));
    assert_eq!(bench.session.transmit_at, due);
}

#[test]
fn a_poll_that_changes_the_state_is_answered_by_one_packet() {
    let mut bench = Bench::up();
    bench.receive(Control { poll: true, ..peer(State::Down) });
    let [told] = bench.sent[..] else { panic!("{:?}", bench.sent) };
    assert_eq!((told.state, told.final_, told.diag), (State::Down, true, Diag::NEIGHBOR_SIGNALED_DOWN));
}

#[test]
fn poll_and_final_are_never_set_together() {
    let mut bench = Bench::in_state(State::Up);
    assert!(bench.session.polling());
    bench.receive(Control { poll: true, ..peer(State::Up) });
    bench.wait();
    assert!(bench.sent.iter().any(|c| c.poll) && bench.sent.iter().any(|c| c.final_));
    assert!(bench.sent.iter().all(|c| !(c.poll && c.final_)));
}

#[test]
fn the_poll_of_up_goes_on_until_the_final() {
    let mut bench = Bench::in_state(State::Up);
    for _ in 0..5 {
        bench.wait();
        bench.hear(State::Up);
    }
    assert!(bench.sent.iter().all(|c| c.poll));
    bench.receive(Control { final_: true, ..peer(State::Up) });
    bench.sent.clear();
    bench.wait();
    assert!(bench.sent.iter().all(|c| !c.poll));
}

#[test]
fn a_slower_interval_waits_for_the_final() {
    let mut bench = Bench::up();
    bench.handle(Input::Reconfigure(Timing { desired_min_tx: ms(200), ..Timing::new(ms(50), MULT) }));
    bench.wait();
    assert_eq!(bench.sent.last().map(|c| (c.poll, c.desired_min_tx)), Some((true, ms(200))));
    assert_eq!(bench.session.transmit_interval(), Some(ms(50)));
    bench.receive(Control { final_: true, ..peer(State::Up) });
    assert_eq!(bench.session.transmit_interval(), Some(ms(200)));
    assert!(bench.changes.is_empty());
}

#[test]
fn a_shorter_detection_time_waits_for_the_final() {
    let mut bench = Bench::up();
    let fast = Control { desired_min_tx: ms(10), ..peer(State::Up) };
    bench.receive(fast);
    bench.handle(Input::Reconfigure(Timing { required_min_rx: ms(10), ..Timing::new(ms(50), MULT) }));
    bench.wait();
    assert_eq!(bench.session.detection_time(), Some(ms(150)));
    bench.receive(Control { final_: true, ..fast });
    assert_eq!(bench.session.detection_time(), Some(ms(30)));
}

#[test]
fn admin_down_is_told_at_once_and_goes_on_slowly() {
    let mut bench = Bench::up();
    bench.handle(Input::AdminDown(true));
    let told = bench.sent.last().unwrap();
    assert_eq!((told.state, told.diag), (State::AdminDown, Diag::ADMIN_DOWN));
    bench.hear(State::Up);
    assert_eq!(bench.discarded(Discard::AdminDown), 1);
    let gap = bench.wait();
    assert!(gap <= ms(1000));
    bench.handle(Input::AdminDown(true));
    assert_eq!(bench.changes.len(), 1, "the second order changes nothing");
    bench.handle(Input::AdminDown(false));
    assert_eq!((bench.session.state(), bench.session.diag()), (State::Down, Diag::NONE));
    assert!(!bench.changes[0].is_failure());
}

/// (what happens to a session that is Up, whether it is a failure of the path)
#[test]
fn what_counts_as_failure() {
    let mut silent = Bench::up();
    silent.run(ms(150));
    assert!(silent.changes[0].is_failure());
    assert_eq!(silent.changes[0].remote.state, State::Up, "what the peer last said is kept");

    let mut signaled = Bench::up();
    signaled.receive(Control { diag: Diag::PATH_DOWN, ..peer(State::Down) });
    assert!(signaled.changes[0].is_failure());
    assert_eq!(signaled.changes[0].remote.diag, Diag::PATH_DOWN);

    let mut administered = Bench::up();
    administered.receive(Control { diag: Diag::ADMIN_DOWN, ..peer(State::AdminDown) });
    let change = administered.changes[0];
    assert_eq!(
        (change.to, change.diag, change.remote.state),
        (State::Down, Diag::NEIGHBOR_SIGNALED_DOWN, State::AdminDown)
    );
    assert!(!change.is_failure());

    let mut never_up = Bench::in_state(State::Init);
    never_up.run(ms(150));
    assert!(!never_up.changes[0].is_failure());
}

#[test]
fn the_passive_role_waits_to_be_spoken_to() {
    let mut bench = Bench::with_role(Role::Passive);
    assert_eq!(bench.session.poll_timeout(), None);
    bench.handle(Input::AdminDown(true));
    bench.handle(Input::AdminDown(false));
    assert!(bench.sent.is_empty());
    bench.hear(State::Down);
    assert_eq!(bench.sent.len(), 1);
    bench.run(ms(2000));
    assert_eq!(bench.session.poll_timeout(), None, "silent again once the peer is forgotten");
}

#[test]
fn a_new_discriminator_of_the_peer_is_followed() {
    let mut bench = Bench::up();
    let my_discriminator = NonZeroU32::new(99).unwrap();
    bench.receive(Control { my_discriminator, ..peer(State::Up) });
    bench.wait();
    assert_eq!(bench.sent.last().unwrap().your_discriminator, Some(my_discriminator));
    assert_eq!(bench.session.state(), State::Up);
}

#[test]
fn a_required_min_rx_of_zero_asks_for_silence_and_detects_none() {
    let config = Config::new(OURS, Timing { required_min_rx: Duration::ZERO, ..Timing::new(ms(50), MULT) });
    let now = epoch();
    let mut session = Session::new(config, 1, now);
    session.handle(Input::Packet(Packet::from(peer(State::Init))), now, &mut |_| {});
    assert_eq!((session.state(), session.detection_deadline()), (State::Up, None));
}

/// Authentication and echo are behind pointers: what does not use them does not carry them about.
#[test]
fn a_session_is_small() {
    let size = size_of::<Session>();
    assert!(size <= 640, "{size} octets");
}

#[test]
fn a_packet_leaves_early_only_within_the_jitters_band() {
    for (passed, leaves) in [(ms(0), false), (ms(37), false), (Duration::from_micros(37_500), true)] {
        let mut bench = Bench::up();
        bench.wait();
        let (sent, left_at) = (bench.sent.len(), bench.now);
        bench.now += passed;
        bench.handle(Input::Early);
        assert_eq!(bench.sent.len() - sent, usize::from(leaves), "{passed:?}");
        let due = bench.session.poll_timeout().unwrap() - if leaves { bench.now } else { left_at };
        assert!((Duration::from_micros(37_500)..ms(50)).contains(&due), "the next counts from the last");
    }
}

#[test]
fn nothing_leaves_early_that_would_not_leave_at_all() {
    let mut bench = Bench::with_role(Role::Passive);
    bench.handle(Input::Early);
    assert!(bench.sent.is_empty());
    let mut bench = Bench::up();
    bench.receive(Control { required_min_rx: Duration::ZERO, ..peer(State::Up) });
    let sent = bench.sent.len();
    bench.now += ms(100);
    bench.handle(Input::Early);
    assert_eq!(bench.sent.len(), sent);
}
