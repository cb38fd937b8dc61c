//! What is seen of such a restart: paths at ours and at FRR, since when BIRD has a route, and what FRR's kernel forwards.

use super::lab::{Fate, Leg, OF_ALL, Of, frr_address, our_address, prefixes, targets};
use crate::failure::{Failure, expect_equal};
use crate::interop::daemon::Daemon;
use crate::interop::frr::Frr;
use crate::interop::json::{list, text, texts};
use crate::interop::trio::Trio;
use crate::interop::voicepeer::Voicepeer;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One route of one session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Row {
    pub(super) leg: usize,
    pub(super) stays: bool,
    pub(super) is_ipv6: bool,
}

impl Row {
    /// All there are.
    pub(super) fn all(legs: &[Leg]) -> impl Iterator<Item = Self> + use<> {
        let kinds = [(true, false), (true, true), (false, false), (false, true)];
        (0..legs.len()).flat_map(move |leg| kinds.map(|(stays, is_ipv6)| Self { leg, stays, is_ipv6 }))
    }

    pub(super) fn prefix(self, of: Of) -> String {
        let [ipv4, ipv6] = prefixes(of, self.leg, if self.stays { Fate::Stays } else { Fate::Goes });
        if self.is_ipv6 { ipv6 } else { ipv4 }
    }
}

/// Something about each route; those that it is nothing about are not in it.
pub(super) type Rows<T> = BTreeMap<Row, T>;

/// What FRR's routes are at ours: `fresh`, or how they are stale.
pub(super) fn at_ours(ours: &Voicepeer, legs: &[Leg]) -> Result<Rows<String>, Failure> {
    let document = ours.show("routes")?;
    let of = |row: Row| {
        let (prefix, peer) = (row.prefix(Of::Frr), format!("leg{}", row.leg));
        let path = list(&document, "routes")
            .iter()
            .find(|path| text(path, "prefix") == prefix && text(path, "peer") == peer)?;
        let stale = path.get("stale").and_then(Value::as_str).unwrap_or("fresh");
        Some((row, stale.to_owned()))
    };
    Ok(Row::all(legs).filter_map(of).collect())
}

/// The sessions, of so many, from which ours has a path to the prefix that FRR announces on all.
pub(super) fn paths_of_all(ours: &Voicepeer, legs: usize) -> Result<Vec<usize>, Failure> {
    let document = ours.show("routes")?;
    let paths = list(&document, "routes").iter().filter(|path| text(path, "prefix") == OF_ALL);
    let peers: Vec<&str> = paths.map(|path| text(path, "peer")).collect();
    Ok((0..legs).filter(|leg| peers.contains(&format!("leg{leg}").as_str())).collect())
}

/// What our routes are at FRR: whether they are stale.
pub(super) fn at_frr(frr: &Frr, legs: &[Leg]) -> Result<Rows<bool>, Failure> {
    let tables = ["ipv4", "ipv6"].map(|family| frr.json("bgpd", &format!("show bgp {family} unicast json")));
    let [ipv4, ipv6] = tables;
    let (ipv4, ipv6) = (ipv4?, ipv6?);
    let of = |row: Row| {
        let table = if row.is_ipv6 { &ipv6 } else { &ipv4 };
        let paths = list(table.get("routes")?, &row.prefix(Of::Ours));
        let peer = our_address(row.leg).to_string();
        let path = paths.iter().find(|path| text(path, "peerId") == peer)?;
        Some((row, path.get("stale").is_some_and(|stale| *stale == true)))
    };
    Ok(Row::all(legs).filter_map(of).collect())
}

/// Since when BIRD has FRR's routes, in its own words: a route that was withdrawn meanwhile is there since later.
pub(super) fn at_bird(trio: &Trio, legs: &[Leg]) -> Result<Rows<String>, Failure> {
    let socket = trio.bird.folder().join("bird.ctl").display().to_string();
    let answer = trio.bird.ask("/usr/sbin/birdc", &["-s", &socket, "show", "route"])?;
    let of = |row: Row| {
        let prefix = row.prefix(Of::Frr);
        let line = answer.lines().find(|line| line.split_whitespace().next() == Some(&prefix))?;
        let (_, rest) = line.split_once('[')?;
        let since = rest.split([']', ' ']).nth(1)?;
        Some((row, since.to_owned()))
    };
    Ok(Row::all(legs).filter_map(of).collect())
}

/// Which of our routes FRR's kernel has from zebra.
pub(super) fn in_kernel(trio: &Trio, legs: &[Leg]) -> Result<BTreeSet<Row>, Failure> {
    let table = |family| trio.frr.ask("ip", &[family, "route", "show", "proto", "bgp"]);
    let both = table("-4")? + &table("-6")?;
    let has = |row: &Row| {
        let prefix = row.prefix(Of::Ours);
        both.lines().any(|line| line.split_whitespace().next() == Some(&prefix))
    };
    Ok(Row::all(legs).filter(has).collect())
}

/// Fails unless packets of both families reach ours by the routes of exactly those sessions that stay.
pub(super) fn forwards(trio: &Trio, legs: &[Leg], expected: &[usize]) -> Result<(), Failure> {
    let through = |leg: &usize| targets(*leg).iter().all(|target| trio.frr.reaches(target));
    let found: Vec<usize> = (0..legs.len()).filter(through).collect();
    expect_equal("sessions whose routes get packets through", &expected, &found.as_slice())
}

/// Writes down what FRR's kernel is told of its routes, from now on.
pub(super) struct Watch(Daemon);

impl Watch {
    pub(super) fn start(trio: &Trio) -> Result<Self, Failure> {
        Daemon::start(&trio.frr, "routes", Path::new("ip"), ["monitor", "route"]).map(Self)
    }

    /// Which of our routes were taken out of the kernel, for however short a time.
    pub(super) fn deleted(&self, legs: &[Leg]) -> Result<BTreeSet<Row>, Failure> {
        let log = self.0.log()?;
        let was = |row: &Row| {
            let beginning = format!("Deleted {} ", row.prefix(Of::Ours));
            log.lines().any(|line| line.starts_with(&beginning))
        };
        Ok(Row::all(legs).filter(was).collect())
    }
}

/// What FRR makes of our OPEN on that session: the Restart State bit, and the families with the Forwarding State bit.
pub(super) fn bits_at_frr(frr: &Frr, leg: usize) -> Result<(bool, Vec<String>), Failure> {
    let peer = our_address(leg).to_string();
    let answer = frr.json("bgpd", &format!("show bgp ipv4 neighbors {peer} graceful-restart json"))?;
    let info = answer.get(&peer).ok_or_else(|| Failure::answer("graceful-restart", answer.to_string()))?;
    let is = |value: &Value, field: &str| value.get(field).is_some_and(|bit| *bit == true);
    let families = ["ipv4Unicast", "ipv6Unicast"];
    let preserved = families.into_iter().filter(|family| info.get(*family).is_some_and(|of| is(of, "fBit")));
    Ok((is(info, "rBit"), preserved.map(str::to_owned).collect()))
}

/// The families whose forwarding went on, as FRR says to ours on that session.
pub(super) fn preserved_at_ours(ours: &Voicepeer, leg: usize) -> Result<Vec<String>, Failure> {
    let neighbor = ours.neighbor(frr_address(leg))?;
    let restart = neighbor.get("agreed").and_then(|agreed| agreed.get("graceful_restart"));
    Ok(restart.map(|restart| texts(restart, "forwarding_preserved")).unwrap_or_default())
}

/// Those rows that the condition holds for, with the same value.
pub(super) fn rows<T: Clone>(legs: &[Leg], value: &T, which: impl Fn(Row) -> bool) -> Rows<T> {
    Row::all(legs).filter(|row| which(*row)).map(|row| (row, value.clone())).collect()
}
