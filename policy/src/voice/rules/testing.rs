//! A plan in which all is well, for the tests to break.

use crate::voice::{
    Activation, ActivationPrefix, AddressProvider, Attestations, BfdPlan, BfdState, Connection,
    ConnectionState, Observed, ObservedBfd, ObservedRoute, ObservedSession, Peering, Plan, PrefixText,
    RegisteredPrefix, Report, Role, RuleId, SessionPlan, SessionState, State, TreatAsPublic, Verdict, judge,
    parse_as_path,
};
use bgp_wire::{Asn, Origin};

pub(crate) const PREFIX: &str = "203.0.113.0/24";
pub(crate) const KEY: &str = "01234567-89ab-cdef-0123-456789abcdef";

/// A route of the carrier to [`PREFIX`] in which all is well.
pub(crate) fn route() -> ObservedRoute {
    ObservedRoute {
        next_hop: Some("192.0.2.0".parse().unwrap()),
        as_path: Some(parse_as_path("64500").unwrap()),
        communities: Some(vec!["8075:8007".parse().unwrap()]),
        large_communities: Some(vec![]),
        origin: Some(Origin::Igp),
        ..ObservedRoute::new(PrefixText::new(PREFIX))
    }
}

fn connection(n: u8, name: &str, location: &str, role: Role) -> Connection {
    Connection {
        name: name.to_owned(),
        location: location.to_owned(),
        role,
        router: Some(format!("edge-{n}")),
        remote_router: Some(format!("far-{n}")),
        bandwidth_gbps: 10,
        utilisation_percent: Some(20),
        state: Some(ConnectionState::Active),
        session: SessionPlan {
            local: format!("192.0.2.{}/31", n * 2).parse().unwrap(),
            peer: format!("192.0.2.{}", n * 2 + 1).parse().unwrap(),
            provider: AddressProvider::Microsoft,
            bfd: Some(BfdPlan {
                desired_min_tx_ms: 300,
                required_min_rx_ms: 300,
                detect_mult: 3,
                strict: true,
                far_end_interval_ms: None,
            }),
            hold_time: Some(180),
            keepalive: Some(60),
            md5: false,
            max_prefix: Some(450),
        },
    }
}

/// Two peerings of two connections each: primary and redundant in fra, backups in ams.
pub(crate) fn plan() -> Plan {
    let activated = ActivationPrefix { prefix: PrefixText::new(PREFIX), key: KEY.to_owned() };
    let registered =
        RegisteredPrefix { name: "media".into(), prefix: PrefixText::new(PREFIX), key: Some(KEY.to_owned()) };
    Plan {
        asn: Asn(64500),
        associated_asns: vec![Asn(64501)],
        treat_as_public: TreatAsPublic {
            prefixes: vec!["203.0.113.0/24".parse().unwrap(), "198.51.100.0/24".parse().unwrap()],
            asns: (64496..=64505).map(Asn).collect(),
        },
        attestations: Attestations {
            lacp: Some(true),
            no_stateful_firewall: Some(true),
            no_rate_limit: Some(true),
            irr: Some(true),
            peeringdb: Some(true),
        },
        peerings: vec![
            Peering {
                name: "fra".into(),
                connections: vec![
                    connection(0, "fra-1", "fra", Role::Primary),
                    connection(1, "fra-2", "fra", Role::Redundant),
                ],
                registered_prefixes: vec![registered],
            },
            Peering {
                name: "ams".into(),
                connections: vec![
                    connection(2, "ams-1", "ams", Role::Backup),
                    connection(3, "ams-2", "ams", Role::Backup),
                ],
                registered_prefixes: vec![],
            },
        ],
        activations: vec![Activation {
            name: "voice".into(),
            primary_location: "fra".into(),
            backup_location: Some("ams".into()),
            prefixes: vec![activated],
        }],
    }
}

/// All four sessions up, each with [`route`] and its own next hop.
pub(crate) fn observed() -> Observed {
    let plan = plan();
    let session = |c: &Connection| ObservedSession {
        connection: Some(c.name.clone()),
        source: Some("routes.json".into()),
        state: Some(SessionState::Established),
        bfd: Some(ObservedBfd {
            state: BfdState::Up,
            detection_time_us: Some(900_000),
            tx_interval_us: Some(300_000),
        }),
        hold_time: Some(180),
        keepalive: Some(60),
        routes: Some(vec![ObservedRoute { next_hop: Some(c.session.local.addr()), ..route() }]),
        accepted: Some(vec![]),
        prefixes_received: Some(280),
        ..ObservedSession::default()
    };
    let sessions = plan.peerings.iter().flat_map(|p| &p.connections).map(session).collect();
    Observed { sessions, ..Observed::default() }
}

/// The verdict of `rule` on `route` announced on the first session.
pub(crate) fn verdict_on(rule: RuleId, route: ObservedRoute) -> Verdict {
    let mut observed = observed();
    let prefix = route.prefix.to_string();
    observed.sessions[0].routes = Some(vec![route]);
    let report = judge(&plan(), &observed);
    let on_first = |v: &&Verdict| {
        v.subject.connection.as_deref() == Some("fra-1") && v.subject.prefix.as_ref() == Some(&prefix)
    };
    report.of(rule).find(on_first).unwrap().clone()
}

/// The worst state of `rule` once `change` was made to the plan and the observations.
pub(crate) fn worst(rule: RuleId, change: impl FnOnce(&mut Plan, &mut Observed)) -> State {
    report(change).of(rule).map(|v| v.state).max().unwrap()
}

/// The report once `change` was made.
pub(crate) fn report(change: impl FnOnce(&mut Plan, &mut Observed)) -> Report {
    let (mut plan, mut observed) = (plan(), observed());
    change(&mut plan, &mut observed);
    judge(&plan, &observed)
}
