//! What a router's configuration is made of, whatever its language.

use crate::diagnostic::BadInput;
use bgp_policy::voice::{Activation, BfdPlan, Connection, Peering, Plan, PrefixText, Role, far_end};
use bgp_wire::Asn;
use ipnet::{IpNet, Ipv4Net};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// The limit on prefixes received where the plan states none.
const MAX_PREFIX: u32 = 450;

/// One router, or all of the plan's as one.
pub(super) struct Router<'a> {
    pub(super) asn: Asn,
    /// ASNs from which routes may originate beside its own.
    pub(super) associated: &'a [Asn],
    /// ASNs set apart that count as public in this lab.
    pub(super) lab: Vec<Asn>,
    pub(super) id: Ipv4Addr,
    pub(super) neighbors: Vec<Neighbor<'a>>,
    /// Whether the prefixes begin here.
    pub(super) originates: bool,
}

/// A session of its.
pub(super) struct Neighbor<'a> {
    /// The connection's name as a word of any language: letters, digits and hyphens; unique.
    pub(super) name: String,
    pub(super) connection: &'a Connection,
    pub(super) local: Ipv4Net,
    pub(super) peer: Ipv4Addr,
    pub(super) bfd: BfdPlan,
    pub(super) hold_time: u16,
    pub(super) keepalive: u16,
    pub(super) max_prefix: u32,
    /// What is announced on it: what is registered under its peering, and what is activated where it is.
    pub(super) prefixes: BTreeSet<Ipv4Net>,
}

impl<'a> Router<'a> {
    /// The router called `name`, or all.
    pub(super) fn of(
        plan: &'a Plan,
        name: Option<&str>,
        id: Option<Ipv4Addr>,
        originates: bool,
    ) -> Result<Self, BadInput> {
        let all = plan.peerings.iter().flat_map(|p| p.connections.iter().map(move |c| (p, c)));
        let chosen = all.filter(|(_, c)| name.is_none() || c.router.as_deref() == name);
        let neighbors: Vec<_> = chosen
            .enumerate()
            .map(|(n, (peering, connection))| Neighbor::of(plan, peering, connection, n))
            .collect::<Result<_, _>>()?;
        let Some(first) = neighbors.first() else { return Err(nothing(plan, name)) };
        Ok(Self {
            asn: plan.asn,
            associated: &plan.associated_asns,
            lab: plan.treat_as_public.asns.iter().copied().filter(|asn| *asn != plan.asn).collect(),
            id: id.unwrap_or_else(|| first.local.addr()),
            neighbors,
            originates,
        })
    }

    /// Every prefix of a session of its.
    pub(super) fn prefixes(&self) -> BTreeSet<Ipv4Net> {
        self.neighbors.iter().flat_map(|n| n.prefixes.iter().copied()).collect()
    }
}

fn nothing(plan: &Plan, name: Option<&str>) -> BadInput {
    let connections = plan.peerings.iter().flat_map(|p| &p.connections);
    let routers: BTreeSet<_> = connections.filter_map(|c| c.router.as_deref()).collect();
    let routers = routers.into_iter().collect::<Vec<_>>().join(", ");
    match name {
        Some(name) => BadInput::new(format!("no connection of the plan ends on a router called `{name}`"))
            .help(format!("routers of the plan: {routers}")),
        None => BadInput::new("the plan has no connection").help("add [[peerings.connections]] to it"),
    }
}

impl<'a> Neighbor<'a> {
    fn of(plan: &Plan, peering: &Peering, connection: &'a Connection, n: usize) -> Result<Self, BadInput> {
        let session = &connection.session;
        let (IpNet::V4(local), IpAddr::V4(peer)) = (session.local, session.peer) else {
            let what = format!("the session on connection `{}` is not over IPv4", connection.name);
            return Err(BadInput::new(what).help("VP-SESSION-ADDRESS: the far end gives IPv4 addresses"));
        };
        let interval = far_end::BFD_INTERVAL_MS;
        let advised = BfdPlan {
            desired_min_tx_ms: interval,
            required_min_rx_ms: interval,
            detect_mult: far_end::BFD_DETECT_MULT,
            strict: true,
            far_end_interval_ms: None,
        };
        let hold_time = session.hold_time.unwrap_or(far_end::HOLD_TIME);
        Ok(Self {
            name: word(&connection.name, n),
            connection,
            local,
            peer,
            bfd: session.bfd.unwrap_or(advised),
            hold_time,
            keepalive: session.keepalive.unwrap_or(hold_time / 3),
            max_prefix: session.max_prefix.unwrap_or(MAX_PREFIX),
            prefixes: prefixes(plan, peering, connection),
        })
    }

    /// What it is, for a description: of letters, digits, spaces and hyphens.
    pub(super) fn description(&self) -> String {
        let Connection { location, role, .. } = self.connection;
        let location: String =
            location.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("voice {} {} {location}", self.name, role.name())
    }

    /// Whether the connection stands in for others.
    pub(super) fn is_backup(&self) -> bool {
        self.connection.role == Role::Backup
    }
}

fn prefixes(plan: &Plan, peering: &Peering, connection: &Connection) -> BTreeSet<Ipv4Net> {
    let location = connection.location.as_str();
    let here =
        |a: &&Activation| a.primary_location == location || a.backup_location.as_deref() == Some(location);
    let activated = plan.activations.iter().filter(here).flat_map(|a| &a.prefixes);
    let registered = peering.registered_prefixes.iter().map(|r| &r.prefix);
    registered.chain(activated.map(|a| &a.prefix)).filter_map(PrefixText::v4).collect()
}

/// `name` with nothing in it but letters, digits and hyphens; its number makes it unique where that changed it.
fn word(name: &str, n: usize) -> String {
    let word: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    if word == name { word } else { format!("{word}-{n}") }
}
