//! FRR is a collector: what it hears of ours it tells a station by BMP, and the station judges it.

use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::frr::{Frr, configuration};
use crate::interop::json::{list, text};
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::{self, Route};
use crate::interop::voicepeer::binary;
use serde_json::Value;

/// Where the station listens, in the namespace of ours.
const STATION: &str = "192.0.2.1:11019";

/// What FRR's configuration has beside the session.
const BMP: &str = "router bgp 65540
 address-family ipv4 unicast
  neighbor 192.0.2.1 soft-reconfiguration inbound
 exit-address-family
 bmp targets station
  bmp monitor ipv4 unicast pre-policy
  bmp monitor ipv4 unicast post-policy
  bmp connect 192.0.2.1 port 11019 min-retry 100 max-retry 1000
 exit
exit
";

const PLAN: &str = "asn = 64496
[treat_as_public]
prefixes = [\"198.18.0.0/15\"]
asns = [64496]
[[peerings]]
name = \"lab\"
[[peerings.connections]]
name = \"lab-1\"
location = \"lab\"
role = \"primary\"
bandwidth_gbps = 10
[peerings.connections.session]
local = \"192.0.2.1/29\"
peer = \"192.0.2.2\"
[[peerings.registered_prefixes]]
name = \"good\"
prefix = \"198.18.1.0/24\"
[[peerings.registered_prefixes]]
name = \"without the community\"
prefix = \"198.18.2.0/24\"
[[peerings.registered_prefixes]]
name = \"not announced\"
prefix = \"198.18.3.0/24\"
";

/// A rule, a prefix and the state.
const DECLARED: [(&str, &str, &str); 7] = [
    ("VP-ALL-SESSIONS", "198.18.1.0/24", "Verified"),
    ("VP-ALL-SESSIONS", "198.18.2.0/24", "Verified"),
    ("VP-ALL-SESSIONS", "198.18.3.0/24", "Failed"),
    ("VP-ASPATH-SET", "198.18.1.0/24", "Verified"),
    ("VP-COMMUNITY", "198.18.1.0/24", "Verified"),
    ("VP-COMMUNITY", "198.18.2.0/24", "Failed"),
    ("VP-NEXTHOP", "198.18.1.0/24", "Verified"),
];

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let plain = Route { origin: "igp".into(), ..Route::default() };
    let routes = [
        Route { prefix: "198.18.1.0/24".into(), communities: vec!["8075:8007".into()], ..plain.clone() },
        Route { prefix: "198.18.2.0/24".into(), ..plain },
    ];
    let ours = pair.ours.start(&pair.near, &design(OURS, PEER, &routes))?;
    let mut files = configuration(&design(PEER, OURS, &[]));
    files.bgpd.push_str(BMP);
    let collector = Frr::start(&pair.far, &files)?;
    time_until("Established", SOON, || router::established(&collector, OURS.address(false)))?;
    let plan = pair.near.folder().join("plan.toml");
    std::fs::write(&plan, PLAN).map_err(Failure::file(&plan))?;
    let words =
        ["check", "--bmp", STATION, "--for", "15s", "--format", "json", "-p", &plan.display().to_string()];
    // The routes may still be on their way to FRR when it begins to tell.
    let look = || {
        let answer = match pair.near.ask(&binary().display().to_string(), &words) {
            Err(Failure::Command { status, output, .. }) if status.code() == Some(1) => output,
            other => other?,
        };
        // What the station says while it waits stands behind the document.
        let mut documents = serde_json::Deserializer::from_str(&answer).into_iter::<Value>();
        let report = documents
            .next()
            .and_then(Result::ok)
            .ok_or_else(|| Failure::answer("check --bmp", answer.clone()))?;
        let declared = DECLARED.map(|(rule, prefix, state)| format!("{rule} {prefix} {state}")).to_vec();
        expect_equal("the verdicts", &declared, &verdicts(&report))
    };
    let took = time_until("the declared verdicts", SOON, look)?;
    drop(ours);
    Ok(format!("{} verdicts as declared by what FRR told, after {took:.1?}", DECLARED.len()))
}

/// The verdicts that something is declared of.
fn verdicts(report: &Value) -> Vec<String> {
    let one = |verdict: &Value| {
        let prefix = verdict.get("subject").map(|subject| text(subject, "prefix")).unwrap_or_default();
        let (rule, state) = (text(verdict, "rule"), text(verdict, "state"));
        let is_declared = DECLARED.iter().any(|(r, p, _)| *r == rule && *p == prefix);
        is_declared.then(|| format!("{rule} {prefix} {state}"))
    };
    let mut all: Vec<_> = list(report, "verdicts").iter().filter_map(one).collect();
    all.sort();
    all
}
