//! FRR: `show bfd peers`, and `show bfd peer ADDR`, which shows one of them.

use super::super::text::{Line, Unreadable, Why};
use super::{Bfd, Told, address, behind, head, number};
use bgp_policy::voice::BfdState;
use std::net::IpAddr;

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
pub(super) struct Timers {
    pub(super) detect_mult: Option<u8>,
    pub(super) receive: Option<u64>,
    pub(super) transmit: Option<u64>,
}

impl Peer<'_> {
    fn field(&mut self, line: Line<'_>) -> Result<(), Unreadable> {
        if let Some(word) = behind(line, "Status: ") {
            let found = state(word).ok_or_else(|| line.bad(Why::Expected("the state of the BFD session")))?;
            self.state = Some(found);
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

    fn bfd(self) -> Result<Bfd, Unreadable> {
        let [local, remote] = &self.timers;
        let peer = address(self.head, self.address)?;
        let state = self.state.ok_or_else(|| self.head.bad(Why::Cut("`Status` of this peer")))?;
        Ok(agreed(peer, state, local, remote))
    }
}

/// What both ends come to (RFC 5880 section 6.8.4).
pub(super) fn agreed(peer: IpAddr, state: BfdState, local: &Timers, remote: &Timers) -> Bfd {
    let slower = |a: Option<u64>, b: Option<u64>| Some(a?.max(b?).saturating_mul(1000));
    let receive = slower(local.receive, remote.transmit);
    let detection = receive.zip(remote.detect_mult).map(|(us, mult)| us.saturating_mul(mult.into()));
    Bfd {
        peer,
        state,
        detection_us: detection,
        transmit_us: slower(local.transmit, remote.receive),
        detect_mult: local.detect_mult,
    }
}

/// A BFD session's state by its word.
pub(super) fn state(word: &str) -> Option<BfdState> {
    match word {
        "up" => Some(BfdState::Up),
        "init" => Some(BfdState::Init),
        "down" => Some(BfdState::Down),
        "shutdown" => Some(BfdState::AdminDown),
        _ => None,
    }
}
