//! `voicepeer drill` at the far end's stand-in, with a carrier's router of another make: its leg fails, the other takes
//! over, and all comes back.

use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::carrier::{self, Carrier, LEGS, PLAN};
use crate::interop::json::{list, number, text};
use crate::interop::pair::{Pair, SOON};
use crate::interop::router;
use crate::interop::voicepeer::Voicepeer;
use serde_json::Value;
use std::path::Path;

/// One of the far end's prefixes, which the carrier has over both legs.
const PREFIX: &str = "198.18.0.0/24";
/// What the plan registers.
const REGISTERED: u64 = 2;

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    carrier::addresses(&pair.near, &pair.far)?;
    let plan = pair.far.folder().join("plan.toml");
    std::fs::write(&plan, PLAN).map_err(Failure::file(&plan))?;
    let far_end = Voicepeer::start_far_end(&pair.near, &plan)?;
    // BIRD would take no connection for a minute after one that failed.
    let rendered = carrier::render(pair.peer, &plan)?;
    let rendered = rendered.replace("  hold time 180;\n", "  hold time 180;\n  error wait time 1, 1;\n");
    let carrier = carrier::start(pair.peer, &pair.far, &rendered)?;
    let folder = pair.near.folder();
    let silenced = drilled(&far_end, &*carrier, &folder.join("silenced"), &[])?;
    let drained = drilled(&far_end, &*carrier, &folder.join("drained"), &["--drain"])?;
    let us = |evidence: &Value, field: &str| {
        let end = list(evidence, "ends").first().and_then(|end| number::<u64>(end, field));
        end.ok_or_else(|| Failure::answer(format!("{field} of the drill"), evidence.to_string()))
    };
    let (off_leg, restored) = (us(&silenced, "off_leg_us")?, us(&silenced, "restored_us")?);
    // What was drained had moved before BFD was silenced.
    let moved = us(&drained, "drained_us")?;
    expect_equal("off the leg after the drain", &None, &us(&drained, "off_leg_us").ok())?;
    Ok(format!("on the other leg after {off_leg} us, restored after {restored} us; drained after {moved} us"))
}

/// Drills the first leg once both are whole, and looks through what was written.
fn drilled(far_end: &Voicepeer, carrier: &dyn Carrier, out: &Path, more: &[&str]) -> Result<Value, Failure> {
    wait_for("both legs", SOON, || whole(far_end, carrier))?;
    let out_text = out.display().to_string();
    let leg = LEGS[0].connection;
    let answer = far_end.command(&[&["drill", leg, "--out", &out_text, "--json"], more].concat())?;
    let evidence =
        serde_json::from_str::<Value>(&answer).map_err(|_| Failure::answer("drill", answer.clone()))?;
    as_it_must_be(&evidence)?;
    let file = |name: &str| std::fs::read_to_string(out.join(name)).map_err(Failure::file(out.join(name)));
    expect_equal("evidence.json", &answer.trim(), &file("evidence.json")?.trim())?;
    contains(
        "report.md",
        &file("report.md")?,
        &["All was as it must be.", "![timeline](timeline.svg)", leg],
    )?;
    contains("timeline.svg", &file("timeline.svg")?, &["<svg", "BFD silenced", "BGP Established"])?;
    wait_for("both legs, as before", SOON, || whole(far_end, carrier))?;
    Ok(evidence)
}

/// Both sessions are up, the far end has the carrier's prefixes over each, and the carrier has the far end's.
fn whole(far_end: &Voicepeer, carrier: &dyn Carrier) -> Result<(), Failure> {
    for leg in LEGS {
        router::established(far_end, leg.carrier)?;
        router::bfd_agreed(far_end, leg.carrier, 900)?;
        let accepted = number::<u64>(&far_end.neighbor(leg.carrier)?, "accepted");
        expect_equal("prefixes accepted", &Some(REGISTERED), &accepted)?;
    }
    let route = carrier.route(PREFIX)?;
    route.map(drop).ok_or_else(|| Failure::Objection(format!("{PREFIX} has not come")))
}

/// The one end that was asked saw all of it.
fn as_it_must_be(evidence: &Value) -> Result<(), Failure> {
    let [end] = list(evidence, "ends") else { return Err(Failure::answer("drill", evidence.to_string())) };
    expect_equal("problems", &0, &list(evidence, "problems").len())?;
    expect_equal("the end", &"far end", &text(end, "end"))?;
    for (field, expected) in [("moved", REGISTERED), ("lost", 0)] {
        expect_equal(field, &Some(expected), &number(end, field))?;
    }
    let times = ["detected_us", "session_down_us", "bfd_up_us", "established_us", "restored_us"];
    let missing: Vec<_> = times.into_iter().filter(|field| number::<u64>(end, field).is_none()).collect();
    expect_equal("times missing", &Vec::new(), &missing)
}

fn contains(what: &str, text: &str, parts: &[&str]) -> Result<(), Failure> {
    let missing: Vec<_> = parts.iter().filter(|part| !text.contains(**part)).collect();
    expect_equal(format!("missing in {what}"), &Vec::new(), &missing)
}
