//! A carrier's router with the configuration that `voicepeer plan render` writes, against the far end's stand-in: it
//! keeps every rule, and with each rule broken in its configuration `check` names that one.

mod beside;
mod bmp;
mod breakages;
mod verdicts;

use crate::clock::{time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::carrier::{self, Carrier, LEGS, PLAN};
use crate::interop::pair::{Pair, SOON};
use crate::interop::router::{self, Peer};
use crate::interop::voicepeer::Voicepeer;
use beside::{BESIDE, Beside};
use breakages::{BREAKAGES, Breakage, Edit, InText, Seen, edited};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) use bmp::run as run_bmp;

/// The routers, and what is said of them while all is well.
struct Turnup<'a> {
    pair: &'a Pair,
    plan: PathBuf,
    far_end: Voicepeer,
    carrier: Box<dyn Carrier>,
    /// The BFD of a router that has none.
    beside: Option<Beside>,
    rendered: String,
    /// What `check` names of the live sessions, of the router's text, and of that with its configuration.
    named: [BTreeSet<String>; 3],
}

/// How many rules are broken one by one, and named.
const RULES: usize = 12;

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let mut turnup = Turnup::start(pair)?;
    let took = time_until("every rule kept", SOON, || turnup.kept())?;
    turnup.named =
        [turnup.live()?, turnup.by_text(false)?, turnup.by_text(true)?].map(|r| verdicts::named(&r));
    let mut broken = 0;
    for breakage in &BREAKAGES {
        turnup.broken(breakage).map_err(|why| Failure::Objection(format!("{}: {why}", breakage.what)))?;
        broken += 1;
    }
    expect_equal("rules broken and named", &RULES, &broken)?;
    turnup.configure(&[], &[])?;
    let again = time_until("every rule kept again", SOON, || turnup.kept())?;
    Ok(format!(
        "every rule kept after {took:.1?}, each of {broken} broken and named from live sessions and from text and \
         configuration, kept again after {again:.1?}"
    ))
}

impl<'a> Turnup<'a> {
    fn start(pair: &'a Pair) -> Result<Self, Failure> {
        carrier::addresses(&pair.near, &pair.far)?;
        pair.far.address("192.0.2.10/29")?;
        let plan = pair.far.folder().join("plan.toml");
        std::fs::write(&plan, PLAN).map_err(Failure::file(&plan))?;
        let far_end = Voicepeer::start_far_end(&pair.near, &plan)?;
        let rendered = carrier::render(pair.peer, &plan)?;
        let has_bfd = matches!(pair.peer, Peer::Bird | Peer::Frr);
        let beside = if has_bfd { None } else { Some(Beside::start(&pair.far)?) };
        let carrier = carrier::start(pair.peer, &pair.far, &rendered)?;
        Ok(Self { pair, plan, far_end, carrier, beside, rendered, named: Default::default() })
    }

    fn live(&self) -> Result<Value, Failure> {
        self.far_end.check_live(&self.plan)
    }

    /// What `check` says of what the router itself prints of its sessions, and of the routes it announces on those that are up:
    /// of the others some say that there is no such thing. With its configuration where that is asked for.
    fn by_text(&self, with_configuration: bool) -> Result<Value, Failure> {
        let beside = self.beside.as_ref().map(Beside::sessions).transpose()?;
        let sessions = self.carrier.sessions()? + &beside.unwrap_or_default();
        let mut words = vec!["-p".to_owned(), self.plan.display().to_string()];
        words.extend(["--routes".to_owned(), self.write("sessions", &sessions)?]);
        if with_configuration {
            words.extend([
                "--routes".to_owned(),
                self.write("configuration", &self.carrier.configuration()?)?,
            ]);
        }
        for leg in LEGS.iter().filter(|leg| router::established(&self.far_end, leg.carrier).is_ok()) {
            let file = self.write(leg.connection, &self.carrier.announced(leg)?)?;
            words.extend(["--routes".to_owned(), format!("{}={file}", leg.connection)]);
        }
        verdicts::check(&self.pair.far, &words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn write(&self, name: &str, text: &str) -> Result<String, Failure> {
        let file = self.pair.far.folder().join(format!("{name}.txt"));
        std::fs::write(&file, text).map_err(Failure::file(&file))?;
        Ok(file.display().to_string())
    }

    /// Both sessions are up, and what the rendered lines serve was seen to be kept.
    fn kept(&self) -> Result<(), Failure> {
        for leg in LEGS {
            router::established(&self.far_end, leg.carrier)?;
        }
        verdicts::kept(&self.live()?)
    }

    fn configure(&mut self, own: &[(&str, &str)], bfd: &[(&str, &str)]) -> Result<(), Failure> {
        self.carrier.reconfigure(&edited(&self.rendered, own)?)?;
        // A session that waits for BFD begins with the new configuration.
        match &self.beside {
            Some(beside) => beside.configure(&edited(BESIDE, bfd)?),
            None => Ok(()),
        }
    }

    /// Breaks a rule, and waits until `check` names it and nothing else.
    fn broken(&mut self, breakage: &Breakage) -> Result<(), Failure> {
        let mut customer = None;
        match breakage.edit(self.pair.peer)? {
            Edit::Own(edits) => self.configure(edits, &[])?,
            Edit::Beside(edits) => self.configure(&[], edits)?,
            Edit::Leak(of, edits) => {
                self.configure(edits, &[])?;
                customer = Some(of.start(&self.pair.far)?);
            }
        }
        let expected = verdicts::with(&self.named[0], breakage.named);
        let Breakage { named, evidence, .. } = breakage;
        wait_for("the rule to be named", SOON, || is_named(&expected, named, evidence, &self.live()?))?;
        // It shows a session's routes once that is up, of which one rule's break may say nothing.
        wait_for("the rule to be named by its text", SOON, || self.broken_by_text(breakage))?;
        let expected = verdicts::with(&self.named[2], named);
        wait_for("the rule to be named by its text and configuration", SOON, || {
            is_named(&expected, named, evidence, &self.by_text(true)?)
        })?;
        drop(customer);
        Ok(())
    }

    /// What the text does not show is `Unknown` and passes for nothing.
    fn broken_by_text(&self, breakage: &Breakage) -> Result<(), Failure> {
        let report = self.by_text(false)?;
        let peer = &self.pair.peer;
        let (named, evidence) = match breakage.seen {
            Seen::Routes { but_not_in } if but_not_in.contains(peer) => (&[][..], ""),
            Seen::Session { else_in_text, .. } => {
                let other = else_in_text.iter().find(|other| other.of.contains(peer));
                other.map_or((breakage.named, breakage.evidence), |InText { named, evidence, .. }| {
                    (named, evidence)
                })
            }
            Seen::Routes { .. } => (breakage.named, breakage.evidence),
        };
        is_named(&verdicts::with(&self.named[1], named), named, evidence, &report)?;
        let hidden = breakage.named.iter().filter(|rule| !named.contains(rule));
        hidden.copied().try_for_each(|rule| verdicts::undecided(&report, rule))
    }
}

/// These rules and no others are named, with the evidence.
fn is_named(
    expected: &BTreeSet<String>,
    rules: &[&str],
    evidence: &str,
    report: &Value,
) -> Result<(), Failure> {
    expect_equal("what is named", expected, &verdicts::named(report))?;
    if rules.is_empty() { Ok(()) } else { verdicts::evidence(report, rules, evidence) }
}
