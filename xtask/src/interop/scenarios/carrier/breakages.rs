//! What can be wrong in a carrier's router, as edits of the configuration that `voicepeer plan render` writes.

use super::beside::Customer;
use crate::failure::Failure;
use crate::interop::router::Peer;

/// One rule broken.
pub(super) struct Breakage {
    pub(super) what: &'static str,
    /// What `check` then names beside what it named before: rules, and their states.
    pub(super) named: &'static [&'static str],
    /// What the evidence of one of them has.
    pub(super) evidence: &'static str,
    pub(super) seen: Seen,
    /// In the order of FRR, BIRD, GoBGP, OpenBGPD.
    pub(super) edits: [Edit; 4],
}

/// What it is seen in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// In the routes: by a live session, by BMP, and in the router's text, but for these routers', which do not show it.
    Routes { but_not_in: &'static [Peer] },
    /// In the session alone: by a live session, by BMP where that tells how it ended, and by the router's text of its
    /// sessions; of some routers that tells something else. With the router's configuration each is named.
    Session { by_bmp: bool, else_in_text: &'static [InText] },
}

/// What `check` names by the text of these routers, and what the evidence has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct InText {
    pub(super) of: &'static [Peer],
    pub(super) named: &'static [&'static str],
    pub(super) evidence: &'static str,
}

/// How a router is made to break the rule: what stands in its configuration, and what is to stand there. Every place
/// changes.
#[derive(Clone, Copy)]
pub(super) enum Edit {
    Own(&'static [(&'static str, &'static str)]),
    /// In the configuration of the BFD speaker beside a router that has no BFD.
    Beside(&'static [(&'static str, &'static str)]),
    /// In its own, so that it passes on what this customer leaks.
    Leak(Customer, &'static [(&'static str, &'static str)]),
}

impl Breakage {
    /// Whether its sessions have no BFD, without which the far end has none at all.
    pub(super) fn is_without_bfd(&self) -> bool {
        self.evidence == "BFD is Down"
    }

    pub(super) fn edit(&self, peer: Peer) -> Result<Edit, Failure> {
        let [frr, bird, gobgp, openbgpd] = self.edits;
        match peer {
            Peer::Frr => Ok(frr),
            Peer::Bird => Ok(bird),
            Peer::GoBgp => Ok(gobgp),
            Peer::OpenBgpd => Ok(openbgpd),
            Peer::ExaBgp => Err(Failure::Objection("nothing is rendered for ExaBGP".into())),
        }
    }
}

/// The configuration with the edits made. What is not found there would break nothing.
pub(super) fn edited(configuration: &str, edits: &[(&str, &str)]) -> Result<String, Failure> {
    edits.iter().try_fold(configuration.to_owned(), |text, (from, to)| {
        let missing = || Failure::Objection(format!("the configuration does not have {from:?}"));
        if text.contains(from) { Ok(text.replace(from, to)) } else { Err(missing()) }
    })
}

use Edit::{Beside, Leak, Own};

const ALL: Seen = Seen::Routes { but_not_in: &[] };

/// Where each router's configuration says what leaves.
const FRR_OUT: &str = "  set community 8075:8007 additive\n";
const BIRD_OUT: &str = "  bgp_community.add((8075,8007));\n";
const GOBGP_OUT: &str = "# VP-COMMUNITY: the standard community, beside those there are.\n";
const OPENBGPD_OUT: [&str; 2] =
    ["match to 192.0.2.1 set community 8075:8007\n", "match to 192.0.2.5 set community 8075:8007\n"];

/// The edits that announce one more prefix on both sessions.
macro_rules! announcing {
    ($prefix:literal) => {
        [
            Own(&[
                ("    network 198.18.1.0/24\n", concat!("    network 198.18.1.0/24\n    network ", $prefix, "\n")),
                (
                    "ip prefix-list VOICE-lab-1 seq 10 ",
                    concat!("ip prefix-list VOICE-lab-1 seq 15 permit ", $prefix, "\nip prefix-list VOICE-lab-1 seq 10 "),
                ),
                (
                    "ip prefix-list VOICE-lab-2 seq 10 ",
                    concat!("ip prefix-list VOICE-lab-2 seq 15 permit ", $prefix, "\nip prefix-list VOICE-lab-2 seq 10 "),
                ),
            ]),
            Own(&[
                ("  route 198.18.1.0/24 blackhole;\n", concat!("  route 198.18.1.0/24 blackhole;\n  route ", $prefix, " blackhole;\n")),
                ("[ 198.18.1.0/24,", concat!("[ ", $prefix, ", 198.18.1.0/24,")),
            ]),
            Own(&[
                ("#   gobgp global rib add 198.18.1.0/24 origin igp\n", concat!("#   gobgp global rib add 198.18.1.0/24 origin igp\n#   gobgp global rib add ", $prefix, " origin igp\n")),
                (
                    "ip-prefix = \"198.18.1.0/24\"\n",
                    concat!("ip-prefix = \"198.18.1.0/24\"\n[[defined-sets.prefix-sets.prefix-list]]\nip-prefix = \"", $prefix, "\"\n"),
                ),
            ]),
            Own(&[
                ("network 198.18.1.0/24\n", concat!("network 198.18.1.0/24\nnetwork ", $prefix, "\n")),
                ("{ 198.18.1.0/24 ", concat!("{ ", $prefix, " 198.18.1.0/24 ")),
            ]),
        ]
    };
}

pub(super) const BREAKAGES: [Breakage; 12] = [
    Breakage {
        what: "the community is left out",
        named: &["VP-COMMUNITY Failed"],
        evidence: "64500:1",
        seen: Seen::Routes { but_not_in: &[Peer::Frr] },
        edits: [
            Own(&[(FRR_OUT, "  set community 64500:1\n")]),
            Own(&[(BIRD_OUT, "  bgp_community.add((64500,1));\n")]),
            Own(&[("communities-list = [\"8075:8007\"]", "communities-list = [\"64500:1\"]")]),
            Own(&[
                (OPENBGPD_OUT[0], "match to 192.0.2.1 set community 64500:1\n"),
                (OPENBGPD_OUT[1], "match to 192.0.2.5 set community 64500:1\n"),
            ]),
        ],
    },
    Breakage {
        what: "its own ASN is prepended",
        named: &["VP-ASPATH-PREPEND Failed"],
        evidence: "64500 64500",
        seen: ALL,
        edits: [
            Own(&[(FRR_OUT, "  set community 8075:8007 additive\n  set as-path prepend 64500\n")]),
            Own(&[(BIRD_OUT, "  bgp_community.add((8075,8007));\n  bgp_path.prepend(64500);\n")]),
            Own(&[(
                GOBGP_OUT,
                "[policy-definitions.statements.actions.bgp-actions.set-as-path-prepend]\nas = \"64500\"\nrepeat-n = 1\n",
            )]),
            Own(&[
                (OPENBGPD_OUT[0], "match to 192.0.2.1 set { community 8075:8007 prepend-self 1 }\n"),
                (OPENBGPD_OUT[1], "match to 192.0.2.5 set { community 8075:8007 prepend-self 1 }\n"),
            ]),
        ],
    },
    Breakage {
        what: "a private ASN is in the path",
        named: &["VP-ASPATH-PRIVATE Failed"],
        evidence: "65001",
        seen: ALL,
        edits: [
            Own(&[(FRR_OUT, "  set community 8075:8007 additive\n  set as-path prepend 65001 64501\n")]),
            Own(&[(
                BIRD_OUT,
                "  bgp_community.add((8075,8007));\n  bgp_path.prepend(64501);\n  bgp_path.prepend(65001);\n",
            )]),
            Own(&[
                ("as-path-set = \"voice-refused\"", "as-path-set = \"voice-never\""),
                ("add 198.18.1.0/24 origin igp", "add 198.18.1.0/24 origin igp aspath 65001,64501"),
            ]),
            Leak(PRIVATE, LEAK_PRIVATE),
        ],
    },
    Breakage {
        what: "the path is too long",
        named: &["VP-ASPATH-LENGTH Failed"],
        evidence: "64500 64502 64503 64501",
        seen: ALL,
        edits: [
            Own(&[(
                FRR_OUT,
                "  set community 8075:8007 additive\n  set as-path prepend 64502 64503 64501\n",
            )]),
            Own(&[(
                BIRD_OUT,
                "  bgp_community.add((8075,8007));\n  bgp_path.prepend(64501);\n  bgp_path.prepend(64503);\n  bgp_path.prepend(64502);\n",
            )]),
            Own(&[
                ("\"^64500 [0-9]+ (64501)$\"", "\"^64500 [0-9]+ [0-9]+ (64501)$\""),
                ("add 198.18.1.0/24 origin igp", "add 198.18.1.0/24 origin igp aspath 64502,64503,64501"),
            ]),
            Leak(DISTANT, LEAK_DISTANT),
        ],
    },
    Breakage {
        what: "a prefix is missing on one session",
        named: &["VP-ALL-SESSIONS Failed"],
        evidence: "192.0.2.2 does not announce it",
        seen: ALL,
        edits: [
            Own(&[("ip prefix-list VOICE-lab-1 seq 5 permit 198.18.1.0/24\n", "")]),
            Own(&[(
                "filter voice_out_lab_1 {\n",
                "filter voice_out_lab_1 {\n  if net = 198.18.1.0/24 then reject;\n",
            )]),
            Own(&[(
                "prefix-set-name = \"voice-lab-1\"\n[[defined-sets.prefix-sets.prefix-list]]\nip-prefix = \"198.18.1.0/24\"\n",
                "prefix-set-name = \"voice-lab-1\"\n",
            )]),
            Own(&[("prefix-set \"voice-lab-1\" { 198.18.1.0/24 ", "prefix-set \"voice-lab-1\" { ")]),
        ],
    },
    Breakage {
        what: "a prefix is not registered",
        named: &["VP-UNREGISTERED Warning"],
        evidence: "",
        seen: ALL,
        edits: announcing!("198.18.9.0/24"),
    },
    Breakage {
        what: "a prefix is in a private range",
        named: &["VP-PREFIX-PUBLIC Failed", "VP-UNREGISTERED Warning"],
        evidence: "",
        seen: ALL,
        edits: announcing!("10.20.30.0/24"),
    },
    Breakage {
        what: "the next hop is another router",
        named: &["VP-NEXTHOP Failed"],
        evidence: "is not on the session's subnet",
        seen: Seen::Routes { but_not_in: &[Peer::Bird] },
        edits: [
            // What the receiver cannot reach FRR does not tell by BMP.
            Own(&[
                (
                    "route-map VOICE-lab-1-OUT permit 10\n",
                    "route-map VOICE-lab-1-OUT permit 10\n  set ip next-hop 192.0.2.4\n",
                ),
                (
                    "route-map VOICE-lab-2-OUT permit 10\n",
                    "route-map VOICE-lab-2-OUT permit 10\n  set ip next-hop 192.0.2.3\n",
                ),
            ]),
            Own(&[
                (BIRD_OUT, "  bgp_community.add((8075,8007));\n  bgp_next_hop = 198.51.100.9;\n"),
                ("    next hop self;\n", ""),
            ]),
            Own(&[(
                GOBGP_OUT,
                "[policy-definitions.statements.actions.bgp-actions]\nset-next-hop = \"198.51.100.9\"\n",
            )]),
            // It keeps to what its interface's subnet has, which is wider here than the session's.
            Own(&[
                ("  set nexthop self\n", ""),
                (OPENBGPD_OUT[0], "match to 192.0.2.1 set { community 8075:8007 nexthop 192.0.2.6 }\n"),
                (OPENBGPD_OUT[1], "match to 192.0.2.5 set { community 8075:8007 nexthop 192.0.2.2 }\n"),
            ]),
        ],
    },
    Breakage {
        what: "BFD is slow",
        named: &["VP-BFD Failed"],
        evidence: "1200000 us",
        seen: Seen::Session { by_bmp: false, else_in_text: &[] },
        edits: [
            Own(&[("    transmit-interval 300\n", "    transmit-interval 400\n")]),
            Own(&[("    min tx interval 300 ms;\n", "    min tx interval 400 ms;\n")]),
            Beside(&[("min tx interval 300 ms", "min tx interval 400 ms")]),
            Beside(&[("min tx interval 300 ms", "min tx interval 400 ms")]),
        ],
    },
    Breakage {
        what: "there is no BFD",
        named: &["VP-BFD Failed"],
        evidence: "BFD is Down",
        seen: Seen::Session { by_bmp: false, else_in_text: &[] },
        edits: [
            Own(&[
                ("  neighbor 192.0.2.1 bfd\n  neighbor 192.0.2.1 bfd profile voice-lab-1\n", ""),
                ("  neighbor 192.0.2.5 bfd\n  neighbor 192.0.2.5 bfd profile voice-lab-2\n", ""),
            ]),
            Own(&[(
                "  bfd {\n    min tx interval 300 ms;\n    min rx interval 300 ms;\n    multiplier 3;\n  };\n",
                "",
            )]),
            Beside(&[("  neighbor ", "  # ")]),
            Beside(&[("  neighbor ", "  # ")]),
        ],
    },
    Breakage {
        what: "there is a password",
        named: &["VP-NO-MD5 Failed"],
        evidence: "signed with a password",
        seen: Seen::Session {
            by_bmp: false,
            // They do not show that they have a password, nor why no session begins.
            else_in_text: &[InText {
                of: &[Peer::Bird, Peer::OpenBgpd],
                named: &["VP-ALL-SESSIONS Failed"],
                evidence: "cannot announce it: its session is",
            }],
        },
        edits: [
            Own(&[
                (
                    "  neighbor 192.0.2.1 remote-as 8075\n",
                    "  neighbor 192.0.2.1 remote-as 8075\n  neighbor 192.0.2.1 password voice\n",
                ),
                (
                    "  neighbor 192.0.2.5 remote-as 8075\n",
                    "  neighbor 192.0.2.5 remote-as 8075\n  neighbor 192.0.2.5 password voice\n",
                ),
            ]),
            Own(&[("  hold time 180;\n", "  hold time 180;\n  password \"voice\";\n")]),
            Own(&[("peer-as = 8075\n", "peer-as = 8075\nauth-password = \"voice\"\n")]),
            // 7.7 takes connections that are not signed, on Linux. It signs those that it makes.
            Own(&[
                ("  holdtime 180\n", "  holdtime 180\n  tcp md5sig password \"voice\"\n"),
                ("AS 64500\n", "AS 64500\nlisten on 127.0.0.1\n"),
            ]),
        ],
    },
    // Last: that a limit was reached counts until a session has lasted.
    Breakage {
        what: "the limit of prefixes is low",
        named: &["VP-MAX-PREFIX Failed"],
        evidence: "Maximum Number of Prefixes Reached",
        seen: Seen::Session { by_bmp: true, else_in_text: &[] },
        edits: [
            Own(&[("maximum-prefix 450", "maximum-prefix 100")]),
            // It takes its BFD down with the session, which the far end may hear first; so it is to try again soon.
            Own(&[
                ("receive limit 450", "receive limit 100"),
                ("  hold time 180;\n", "  hold time 180;\n  error wait time 1, 1;\n"),
            ]),
            Own(&[("max-prefixes = 450", "max-prefixes = 100")]),
            Own(&[("max-prefix 450", "max-prefix 100")]),
        ],
    },
];

/// OpenBGPD puts no ASN in front but its own. What it can do is pass on what a customer leaks.
const PRIVATE: Customer = Customer { asn: 65001, prefix: "198.18.1.0/24", path: "64501" };
const LEAK_PRIVATE: &[(&str, &str)] = &[
    ("network 198.18.1.0/24\n", ""),
    (
        FILTERS,
        "neighbor 192.0.2.10 {\n  remote-as 65001\n  local-address 192.0.2.2\n  passive\n}\n# Nothing comes or goes",
    ),
    ("deny to any\n", "deny to any\nallow from 192.0.2.10\n"),
    ("deny to 192.0.2.1 AS 64504 - 131071\n", ""),
    ("deny to 192.0.2.5 AS 64504 - 131071\n", ""),
];
const DISTANT: Customer = Customer { asn: 64502, prefix: "198.18.2.0/23", path: "64503, 64501" };
const LEAK_DISTANT: &[(&str, &str)] = &[
    ("network 198.18.2.0/23\n", ""),
    (
        FILTERS,
        "neighbor 192.0.2.10 {\n  remote-as 64502\n  local-address 192.0.2.2\n  passive\n}\n# Nothing comes or goes",
    ),
    ("deny to any\n", "deny to any\nallow from 192.0.2.10\n"),
    ("deny to 192.0.2.1 max-as-len 2\n", ""),
    ("deny to 192.0.2.5 max-as-len 2\n", ""),
];
const FILTERS: &str = "# Nothing comes or goes";
