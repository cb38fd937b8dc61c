//! Several sessions between the same two routers, ours and FRR, each with a mode of its own at either end: both families on
//! each, and routes that are told on it alone. Behind ours is BIRD, which is told all.

use crate::failure::Failure;
use crate::interop::frr::Files;
use crate::interop::router::{Design, Neighbor};
use crate::interop::trio::{BIRD, TO_BIRD, Trio};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const OURS: u32 = 64496;
const FRR: u32 = 65540;
const OF_BIRD: u32 = 64497;

/// The ends of the IPv6 session with BIRD.
const TO_BIRD_IPV6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 0));
const BIRD_IPV6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1));

/// What one end of a session offers (RFC 4724).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// Its routes are to be kept while it restarts, and it keeps the other end's.
    Restarts,
    /// It keeps the other end's.
    Helps,
    /// Nothing of restarts.
    Nothing,
}

/// One session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) ours: Mode,
    pub(super) frr: Mode,
    /// What ours says in its OPENs: for how many seconds its routes are to be kept, and whether it forwards meanwhile.
    pub(super) restart_time: u16,
    pub(super) forwards: bool,
}

/// Whose route it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Of {
    Ours,
    Frr,
}

/// What becomes of a route over a restart of who announces it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    Stays,
    /// It is no longer there when its router is back.
    Goes,
}

/// Both, before the restart.
pub(super) const ALL: &[Fate] = &[Fate::Stays, Fate::Goes];
/// What is left after it.
pub(super) const LESS: &[Fate] = &[Fate::Stays];

/// FRR announces this one on every session.
pub(super) const OF_ALL: &str = "198.18.99.0/24";

/// The two prefixes of that kind on that session, one a family.
pub(super) fn prefixes(of: Of, leg: usize, fate: Fate) -> [String; 2] {
    let number = if of == Of::Ours { 19 } else { 18 };
    match fate {
        Fate::Stays => [format!("198.{number}.{leg}.0/25"), format!("2001:db8:{number}{leg:02}::/49")],
        Fate::Goes => [format!("198.{number}.{leg}.128/25"), format!("2001:db8:{number}{leg:02}:8000::/49")],
    }
}

/// Addresses that ours has within its routes that stay, one a family.
pub(super) fn targets(leg: usize) -> [String; 2] {
    [format!("198.19.{leg}.1"), format!("2001:db8:19{leg:02}::1")]
}

/// FRR's end of a session.
pub(super) fn frr_address(leg: usize) -> IpAddr {
    address(leg, 1)
}

/// Our end.
pub(super) fn our_address(leg: usize) -> IpAddr {
    address(leg, 0)
}

fn address(leg: usize, end: u8) -> IpAddr {
    let pair = u8::try_from(leg).unwrap_or(u8::MAX / 2) * 2;
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, pair + end))
}

/// Gives all nodes their addresses.
pub(super) fn addresses(trio: &Trio, legs: &[Leg]) -> Result<(), Failure> {
    trio.middle.address_of("eth0", &format!("{TO_BIRD_IPV6}/127"))?;
    trio.bird.address(&format!("{BIRD_IPV6}/127"))?;
    trio.middle.address_of("eth1", "2001:db8::1/64")?;
    trio.frr.address("2001:db8::2/64")?;
    for leg in 0..legs.len() {
        trio.middle.address_of("eth1", &format!("{}/31", our_address(leg)))?;
        targets(leg).iter().try_for_each(|target| trio.middle.address_of("lo", target))?;
        trio.frr.address(&format!("{}/31", frr_address(leg)))?;
    }
    Ok(())
}

/// BIRD: a session for each family.
pub(super) fn bird() -> Design {
    let ends = [(BIRD, TO_BIRD), (BIRD_IPV6, TO_BIRD_IPV6)];
    Design {
        asn: OF_BIRD,
        router_id: Ipv4Addr::new(203, 0, 113, 2),
        neighbors: ends.into_iter().map(|(own, ours)| Neighbor::plain(own, ours, OURS)).collect(),
        routes: Vec::new(),
    }
}

/// `voicepeer.toml`, with those routes on each session, and BIRD as a peer where it is there: a router that has restarted waits
/// for all its peers.
pub(super) fn ours(legs: &[Leg], fates: &[Fate], with_bird: bool) -> String {
    let speaker = format!(
        "[speaker]\nasn = {OURS}\nrouter_id = \"203.0.113.1\"\ncontrol = \"control.sock\"\nselection_deferral = 15\n"
    );
    let peers = legs.iter().enumerate().map(|(number, leg)| our_peer(number, *leg));
    let birds = [(BIRD, "ipv4-unicast"), (BIRD_IPV6, "ipv6-unicast")];
    let birds = birds.into_iter().filter(|_| with_bird).map(|(address, family)| {
        format!(
            "[[peer]]\nname = \"{family}\"\naddress = \"{address}\"\nasn = {OF_BIRD}\nfamilies = [\"{family}\"]\n\
             connect_retry = 1\nimport = \"accept-all\"\nexport = \"accept-all\"\n"
        )
    });
    let routes = (0..legs.len()).flat_map(|leg| fates.iter().flat_map(move |fate| our_routes(leg, *fate)));
    [speaker].into_iter().chain(peers).chain(birds).chain(routes).collect::<Vec<_>>().join("\n")
}

fn our_routes(leg: usize, fate: Fate) -> [String; 2] {
    let [ipv4, ipv6] = prefixes(Of::Ours, leg, fate);
    // The session is one of IPv4.
    let hop = "next_hop = \"2001:db8::1\"\n";
    [(ipv4, ""), (ipv6, hop)].map(|(prefix, hop)| format!("[[route]]\nprefix = \"{prefix}\"\n{hop}"))
}

fn our_peer(number: usize, leg: Leg) -> String {
    let (address, local) = (frr_address(number), our_address(number));
    let Leg { ours, restart_time, forwards, .. } = leg;
    let restart = match ours {
        Mode::Nothing => String::new(),
        mode => format!(
            "\n[peer.graceful_restart]\nrestart_time = {restart_time}\nforwarding_preserved = {forwards}\n\
             helper_only = {}\n",
            mode == Mode::Helps
        ),
    };
    let own = [Fate::Stays, Fate::Goes].map(|fate| prefixes(Of::Ours, number, fate)).concat();
    format!(
        "[[peer]]\nname = \"leg{number}\"\naddress = \"{address}\"\nasn = {FRR}\nlocal_address = \"{local}\"\n\
         families = [\"ipv4-unicast\", \"ipv6-unicast\"]\nconnect_retry = 1\nidle_hold_max = 1\n\
         import = \"accept-all\"\nexport = \"to-leg{number}\"\n{restart}\n\
         [policy.to-leg{number}]\n[[policy.to-leg{number}.rule]]\nname = \"own\"\nmatch = {{ prefix = {own:?} }}\n\
         then = \"accept\"\n"
    )
}

/// What FRR as a whole says of its restarts.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfFrr {
    pub(super) forwards: bool,
    pub(super) restart_time: u16,
}

/// FRR's files, with those routes on each session.
pub(super) fn frr(legs: &[Leg], of: OfFrr, fates: &[Fate]) -> Files {
    let log = "log stdout debugging\n";
    Files { zebra: log.to_owned(), bfdd: log.to_owned(), bgpd: log.to_owned() + &bgpd(legs, of, fates) }
}

/// bgpd's part of them.
pub(super) fn bgpd(legs: &[Leg], of: OfFrr, fates: &[Fate]) -> String {
    let mut lines = vec!["debug bgp neighbor-events\ndebug bgp graceful-restart".to_owned()];
    lines.extend((0..legs.len()).map(route_map));
    lines.push(format!("router bgp {FRR}\n bgp router-id 203.0.113.3\n no bgp ebgp-requires-policy"));
    lines.push(" no bgp default ipv4-unicast\n no bgp network import-check".to_owned());
    lines.push(format!(" bgp graceful-restart restart-time {}", of.restart_time));
    lines.extend(of.forwards.then(|| " bgp graceful-restart preserve-fw-state".to_owned()));
    lines.extend(legs.iter().enumerate().map(|(number, leg)| their_peer(number, leg.frr)));
    lines.push(format!(" address-family ipv4 unicast\n  network {OF_ALL}\n exit-address-family"));
    for (family, which) in [("ipv4", 0), ("ipv6", 1)] {
        lines.push(format!(" address-family {family} unicast"));
        for leg in 0..legs.len() {
            let peer = our_address(leg);
            lines.push(format!("  neighbor {peer} activate\n  neighbor {peer} route-map leg{leg} out"));
            let own = fates.iter().map(|fate| prefixes(Of::Frr, leg, *fate));
            lines.extend(own.filter_map(|pair| pair.get(which).map(|prefix| format!("  network {prefix}"))));
        }
        lines.push(" exit-address-family".to_owned());
    }
    lines.push("exit".to_owned());
    lines.join("\n") + "\n"
}

fn their_peer(number: usize, mode: Mode) -> String {
    let peer = our_address(number);
    let mode = match mode {
        Mode::Restarts => "graceful-restart",
        Mode::Helps => "graceful-restart-helper",
        Mode::Nothing => "graceful-restart-disable",
    };
    format!(" neighbor {peer} remote-as {OURS}\n neighbor {peer} timers connect 1\n neighbor {peer} {mode}")
}

/// Lets the routes of one session out, and no others.
fn route_map(leg: usize) -> String {
    let all = [Fate::Stays, Fate::Goes].map(|fate| prefixes(Of::Frr, leg, fate));
    let list = |ip: &str, which: usize| {
        let own = all.iter().filter_map(|pair| pair.get(which)).map(String::as_str);
        let own = own.chain((which == 0).then_some(OF_ALL));
        own.map(|prefix| format!("{ip} prefix-list leg{leg} permit {prefix}\n")).collect::<Vec<_>>().concat()
    };
    let entry = |number: u8, ip: &str| {
        format!("route-map leg{leg} permit {number}\n match {ip} address prefix-list leg{leg}\nexit\n")
    };
    [list("ip", 0), list("ipv6", 1), entry(1, "ip"), entry(2, "ipv6")].concat()
}
