//! Which session of the plan something was seen on.

use crate::diagnostic::BadInput;
use bgp_policy::voice::{Connection, Plan};
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

/// The connections of a plan, and further addresses that stand for them.
#[derive(Clone, Copy)]
pub(super) struct Sessions<'a> {
    plan: &'a Plan,
    peers: &'a [Peer],
}

/// A peer that stands for a connection, such as the carrier's router where a collector peers with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Peer {
    connection: String,
    address: IpAddr,
}

/// An end of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum End {
    Carrier,
    Far,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Carrier => "the carrier",
            Self::Far => "the far end",
        })
    }
}

/// An end of a session of the plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seat {
    /// The connection, by its place in the plan.
    pub(super) number: usize,
    pub(super) end: End,
    /// Whether it is the session itself, and not somebody's whose routes stand for it: that one's state and timers are
    /// its own.
    pub(super) is_itself: bool,
}

impl Peer {
    /// Reads `CONNECTION=ADDRESS`; the connection must be one of the plan's.
    pub(crate) fn of(argument: &str, plan: &Plan) -> Result<Self, BadInput> {
        let bad = |what: &str| BadInput::new(format!("--peer {argument}: {what}"));
        let (name, address) = argument
            .rsplit_once('=')
            .ok_or_else(|| bad("it is no CONNECTION=ADDRESS").help("such as --peer fra-1=192.0.2.1"))?;
        let address = address.parse().map_err(|_| bad("what stands behind the sign is no address"))?;
        let sessions = Sessions::of(plan, &[]);
        match sessions.named(name) {
            Some(_) => Ok(Self { connection: name.to_owned(), address }),
            None => Err(bad("the plan has no such connection")
                .help(format!("the connections of the plan: {}", sessions.names()))),
        }
    }
}

impl<'a> Sessions<'a> {
    pub(super) const fn of(plan: &'a Plan, peers: &'a [Peer]) -> Self {
        Self { plan, peers }
    }

    pub(super) const fn plan(self) -> &'a Plan {
        self.plan
    }

    fn connections(self) -> impl Iterator<Item = &'a Connection> {
        self.plan.peerings.iter().flat_map(|peering| &peering.connections)
    }

    /// The connections by their places in the plan.
    pub(super) fn numbered(self) -> impl Iterator<Item = (usize, &'a Connection)> {
        self.connections().enumerate()
    }

    pub(super) fn numbers(self) -> impl Iterator<Item = usize> {
        self.numbered().map(|(number, _)| number)
    }

    pub(super) fn number(self, number: usize) -> Option<&'a Connection> {
        self.connections().nth(number)
    }

    /// The connection of this name.
    pub(super) fn named(self, name: &str) -> Option<&'a Connection> {
        self.connections().find(|connection| connection.name == name)
    }

    /// The end of a session that has this address, or for which it stands.
    pub(super) fn seat(self, address: IpAddr) -> Option<Seat> {
        let stands = |c: &Connection| {
            self.peers.iter().any(|peer| peer.address == address && peer.connection == c.name)
        };
        let end = |c: &Connection| match address {
            _ if address == c.session.local.addr() => Some((End::Carrier, true)),
            _ if stands(c) => Some((End::Carrier, false)),
            _ if address == c.session.peer => Some((End::Far, true)),
            _ => None,
        };
        self.numbered().find_map(|(number, c)| {
            let (end, is_itself) = end(c)?;
            Some(Seat { number, end, is_itself })
        })
    }

    /// The connection of a session that has this address at either end.
    pub(super) fn at(self, address: IpAddr) -> Option<&'a Connection> {
        self.number(self.seat(address)?.number)
    }

    /// The names of all.
    pub(super) fn names(self) -> String {
        self.connections().map(|connection| connection.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// `what` does not say which session it is of.
    pub(super) fn unnamed(self, what: &str) -> BadInput {
        BadInput::new(format!("{what} does not say which session its routes were announced on")).help(format!(
            "keep the line with the command, which names the neighbour, or give --routes CONNECTION=FILE with a connection \
             of the plan: {}",
            self.names()
        ))
    }
}

/// A few of these addresses, and how many more there are.
pub(super) fn few(addresses: &BTreeSet<IpAddr>) -> String {
    let few: Vec<_> = addresses.iter().take(5).map(ToString::to_string).collect();
    let more = addresses.len().saturating_sub(few.len());
    if more == 0 { few.join(", ") } else { format!("{} and {more} more", few.join(", ")) }
}

/// `what` tells of no session of the plan, and of these peers.
pub(super) fn of_none(what: &str, peers: &BTreeSet<IpAddr>) -> BadInput {
    let peers = if peers.is_empty() {
        "it tells of no peer".to_owned()
    } else {
        format!("its peers: {}", few(peers))
    };
    BadInput::new(format!("{what} tells of no session of the plan; {peers}"))
}
