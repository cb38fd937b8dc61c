//! `voicepeer policy`: policies as text, checked, tested, explained and compared without a session.

mod changes;
mod lint;
mod prove;
mod routes;

use crate::diagnostic::{BadInput, read};
use bgp_policy::{Document, Policy, PolicyLibrary, PolicyTextError, Route};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// What to do with policies as text.
#[derive(Subcommand, Debug)]
pub(crate) enum PolicyCommand {
    /// Read a file, look up every name, and build every policy.
    Check {
        /// The policies.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write a file in the one form that every policy has, in its place.
    Fmt {
        /// The policies.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Write nothing; exit status 1 where the form is another.
        #[arg(long)]
        check: bool,
    },
    /// Run the tests that stand in a file. Exit status 1: one failed.
    Test {
        /// The policies.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Say of a route which rules are tried, on what evidence and to what effect.
    Explain {
        /// The policies.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The policy, with its arguments: `to-microsoft`, or `from-carrier(acme, 200)`.
        #[arg(value_name = "POLICY")]
        policy: String,
        /// The route as a test has it: `203.0.113.0/24; as-path 64500 64501; med 5`.
        #[arg(value_name = "ROUTE")]
        route: String,
    },
    /// List the routes whose fate or attributes change from one file to another. Exit status 1: there are some.
    Diff {
        /// The policies as they were.
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// The policies as they are to be.
        #[arg(value_name = "NEW")]
        new: PathBuf,
        /// The routes: those of tests, `route 203.0.113.0/24` and a line for each thing that is known of it; what
        /// `check --routes` reads as JSON; or a table in MRT, plain, gzip or bzip2.
        #[arg(long, value_name = "FILE")]
        routes: PathBuf,
        /// The policy to compare, with its arguments; without, all that take none.
        #[arg(long, value_name = "POLICY")]
        policy: Vec<String>,
    },
    /// Say for every route that exists, not for samples, whether policies guarantee what `prove` in the file says of them, or
    /// what --guarantees asks. A statement that does not hold is refuted by a route, which the policy has judged.
    ///
    /// Exit status 0: all is proved. 1: something is refuted. 2: a file or an argument is bad. 3: nothing is refuted, and
    /// something is unknown.
    Prove(prove::Prove),
    /// Find rules that never match, never decide or contradict themselves, and names that nothing uses. Exit status 1: there are
    /// some.
    Lint {
        /// The policies.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Runs one; the exit status.
pub(crate) fn policy(command: PolicyCommand) -> Result<u8, BadInput> {
    match command {
        PolicyCommand::Check { file } => check(&file),
        PolicyCommand::Fmt { file, check } => fmt(&file, check),
        PolicyCommand::Test { file } => test(&file),
        PolicyCommand::Explain { file, policy, route } => explain(&file, &policy, &route),
        PolicyCommand::Diff { old, new, routes, policy } => changes::diff(&old, &new, &routes, &policy),
        PolicyCommand::Prove(arguments) => prove::prove(&arguments),
        PolicyCommand::Lint { file } => lint::lint(&file),
    }
}

/// A fault of a text, shown where it is.
fn bad(error: PolicyTextError, path: &Path, text: &str) -> BadInput {
    let bad = BadInput::new(error.message).at(path, text, Some(error.span));
    match error.help {
        Some(help) => bad.help(help),
        None => bad,
    }
}

fn document(path: &Path) -> Result<(Document, String), BadInput> {
    let text = read(path)?;
    let document = text.parse().map_err(|error| bad(error, path, &text))?;
    Ok((document, text))
}

/// The policies in a file, with the sets that it has from others beside it.
pub(crate) fn load(path: &Path) -> Result<PolicyLibrary, BadInput> {
    let (document, text) = document(path)?;
    let beside = path.parent().unwrap_or(Path::new(""));
    let set = |name: &str| std::fs::read_to_string(beside.join(name)).map_err(|error| error.to_string());
    document.library(set).map_err(|error| bad(error, path, &text))
}

/// A policy of a library, by what was given as an argument.
fn asked(library: &PolicyLibrary, call: &str) -> Result<Policy, BadInput> {
    library.policy(call).map_err(|error| {
        let bad = BadInput::new(format!("{call:?}: {}", error.message));
        bad.help(
            error.help.unwrap_or_else(|| "a policy is a name, and its arguments in parentheses".to_owned()),
        )
    })
}

fn check(file: &Path) -> Result<u8, BadInput> {
    let library = load(file)?;
    println!("{}: well, with the policies {}", file.display(), names(&library));
    Ok(0)
}

fn names(library: &PolicyLibrary) -> String {
    library.names().collect::<Vec<_>>().join(", ")
}

fn fmt(file: &Path, check: bool) -> Result<u8, BadInput> {
    let (document, text) = document(file)?;
    let formatted = document.to_string();
    if formatted == text {
        return Ok(0);
    }
    if check {
        println!("{} is not in its form: `voicepeer policy fmt` writes it so", file.display());
        return Ok(1);
    }
    std::fs::write(file, formatted).map_err(|error| {
        BadInput::new(format!("cannot write {}: {error}", file.display()))
            .help("see that the file may be written")
    })?;
    Ok(0)
}

fn test(file: &Path) -> Result<u8, BadInput> {
    let outcomes = load(file)?.run_tests();
    let failed = outcomes.iter().filter(|outcome| !outcome.failures.is_empty()).count();
    for outcome in &outcomes {
        println!("{} {}", if outcome.failures.is_empty() { "ok    " } else { "FAILED" }, outcome.name);
        for (line, failure) in &outcome.failures {
            println!("       {}:{line}: {failure}", file.display());
        }
        if !outcome.failures.is_empty() {
            outcome.explanation.lines().for_each(|line| println!("       {line}"));
        }
    }
    println!("tests: {}, failed: {failed}", outcomes.len());
    Ok(u8::from(failed > 0))
}

fn explain(file: &Path, policy: &str, route: &str) -> Result<u8, BadInput> {
    let policy = asked(&load(file)?, policy)?;
    let route =
        if route.trim_start().starts_with("route") { route.to_owned() } else { format!("route {route}") };
    let routes = Route::parse_all(&route).map_err(|error| bad(error, Path::new("ROUTE"), &route))?;
    for route in &routes {
        let explanation = policy.explain_route(route.view());
        print!("{explanation}");
        println!("{}", policy.explain(explanation.verdict.because));
        print_edits(&policy, route, "  ");
    }
    Ok(0)
}

/// What the edits make of a route that passes.
fn print_edits(policy: &Policy, route: &Route, indent: &str) {
    let verdict = policy.evaluate(route.view());
    if !verdict.accept {
        return;
    }
    let mut edited = route.attrs.clone();
    let changes: Vec<String> = match verdict.apply(&mut edited, &route.context) {
        Ok(()) => changes::changed(&route.attrs, &edited).collect(),
        Err(error) => vec![error.to_string()],
    };
    changes.iter().for_each(|change| println!("{indent}{change}"));
}
