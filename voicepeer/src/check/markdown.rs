//! The report as Markdown, for a ticket.

use super::causes::{Cause, causes};
use crate::table::line;
use crate::verdicts::sum;
use bgp_policy::voice::{Report, State};

/// The document: what it comes to, each prefix, and what is not in order, one row a cause.
pub(crate) fn document(report: &Report) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("# Voice peering: {}\n", report.outcome));
    line(&mut out, format_args!("{}.", sum(report)));
    if !report.notes.is_empty() {
        line(&mut out, format_args!(""));
        report.notes.iter().for_each(|note| line(&mut out, format_args!("- Note: {}", inline(note))));
    }
    prefixes(report, &mut out);
    let causes = causes(&report.verdicts);
    for (title, belongs) in SECTIONS {
        section(title, causes.iter().filter(|cause| belongs(cause)), &mut out);
    }
    out
}

type Section = (&'static str, fn(&Cause<'_>) -> bool);

const SECTIONS: [Section; 4] = [
    ("Failed", |cause| cause.state() >= State::Failed),
    ("Warnings", |cause| cause.state() == State::Warning),
    ("Not known", |cause| matches!(cause.state(), State::Pending | State::Unknown)),
    ("Attested, not verified", |cause| cause.attested()),
];

fn prefixes(report: &Report, out: &mut String) {
    if report.prefixes.is_empty() {
        return;
    }
    line(
        out,
        format_args!(
            "\n## Prefixes\n\n| prefix | state | failed | warns | undecided |\n|---|---|---|---|---|"
        ),
    );
    for p in &report.prefixes {
        let listed = |rules: &[bgp_policy::voice::RuleId]| {
            rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        let [failed, warns, undecided] = [&p.failed, &p.warnings, &p.undecided].map(|rules| listed(rules));
        let (prefix, state) = (inline(&p.prefix), p.state);
        line(out, format_args!("| {prefix} | {state} | {failed} | {warns} | {undecided} |"));
    }
}

fn section<'a>(title: &str, causes: impl Iterator<Item = &'a Cause<'a>>, out: &mut String) {
    let mut causes = causes.peekable();
    if causes.peek().is_none() {
        return;
    }
    line(
        out,
        format_args!(
            "\n## {title}\n\n| rule | subject | evidence | remedy | portal's error |\n|---|---|---|---|---|"
        ),
    );
    for cause in causes {
        let rules = cause.rules().iter().map(ToString::to_string).collect::<Vec<_>>().join("<br>");
        let listed = |texts: &[&str]| texts.iter().map(|text| inline(text)).collect::<Vec<_>>().join("<br>");
        let facts = cause.facts().iter().map(|fact| inline(fact)).collect::<Vec<_>>().join("<br>");
        let (subject, remedies) = (inline(&cause.subject()), listed(&cause.remedies()));
        let portal = listed(&cause.portal_messages());
        line(out, format_args!("| {rules} | {subject} | {facts} | {remedies} | {portal} |"));
    }
}

/// Text that stays text in a cell: names in a plan may hold anything.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br>"),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '~' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, want) in [
            ("AS_PATH 64500", "AS\\_PATH 64500"),
            ("a|b", "a\\|b"),
            ("a\non b", "a<br>on b"),
            ("<script>&", "&lt;script&gt;&amp;"),
            ("[x](y)\r", "\\[x\\](y) "),
        ] {
            assert_eq!(inline(text), want, "{text:?}");
        }
    }
}
