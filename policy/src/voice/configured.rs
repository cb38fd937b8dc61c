//! What the configuration of the carrier's router has for a session.

use bgp_wire::Community;
use std::net::IpAddr;

/// What a router is told to do on a session, which is not yet what it does: it fails rules, and verifies none.
///
/// What is absent was not told, or could not be told for certain.
///
/// ```
/// use bgp_policy::voice::{Configured, Setting};
///
/// let password = Setting { value: true, place: "bird.conf:12".into() };
/// let configured = Configured { md5: Some(password), ..Configured::default() };
/// assert!(configured.has_password());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Configured {
    /// Whether segments are signed with a password (RFC 2385).
    pub md5: Option<Setting<bool>>,
    /// BFD.
    pub bfd: Option<Setting<ConfiguredBfd>>,
    /// The hold time that is offered, in seconds.
    pub hold_time: Option<Setting<u16>>,
    /// The keepalive time, in seconds.
    pub keepalive: Option<Setting<u16>>,
    /// The limit on prefixes received; `None` in it where there is none.
    pub max_prefix: Option<Setting<Option<u32>>>,
    /// The communities that routes leave with: each route leaves by one of these.
    pub communities: Vec<Setting<LeavesWith>>,
    /// Whether the router's own routes begin without communities.
    pub begins_bare: bool,
    /// The next hop that every route leaves with.
    pub next_hop: Option<Setting<IpAddr>>,
}

impl Configured {
    /// Whether a password is set.
    pub fn has_password(&self) -> bool {
        self.md5.as_ref().is_some_and(|md5| md5.value)
    }
}

/// A value, and where the configuration has it: the line that sets it, or that of the session where nothing does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The file and the line.
    pub place: Box<str>,
}

impl<T> Setting<T> {
    /// The place as the source of evidence.
    pub(crate) fn source(&self) -> String {
        format!("configured at {}", self.place)
    }
}

/// BFD as a session is configured to have it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfiguredBfd {
    /// It has none.
    Absent,
    /// It has it, with these timers where they are certain.
    Present(Option<BfdTimers>),
}

/// The timers that one end of a BFD session offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BfdTimers {
    /// Desired Min TX Interval, in milliseconds.
    pub desired_min_tx_ms: u32,
    /// Required Min RX Interval, in milliseconds.
    pub required_min_rx_ms: u32,
    /// Detect Mult.
    pub detect_mult: u8,
}

/// What communities a route leaves with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeavesWith {
    /// Those that are set.
    pub communities: Vec<Community>,
    /// Whether those that it came with are kept beside them.
    pub keeps: bool,
}

#[cfg(test)]
mod tests {
    use super::super::rules::testing::{report, route};
    use super::*;
    use crate::voice::{
        BfdState, ObservedBfd, ObservedRoute, ObservedSession, RuleId, SessionState, State, Verdict,
        parse_as_path,
    };
    use State::{Failed, Pending, Unknown, Verified, Warning};

    fn at<T>(value: T) -> Setting<T> {
        Setting { value, place: "router.conf:7".into() }
    }

    /// The verdict of a rule on the first session, of which `change` is made.
    fn verdict(rule: RuleId, change: impl FnOnce(&mut ObservedSession)) -> Verdict {
        let report = report(|_, observed| change(&mut observed.sessions[0]));
        let first = report.of(rule).find(|v| v.subject.connection.as_deref() == Some("fra-1"));
        first.unwrap().clone()
    }

    /// The evidence says where, whatever came of it.
    fn state(rule: RuleId, configured: Configured, change: impl FnOnce(&mut ObservedSession)) -> State {
        let is_told = configured != Configured::default();
        let verdict = verdict(rule, |session| {
            change(session);
            session.configured = Some(configured);
        });
        let is_said = verdict.evidence.iter().any(|fact| fact.source == "configured at router.conf:7");
        assert_eq!(is_said, is_told, "{verdict}");
        verdict.state
    }

    /// (configured; shown by the router; the session's state; what comes of it). A password that is not shown fails also
    /// where the session is up.
    #[test]
    fn passwords() {
        use SessionState::{Connect, Established};
        for (configured, shown, session, want) in [
            (Some(true), None, None, Failed),
            (Some(true), None, Some(Connect), Failed),
            (Some(true), None, Some(Established), Failed),
            (Some(true), Some(false), Some(Established), Verified),
            (Some(true), Some(true), Some(Connect), Failed),
            (Some(false), Some(true), Some(Connect), Failed),
            (Some(false), None, None, Unknown),
            (Some(false), None, Some(Established), Verified),
            (None, None, None, Unknown),
        ] {
            let configured = Configured { md5: configured.map(at), ..Configured::default() };
            let got = state(RuleId::NoMd5, configured, |seen| (seen.md5, seen.state) = (shown, session));
            assert_eq!(got, want, "{shown:?} {session:?}");
        }
    }

    /// What keeps a session down by its configuration fails by itself.
    #[test]
    fn a_session_that_is_down() {
        for (configured, want) in [
            (Configured { md5: Some(at(true)), ..Configured::default() }, Pending),
            (Configured { bfd: Some(at(ConfiguredBfd::Absent)), ..Configured::default() }, Pending),
            (Configured { md5: Some(at(false)), ..Configured::default() }, Failed),
        ] {
            let report = report(|_, observed| {
                let session = &mut observed.sessions[0];
                (session.state, session.routes, session.bfd) = (Some(SessionState::Connect), None, None);
                session.configured = Some(configured.clone());
            });
            let worst = report.of(RuleId::AllSessions).map(|v| v.state).max();
            assert_eq!(worst, Some(want), "{configured:?}");
        }
    }

    /// (configured; the detection time and transmit interval that were seen; what comes of it).
    #[test]
    fn bfd() {
        use ConfiguredBfd::{Absent, Present};
        let timers = |tx, rx, mult| {
            Present(Some(BfdTimers { desired_min_tx_ms: tx, required_min_rx_ms: rx, detect_mult: mult }))
        };
        let up =
            |time, tx| Some(ObservedBfd { state: BfdState::Up, detection_time_us: time, tx_interval_us: tx });
        for (configured, seen, want) in [
            (Absent, None, Failed),
            (Absent, up(Some(900_000), Some(300_000)), Verified),
            (Present(None), None, Unknown),
            (timers(300, 300, 3), None, Unknown),
            (timers(400, 300, 3), None, Failed),
            (timers(300, 334, 3), None, Failed),
            (timers(300, 300, 4), None, Failed),
            (timers(50, 50, 3), None, Unknown),
            (timers(300, 300, 3), up(Some(900_000), Some(300_000)), Verified),
            // What is sent was seen to be faster; by how many is detected may not have been seen.
            (timers(400, 300, 3), up(Some(900_000), Some(300_000)), Verified),
            (timers(300, 300, 4), up(Some(900_000), Some(300_000)), Failed),
            (timers(300, 300, 4), up(Some(900_000), None), Verified),
            (timers(300, 300, 4), up(None, None), Failed),
        ] {
            let got =
                state(RuleId::Bfd, Configured { bfd: Some(at(configured)), ..Configured::default() }, |s| {
                    s.bfd = seen;
                });
            assert_eq!(got, want, "{configured:?} {seen:?}");
        }
    }

    /// (hold and keepalive time configured; negotiated; what comes of it).
    #[test]
    fn hold_times() {
        for (hold, keepalive, negotiated, want) in [
            (180, Some(60), None, Unknown),
            (9, None, None, Failed),
            (0, Some(0), None, Failed),
            (90, Some(2), None, Failed),
            // Not the plan's 60 s.
            (10, None, None, Unknown),
            (240, None, None, Unknown),
        ] {
            let configured = Configured {
                hold_time: Some(at(hold)),
                keepalive: keepalive.map(at),
                ..Configured::default()
            };
            let got =
                state(RuleId::HoldTime, configured, |s| (s.hold_time, s.keepalive) = (negotiated, None));
            assert_eq!(got, want, "{hold} {keepalive:?} {negotiated:?}");
        }
        let configured = Configured { hold_time: Some(at(9)), ..Configured::default() };
        assert_eq!(verdict(RuleId::HoldTime, |s| s.configured = Some(configured)).state, Verified);
    }

    /// (configured; shown by the router; prefixes received; what comes of it). The plan states 450.
    #[test]
    fn limits() {
        for (limit, shown, received, want) in [
            (Some(450), None, None, Unknown),
            (Some(450), None, Some(280), Verified),
            (Some(100), None, Some(280), Failed),
            (Some(100), Some(450), Some(280), Verified),
            (Some(1000), None, None, Warning),
            (None, None, Some(280), Warning),
        ] {
            let configured = Configured { max_prefix: Some(at(limit)), ..Configured::default() };
            let change = |s: &mut ObservedSession| (s.max_prefix, s.prefixes_received) = (shown, received);
            assert_eq!(
                state(RuleId::MaxPrefix, configured, change),
                want,
                "{limit:?} {shown:?} {received:?}"
            );
        }
    }

    /// (what routes may leave with; whether the router's own begin bare; AS_PATH; what comes of it).
    #[test]
    fn communities() {
        let with = |list: &[&str], keeps| LeavesWith {
            communities: list.iter().map(|text| text.parse().unwrap()).collect(),
            keeps,
        };
        let right = || with(&["8075:8007"], true);
        for (leaves, bare, path, want) in [
            (vec![right()], true, "64500", Unknown),
            (vec![with(&["64500:1"], false)], false, "64500", Failed),
            (vec![with(&[], false)], false, "64500 64501", Failed),
            (vec![with(&["64500:1"], true)], false, "64500", Unknown),
            (vec![with(&["64500:1"], true)], true, "64500", Failed),
            (vec![with(&[], true)], true, "64500 64500", Failed),
            (vec![with(&[], true)], true, "64500 64501", Unknown),
            (vec![with(&["64500:1"], false), right()], true, "64500", Unknown),
            (vec![with(&["64500:1"], false), with(&[], false)], false, "64500", Failed),
        ] {
            let configured = Configured {
                communities: leaves.iter().cloned().map(at).collect(),
                begins_bare: bare,
                ..Configured::default()
            };
            let seen = ObservedRoute { communities: None, as_path: parse_as_path(path).ok(), ..route() };
            let got = state(RuleId::Community, configured, |s| s.routes = Some(vec![seen]));
            assert_eq!(got, want, "{leaves:?} {bare} {path}");
        }
        // What was seen counts.
        let configured = Configured { communities: vec![at(with(&[], false))], ..Configured::default() };
        assert_eq!(verdict(RuleId::Community, |s| s.configured = Some(configured)).state, Verified);
    }

    #[test]
    fn next_hops() {
        for (next_hop, want) in [("192.0.2.0", Unknown), ("198.51.100.9", Failed), ("192.0.2.1", Failed)] {
            let configured =
                Configured { next_hop: Some(at(next_hop.parse().unwrap())), ..Configured::default() };
            let seen = ObservedRoute { next_hop: None, ..route() };
            let got = state(RuleId::NextHop, configured, |s| s.routes = Some(vec![seen]));
            assert_eq!(got, want, "{next_hop}");
        }
    }
}
