//! What a scenario asks of a router, whoever made it.

use super::bird::{self, Bird};
use super::exabgp::ExaBgp;
use super::frr::{self, Frr};
use super::gobgp::GoBgp;
use super::netns::Node;
use super::openbgpd::OpenBgpd;
use super::voicepeer::{self, Voicepeer};
use crate::failure::{Failure, expect_equal};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitStatus;

/// Whose router it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Make {
    Voicepeer,
    Other(Peer),
}

/// The makes that voicepeer meets. They are asked what they saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    Bird,
    Frr,
    GoBgp,
    OpenBgpd,
    ExaBgp,
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Voicepeer => f.write_str("voicepeer"),
            Self::Other(peer) => peer.fmt(f),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bird => "BIRD",
            Self::Frr => "FRR",
            Self::GoBgp => "GoBGP",
            Self::OpenBgpd => "OpenBGPD",
            Self::ExaBgp => "ExaBGP",
        })
    }
}

impl Make {
    /// Starts one in that namespace; it answers questions when this returns.
    pub(crate) fn start(self, node: &Node, design: &Design) -> Result<Box<dyn Router>, Failure> {
        Ok(match self {
            Self::Voicepeer => Box::new(Voicepeer::start(node, &voicepeer::configuration(design))?),
            Self::Other(peer) => peer.start(node, design)?,
        })
    }
}

impl Peer {
    /// As [`Make::start`].
    pub(crate) fn start(self, node: &Node, design: &Design) -> Result<Box<dyn Witness>, Failure> {
        Ok(match self {
            Self::Bird => Box::new(Bird::start(node, &bird::configuration(design))?),
            Self::Frr => Box::new(Frr::start(node, &frr::configuration(design))?),
            Self::GoBgp => Box::new(GoBgp::start(node, design)?),
            Self::OpenBgpd => Box::new(OpenBgpd::start(node, design)?),
            Self::ExaBgp => Box::new(ExaBgp::start(node, design)?),
        })
    }
}

/// What a router is to be.
#[derive(Clone, Debug)]
pub(crate) struct Design {
    pub(crate) asn: u32,
    pub(crate) router_id: Ipv4Addr,
    pub(crate) neighbors: Vec<Neighbor>,
    /// What it originates, on every session of the route's family, as it leaves except for its own ASN. BIRD may have
    /// several of one prefix.
    pub(crate) routes: Vec<Route>,
}

/// One configured peer. A session over IPv4 carries IPv4 routes, one over IPv6 carries IPv6 routes where nothing else is said.
#[derive(Clone, Debug)]
pub(crate) struct Neighbor {
    pub(crate) local: IpAddr,
    pub(crate) address: IpAddr,
    pub(crate) asn: u32,
    pub(crate) passive: bool,
    pub(crate) password: Option<&'static str>,
    pub(crate) ttl_security: bool,
    /// More than one hop away.
    pub(crate) multihop: bool,
    pub(crate) bfd: Option<Bfd>,
    pub(crate) offers: Offers,
}

/// What this end brings into a session beyond the plainest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offers {
    /// So many routes of the other end it takes, and no more.
    pub(crate) max_prefixes: Option<u32>,
    /// What it is to the other end (RFC 9234), in that document's words.
    pub(crate) role: Option<&'static str>,
    /// It restarts gracefully, and helps the other end to (RFC 4724).
    pub(crate) graceful_restart: bool,
    /// It knows ASNs of two octets only (RFC 6793).
    pub(crate) two_octet_asns: bool,
    /// It takes messages of up to 65535 octets (RFC 8654).
    pub(crate) extended_messages: bool,
    /// It tells and takes several paths a prefix (RFC 7911).
    pub(crate) add_path: bool,
    /// The session, which is over IPv6, carries IPv4 routes (RFC 8950).
    pub(crate) ipv4_over_ipv6: bool,
    /// The other end is its route reflector's client (RFC 4456).
    pub(crate) reflector_client: bool,
    /// The other end is its route server's client (RFC 7947).
    pub(crate) route_server_client: bool,
    /// The other end is a route server, whose ASN is in no path.
    pub(crate) of_route_server: bool,
}

impl Offers {
    /// Nothing.
    pub(crate) const NONE: Self = Self {
        max_prefixes: None,
        role: None,
        graceful_restart: false,
        two_octet_asns: false,
        extended_messages: false,
        add_path: false,
        ipv4_over_ipv6: false,
        reflector_client: false,
        route_server_client: false,
        of_route_server: false,
    };
}

impl Neighbor {
    /// Whether its address counts on one interface only.
    pub(crate) fn is_link_local(&self) -> bool {
        matches!(self.address, IpAddr::V6(address) if address.is_unicast_link_local())
    }

    /// Whether it is for BFD alone, as those over link-local addresses are that carry no IPv4 routes.
    pub(crate) fn is_for_bfd_alone(&self) -> bool {
        self.is_link_local() && !self.offers.ipv4_over_ipv6
    }

    /// Whether its routes are IPv6 ones.
    pub(crate) fn carries_ipv6(&self) -> bool {
        self.address.is_ipv6() && !self.offers.ipv4_over_ipv6
    }

    /// A session with nothing special about it.
    pub(crate) fn plain(local: IpAddr, address: IpAddr, asn: u32) -> Self {
        Self {
            local,
            address,
            asn,
            passive: false,
            password: None,
            ttl_security: false,
            multihop: false,
            bfd: None,
            offers: Offers::NONE,
        }
    }
}

/// One end of a BFD session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bfd {
    /// Both what is desired for sending and required for receiving.
    pub(crate) interval_ms: u32,
    pub(crate) multiplier: u32,
    /// What is taken of a session over several hops.
    pub(crate) minimum_ttl: u8,
    pub(crate) authentication: Option<Secret>,
    /// The interval of echo packets, both to send and to send back.
    pub(crate) echo_ms: Option<u32>,
    pub(crate) admin_down: bool,
}

/// A key with the identifier 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret {
    /// As voicepeer names it.
    pub(crate) kind: &'static str,
    pub(crate) secret: &'static str,
}

/// A BFD session as its router describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BfdSession {
    pub(crate) up: bool,
    pub(crate) detection_ms: u64,
}

/// A route's attributes, written as the RFCs write them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Route {
    pub(crate) prefix: String,
    /// `igp`, `egp` or `incomplete`.
    pub(crate) origin: String,
    pub(crate) as_path: Vec<u32>,
    /// As seen by the receiver; empty where it is originated.
    pub(crate) next_hop: String,
    pub(crate) med: Option<u32>,
    pub(crate) communities: Vec<String>,
    pub(crate) large_communities: Vec<String>,
    pub(crate) atomic_aggregate: bool,
    /// ASN and address.
    pub(crate) aggregator: Option<(u32, String)>,
    /// One more attribute, as ExaBGP takes it: code, flags and value in hexadecimal.
    pub(crate) raw: Option<&'static str>,
}

impl Route {
    pub(crate) fn is_ipv6(&self) -> bool {
        self.prefix.contains(':')
    }
}

/// A session as its router describes it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) established: bool,
    /// The router's own words for its state and for the last error, for people.
    pub(crate) words: String,
}

/// What every router can be asked.
pub(crate) trait Router {
    /// The session with that peer.
    fn session(&self, peer: IpAddr) -> Result<Session, Failure>;
    /// BFD with that peer.
    fn bfd(&self, peer: IpAddr) -> Result<BfdSession, Failure>;
    /// Takes over what a new design says of BFD, while it runs.
    fn change_bfd(&self, design: &Design) -> Result<(), Failure>;
    /// The route to exactly that prefix, if it has one.
    fn route(&self, prefix: &str) -> Result<Option<Route>, Failure>;
    /// Asks the peer for its routes again (RFC 2918).
    fn request_refresh(&self, peer: IpAddr) -> Result<(), Failure>;
    /// How many connections it refused because no peer is configured for them, if it counts them.
    fn refused(&self) -> Result<Option<u64>, Failure> {
        Ok(None)
    }
    /// SIGTERM, and how it ended.
    fn terminate(&mut self) -> Result<ExitStatus, Failure>;
}

/// A router that tells what it received, so that ours need not be believed.
pub(crate) trait Witness: Router {
    /// What came from that peer so far.
    fn received(&self, peer: IpAddr) -> Result<Received, Failure>;
    /// Every path to exactly that prefix that came from a peer; those who are not asked for several tell the best.
    fn paths(&self, prefix: &str) -> Result<Vec<Route>, Failure> {
        Ok(self.route(prefix)?.into_iter().collect())
    }
}

/// What a router counted of one peer's messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Received {
    pub(crate) refreshes: u64,
    /// In whatever unit the router counts; it only grows.
    pub(crate) updates: u64,
    /// Code and subcode of the last NOTIFICATION.
    pub(crate) notification: Option<(u8, u8)>,
}

/// Fails until the session is Established.
pub(crate) fn established(router: &dyn Router, peer: IpAddr) -> Result<(), Failure> {
    let session = router.session(peer)?;
    if session.established { Ok(()) } else { Err(Failure::Objection(session.words)) }
}

/// Fails until BFD is Up.
pub(crate) fn bfd_up(router: &dyn Router, peer: IpAddr) -> Result<(), Failure> {
    let session = router.bfd(peer)?;
    if session.up { Ok(()) } else { Err(Failure::Objection(format!("BFD is not Up: {session:?}"))) }
}

/// Fails until BFD is Up with that detection time.
pub(crate) fn bfd_agreed(router: &dyn Router, peer: IpAddr, detection_ms: u64) -> Result<(), Failure> {
    expect_equal("BFD", &BfdSession { up: true, detection_ms }, &router.bfd(peer)?)
}
