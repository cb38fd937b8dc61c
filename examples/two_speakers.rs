//! Two BGP sessions joined in memory, on a clock that only this program moves: the connection, the OPENs,
//! Established, one route across, and an hour of KEEPALIVEs.
//!
//! ```text
//! cargo run -p examples --example two_speakers
//! ```
use bgp_session::{Config, Conn, Input, Output, Session, State};
use bgp_wire::{
    Asn, AttributeSet, Family, MAX_MESSAGE, NextHop, Origin, PathNlri, Received, SegmentKind, UpdateWriter,
    frame,
};
use ipnet::IpNet;
use std::error::Error;
use std::time::{Duration, Instant};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A session and what its socket would hold: one TCP connection, opened by the one and accepted by the other.
struct Speaker {
    name: &'static str,
    conn: Conn,
    session: Session,
    /// Octets that are on their way to the other speaker.
    sent: Vec<u8>,
    /// Whether the session has asked for a connection.
    dials: bool,
    /// Prefixes the peer has announced.
    routes: Vec<IpNet>,
}

impl Speaker {
    fn new(name: &'static str, conn: Conn, config: Config, now: Instant) -> Self {
        let session = Session::new(config, 1, now);
        Self { name, conn, session, sent: Vec::new(), dials: false, routes: Vec::new() }
    }

    /// One input to the session, and what its owner does about each output.
    fn handle(&mut self, input: Input<'_>, now: Instant) {
        let Self { name, session, sent, dials, routes, .. } = self;
        session.handle(input, now, &mut |output| match output {
            Output::Dial => *dials = true,
            Output::Send(_, message) => sent.extend_from_slice(message),
            Output::Changed { from, to } => println!("{name}: {from} to {to}"),
            Output::Update(parsed) => {
                let Received::Routes(update) = parsed.update else { return };
                for (next_hop, field) in update.announced() {
                    field.iter().for_each(|nlri| println!("{name}: hears {} by {next_hop}", nlri.prefix));
                    routes.extend(field.iter().map(|nlri| nlri.prefix));
                }
            }
            other => println!("{name}: {}", title(&other)),
        });
    }

    /// What the peer has sent. A stream has no messages, so `frame` cuts them off one by one.
    fn receive(&mut self, mut octets: &[u8], now: Instant) -> Outcome {
        while let Some(message) = frame(octets, MAX_MESSAGE)? {
            octets = octets.get(message.len..).unwrap_or_default();
            self.handle(Input::Message(self.conn, message), now);
        }
        Ok(())
    }

    /// Writes an UPDATE under what both OPENs came to.
    fn announce(&mut self, prefix: IpNet, attrs: &AttributeSet, now: Instant) -> Outcome {
        let negotiated = self.session.negotiated().ok_or("not Established")?;
        let mut update = UpdateWriter::announce(&mut self.sent, negotiated, Family::Ipv4Unicast, attrs)?;
        let _it_is_the_first = update.push(&PathNlri { path_id: 0, prefix });
        update.finish();
        // An UPDATE says that we are alive as well as a KEEPALIVE does.
        self.handle(Input::UpdatesSent(1), now);
        Ok(())
    }
}

/// The name of an output that this program only shows.
fn title(output: &Output<'_>) -> String {
    match output {
        Output::Up(_, exchange) => {
            format!("peer is AS{}, hold time {:?}", exchange.open.asn, exchange.hold_time)
        }
        other => format!("{other:?}"),
    }
}

/// Carries octets to and fro until neither speaker has more to say.
fn exchange(a: &mut Speaker, b: &mut Speaker, now: Instant) -> Outcome {
    while !(a.sent.is_empty() && b.sent.is_empty()) {
        b.receive(&std::mem::take(&mut a.sent), now)?;
        a.receive(&std::mem::take(&mut b.sent), now)?;
    }
    Ok(())
}

/// Jumps from one timeout to the next until `end`.
fn pass_time(a: &mut Speaker, b: &mut Speaker, end: Instant) -> Outcome {
    let due = |s: &Speaker| s.session.poll_timeout();
    while let Some(now) = [due(a), due(b)].into_iter().flatten().min().filter(|at| *at <= end) {
        for speaker in [&mut *a, &mut *b] {
            if due(speaker).is_some_and(|at| at <= now) {
                speaker.handle(Input::Timeout, now);
            }
        }
        exchange(a, b, now)?;
    }
    Ok(())
}

fn main() -> Outcome {
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    let now = Instant::now();
    let of_a = Config::new(Asn(64500), Asn(64501), "192.0.2.1".parse()?);
    let of_b = Config { passive: true, ..Config::new(Asn(64501), Asn(64500), "192.0.2.2".parse()?) };
    let mut a = Speaker::new("A", Conn::Dialed, of_a, now);
    let mut b = Speaker::new("B", Conn::Accepted, of_b, now);

    a.handle(Input::Start, now);
    b.handle(Input::Start, now);
    if !a.dials || b.dials {
        return Err("the active speaker dials, the passive one listens".into());
    }
    a.handle(Input::Connected(Conn::Dialed), now);
    b.handle(Input::Connected(Conn::Accepted), now);
    exchange(&mut a, &mut b, now)?;

    let prefix = "198.51.100.0/24".parse()?;
    let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse()?));
    attrs.as_path.push(SegmentKind::Sequence, [Asn(64500)]);
    a.announce(prefix, &attrs, now)?;
    exchange(&mut a, &mut b, now)?;

    pass_time(&mut a, &mut b, now + Duration::from_hours(1))?;
    let keepalives = b.session.counters().received.keepalive;
    println!("an hour later B is {} and has received {keepalives} KEEPALIVEs", b.session.state());
    let stands = [&a, &b].iter().all(|s| s.session.state() == State::Established);
    if stands && b.routes == [prefix] { Ok(()) } else { Err("the route did not get across".into()) }
}
