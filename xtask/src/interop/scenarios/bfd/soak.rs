//! BFD of 50 ms with both peers while a table of a hundred thousand routes goes from one to the other again and
//! again and keeps every CPU busy: nobody may be taken for dead. All three have their BFD in real time, so that a peer
//! that does not get a CPU is not taken for a fault of ours.

use crate::clock::{now, time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::bird::{self, Bird};
use crate::interop::daemon::REAL_TIME;
use crate::interop::frr::{self, Frr};
use crate::interop::json::number;
use crate::interop::pair::{BFD, SOON};
use crate::interop::router::{self, Bfd, Router};
use crate::interop::scenarios::transit;
use crate::interop::trio::{BIRD, FRR, TO_FRR, Trio};
use crate::interop::voicepeer::{self, Voicepeer};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

const QUICK: Bfd = Bfd { interval_ms: 50, ..BFD };
/// Routes of a full table, roughly.
const ROUTES: u32 = 100_000;
/// A load takes a few seconds; on a busy machine many more.
const PATIENCE: Duration = Duration::from_mins(2);

pub(in super::super) fn run(trio: &Trio) -> Result<String, Failure> {
    let [middle, at_bird, at_frr] = transit::designs().map(|mut design| {
        design.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(QUICK));
        design
    });
    let table = table(ROUTES);
    let bird = Bird::start(&trio.bird, &(bird::configuration(&at_bird) + &table))?;
    let frr = Frr::start(&trio.frr, &frr::quiet_configuration(&at_frr))?;
    let real_time = format!("\n[bfd]\nrealtime = {REAL_TIME}\n");
    let ours = Voicepeer::start(&trio.middle, &(voicepeer::configuration(&middle) + &real_time))?;
    bird.raise_bfd()?;
    frr.raise_bfd()?;
    time_until("both sessions", SOON, || {
        [BIRD, FRR].into_iter().try_for_each(|peer| {
            router::bfd_agreed(&ours, peer, 150)?;
            router::established(&ours, peer)
        })
    })?;
    let (start, cpus, mut loads) = (now(), CpuTime::so_far(), 0);
    let accepted = |peer| {
        number::<u32>(&ours.neighbor(peer)?, "accepted").ok_or_else(|| Failure::Objection("no count".into()))
    };
    time_until("the first load", PATIENCE, || expect_equal("routes", &ROUTES, &accepted(BIRD)?))?;
    while start.elapsed() < trio.soak {
        load(&ours, &frr)?;
        loads += 1;
    }
    let (lasted, busy) = (start.elapsed(), CpuTime::so_far().busy_since(cpus));
    for peer in [BIRD, FRR] {
        let session = ours.bfd_session(peer)?;
        let since = session.get("since_s").and_then(serde_json::Value::as_f64).unwrap_or_default();
        if since < lasted.as_secs_f64() {
            return Err(Failure::Objection(format!("BFD was not Up all the time: {session}")));
        }
    }
    drop((bird, frr));
    Ok(format!(
        "{loads} loads of {ROUTES} routes to and fro in {lasted:.0?}, the CPUs {busy} % busy, BFD Up all the time"
    ))
}

/// What the machine's CPUs have done together, in the kernel's units.
#[derive(Clone, Copy)]
struct CpuTime {
    idle: u64,
    all: u64,
}

impl CpuTime {
    /// Since the machine was started; nothing where the kernel does not say.
    fn so_far() -> Self {
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let times: Vec<u64> = line.split_whitespace().skip(1).map_while(|time| time.parse().ok()).collect();
        // The fourth is idle, the fifth waits for a disk; the ninth and tenth are in the first and second already.
        Self { idle: times.iter().skip(3).take(2).sum(), all: times.iter().take(8).sum() }
    }

    /// In per cent, the CPUs taken together.
    fn busy_since(self, before: Self) -> u64 {
        let all = self.all.saturating_sub(before.all);
        let idle = self.idle.saturating_sub(before.idle).min(all);
        ((all - idle) * 100).checked_div(all).unwrap_or(0)
    }
}

/// BIRD sends its routes once more, and FRR gets ours once more.
fn load(ours: &Voicepeer, frr: &Frr) -> Result<(), Failure> {
    let came = |of: IpAddr| Ok::<_, Failure>(number::<u64>(&ours.neighbor(of)?, "messages_in").unwrap_or(0));
    let before = came(BIRD)?;
    ours.request_refresh(BIRD)?;
    // Its bgpd has no priority, and may not answer for as long as others keep it from the CPUs.
    time_until("FRR to take the command", PATIENCE, || frr.request_refresh(TO_FRR))?;
    let more = || {
        let now = came(BIRD)?;
        if now > before + 50 { Ok(now) } else { Err(Failure::Objection(format!("{now} messages"))) }
    };
    let mut last = wait_for("BIRD's routes once more", PATIENCE, more)?.0;
    // Until no more come.
    time_until("the end of them", PATIENCE, || {
        let now = came(BIRD)?;
        let done = now == last;
        last = now;
        if done { Ok(()) } else { Err(Failure::Objection(format!("{now} messages"))) }
    })
    .map(drop)
}

/// Prefixes of 24 bits from 1.0.0.0 up, in a protocol of their own.
fn table(routes: u32) -> String {
    let mut text = "protocol static full_table { ipv4;\n".to_owned();
    for number in 0..routes {
        let prefix = Ipv4Addr::from(0x0100_0000 + (number << 8));
        let _ = writeln!(text, "route {prefix}/24 blackhole;");
    }
    text + "}\n"
}
