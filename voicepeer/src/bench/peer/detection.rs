//! How long after the detection time the daemon says that the peer fell silent.
use super::engine::{Engine, Heard, now};
use super::packet::State;
use super::{Nanos, Options, SECOND, nanos};
use crate::bench::measured::Measured;
use crate::bench::schedstat::{cpu_time, steal};
use crate::bench::summary::Summary;
use std::time::Duration;

/// Control Detection Time Expired.
const EXPIRED: u8 = 1;
/// Found before its time by more than this, it was not found by the silence.
const EARLY: Nanos = 200_000;
/// Not found within this, it never is.
const NEVER: Nanos = 5 * SECOND;

/// Where a session is in its round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// It comes Up.
    Rising,
    /// It is Up, and falls silent then.
    Up(Nanos),
    /// It is silent; by then the daemon has to say so.
    Silent(Nanos),
    /// The daemon said so; it begins again then.
    Resting(Nanos),
}

/// One detection: in time, too early to be one, or told in other words than the standard's.
#[derive(Default)]
struct Detections {
    overshoot: Vec<Nanos>,
    early: u64,
    wrong: u64,
    missing: u64,
    false_downs: u64,
}

pub(super) fn measure(engine: &mut Engine, options: &Options) -> Measured {
    let (cpu, stolen, start) = (cpu_time(&options.pid), steal(), now());
    engine.settle();
    let end = start + nanos(options.seconds);
    let mut phases = vec![Phase::Rising; engine.sessions.len()];
    let mut found = Detections::default();
    while now() < end && found.overshoot.len() < options.samples {
        let heard: Vec<Heard> = engine.turn(now() + SECOND / 1000).collect();
        for heard in heard {
            if let Some(phase) = phases.get_mut(heard.session) {
                *phase = told(*phase, &heard, engine, &mut found);
            }
        }
        for (index, phase) in phases.iter_mut().enumerate() {
            *phase = go_on(*phase, index, engine, &mut found);
        }
    }
    let seconds = Duration::from_nanos(now() - start).as_secs_f64();
    Measured {
        cpu: Some(cpu_time(&options.pid).saturating_sub(cpu).as_secs_f64() / seconds),
        samples: Some(found.overshoot.len()),
        overshoot: Some(Summary::of(&mut found.overshoot)),
        false_downs: found.false_downs,
        early: found.early,
        wrong: found.wrong,
        missing: found.missing,
        steal: steal().saturating_sub(stolen).as_secs_f64() / seconds,
        ..Measured::default()
    }
}

/// What a packet of the daemon's means in this phase.
fn told(phase: Phase, heard: &Heard, engine: &mut Engine, found: &mut Detections) -> Phase {
    match phase {
        Phase::Silent(expected) if heard.fell() => {
            if heard.at + EARLY < expected {
                found.early += 1;
            } else {
                found.wrong += u64::from(heard.packet.state != State::Down || heard.packet.diag != EXPIRED);
                found.overshoot.push(heard.at.saturating_sub(expected));
            }
            Phase::Resting(now() + SECOND / 20 + engine.dice.below(SECOND / 10))
        }
        Phase::Up(_) if heard.fell() => {
            found.false_downs += 1;
            Phase::Rising
        }
        phase => phase,
    }
}

/// What time brings.
fn go_on(phase: Phase, index: usize, engine: &mut Engine, found: &mut Detections) -> Phase {
    let now = now();
    let Some(session) = engine.sessions.get_mut(index) else { return phase };
    match phase {
        Phase::Rising if session.settled() => {
            // Long enough Up, and at a moment of its own.
            let interval = session.own_interval();
            Phase::Up(now + SECOND / 2 + engine.dice.below(interval + SECOND / 2))
        }
        Phase::Up(until) if now >= until && session.settled() => {
            session.speaking = false;
            Phase::Silent(session.sent_at + session.their_detection_time())
        }
        Phase::Silent(expected) if now > expected + NEVER => {
            found.missing += 1;
            engine.restart(index);
            Phase::Rising
        }
        Phase::Resting(until) if now >= until => {
            engine.restart(index);
            Phase::Rising
        }
        phase => phase,
    }
}
