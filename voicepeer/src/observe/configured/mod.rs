//! Sessions as routers are configured to have them: `show running-config` of FRR, and the files of BIRD, GoBGP and OpenBGPD.
//!
//! A reader follows groups and templates to the session. What it cannot follow stays unknown, and is said with its line. A
//! password is never shown, only that there is one.

pub(super) mod bird;
mod bird_filter;
mod bird_text;
mod blocks;
pub(super) mod frr;
mod frr_route_map;
mod frr_text;
pub(super) mod gobgp;
pub(super) mod openbgpd;

use bgp_policy::voice::{Configured, ConfiguredBfd, LeavesWith, Setting};
use std::net::IpAddr;

/// A value, and the line that sets it.
type At<T> = (T, usize);

/// What is configured of one session, by the address of its peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Settings {
    pub(super) peer: IpAddr,
    md5: Option<At<bool>>,
    bfd: Option<At<ConfiguredBfd>>,
    hold_time: Option<At<u16>>,
    keepalive: Option<At<u16>>,
    max_prefix: Option<At<Option<u32>>>,
    communities: Vec<At<LeavesWith>>,
    begins_bare: bool,
    next_hop: Option<At<IpAddr>>,
    /// What could not be followed.
    unclear: Vec<At<Unclear>>,
}

/// Why a line leaves something unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unclear {
    /// It takes in another file.
    Include,
    /// It names something that is not there.
    Missing(&'static str),
    /// Its value is none that can be read, such as an expression.
    Value(&'static str),
    /// It goes on elsewhere, in a way that is not followed.
    Further(&'static str),
}

impl Unclear {
    fn text(self) -> String {
        match self {
            Self::Include => "what the file has that is included here is not known: give it too".to_owned(),
            Self::Missing(what) => format!("the {what} that is named here is not in this text"),
            Self::Value(what) => format!("the {what} is no value that can be read here"),
            Self::Further(what) => format!("{what} is not followed"),
        }
    }
}

impl Settings {
    /// Nothing is known yet.
    const fn of(peer: IpAddr) -> Self {
        Self {
            peer,
            md5: None,
            bfd: None,
            hold_time: None,
            keepalive: None,
            max_prefix: None,
            communities: Vec::new(),
            begins_bare: false,
            next_hop: None,
            unclear: Vec::new(),
        }
    }

    /// The same, for the rules; `source` is the file.
    pub(super) fn configured(&self, source: &str) -> Configured {
        Configured {
            md5: set(source, self.md5),
            bfd: set(source, self.bfd),
            hold_time: set(source, self.hold_time),
            keepalive: set(source, self.keepalive),
            max_prefix: set(source, self.max_prefix),
            communities: self.communities.iter().cloned().filter_map(|one| set(source, Some(one))).collect(),
            begins_bare: self.begins_bare,
            next_hop: set(source, self.next_hop),
        }
    }

    /// What a reader of the report has to know.
    pub(super) fn notes(&self, source: &str) -> impl Iterator<Item = String> {
        let text = move |(what, line): &At<Unclear>| format!("{source}:{line}: {}", what.text());
        self.unclear.iter().map(text)
    }
}

fn set<T>(source: &str, at: Option<At<T>>) -> Option<Setting<T>> {
    at.map(|(value, line)| Setting { value, place: format!("{source}:{line}").into() })
}

#[cfg(test)]
mod tests;
