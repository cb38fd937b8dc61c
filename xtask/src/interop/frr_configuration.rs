//! FRR's configuration from a design: one file for each daemon.

use super::router::{Bfd, Design, Neighbor, Route};

/// What each daemon reads.
pub(crate) struct Files {
    pub(crate) zebra: String,
    pub(crate) bfdd: String,
    pub(crate) bgpd: String,
}

/// The configuration files of a design.
pub(crate) fn configuration(design: &Design) -> Files {
    logging(design, "debugging")
}

/// The same for tables so large that what there is to say of each route would fill a disk.
pub(crate) fn quiet_configuration(design: &Design) -> Files {
    logging(design, "emergencies")
}

fn logging(design: &Design, level: &str) -> Files {
    let log = format!("log stdout {level}\n");
    Files {
        zebra: log.clone(),
        bfdd: format!("{log}{}", bfdd(design)),
        bgpd: format!("{log}{}", bgpd(design)),
    }
}

fn bfdd(design: &Design) -> String {
    let Some(bfd) = design.neighbors.iter().find_map(|neighbor| neighbor.bfd) else { return String::new() };
    let mut lines = profile(bfd);
    lines.push("exit".to_owned());
    for neighbor in design.neighbors.iter().filter(|neighbor| neighbor.is_for_bfd_alone()) {
        lines.push(format!("peer {} local-address {} interface eth0", neighbor.address, neighbor.local));
        lines.push("profile timers\nexit".to_owned());
    }
    lines.push("exit".to_owned());
    lines.join("\n") + "\n"
}

/// What the sessions refer to as profile `timers`, line by line.
pub(super) fn profile(bfd: Bfd) -> Vec<String> {
    let Bfd { interval_ms, multiplier, minimum_ttl, .. } = bfd;
    let switch = |on: bool, name: &str| if on { name.to_owned() } else { format!("no {name}") };
    let mut lines = vec![
        "bfd".to_owned(),
        "profile timers".to_owned(),
        format!("transmit-interval {interval_ms}"),
        format!("receive-interval {interval_ms}"),
        format!("detect-multiplier {multiplier}"),
        format!("minimum-ttl {minimum_ttl}"),
        switch(bfd.admin_down, "shutdown"),
        switch(bfd.echo_ms.is_some(), "echo-mode"),
    ];
    if let Some(ms) = bfd.echo_ms {
        lines.push(format!("echo transmit-interval {ms}"));
        lines.push(format!("echo receive-interval {ms}"));
    }
    lines
}

fn bgpd(design: &Design) -> String {
    let mut lines = vec!["debug bgp neighbor-events".to_owned()];
    lines.extend((1..).zip(&design.routes).map(|(number, route)| route_map(number, route)));
    lines.push("route-map out permit 1000\nexit".to_owned());
    lines.push(format!("router bgp {}", design.asn));
    lines.push(format!(" bgp router-id {}", design.router_id));
    // FRR's own RFC 8212 default and its check of originated prefixes would want policy no scenario is about.
    let plain =
        [" no bgp ebgp-requires-policy", " no bgp default ipv4-unicast", " no bgp network import-check"];
    lines.extend(plain.map(str::to_owned));
    let restarts = design.neighbors.iter().any(|neighbor| neighbor.offers.graceful_restart);
    lines.push(format!(" bgp graceful-restart{}", if restarts { "" } else { "-disable" }));
    let of_server = design.neighbors.iter().any(|neighbor| neighbor.offers.of_route_server);
    lines.extend(of_server.then(|| " no bgp enforce-first-as".to_owned()));
    lines.extend(with_bgp(design).map(session));
    lines.push(address_family(design, "ipv4", false));
    lines.push(address_family(design, "ipv6", true));
    lines.push("exit".to_owned());
    lines.join("\n") + "\n"
}

fn with_bgp(design: &Design) -> impl Iterator<Item = &Neighbor> {
    design.neighbors.iter().filter(|neighbor| !neighbor.is_for_bfd_alone())
}

fn session(neighbor: &Neighbor) -> String {
    let options = [
        Some(format!("remote-as {}", neighbor.asn)),
        Some("timers connect 1".to_owned()),
        Some(format!("update-source {}", neighbor.local)),
        neighbor.is_link_local().then(|| "interface eth0".to_owned()),
        neighbor.offers.ipv4_over_ipv6.then(|| "capability extended-nexthop".to_owned()),
        neighbor.passive.then(|| "passive".to_owned()),
        neighbor.password.map(|password| format!("password {password}")),
        // One router between is two hops. FRR takes one of these lines, not both.
        neighbor.ttl_security.then(|| format!("ttl-security hops {}", if neighbor.multihop { 2 } else { 1 })),
        (neighbor.multihop && !neighbor.ttl_security).then(|| "ebgp-multihop".to_owned()),
        neighbor.offers.role.map(|role| format!("local-role {role}")),
        neighbor.bfd.map(|_| "bfd profile timers".to_owned()),
    ];
    let line = |option| format!(" neighbor {} {option}", neighbor.address);
    options.into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}

fn address_family(design: &Design, family: &str, is_ipv6: bool) -> String {
    let mut lines = vec![format!(" address-family {family} unicast")];
    let routes = design.routes.iter().filter(|route| route.is_ipv6() == is_ipv6);
    lines.extend(routes.map(|route| format!("  network {}", route.prefix)));
    for neighbor in with_bgp(design).filter(|neighbor| neighbor.carries_ipv6() == is_ipv6) {
        let address = neighbor.address;
        lines.push(format!("  neighbor {address} activate\n  neighbor {address} route-map out out"));
        let all_paths = neighbor.offers.add_path;
        lines.extend(all_paths.then(|| format!("  neighbor {address} addpath-tx-all-paths")));
        let limit = neighbor.offers.max_prefixes;
        lines.extend(limit.map(|limit| format!("  neighbor {address} maximum-prefix {limit}")));
    }
    lines.push(" exit-address-family".to_owned());
    lines.join("\n")
}

/// The entry of route map `out` that gives one route its attributes.
fn route_map(number: usize, route: &Route) -> String {
    let ip = if route.is_ipv6() { "ipv6" } else { "ip" };
    let words =
        |what: &str, list: &[String]| (!list.is_empty()).then(|| format!("{what} {}", list.join(" ")));
    let path: Vec<String> = route.as_path.iter().map(u32::to_string).collect();
    let sets = [
        Some(format!("origin {}", route.origin)),
        words("as-path prepend", &path),
        route.med.map(|med| format!("metric {med}")),
        words("community", &route.communities),
        words("large-community", &route.large_communities),
        route.atomic_aggregate.then(|| "atomic-aggregate".to_owned()),
        route.aggregator.as_ref().map(|(asn, address)| format!("aggregator as {asn} {address}")),
    ];
    let mut lines = vec![
        format!("{ip} prefix-list route{number} seq 1 permit {}", route.prefix),
        format!("route-map out permit {number}"),
        format!(" match {ip} address prefix-list route{number}"),
    ];
    lines.extend(sets.into_iter().flatten().map(|set| format!(" set {set}")));
    lines.push("exit".to_owned());
    lines.join("\n")
}
