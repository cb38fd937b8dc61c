//! OpenBGPD: its configuration from a design, and its answers as JSON.

use super::carrier::{Carrier, LEGS, Leg};
use super::daemon::Daemon;
use super::json::{number, text, texts};
use super::netns::Node;
use super::router::{BfdSession, Design, Neighbor, Offers, Received, Route, Router, Session, Witness};
use crate::clock::wait_for;
use crate::failure::Failure;
use serde_json::Value;
use std::fs::Permissions;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

/// Where the package's processes lock themselves in; systemd would have made it.
const CHROOT: &str = "/run/openbgpd";

/// What it reads, in its node's folder.
const CONFIGURATION: &str = "bgpd.conf";

/// A running OpenBGPD.
pub(crate) struct OpenBgpd {
    node: Node,
    daemon: Daemon,
}

impl OpenBgpd {
    pub(crate) fn start(node: &Node, design: &Design) -> Result<Self, Failure> {
        Self::start_from(node, &configuration(design, &socket(node)))
    }

    /// Starts it with a configuration that says nothing of this place, and that was checked.
    pub(crate) fn start_configured(node: &Node, configuration: &str) -> Result<Self, Failure> {
        Self::start_from(node, &checked(node, configuration)?)
    }

    fn start_from(node: &Node, configuration: &str) -> Result<Self, Failure> {
        std::fs::create_dir_all(CHROOT).map_err(Failure::file(Path::new(CHROOT)))?;
        write(node, CONFIGURATION, configuration)?;
        let daemon =
            Daemon::start(node, "bgpd", Path::new("/usr/sbin/bgpd"), ["-d", "-v", "-f", CONFIGURATION])?;
        let openbgpd = Self { node: node.clone(), daemon };
        wait_for("OpenBGPD to answer", Duration::from_secs(10), || openbgpd.ask(&["show", "summary"]))?;
        Ok(openbgpd)
    }

    fn ask(&self, words: &[&str]) -> Result<String, Failure> {
        self.node.ask("/usr/sbin/bgpctl", &[&["-s", &socket(&self.node)], words].concat())
    }

    fn json(&self, words: &[&str]) -> Result<Value, Failure> {
        let answer = self.ask(&[&["-j"], words].concat())?;
        serde_json::from_str(&answer).map_err(|_| Failure::answer(words.join(" "), answer))
    }

    fn neighbor(&self, peer: IpAddr) -> Result<Value, Failure> {
        let answer = self.json(&["show", "neighbor", &peer.to_string()])?;
        let neighbor = answer.pointer("/neighbors/0").cloned();
        neighbor.ok_or_else(|| Failure::answer("show neighbor", answer.to_string()))
    }
}

/// A configuration that says nothing of this place, with what is to be said, if the program finds it in order.
fn checked(node: &Node, configuration: &str) -> Result<String, Failure> {
    let here = format!("socket \"{}\"\nfib-update no\nconnect-retry 1\n", socket(node));
    let whole = here + configuration;
    let file = write(node, "checked.conf", &whole)?;
    node.ask("/usr/sbin/bgpd", &["-n", "-f", &file])?;
    Ok(whole)
}

/// Writes a configuration that it will read: none that others could have written. Gives its path.
fn write(node: &Node, name: &str, configuration: &str) -> Result<String, Failure> {
    let file = node.folder().join(name);
    let written = std::fs::write(&file, configuration);
    let written = written.and_then(|()| std::fs::set_permissions(&file, Permissions::from_mode(0o600)));
    written.map_err(Failure::file(&file))?;
    Ok(file.display().to_string())
}

fn socket(node: &Node) -> String {
    node.folder().join("bgpd.sock").display().to_string()
}

impl Router for OpenBgpd {
    fn session(&self, peer: IpAddr) -> Result<Session, Failure> {
        let neighbor = self.neighbor(peer)?;
        let state = text(&neighbor, "state");
        let error = neighbor.get("stats").map_or("", |stats| text(stats, "last_error_received"));
        Ok(Session { established: state == "Established", words: format!("{state} {error}") })
    }

    fn bfd(&self, _: IpAddr) -> Result<BfdSession, Failure> {
        Err(Failure::Objection("OpenBGPD has no BFD".into()))
    }

    fn change_bfd(&self, _: &Design) -> Result<(), Failure> {
        Ok(())
    }

    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure> {
        let answer = self.json(&["show", "rib", "detail", prefix])?;
        Ok(answer.pointer("/rib/0").map(|path| route(prefix, path)))
    }

    fn request_refresh(&self, peer: IpAddr) -> Result<(), Failure> {
        self.ask(&["neighbor", &peer.to_string(), "refresh"]).map(drop)
    }

    fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.daemon.terminate()
    }
}

impl Carrier for OpenBgpd {
    fn reconfigure(&mut self, configuration: &str) -> Result<(), Failure> {
        let whole = checked(&self.node, configuration)?;
        let before = self.node.folder().join(CONFIGURATION);
        let before = std::fs::read_to_string(&before).map_err(Failure::file(&before))?;
        if [&before, &whole].iter().any(|text| text.contains("md5sig")) {
            // A password counts for connections that begin after a restart.
            self.daemon.terminate()?;
            *self = Self::start_from(&self.node, &whole)?;
            return Ok(());
        }
        write(&self.node, CONFIGURATION, &whole)?;
        self.ask(&["reload"])?;
        for Leg { far_end, .. } in LEGS {
            if !self.session(far_end)?.established {
                self.ask(&["neighbor", &far_end.to_string(), "clear"])?;
            }
        }
        Ok(())
    }

    fn announced(&self, leg: &Leg) -> Result<String, Failure> {
        self.ask(&["show", "rib", "detail", "out", "neighbor", &leg.far_end.to_string()])
    }

    fn sessions(&self) -> Result<String, Failure> {
        self.ask(&["show", "neighbor"])
    }

    fn configuration(&self) -> Result<String, Failure> {
        let file = self.node.folder().join(CONFIGURATION);
        std::fs::read_to_string(&file).map_err(Failure::file(&file))
    }
}

impl Witness for OpenBgpd {
    fn received(&self, peer: IpAddr) -> Result<Received, Failure> {
        let neighbor = self.neighbor(peer)?;
        let messages = neighbor.pointer("/stats/message/received").unwrap_or(&Value::Null);
        let count = |field| number(messages, field).unwrap_or(0);
        let log = self.daemon.log()?;
        let label = format!("neighbor {peer}: received notification: ");
        let words = log.rsplit_once(&label).and_then(|(_, rest)| rest.lines().next());
        let notification = words.and_then(subcode);
        Ok(Received { refreshes: count("route_refresh"), updates: count("updates"), notification })
    }
}

/// OpenBGPD's words for a Cease, which it prints instead of the numbers (RFC 4486).
fn subcode(words: &str) -> Option<(u8, u8)> {
    const CEASE: [(&str, u8); 8] = [
        ("received max-prefix exceeded", 1),
        ("administratively down", 2),
        ("peer unconfigured", 3),
        ("administrative reset", 4),
        ("connection rejected", 5),
        ("other config change", 6),
        ("collision", 7),
        ("resource exhaustion", 8),
    ];
    let words = words.trim().strip_prefix("Cease, ")?;
    CEASE.iter().find(|(text, _)| words.starts_with(text)).map(|(_, subcode)| (6, *subcode))
}

/// Reads one path of `show rib detail`.
fn route(prefix: &str, path: &Value) -> Route {
    Route {
        prefix: prefix.to_owned(),
        origin: text(path, "origin").to_lowercase(),
        as_path: text(path, "aspath").split_whitespace().filter_map(|asn| asn.parse().ok()).collect(),
        next_hop: text(path, "exit_nexthop").to_owned(),
        med: number(path, "metric"),
        communities: texts(path, "communities"),
        large_communities: texts(path, "large_communities"),
        // Of aggregation its JSON says nothing.
        ..Route::default()
    }
}

/// The configuration file of a design.
fn configuration(design: &Design, socket: &str) -> String {
    let mut lines = vec![
        format!("AS {}", design.asn),
        format!("router-id {}", design.router_id),
        "fib-update no".to_owned(),
        "connect-retry 1".to_owned(),
        format!("socket \"{socket}\""),
    ];
    lines.extend(design.neighbors.iter().map(|neighbor| format!("listen on {}", neighbor.local)));
    lines.extend(design.routes.iter().map(network));
    lines.extend(design.neighbors.iter().map(neighbor));
    lines.extend(["allow from any".to_owned(), "allow to any".to_owned()]);
    lines.extend(design.routes.iter().map(origin));
    lines.join("\n") + "\n"
}

fn network(route: &Route) -> String {
    let mut sets: Vec<_> = route.med.map(|med| format!("med {med}")).into_iter().collect();
    sets.extend(route.communities.iter().map(|community| format!("community {community}")));
    sets.extend(route.large_communities.iter().map(|community| format!("large-community {community}")));
    let set = if sets.is_empty() { String::new() } else { format!(" set {{ {} }}", sets.join(" ")) };
    format!("network {}{set}", route.prefix)
}

/// What a network statement cannot set.
fn origin(route: &Route) -> String {
    format!("match to any prefix {} set origin {}", route.prefix, route.origin)
}

fn neighbor(neighbor: &Neighbor) -> String {
    let mut lines = vec![
        format!("neighbor {} {{", neighbor.address),
        format!("    remote-as {}", neighbor.asn),
        format!("    local-address {}", neighbor.local),
        format!("    announce IPv{} unicast", if neighbor.address.is_ipv6() { 6 } else { 4 }),
    ];
    lines.extend(neighbor.passive.then(|| "    passive".to_owned()));
    lines.extend(neighbor.ttl_security.then(|| "    ttl-security yes".to_owned()));
    lines.extend(neighbor.password.map(|word| format!("    tcp md5sig password \"{word}\"")));
    let Offers { max_prefixes, role, graceful_restart, two_octet_asns, .. } = neighbor.offers;
    lines.extend(max_prefixes.map(|limit| format!("    max-prefix {limit}")));
    lines.extend(role.map(|role| format!("    announce policy {role}")));
    lines.extend(graceful_restart.then(|| "    announce restart yes".to_owned()));
    lines.extend(two_octet_asns.then(|| "    announce as-4byte no".to_owned()));
    lines.push("}".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_it_tells() {
        let path = json!({
            "prefix": "198.18.1.0/24", "aspath": "64496 65540", "exit_nexthop": "192.0.2.1", "origin": "EGP",
            "metric": 50, "communities": ["64496:1"], "large_communities": ["65540:1:2"],
        });
        let expected = Route {
            prefix: "198.18.1.0/24".into(),
            origin: "egp".into(),
            as_path: vec![64496, 65540],
            next_hop: "192.0.2.1".into(),
            med: Some(50),
            communities: vec!["64496:1".into()],
            large_communities: vec!["65540:1:2".into()],
            ..Route::default()
        };
        assert_eq!(route("198.18.1.0/24", &path), expected);
    }

    #[test]
    fn reads_a_notification() {
        assert_eq!(subcode("Cease, administratively down"), Some((6, 2)));
        assert_eq!(subcode("Hold timer expired"), None);
    }
}
