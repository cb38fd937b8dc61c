//! GoBGP: its configuration from a design, its routes by command, and its answers as JSON.

use super::carrier::{Carrier, LEGS, Leg};
use super::daemon::Daemon;
use super::json::{list, number, text};
use super::netns::Node;
use super::router::{BfdSession, Design, Neighbor, Received, Route, Router, Session, Witness};
use crate::clock::wait_for;
use crate::failure::Failure;
use serde_json::Value;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

/// A running GoBGP.
pub(crate) struct GoBgp {
    node: Node,
    daemon: Daemon,
}

impl GoBgp {
    pub(crate) fn start(node: &Node, design: &Design) -> Result<Self, Failure> {
        let gobgp = Self::start_from(node, &configuration(design))?;
        for route in &design.routes {
            let own = |neighbor: &&Neighbor| neighbor.local.is_ipv6() == route.is_ipv6();
            let next_hop = design.neighbors.iter().find(own).map(|neighbor| neighbor.local.to_string());
            let words = originate(route, &next_hop.unwrap_or_default());
            gobgp.ask(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        Ok(gobgp)
    }

    /// Starts it with a configuration that was checked, and runs the commands of its comments.
    pub(crate) fn start_configured(node: &Node, configuration: &str) -> Result<Self, Failure> {
        let file = node.folder().join("checked.toml");
        std::fs::write(&file, configuration).map_err(Failure::file(&file))?;
        node.ask("/usr/bin/gobgpd", &["--dry-run", "-f", &file.display().to_string()])?;
        let gobgp = Self::start_from(node, configuration)?;
        for command in configuration.lines().filter_map(|line| line.strip_prefix("#   gobgp ")) {
            gobgp.ask(&command.split_whitespace().collect::<Vec<_>>())?;
        }
        Ok(gobgp)
    }

    fn start_from(node: &Node, configuration: &str) -> Result<Self, Failure> {
        let file = node.folder().join("gobgpd.toml");
        std::fs::write(&file, configuration).map_err(Failure::file(&file))?;
        let daemon = Daemon::start(node, "gobgpd", Path::new("/usr/bin/gobgpd"), ["-f", "gobgpd.toml"])?;
        let gobgp = Self { node: node.clone(), daemon };
        wait_for("GoBGP to answer", Duration::from_secs(10), || gobgp.ask(&["global"]))?;
        Ok(gobgp)
    }

    fn ask(&self, words: &[&str]) -> Result<String, Failure> {
        self.node.ask("/usr/bin/gobgp", words)
    }

    fn json(&self, words: &[&str]) -> Result<Value, Failure> {
        let answer = self.ask(&[words, &["-j"]].concat())?;
        serde_json::from_str(&answer).map_err(|_| Failure::answer(words.join(" "), answer))
    }
}

impl Router for GoBgp {
    fn session(&self, peer: IpAddr) -> Result<Session, Failure> {
        const ESTABLISHED: u64 = 6;
        let state = self.json(&["neighbor", &peer.to_string()])?;
        let state = state.pointer("/state/session_state").and_then(Value::as_u64).unwrap_or(0);
        Ok(Session { established: state == ESTABLISHED, words: format!("session_state {state}") })
    }

    fn bfd(&self, _: IpAddr) -> Result<BfdSession, Failure> {
        Err(Failure::Objection("GoBGP has no BFD".into()))
    }

    fn change_bfd(&self, _: &Design) -> Result<(), Failure> {
        Ok(())
    }

    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure> {
        let family = if prefix.contains(':') { "ipv6" } else { "ipv4" };
        let answer = self.ask(&["global", "rib", prefix, "-a", family, "-j"]);
        let answer = match answer {
            Ok(text) => text,
            Err(Failure::Command { output, .. }) if output.contains("not in table") => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let read = serde_json::from_str::<Value>(&answer).ok();
        let paths = read.as_ref().and_then(|all| all.get(prefix)).and_then(Value::as_array);
        let Some(path) = paths.and_then(|paths| paths.first()) else { return Ok(None) };
        route(prefix, path).map(Some).ok_or_else(|| Failure::answer("global rib", path.to_string()))
    }

    /// It keeps all it was sent, and asks for nothing again.
    fn request_refresh(&self, _: IpAddr) -> Result<(), Failure> {
        Err(Failure::Objection("GoBGP sends no ROUTE-REFRESH".into()))
    }

    fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.daemon.terminate()
    }
}

impl Carrier for GoBgp {
    /// Its own routes begin by command, and its policies count for what comes after: it starts anew.
    fn reconfigure(&mut self, configuration: &str) -> Result<(), Failure> {
        self.daemon.terminate()?;
        *self = Self::start_configured(&self.node, configuration)?;
        Ok(())
    }

    fn announced(&self, leg: &Leg) -> Result<String, Failure> {
        self.ask(&["neighbor", &leg.far_end.to_string(), "adj-out"])
    }

    fn sessions(&self) -> Result<String, Failure> {
        let mut text = String::new();
        let asked = |words: &[&str]| Ok(format!("$ gobgp {}\n{}", words.join(" "), self.ask(words)?));
        text += &asked(&["neighbor"])?;
        for peer in LEGS.map(|leg| leg.far_end.to_string()) {
            text += &asked(&["neighbor", &peer])?;
            text += &asked(&["neighbor", &peer, "-j"])?;
        }
        Ok(text)
    }

    fn configuration(&self) -> Result<String, Failure> {
        let file = self.node.folder().join("gobgpd.toml");
        std::fs::read_to_string(&file).map_err(Failure::file(&file))
    }
}

impl Witness for GoBgp {
    fn received(&self, peer: IpAddr) -> Result<Received, Failure> {
        let neighbor = self.json(&["neighbor", &peer.to_string()])?;
        let received = neighbor.pointer("/state/messages/received").unwrap_or(&Value::Null);
        let count = |field| number(received, field).unwrap_or(0);
        let lines = self.daemon.log()?;
        let told = lines.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let last = told.into_iter().find(|line| text(line, "msg") == "received notification");
        let notification = last.and_then(|line| number(&line, "Code").zip(number(&line, "Subcode")));
        Ok(Received { refreshes: count("refresh"), updates: count("update"), notification })
    }
}

/// Reads one path of `global rib PREFIX -j`, whose attributes have their type codes.
fn route(prefix: &str, path: &Value) -> Option<Route> {
    let attribute = |code: u64| {
        list(path, "attrs").iter().find(|attribute| number::<u64>(attribute, "type") == Some(code))
    };
    let numbers = |list: &[Value]| -> Vec<u32> {
        list.iter().filter_map(|number| number.as_u64()?.try_into().ok()).collect()
    };
    let segments = attribute(2).map(|path| list(path, "as_paths")).unwrap_or_default();
    let large = |value: &Value| {
        let part = |field| number::<u32>(value, field);
        Some(format!("{}:{}:{}", part("ASN")?, part("LocalData1")?, part("LocalData2")?))
    };
    let communities = attribute(8).map(|all| numbers(list(all, "communities"))).unwrap_or_default();
    Some(Route {
        prefix: prefix.to_owned(),
        origin: ["igp", "egp", "incomplete"].get(number::<usize>(attribute(1)?, "value")?)?.to_string(),
        as_path: segments.iter().flat_map(|segment| numbers(list(segment, "asns"))).collect(),
        next_hop: text(attribute(3).or_else(|| attribute(14))?, "nexthop").to_owned(),
        med: attribute(4).and_then(|med| number(med, "metric")),
        communities: communities.iter().map(|all| format!("{}:{}", all >> 16, all & 0xffff)).collect(),
        large_communities: attribute(32)
            .map(|all| list(all, "value").iter().filter_map(large).collect())
            .unwrap_or_default(),
        atomic_aggregate: attribute(6).is_some(),
        aggregator: attribute(7).and_then(|by| Some((number(by, "as")?, text(by, "address").to_owned()))),
        ..Route::default()
    })
}

/// The command that originates a route.
fn originate(route: &Route, next_hop: &str) -> Vec<String> {
    let mut words =
        ["global", "rib", "add", &route.prefix, "origin", &route.origin].map(str::to_owned).to_vec();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            words.extend([name.to_owned(), value]);
        }
    };
    let path: Vec<_> = route.as_path.iter().map(u32::to_string).collect();
    add("aspath", path.join(","));
    add("nexthop", next_hop.to_owned());
    add("med", route.med.map(|med| med.to_string()).unwrap_or_default());
    add("community", route.communities.join(","));
    add("large-community", route.large_communities.join(","));
    add("-a", if route.is_ipv6() { "ipv6" } else { "ipv4" }.to_owned());
    words
}

/// The configuration file of a design.
fn configuration(design: &Design) -> String {
    let global =
        format!("[global.config]\nas = {}\nrouter-id = \"{}\"\nport = 179\n\n", design.asn, design.router_id);
    global + &design.neighbors.iter().map(neighbor).collect::<String>()
}

fn neighbor(neighbor: &Neighbor) -> String {
    let password = neighbor.password.map(|word| format!("auth-password = \"{word}\"\n")).unwrap_or_default();
    let limit = neighbor.offers.max_prefixes;
    let limit = limit.map(|n| format!("[neighbors.afi-safis.prefix-limit.config]\nmax-prefixes = {n}\n"));
    let ttl = if neighbor.ttl_security {
        "[neighbors.ttl-security.config]\nenabled = true\nttl-min = 255\n"
    } else {
        ""
    };
    format!(
        "[[neighbors]]
[neighbors.config]
neighbor-address = \"{address}\"
peer-as = {asn}
{password}[neighbors.timers.config]
connect-retry = 1
idle-hold-time-after-reset = 1
[neighbors.transport.config]
local-address = \"{local}\"
passive-mode = {passive}
{ttl}[neighbors.graceful-restart.config]
enabled = {restart}
restart-time = 60
[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = \"{family}-unicast\"
[neighbors.afi-safis.mp-graceful-restart.config]
enabled = {restart}
{limit}",
        address = neighbor.address,
        asn = neighbor.asn,
        local = neighbor.local,
        passive = neighbor.passive,
        restart = neighbor.offers.graceful_restart,
        limit = limit.unwrap_or_default(),
        family = if neighbor.address.is_ipv6() { "ipv6" } else { "ipv4" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_every_attribute() {
        let path = json!({ "attrs": [
            { "type": 1, "value": 1 },
            { "type": 2, "as_paths": [{ "segment_type": 2, "num": 2, "asns": [64496, 65540] }] },
            { "type": 3, "nexthop": "192.0.2.1" },
            { "type": 4, "metric": 50 },
            { "type": 6 },
            { "type": 7, "as": 64511, "address": "198.51.100.9" },
            { "type": 8, "communities": [4_226_809_857_u32, 529_211_207] },
            { "type": 32, "value": [{ "ASN": 65540, "LocalData1": 1, "LocalData2": 2 }] },
        ] });
        let expected = Route {
            prefix: "198.18.1.0/24".into(),
            origin: "egp".into(),
            as_path: vec![64496, 65540],
            next_hop: "192.0.2.1".into(),
            med: Some(50),
            communities: vec!["64496:1".into(), "8075:8007".into()],
            large_communities: vec!["65540:1:2".into()],
            atomic_aggregate: true,
            aggregator: Some((64511, "198.51.100.9".into())),
            ..Route::default()
        };
        assert_eq!(route("198.18.1.0/24", &path), Some(expected));
    }
}
