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
use breakages::{BREAKAGES, Breakage, Edit, Seen, edited};
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
    /// What `check` names of the live sessions, and of the router's text.
    named: [BTreeSet<String>; 2],
}

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let mut turnup = Turnup::start(pair)?;
    let took = time_until("every rule kept", SOON, || turnup.kept())?;
    turnup.named = [verdicts::named(&turnup.live()?), verdicts::named(&turnup.by_text()?)];
    for breakage in &BREAKAGES {
        turnup.broken(breakage).map_err(|why| Failure::Objection(format!("{}: {why}", breakage.what)))?;
    }
    turnup.configure(&[], &[])?;
    let again = time_until("every rule kept again", SOON, || turnup.kept())?;
    Ok(format!(
        "every rule kept after {took:.1?}, each of {} broken and named, kept again after {again:.1?}",
        BREAKAGES.len()
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

    /// What `check` says of what the router itself prints of the routes it announces.
    fn by_text(&self) -> Result<Value, Failure> {
        let mut words = vec!["-p".to_owned(), self.plan.display().to_string()];
        for leg in LEGS {
            let file = self.pair.far.folder().join(format!("{}.txt", leg.connection));
            std::fs::write(&file, self.carrier.announced(&leg)?).map_err(Failure::file(&file))?;
            words.extend(["--routes".to_owned(), format!("{}={}", leg.connection, file.display())]);
        }
        verdicts::check(&self.pair.far, &words.iter().map(String::as_str).collect::<Vec<_>>())
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
        wait_for("the rule to be named", SOON, || is_named(&expected, breakage, &self.live()?))?;
        match breakage.seen {
            Seen::Routes { but_not_in } => {
                // It shows a session's routes once that is up, of which one rule's break may say nothing.
                let hidden = but_not_in.contains(&self.pair.peer);
                wait_for("the rule to be named by its text", SOON, || self.broken_by_text(breakage, hidden))?;
            }
            Seen::Session { .. } => {
                wait_for("its text to pass for nothing", SOON, || self.passes_for_nothing(breakage))?;
            }
        }
        drop(customer);
        Ok(())
    }

    /// Its text is of routes. What is wrong with a session it does not show, and that passes for nothing.
    fn passes_for_nothing(&self, breakage: &Breakage) -> Result<(), Failure> {
        let is_down = || LEGS.into_iter().any(|leg| router::established(&self.far_end, leg.carrier).is_err());
        let report = match self.by_text() {
            // Of a session that is down a router says that there is no such thing, and `check` refuses to judge by that.
            Err(Failure::Command { .. }) if is_down() => return Ok(()),
            report => report?,
        };
        breakage.named.iter().try_for_each(|named| verdicts::undecided(&report, named))
    }

    /// What the text does not show is `Unknown` and passes for nothing.
    fn broken_by_text(&self, breakage: &Breakage, hidden: bool) -> Result<(), Failure> {
        let report = self.by_text()?;
        if !hidden {
            return is_named(&verdicts::with(&self.named[1], breakage.named), breakage, &report);
        }
        expect_equal("what its text shows", &self.named[1], &verdicts::named(&report))?;
        breakage.named.iter().try_for_each(|named| verdicts::undecided(&report, named))
    }
}

/// These rules and no others are named, with the evidence.
fn is_named(expected: &BTreeSet<String>, breakage: &Breakage, report: &Value) -> Result<(), Failure> {
    expect_equal("what is named", expected, &verdicts::named(report))?;
    verdicts::evidence(report, breakage.named, breakage.evidence)
}
