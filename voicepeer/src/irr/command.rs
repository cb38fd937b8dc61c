//! `voicepeer irr`: questions to dumps of registries, or to a server, without a daemon.

use super::dump;
use super::server::Server;
use crate::cli::{AskedRegistration, AskedSet, Registry};
use crate::diagnostic::BadInput;
use crate::table::{line, print};
use bgp_policy::PrefixRange;
use bgp_policy::irr::{IrrIndex, IrrState, Registered, SetClass, SetReport};
use bgp_wire::Asn;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Display;

/// What a set came to.
struct Resolved {
    /// Of an `as-set`.
    asns: Option<BTreeSet<Asn>>,
    /// Of a `route-set`, or where they are asked for.
    prefixes: Option<BTreeSet<PrefixRange>>,
    report: SetReport,
}

fn dumped(from: &Registry) -> Result<IrrIndex, BadInput> {
    dump::read(&from.dump, &from.source, |fault| eprintln!("{fault}"))
}

/// Prints the members of a set, and of theirs; the exit status.
pub(crate) fn resolve(asked: &AskedSet) -> Result<u8, BadInput> {
    let index = match &asked.from.server {
        Some(server) => {
            let routes = asked.prefixes || asked.set.class() == SetClass::Route;
            Server::connect(server, &asked.from.source)?.set(&asked.set, routes)?
        }
        None => dumped(&asked.from)?,
    };
    let resolved = resolved(&index, asked)?;
    let clean = resolved.report.is_clean();
    let mut out = String::new();
    if asked.json {
        line(&mut out, format_args!("{:#}", document(asked, &resolved)));
    } else {
        told(&resolved.report).iter().for_each(|what| eprintln!("{what}"));
        let prefixes = resolved.prefixes.iter().flatten().map(ToString::to_string);
        let asns = resolved.asns.iter().flatten().map(|asn| format!("AS{asn}"));
        let all: Vec<String> = if resolved.prefixes.is_some() { prefixes.collect() } else { asns.collect() };
        all.iter().for_each(|member| line(&mut out, format_args!("{member}")));
    }
    print(&out).map(|()| u8::from(!clean))
}

fn resolved(index: &IrrIndex, asked: &AskedSet) -> Result<Resolved, BadInput> {
    let none = |error: bgp_policy::irr::NoSuchSet| {
        BadInput::new(error.to_string())
            .help("check the name and the files; --source leaves out what is of other registries")
    };
    if asked.set.class() == SetClass::Route {
        let set = index.route_set(&asked.set).map_err(none)?;
        return Ok(Resolved { asns: None, prefixes: Some(set.prefixes), report: set.report });
    }
    let set = index.as_set(&asked.set).map_err(none)?;
    let prefixes = asked.prefixes.then(|| {
        let prefixes = index.prefixes_of_all(&set.asns);
        prefixes.into_iter().map(PrefixRange::exact).collect()
    });
    Ok(Resolved { asns: Some(set.asns), prefixes, report: set.report })
}

fn told(report: &SetReport) -> Vec<String> {
    let missing = report.missing.iter().map(ToString::to_string);
    let cycles = report.cycles.iter().map(ToString::to_string);
    let cut =
        report.cut.then(|| "there are more members than can be meant: the rest was passed over".to_owned());
    missing.chain(cycles).chain(cut).collect()
}

fn document(asked: &AskedSet, resolved: &Resolved) -> Value {
    fn texts<T: Display>(all: impl IntoIterator<Item = T>) -> Vec<String> {
        all.into_iter().map(|one| one.to_string()).collect()
    }
    let report = &resolved.report;
    let missing = report.missing.iter();
    let missing = missing.map(|m| json!({ "set": m.set.to_string(), "member_of": m.member_of.to_string() }));
    let cycles = report.cycles.iter();
    let cycles = cycles.map(|c| json!({ "set": c.set.to_string(), "member_of": c.member_of.to_string() }));
    json!({
        "set": asked.set.to_string(),
        "asns": resolved.asns.as_ref().map(|asns| asns.iter().map(|asn| asn.0).collect::<Vec<_>>()),
        "prefixes": resolved.prefixes.as_ref().map(texts),
        "sets": report.sets,
        "missing": missing.collect::<Vec<_>>(),
        "cycles": cycles.collect::<Vec<_>>(),
        "cut": report.cut,
    })
}

/// Prints the state of a route and what is registered for it; the exit status.
pub(crate) fn check(asked: &AskedRegistration) -> Result<u8, BadInput> {
    let index = match &asked.from.server {
        Some(server) => Server::connect(server, &asked.from.source)?.around(asked.prefix.trunc())?,
        None => dumped(&asked.from)?,
    };
    let (prefix, origin) = (asked.prefix.trunc(), asked.origin);
    let state = index.state(&prefix, Some(origin));
    let mut out = String::new();
    if asked.json {
        let route = |route: &Registered| {
            let source = index.source_name(route);
            json!({ "prefix": route.prefix, "origin": route.origin.0, "source": source })
        };
        let covering: Vec<Value> = index.covering(&prefix).map(route).collect();
        let state = state.to_string();
        let document = json!({ "prefix": prefix, "origin": origin.0, "state": state, "covering": covering });
        line(&mut out, format_args!("{document:#}"));
    } else {
        line(&mut out, format_args!("{prefix} by AS{origin}: {state}"));
        for route in index.covering(&prefix) {
            let Registered { prefix, origin, .. } = route;
            line(&mut out, format_args!("  {prefix} by AS{origin} in {}", index.source_name(route)));
        }
    }
    print(&out).map(|()| u8::from(state != IrrState::Registered))
}
