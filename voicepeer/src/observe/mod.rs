//! What `voicepeer check` judges: what a running speaker observes, and what is read from files.
//!
//! A file is told by its content. Each form of text has a reader of its own, which makes the routes of one session of the
//! output of one command, or says which line it could not read. What an output does not show stays unknown.

mod bird;
mod command;
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
mod openbgpd;
mod openbgpd_detail;
mod paragraph;
mod session;
mod source;
mod sr_os;
mod sr_os_detail;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use live::observe;
pub(crate) use source::{RoutesFile, read};

/// How many routes a text has, or the line that cannot be read; `None` where no reader knows the text.
pub(crate) fn routes_in(octets: &[u8]) -> Option<Result<usize, usize>> {
    source::routes_in(std::str::from_utf8(octets).ok()?)
}
