//! The scenarios, one file each.

mod bfd;
mod established;
mod md5;
mod passive;
mod refresh;
mod routes;
mod shutdown;
mod transit;
mod ttl_security;
mod unconfigured;
mod voice;

use super::pair::Pair;
use super::trio::Trio;
use crate::failure::Failure;

/// What is played, what it proves, and how.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) proves: &'static str,
    pub(crate) play: Play,
}

/// How many routers it takes. The function gives its evidence.
#[derive(Clone, Copy)]
pub(crate) enum Play {
    Two(fn(&Pair) -> Result<String, Failure>),
    Three(fn(&Trio) -> Result<String, Failure>),
}

/// All of them, from simple to involved.
pub(crate) const SCENARIOS: [Scenario; 13] = [
    Scenario {
        name: "established",
        proves: "an IPv4 and an IPv6 session come up side by side",
        play: Play::Two(established::run),
    },
    Scenario {
        name: "passive",
        proves: "a passive session is Established by the peer's connection, and none of our own is made",
        play: Play::Two(passive::run),
    },
    Scenario {
        name: "routes",
        proves: "IPv4 and IPv6 routes arrive both ways with exactly the attributes they were given",
        play: Play::Two(routes::run),
    },
    Scenario {
        name: "refresh",
        proves: "ROUTE-REFRESH is answered with the routes, whoever asks (RFC 2918)",
        play: Play::Two(refresh::run),
    },
    Scenario {
        name: "shutdown",
        proves: "SIGTERM ends the session with Cease/Administrative Shutdown and the program with success (RFC 4486)",
        play: Play::Two(shutdown::run),
    },
    Scenario {
        name: "md5",
        proves: "a session with the same password on both ends comes up (RFC 2385)",
        play: Play::Two(md5::right),
    },
    Scenario {
        name: "md5-wrong",
        proves: "a peer with another password is refused by the kernel (RFC 2385)",
        play: Play::Two(md5::wrong),
    },
    Scenario {
        name: "ttl-security",
        proves: "a session with TTL security on both ends comes up (RFC 5082)",
        play: Play::Two(ttl_security::both),
    },
    Scenario {
        name: "ttl-security-refused",
        proves: "a peer that sends TTL 1 is refused by the kernel (RFC 5082)",
        play: Play::Two(ttl_security::one_sided),
    },
    Scenario {
        name: "unconfigured",
        proves: "a peer that is not configured is refused",
        play: Play::Two(unconfigured::run),
    },
    Scenario {
        name: "bfd",
        proves: "a cut wire takes BGP down within the detection time plus 100 ms, and a mended one brings it back",
        play: Play::Two(bfd::run),
    },
    Scenario {
        name: "transit",
        proves: "a route of FRR's reaches BIRD through ours with what is transitive, and without what is not",
        play: Play::Three(transit::run),
    },
    Scenario {
        name: "voice",
        proves: "a carrier's two routers announce good and bad prefixes; each bad one is named by its rule",
        play: Play::Three(voice::run),
    },
];
