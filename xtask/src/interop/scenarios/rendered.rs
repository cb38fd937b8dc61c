//! What `voicepeer plan render` writes, read by the real program, keeps every rule that it serves.

use crate::clock::{time_until, wait_for};
use crate::command::stdout_of;
use crate::failure::{Failure, expect_equal};
use crate::interop::bird::Bird;
use crate::interop::frr::Frr;
use crate::interop::gobgp::GoBgp;
use crate::interop::json::{list, text};
use crate::interop::openbgpd::OpenBgpd;
use crate::interop::pair::{Pair, SOON};
use crate::interop::router::{self, Peer, Router};
use crate::interop::voicepeer::{Voicepeer, binary};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

const PLAN: &str = include_str!("../../../../lab/rendered/plan.toml");
const EDGE: &str = include_str!("../../../../lab/rendered/voicepeer.toml");

/// The carrier's ends of both sessions.
const CARRIER: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 6))];

/// The rules that the rendered lines serve and the far end can verify.
const SERVED: [&str; 19] = [
    "VP-PREFIX-VALID",
    "VP-PREFIX-PUBLIC",
    "VP-PREFIX-LENGTH",
    "VP-COMMUNITY",
    "VP-ASPATH-LENGTH",
    "VP-ASPATH-PRIVATE",
    "VP-ASPATH-PREPEND",
    "VP-ASPATH-SET",
    "VP-ORIGIN-ASN",
    "VP-NEXTHOP",
    "VP-ALL-SESSIONS",
    "VP-CONSISTENT",
    "VP-UNREGISTERED",
    "VP-ASN-PUBLIC",
    "VP-SESSION-ADDRESS",
    "VP-NO-MD5",
    "VP-MAX-PREFIX",
    "VP-HOLD-TIME",
    "VP-KEY-MATCH",
];

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    pair.near.address("192.0.2.5/29")?;
    pair.far.address("192.0.2.6/29")?;
    let has_bfd = matches!(pair.peer, Peer::Bird | Peer::Frr);
    let plan = pair.far.folder().join("plan.toml");
    std::fs::write(&plan, PLAN).map_err(Failure::file(&plan))?;
    let edge = Voicepeer::start(&pair.near, &edge(has_bfd))?;
    let carrier = carrier(pair, &plan)?;
    wait_for("both sessions", SOON, || {
        CARRIER.into_iter().try_for_each(|end| router::established(&edge, end))?;
        if has_bfd { CARRIER.into_iter().try_for_each(|end| router::bfd_up(&edge, end)) } else { Ok(()) }
    })?;
    let took = time_until("verdicts", SOON, || judged(&edge.check_live(&plan)?, has_bfd))?;
    refused(&*carrier)?;
    let bfd = if has_bfd { "" } else { ", without BFD" };
    Ok(format!("{} rules kept on two sessions{bfd}, after {took:.1?}", SERVED.len()))
}

/// The far end, with BFD or without.
fn edge(has_bfd: bool) -> String {
    if has_bfd {
        return EDGE.to_owned();
    }
    let tables = EDGE.split("\n\n").filter(|table| !table.trim_start().starts_with("[peer.bfd]"));
    tables.collect::<Vec<_>>().join("\n\n")
}

/// Checks what is rendered with the program it is for, and starts that.
fn carrier(pair: &Pair, plan: &Path) -> Result<Box<dyn Router>, Failure> {
    let (node, plan) = (&pair.far, plan.display().to_string());
    let render = |make| {
        let words = ["plan", "render", "--originate", "--for", make, "-p", &plan];
        stdout_of(Command::new(binary()).args(words))
    };
    Ok(match pair.peer {
        Peer::Bird => Box::new(Bird::start(node, &render("bird")?)?),
        Peer::Frr => Box::new(Frr::start_integrated(node, &render("frr")?)?),
        Peer::GoBgp => Box::new(GoBgp::start_configured(node, &render("gobgp")?)?),
        Peer::OpenBgpd => Box::new(OpenBgpd::start_configured(node, &render("openbgpd")?)?),
        Peer::ExaBgp => return Err(Failure::Objection("nothing is rendered for ExaBGP".into())),
    })
}

/// Nothing failed, and what the lines serve was verified.
fn judged(report: &Value, has_bfd: bool) -> Result<(), Failure> {
    let of = |states: &[&str]| -> BTreeSet<&str> {
        let all = list(report, "verdicts").iter();
        all.filter(|v| states.contains(&text(v, "state"))).map(|v| text(v, "rule")).collect()
    };
    expect_equal("what failed", &BTreeSet::new(), &of(&["Failed", "Invalid"]))?;
    let (verified, unknown) = (of(&["Verified"]), of(&["Unknown"]));
    let missing: Vec<_> = SERVED.into_iter().filter(|rule| !verified.contains(rule)).collect();
    expect_equal("rules not verified", &Vec::new(), &missing)?;
    let open: Vec<_> = SERVED.into_iter().filter(|rule| unknown.contains(rule)).collect();
    expect_equal("rules not decided on something", &Vec::new(), &open)?;
    let bfd = ("VP-BFD", if has_bfd { &verified } else { &unknown });
    if bfd.1.contains(bfd.0) {
        Ok(())
    } else {
        Err(Failure::Objection("VP-BFD is neither seen nor unknown".into()))
    }
}

/// The carrier takes the far end's route, and not the one of AS12076.
fn refused(carrier: &dyn Router) -> Result<(), Failure> {
    let missing = || Failure::Objection("198.19.1.0/24 has not come".into());
    wait_for("the far end's route", SOON, || carrier.route("198.19.1.0/24")?.ok_or_else(missing))?;
    // It was announced together with the other.
    match carrier.route("198.19.76.0/24")? {
        Some(route) if route.as_path.contains(&12_076) => {
            Err(Failure::Objection(format!("the carrier took {route:?}")))
        }
        _ => Ok(()),
    }
}
