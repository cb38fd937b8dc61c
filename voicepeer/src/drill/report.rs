//! The evidence for people: a table on the terminal, a report in Markdown.

use super::document::{Cease, EndEvidence, Evidence};
use crate::table::{line, micros, or_dash, table};
use comfy_table::Cell;

/// What is measured: its heading, and its value at one end.
type Row = (&'static str, fn(&EndEvidence) -> String);

const ROWS: [Row; 15] = [
    ("peer", |end| format!("{} ({})", end.leg.peer, end.leg.address)),
    ("prefixes of the leg, best of them", |end| format!("{}, {}", end.leg.prefixes, end.leg.best)),
    ("drained: no best path on the leg", |end| time(end.drained_us)),
    ("BFD Down", |end| time(end.detected_us)),
    ("diagnostic", |end| or_dash(end.diagnostic.as_deref())),
    ("Cease, BFD Down (RFC 9384)", |end| cease(end.cease)),
    ("BGP session down", |end| time(end.session_down_us)),
    ("the leg's routes withdrawn", |end| time(end.withdrawn_us)),
    ("no best path on the leg", |end| time(end.off_leg_us)),
    ("moved to another leg", |end| end.moved.to_string()),
    ("lost", |end| end.lost.to_string()),
    ("after the mend: BFD Up", |end| time(end.bfd_up_us)),
    ("after the mend: BGP Established", |end| time(end.established_us)),
    ("after the mend: End-of-RIB", |end| time(end.end_of_rib_us)),
    ("after the mend: all routes of the leg", |end| time(end.restored_us)),
];

fn time(us: Option<u64>) -> String {
    us.map_or_else(|| or_dash(None::<&str>), |us| format!("{us} us"))
}

fn cease(cease: Option<Cease>) -> String {
    or_dash(cease.map(|cease| match cease {
        Cease::Sent => "sent",
        Cease::Received => "received",
        Cease::Unspecific => "received, without a reason",
    }))
}

/// What the drill came to, in a sentence.
fn outcome(evidence: &Evidence) -> &'static str {
    if evidence.as_expected { "All was as it must be." } else { "Not all was as it must be." }
}

/// Prints it.
pub(crate) fn print(evidence: &Evidence) {
    let agreed = or_dash(evidence.detection_time_us.map(micros));
    println!("Drill of {}, {}; detection time agreed: {agreed}", evidence.leg, evidence.began);
    let heads = evidence.ends.iter().map(|end| format!("at the {}", end.end));
    let heads: Vec<String> = std::iter::once("what".to_owned()).chain(heads).collect();
    let mut table = table(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    for (what, value) in ROWS {
        let cells = evidence.ends.iter().map(|end| Cell::new(value(end)));
        table.add_row(std::iter::once(Cell::new(what)).chain(cells));
    }
    println!("{table}");
    evidence.notes.iter().for_each(|note| println!("note: {note}"));
    evidence.problems.iter().for_each(|problem| println!("problem: {problem}"));
    println!("{}", outcome(evidence));
}

/// The report; the picture is the file `picture` beside it.
pub(crate) fn markdown(evidence: &Evidence, picture: &str) -> String {
    let mut out = String::new();
    let text = &mut out;
    line(text, format_args!("# Drill of {}\n", evidence.leg));
    let agreed = or_dash(evidence.detection_time_us.map(micros));
    let drained = if evidence.drained_first { "The leg was drained first (RFC 8326). " } else { "" };
    line(
        text,
        format_args!("{} {drained}Detection time agreed: {agreed}. {}\n", evidence.began, outcome(evidence)),
    );
    evidence.problems.iter().for_each(|problem| line(text, format_args!("- **{problem}**")));
    evidence.notes.iter().for_each(|note| line(text, format_args!("- {note}")));
    line(text, format_args!("\n![timeline]({picture})\n"));
    let heads: Vec<String> = evidence.ends.iter().map(|end| format!(" at the {} |", end.end)).collect();
    line(text, format_args!("| |{}\n|---|{}", heads.concat(), "---|".repeat(evidence.ends.len())));
    for (what, value) in ROWS {
        let cells: Vec<String> = evidence.ends.iter().map(|end| format!(" {} |", value(end))).collect();
        line(text, format_args!("| {what} |{}", cells.concat()));
    }
    line(
        text,
        format_args!(
            "\nTimes of the failure count from when BFD was silenced at the {}, those of the restoration from when it was mended.",
            first(evidence)
        ),
    );
    for end in &evidence.ends {
        line(text, format_args!("\n## At the {}\n\n| us | what | |\n|---|---|---|", end.end));
        for point in &end.timeline {
            let detail = point.detail.as_deref().unwrap_or_default();
            line(text, format_args!("| {} | {} | {detail} |", point.us, point.what));
        }
    }
    out
}

fn first(evidence: &Evidence) -> &'static str {
    evidence.ends.first().map_or("end that was asked", |end| end.end)
}

#[cfg(test)]
mod tests {
    use super::super::evidence::evidence;
    use super::super::evidence::tests::{MARKS, leg, notes, orders};
    use super::*;

    #[test]
    fn a_report_reads_as_a_table_and_a_timeline() {
        let seen = vec![(leg(64500, "edge-1"), notes()), (leg(8075, "fra-1"), notes())];
        let text = markdown(&evidence(&orders(false), String::new(), MARKS, seen), "timeline.svg");
        for part in [
            "# Drill of edge-1\n",
            "Detection time agreed: 900 ms. All was as it must be.",
            "![timeline](timeline.svg)",
            "| | at the carrier | at the far end |\n|---|---|---|\n| peer | edge-1 (192.0.2.1) | fra-1 (192.0.2.1) |",
            "| BFD Down | 850000 us | 850000 us |",
            "| Cease, BFD Down (RFC 9384) | sent | sent |",
            "| drained: no best path on the leg | - | - |",
            "count from when BFD was silenced at the carrier,",
            "## At the far end\n\n| us | what | |\n|---|---|---|\n| 0 | BFD silenced |  |\n| 850000 | BFD Down | Control Detection Time Expired |",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
