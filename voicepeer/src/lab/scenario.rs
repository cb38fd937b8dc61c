//! What the lab declares: the plan, the routes of both ends, and what is to be found.
//!
//! Every address is of a block set apart for documentation or benchmarks (RFC 5737, RFC 2544), every ASN but
//! the far end's of one set apart for documentation (RFC 5398): the plan says that they count as public here.

use bgp_policy::voice::{
    Activation, ActivationPrefix, Attestations, BfdPlan, Connection, ConnectionState, Peering, Plan,
    RegisteredPrefix, Role, RuleId, SessionPlan, TreatAsPublic, far_end,
};
use bgp_policy::{Action, Decision, Match, Policy, PrefixRange, PrefixSet, Rule};
use bgp_speaker::LocalRoute;
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use ipnet::{IpNet, Ipv4Net};
use std::net::Ipv4Addr;

/// The carrier's ASN.
pub(super) const CARRIER: Asn = Asn(64500);
/// An ASN of the carrier's customer, associated with the same subscription.
const CUSTOMER: Asn = Asn(64501);
/// A transit between the two.
const TRANSIT: Asn = Asn(64502);
/// Another customer, associated too.
const FAR_CUSTOMER: Asn = Asn(64503);
/// An ASN for private use (RFC 6996).
const PRIVATE: Asn = Asn(65001);

/// One way between the carrier and the far end.
pub(super) struct Leg {
    pub(super) name: &'static str,
    pub(super) carrier: Ipv4Addr,
    pub(super) edge: Ipv4Addr,
}

/// The two legs, each a /30 of loopback.
pub(super) const LEGS: [Leg; 2] = [
    Leg { name: "leg-a", carrier: Ipv4Addr::new(127, 75, 1, 1), edge: Ipv4Addr::new(127, 75, 1, 2) },
    Leg { name: "leg-b", carrier: Ipv4Addr::new(127, 75, 2, 1), edge: Ipv4Addr::new(127, 75, 2, 2) },
];

/// A prefix that the carrier announces, and what the rules are to say of it.
pub(super) struct Declared {
    /// What it is there to show.
    pub(super) story: &'static str,
    pub(super) prefix: &'static str,
    /// ASNs behind the carrier's own.
    path: &'static [Asn],
    community: bool,
    registered: bool,
    /// Whether the second leg has it too.
    pub(super) on_both: bool,
    /// The rules that fail or warn.
    pub(super) expected: &'static [RuleId],
}

const GOOD: Declared = Declared {
    story: "good",
    prefix: "",
    path: &[],
    community: true,
    registered: true,
    on_both: true,
    expected: &[],
};

/// Good prefixes, then one for each way to go wrong.
pub(super) const DECLARED: [Declared; 10] = [
    Declared { story: "good", prefix: "198.19.100.0/24", ..GOOD },
    Declared { story: "good, of a customer", prefix: "198.19.101.0/24", path: &[CUSTOMER], ..GOOD },
    Declared { story: "good, path of 3", prefix: "198.19.102.0/24", path: &[TRANSIT, CUSTOMER], ..GOOD },
    Declared {
        story: "community missing",
        prefix: "198.19.110.0/24",
        community: false,
        expected: &[RuleId::Community],
        ..GOOD
    },
    Declared {
        story: "path of 4",
        prefix: "198.19.111.0/24",
        path: &[CUSTOMER, TRANSIT, FAR_CUSTOMER],
        expected: &[RuleId::AsPathLength],
        ..GOOD
    },
    Declared {
        story: "private ASN in the path",
        prefix: "198.19.112.0/24",
        path: &[PRIVATE, CUSTOMER],
        expected: &[RuleId::AsPathPrivate],
        ..GOOD
    },
    Declared {
        story: "prepended",
        prefix: "198.19.113.0/24",
        path: &[CARRIER],
        expected: &[RuleId::AsPathPrepend],
        ..GOOD
    },
    Declared { story: "private range", prefix: "10.20.30.0/24", expected: &[RuleId::PrefixPublic], ..GOOD },
    Declared {
        story: "missing on one session",
        prefix: "198.19.114.0/24",
        on_both: false,
        expected: &[RuleId::AllSessions],
        ..GOOD
    },
    Declared {
        story: "not registered",
        prefix: "198.19.115.0/24",
        registered: false,
        expected: &[RuleId::Unregistered],
        ..GOOD
    },
];

impl Declared {
    /// The route as the carrier originates it; its own ASN comes in front when it leaves.
    pub(super) fn route(&self) -> Option<LocalRoute> {
        let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
        attrs.as_path = self.path.iter().copied().collect();
        attrs.communities = if self.community { vec![far_end::COMMUNITY] } else { Vec::new() };
        Some(LocalRoute { prefix: self.prefix.parse().ok()?, attrs })
    }

    fn key(&self) -> String {
        let number = DECLARED.iter().position(|d| d.prefix == self.prefix).unwrap_or_default();
        format!("00000000-0000-4000-8000-{number:012}")
    }
}

/// The far end's prefixes: so many /24s from 198.18.0.0 on.
pub(super) fn far_end_routes() -> impl Iterator<Item = LocalRoute> {
    (0..far_end::PREFIXES).filter_map(|n| {
        let first = Ipv4Addr::new(198, 18, 0, 0).to_bits();
        let net = Ipv4Net::new(Ipv4Addr::from_bits(first + (n << 8)), 24).ok()?;
        let attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
        Some(LocalRoute { prefix: IpNet::V4(net), attrs })
    })
}

/// What the carrier announces on a leg: its own prefixes, but for one that the second leg lacks.
pub(super) fn export_policy(leg: usize) -> Policy {
    let shown = DECLARED.iter().filter(|d| leg == 0 || d.on_both);
    let ranges = shown.filter_map(|d| d.prefix.parse::<PrefixRange>().ok());
    let prefixes: PrefixSet = ranges.collect();
    one_rule(
        "to-microsoft",
        "the carrier's prefixes",
        Match::Prefix(prefixes.into()),
        Action::Accept,
        Decision::Reject,
    )
}

/// What the carrier accepts: all but routes with the ASN that must never be in a path.
pub(super) fn import_policy() -> Policy {
    let never = Match::AsnInPath(std::iter::once(far_end::NEVER).collect());
    one_rule("from-microsoft", "no AS12076", never, Action::Reject, Decision::Accept)
}

fn one_rule(policy: &str, rule: &str, when: Match, then: Action, default: Decision) -> Policy {
    let rule = Rule { name: rule.into(), when: [when].into(), edits: Box::default(), then };
    Policy::new(policy, vec![rule], default).unwrap_or_else(|_| Policy::reject_all())
}

/// The plan that the carrier would have filed.
pub(super) fn plan() -> Plan {
    let registered = DECLARED.iter().filter(|d| d.registered).filter_map(|d| {
        Some(RegisteredPrefix {
            name: d.story.to_owned(),
            prefix: d.prefix.parse().ok()?,
            key: Some(d.key()),
        })
    });
    let activated = DECLARED
        .iter()
        .filter(|d| d.expected.is_empty())
        .filter_map(|d| Some(ActivationPrefix { prefix: d.prefix.parse().ok()?, key: d.key() }));
    Plan {
        associated_asns: vec![CUSTOMER, FAR_CUSTOMER],
        treat_as_public: TreatAsPublic {
            prefixes: "198.18.0.0/15".parse().into_iter().collect(),
            asns: vec![CARRIER, CUSTOMER, TRANSIT, FAR_CUSTOMER],
        },
        attestations: Attestations {
            lacp: Some(true),
            no_stateful_firewall: Some(true),
            no_rate_limit: Some(true),
            irr: Some(true),
            peeringdb: Some(true),
        },
        activations: vec![Activation {
            name: "lab".to_owned(),
            primary_location: "loopback".to_owned(),
            backup_location: None,
            prefixes: activated.collect(),
        }],
        peerings: vec![Peering {
            name: "lab".to_owned(),
            connections: (1..).zip(&LEGS).map(|(n, leg)| connection(n, leg)).collect(),
            registered_prefixes: registered.collect(),
        }],
        ..Plan::new(CARRIER)
    }
}

fn connection(number: u32, leg: &Leg) -> Connection {
    Connection {
        name: leg.name.to_owned(),
        location: "loopback".to_owned(),
        role: if number == 1 { Role::Primary } else { Role::Redundant },
        router: Some(format!("carrier-{number}")),
        remote_router: Some(format!("edge-{number}")),
        bandwidth_gbps: 100,
        utilisation_percent: Some(5),
        state: Some(ConnectionState::Active),
        session: SessionPlan {
            local: IpNet::V4(Ipv4Net::new(leg.carrier, 30).unwrap_or_default()),
            peer: leg.edge.into(),
            provider: bgp_policy::voice::AddressProvider::Microsoft,
            bfd: Some(BfdPlan {
                desired_min_tx_ms: far_end::BFD_INTERVAL_MS,
                required_min_rx_ms: far_end::BFD_INTERVAL_MS,
                detect_mult: far_end::BFD_DETECT_MULT,
                strict: true,
                far_end_interval_ms: None,
            }),
            hold_time: Some(far_end::HOLD_TIME),
            keepalive: None,
            md5: false,
            max_prefix: Some(450),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_is_consistent_and_every_prefix_parses() {
        assert_eq!(plan().faults(), []);
        assert!(DECLARED.iter().all(|d| d.route().is_some()));
        assert_eq!(far_end_routes().count(), 280);
        let own: Vec<IpNet> = DECLARED.iter().filter_map(|d| d.prefix.parse().ok()).collect();
        assert!(far_end_routes().all(|r| !own.contains(&r.prefix)));
    }
}
