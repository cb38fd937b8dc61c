//! FRR: `show running-config`, or `frr.conf`.

use super::super::neighbor::{Told, cut};
use super::super::text::{Line, Unreadable};
use super::frr_route_map::leaves_with;
use super::frr_text::{Command, Configuration, Router, configuration};
use super::{At, Settings, Unclear};
use bgp_policy::voice::{BfdTimers, ConfiguredBfd};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What IOS, IOS-XR and EOS have in theirs, which begins `router bgp` as well.
const OTHERS: [&str; 6] =
    ["version ", "!Command:", "! device:", "!! IOS XR", "service routing protocols", "remote-as "];

pub(in super::super) fn knows(lines: &[Line<'_>]) -> bool {
    let begins = |with: &str| lines.iter().any(|line| line.text.trim_start().starts_with(with));
    begins("router bgp ") && (begins("frr ") || !OTHERS.into_iter().any(begins))
}

pub(in super::super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let is = |text: &str| lines.iter().any(|line| line.text.trim() == text);
    if is("Current configuration:") && !is("end") {
        return Err(cut(lines, "`end`"));
    }
    let configuration = configuration(lines);
    let sessions = |router| sessions(&configuration, router);
    let configured = configuration.routers.iter().flat_map(sessions).collect();
    Ok(Told::of_configured(configured))
}

/// The sessions of a `router bgp` that have an address.
fn sessions<'a>(configuration: &'a Configuration<'_>, router: &'a Router<'_>) -> Vec<Settings> {
    let owner = |(command, _): &(Command<'_>, bool)| match *command.words.as_slice() {
        ["neighbor", peer, ..] => peer.parse::<IpAddr>().ok(),
        _ => None,
    };
    let peers: BTreeSet<IpAddr> = router.commands.iter().filter_map(owner).collect();
    peers.into_iter().map(|peer| Session::of(configuration, router, peer).settings()).collect()
}

/// A neighbour, and the commands that are of it: those of its group first, which its own override.
pub(super) struct Session<'a> {
    configuration: &'a Configuration<'a>,
    pub(super) router: &'a Router<'a>,
    peer: IpAddr,
    /// Where it is first named.
    pub(super) line: usize,
    /// What stands behind its name, whether it is taken back by `no`, and whether it counts for IPv4 unicast.
    commands: Vec<Said<'a>>,
}

/// A command of a neighbour.
#[derive(Clone, Copy)]
struct Said<'a> {
    line: usize,
    what: &'a [&'a str],
    is_no: bool,
    counts: bool,
}

impl<'a> Session<'a> {
    fn of(configuration: &'a Configuration<'a>, router: &'a Router<'a>, peer: IpAddr) -> Self {
        let name = peer.to_string();
        let own = said(router, &name);
        let group = own.iter().rev().find_map(|said| match said.what {
            ["peer-group", group] if !said.is_no => Some(*group),
            _ => None,
        });
        let line = own.first().map_or(1, |said| said.line);
        let mut commands = group.map_or_else(Vec::new, |group| said(router, group));
        commands.extend(own);
        Self { configuration, router, peer, line, commands }
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::of(self.peer);
        settings.md5 = Some(match self.last(|said| said.what.first() == Some(&"password")) {
            Some(said) => (!said.is_no, said.line),
            None => (false, self.line),
        });
        let (hold_time, keepalive) = self.timers();
        (settings.hold_time, settings.keepalive) = (hold_time, keepalive);
        settings.max_prefix = Some(self.limit());
        settings.bfd = self.bfd(&mut settings.unclear);
        (settings.communities, settings.begins_bare) = leaves_with(self, &mut settings.unclear);
        settings
    }

    /// The last of the commands that are such.
    fn last(&self, is_such: impl Fn(&Said<'a>) -> bool) -> Option<Said<'a>> {
        self.commands.iter().rfind(|said| is_such(said)).copied()
    }

    /// `timers 60 180`, the keepalive time first; those of all neighbours are `timers bgp`.
    fn timers(&self) -> (Option<At<u16>>, Option<At<u16>>) {
        let numbers = |line: usize, keepalive: &str, hold: &str| {
            Some((Some((hold.parse().ok()?, line)), Some((keepalive.parse().ok()?, line))))
        };
        let own = self.last(|said| matches!(said.what, ["timers", first, ..] if *first != "connect"));
        let own = own.and_then(|said| match said.what {
            ["timers", keepalive, hold] if !said.is_no => numbers(said.line, keepalive, hold),
            _ => None,
        });
        let all = || {
            self.router.commands.iter().rev().find_map(|(command, _)| match *command.words.as_slice() {
                ["timers", "bgp", keepalive, hold, ..] => numbers(command.line, keepalive, hold),
                _ => None,
            })
        };
        own.or_else(all).unwrap_or_default()
    }

    /// One that only warns is none.
    fn limit(&self) -> At<Option<u32>> {
        let is_such = |said: &Said<'_>| said.counts && said.what.first() == Some(&"maximum-prefix");
        let Some(said) = self.last(is_such) else { return (None, self.line) };
        let limit = said.what.get(1).and_then(|limit| limit.parse().ok());
        (limit.filter(|_| !said.is_no && !said.what.contains(&"warning-only")), said.line)
    }

    fn bfd(&self, unclear: &mut Vec<At<Unclear>>) -> Option<At<ConfiguredBfd>> {
        let name = self.peer.to_string();
        let by_itself = self.configuration.bfd_peers.iter().find(|peer| peer.words.contains(&name.as_str()));
        if let Some(peer) = by_itself {
            unclear.push((Unclear::Further("BFD that is configured by itself"), peer.line));
            return None;
        }
        let is_profile = |said: &Said<'_>| matches!(said.what, ["bfd", .., "profile", _]);
        let profile = self.last(is_profile).filter(|said| !said.is_no);
        let Some(on) =
            self.last(|said| said.what.first() == Some(&"bfd") && !(said.is_no && is_profile(said)))
        else {
            return Some((ConfiguredBfd::Absent, self.line));
        };
        if on.is_no && on.what.len() == 1 {
            return Some((ConfiguredBfd::Absent, on.line));
        }
        let Some((said, name)) = profile.and_then(|said| Some((said, *said.what.last()?))) else {
            return Some((ConfiguredBfd::Present(None), on.line));
        };
        let found = self.configuration.profiles.iter().rfind(|(other, _)| *other == name);
        if let Some((_, commands)) = found {
            return Some((ConfiguredBfd::Present(Some(timers(commands))), said.line));
        }
        unclear.push((Unclear::Missing("BFD profile"), said.line));
        Some((ConfiguredBfd::Present(None), on.line))
    }

    /// The name of the route map that routes leave by, and where it is set.
    pub(super) fn route_map_out(&self) -> Option<At<&'a str>> {
        let is_such = |said: &Said<'_>| said.counts && matches!(said.what, ["route-map", _, "out"]);
        let said = self.last(is_such).filter(|said| !said.is_no)?;
        Some((*said.what.get(1)?, said.line))
    }

    /// The line by which no communities are sent.
    pub(super) fn sends_none(&self) -> Option<usize> {
        let is_of_standard = |said: &Said<'_>| {
            said.counts
                && matches!(said.what, ["send-community"] | ["send-community", "standard" | "both" | "all"])
        };
        self.last(is_of_standard).filter(|said| said.is_no).map(|said| said.line)
    }

    pub(super) const fn configuration(&self) -> &'a Configuration<'a> {
        self.configuration
    }
}

/// The commands of a neighbour or a group.
fn said<'a>(router: &'a Router<'a>, name: &str) -> Vec<Said<'a>> {
    let of = |(command, counts): &'a (Command<'a>, bool)| {
        let (is_no, words) = match command.words.as_slice() {
            ["no", words @ ..] => (true, words),
            words => (false, words),
        };
        let ["neighbor", owner, what @ ..] = words else { return None };
        (*owner == name).then_some(Said { line: command.line, what, is_no, counts: *counts })
    };
    router.commands.iter().filter_map(of).collect()
}

/// What a profile does not set is 300 ms, three times.
fn timers(profile: &[Command<'_>]) -> BfdTimers {
    let mut timers = BfdTimers { desired_min_tx_ms: 300, required_min_rx_ms: 300, detect_mult: 3 };
    for command in profile {
        match *command.words.as_slice() {
            ["transmit-interval", ms] => timers.desired_min_tx_ms = ms.parse().unwrap_or(300),
            ["receive-interval", ms] => timers.required_min_rx_ms = ms.parse().unwrap_or(300),
            ["detect-multiplier", mult] => timers.detect_mult = mult.parse().unwrap_or(3),
            _ => {}
        }
    }
    timers
}
