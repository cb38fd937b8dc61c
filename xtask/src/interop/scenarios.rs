//! The scenarios, one file each.

mod bfd;
mod established;
mod md5;
mod passive;
mod refresh;
mod routes;
mod shutdown;
mod ttl_security;
mod unconfigured;

use super::pair::Pair;
use crate::failure::Failure;

/// What is played, what it proves, and how.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) proves: &'static str,
    /// Gives its evidence.
    pub(crate) run: fn(&Pair) -> Result<String, Failure>,
}

/// All of them, from simple to involved.
pub(crate) const SCENARIOS: [Scenario; 11] = [
    Scenario {
        name: "established",
        proves: "an IPv4 and an IPv6 session come up side by side",
        run: established::run,
    },
    Scenario {
        name: "passive",
        proves: "a passive session is Established by the peer's connection, and none of our own is made",
        run: passive::run,
    },
    Scenario {
        name: "routes",
        proves: "IPv4 and IPv6 routes arrive both ways with exactly the attributes they were given",
        run: routes::run,
    },
    Scenario {
        name: "refresh",
        proves: "ROUTE-REFRESH is answered with the routes, whoever asks (RFC 2918)",
        run: refresh::run,
    },
    Scenario {
        name: "shutdown",
        proves: "SIGTERM ends the session with Cease/Administrative Shutdown and the program with success (RFC 4486)",
        run: shutdown::run,
    },
    Scenario {
        name: "md5",
        proves: "a session with the same password on both ends comes up (RFC 2385)",
        run: md5::right,
    },
    Scenario {
        name: "md5-wrong",
        proves: "a peer with another password is refused by the kernel (RFC 2385)",
        run: md5::wrong,
    },
    Scenario {
        name: "ttl-security",
        proves: "a session with TTL security on both ends comes up (RFC 5082)",
        run: ttl_security::both,
    },
    Scenario {
        name: "ttl-security-refused",
        proves: "a peer that sends TTL 1 is refused by the kernel (RFC 5082)",
        run: ttl_security::one_sided,
    },
    Scenario {
        name: "unconfigured",
        proves: "a peer that is not configured is refused",
        run: unconfigured::run,
    },
    Scenario {
        name: "bfd",
        proves: "a cut wire takes BGP down within the detection time plus 100 ms, and a mended one brings it back",
        run: bfd::run,
    },
];
