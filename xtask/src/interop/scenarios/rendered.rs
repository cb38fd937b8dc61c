//! What `voicepeer plan render` writes takes the far end's routes, and none of AS12076's, which its stand-in never announces.

use crate::clock::wait_for;
use crate::failure::Failure;
use crate::interop::carrier::{self, LEGS, PLAN};
use crate::interop::pair::{Pair, SOON};
use crate::interop::router::{self, Peer, Router};
use crate::interop::voicepeer::Voicepeer;

const EDGE: &str = include_str!("../../../../lab/rendered/voicepeer.toml");

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    carrier::addresses(&pair.near, &pair.far)?;
    let has_bfd = matches!(pair.peer, Peer::Bird | Peer::Frr);
    let plan = pair.far.folder().join("plan.toml");
    std::fs::write(&plan, PLAN).map_err(Failure::file(&plan))?;
    let edge = Voicepeer::start(&pair.near, &edge(has_bfd))?;
    let carrier = carrier::start(pair.peer, &pair.far, &carrier::render(pair.peer, &plan)?)?;
    let ((), took) = wait_for("both sessions", SOON, || {
        LEGS.into_iter().try_for_each(|leg| router::established(&edge, leg.carrier))
    })?;
    refused(&*carrier)?;
    Ok(format!("taken and refused on sessions that came up after {took:.1?}"))
}

/// The far end, with BFD or without.
fn edge(has_bfd: bool) -> String {
    if has_bfd {
        return EDGE.to_owned();
    }
    let tables = EDGE.split("\n\n").filter(|table| !table.trim_start().starts_with("[peer.bfd]"));
    tables.collect::<Vec<_>>().join("\n\n")
}

/// The carrier takes the far end's route, and not the one of AS12076.
fn refused(carrier: &(impl Router + ?Sized)) -> Result<(), Failure> {
    let missing = || Failure::Objection("198.19.1.0/24 has not come".into());
    wait_for("the far end's route", SOON, || carrier.route("198.19.1.0/24")?.ok_or_else(missing))?;
    // It was announced together with the other.
    match carrier.route("198.19.76.0/24")? {
        Some(route) if route.as_path.contains(&12_076) => {
            Err(Failure::Objection(format!("the carrier took {route:?}")))
        }
        _ => Ok(()),
    }
}
