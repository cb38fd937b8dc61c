//! FRR: `show bfd peers`, and `show bfd peer ADDR`, which shows one of them.

use super::super::text::{Line, Unreadable, Why};
use super::{Bfd, Told, address, behind, head, number};
use bgp_policy::voice::BfdState;

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    head(lines).text.starts_with("BFD Peer")
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let mut peers: Vec<Peer<'_>> = Vec::new();
    for line in lines {
        if let Some(peer) = behind(*line, "peer ") {
            peers.push(Peer { head: *line, address: peer, ..Peer::default() });
        } else if let Some(peer) = peers.last_mut() {
            peer.field(*line)?;
        }
    }
    let bfd = peers.into_iter().map(Peer::bfd).collect::<Result<_, _>>()?;
    Ok(Told { bfd, is_all_bfd: head(lines).text.trim() == "BFD Peers:", ..Told::default() })
}

/// What is told of one peer.
struct Peer<'a> {
    head: Line<'a>,
    address: &'a str,
    state: Option<BfdState>,
    /// The router's own timers, then its peer's.
    timers: [Timers; 2],
    is_remote: bool,
}

impl Default for Peer<'_> {
    fn default() -> Self {
        let head = Line { number: 1, text: "" };
        Self { head, address: "", state: None, timers: Default::default(), is_remote: false }
    }
}

/// In milliseconds.
#[derive(Default)]
struct Timers {
    detect_mult: Option<u8>,
    receive: Option<u64>,
    transmit: Option<u64>,
}

impl Peer<'_> {
    fn field(&mut self, line: Line<'_>) -> Result<(), Unreadable> {
        if let Some(word) = behind(line, "Status: ") {
            self.state = Some(state(line, word)?);
        }
        self.is_remote |= line.text.trim() == "Remote timers:";
        let [local, remote] = &mut self.timers;
        let timers = if self.is_remote { remote } else { local };
        if let Some(mult) = behind(line, "Detect-multiplier: ") {
            timers.detect_mult = Some(number(line, mult, "multiplier")?);
        } else if let Some(interval) = behind(line, "Receive interval: ") {
            timers.receive = Some(number(line, interval, "interval")?);
        } else if let Some(interval) = behind(line, "Transmission interval: ") {
            timers.transmit = Some(number(line, interval, "interval")?);
        }
        Ok(())
    }

    /// What both ends come to (RFC 5880 section 6.8.4).
    fn bfd(self) -> Result<Bfd, Unreadable> {
        let [local, remote] = &self.timers;
        let slower = |a: Option<u64>, b: Option<u64>| Some(a?.max(b?).saturating_mul(1000));
        let receive = slower(local.receive, remote.transmit);
        let detection = receive.zip(remote.detect_mult).map(|(us, mult)| us.saturating_mul(mult.into()));
        Ok(Bfd {
            peer: address(self.head, self.address)?,
            state: self.state.ok_or_else(|| self.head.bad(Why::Cut("`Status` of this peer")))?,
            detection_us: detection,
            transmit_us: slower(local.transmit, remote.receive),
            detect_mult: local.detect_mult,
        })
    }
}

fn state(line: Line<'_>, word: &str) -> Result<BfdState, Unreadable> {
    match word {
        "up" => Ok(BfdState::Up),
        "init" => Ok(BfdState::Init),
        "down" => Ok(BfdState::Down),
        "shutdown" => Ok(BfdState::AdminDown),
        _ => Err(line.bad(Why::Expected("the state of the BFD session"))),
    }
}
