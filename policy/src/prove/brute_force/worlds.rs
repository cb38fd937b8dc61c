//! Worlds that are small enough to look at all of them.

use super::Topic;
use crate::language::Route;
use crate::route::{PathValidationState, ValidationState};
use bgp_wire::{AsPathBuf, Asn, Origin, Role};
use std::str::FromStr;

/// Sets a field to the value of this number, if it has as many.
type Field = fn(&mut Route, usize) -> bool;

/// Every route of a topic's world.
pub(super) fn routes(topic: Topic) -> Vec<Route> {
    let fields: &[Field] = match topic {
        Topic::Asns => &[plain_path, own_asn],
        Topic::Prepending => &[long_path, own_asn],
        Topic::Segments => &[segments],
        Topic::Expressions => &[plain_path, own_asn],
        Topic::Origins => &[origin, peer],
        Topic::Numbers => &[med, local_pref],
        Topic::Clauses | Topic::Communities => &[communities],
        Topic::Extended => &[extended],
        Topic::Large => &[large],
        Topic::Prefixes => &[prefix],
        Topic::NextHops => &[family, next_hop, own_v4, own_v6],
        Topic::Peers => &[peer, group, role, rpki, irr, aspa, neighbor, origin],
        Topic::Code => &[prefix, small_med, origin],
        Topic::Everything => return sample(),
    };
    let mut routes = vec![Route::new("10.0.0.0/8".parse().unwrap())];
    for field in fields {
        routes = routes.iter().flat_map(|route| all_values(*field, route)).collect();
    }
    routes
}

fn all_values(field: Field, route: &Route) -> Vec<Route> {
    let with = |n| {
        let mut route = route.clone();
        field(&mut route, n).then_some(route)
    };
    (0..).map_while(with).collect()
}

/// Routes with any value of every field, the same at each run.
fn sample() -> Vec<Route> {
    let fields: [Field; 19] = [
        prefix,
        path,
        own_asn,
        small_med,
        local_pref,
        communities,
        extended,
        large,
        next_hop,
        own_v4,
        own_v6,
        peer,
        group,
        role,
        rpki,
        irr,
        aspa,
        neighbor,
        origin,
    ];
    let mut route = Route::new("10.0.0.0/8".parse().unwrap());
    let counts: Vec<usize> = fields.iter().map(|field| all_values(*field, &route).len()).collect();
    let mut state = 1u64;
    let mut any = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let with_any = |_| {
        for (field, count) in fields.iter().zip(&counts) {
            // About half of the fields are as in the route before: what is asked of one hangs on others alone.
            if any(2) == 0 {
                assert!(field(&mut route, any(*count)));
            }
        }
        route.clone()
    };
    (0..6000).map(with_any).collect()
}

fn set<T>(to: &mut T, value: Option<T>) -> bool {
    value.map(|value| *to = value).is_some()
}

/// The value of a text.
fn parsed<T: FromStr>(text: Option<&&str>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

/// Each subset of the texts.
fn subset<T: FromStr>(to: &mut Vec<T>, texts: &[&str], n: usize) -> bool {
    let there = texts.iter().enumerate().filter(|(at, _)| n >> at & 1 == 1);
    *to = there.filter_map(|(_, text)| parsed(Some(text))).collect();
    n < 1 << texts.len()
}

thread_local! {
    static PLAIN: Vec<AsPathBuf> = sequences(&["1", "2", "3", "64500", "64512", "64513"], 3);
    static LONG: Vec<AsPathBuf> = sequences(&["1", "2", "3", "64512"], 4);
    static SEGMENTS: Vec<AsPathBuf> = with_segments();
}

fn plain_path(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.as_path, PLAIN.with(|paths| paths.get(n).cloned()))
}

fn long_path(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.as_path, LONG.with(|paths| paths.get(n).cloned()))
}

fn segments(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.as_path, SEGMENTS.with(|paths| paths.get(n).cloned()))
}

fn path(route: &mut Route, n: usize) -> bool {
    let plain = PLAIN.with(Vec::len);
    if n < plain { plain_path(route, n) } else { segments(route, n - plain) }
}

/// Up to so many of these. Of ASNs that nothing asks for there are two at least.
fn sequences(asns: &[&str], most: usize) -> Vec<AsPathBuf> {
    let mut texts: Vec<String> = vec![String::new()];
    let mut longest = texts.clone();
    for _ in 0..most {
        let longer = |text: &String| asns.iter().map(|asn| format!("{text} {asn}")).collect::<Vec<_>>();
        longest = longest.iter().flat_map(longer).collect();
        texts.extend(longest.clone());
    }
    texts.iter().map(|text| text.trim().parse().unwrap()).collect()
}

/// Segments of each kind, between other ASNs and not.
fn with_segments() -> Vec<AsPathBuf> {
    let inner: [&[&str]; 8] = [
        &["1"],
        &["64512"],
        &["2"],
        &["1", "64512"],
        &["64512", "1"],
        &["1", "1"],
        &["2", "3"],
        &["2", "64512", "2"],
    ];
    let mut texts: Vec<String> =
        ["", "1", "2", "1 2", "64512 1", "{1} {1}", "{1} (1)", "[2] {2}"].map(str::to_owned).to_vec();
    for (open, comma, close) in [("{", ",", "}"), ("(", " ", ")"), ("[", ",", "]")] {
        for (inner, before) in
            inner.iter().flat_map(|inner| ["", "1", "64512", "2"].map(|before| (inner, before)))
        {
            let segment = format!("{before} {open}{}{close}", inner.join(comma));
            texts.extend(["", "1", "2"].map(|behind| format!("{segment} {behind}")));
        }
    }
    texts.iter().map(|text| text.trim().parse().unwrap()).collect()
}

fn own_asn(route: &mut Route, n: usize) -> bool {
    set(&mut route.context.local_asn, [64500, 1, 2, 64512].get(n).copied().map(Asn))
}

/// Absent, and so many numbers near both ends and below what an absent local preference counts.
fn numbers(width: u32) -> impl Iterator<Item = Option<u32>> {
    let near =
        [0, 88, u32::MAX - width + 1].into_iter().flat_map(move |first| (0..width).map(move |n| first + n));
    std::iter::once(None).chain(near.map(Some))
}

fn med(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.med, numbers(24).nth(n))
}

fn small_med(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.med, numbers(8).nth(n))
}

fn local_pref(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.local_pref, numbers(24).nth(n))
}

fn communities(route: &mut Route, n: usize) -> bool {
    subset(&mut route.attrs.communities, &["1:0", "1:1", "1:2", "2:1", "2:2", "3:3"], n)
}

fn extended(route: &mut Route, n: usize) -> bool {
    let texts = ["rt:1:1", "rt:1:2", "rt:192.0.2.1:1", "rt:70000:1", "ro:1:1", "color:00:7"];
    subset(&mut route.attrs.extended_communities, &texts, n)
}

fn large(route: &mut Route, n: usize) -> bool {
    subset(&mut route.attrs.large_communities, &["1:1:1", "1:1:2", "1:2:1", "2:1:1", "2:2:2", "3:3:3"], n)
}

/// Prefixes of both families, in each other and not.
const PREFIXES: [&str; 26] = [
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.128.0.0/9",
    "10.0.0.0/10",
    "10.64.0.0/10",
    "10.128.0.0/10",
    "10.192.0.0/10",
    "10.0.0.0/11",
    "10.32.0.0/11",
    "10.192.0.0/11",
    "10.0.0.0/12",
    "10.0.0.0/31",
    "10.0.0.0/32",
    "10.128.0.0/32",
    "11.0.0.0/8",
    "10.0.0.0/7",
    "0.0.0.0/0",
    "192.0.2.0/24",
    "::/0",
    "2001:db8::/31",
    "2001:db8::/32",
    "2001:db8::/33",
    "2001:db8:8000::/33",
    "2001:db8::/34",
    "2001:db8::/128",
    "fd00::/8",
];

fn prefix(route: &mut Route, n: usize) -> bool {
    let usual = PREFIXES.get(n).map(|text| Route::new(text.parse().unwrap()));
    let Some(usual) = usual else { return false };
    (route.prefix, route.attrs.next_hop) = (usual.prefix, usual.attrs.next_hop);
    true
}

fn family(route: &mut Route, n: usize) -> bool {
    set(&mut route.prefix, parsed(["10.0.0.0/8", "2001:db8::/32"].get(n)))
}

fn next_hop(route: &mut Route, n: usize) -> bool {
    let addrs = [
        "192.0.2.1",
        "192.0.2.200",
        "198.51.100.1",
        "203.0.113.1",
        "2001:db8::1",
        "2001:db8:1::1",
        "fd00::1",
    ];
    let addr = addrs.get(n).and_then(|text| text.parse::<std::net::IpAddr>().ok());
    set(&mut route.attrs.next_hop, addr.map(Into::into))
}

fn own_v4(route: &mut Route, n: usize) -> bool {
    let addrs = ["192.0.2.1", "192.0.2.200", "198.51.100.1", "203.0.113.1"];
    set(&mut route.context.self_v4, addrs.get(n).map(|text| text.parse().ok()))
}

fn own_v6(route: &mut Route, n: usize) -> bool {
    let addrs = ["2001:db8::1", "2001:db8:1::1", "fd00::1"];
    set(&mut route.context.self_v6, addrs.get(n).map(|text| text.parse().ok()))
}

fn name(to: &mut Option<Box<str>>, n: usize, names: &[&str]) -> bool {
    *to = n.checked_sub(1).and_then(|at| names.get(at)).map(|name| (*name).into());
    n <= names.len()
}

fn peer(route: &mut Route, n: usize) -> bool {
    name(&mut route.peer, n, &["a", "b", "c"])
}

fn group(route: &mut Route, n: usize) -> bool {
    name(&mut route.peer_group, n, &["a", "g"])
}

fn role(route: &mut Route, n: usize) -> bool {
    let roles = [
        None,
        Some(Role::Provider),
        Some(Role::RouteServer),
        Some(Role::RouteServerClient),
        Some(Role::Customer),
        Some(Role::Peer),
        Some(Role::Other(9)),
    ];
    set(&mut route.peer_role, roles.get(n).copied())
}

fn rpki(route: &mut Route, n: usize) -> bool {
    set(&mut route.rpki, ValidationState::ALL.get(n).copied())
}

fn irr(route: &mut Route, n: usize) -> bool {
    set(&mut route.irr, ValidationState::ALL.get(n).copied())
}

fn aspa(route: &mut Route, n: usize) -> bool {
    set(&mut route.aspa, PathValidationState::ALL.get(n).copied())
}

fn neighbor(route: &mut Route, n: usize) -> bool {
    set(&mut route.neighbor, [1, 2, 64512].get(n).copied().map(Asn))
}

fn origin(route: &mut Route, n: usize) -> bool {
    set(&mut route.attrs.origin, [Origin::Igp, Origin::Egp, Origin::Incomplete].get(n).copied())
}
