//! The carrier's routers are heard by FRR in the far end's place, which tells a station what it hears, and how sessions
//! end.

use super::breakages::{BREAKAGES, Breakage, Edit, Seen, edited};
use super::{RULES, is_named, verdicts};
use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::carrier::{self, Carrier, LEGS, PLAN};
use crate::interop::frr::{Files, Frr};
use crate::interop::pair::{Pair, SOON};
use crate::interop::router;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// A look may take as long as the station waits.
const PATIENCE: Duration = Duration::from_mins(1);

/// AS8075 with a session to each of the carrier's addresses, and BMP.
const FAR_END: &str = "log stdout debugging
router bgp 8075
 bgp router-id 192.0.2.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 192.0.2.2 remote-as 64500
 neighbor 192.0.2.2 update-source 192.0.2.1
 neighbor 192.0.2.2 timers connect 1
 neighbor 192.0.2.2 bfd
 neighbor 192.0.2.6 remote-as 64500
 neighbor 192.0.2.6 update-source 192.0.2.5
 neighbor 192.0.2.6 timers connect 1
 neighbor 192.0.2.6 bfd
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
        let reports = [told(pair, &plan, None)?, told(pair, &plan, Some(&*carrier))?];
        let well = reports.each_ref().map(verdicts::named);
        if well.iter().flatten().any(|named| named.ends_with(" Failed")) {
            let reports = reports.map(|report| report.to_string());
            return Err(Failure::answer("check --bmp", reports.join("\n")));
        }
        Ok(well)
    })?;
    let mut by_bmp = 0;
    let mut by_both = 0;
    for breakage in &BREAKAGES {
        let Edit::Own(edits) = breakage.edit(pair.peer)? else { continue };
        carrier.reconfigure(&edited(&rendered, edits)?)?;
        if breakage.is_without_bfd() {
            shut(&far_end, true)?;
        }
        let Breakage { what, named, evidence, seen, .. } = *breakage;
        let [alone, both] = well.each_ref().map(|well| verdicts::with(well, named));
        match seen {
            // BFD that is gone is told by BMP as well, where it was what ended the session.
            Seen::Session { by_bmp: false, .. } if breakage.is_without_bfd() => {}
            Seen::Session { by_bmp: false, .. } => {
                wait_for(what, PATIENCE, || passes_for_nothing(breakage, &told(pair, &plan, None)?))?;
            }
            _ => {
                wait_for(what, PATIENCE, || is_named(&alone, named, evidence, &told(pair, &plan, None)?))?;
                by_bmp += 1;
            }
        }
        wait_for(what, PATIENCE, || is_named(&both, named, evidence, &told(pair, &plan, Some(&*carrier))?))?;
        by_both += 1;
        if breakage.is_without_bfd() {
            shut(&far_end, false)?;
        }
    }
    expect_equal("rules named from BMP alone, and with text beside it", &(9, RULES), &(by_bmp, by_both))?;
    Ok(format!(
        "each of {by_both} rules broken, and named from BMP with the text of sessions beside it; {by_bmp} of them from BMP alone"
    ))
}

/// Ends both sessions, or lets them begin: FRR 8.4 does not wait for BFD, as the far end does.
fn shut(far_end: &Frr, is_shut: bool) -> Result<(), Failure> {
    let no = if is_shut { "" } else { "no " };
    let [one, other] = LEGS.map(|leg| format!("{no}neighbor {} shutdown", leg.carrier));
    far_end.command("bgpd", &["configure terminal", "router bgp 8075", &one, &other])
}

/// BMP tells no timers of BFD and no passwords. A session that does not come up announces nothing, and that is all.
fn passes_for_nothing(breakage: &Breakage, report: &Value) -> Result<(), Failure> {
    breakage.named.iter().try_for_each(|named| verdicts::undecided(report, named))
}

/// What `check` says of what it is told, and of what the carrier's router prints of its sessions where that is asked for.
fn told(pair: &Pair, plan: &Path, carrier: Option<&dyn Carrier>) -> Result<Value, Failure> {
    let plan = plan.display().to_string();
    let mut words = vec!["--bmp", "192.0.2.1:11019", "--for", "15s", "-p", &plan];
    let file = pair.far.folder().join("sessions.txt");
    let path = file.display().to_string();
    if let Some(carrier) = carrier {
        std::fs::write(&file, carrier.sessions()?).map_err(Failure::file(&file))?;
        words.extend(["--routes", &path]);
    }
    verdicts::check(&pair.near, &words)
}
