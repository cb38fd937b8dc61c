//! voicepeer: a BGP speaker for voice interconnects, as a program. Whoever embeds a speaker wants the crate `bgp-speaker`.
#![forbid(unsafe_code)]

mod advise;
mod allowed;
mod bench;
mod check;
mod cli;
mod config;
mod control;
mod decode;
mod diagnostic;
mod drill;
mod explain;
mod far_end;
mod irr;
mod lab;
mod observe;
mod other_bfd;
mod place;
mod plan;
mod policy;
mod recorder;
mod reload;
mod rpki;
mod run;
mod show;
mod table;
mod trace;
mod verdicts;

use check::RegistryFiles;
use clap::Parser;
use cli::{Bfd, Cli, Command, Irr, Profile, Rpki};
use control::client::ask;
use control::document::Request;
use diagnostic::BadInput;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Exit status of bad input: a file, an argument, a daemon that is not there.
const BAD_INPUT: u8 = 2;

/// The program: what the command line asks for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli.command) {
        Ok(code) => ExitCode::from(code),
        Err(bad) => {
            eprintln!("{:?}", miette::Report::new(bad));
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// What `voicepeer bfd advise` says of a file with these octets, as text and as JSON; `None` where it refuses the
/// file. For those who fuzz it.
#[doc(hidden)]
pub fn advice(octets: &[u8]) -> Option<(String, serde_json::Value)> {
    advise::advice(octets).ok()
}

/// How many routes `voicepeer check --routes` reads out of a file with these octets, or the line that it refuses; `None` where
/// no reader knows the file. For those who fuzz it.
#[doc(hidden)]
pub fn routes_in(octets: &[u8], plan: &bgp_policy::voice::Plan) -> Option<Result<usize, usize>> {
    observe::routes_in(octets, plan)
}

fn dispatch(command: Command) -> Result<u8, BadInput> {
    match command {
        Command::Lab { json } => runtime()?.block_on(lab::lab(json)),
        Command::Run {
            profile: Some(Profile::MicrosoftEdge),
            plan,
            map,
            passive,
            irr,
            rpki,
            control,
            check,
            ..
        } => {
            let source = far_end::Source::new(plan.unwrap_or_default(), map, RegistryFiles::new(irr, rpki));
            if check {
                return far_end::check(&source).map(|()| 0);
            }
            log_to_stderr();
            runtime()?.block_on(far_end::run(&source, passive, control)).map(|()| 0)
        }
        Command::Run { config, check: true, .. } => run::check(&config).map(|()| 0),
        Command::Run { config, control, restarted, record, .. } => {
            log_to_stderr();
            runtime()?.block_on(run::run(&config, control, restarted, record.as_deref())).map(|()| 0)
        }
        Command::Drill(asked) => runtime()?.block_on(drill::drill(asked)),
        Command::Replay { file } => trace::replay(&file),
        Command::Check(asked) => check::check(&asked),
        Command::Plan(what) => plan::plan(&what),
        Command::Bench { what } => bench::bench(what).map(|()| 0),
        Command::Policy(command) => policy::policy(command),
        Command::Decode { files, format } => decode::decode(&files, format),
        Command::Show { what, json, control } => show::show(what, json, &control).map(|()| 0),
        Command::Explain { prefix, json, control } => explain::explain(prefix, json, &control).map(|()| 0),
        Command::Bfd(Bfd::Advise(asked)) => advise::advise(&asked).map(|()| 0),
        Command::Bfd(Bfd::Show(asked)) => recorder::show(&asked).map(|()| 0),
        Command::Bfd(Bfd::History(asked)) => recorder::history(&asked).map(|()| 0),
        Command::Bfd(Bfd::Margin(asked)) => recorder::margin(&asked).map(|()| 0),
        Command::Rpki(Rpki::Validate(asked)) => rpki::command::validate(&asked),
        Command::Rpki(Rpki::Verify(asked)) => rpki::command::verify(&asked),
        Command::Irr(Irr::Resolve(asked)) => irr::command::resolve(&asked),
        Command::Irr(Irr::Check(asked)) => irr::command::check(&asked),
        Command::Drain { peer, undo, control } => {
            let draining = !undo;
            ask::<serde_json::Value>(&control, &Request::Drain { peer: peer.clone(), draining })?;
            println!("{peer} {}", if draining { "is drained" } else { "is drained no more" });
            Ok(0)
        }
        Command::Reset { peer, text, control } => {
            ask::<serde_json::Value>(&control, &Request::Reset { peer: peer.clone(), text })?;
            println!("{peer} begins anew");
            Ok(0)
        }
        Command::Shutdown { peer, text, undo, control } => {
            let request = if undo {
                Request::BringBack(peer.clone())
            } else {
                Request::ShutDown { peer: peer.clone(), text }
            };
            ask::<serde_json::Value>(&control, &request)?;
            println!("{peer} {}", if undo { "may begin again" } else { "is shut down" });
            Ok(0)
        }
        Command::Refresh { peer, control } => {
            ask::<serde_json::Value>(&control, &Request::Refresh(peer.clone()))?;
            println!("asked {peer} for its routes");
            Ok(0)
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, BadInput> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| BadInput::new(format!("cannot start the runtime: {e}")))
}

/// Logs to standard error; RUST_LOG chooses what, `info` unless it says otherwise.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .init();
}
