//! What the lab found, beside what the scenario declares.

use super::failover::Failover;
use super::scenario::{CARRIER, DECLARED, LEGS};
use crate::table::{Tone, micros, or_dash, table, toned};
use crate::verdicts::print;
use bgp_policy::voice::{Report, far_end};
use comfy_table::Cell;
use serde::Serialize;

/// The whole document. The field names are an interface.
#[derive(Serialize, Debug)]
pub(crate) struct Document {
    /// Whether all that happened is what the scenario declares.
    pub(crate) as_declared: bool,
    /// What did not.
    pub(crate) surprises: Vec<String>,
    pub(crate) carrier_asn: u32,
    pub(crate) far_end_asn: u32,
    pub(crate) sessions: Vec<Session>,
    /// Each prefix that the carrier announces.
    pub(crate) prefixes: Vec<Prefix>,
    /// Every verdict.
    pub(crate) verdicts: Report,
    pub(crate) failover: Failover,
}

/// One leg's BGP session and the BFD session that guards it.
#[derive(Serialize, Debug)]
pub(crate) struct Session {
    pub(crate) leg: &'static str,
    pub(crate) carrier: String,
    pub(crate) edge: String,
    pub(crate) established: bool,
    /// Whether BFD was Up before the session was Established, on the carrier's side.
    pub(crate) bfd_first: bool,
    /// Prefixes of the far end that the carrier took.
    pub(crate) prefixes_received: usize,
}

/// A prefix of the carrier's: what it is to show, and the rules that fail or warn.
#[derive(Serialize, Debug)]
#[expect(clippy::struct_field_names, reason = "the documents' names are an interface")]
pub(crate) struct Prefix {
    pub(crate) prefix: &'static str,
    pub(crate) story: &'static str,
    pub(crate) state: String,
    pub(crate) expected: Vec<String>,
    pub(crate) found: Vec<String>,
}

/// Each declared prefix beside what the verdicts say of it.
pub(super) fn prefixes(report: &Report) -> Vec<Prefix> {
    let judged = |prefix: &str| report.prefixes.iter().find(|p| p.prefix == prefix);
    let one = |d: &'static super::scenario::Declared| Prefix {
        prefix: d.prefix,
        story: d.story,
        state: judged(d.prefix).map_or_else(|| "not seen".to_owned(), |p| p.state.to_string()),
        expected: d.expected.iter().map(ToString::to_string).collect(),
        found: judged(d.prefix)
            .map(|p| p.failed.iter().chain(&p.warnings).map(ToString::to_string).collect())
            .unwrap_or_default(),
    };
    DECLARED.iter().map(one).collect()
}

/// All that is not as declared, in words.
pub(super) fn surprises(sessions: &[Session], prefixes: &[Prefix], failover: &Failover) -> Vec<String> {
    let mut all = Vec::new();
    let expected = usize::try_from(far_end::PREFIXES).unwrap_or_default();
    for s in sessions {
        if !s.established || !s.bfd_first || s.prefixes_received != expected {
            all.push(format!(
                "{}: established {}, BFD first {}, {} prefixes of {expected} received",
                s.leg, s.established, s.bfd_first, s.prefixes_received
            ));
        }
    }
    for p in prefixes.iter().filter(|p| p.found != p.expected || p.state == "not seen") {
        all.push(format!("{} ({}): found {:?}, expected {:?}", p.prefix, p.story, p.found, p.expected));
    }
    if !failover.as_declared() {
        all.push(format!(
            "failover: {} prefixes of {expected} moved; the session ended because: {}",
            failover.prefixes_moved,
            or_dash(failover.reason.as_deref())
        ));
    }
    all
}

/// Tables for people.
pub(super) fn print_tables(document: &Document) {
    println!();
    println!("Carrier AS{CARRIER}, far end AS{} on {} legs", document.far_end_asn, LEGS.len());
    print(&document.verdicts);
    println!();
    println!("What the scenario declares, and what was found:");
    let mut declared = table(&["prefix", "what it shows", "expected", "found", ""]);
    for p in &document.prefixes {
        let tone = if p.found == p.expected { Tone::Good } else { Tone::Bad };
        let none = |rules: &[String]| if rules.is_empty() { "none".to_owned() } else { rules.join(" ") };
        declared.add_row([
            Cell::new(p.prefix),
            Cell::new(p.story),
            Cell::new(none(&p.expected)),
            Cell::new(none(&p.found)),
            toned(if tone == Tone::Good { "as declared" } else { "surprise" }, tone),
        ]);
    }
    println!("{declared}");
    println!();
    let f = &document.failover;
    println!("Failover from {} to {}, after BFD on {} was cut:", f.cut, f.to, f.cut);
    let mut times = table(&["what", "after the cut"]);
    let agreed = micros(f.negotiated_detection_time_us);
    let by = f.detected_by.unwrap_or("nobody");
    for (what, time) in [
        (format!("BFD detects it, at the {by} (detection time agreed: {agreed})"), f.detected_after_us),
        (
            format!("BGP session down at the carrier: {}", or_dash(f.reason.as_deref())),
            f.session_down_after_us,
        ),
        (format!("all {} prefixes on {}", f.prefixes_moved, f.to), f.failed_over_after_us),
        (format!("all routes of {} back, after it was mended", f.cut), f.restored_after_us),
    ] {
        times.add_row([Cell::new(what), Cell::new(time.map_or("-".to_owned(), |us| format!("{us} us")))]);
    }
    println!("{times}");
    for surprise in &document.surprises {
        println!("surprise: {surprise}");
    }
    if document.as_declared {
        println!("All of it is what the scenario declares.");
    }
}
