//! Where the plan's sessions are: at the plan's addresses, or at others that stand for them.

use bgp_policy::voice::{Connection, Plan};
use bgp_speaker::BGP_PORT;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::str::FromStr;
use thiserror::Error;

/// An address of the plan, and the address and port that stand for it here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mapping {
    plan: Ipv4Addr,
    here: SocketAddrV4,
}

impl FromStr for Mapping {
    type Err = &'static str;

    /// `192.0.2.11=127.0.0.2` or `192.0.2.11=127.0.0.2:1790`
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "an address of the plan, `=`, and an IPv4 address here that may have a port, such as \
                     192.0.2.11=127.0.0.2:1790";
        let (plan, here) = text.split_once('=').ok_or(wrong)?;
        let alone = || here.parse().map(|ip| SocketAddrV4::new(ip, BGP_PORT));
        let here = here.parse().or_else(|_| alone()).map_err(|_| wrong)?;
        Ok(Self { plan: plan.parse().map_err(|_| wrong)?, here })
    }
}

/// One session, as the plan has it and as it is here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SessionPlace {
    /// The plan's connection.
    pub(crate) connection: String,
    /// The far end's address in the plan, and the carrier's.
    pub(crate) planned: [Ipv4Addr; 2],
    /// Where the far end listens, and where the carrier does.
    pub(crate) here: [SocketAddrV4; 2],
}

impl SessionPlace {
    /// What the plan calls an address that is seen here.
    pub(crate) fn as_planned(&self, seen: IpAddr) -> IpAddr {
        let mut both = self.here.iter().zip(self.planned);
        both.find(|(here, _)| IpAddr::V4(*here.ip()) == seen).map_or(seen, |(_, planned)| planned.into())
    }
}

/// An edge router and its sessions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EdgePlace {
    /// What the plan calls it: a connection's `remote_router`, or the connection itself where it names none.
    pub(crate) name: String,
    /// Its BGP Identifier: the first of its addresses in the plan.
    pub(crate) router_id: Ipv4Addr,
    pub(crate) sessions: Vec<SessionPlace>,
}

/// Why the plan's sessions cannot be played.
#[derive(Error, Clone, PartialEq, Eq, Debug)]
pub(crate) enum PlaceFault {
    #[error("the plan has no connection: there is no session to play")]
    NoConnection,
    #[error("connection {0} has the session address {1}: voice sessions are IPv4 (VP-SESSION-ADDRESS)")]
    NotIpv4(String, IpAddr),
    #[error("{0} is mapped, and no session of the plan has it")]
    UnknownAddress(Ipv4Addr),
    #[error("{0} is mapped twice")]
    MappedTwice(Ipv4Addr),
    #[error("connections {0} and {1} end on different routers of the far end at the same address, {2}")]
    SharedAddress(String, String, Ipv4Addr),
    #[error("connections {0} and {1} lead from one router of the far end to the same address, {2}")]
    SamePeer(String, String, Ipv4Addr),
}

/// The edge routers of a plan, in its order. [`all_used`] says of the mappings whether the plan needs them.
pub(crate) fn edges(plan: &Plan, map: &[Mapping]) -> Result<Vec<EdgePlace>, PlaceFault> {
    let mut edges: Vec<EdgePlace> = Vec::new();
    for connection in plan.peerings.iter().flat_map(|peering| &peering.connections) {
        let session = place(connection, map)?;
        let name = connection.remote_router.as_ref().unwrap_or(&connection.name);
        match edges.iter_mut().find(|edge| edge.name == *name) {
            Some(edge) => edge.sessions.push(session),
            None => edges.push(EdgePlace {
                name: name.clone(),
                router_id: session.planned[0],
                sessions: vec![session],
            }),
        }
    }
    if edges.is_empty() {
        return Err(PlaceFault::NoConnection);
    }
    distinct(&edges)?;
    Ok(edges)
}

fn place(connection: &Connection, map: &[Mapping]) -> Result<SessionPlace, PlaceFault> {
    let session = &connection.session;
    let v4 = |address| match address {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(_) => Err(PlaceFault::NotIpv4(connection.name.clone(), address)),
    };
    let planned = [v4(session.peer)?, v4(session.local.addr())?];
    let here = planned.map(|address| {
        let mapped = map.iter().find(|mapping| mapping.plan == address);
        mapped.map_or(SocketAddrV4::new(address, BGP_PORT), |mapping| mapping.here)
    });
    Ok(SessionPlace { connection: connection.name.clone(), planned, here })
}

/// Every mapping is of an address that the plan has, and there is one only.
pub(crate) fn all_used(edges: &[EdgePlace], map: &[Mapping]) -> Result<(), PlaceFault> {
    let planned = |address| edges.iter().flat_map(|e| &e.sessions).any(|s| s.planned.contains(&address));
    for (number, Mapping { plan, .. }) in map.iter().enumerate() {
        if !planned(*plan) {
            return Err(PlaceFault::UnknownAddress(*plan));
        }
        if map.iter().take(number).any(|before| before.plan == *plan) {
            return Err(PlaceFault::MappedTwice(*plan));
        }
    }
    Ok(())
}

/// An address of the far end is on one router, and a router has one session with an address of the carrier.
fn distinct(edges: &[EdgePlace]) -> Result<(), PlaceFault> {
    let mut listening: BTreeMap<Ipv4Addr, (&str, &str)> = BTreeMap::new();
    for edge in edges {
        let mut peers: BTreeMap<Ipv4Addr, &str> = BTreeMap::new();
        for SessionPlace { connection, here: [far, carrier], .. } in &edge.sessions {
            let (router, first) = *listening.entry(*far.ip()).or_insert((&edge.name, connection));
            if router != edge.name {
                return Err(PlaceFault::SharedAddress(first.to_owned(), connection.clone(), *far.ip()));
            }
            if let Some(first) = peers.insert(*carrier.ip(), connection) {
                return Err(PlaceFault::SamePeer(first.to_owned(), connection.clone(), *carrier.ip()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::plan;
    use super::*;

    #[test]
    fn mappings() {
        for (text, want) in [
            ("192.0.2.1=127.0.0.2:1790", Some("127.0.0.2:1790")),
            ("192.0.2.1=127.0.0.2:0", Some("127.0.0.2:0")),
            ("192.0.2.1=127.0.0.2", Some("127.0.0.2:179")),
            ("192.0.2.1", None),
            ("192.0.2.1=", None),
            ("192.0.2.1=::1", None),
            ("192.0.2.1=127.0.0.2:65536", None),
            ("edge=127.0.0.2", None),
        ] {
            let here = text.parse::<Mapping>().ok().map(|mapping| mapping.here.to_string());
            assert_eq!(here.as_deref(), want, "{text}");
        }
    }

    #[test]
    fn every_session_has_its_place() {
        let map: Vec<Mapping> =
            ["192.0.2.1=127.0.0.2:0", "192.0.2.0=127.0.0.1:1790"].map(|text| text.parse().unwrap()).into();
        let edges = edges(&plan(), &map).unwrap();
        let seen: Vec<_> =
            edges.iter().map(|e| (e.name.as_str(), e.router_id.to_string(), e.sessions.len())).collect();
        assert_eq!(seen, [("edge-1", "192.0.2.1".to_owned(), 1), ("edge-2", "192.0.2.3".to_owned(), 1)]);
        let [first, second] = [0, 1].map(|n: usize| &edges[n].sessions[0]);
        assert_eq!(first.here.map(|a| a.to_string()), ["127.0.0.2:0", "127.0.0.1:1790"]);
        assert_eq!(second.here.map(|a| a.to_string()), ["192.0.2.3:179", "192.0.2.2:179"]);
        let planned = |text: &str| first.as_planned(text.parse().unwrap()).to_string();
        assert_eq!(
            ["127.0.0.2", "127.0.0.1", "192.0.2.9"].map(planned),
            ["192.0.2.1", "192.0.2.0", "192.0.2.9"]
        );
    }

    type Change = fn(&mut Plan);

    /// (change to the plan, mappings, what is wrong)
    #[test]
    fn what_cannot_be_played() {
        let cases: [(Change, &[&str], &str); 6] = [
            (|p| p.peerings.clear(), &[], "the plan has no connection: there is no session to play"),
            (
                |p| p.peerings[0].connections[1].session.peer = "2001:db8::1".parse().unwrap(),
                &[],
                "connection fra-2 has the session address 2001:db8::1: voice sessions are IPv4 (VP-SESSION-ADDRESS)",
            ),
            (|_| {}, &["192.0.2.9=127.0.0.1"], "192.0.2.9 is mapped, and no session of the plan has it"),
            (|_| {}, &["192.0.2.1=127.0.0.1", "192.0.2.1=127.0.0.2"], "192.0.2.1 is mapped twice"),
            (
                |_| {},
                &["192.0.2.1=127.0.0.1", "192.0.2.3=127.0.0.1"],
                "connections fra-1 and fra-2 end on different routers of the far end at the same address, 127.0.0.1",
            ),
            (
                |p| {
                    let connections = &mut p.peerings[0].connections;
                    connections[1].remote_router = connections[0].remote_router.clone();
                    connections[1].session.local = connections[0].session.local;
                },
                &[],
                "connections fra-1 and fra-2 lead from one router of the far end to the same address, 192.0.2.0",
            ),
        ];
        for (change, map, want) in cases {
            let mut plan = plan();
            change(&mut plan);
            let map: Vec<Mapping> = map.iter().map(|text| text.parse().unwrap()).collect();
            let played = edges(&plan, &map).and_then(|edges| all_used(&edges, &map));
            assert_eq!(played.unwrap_err().to_string(), want);
        }
    }
}
