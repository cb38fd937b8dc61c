//! `check --explain`: what a rule is, and why.

use crate::diagnostic::BadInput;
use crate::table::{print, table};
use bgp_policy::voice::{RULES, RuleId, RuleSpec, Scope};
use std::fmt::Write as _;

/// Explains the rule called `name`, or names them all where that is empty.
pub(crate) fn explain(name: &str) -> Result<(), BadInput> {
    if name.is_empty() {
        return print(&all());
    }
    let rule = name.to_ascii_uppercase().parse::<RuleId>();
    let rule = rule.map_err(|_| BadInput::new(format!("no rule is called `{name}`")).help(alike(name)))?;
    print(&text(&rule.spec()))
}

fn all() -> String {
    let mut table = table(&["rule", "what it looks at", "what must hold"]);
    for row in RULES {
        table.add_row([row.text, looks_at(row.scope), row.checks]);
    }
    format!("{table}\n")
}

const fn looks_at(scope: Scope) -> &'static str {
    match scope {
        Scope::Route => "one announced route",
        Scope::Sessions => "a prefix over all sessions",
        Scope::Plan => "the plan",
        Scope::Live => "a session, as planned and as seen",
    }
}

fn text(rule: &RuleSpec) -> String {
    let mut text = format!("{}: {}\n\n", rule.text, rule.title);
    let rows = [
        ("looks at", Some(looks_at(rule.scope))),
        ("checks that", Some(rule.checks)),
        ("why", Some(rule.why)),
        ("remedy", Some(rule.remedy)),
        ("portal's error", rule.portal),
    ];
    for (what, words) in rows.into_iter().filter_map(|(what, words)| Some((what, words?))) {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{:<16}{words}", format!("{what}:"));
    }
    text
}

/// The rules that share a word with `name`, or where all of them are told.
fn alike(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split('-').filter(|word| word.len() > 2).collect();
    let close: Vec<_> = RULES
        .iter()
        .map(|row| row.text)
        .filter(|text| words.iter().any(|word| text.contains(word)))
        .collect();
    match close.as_slice() {
        [] => "`voicepeer check --explain` names them all".to_owned(),
        close => format!("did you mean {}? `voicepeer check --explain` names them all", close.join(" or ")),
    }
}
