//! Which session of the plan something was seen on.

use crate::diagnostic::BadInput;
use bgp_policy::voice::{Connection, Plan};
use std::net::IpAddr;

/// The connections of a plan.
#[derive(Clone, Copy)]
pub(super) struct Sessions<'a> {
    plan: &'a Plan,
}

impl<'a> Sessions<'a> {
    pub(super) const fn of(plan: &'a Plan) -> Self {
        Self { plan }
    }

    fn connections(self) -> impl Iterator<Item = &'a Connection> {
        self.plan.peerings.iter().flat_map(|peering| &peering.connections)
    }

    /// The connection of this name.
    pub(super) fn named(self, name: &str) -> Option<&'a Connection> {
        self.connections().find(|connection| connection.name == name)
    }

    /// The connection that has this address at either end.
    pub(super) fn at(self, address: IpAddr) -> Option<&'a Connection> {
        let ends = |c: &Connection| [c.session.peer, c.session.local.addr()];
        self.connections().find(|connection| ends(connection).contains(&address))
    }

    /// `what` does not say which session it is of.
    pub(super) fn unnamed(self, what: &str) -> BadInput {
        let names: Vec<_> = self.connections().map(|connection| connection.name.as_str()).collect();
        BadInput::new(format!("{what} does not say which session its routes were announced on")).help(format!(
            "keep the line with the command, which names the neighbour, or give --routes CONNECTION=FILE with a connection \
             of the plan: {}",
            names.join(", ")
        ))
    }
}
