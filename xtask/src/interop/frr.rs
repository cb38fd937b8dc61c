//! FRR: zebra, bfdd and bgpd with sockets and files of their own, and their answers as JSON.

use super::carrier::{Carrier, LEGS, Leg};
use super::daemon::Daemon;
use super::frr_configuration;
use super::json::{list, number, text, texts};
use super::netns::Node;
use super::router::{BfdSession, Design, Received, Route, Router, Session, Witness};
use crate::clock::wait_for;
use crate::command::stdout_of;
use crate::failure::Failure;
use serde_json::Value;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

pub(crate) use frr_configuration::{Files, configuration, quiet_configuration};

/// A running FRR. The daemons end in the order of the fields: bgpd first.
pub(crate) struct Frr {
    node: Node,
    bgpd: Daemon,
    bfdd: Daemon,
    _zebra: Daemon,
}

impl Frr {
    pub(crate) fn start(node: &Node, files: &Files) -> Result<Self, Failure> {
        let zebra = start_zebra(node, &files.zebra)?;
        let bfdd = daemon(node, "bfdd", &files.bfdd, &["--bfdctl", &path(node, "bfdd.sock")])?;
        // bgpd's wishes reach bfdd through zebra, and only when bfdd is there first.
        await_answer(node, "zebra", "show zebra client summary", "bfd")?;
        // BMP is a module that is loaded where it is asked for.
        let modules: &[&str] = if files.bgpd.contains("bmp targets") { &["-M", "bmp"] } else { &[] };
        let bgpd = daemon(node, "bgpd", &files.bgpd, modules)?;
        await_answer(node, "bgpd", "show version", "FRRouting")?;
        Ok(Self { node: node.clone(), bgpd, bfdd, _zebra: zebra })
    }

    /// Starts it with one file for all its daemons, as `vtysh` reads and checks it.
    pub(crate) fn start_integrated(node: &Node, configuration: &str) -> Result<Self, Failure> {
        let file = integrated(node, configuration)?;
        let log = || LOG.to_owned();
        let frr = Self::start(node, &Files { zebra: log(), bfdd: log(), bgpd: log() })?;
        node.ask("vtysh", &["--vty_socket", &path(node, ""), "-f", &file])?;
        Ok(frr)
    }

    /// bgpd alone is killed; zebra goes on, and so does the kernel's table.
    pub(crate) fn kill_bgpd(&self) -> Result<(), Failure> {
        self.bgpd.signal("KILL")
    }

    /// Another bgpd in its place, with another configuration.
    pub(crate) fn replace_bgpd(&mut self, configuration: &str) -> Result<(), Failure> {
        self.bgpd = daemon(&self.node, "bgpd", configuration, &[])?;
        await_answer(&self.node, "bgpd", "show version", "FRRouting")
    }

    /// Gives one of its daemons commands, one after the other.
    pub(crate) fn command(&self, daemon: &str, words: &[&str]) -> Result<(), Failure> {
        let folder = path(&self.node, "");
        let words = words.iter().flat_map(|word| ["-c", word]);
        let arguments: Vec<&str> = ["--vty_socket", &folder, "-d", daemon].into_iter().chain(words).collect();
        self.node.ask("vtysh", &arguments).map(drop)
    }

    /// What one of its daemons answers.
    pub(crate) fn json(&self, daemon: &str, question: &str) -> Result<Value, Failure> {
        let answer = vtysh(&self.node, daemon, question)?;
        serde_json::from_str(&answer).map_err(|_| Failure::answer(question, answer))
    }

    /// Gives the session with a peer another password while it runs, or none.
    pub(crate) fn set_password(&self, asn: u32, peer: IpAddr, password: Option<&str>) -> Result<(), Failure> {
        let neighbor = password.map_or_else(
            || format!("no neighbor {peer} password"),
            |password| format!("neighbor {peer} password {password}"),
        );
        self.configure("bgpd", &[format!("router bgp {asn}"), neighbor])
    }

    fn configure(&self, daemon: &str, lines: &[String]) -> Result<(), Failure> {
        let sockets = path(&self.node, "");
        let mut words = vec!["--vty_socket", &sockets, "-d", daemon, "-c", "configure terminal"];
        words.extend(lines.iter().flat_map(|line| ["-c", line.as_str()]));
        self.node.ask("vtysh", &words).map(drop)
    }

    /// Its BFD is a program of its own.
    pub(crate) fn raise_bfd(&self) -> Result<(), Failure> {
        self.bfdd.raise(false)
    }

    /// The row of that peer in a list of bfdd's.
    pub(crate) fn bfd_row(&self, question: &str, peer: IpAddr) -> Result<Value, Failure> {
        let rows = self.json("bfdd", question)?;
        let found = rows.as_array().into_iter().flatten().find(|row| text(row, "peer") == peer.to_string());
        found.cloned().ok_or_else(|| Failure::answer(question, rows.to_string()))
    }

    fn neighbor(&self, peer: IpAddr) -> Result<Value, Failure> {
        let mut answer = self.json("bgpd", &format!("show bgp neighbors {peer} json"))?;
        answer
            .get_mut(peer.to_string())
            .map(Value::take)
            .ok_or_else(|| Failure::answer("neighbors", answer.to_string()))
    }
}

/// zebra, before those who need it, or alone, to advertise a router.
pub(crate) fn start_zebra(node: &Node, configuration: &str) -> Result<Daemon, Failure> {
    // The daemons give up root and become the package's user; their sockets are in this folder.
    stdout_of(Command::new("chown").arg("frr:frr").arg(node.folder()))?;
    let zebra = daemon(node, "zebra", configuration, &[])?;
    await_answer(node, "zebra", "show version", "FRRouting")?;
    Ok(zebra)
}

/// What is said of everything, beside a configuration that says nothing of it.
const LOG: &str = "log stdout debugging\n";

/// Writes one file for all daemons, checked; gives its path.
fn integrated(node: &Node, configuration: &str) -> Result<String, Failure> {
    let file = path(node, "frr.conf");
    std::fs::write(&file, LOG.to_owned() + configuration).map_err(Failure::file(&file))?;
    node.ask("vtysh", &["-C", "-f", &file])?;
    Ok(file)
}

/// Starts one of the daemons with its configuration in a file of its own.
fn daemon(node: &Node, name: &str, configuration: &str, more: &[&str]) -> Result<Daemon, Failure> {
    let file = path(node, &format!("{name}.conf"));
    std::fs::write(&file, configuration).map_err(Failure::file(&file))?;
    let (pid, zserv, sockets) = (path(node, &format!("{name}.pid")), path(node, "zserv.api"), path(node, ""));
    let options = ["-f", &file, "-i", &pid, "-z", &zserv, "--vty_socket", &sockets];
    Daemon::start(node, name, &Path::new("/usr/lib/frr").join(name), [&options, more].concat())
}

fn path(node: &Node, name: &str) -> String {
    node.folder().join(name).display().to_string().trim_end_matches('/').to_owned()
}

fn vtysh(node: &Node, daemon: &str, question: &str) -> Result<String, Failure> {
    node.ask("vtysh", &["--vty_socket", &path(node, ""), "-d", daemon, "-c", question])
}

fn await_answer(node: &Node, daemon: &str, question: &str, contains: &str) -> Result<(), Failure> {
    let what = format!("{daemon} to answer");
    wait_for(&what, Duration::from_secs(15), || {
        let answer = vtysh(node, daemon, question)?;
        if answer.contains(contains) { Ok(()) } else { Err(Failure::answer(question, answer)) }
    })?;
    Ok(())
}

impl Router for Frr {
    fn session(&self, peer: IpAddr) -> Result<Session, Failure> {
        let neighbor = self.neighbor(peer)?;
        let (state, reset) = (text(&neighbor, "bgpState"), text(&neighbor, "lastResetDueTo"));
        Ok(Session { established: state == "Established", words: format!("{state} {reset}") })
    }

    fn bfd(&self, peer: IpAddr) -> Result<BfdSession, Failure> {
        let row = self.bfd_row("show bfd peers json", peer)?;
        let field = |name| number::<u64>(&row, name).unwrap_or(0);
        let interval = field("receive-interval").max(field("remote-transmit-interval"));
        let detection_ms = interval * field("remote-detect-multiplier");
        Ok(BfdSession { up: text(&row, "status") == "up", detection_ms })
    }

    fn change_bfd(&self, design: &Design) -> Result<(), Failure> {
        let Some(bfd) = design.neighbors.iter().find_map(|neighbor| neighbor.bfd) else { return Ok(()) };
        self.configure("bfdd", &frr_configuration::profile(bfd))
    }

    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure> {
        Ok(self.paths(prefix)?.into_iter().next())
    }

    fn request_refresh(&self, peer: IpAddr) -> Result<(), Failure> {
        let family = if peer.is_ipv6() { "ipv6" } else { "ipv4" };
        vtysh(&self.node, "bgpd", &format!("clear bgp {family} unicast {peer} soft in")).map(drop)
    }

    fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.bgpd.terminate()
    }
}

impl Carrier for Frr {
    fn reconfigure(&mut self, configuration: &str) -> Result<(), Failure> {
        let (file, folder) = (integrated(&self.node, configuration)?, path(&self.node, ""));
        let places = ["--vty_socket", "--rundir", "--confdir"].map(|option| [option, &folder]).concat();
        let words = [&["--reload"], places.as_slice(), &[&file]].concat();
        // One line may take back what another has just done: the second time finds what is left.
        for _ in 0..2 {
            self.node.ask("/usr/lib/frr/frr-reload.py", &words)?;
        }
        // Else a changed route map counts after five seconds, and a session that ended at its limit stays down.
        for Leg { far_end, .. } in LEGS {
            let how = if self.session(far_end)?.established { " soft out" } else { "" };
            vtysh(&self.node, "bgpd", &format!("clear bgp ipv4 unicast {far_end}{how}"))?;
        }
        Ok(())
    }

    fn announced(&self, leg: &Leg) -> Result<String, Failure> {
        let question = format!("show bgp ipv4 unicast neighbors {} advertised-routes", leg.far_end);
        vtysh(&self.node, "bgpd", &question)
    }

    fn sessions(&self) -> Result<String, Failure> {
        Ok(vtysh(&self.node, "bgpd", "show bgp neighbors")? + &vtysh(&self.node, "bfdd", "show bfd peers")?)
    }

    fn configuration(&self) -> Result<String, Failure> {
        self.node.ask("vtysh", &["--vty_socket", &path(&self.node, ""), "-c", "show running-config"])
    }
}

impl Witness for Frr {
    fn received(&self, peer: IpAddr) -> Result<Received, Failure> {
        let neighbor = self.neighbor(peer)?;
        let count = |field| neighbor.get("messageStats").and_then(|all| number(all, field)).unwrap_or(0);
        let notification = code_and_subcode(text(&neighbor, "lastErrorCodeSubcode"));
        Ok(Received { refreshes: count("routeRefreshRecv"), updates: count("updatesRecv"), notification })
    }

    fn paths(&self, prefix: &str) -> Result<Vec<Route>, Failure> {
        let family = if prefix.contains(':') { "ipv6" } else { "ipv4" };
        let answer = self.json("bgpd", &format!("show bgp {family} unicast {prefix} json"))?;
        let read =
            |path| route(prefix, path).ok_or_else(|| Failure::answer("show bgp", Value::to_string(path)));
        list(&answer, "paths").iter().map(read).collect()
    }
}

/// Reads `0602`.
fn code_and_subcode(digits: &str) -> Option<(u8, u8)> {
    let [code, subcode] = u16::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some((code, subcode))
}

/// Reads one path of `show bgp ... json`.
fn route(prefix: &str, path: &Value) -> Option<Route> {
    let aggregator_id = path.get("aggregatorId").and_then(Value::as_str).map(str::to_owned);
    Some(Route {
        prefix: prefix.to_owned(),
        origin: text(path, "origin").to_lowercase(),
        as_path: text(path.get("aspath")?, "string")
            .split_whitespace()
            .filter_map(|asn| asn.parse().ok())
            .collect(),
        next_hop: text(list(path, "nexthops").first()?, "ip").to_owned(),
        med: number(path, "metric"),
        communities: path.get("community").map(|all| texts(all, "list")).unwrap_or_default(),
        large_communities: path.get("largeCommunity").map(|all| texts(all, "list")).unwrap_or_default(),
        atomic_aggregate: path.get("atomicAggregate").is_some_and(|value| *value == true),
        aggregator: number(path, "aggregatorAs").zip(aggregator_id),
        ..Route::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_every_attribute() {
        let path = json!({
            "aspath": { "string": "64496 64500 65540" }, "origin": "EGP", "metric": 50,
            "atomicAggregate": true, "aggregatorAs": 64511, "aggregatorId": "198.51.100.9",
            "community": { "list": ["64496:1"] }, "largeCommunity": { "list": ["64496:1:2"] },
            "nexthops": [{ "ip": "2001:db8::1" }, { "ip": "fe80::1" }],
        });
        let expected = Route {
            prefix: "2001:db8:1::/48".into(),
            origin: "egp".into(),
            as_path: vec![64496, 64500, 65540],
            next_hop: "2001:db8::1".into(),
            med: Some(50),
            communities: vec!["64496:1".into()],
            large_communities: vec!["64496:1:2".into()],
            atomic_aggregate: true,
            aggregator: Some((64511, "198.51.100.9".into())),
            ..Route::default()
        };
        assert_eq!(route("2001:db8:1::/48", &path), Some(expected));
    }

    #[test]
    fn reads_a_notification() {
        assert_eq!(code_and_subcode("060A"), Some((6, 10)));
    }
}
