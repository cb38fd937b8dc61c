//! ExaBGP: its configuration from a design, and what it tells a process of its own as lines of JSON.
//!
//! It has no table: what it heard last of a prefix is what it has. It chooses nothing and passes nothing on.

use super::daemon::Daemon;
use super::json::{list, number, text};
use super::netns::Node;
use super::router::{BfdSession, Design, Neighbor, Received, Route, Router, Session, Witness};
use crate::clock::wait_for;
use crate::failure::Failure;
use serde_json::Value;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// A running ExaBGP.
pub(crate) struct ExaBgp {
    node: Node,
    daemon: Daemon,
}

impl ExaBgp {
    pub(crate) fn start(node: &Node, design: &Design) -> Result<Self, Failure> {
        let file = node.folder().join("exabgp.conf");
        let seen = seen(node);
        let writer = node.folder().join("writer.py");
        std::fs::write(&seen, "").map_err(Failure::file(&seen))?;
        std::fs::write(&writer, WRITER).map_err(Failure::file(&writer))?;
        std::fs::write(&file, configuration(design, &writer, &seen)).map_err(Failure::file(&file))?;
        let own = design.neighbors.iter().map(|neighbor| neighbor.local.to_string()).collect::<Vec<_>>();
        let variables = [
            "exabgp.daemon.user=root".to_owned(),
            "exabgp.log.destination=stdout".to_owned(),
            "exabgp.log.level=INFO".to_owned(),
            "exabgp.api.cli=false".to_owned(),
            format!("exabgp.tcp.bind={}", own.join(" ")),
            "exabgp.tcp.port=179".to_owned(),
        ];
        let arguments =
            variables.into_iter().chain(["/usr/sbin/exabgp".to_owned(), "exabgp.conf".to_owned()]);
        let daemon = Daemon::start(node, "exabgp", Path::new("/usr/bin/env"), arguments)?;
        let exabgp = Self { node: node.clone(), daemon };
        wait_for("ExaBGP to start", Duration::from_secs(10), || {
            let log = exabgp.daemon.log()?;
            if log.contains("loaded new configuration") { Ok(()) } else { Err(Failure::answer("log", log)) }
        })?;
        Ok(exabgp)
    }

    /// What it told of the session with `peer`, the last first.
    fn told(&self, peer: IpAddr) -> Result<Vec<Value>, Failure> {
        let mut all = self.lines()?;
        let of_peer = |line: &Value| {
            line.pointer("/neighbor/address/peer").and_then(Value::as_str) == Some(&peer.to_string())
        };
        all.retain(of_peer);
        all.reverse();
        Ok(all)
    }

    fn lines(&self) -> Result<Vec<Value>, Failure> {
        let seen = seen(&self.node);
        let text = std::fs::read_to_string(&seen).map_err(Failure::file(&seen))?;
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }
}

fn seen(node: &Node) -> PathBuf {
    node.folder().join("seen.json")
}

impl Router for ExaBgp {
    fn session(&self, peer: IpAddr) -> Result<Session, Failure> {
        let told = self.told(peer)?;
        let state = told.iter().find(|line| text(line, "type") == "state");
        let neighbor = state.and_then(|line| line.get("neighbor")).unwrap_or(&Value::Null);
        let (state, reason) = (text(neighbor, "state"), text(neighbor, "reason"));
        Ok(Session { established: state == "up", words: format!("{state} {reason}") })
    }

    fn bfd(&self, _: IpAddr) -> Result<BfdSession, Failure> {
        Err(Failure::Objection("ExaBGP has no BFD".into()))
    }

    fn change_bfd(&self, _: &Design) -> Result<(), Failure> {
        Ok(())
    }

    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure> {
        let lines = self.lines()?;
        Ok(match lines.iter().rev().find_map(|line| said_of(prefix, line)) {
            Some(Said::Announced(route)) => Some(*route),
            Some(Said::Gone) | None => None,
        })
    }

    fn request_refresh(&self, _: IpAddr) -> Result<(), Failure> {
        Err(Failure::Objection("ExaBGP asks for nothing by itself".into()))
    }

    fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.daemon.terminate()
    }
}

/// Cease, Connection Rejected (RFC 4486).
const REFUSED: (u8, u8) = (6, 5);

impl Witness for ExaBgp {
    fn received(&self, peer: IpAddr) -> Result<Received, Failure> {
        let told = self.told(peer)?;
        let count = |kind: &str| told.iter().filter(|line| text(line, "type") == kind).count() as u64;
        let all = told.iter().filter(|line| text(line, "type") == "notification");
        let all = all.filter_map(|line| line.pointer("/neighbor/notification"));
        let mut all = all.filter_map(|it| number(it, "code").zip(number(it, "subcode")));
        // It connects again at once, before and after a session: that this is refused says nothing of the session.
        let notification = all.find(|said| *said != REFUSED);
        Ok(Received { refreshes: count("refresh"), updates: count("update"), notification })
    }
}

/// What a line says of a prefix.
#[derive(PartialEq, Eq, Debug)]
enum Said {
    Announced(Box<Route>),
    Gone,
}

/// What a line says of a prefix, if anything.
fn said_of(prefix: &str, line: &Value) -> Option<Said> {
    if line.pointer("/neighbor/state").and_then(Value::as_str) == Some("down") {
        return Some(Said::Gone);
    }
    let update = line.pointer("/neighbor/message/update")?;
    let family = if prefix.contains(':') { "ipv6 unicast" } else { "ipv4 unicast" };
    let has = |nets: &Value| {
        let nets = nets.as_array().into_iter().flatten();
        nets.into_iter().any(|net| text(net, "nlri") == prefix)
    };
    let by_hop = update.pointer("/announce").and_then(|all| all.get(family)).and_then(Value::as_object);
    let hop = by_hop.into_iter().flatten().find(|(_, nets)| has(nets));
    if let Some((hop, _)) = hop {
        let attributes = update.get("attribute").unwrap_or(&Value::Null);
        return Some(Said::Announced(Box::new(route(prefix, hop, attributes))));
    }
    let gone = update.pointer("/withdraw").and_then(|all| all.get(family)).is_some_and(has);
    gone.then_some(Said::Gone)
}

/// Reads the attributes of an UPDATE.
fn route(prefix: &str, next_hop: &str, attributes: &Value) -> Route {
    let joined = |name: &str| -> Vec<String> {
        let parts = |one: &Value| -> Vec<String> {
            one.as_array().into_iter().flatten().map(ToString::to_string).collect()
        };
        list(attributes, name).iter().map(|one| parts(one).join(":")).collect()
    };
    let aggregator = text(attributes, "aggregator").split_once(':');
    Route {
        prefix: prefix.to_owned(),
        origin: text(attributes, "origin").to_owned(),
        as_path: list(attributes, "as-path").iter().filter_map(|asn| asn.as_u64()?.try_into().ok()).collect(),
        next_hop: next_hop.to_owned(),
        med: number(attributes, "med"),
        communities: joined("community"),
        large_communities: joined("large-community"),
        atomic_aggregate: attributes.get("atomic-aggregate").is_some_and(|value| *value == true),
        aggregator: aggregator.and_then(|(asn, id)| Some((asn.parse().ok()?, id.to_owned()))),
        ..Route::default()
    }
}

/// Appends what comes on standard input to the file it is given. It waits itself: what it reads from does not.
const WRITER: &str = "\
import os, select, sys
with open(sys.argv[1], 'ab', 0) as seen:
    while select.select([0], [], []):
        octets = os.read(0, 65536)
        if not octets:
            break
        seen.write(octets)
";

/// The configuration file of a design; the program `writer` writes what it hears to `seen`.
fn configuration(design: &Design, writer: &Path, seen: &Path) -> String {
    let process = format!(
        "process seen {{\n    run /usr/bin/python3 {} {};\n    encoder json;\n}}\n",
        writer.display(),
        seen.display()
    );
    let neighbors = design.neighbors.iter().map(|neighbor| self::neighbor(design, neighbor));
    std::iter::once(process).chain(neighbors).collect()
}

fn neighbor(design: &Design, neighbor: &Neighbor) -> String {
    let Neighbor { address, local, asn, passive, offers, .. } = neighbor;
    let family = if address.is_ipv6() { "ipv6" } else { "ipv4" };
    let password = neighbor.password.map(|word| format!("    md5-password \"{word}\";\n"));
    let ttl = neighbor.ttl_security.then(|| "    outgoing-ttl 255;\n    incoming-ttl 255;\n".to_owned());
    let restart = offers.graceful_restart.then_some(" graceful-restart 120;");
    let routes = design.routes.iter().filter(|route| route.is_ipv6() == address.is_ipv6());
    let routes: String = routes.map(|route| announced(design.asn, route)).collect();
    format!(
        "neighbor {address} {{
    router-id {id};
    local-address {local};
    local-as {own};
    peer-as {asn};
    passive {passive};
    group-updates false;
{password}{ttl}    family {{ {family} unicast; }}
    capability {{ route-refresh; asn4 {as4}; extended-message {extended};{restart} }}
    api {{ processes [ seen ]; neighbor-changes; receive {{ parsed; update; notification; refresh; }} }}
    static {{
{routes}    }}
}}
",
        id = design.router_id,
        own = design.asn,
        password = password.unwrap_or_default(),
        ttl = ttl.unwrap_or_default(),
        as4 = if offers.two_octet_asns { "disable" } else { "enable" },
        extended = if offers.extended_messages { "enable" } else { "disable" },
        restart = restart.unwrap_or_default(),
    )
}

/// A route as it leaves, its own ASN in front.
fn announced(own: u32, route: &Route) -> String {
    let all = |name: &str, values: &[String]| match values {
        [] => String::new(),
        _ => format!(" {name} [ {} ]", values.join(" ")),
    };
    let path: Vec<String> = std::iter::once(&own).chain(&route.as_path).map(u32::to_string).collect();
    format!(
        "        route {} next-hop self origin {}{}{}{}{}{}{}{};\n",
        route.prefix,
        route.origin,
        all("as-path", &path),
        route.med.map(|med| format!(" med {med}")).unwrap_or_default(),
        all("community", &route.communities),
        all("large-community", &route.large_communities),
        if route.atomic_aggregate { " atomic-aggregate" } else { "" },
        route.aggregator.as_ref().map(|(asn, id)| format!(" aggregator ( {asn}:{id} )")).unwrap_or_default(),
        route.raw.map(|raw| format!(" attribute [ {raw} ]")).unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(message: &Value) -> Value {
        json!({ "type": "update", "neighbor": { "address": { "peer": "192.0.2.1" }, "message": { "update": message } } })
    }

    #[test]
    fn reads_what_it_tells() {
        let announced = line(&json!({
            "attribute": { "origin": "egp", "as-path": [64496, 65550], "med": 50, "aggregator": "65551:198.51.100.9",
                "atomic-aggregate": true, "community": [[64496, 1]], "large-community": [[65540, 1, 2]] },
            "announce": { "ipv4 unicast": { "192.0.2.1": [{ "nlri": "198.18.1.0/24" }] } },
        }));
        let expected = Route {
            prefix: "198.18.1.0/24".into(),
            origin: "egp".into(),
            as_path: vec![64496, 65550],
            next_hop: "192.0.2.1".into(),
            med: Some(50),
            communities: vec!["64496:1".into()],
            large_communities: vec!["65540:1:2".into()],
            atomic_aggregate: true,
            aggregator: Some((65551, "198.51.100.9".into())),
            ..Route::default()
        };
        assert_eq!(said_of("198.18.1.0/24", &announced), Some(Said::Announced(Box::new(expected))));
        assert_eq!(said_of("198.18.2.0/24", &announced), None);
        let gone = line(&json!({ "withdraw": { "ipv4 unicast": [{ "nlri": "198.18.1.0/24" }] } }));
        assert_eq!(said_of("198.18.1.0/24", &gone), Some(Said::Gone));
    }
}
