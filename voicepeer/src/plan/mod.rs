//! `voicepeer plan`: writing a plan, judging it by itself, and the router's side of it.

mod ask;
mod check;
mod index;
mod init;
mod render;

use crate::diagnostic::BadInput;
use crate::table::print;
use clap::Subcommand;

/// What to do with a plan.
#[derive(Subcommand, Debug)]
pub(crate) enum Plan {
    /// Ask for the facts of the interconnect at the terminal, and write them as a plan.
    Init(init::Init),
    /// Judge what can be judged from the plan alone, and say where in it each fault stands.
    ///
    /// Exit status 0: nothing failed. 1: something did. 2: the file is no plan.
    Check(check::PlanCheck),
    /// Write a router's side of the plan: neighbours, BFD, prefix lists, communities, AS paths, limits, policy.
    ///
    /// Each line stands under a comment with the rules that it serves. Exit status 1: the plan itself breaks one of them.
    Render(render::Render),
    /// Print the JSON Schema of plans, for editors.
    Schema,
}

/// The JSON Schema of plans.
const SCHEMA: &str = include_str!("../../../docs/schema/plan.json");

/// Does it, and returns the exit status.
pub(crate) fn plan(what: &Plan) -> Result<u8, BadInput> {
    match what {
        Plan::Init(asked) => init::init(asked).map(|()| 0),
        Plan::Check(asked) => check::check(asked),
        Plan::Render(asked) => render::render(asked),
        Plan::Schema => print(SCHEMA).map(|()| 0),
    }
}
