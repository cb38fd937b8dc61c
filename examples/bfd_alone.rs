//! BFD on real sockets and without BGP: two drivers on loopback addresses come Up, one falls silent, and
//! the other says how long it took to notice. Linux; no privilege, ports that the kernel chooses.
//!
//! ```text
//! cargo run -p examples --example bfd_alone
//! ```
use bfd::{Driver, DriverConfig, Event, SessionId, SessionParams, State, Timing};
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU8;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(50);
/// Far longer than anything here takes, so that a failure ends the program too.
const PATIENCE: Duration = Duration::from_secs(2);

/// A driver, its address, and the changes of state it told.
struct Side {
    driver: Driver,
    local: SocketAddr,
    events: Receiver<Event>,
}

impl Side {
    /// One driver is one thread with all its sessions; a speaker needs one. Events come on that thread,
    /// so the callback only passes them on.
    fn start(address: Ipv4Addr) -> Result<Self, Box<dyn Error>> {
        let (sender, events) = channel();
        let driver = Driver::start(DriverConfig::new(move |event| {
            let _main_has_ended = sender.send(event);
        }))?;
        let local = driver.bind((address, 0).into())?;
        Ok(Self { driver, local, events })
    }

    /// Where both sides may use the standard port 3784, `SessionParams::new` is enough.
    fn add(&self, peer: SocketAddr, timing: Timing) -> Result<SessionId, Box<dyn Error>> {
        let params = SessionParams {
            local: self.local,
            peer,
            timing,
            ..SessionParams::new(self.local.ip(), peer.ip())
        };
        Ok(self.driver.add(params)?)
    }

    fn wait_for(&self, state: State) -> Result<Event, Box<dyn Error>> {
        loop {
            let event = self.events.recv_timeout(PATIENCE).map_err(|_| format!("never {state}"))?;
            println!("{}: {} to {}, {}", self.local, event.from, event.to, event.diag);
            if event.to == state {
                return Ok(event);
            }
        }
    }

    /// Waits until the peer has confirmed the fast timers. The packet that brings the session Up still
    /// names the slow interval of one second, and with it a detection time of three.
    fn wait_for_detection_time(&self, session: SessionId, time: Duration) -> Result<(), Box<dyn Error>> {
        let deadline = now() + PATIENCE;
        while self.driver.snapshot(session).and_then(|s| s.detection_time) != Some(time) {
            if now() > deadline {
                return Err("the timers were never agreed".into());
            }
            std::thread::yield_now();
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the program is its own shell, on the real clock")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mult = NonZeroU8::new(3).ok_or("a detect mult of zero")?;
    let timing = Timing::new(INTERVAL, mult);
    let a = Side::start(Ipv4Addr::new(127, 0, 0, 2))?;
    let b = Side::start(Ipv4Addr::new(127, 0, 0, 3))?;
    let at_a = a.add(b.local, timing)?;
    let at_b = b.add(a.local, timing)?;
    a.wait_for(State::Up)?;
    b.wait_for(State::Up)?;
    let detection_time = INTERVAL * u32::from(mult.get());
    a.wait_for_detection_time(at_a, detection_time)?;
    b.wait_for_detection_time(at_b, detection_time)?;

    // From here on `a` neither sends nor hears, as if the link were cut. The last packet left up to one
    // interval before, so `b` notices two to three intervals from now.
    let silent_since = now();
    a.driver.silence(at_a, true)?;
    let event = b.wait_for(State::Down)?;
    let took = event.at.saturating_duration_since(silent_since);
    println!("silence noticed after {took:.1?}; the detection time is {detection_time:?}");
    if event.is_failure() { Ok(()) } else { Err("not a failure of the path".into()) }
}
