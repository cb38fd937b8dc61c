//! The scenarios, one file each.

mod add_path;
mod bfd;
mod bmp;
mod carrier;
mod drill;
mod established;
mod extended_messages;
mod far_end;
mod graceful_restart;
mod malformed;
mod max_prefix;
mod md5;
mod md5_changed;
mod multihop;
mod passive;
mod reflection;
mod refresh;
mod rendered;
mod restart_modes;
mod roles;
mod routes;
mod rpki;
mod shutdown;
mod transit;
mod ttl_security;
mod two_octets;
mod unconfigured;
mod unnumbered;
mod voice;
mod walkthrough;

use super::pair::Pair;
use super::router::{Make, Peer};
use super::trio::Trio;
use crate::failure::Failure;

/// What is played, what it proves, and how.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) proves: &'static str,
    pub(crate) play: Play,
}

/// How many routers it takes, and whose. The function gives its evidence.
#[derive(Clone, Copy)]
pub(crate) enum Play {
    Two(fn(&Pair) -> Result<String, Failure>, Between, &'static [(Make, Peer)]),
    Three(fn(&Trio) -> Result<String, Failure>, &'static [Make]),
}

/// What lies between two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Between {
    /// A wire.
    Wire,
    /// A router that forwards.
    Hop,
}

/// Who meets whom where there are two: ours first. All of them speak BGP.
const PAIRS: &[(Make, Peer)] = &[
    (Make::Voicepeer, Peer::Bird),
    (Make::Voicepeer, Peer::Frr),
    (Make::Voicepeer, Peer::GoBgp),
    (Make::Voicepeer, Peer::OpenBgpd),
    (Make::Voicepeer, Peer::ExaBgp),
    (Make::Other(Peer::Frr), Peer::Bird),
];
/// GoBGP and ExaBGP ask for nothing again.
const THAT_REFRESH: &[(Make, Peer)] = &[
    (Make::Voicepeer, Peer::Bird),
    (Make::Voicepeer, Peer::Frr),
    (Make::Voicepeer, Peer::OpenBgpd),
    (Make::Other(Peer::Frr), Peer::Bird),
];
const ALL_OTHERS: &[(Make, Peer)] = &[
    (Make::Voicepeer, Peer::Bird),
    (Make::Voicepeer, Peer::Frr),
    (Make::Voicepeer, Peer::GoBgp),
    (Make::Voicepeer, Peer::OpenBgpd),
];
/// ExaBGP 4.2 cannot read a Cease with a text.
const THAT_READ_TEXT: &[(Make, Peer)] = &[
    (Make::Voicepeer, Peer::Bird),
    (Make::Voicepeer, Peer::Frr),
    (Make::Voicepeer, Peer::GoBgp),
    (Make::Voicepeer, Peer::OpenBgpd),
    (Make::Other(Peer::Frr), Peer::Bird),
];
const THAT_HAVE_ROLES: &[(Make, Peer)] =
    &[(Make::Voicepeer, Peer::Bird), (Make::Voicepeer, Peer::Frr), (Make::Voicepeer, Peer::OpenBgpd)];
const THAT_KNOW_TWO_OCTETS: &[(Make, Peer)] =
    &[(Make::Voicepeer, Peer::Bird), (Make::Voicepeer, Peer::OpenBgpd), (Make::Voicepeer, Peer::ExaBgp)];
const THAT_RESTART: &[(Make, Peer)] =
    &[(Make::Voicepeer, Peer::Bird), (Make::Voicepeer, Peer::Frr), (Make::Voicepeer, Peer::GoBgp)];
const THAT_HELP: &[(Make, Peer)] = ALL_OTHERS;
/// Those that have BFD.
const THAT_HAVE_BFD: &[(Make, Peer)] =
    &[(Make::Voicepeer, Peer::Bird), (Make::Voicepeer, Peer::Frr), (Make::Other(Peer::Frr), Peer::Bird)];
/// For what one of the others cannot do.
const THAT_EXTEND_MESSAGES: &[(Make, Peer)] =
    &[(Make::Voicepeer, Peer::Bird), (Make::Voicepeer, Peer::ExaBgp)];
const WITH_BIRD: &[(Make, Peer)] = &[(Make::Voicepeer, Peer::Bird)];
const OURS_WITH_BOTH: &[(Make, Peer)] = &[(Make::Voicepeer, Peer::Bird), (Make::Voicepeer, Peer::Frr)];
const WITH_FRR: &[(Make, Peer)] = &[(Make::Voicepeer, Peer::Frr)];
const OURS_BETWEEN: &[Make] = &[Make::Voicepeer];
/// Who stands between BIRD and FRR where there are three.
const MIDDLES: &[Make] = &[Make::Voicepeer, Make::Other(Peer::Frr)];

/// With BFD, over a wire.
const fn two_with_bfd(run: fn(&Pair) -> Result<String, Failure>) -> Play {
    Play::Two(run, Between::Wire, THAT_HAVE_BFD)
}

const fn two(run: fn(&Pair) -> Result<String, Failure>) -> Play {
    Play::Two(run, Between::Wire, PAIRS)
}

/// All of them: those that take longest first, so that nobody waits for them in the end, then from simple to involved.
pub(crate) const SCENARIOS: [Scenario; 51] = [
    Scenario {
        name: "carrier",
        proves: "what `plan render` writes keeps every rule at the far end's stand-in; each of twelve rules broken in it is \
                 named by `check`, and no other, from live sessions, and from what the router prints of its routes and sessions \
                 with its configuration beside it; what the former alone does not show passes for nothing",
        play: Play::Two(carrier::run, Between::Wire, ALL_OTHERS),
    },
    Scenario {
        name: "carrier-bmp",
        proves: "the same from FRR's BMP with what the router prints of its sessions beside it; from BMP alone the eight of routes, \
                 and a limit that was reached (RFC 7854)",
        play: Play::Two(carrier::run_bmp, Between::Wire, WITH_FRR),
    },
    Scenario {
        name: "established",
        proves: "an IPv4 and an IPv6 session come up side by side",
        play: two(established::run),
    },
    Scenario {
        name: "passive",
        proves: "a passive session is Established by the peer's connection, and none of our own is made",
        play: two(passive::run),
    },
    Scenario {
        name: "routes",
        proves: "IPv4 and IPv6 routes arrive both ways with exactly the attributes they were given",
        play: two(routes::run),
    },
    Scenario {
        name: "refresh",
        proves: "ROUTE-REFRESH is answered with the routes, whoever asks (RFC 2918)",
        play: Play::Two(refresh::run, Between::Wire, THAT_REFRESH),
    },
    Scenario {
        name: "rpki",
        proves: "routes have the states that StayRTR's VRPs give them, what changes there changes them, and a second cache counts \
                 once the first has expired (RFC 6811, RFC 8210)",
        play: Play::Two(rpki::run, Between::Wire, WITH_BIRD),
    },
    Scenario {
        name: "max-prefix",
        proves: "a peer that announces more than it may is told so with Cease 6/1 (RFC 4486)",
        play: two(max_prefix::ours),
    },
    Scenario {
        name: "max-prefix-theirs",
        proves: "a peer that is announced more than it takes says so, and so do we",
        play: Play::Two(max_prefix::theirs, Between::Wire, ALL_OTHERS),
    },
    Scenario {
        name: "roles",
        proves: "a provider and a customer come up (RFC 9234)",
        play: Play::Two(roles::fitting, Between::Wire, THAT_HAVE_ROLES),
    },
    Scenario {
        name: "roles-refused",
        proves: "two providers do not: role mismatch, 2/11 (RFC 9234)",
        play: Play::Two(roles::two_providers, Between::Wire, THAT_HAVE_ROLES),
    },
    Scenario {
        name: "two-octets",
        proves: "a peer that says nothing of ASNs of four octets gets larger ones in AS4_PATH (RFC 6793)",
        play: Play::Two(two_octets::run, Between::Wire, THAT_KNOW_TWO_OCTETS),
    },
    Scenario {
        name: "extended-messages",
        proves: "an UPDATE beyond 4096 octets arrives whole (RFC 8654)",
        play: Play::Two(extended_messages::run, Between::Wire, THAT_EXTEND_MESSAGES),
    },
    Scenario {
        name: "malformed",
        proves: "ExaBGP's malformed attributes cost their route or themselves, BIRD hears of none, and no session ends (RFC 7606)",
        play: Play::Three(malformed::run, OURS_BETWEEN),
    },
    Scenario {
        name: "reflection",
        proves: "a reflector tells one client what the other says, unchanged (RFC 4456)",
        play: Play::Three(reflection::reflector, OURS_BETWEEN),
    },
    Scenario {
        name: "route-server",
        proves: "a route server tells one client what the other says, without its own ASN (RFC 7947)",
        play: Play::Three(reflection::route_server, OURS_BETWEEN),
    },
    Scenario {
        name: "add-path",
        proves: "both of BIRD's paths reach FRR by way of ours, FRR's reaches BIRD beside our own, and each goes alone (RFC 7911)",
        play: Play::Three(add_path::run, OURS_BETWEEN),
    },
    Scenario {
        name: "extended-next-hop",
        proves: "IPv4 routes cross a session over IPv6 both ways, with its addresses as next hops (RFC 8950)",
        play: Play::Two(unnumbered::global, Between::Wire, OURS_WITH_BOTH),
    },
    Scenario {
        name: "unnumbered",
        proves: "the same between link-local addresses",
        play: Play::Two(unnumbered::link_local, Between::Wire, OURS_WITH_BOTH),
    },
    Scenario {
        name: "unnumbered-transit",
        proves: "FRR finds ours on two links by router advertisements, and routes of both families cross to BIRD and back by \
                 link-local addresses, also while a link is down (RFC 2545, RFC 8950)",
        play: Play::Three(unnumbered::transit, OURS_BETWEEN),
    },
    Scenario {
        name: "graceful-restart",
        proves: "a peer that is killed and comes back loses only the route it no longer has (RFC 4724)",
        play: Play::Two(graceful_restart::theirs, Between::Wire, THAT_RESTART),
    },
    Scenario {
        name: "graceful-restart-ours",
        proves: "ours is killed and comes back, and loses only the route it no longer has (RFC 4724)",
        play: Play::Two(graceful_restart::ours, Between::Wire, THAT_HELP),
    },
    Scenario {
        name: "graceful-restart-modes",
        proves: "FRR restarts, and ours keeps what each session's modes say, and tells BIRD no more of it than that (RFC 4724, \
                 RFC 8538)",
        play: Play::Three(restart_modes::theirs, OURS_BETWEEN),
    },
    Scenario {
        name: "graceful-restart-modes-ours",
        proves: "ours restarts, and FRR's kernel forwards by our routes for as long as each session's modes say",
        play: Play::Three(restart_modes::ours, OURS_BETWEEN),
    },
    Scenario {
        name: "shutdown",
        proves: "SIGTERM ends the session with Cease/Administrative Shutdown and the program with success (RFC 4486)",
        play: Play::Two(shutdown::run, Between::Wire, THAT_READ_TEXT),
    },
    Scenario {
        name: "md5",
        proves: "a session with the same password on both ends comes up (RFC 2385)",
        play: two(md5::right),
    },
    Scenario {
        name: "md5-wrong",
        proves: "a peer with another password is refused by the kernel (RFC 2385)",
        play: two(md5::wrong),
    },
    Scenario {
        name: "md5-changed",
        proves: "a password is set, changed and taken away at one end and then the other: the session waits for both, and the one \
                 beside stays up (RFC 2385)",
        play: Play::Three(md5_changed::run, OURS_BETWEEN),
    },
    Scenario {
        name: "ttl-security",
        proves: "a session with TTL security on both ends comes up (RFC 5082)",
        play: two(ttl_security::both),
    },
    Scenario {
        name: "ttl-security-refused",
        proves: "a peer that sends TTL 1 is refused by the kernel (RFC 5082)",
        play: two(ttl_security::one_sided),
    },
    Scenario {
        name: "multihop",
        proves: "sessions over a router that forwards come up with TTL security, and routes of both families cross with their \
                 next hops (RFC 4271, 5.1.3; RFC 5082)",
        play: Play::Two(multihop::run, Between::Hop, OURS_WITH_BOTH),
    },
    Scenario {
        name: "multihop-restart",
        proves: "either end of a session over a router that forwards is killed and comes back, and loses only the route it no longer \
                 has (RFC 4724)",
        play: Play::Two(multihop::restart, Between::Hop, OURS_WITH_BOTH),
    },
    Scenario {
        name: "unconfigured",
        proves: "a peer that is not configured is refused",
        play: two(unconfigured::run),
    },
    Scenario {
        name: "bfd",
        proves: "a cut wire takes BGP down within the detection time plus 100 ms, and a mended one brings it back",
        play: two_with_bfd(bfd::cut::run),
    },
    Scenario {
        name: "bfd-timers",
        proves: "timers change at both ends while BFD is Up, and no packet says otherwise (RFC 5880, 6.8.3)",
        play: two_with_bfd(bfd::timers::run),
    },
    Scenario {
        name: "bfd-admin-down",
        proves: "an operator at either end takes BFD down, and our BGP session does not take it for a failure (RFC 5882, 3.2)",
        play: Play::Two(bfd::admin_down::run, Between::Wire, OURS_WITH_BOTH),
    },
    Scenario {
        name: "bfd-authentication",
        proves: "every type of authentication comes up (RFC 5880, 6.7)",
        play: Play::Two(bfd::authentication::run, Between::Wire, WITH_BIRD),
    },
    Scenario {
        name: "bfd-wrong-key",
        proves: "with another key BFD stays down, and the counter says why (RFC 5880, 6.7)",
        play: Play::Two(bfd::authentication::wrong, Between::Wire, WITH_BIRD),
    },
    Scenario {
        name: "bfd-multihop",
        proves: "BFD over a router that forwards comes up, is cut and comes back (RFC 5883)",
        play: Play::Two(bfd::paths::multihop, Between::Hop, THAT_HAVE_BFD),
    },
    Scenario {
        name: "bfd-ipv6",
        proves: "BFD over IPv6 comes up, is cut and comes back (RFC 5881)",
        play: two_with_bfd(bfd::paths::ipv6),
    },
    Scenario {
        name: "bfd-link-local",
        proves: "BFD between link-local addresses comes up, is cut and comes back (RFC 5881)",
        play: Play::Two(bfd::paths::link_local, Between::Wire, OURS_WITH_BOTH),
    },
    Scenario {
        name: "bfd-echo",
        proves: "echo packets come back both ways, and where they do not, ours goes Down (RFC 5881, 4)",
        play: Play::Two(bfd::echo::ipv4, Between::Wire, WITH_FRR),
    },
    Scenario {
        name: "bfd-echo-ipv6",
        proves: "the same over IPv6, where FRR addresses its echo packets to us and we send them back",
        play: Play::Two(bfd::echo::ipv6, Between::Wire, WITH_FRR),
    },
    Scenario {
        name: "bfd-soak",
        proves: "BFD of 50 ms holds while a large table loads on every CPU (--soak says how long)",
        play: Play::Three(bfd::soak::run, &[Make::Voicepeer]),
    },
    Scenario {
        name: "transit",
        proves: "a route of FRR's reaches BIRD through ours with what is transitive, and without what is not",
        play: Play::Three(transit::run, MIDDLES),
    },
    Scenario {
        name: "rendered",
        proves: "what `plan render` writes takes the far end's routes, and none with AS12076 in its path",
        play: Play::Two(rendered::run, Between::Wire, ALL_OTHERS),
    },
    Scenario {
        name: "drill",
        proves: "a leg of a carrier's router is drilled at the far end's stand-in, by silence and after a drain, and all comes back; \
                 the evidence says so (RFC 5880, RFC 8326)",
        play: Play::Two(drill::run, Between::Wire, OURS_WITH_BOTH),
    },
    Scenario {
        name: "voice",
        proves: "a carrier's two routers announce good and bad prefixes; each bad one is named by its rule",
        play: Play::Three(voice::run, MIDDLES),
    },
    Scenario {
        name: "bmp",
        proves: "what FRR hears of ours it tells `check --bmp`, which judges it (RFC 7854)",
        play: Play::Two(bmp::run, Between::Wire, WITH_FRR),
    },
    Scenario {
        name: "far-end",
        proves: "the far end's stand-in takes what is in order of a carrier's two routers, and refuses the rest by its rule",
        play: Play::Three(far_end::run, OURS_BETWEEN),
    },
    Scenario {
        name: "walkthrough",
        proves: "every command of docs/voice-peering.md prints what is written there",
        play: Play::Two(walkthrough::run, Between::Wire, WITH_BIRD),
    },
];
