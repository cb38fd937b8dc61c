//! `voicepeer rpki`: questions about files that validators wrote, without a daemon.

use super::file;
use crate::cli::{AskedPath, AskedRoute, From};
use crate::diagnostic::BadInput;
use crate::table::{line, print};
use bgp_policy::rpki::{AspaSet, AspaState, Direction, OriginState, RpkiDocument, VrpSet};
use bgp_wire::{AsPathBuf, Asn};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Prints the state of a route and the VRPs that cover it; the exit status.
pub(crate) fn validate(asked: &AskedRoute) -> Result<u8, BadInput> {
    let vrps: VrpSet = read(&asked.vrps, |document, now| document.vrps(now).vrps().to_vec())?;
    let (prefix, origin) = (asked.prefix.trunc(), asked.origin);
    let validation = vrps.validate(&prefix, Some(origin));
    let mut out = String::new();
    if asked.json {
        let evidence = validation.evidence().map(|(vrp, fit)| {
            json!({
                "prefix": vrp.prefix(), "max_length": vrp.max_length(), "asn": vrp.asn().0, "fit": fit.to_string()
            })
        });
        let evidence: Vec<Value> = evidence.collect();
        let state = validation.state().to_string();
        let document = json!({ "prefix": prefix, "origin": origin.0, "state": state, "evidence": evidence });
        line(&mut out, format_args!("{document:#}"));
    } else {
        line(&mut out, format_args!("{prefix} by AS{origin}: {}", validation.state()));
        for (vrp, fit) in validation.evidence() {
            line(&mut out, format_args!("  {vrp}: {fit}"));
        }
        if validation.state() == OriginState::NotFound {
            line(&mut out, format_args!("  none of {} VRPs covers it", vrps.len()));
        }
    }
    print(&out).map(|()| u8::from(validation.state() == OriginState::Invalid))
}

/// Prints the state of a path by ASPA; the exit status.
pub(crate) fn verify(asked: &AskedPath) -> Result<u8, BadInput> {
    let aspas: AspaSet = read(&asked.aspas, |document, now| document.aspas(now).all().collect())?;
    let path: AsPathBuf = asked.path.parse().map_err(|e| BadInput::new(format!("`{}`: {e}", asked.path)))?;
    let first = path.view().neighbor().unwrap_or(Asn(0));
    let direction = match asked.from {
        From::Customer | From::Peer => Direction::Upstream,
        From::RouteServer => Direction::UpstreamFromRouteServer,
        From::Provider => Direction::Downstream,
    };
    let verdict = aspas.verify(path.view(), asked.neighbor.unwrap_or(first), direction);
    let mut out = String::new();
    if asked.json {
        let (state, reason) = (verdict.state.to_string(), verdict.reason.to_string());
        let document = json!({ "path": path.to_string(), "state": state, "reason": reason });
        line(&mut out, format_args!("{document:#}"));
    } else {
        line(&mut out, format_args!("{path}: {verdict}"));
    }
    print(&out).map(|()| u8::from(verdict.state == AspaState::Invalid))
}

/// What `of` takes of each file, together. What has expired by now does not count.
fn read<T, S: FromIterator<T>>(
    paths: &[PathBuf],
    of: impl Fn(&RpkiDocument, u64) -> Vec<T>,
) -> Result<S, BadInput> {
    let now = file::now();
    let all = paths.iter().map(|path| file::read(path).map(|document| of(&document, now)));
    Ok(all.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}
