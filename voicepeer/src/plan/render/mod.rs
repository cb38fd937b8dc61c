//! `plan render`: a router's side of the plan, each line under the rule that it serves.

mod bird;
mod eos;
mod frr;
mod gobgp;
mod ios_xr;
mod junos;
mod openbgpd;
mod router;
mod sros;
mod text;
mod why;

use crate::check::read_plan;
use crate::diagnostic::BadInput;
use crate::table::print;
use bgp_policy::voice::{Observed, Plan, RuleId, State, Verdict, judge};
use clap::ValueEnum;
use router::Router;
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// What to render.
#[derive(clap::Args, Debug)]
pub(crate) struct Render {
    /// Whose configuration language.
    #[arg(long = "for", value_enum, value_name = "MAKE")]
    make: Make,
    /// The plan of the interconnect.
    #[arg(short, long, value_name = "FILE")]
    plan: PathBuf,
    /// Only the connections that end on this router, as the plan names it; all of them otherwise.
    #[arg(long, value_name = "NAME")]
    router: Option<String>,
    /// The router's BGP Identifier; the carrier's address on the first session otherwise.
    #[arg(long, value_name = "ADDRESS")]
    router_id: Option<Ipv4Addr>,
    /// Originate the prefixes on this router too, for one that has no routes to them from elsewhere.
    #[arg(long)]
    originate: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Make {
    /// FRRouting, one integrated file.
    Frr,
    /// BIRD 2.
    Bird,
    /// GoBGP, TOML.
    Gobgp,
    /// OpenBGPD.
    Openbgpd,
    /// Cisco IOS XR.
    IosXr,
    /// Juniper Junos.
    Junos,
    /// Nokia SR OS, MD-CLI.
    Sros,
    /// Arista EOS.
    Eos,
}

/// What a configuration cannot mend: where the plan breaks one of these, every router would carry it on.
const CARRIED_ON: [RuleId; 9] = [
    RuleId::PrefixValid,
    RuleId::PrefixPublic,
    RuleId::PrefixLength,
    RuleId::AsnPublic,
    RuleId::SessionAddress,
    RuleId::NoMd5,
    RuleId::MaxPrefix,
    RuleId::Bfd,
    RuleId::HoldTime,
];

/// Prints the configuration; exit status 1, and what to mend, where the plan itself breaks a rule that it would serve.
pub(crate) fn render(asked: &Render) -> Result<u8, BadInput> {
    let plan = read_plan(&asked.plan)?;
    let router = Router::of(&plan, asked.router.as_deref(), asked.router_id, asked.originate)?;
    let broken = broken(&plan, &router);
    if !broken.is_empty() {
        eprintln!("The plan breaks rules that the configuration is to serve:");
        broken.iter().for_each(|verdict| eprintln!("{verdict}"));
        return Ok(1);
    }
    let text = match asked.make {
        Make::Frr => frr::text(&router),
        Make::Bird => bird::text(&router),
        Make::Gobgp => gobgp::text(&router),
        Make::Openbgpd => openbgpd::text(&router),
        Make::IosXr => ios_xr::text(&router),
        Make::Junos => junos::text(&router),
        Make::Sros => sros::text(&router),
        Make::Eos => eos::text(&router),
    };
    print(&text).map(|()| 0)
}

fn broken(plan: &Plan, router: &Router<'_>) -> Vec<Verdict> {
    let here = |v: &Verdict| {
        let connection = v.subject.connection.as_deref();
        connection.is_none_or(|name| router.neighbors.iter().any(|n| n.connection.name == name))
    };
    let mut verdicts = judge(plan, &Observed::default()).verdicts;
    verdicts.retain(|v| CARRIED_ON.contains(&v.rule) && v.state >= State::Failed && here(v));
    verdicts
}
