//! BIRD 2: its configuration from a design, and its answers.

use super::carrier::{Carrier, Leg};
use super::daemon::Daemon;
use super::netns::Node;
use super::router::{Bfd, BfdSession, Design, Neighbor, Received, Route, Router, Secret, Session, Witness};
use crate::clock::wait_for;
use crate::failure::Failure;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

/// A running BIRD.
pub(crate) struct Bird {
    node: Node,
    daemon: Daemon,
}

impl Bird {
    pub(crate) fn start(node: &Node, configuration: &str) -> Result<Self, Failure> {
        write_configuration(node, configuration)?;
        let options = ["-f", "-c", "bird.conf", "-s", "bird.ctl", "-P", "bird.pid"];
        let daemon = Daemon::start(node, "bird", Path::new("/usr/sbin/bird"), options)?;
        let bird = Self { node: node.clone(), daemon };
        wait_for("BIRD to answer", Duration::from_secs(10), || bird.ask("show status"))?;
        Ok(bird)
    }

    /// Its BFD has a thread of its own, the only one beside the main one.
    pub(crate) fn raise_bfd(&self) -> Result<(), Failure> {
        self.daemon.raise(true)
    }

    /// Takes over another configuration while it runs.
    pub(crate) fn configure(&self, configuration: &str) -> Result<(), Failure> {
        write_configuration(&self.node, configuration)?;
        let answer = self.ask("configure")?;
        if answer.contains("Reconfigured") || answer.contains("in progress") {
            return Ok(());
        }
        Err(Failure::answer("configure", answer))
    }

    /// What it prints of its BFD.
    pub(crate) fn bfd_sessions(&self) -> Result<String, Failure> {
        self.ask("show bfd sessions")
    }

    fn ask(&self, question: &str) -> Result<String, Failure> {
        let socket = self.node.folder().join("bird.ctl");
        self.node.ask("/usr/sbin/birdc", &["-s", &socket.display().to_string(), question])
    }
}

impl Router for Bird {
    fn session(&self, peer: IpAddr) -> Result<Session, Failure> {
        let answer = self.ask(&format!("show protocols all {}", protocol(peer)))?;
        let field = |name| after(&answer, name).unwrap_or_default();
        let state = field("BGP state:");
        let established = state == "Established";
        Ok(Session { established, words: format!("{state} {}", field("Last error:")) })
    }

    /// Address, interface, state, since, interval, timeout.
    fn bfd(&self, peer: IpAddr) -> Result<BfdSession, Failure> {
        let answer = self.bfd_sessions()?;
        let rows = answer.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
        let row = rows.into_iter().find(|row| row.first() == Some(&peer.to_string().as_str()));
        let row = row.ok_or_else(|| Failure::answer("show bfd sessions", answer.clone()))?;
        let timeout = row.last().and_then(|seconds| seconds.parse::<f64>().ok()).unwrap_or(0.0);
        let timeout = Duration::from_secs_f64(timeout.max(0.0));
        let detection_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        Ok(BfdSession { up: row.get(2) == Some(&"Up"), detection_ms })
    }

    fn change_bfd(&self, design: &Design) -> Result<(), Failure> {
        self.configure(&configuration(design))
    }

    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure> {
        Ok(self.paths(prefix)?.into_iter().next())
    }

    fn request_refresh(&self, peer: IpAddr) -> Result<(), Failure> {
        self.ask(&format!("reload in {}", protocol(peer))).map(drop)
    }

    fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.daemon.terminate()
    }
}

impl Carrier for Bird {
    fn reconfigure(&mut self, configuration: &str) -> Result<(), Failure> {
        self.configure(configuration)?;
        // One that ended for an error would wait for a minute.
        let rows = self.ask("show protocols")?;
        let waits = rows.lines().filter(|row| row.starts_with("voice_lab") && row.contains("start"));
        let names = waits.filter_map(|row| row.split_whitespace().next());
        names.map(|name| self.ask(&format!("restart {name}"))).try_for_each(|answer| answer.map(drop))
    }

    fn announced(&self, leg: &Leg) -> Result<String, Failure> {
        self.ask(&format!("show route export voice_{} all", leg.connection.replace('-', "_")))
    }

    fn sessions(&self) -> Result<String, Failure> {
        Ok(self.ask("show protocols all")? + &self.bfd_sessions()?)
    }

    fn configuration(&self) -> Result<String, Failure> {
        let file = self.node.folder().join("bird.conf");
        std::fs::read_to_string(&file).map_err(Failure::file(&file))
    }
}

impl Witness for Bird {
    fn received(&self, peer: IpAddr) -> Result<Received, Failure> {
        let name = protocol(peer);
        let log = self.daemon.log()?;
        let told = |what: &str| log.matches(&format!("{name}: {what}")).count() as u64;
        let answer = self.ask(&format!("show protocols all {name}"))?;
        let updates =
            after(&answer, "Import updates:").and_then(|row| number(row.split_whitespace().next()?));
        let updates = updates.unwrap_or(0);
        let notification = after(&log, &format!("{name}: Received: ")).and_then(subcode);
        Ok(Received { refreshes: told("Got ROUTE-REFRESH"), updates, notification })
    }

    fn paths(&self, prefix: &str) -> Result<Vec<Route>, Failure> {
        match self.ask(&format!("show route all {prefix}")) {
            Ok(text) => paths(prefix, &text).ok_or_else(|| Failure::answer("show route", text)),
            Err(Failure::Command { output, .. }) if output.contains("Network not found") => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }
}

fn write_configuration(node: &Node, configuration: &str) -> Result<(), Failure> {
    let file = node.folder().join("bird.conf");
    std::fs::write(&file, configuration).map_err(Failure::file(&file))
}

/// The name of the protocol that is the session with that peer.
fn protocol(peer: IpAddr) -> String {
    format!("peer_{peer}").replace(['.', ':'], "_")
}

/// BIRD's words for a Cease, which it prints instead of the numbers (RFC 4486).
fn subcode(words: &str) -> Option<(u8, u8)> {
    const CEASE: [(&str, u8); 7] = [
        ("Maximum number of prefixes reached", 1),
        ("Administrative shutdown", 2),
        ("Peer de-configured", 3),
        ("Administrative reset", 4),
        ("Connection rejected", 5),
        ("Other configuration change", 6),
        ("Connection collision resolution", 7),
    ];
    CEASE.iter().find(|(text, _)| words.starts_with(text)).map(|(_, subcode)| (6, *subcode))
}

/// What follows the last `label` on its line.
fn after<'a>(answer: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = answer.rsplit_once(label)?;
    rest.lines().next().map(str::trim)
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

/// Reads what `show route all` has from peers. What it says of a route stands behind tabs, its first line does not.
fn paths(prefix: &str, answer: &str) -> Option<Vec<Route>> {
    let mut texts = vec![String::new()];
    for line in answer.lines() {
        if !line.starts_with('\t') {
            texts.push(String::new());
        }
        texts.last_mut()?.extend([line, "\n"]);
    }
    let from_peers = texts.iter().filter(|text| text.contains("BGP.origin:"));
    from_peers.map(|text| route(prefix, text)).collect()
}

/// Reads one route of `show route all`.
fn route(prefix: &str, answer: &str) -> Option<Route> {
    // A long list goes on in lines of its own.
    let answer = &answer.replace("\n\t\t", " ");
    let field = |name: &str| after(answer, &format!("BGP.{name}:"));
    let (id, asn) = field("aggregator").and_then(|text| text.split_once(" AS")).unzip();
    Some(Route {
        prefix: prefix.to_owned(),
        origin: field("origin")?.to_lowercase(),
        as_path: field("as_path")?.split_whitespace().filter_map(number).collect(),
        // The link-local address comes second, and the first is nothing where there is no other.
        next_hop: field("next_hop")?.split_whitespace().find(|hop| *hop != "::")?.to_owned(),
        med: field("med").and_then(number),
        communities: communities(field("community")),
        large_communities: communities(field("large_community")),
        atomic_aggregate: field("atomic_aggr").is_some(),
        aggregator: asn.and_then(number).zip(id.map(str::to_owned)),
        ..Route::default()
    })
}

/// `(64496,1) (64496,2)` as `64496:1`, `64496:2`.
fn communities(list: Option<&str>) -> Vec<String> {
    let one = |text: &str| {
        let parts: Vec<&str> = text.split(',').map(|part| part.trim_matches(['(', ' '])).collect();
        parts.join(":")
    };
    list.unwrap_or_default().split(')').filter(|text| !text.trim().is_empty()).map(one).collect()
}

/// The configuration file of a design.
pub(crate) fn configuration(design: &Design) -> String {
    let mut lines = vec![
        "log stderr all;".to_owned(),
        "debug protocols { states, events, packets };".to_owned(),
        format!("router id {};", design.router_id),
        "protocol device {}".to_owned(),
    ];
    lines.extend(design.neighbors.iter().find_map(|neighbor| neighbor.bfd).map(|one| bfd(one, design)));
    lines.extend(design.routes.iter().enumerate().map(|(number, route)| originated(number, route)));
    let bgp = |neighbor| bgp(design, neighbor);
    lines.extend(design.neighbors.iter().filter(|neighbor| !neighbor.is_for_bfd_alone()).map(bgp));
    lines.join("\n") + "\n"
}

/// Each in a protocol of its own, so that several may have one prefix.
fn originated(number: usize, route: &Route) -> String {
    let family = if route.is_ipv6() { "ipv6" } else { "ipv4" };
    let prefix = &route.prefix;
    format!("protocol static route{number} {{ {family}; route {prefix} blackhole; }}")
}

fn bfd(bfd: Bfd, design: &Design) -> String {
    let timers = format!("interval {} ms; multiplier {};", bfd.interval_ms, bfd.multiplier);
    let keys = bfd.authentication.map(|Secret { kind, secret }| {
        let kind = kind.strip_suffix("-password").unwrap_or(kind).replace('-', " ");
        format!("authentication {kind}; password \"{secret}\" {{ id 1; }};")
    });
    let options = timers + &keys.unwrap_or_default();
    let alone = design.neighbors.iter().filter(|neighbor| neighbor.is_for_bfd_alone());
    let neighbor = |n: &Neighbor| format!("neighbor {} dev \"eth0\" local {};", n.address, n.local);
    let neighbors: String = alone.map(neighbor).collect();
    let disabled = on(bfd.admin_down);
    format!(
        "protocol bfd {{ disabled {disabled}; interface \"*\" {{ {options} }}; multihop {{ {options} }}; {neighbors} }}"
    )
}

fn bgp(design: &Design, neighbor: &Neighbor) -> String {
    let is_ipv6 = neighbor.carries_ipv6();
    let routes = design.routes.iter().enumerate().filter(|(_, route)| route.is_ipv6() == is_ipv6);
    format!(
        "protocol bgp {name} {{
    local {local} as {asn};
    neighbor {address}{interface} as {remote};
    connect delay time 1; connect retry time 1; error wait time 1, 2; graceful restart {restart};
    passive {passive}; ttl security {ttl}; bfd {bfd}; {path}; enable as4 {as4}; enable extended messages {extended};
    {password}{role}
    {family} {{ {limit} add paths {several}; {over_ipv6} import all; export filter {{
        if source != RTS_STATIC then reject;
{edits}
        accept;
    }}; }};
}}",
        name = protocol(neighbor.address),
        local = neighbor.local,
        asn = design.asn,
        address = neighbor.address,
        remote = neighbor.asn,
        interface = if neighbor.is_link_local() { "%'eth0'" } else { "" },
        passive = on(neighbor.passive),
        ttl = on(neighbor.ttl_security),
        bfd = on(neighbor.bfd.is_some()),
        // One router between is two hops.
        path = match (neighbor.multihop, neighbor.ttl_security) {
            (true, true) => "multihop 2",
            (true, false) => "multihop",
            (false, _) => "direct",
        },
        password = neighbor.password.map(|word| format!("password \"{word}\";")).unwrap_or_default(),
        family = if is_ipv6 { "ipv6" } else { "ipv4" },
        several = on(neighbor.offers.add_path),
        over_ipv6 = if neighbor.offers.ipv4_over_ipv6 { "extended next hop on;" } else { "" },
        restart = on(neighbor.offers.graceful_restart),
        as4 = on(!neighbor.offers.two_octet_asns),
        extended = on(neighbor.offers.extended_messages),
        role = neighbor
            .offers
            .role
            .map(|role| format!("local role {};", role.replace('-', "_")))
            .unwrap_or_default(),
        limit = neighbor
            .offers
            .max_prefixes
            .map(|n| format!("receive limit {n} action disable;"))
            .unwrap_or_default(),
        edits = routes.map(|(number, route)| edit(number, route)).collect::<Vec<_>>().join("\n"),
    )
}

fn on(switch: bool) -> &'static str {
    if switch { "on" } else { "off" }
}

/// A route's attributes are set as it leaves: BIRD does not send a MED that was set before.
fn edit(number: usize, route: &Route) -> String {
    let mut sets = vec![format!("bgp_origin = ORIGIN_{};", route.origin.to_uppercase())];
    sets.extend(route.as_path.iter().rev().map(|asn| format!("bgp_path.prepend({asn});")));
    sets.extend(route.med.map(|med| format!("bgp_med = {med};")));
    let add = |attribute: &str, value: &String| format!("{attribute}.add(({}));", value.replace(':', ","));
    sets.extend(route.communities.iter().map(|community| add("bgp_community", community)));
    sets.extend(route.large_communities.iter().map(|community| add("bgp_large_community", community)));
    format!("        if proto = \"route{number}\" then {{ {} }}", sets.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_attribute() {
        let answer = "\
198.18.101.0/24      unicast [p4 16:41:11.449] * (100) [AS65540e]
\tvia 192.0.2.2 on eth0
\tBGP.origin: EGP
\tBGP.as_path: 64497 64500 65540
\tBGP.next_hop: 192.0.2.2
\tBGP.med: 50
\tBGP.atomic_aggr: 
\tBGP.aggregator: 198.51.100.9 AS64511
\tBGP.community: (64497,1) (64497,2)
\tBGP.large_community: (64497, 1, 2)
";
        let expected = Route {
            prefix: "198.18.101.0/24".into(),
            origin: "egp".into(),
            as_path: vec![64497, 64500, 65540],
            next_hop: "192.0.2.2".into(),
            med: Some(50),
            communities: vec!["64497:1".into(), "64497:2".into()],
            large_communities: vec!["64497:1:2".into()],
            atomic_aggregate: true,
            aggregator: Some((64511, "198.51.100.9".into())),
            ..Route::default()
        };
        let other = "                     unreachable [p6 16:41:12.449] (100) [AS65541i]\n\tBGP.origin: IGP\n\tBGP.as_path: 65541\n\tBGP.next_hop: 192.0.2.6\n";
        let own = "                     blackhole [route0 16:41:10.449] (200)\n";
        let second = Route {
            prefix: "198.18.101.0/24".into(),
            origin: "igp".into(),
            as_path: vec![65541],
            next_hop: "192.0.2.6".into(),
            ..Route::default()
        };
        let all = [answer, other, own].concat();
        assert_eq!(paths("198.18.101.0/24", &all), Some(vec![expected, second]));
        assert_eq!(paths("198.18.101.0/24", own), Some(Vec::new()));
    }
}
