//! The verdicts: the document that programs read, and the table that people read.

use crate::table::{Tone, table, toned};
use bgp_policy::voice::{Outcome, Report, State};
use comfy_table::Cell;
use serde::{Deserialize, Serialize};

/// All verdicts over a plan and what was observed. The field names are an interface.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Verdicts {
    /// verified, undecided or failed.
    pub(crate) outcome: String,
    /// What a reader has to know first.
    pub(crate) notes: Vec<String>,
    /// Each prefix, and the rules that are not simply in order.
    pub(crate) prefixes: Vec<Prefix>,
    /// Each rule on each subject.
    pub(crate) verdicts: Vec<Verdict>,
}

/// What the verdicts on one prefix come to.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Prefix {
    pub(crate) prefix: String,
    pub(crate) state: String,
    pub(crate) failed: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) undecided: Vec<String>,
}

/// One rule on one subject.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Verdict {
    pub(crate) rule: String,
    pub(crate) subject: Subject,
    /// None, Verified, Pending, Unknown, Warning, Failed or Invalid.
    pub(crate) state: String,
    /// Whether somebody vouched for it, so that it is neither observed nor verified.
    pub(crate) attested: bool,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) remedy: Option<String>,
    /// What the portal will say, in our words.
    pub(crate) portal_message: Option<String>,
}

/// What a verdict is about.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug, Default)]
pub(crate) struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) peering: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
}

/// A fact and where it was found.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Evidence {
    pub(crate) what: String,
    pub(crate) source: String,
    /// The attribute's octets that decided, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<String>,
}

impl From<&Report> for Verdicts {
    fn from(report: &Report) -> Self {
        let names = |rules: &[bgp_policy::voice::RuleId]| rules.iter().map(ToString::to_string).collect();
        Self {
            outcome: match report.outcome {
                Outcome::Verified => "verified",
                Outcome::Undecided => "undecided",
                Outcome::Failed => "failed",
            }
            .to_owned(),
            notes: report.notes.clone(),
            prefixes: report
                .prefixes
                .iter()
                .map(|p| Prefix {
                    prefix: p.prefix.clone(),
                    state: p.state.to_string(),
                    failed: names(&p.failed),
                    warnings: names(&p.warnings),
                    undecided: names(&p.undecided),
                })
                .collect(),
            verdicts: report.verdicts.iter().map(Verdict::from).collect(),
        }
    }
}

impl From<&bgp_policy::voice::Verdict> for Verdict {
    fn from(v: &bgp_policy::voice::Verdict) -> Self {
        let s = v.subject.clone();
        Self {
            rule: v.rule.to_string(),
            subject: Subject {
                prefix: s.prefix,
                connection: s.connection,
                peering: s.peering,
                activation: s.activation,
                location: s.location,
            },
            state: v.state.to_string(),
            attested: v.attested,
            evidence: v
                .evidence
                .iter()
                .map(|e| Evidence { what: e.what.clone(), source: e.source.clone(), bytes: e.bytes.clone() })
                .collect(),
            remedy: v.remedy.clone(),
            portal_message: v.portal_message.clone(),
        }
    }
}

impl Verdicts {
    /// 0 where nothing failed, 1 where something did.
    pub(crate) fn exit_code(&self) -> u8 {
        u8::from(self.outcome == "failed")
    }

    fn in_words(&self) -> &'static str {
        match self.outcome.as_str() {
            "verified" => "all verified",
            "undecided" => "nothing failed; not everything could be decided from what was given",
            _ => "something failed",
        }
    }

    fn count(&self, state: State) -> usize {
        self.verdicts.iter().filter(|v| v.state == state.name() && !v.attested).count()
    }
}

impl Verdict {
    fn state_name(&self) -> &str {
        if self.attested { "attested" } else { &self.state }
    }

    fn tone(&self) -> Tone {
        tone(self.state_name())
    }

    fn is_in_order(&self) -> bool {
        matches!(self.state_name(), "Verified" | "None")
    }
}

impl Subject {
    /// What it is about, the narrowest first.
    fn in_words(&self) -> String {
        let parts = [
            ("", &self.prefix),
            ("on ", &self.connection),
            ("peering ", &self.peering),
            ("activation ", &self.activation),
            ("at ", &self.location),
        ];
        let words: Vec<String> = parts
            .into_iter()
            .filter_map(|(what, name)| name.as_ref().map(|name| format!("{what}{name}")))
            // A connection names its peering already.
            .filter(|word| !(self.connection.is_some() && word.starts_with("peering ")))
            .collect();
        if words.is_empty() { "the plan".to_owned() } else { words.join(" ") }
    }
}

fn tone(state: &str) -> Tone {
    match state {
        "Verified" => Tone::Good,
        "Failed" | "Invalid" => Tone::Bad,
        "Warning" | "Pending" | "Unknown" => Tone::Warning,
        _ => Tone::Quiet,
    }
}

/// Prints the tables: each prefix, then each verdict that is not simply in order, failing ones first.
pub(crate) fn print(verdicts: &Verdicts) {
    for note in &verdicts.notes {
        println!("note: {note}");
    }
    println!("{}", prefixes(verdicts));
    println!("{}", findings(verdicts));
    let failed = verdicts.count(State::Failed) + verdicts.count(State::Invalid);
    println!(
        "{}: {} verified, {failed} failed, {} warnings, {} unknown, {} attested",
        verdicts.in_words(),
        verdicts.count(State::Verified),
        verdicts.count(State::Warning),
        verdicts.count(State::Unknown) + verdicts.count(State::Pending),
        verdicts.verdicts.iter().filter(|v| v.attested).count(),
    );
}

fn prefixes(verdicts: &Verdicts) -> comfy_table::Table {
    let mut table = table(&["prefix", "state", "failed", "warns", "undecided"]);
    for p in &verdicts.prefixes {
        table.add_row([
            Cell::new(&p.prefix),
            toned(&p.state, tone(&p.state)),
            Cell::new(p.failed.join(" ")),
            Cell::new(p.warnings.join(" ")),
            Cell::new(p.undecided.join(" ")),
        ]);
    }
    table
}

fn findings(verdicts: &Verdicts) -> comfy_table::Table {
    let mut table = table(&["rule", "subject", "state", "evidence", "remedy"]);
    let mut rows: Vec<&Verdict> = verdicts.verdicts.iter().filter(|v| !v.is_in_order()).collect();
    rows.sort_by_key(|v| match v.tone() {
        Tone::Bad => 0,
        Tone::Warning => 1,
        _ => 2,
    });
    for v in rows {
        let evidence: Vec<String> = v.evidence.iter().map(|e| format!("{} ({})", e.what, e.source)).collect();
        table.add_row([
            Cell::new(&v.rule),
            Cell::new(v.subject.in_words()),
            toned(v.state_name(), v.tone()),
            Cell::new(evidence.join("\n")),
            Cell::new(v.remedy.as_deref().unwrap_or_default()),
        ]);
    }
    table
}
