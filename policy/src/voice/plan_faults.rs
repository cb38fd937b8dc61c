//! What makes a plan contradict itself, before any rule is asked.

use super::plan::{Connection, Plan};
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

/// A plan that names one thing twice, or leaves a name empty. A plan that breaks a rule is no such fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlanFault {
    /// Something has no name: what, and within what.
    Unnamed(&'static str, String),
    /// Two peerings have this name.
    DuplicatePeering(String),
    /// Two connections have this name.
    DuplicateConnection(String),
    /// Two activations have this name.
    DuplicateActivation(String),
    /// Two sessions have these addresses of the carrier and the far end.
    DuplicateSession(IpAddr, IpAddr),
    /// This connection uses more than all of its bandwidth.
    Utilisation(String, u8),
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed(what, within) => write!(f, "a {what} of {within} has an empty name"),
            Self::DuplicatePeering(name) => write!(f, "two peerings are named `{name}`"),
            Self::DuplicateConnection(name) => write!(f, "two connections are named `{name}`"),
            Self::DuplicateActivation(name) => write!(f, "two activations are named `{name}`"),
            Self::DuplicateSession(local, peer) => {
                write!(f, "two sessions run between {local} and {peer}")
            }
            Self::Utilisation(name, percent) => {
                write!(f, "connection `{name}` has a utilisation of {percent} percent; the most is 100")
            }
        }
    }
}
impl std::error::Error for PlanFault {}

impl Plan {
    /// All faults of the plan, none where it is consistent.
    pub fn faults(&self) -> Vec<PlanFault> {
        let mut faults = Vec::new();
        let connections: Vec<_> = self.peerings.iter().flat_map(|p| &p.connections).collect();
        let peerings = self.peerings.iter().map(|p| &p.name);
        let activations = self.activations.iter().map(|a| &a.name);
        let names = connections.iter().map(|c| &c.name);
        faults.extend(repeated(peerings).cloned().map(PlanFault::DuplicatePeering));
        faults.extend(repeated(names).cloned().map(PlanFault::DuplicateConnection));
        faults.extend(repeated(activations).cloned().map(PlanFault::DuplicateActivation));
        let sessions = connections.iter().map(|c| (c.session.local.addr(), c.session.peer));
        faults.extend(repeated(sessions).map(|(local, peer)| PlanFault::DuplicateSession(local, peer)));
        faults.extend(self.unnamed());
        faults.extend(connections.into_iter().filter_map(overused));
        faults
    }

    fn unnamed(&self) -> impl Iterator<Item = PlanFault> {
        let plan = || "the plan".to_owned();
        let peerings = self.peerings.iter().map(move |p| (&p.name, "peering", plan()));
        let activations = self.activations.iter().map(move |a| (&a.name, "activation", plan()));
        let connections = self.peerings.iter().flat_map(|p| {
            p.connections.iter().map(|c| (&c.name, "connection", format!("peering `{}`", p.name)))
        });
        let all = peerings.chain(activations).chain(connections);
        all.filter(|(name, ..)| name.trim().is_empty())
            .map(|(_, what, within)| PlanFault::Unnamed(what, within))
    }
}

fn overused(connection: &Connection) -> Option<PlanFault> {
    let percent = connection.utilisation_percent.filter(|percent| *percent > 100)?;
    Some(PlanFault::Utilisation(connection.name.clone(), percent))
}

/// The items that came before.
fn repeated<T: Ord + Clone>(items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut seen = BTreeSet::new();
    items.filter(move |item| !seen.insert(item.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::rules::testing::plan;
    use super::*;
    use PlanFault::{
        DuplicateActivation, DuplicateConnection, DuplicatePeering, DuplicateSession, Unnamed, Utilisation,
    };

    /// (change to a plan in order, its faults).
    #[test]
    fn faults() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let cases: [(fn(&mut Plan), Vec<PlanFault>); 7] = [
            (|_| {}, vec![]),
            (|p| p.peerings[1].name = "fra".into(), vec![DuplicatePeering("fra".into())]),
            (
                |p| p.peerings[1].connections[0].name = "fra-1".into(),
                vec![DuplicateConnection("fra-1".into())],
            ),
            (|p| p.activations.push(p.activations[0].clone()), vec![DuplicateActivation("voice".into())]),
            (
                |p| p.peerings[1].connections[0].session = p.peerings[0].connections[0].session.clone(),
                vec![DuplicateSession(address("192.0.2.0"), address("192.0.2.1"))],
            ),
            (
                |p| p.peerings[0].connections[0].name = " ".into(),
                vec![Unnamed("connection", "peering `fra`".into())],
            ),
            (
                |p| p.peerings[0].connections[0].utilisation_percent = Some(101),
                vec![Utilisation("fra-1".into(), 101)],
            ),
        ];
        for (change, want) in cases {
            let mut plan = plan();
            change(&mut plan);
            assert_eq!(plan.faults(), want);
        }
    }
}
