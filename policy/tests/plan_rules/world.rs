//! Small worlds of numbers, and the plan and the observations that they stand for.

use bgp_policy::voice::{
    Activation, ActivationPrefix, AddressProvider, BfdPlan, BfdState, BfdTimers, Configured, ConfiguredBfd,
    Connection, ConnectionState, Observed, ObservedBfd, ObservedRoute, ObservedSession, Peering, Plan,
    PrefixText, RegisteredPrefix, Role, SessionPlan, SessionState, Setting, parse_as_path,
};
use bgp_wire::{Asn, Origin};
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) const PREFIXES: [&str; 3] = ["8.8.8.0/24", "8.8.9.0/24", "8.8.0.0/16"];
pub(crate) const KEYS: [&str; 3] =
    ["01234567-89ab-cdef-0123-456789abcdef", "11234567-89ab-cdef-0123-456789abcdef", "no key"];
const PATHS: [&str; 3] = ["3500", "3500 3501", "3500 12076"];

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) peerings: Vec<Side>,
    pub(crate) activations: Vec<Active>,
    pub(crate) attested: [Option<bool>; 5],
}

#[derive(Clone, Debug)]
pub(crate) struct Side {
    pub(crate) lines: Vec<Line>,
    /// Prefix, and the key issued.
    pub(crate) registered: Vec<(usize, Option<usize>)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Active {
    pub(crate) primary: usize,
    pub(crate) backup: Option<usize>,
    /// Prefix and key.
    pub(crate) prefixes: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) location: usize,
    pub(crate) role: Role,
    pub(crate) router: Option<usize>,
    pub(crate) remote: Option<usize>,
    pub(crate) gbps: u32,
    pub(crate) used: Option<u8>,
    pub(crate) active: Option<bool>,
    pub(crate) ours: bool,
    pub(crate) bits: u8,
    pub(crate) md5: bool,
    pub(crate) limit: Option<u32>,
    pub(crate) hold: Option<u16>,
    pub(crate) keepalive: Option<u16>,
    pub(crate) bfd: Option<BfdPlan>,
    pub(crate) seen: Option<Seen>,
}

#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) up: Option<bool>,
    pub(crate) bfd: Option<(bool, Option<u64>)>,
    pub(crate) hold: Option<u16>,
    pub(crate) keepalive: Option<u16>,
    /// Prefix and path.
    pub(crate) routes: Option<Vec<(usize, Option<usize>)>>,
    /// Paths.
    pub(crate) accepted: Option<Vec<Option<usize>>>,
    pub(crate) received: Option<u32>,
    /// The router's limit.
    pub(crate) set: Option<u32>,
    pub(crate) limited: Option<bool>,
    pub(crate) signed: Option<bool>,
    pub(crate) told: Told,
}

/// What the router is told to do by its configuration.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) password: Option<bool>,
    /// Whether there is BFD, and in what milliseconds both ends detect with the far end's 300.
    pub(crate) bfd: Option<Set>,
    pub(crate) hold: Option<u16>,
    pub(crate) keepalive: Option<u16>,
    pub(crate) limit: Option<Set>,
}

/// A number that is set, or that there is none.
type Set = Option<u32>;

prop_compose! {
    fn told()(
        password in maybe(vec![true, false, false]),
        bfd in prop::option::of(prop::option::weighted(0.8, select(vec![300, 333, 334]))),
        (hold, keepalive) in (maybe(vec![9, 10, 180]), maybe(vec![2, 3, 60])),
        limit in prop::option::of(maybe(vec![321, 322, 400, 450, 501])),
        is_given in any::<bool>(),
    ) -> Told {
        if is_given {
            Told { password, bfd, hold, keepalive, limit }
        } else {
            Told { password: None, bfd: None, hold: None, keepalive: None, limit: None }
        }
    }
}

impl Told {
    fn configured(&self) -> Configured {
        fn at<T>(value: T) -> Setting<T> {
            Setting { value, place: "router.conf:1".into() }
        }
        let timers = |ms| BfdTimers { desired_min_tx_ms: ms, required_min_rx_ms: ms, detect_mult: 3 };
        let bfd = |ms: Option<u32>| match ms {
            Some(ms) => ConfiguredBfd::Present(Some(timers(ms))),
            None => ConfiguredBfd::Absent,
        };
        Configured {
            md5: self.password.map(at),
            bfd: self.bfd.map(bfd).map(at),
            hold_time: self.hold.map(at),
            keepalive: self.keepalive.map(at),
            max_prefix: self.limit.map(at),
            ..Configured::default()
        }
    }
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(of: Vec<T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.8, select(of))
}

fn bfd() -> impl Strategy<Value = Option<BfdPlan>> {
    let one = (select(vec![50, 300, 333, 334, 500]), select(vec![300, 333, 334]), select(vec![0, 1, 3]));
    let plan = (one, any::<bool>(), prop::option::of(select(vec![300, 750]))).prop_map(
        |((desired_min_tx_ms, required_min_rx_ms, detect_mult), strict, far_end_interval_ms)| BfdPlan {
            desired_min_tx_ms,
            required_min_rx_ms,
            detect_mult,
            strict,
            far_end_interval_ms,
        },
    );
    prop::option::weighted(0.8, plan)
}

prop_compose! {
    fn seen()(
        up in maybe(vec![true, true, false]),
        bfd in prop::option::weighted(0.8, (any::<bool>(), maybe(vec![900_000, 999_999, 1_000_000]))),
        hold in maybe(vec![9, 10, 180]), keepalive in maybe(vec![2, 3, 60]),
        routes in prop::option::weighted(0.8, prop::collection::btree_map(0..3usize, prop::option::weighted(0.9, 0..3usize), 0..3)),
        accepted in prop::option::of(prop::collection::vec(prop::option::weighted(0.9, 0..3usize), 0..3)),
        received in maybe(vec![10, 280, 347, 348, 400]),
        (limited, signed) in (maybe(vec![true, false, false]), maybe(vec![true, false, false])),
        set in prop::option::weighted(0.3, select(vec![321, 322, 400, 450, 501])),
        told in told(),
    ) -> Seen {
        let routes = routes.map(|r| r.into_iter().collect());
        Seen { up, bfd, hold, keepalive, routes, accepted, received, set, limited, signed, told }
    }
}

prop_compose! {
    fn line()(
        (location, role) in (0..3usize, select(vec![Role::Primary, Role::Redundant, Role::Backup])),
        (router, remote) in (maybe(vec![0, 1]), maybe(vec![0, 1, 2])),
        (gbps, used) in (select(vec![9, 10, 10, 100]), maybe(vec![0, 39, 40, 100])),
        (active, ours, md5) in (maybe(vec![true, false]), any::<bool>(), any::<bool>()),
        bits in select(vec![29u8, 30, 31]),
        limit in maybe(vec![321, 322, 399, 400, 500, 501]),
        (hold, keepalive) in (maybe(vec![9, 10, 180]), maybe(vec![2, 3, 60])),
        bfd in bfd(),
        seen in prop::option::weighted(0.9, seen()),
    ) -> Line {
        Line { location, role, router, remote, gbps, used, active, ours, bits, md5, limit, hold, keepalive, bfd, seen }
    }
}

prop_compose! {
    pub(crate) fn world()(
        peerings in prop::collection::vec((prop::collection::vec(line(), 0..4),
            prop::collection::vec((0..3usize, maybe(vec![0, 1])), 0..3)), 0..3),
        activations in prop::collection::vec((0..3usize, maybe(vec![0, 1, 2]),
            prop::collection::vec((0..3usize, 0..3usize), 0..3)), 0..3),
        attested in prop::array::uniform5(any::<Option<bool>>()),
    ) -> World {
        World {
            peerings: peerings.into_iter().map(|(lines, registered)| Side { lines, registered }).collect(),
            activations: activations
                .into_iter()
                .map(|(primary, backup, prefixes)| Active { primary, backup, prefixes })
                .collect(),
            attested,
        }
    }
}

/// The name of connection `c` of peering `p`.
pub(crate) fn name(p: usize, c: usize) -> String {
    format!("c{p}-{c}")
}

fn connection(p: usize, c: usize, line: &Line) -> Connection {
    let net = (p * 4 + c) * 8;
    Connection {
        name: name(p, c),
        location: format!("l{}", line.location),
        role: line.role,
        router: line.router.map(|n| format!("r{n}")),
        remote_router: line.remote.map(|n| format!("far{n}")),
        bandwidth_gbps: line.gbps,
        utilisation_percent: line.used,
        state: line.active.map(|yes| if yes { ConnectionState::Active } else { ConnectionState::Validating }),
        session: SessionPlan {
            local: format!("9.9.9.{}/{}", net + 2, line.bits).parse().unwrap(),
            peer: format!("9.9.9.{}", if line.bits == 31 { net + 3 } else { net + 1 }).parse().unwrap(),
            provider: if line.ours { AddressProvider::Carrier } else { AddressProvider::Microsoft },
            bfd: line.bfd,
            hold_time: line.hold,
            keepalive: line.keepalive,
            md5: line.md5,
            max_prefix: line.limit,
        },
    }
}

pub(crate) fn plan(w: &World) -> Plan {
    let registered = |(prefix, key): &(usize, Option<usize>)| RegisteredPrefix {
        name: "r".into(),
        prefix: PrefixText::new(PREFIXES[*prefix]),
        key: key.map(|key| KEYS[key].to_owned()),
    };
    let activated = |(prefix, key): &(usize, usize)| ActivationPrefix {
        prefix: PrefixText::new(PREFIXES[*prefix]),
        key: KEYS[*key].to_owned(),
    };
    let mut plan = Plan::new(Asn(3500));
    plan.associated_asns = vec![Asn(3501)];
    let given = &mut plan.attestations;
    [given.lacp, given.no_stateful_firewall, given.no_rate_limit, given.irr, given.peeringdb] = w.attested;
    for (p, side) in w.peerings.iter().enumerate() {
        plan.peerings.push(Peering {
            name: format!("p{p}"),
            connections: side.lines.iter().enumerate().map(|(c, line)| connection(p, c, line)).collect(),
            registered_prefixes: side.registered.iter().map(registered).collect(),
        });
    }
    for (a, active) in w.activations.iter().enumerate() {
        plan.activations.push(Activation {
            name: format!("a{a}"),
            primary_location: format!("l{}", active.primary),
            backup_location: active.backup.map(|l| format!("l{l}")),
            prefixes: active.prefixes.iter().map(activated).collect(),
        });
    }
    plan
}

fn route((prefix, path): (usize, Option<usize>)) -> ObservedRoute {
    ObservedRoute {
        as_path: path.map(|path| parse_as_path(PATHS[path]).unwrap()),
        communities: Some(vec![]),
        origin: Some(Origin::Igp),
        ..ObservedRoute::new(PrefixText::new(PREFIXES[prefix]))
    }
}

pub(crate) fn observed(w: &World) -> Observed {
    let mut sessions = Vec::new();
    for (p, side) in w.peerings.iter().enumerate() {
        for (c, line) in side.lines.iter().enumerate() {
            let Some(seen) = &line.seen else { continue };
            let bfd = |(up, detection_time_us): (bool, Option<u64>)| ObservedBfd {
                state: if up { BfdState::Up } else { BfdState::Down },
                detection_time_us,
                tx_interval_us: None,
            };
            sessions.push(ObservedSession {
                connection: Some(name(p, c)),
                state: seen.up.map(|up| if up { SessionState::Established } else { SessionState::Connect }),
                bfd: seen.bfd.map(bfd),
                hold_time: seen.hold,
                keepalive: seen.keepalive,
                routes: seen.routes.as_ref().map(|routes| routes.iter().copied().map(route).collect()),
                accepted: seen
                    .accepted
                    .as_ref()
                    .map(|paths| paths.iter().map(|path| route((0, *path))).collect()),
                prefixes_received: seen.received,
                max_prefix: seen.set,
                limit_reached: seen.limited,
                md5: seen.signed,
                configured: Some(seen.told.configured()),
                ..ObservedSession::default()
            });
        }
    }
    Observed { sessions, ..Observed::default() }
}
