//! What `voicepeer check` judges: what a running speaker observes, and what is read from files.
//!
//! A file is told by its content. Each form of text has a reader of its own, which makes the routes of one session of the
//! output of one command, or says which line it could not read; so has each form that tells of sessions themselves. What an
//! output does not show stays unknown.

mod bird;
mod command;
mod configured;
mod contradicted;
mod count;
mod ended;
mod eos;
mod eos_detail;
mod form;
mod frr;
mod frr_detail;
mod gobgp;
mod ios_xr;
mod ios_xr_detail;
mod json;
mod junos;
mod junos_detail;
mod live;
mod neighbor;
mod openbgpd;
mod openbgpd_detail;
mod paragraph;
mod pieces;
mod recorded;
mod session;
mod sighting;
mod source;
mod sr_os;
mod sr_os_detail;
mod sr_os_hunt;
mod station;
mod table;
mod terminal;
mod text;
mod text_file;
mod together;

#[cfg(test)]
mod published_tests;
#[cfg(test)]
mod tests;

use crate::decode::input::Input;
use bgp_policy::voice::{Observed, Plan};

pub(crate) use live::observe;
pub(crate) use session::Peer;
pub(crate) use source::{RoutesFile, is_text_file, joined, listen, read};

/// How many routes and sessions a text tells of, or routes that records have of the plan's sessions; or the line that cannot be read, 0 where it is no matter of
/// a line. `None` where no reader knows the input.
pub(crate) fn routes_in(octets: &[u8], plan: &Plan) -> Option<Result<usize, usize>> {
    if source::is_text(octets) {
        return count::routes_in(std::str::from_utf8(octets).ok()?);
    }
    let observed = recorded::read(Input::of("input", octets), session::Sessions::of(plan, &[]));
    let routes =
        |observed: Observed| observed.sessions.iter().flat_map(|session| &session.routes).map(Vec::len).sum();
    Some(observed.map(routes).map_err(|_| 0))
}
