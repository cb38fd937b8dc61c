//! The carrier's routers are heard by FRR in the far end's place, which tells a station what it hears, and how sessions
//! end.

use super::breakages::{BREAKAGES, Breakage, Edit, Seen, edited};
use super::{is_named, verdicts};
use crate::clock::wait_for;
use crate::failure::Failure;
use crate::interop::carrier::{self, LEGS, PLAN};
use crate::interop::frr::{Files, Frr};
use crate::interop::pair::{Pair, SOON};
use crate::interop::router;
use serde_json::Value;
use std::path::Path;

/// AS8075 with a session to each of the carrier's addresses, and BMP.
const FAR_END: &str = "log stdout debugging
router bgp 8075
 bgp router-id 192.0.2.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 192.0.2.2 remote-as 64500
 neighbor 192.0.2.2 update-source 192.0.2.1
 neighbor 192.0.2.2 timers connect 1
 neighbor 192.0.2.6 remote-as 64500
 neighbor 192.0.2.6 update-source 192.0.2.5
 neighbor 192.0.2.6 timers connect 1
 address-family ipv4 unicast
  neighbor 192.0.2.2 soft-reconfiguration inbound
  neighbor 192.0.2.6 soft-reconfiguration inbound
 exit-address-family
 bmp targets station
  bmp monitor ipv4 unicast pre-policy
  bmp monitor ipv4 unicast post-policy
  bmp connect 192.0.2.1 port 11019 min-retry 100 max-retry 200
 exit
exit
";

/// The same, with as many routes as the far end has: more than a low limit bears.
fn far_end() -> String {
    let networks = (0..280).map(|n| format!("  network 198.19.{}.{}/30\n", n / 64, n % 64 * 4));
    let family = " address-family ipv4 unicast\n";
    FAR_END.replace(family, &format!("{family}{}", networks.collect::<String>()))
}

pub(in super::super) fn run(pair: &Pair) -> Result<String, Failure> {
    carrier::addresses(&pair.near, &pair.far)?;
    let plan = pair.far.folder().join("plan.toml");
    std::fs::write(&plan, PLAN).map_err(Failure::file(&plan))?;
    let rendered = carrier::render(pair.peer, &plan)?;
    let log = || "log stdout debugging\n".to_owned();
    let far_end = Frr::start(&pair.near, &Files { zebra: log(), bfdd: log(), bgpd: far_end() })?;
    let mut carrier = carrier::start(pair.peer, &pair.far, &rendered)?;
    wait_for("both sessions", SOON, || {
        LEGS.into_iter().try_for_each(|leg| router::established(&far_end, leg.carrier))
    })?;
    let (well, _) = wait_for("all routes", SOON, || {
        let report = told(pair, &plan)?;
        let well = verdicts::named(&report);
        let failed = well.iter().any(|named| named.ends_with(" Failed"));
        if failed { Err(Failure::answer("check --bmp", report.to_string())) } else { Ok(well) }
    })?;
    let (mut named, mut unknown) = (0, 0);
    for breakage in &BREAKAGES {
        let Edit::Own(edits) = breakage.edit(pair.peer)? else { continue };
        carrier.reconfigure(&edited(&rendered, edits)?)?;
        let expected = verdicts::with(&well, breakage.named);
        let is_hidden = matches!(breakage.seen, Seen::Session { by_bmp: false, .. });
        let is_told = |report: &Value| match breakage.seen {
            Seen::Session { by_bmp: false, .. } => passes_for_nothing(breakage, report),
            _ => is_named(&expected, breakage.named, breakage.evidence, report),
        };
        wait_for(breakage.what, SOON, || is_told(&told(pair, &plan)?))?;
        *(if is_hidden { &mut unknown } else { &mut named }) += 1;
    }
    Ok(format!(
        "each of {named} rules broken and named, {unknown} of sessions unknown as BMP does not tell them"
    ))
}

/// BMP tells no timers of BFD and no passwords. A session that does not come up announces nothing, and that is all.
fn passes_for_nothing(breakage: &Breakage, report: &Value) -> Result<(), Failure> {
    breakage.named.iter().try_for_each(|named| verdicts::undecided(report, named))
}

/// What `check` says of what it is told.
fn told(pair: &Pair, plan: &Path) -> Result<Value, Failure> {
    let plan = plan.display().to_string();
    verdicts::check(&pair.near, &["--bmp", "192.0.2.1:11019", "--for", "15s", "-p", &plan])
}
