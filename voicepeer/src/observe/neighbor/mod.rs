//! Sessions as routers print them: the state of BGP, its timers, limit and password, why it ended, and BFD beside it.
//!
//! A reader knows the lines that tell of these and passes over the others, of which versions have more or fewer. What an
//! output does not tell stays unknown.

mod bird;
mod bird_bfd;
mod eos;
mod eos_bfd;
mod frr;
mod frr_bfd;
mod frr_bfd_json;
mod frr_json;
mod gathered;
mod gobgp;
mod gobgp_json;
mod gobgp_list;
mod ios_xr;
mod ios_xr_bfd;
pub(super) mod json;
mod junos;
mod junos_bfd;
mod openbgpd;
mod openbgpd_json;
mod parts;
mod sr_os;
mod sr_os_bfd;

#[cfg(test)]
mod published_tests;
#[cfg(test)]
mod tests;

use super::configured::{self, Settings};
use super::text::{Line, Unreadable, Why, word};
use bgp_policy::voice::{BfdState, ObservedBfd, ObservedSession, SessionState};
use std::net::IpAddr;

pub(super) use gathered::Gathered;
pub(super) use parts::parts;

/// One form of text that tells of sessions.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The program and its command.
    pub(super) name: &'static str,
    knows: fn(&[Line<'_>]) -> bool,
    pub(super) read: fn(&[Line<'_>]) -> Result<Told, Unreadable>,
    /// Whether it may have passwords in it, so that its lines are not to be shown.
    pub(super) is_secret: bool,
}

/// What a router prints of its sessions.
const fn printed(
    name: &'static str,
    knows: fn(&[Line<'_>]) -> bool,
    read: fn(&[Line<'_>]) -> Result<Told, Unreadable>,
) -> Form {
    Form { name, knows, read, is_secret: false }
}

/// What a router is configured to do.
const fn configuration(
    name: &'static str,
    knows: fn(&[Line<'_>]) -> bool,
    read: fn(&[Line<'_>]) -> Result<Told, Unreadable>,
) -> Form {
    Form { name, knows, read, is_secret: true }
}

/// Every form. The first that knows an output reads it.
pub(super) const FORMS: [Form; 19] = [
    printed("FRR, show bgp neighbors", frr::knows, frr::read),
    printed("FRR, show bfd peers", frr_bfd::knows, frr_bfd::read),
    printed("BIRD, show protocols all", bird::knows, bird::read),
    printed("BIRD, show bfd sessions", bird_bfd::knows, bird_bfd::read),
    printed("GoBGP, neighbor", gobgp::knows, gobgp::read),
    printed("GoBGP, neighbor of all", gobgp_list::knows, gobgp_list::read),
    printed("OpenBGPD, show neighbor", openbgpd::knows, openbgpd::read),
    printed("IOS-XR, show bgp neighbors", ios_xr::knows, ios_xr::read),
    printed("IOS-XR, show bfd session", ios_xr_bfd::knows, ios_xr_bfd::read),
    printed("Junos, show bgp neighbor", junos::knows, junos::read),
    printed("Junos, show bfd session", junos_bfd::knows, junos_bfd::read),
    printed("SR OS, show router bgp neighbor", sr_os::knows, sr_os::read),
    printed("SR OS, show router bfd session", sr_os_bfd::knows, sr_os_bfd::read),
    printed("EOS, show bgp neighbors", eos::knows, eos::read),
    printed("EOS, show bfd peers", eos_bfd::knows, eos_bfd::read),
    configuration("FRR, show running-config", configured::frr::knows, configured::frr::read),
    configuration("BIRD, bird.conf", configured::bird::knows, configured::bird::read),
    configuration("GoBGP, gobgpd.toml", configured::gobgp::knows, configured::gobgp::read),
    configuration("OpenBGPD, bgpd.conf", configured::openbgpd::knows, configured::openbgpd::read),
];

/// The form of a part of an output.
pub(super) fn form_of(lines: &[Line<'_>]) -> Option<&'static Form> {
    FORMS.iter().find(|form| (form.knows)(lines))
}

/// What an output tells of a router's sessions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Told {
    pub(super) bgp: Vec<Neighbor>,
    pub(super) bfd: Vec<Bfd>,
    /// What sessions are configured to be.
    pub(super) configured: Vec<Settings>,
    /// Whether these are all that the router has of BFD.
    is_all_bfd: bool,
}

impl Told {
    pub(super) fn of_configured(configured: Vec<Settings>) -> Self {
        Self { configured, ..Self::default() }
    }

    /// How many sessions it tells of.
    pub(super) fn len(&self) -> usize {
        self.bgp.len() + self.bfd.len() + self.configured.len()
    }
}

/// A session of BGP, by the address of its peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Neighbor {
    peer: IpAddr,
    /// What is told of it.
    seen: ObservedSession,
    /// Whether the output tells that the session has no BFD.
    is_without_bfd: bool,
}

impl Neighbor {
    fn new(peer: IpAddr) -> Self {
        Self { peer, seen: ObservedSession::default(), is_without_bfd: false }
    }

    /// It is in this state; what both ends agreed on counts while it is Established, and why it ended while it is not.
    fn in_state(mut self, state: SessionState) -> Self {
        let seen = &mut self.seen;
        seen.state = Some(state);
        if state == SessionState::Established {
            (seen.last_down, seen.limit_reached) = (None, None);
        } else {
            (seen.hold_time, seen.keepalive, seen.prefixes_received) = (None, None, None);
        }
        self
    }
}

/// A session of BFD, by the address of its peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Bfd {
    peer: IpAddr,
    state: BfdState,
    /// In what time the router detects a failure, in microseconds.
    detection_us: Option<u64>,
    /// At what interval it sends, in microseconds.
    transmit_us: Option<u64>,
    /// Its own multiplier, by which the far end detects.
    detect_mult: Option<u8>,
}

impl Bfd {
    /// The far end's detection time: what the router sends at, times its multiplier, or the one planned where it shows none.
    fn far_detection_us(&self, planned: Option<u8>) -> Option<u64> {
        let mult = self.detect_mult.or(planned)?;
        Some(self.transmit_us?.saturating_mul(mult.into()))
    }

    /// The slower of both ends' detection times; there is none until it is Up.
    fn observed(&self, planned: Option<u8>) -> ObservedBfd {
        let is_up = self.state == BfdState::Up;
        let slower = self.detection_us.map(|own| own.max(self.far_detection_us(planned).unwrap_or(0)));
        ObservedBfd {
            state: self.state,
            detection_time_us: slower.filter(|_| is_up),
            tx_interval_us: self.transmit_us.filter(|_| is_up),
        }
    }
}

/// What stands behind a label on a line.
fn behind<'a>(line: Line<'a>, label: &str) -> Option<&'a str> {
    line.text.trim_start().strip_prefix(label).map(str::trim)
}

/// A session's state by a router's word for it, in capitals or not; more may stand behind it.
fn state(line: Line<'_>, text: &str) -> Result<SessionState, Unreadable> {
    let name = text.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let is_named = |state: &&SessionState| state.name().eq_ignore_ascii_case(name);
    // Words of BIRD, FRR and GoBGP.
    let other = match name {
        "Down" | "Close" | "Clearing" | "Deleted" => Some(SessionState::Idle),
        "Passive" => Some(SessionState::Active),
        "Sent" => Some(SessionState::OpenSent),
        "Confirm" => Some(SessionState::OpenConfirm),
        "Establ" => Some(SessionState::Established),
        _ => None,
    };
    let found = SessionState::ALL.iter().find(is_named).copied().or(other);
    found.ok_or_else(|| line.bad(Why::Expected("the state of the session")))
}

/// The state of BFD by a router's word for it, in capitals or not.
fn bfd_state(line: Line<'_>, name: &str) -> Result<BfdState, Unreadable> {
    let all = [BfdState::AdminDown, BfdState::Down, BfdState::Init, BfdState::Up];
    let found = all.into_iter().find(|state| state.to_string().eq_ignore_ascii_case(name));
    found.ok_or_else(|| line.bad(Why::Expected("the state of the BFD session")))
}

/// What the text of a neighbour tells of its BFD: its state alone.
fn seen_bfd(line: Line<'_>, name: &str) -> Result<ObservedBfd, Unreadable> {
    let name = name.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    Ok(ObservedBfd { state: bfd_state(line, name)?, detection_time_us: None, tx_interval_us: None })
}

/// The address that begins a text, up to a comma.
fn address(line: Line<'_>, text: &str) -> Result<IpAddr, Unreadable> {
    line.address(word(text).0.trim_end_matches(',').trim_start_matches('*'))
}

/// What FRR and IOS-XR say alike, their timers and the limit of a family's prefixes; whether this line is one of those.
fn timers_or_limit(line: Line<'_>, family: &str, seen: &mut ObservedSession) -> Result<bool, Unreadable> {
    if let Some(timers) = behind(line, "Hold time is ") {
        seen.hold_time = Some(number(line, timers, "hold time")?);
        let keepalive = timers.split_once("keepalive interval is ").map(|(_, rest)| rest);
        seen.keepalive = keepalive.map(|text| number(line, text, "keepalive interval")).transpose()?;
    } else if let Some(limit) = behind(line, "Maximum prefixes allowed ") {
        // One that only warns ends nothing.
        let counts = family == "IPv4 Unicast" && !limit.contains("warning-only");
        let limit = number(line, limit, "limit of prefixes")?;
        seen.max_prefix = Some(limit).filter(|_| counts).or(seen.max_prefix);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// A number that begins a text, whatever stands right behind it: `180s`, `180,`.
fn number<T: std::str::FromStr>(line: Line<'_>, text: &str, what: &'static str) -> Result<T, Unreadable> {
    let text = text.trim_start();
    let digits = text.find(|c: char| !c.is_ascii_digit()).map_or(text, |end| text.split_at(end).0);
    line.number(digits, what)
}

/// The output ends before this, at its last line.
pub(super) fn cut(lines: &[Line<'_>], what: &'static str) -> Unreadable {
    let last = lines.iter().rfind(|line| !line.is_blank());
    last.map_or_else(|| head(lines), |line| *line).bad(Why::Cut(what))
}

/// The line that an output begins with, and that what is missing in it is missing from; names and legends stand above it.
fn head<'a>(lines: &[Line<'a>]) -> Line<'a> {
    let is_head = |line: &&Line<'a>| !line.is_blank() && !parts::is_lead_in(line.text);
    let first = lines.iter().find(is_head).or(lines.first());
    first.copied().unwrap_or(Line { number: 1, text: "" })
}
