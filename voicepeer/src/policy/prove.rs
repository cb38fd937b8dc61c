//! `voicepeer policy prove`

use super::{asked, bad, load};
use crate::diagnostic::BadInput;
use bgp_policy::{Answer, Policy, ProofOutcome, Statement, Step};
use bgp_wire::Asn;
use clap::Args;
use std::path::{Path, PathBuf};

/// What is to be proved: what stands in the file, or what is asked for here.
#[derive(Args, Debug)]
pub(crate) struct Prove {
    /// The policies, and what they are to guarantee.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The policy that is asked about, with its arguments: `to-microsoft`, or `from-carrier(acme, 200)`.
    #[arg(long, value_name = "POLICY", requires = "guarantees")]
    policy: Option<String>,
    /// What it is to guarantee of the routes that it accepts, with its edits made: a condition as rules have it; or `accept`, or
    /// `reject`. May be given several times.
    #[arg(long, value_name = "CONDITION", requires = "policy")]
    guarantees: Vec<String>,
    /// The routes that it is about: those that this condition holds for as they come. Without, all.
    #[arg(long, value_name = "CONDITION", requires = "policy")]
    given: Option<String>,
    /// Our own ASN, where edits put it into paths. Without, it may be any.
    #[arg(long, value_name = "ASN", requires = "policy")]
    own_asn: Option<Asn>,
}

/// Exit status 1: something is refuted.
const REFUTED: u8 = 1;
/// Nothing is refuted, and not everything is proved.
const UNKNOWN: u8 = 3;

pub(super) fn prove(arguments: &Prove) -> Result<u8, BadInput> {
    let library = load(&arguments.file)?;
    let outcomes = match &arguments.policy {
        None => library.prove(),
        Some(name) => {
            let policy = asked(&library, name)?;
            let given = match &arguments.given {
                Some(text) => {
                    let given = library.read_condition(text);
                    Some(given.map_err(|error| bad(error, Path::new("--given"), text))?)
                }
                None => None,
            };
            let answered = |text: &String| {
                let guarantee = library.read_guarantee(text);
                let guarantee = guarantee.map_err(|error| bad(error, Path::new("--guarantees"), text))?;
                let statement = Statement { given: given.clone(), own_asn: arguments.own_asn, guarantee };
                Ok(outcome(&policy, statement))
            };
            arguments.guarantees.iter().map(answered).collect::<Result<_, _>>()?
        }
    };
    if outcomes.is_empty() {
        return Err(BadInput::new(format!("{} has nothing to prove", arguments.file.display())).help(
            "write `prove \"name\" { policy NAME guarantees CONDITION }`, or give --policy and --guarantees",
        ));
    }
    outcomes.iter().for_each(|outcome| print(outcome, &arguments.file));
    Ok(status(&outcomes))
}

fn outcome(policy: &Policy, statement: Statement) -> ProofOutcome {
    let answer = policy.prove(&statement);
    ProofOutcome { name: policy.name().to_owned(), line: 0, policy: policy.clone(), statement, answer }
}

fn print(outcome: &ProofOutcome, file: &Path) {
    let ProofOutcome { name, line, policy, statement, answer } = outcome;
    let word = match answer {
        Answer::Proved => "proved ",
        Answer::Refuted(_) => "REFUTED",
        Answer::Unknown(_) => "unknown",
    };
    println!("{word} {name}: {} {statement}", policy.name());
    match answer {
        Answer::Proved => {}
        Answer::Unknown(why) => println!("        {why}"),
        Answer::Refuted(route) => {
            if *line > 0 {
                println!("        {}:{line}", file.display());
            }
            println!("        route {route}");
            let mut explanation = policy.explain_route(route.view());
            explanation.steps.retain(|step| !matches!(step, Step::Failed(..)));
            explanation.to_string().lines().skip(1).for_each(|line| println!("        {line}"));
            super::print_edits(policy, route, "        ");
        }
    }
}

/// How many of each there are, and what that comes to.
fn status(outcomes: &[ProofOutcome]) -> u8 {
    let count =
        |wanted: fn(&Answer) -> bool| outcomes.iter().filter(|outcome| wanted(&outcome.answer)).count();
    let refuted = count(|answer| matches!(answer, Answer::Refuted(_)));
    let unknown = count(|answer| matches!(answer, Answer::Unknown(_)));
    println!("{} statements, {refuted} refuted, {unknown} unknown", outcomes.len());
    match (refuted, unknown) {
        (0, 0) => 0,
        (0, _) => UNKNOWN,
        _ => REFUTED,
    }
}
