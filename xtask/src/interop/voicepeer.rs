//! voicepeer itself: its configuration from a design, and its answers as JSON.

use super::daemon::Daemon;
use super::json::{list, number, text, texts};
use super::netns::Node;
use super::router::{Bfd, BfdSession, Design, Neighbor, Offers, Route, Router, Secret, Session};
use crate::clock::wait_for;
use crate::failure::Failure;
use serde_json::Value;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// A running voicepeer.
pub(crate) struct Voicepeer {
    node: Node,
    daemon: Daemon,
}

impl Voicepeer {
    pub(crate) fn start(node: &Node, configuration: &str) -> Result<Self, Failure> {
        write_configuration(node, configuration)?;
        Self::run(node, &["-c", "voicepeer.toml"])
    }

    /// One that ran a moment ago (RFC 4724).
    pub(crate) fn start_again(node: &Node, configuration: &str) -> Result<Self, Failure> {
        write_configuration(node, configuration)?;
        Self::run(node, &["-c", "voicepeer.toml", "--restarted"])
    }

    /// One that stands in for the far end of the plan there.
    pub(crate) fn start_far_end(node: &Node, plan: &Path) -> Result<Self, Failure> {
        let plan = plan.display().to_string();
        Self::run(node, &["--profile", "microsoft-edge", "-p", &plan, "--control", CONTROL])
    }

    fn run(node: &Node, arguments: &[&str]) -> Result<Self, Failure> {
        let arguments = [&["run"], arguments].concat();
        let daemon = Daemon::start(node, "voicepeer", &binary(), arguments)?;
        let voicepeer = Self { node: node.clone(), daemon };
        wait_for("voicepeer to answer", Duration::from_secs(10), || voicepeer.show("neighbors"))?;
        Ok(voicepeer)
    }

    /// Has it read the configuration of another design while it runs.
    pub(crate) fn reconfigure(&self, design: &Design) -> Result<(), Failure> {
        write_configuration(&self.node, &configuration(design))?;
        self.daemon.signal("HUP")
    }

    /// One of `voicepeer show`'s documents.
    pub(crate) fn show(&self, what: &str) -> Result<Value, Failure> {
        let answer = self.command(&["show", what, "--json"])?;
        serde_json::from_str(&answer).map_err(|_| Failure::answer(format!("show {what}"), answer))
    }

    /// The verdicts on a plan from what the running daemon sees. Exit status 1 says that a rule failed.
    pub(crate) fn check_live(&self, plan: &Path) -> Result<Value, Failure> {
        let plan = plan.display().to_string();
        let answer = match self.command(&["check", "-p", &plan, "--live", "--format", "json"]) {
            Err(Failure::Command { status, output, .. }) if status.code() == Some(1) => output,
            other => other?,
        };
        serde_json::from_str(&answer).map_err(|_| Failure::answer("check", answer))
    }

    /// Runs a command against the daemon.
    pub(crate) fn command(&self, words: &[&str]) -> Result<String, Failure> {
        let control = self.node.folder().join(CONTROL).display().to_string();
        let program = binary().display().to_string();
        self.node.ask(&program, &[words, &["--control", &control]].concat())
    }

    pub(crate) fn neighbor(&self, peer: IpAddr) -> Result<Value, Failure> {
        self.of_peer("neighbors", "neighbors", peer)
    }

    pub(crate) fn bfd_session(&self, peer: IpAddr) -> Result<Value, Failure> {
        self.of_peer("bfd", "sessions", peer)
    }

    /// The row of that peer in the list of one of the documents.
    fn of_peer(&self, what: &str, rows: &str, peer: IpAddr) -> Result<Value, Failure> {
        let document = self.show(what)?;
        let found = list(&document, rows).iter().find(|one| text(one, "address") == peer.to_string());
        found.cloned().ok_or_else(|| Failure::answer(format!("show {what}"), document.to_string()))
    }
}

fn write_configuration(node: &Node, configuration: &str) -> Result<(), Failure> {
    let file = node.folder().join("voicepeer.toml");
    std::fs::write(&file, configuration).map_err(Failure::file(&file))
}

const CONTROL: &str = "control.sock";

/// The program under test: `VOICEPEER_BIN`, or the debug build.
pub(crate) fn binary() -> PathBuf {
    let built = || super::target_folder().join("debug/voicepeer");
    std::env::var_os("VOICEPEER_BIN").map_or_else(built, PathBuf::from)
}

impl Router for Voicepeer {
    fn session(&self, peer: IpAddr) -> Result<Session, Failure> {
        let neighbor = self.neighbor(peer)?;
        let (state, down) = (text(&neighbor, "state"), neighbor.get("last_down"));
        let down = down.map(Value::to_string).unwrap_or_default();
        Ok(Session { established: state == "Established", words: format!("{state} {down}") })
    }

    fn bfd(&self, peer: IpAddr) -> Result<BfdSession, Failure> {
        let session = self.bfd_session(peer)?;
        let detection_ms = number::<u64>(&session, "detection_time_us").unwrap_or(0) / 1000;
        Ok(BfdSession { up: text(&session, "state") == "Up", detection_ms })
    }

    fn change_bfd(&self, design: &Design) -> Result<(), Failure> {
        self.reconfigure(design)
    }

    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure> {
        let document = self.show("routes")?;
        let best = |one: &&Value| text(one, "prefix") == prefix && text(one, "state") == "best";
        let Some(found) = list(&document, "routes").iter().find(best) else { return Ok(None) };
        route(found).map(Some).ok_or_else(|| Failure::answer("show routes", found.to_string()))
    }

    fn request_refresh(&self, peer: IpAddr) -> Result<(), Failure> {
        self.command(&["refresh", &name(peer)]).map(drop)
    }

    fn refused(&self) -> Result<Option<u64>, Failure> {
        Ok(number(&self.show("neighbors")?, "refused_connections"))
    }

    fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.daemon.terminate()
    }
}

/// The configured name of that peer.
fn name(peer: IpAddr) -> String {
    format!("peer {peer}")
}

/// Reads one of `show routes`.
fn route(route: &Value) -> Option<Route> {
    let (asn, id) = text(route, "aggregator").split_once(' ').unzip();
    Some(Route {
        prefix: text(route, "prefix").to_owned(),
        origin: text(route, "origin").to_lowercase(),
        as_path: text(route, "as_path").split_whitespace().filter_map(|asn| asn.parse().ok()).collect(),
        next_hop: route.get("next_hop")?.as_str()?.to_owned(),
        med: number(route, "med"),
        communities: texts(route, "communities"),
        large_communities: texts(route, "large_communities"),
        atomic_aggregate: route.get("atomic_aggregate").is_some_and(|value| *value == true),
        aggregator: asn.and_then(|asn| asn.parse().ok()).zip(id.map(str::to_owned)),
        ..Route::default()
    })
}

/// `voicepeer.toml` of a design.
pub(crate) fn configuration(design: &Design) -> String {
    let (asn, router_id) = (design.asn, design.router_id);
    let speaker = format!("[speaker]\nasn = {asn}\nrouter_id = \"{router_id}\"\ncontrol = \"{CONTROL}\"\n");
    let peers = design.neighbors.iter().map(peer);
    let routes = design.routes.iter().map(originated);
    std::iter::once(speaker).chain(peers).chain(routes).collect::<Vec<_>>().join("\n")
}

fn peer(neighbor: &Neighbor) -> String {
    let Neighbor { address, local, asn, passive, ttl_security, .. } = neighbor;
    let family = if neighbor.carries_ipv6() { "ipv6-unicast" } else { "ipv4-unicast" };
    // One router between is two hops.
    let hops = if *ttl_security && neighbor.multihop { "ttl_security_hops = 2\n" } else { "" };
    let password = neighbor.password.map(|password| format!("password = \"{password}\"\n"));
    format!(
        "[[peer]]\nname = \"{}\"\naddress = \"{address}\"\nasn = {asn}\nlocal_address = \"{local}\"\n\
         passive = {passive}\nttl_security = {ttl_security}\n{hops}families = [\"{family}\"]\nconnect_retry = 1\n\
         import = \"accept-all\"\nexport = \"accept-all\"\n{}{}{}{}",
        name(*address),
        if neighbor.is_link_local() { "interface = \"eth0\"\n" } else { "" },
        password.unwrap_or_default(),
        offers(neighbor.offers),
        neighbor.bfd.map(|bfd| self::bfd(bfd, neighbor)).unwrap_or_default(),
    )
}

fn offers(offers: Offers) -> String {
    let on = |is: bool, key: &str| is.then(|| format!("{key}\n"));
    let switches = [
        on(offers.reflector_client, "reflector_client = true"),
        on(offers.route_server_client, "route_server_client = true"),
        on(offers.of_route_server, "enforce_first_as = false"),
    ];
    let role = offers.role.map(|role| format!("role = \"{role}\"\n"));
    let limit = offers.max_prefixes;
    let limit =
        limit.map(|limit| format!("\n[peer.max_prefix]\nipv4_unicast = {limit}\nbeyond = \"shutdown\"\n"));
    let capabilities = [
        on(offers.extended_messages, "extended_messages = true"),
        on(offers.add_path, "add_path = \"both\""),
        on(offers.ipv4_over_ipv6, "extended_next_hop = true"),
    ];
    let capabilities: String = capabilities.into_iter().flatten().collect();
    let capabilities = (!capabilities.is_empty()).then(|| format!("\n[peer.capabilities]\n{capabilities}"));
    let restart = offers.graceful_restart.then(|| "\n[peer.graceful_restart]\n".to_owned());
    switches.into_iter().chain([role, capabilities, limit, restart]).flatten().collect()
}

fn bfd(bfd: Bfd, neighbor: &Neighbor) -> String {
    let Bfd { interval_ms, multiplier, minimum_ttl, admin_down, .. } = bfd;
    let echo =
        bfd.echo_ms.map(|ms| format!("echo_interval = \"{ms}ms\"\nrequired_min_echo_rx = \"{ms}ms\"\n"));
    let keys = bfd.authentication.map(|Secret { kind, secret }| {
        format!("authentication = {{ type = \"{kind}\", keys = [{{ id = 1, secret = \"{secret}\" }}] }}\n")
    });
    // Over several hops FRR speaks BFD only once BGP is up.
    let strict = !neighbor.multihop;
    let interface = neighbor.is_link_local().then(|| "interface = \"eth0\"\n".to_owned());
    let path = neighbor.multihop.then(|| format!("multihop = true\nminimum_ttl = {minimum_ttl}\n"));
    let options: String = [interface, path, echo, keys].into_iter().flatten().collect();
    format!(
        "\n[peer.bfd]\ndesired_min_tx = \"{interval_ms}ms\"\nrequired_min_rx = \"{interval_ms}ms\"\n\
         detect_mult = {multiplier}\nstrict = {strict}\nadmin_down = {admin_down}\n{options}"
    )
}

fn originated(route: &Route) -> String {
    let Route { prefix, origin, as_path, communities, large_communities, .. } = route;
    format!(
        "[[route]]\nprefix = \"{prefix}\"\norigin = \"{origin}\"\nas_path = {as_path:?}\n\
         communities = {communities:?}\nlarge_communities = {large_communities:?}\n{}",
        route.med.map(|med| format!("med = {med}\n")).unwrap_or_default(),
    )
}
