//! How much a text tells of, whosever it is: what a reader makes of anything at all.

use super::command::Output;
use super::form::form_of;
use super::json::{self, BadField, Document};
use super::neighbor;
use super::pieces::{asks_for_sessions, document, is_hunt_of_nothing, pieces, says_nothing};
use super::text::Seen;
use serde_json::Value;

/// How many routes and sessions a text tells of, whosever they are; or the line that cannot be read, 0 where it is no text of
/// lines. `None` where no form is known.
pub(super) fn routes_in(text: &str) -> Option<Result<usize, usize>> {
    let mut routes = 0;
    for output in pieces(text).into_iter().filter(|output| !says_nothing(output)) {
        match in_output(&output, text)? {
            Ok(seen) => routes += seen,
            Err(line) => return Some(Err(line)),
        }
    }
    Some(Ok(routes))
}

fn in_output(output: &Output<'_>, text: &str) -> Option<Result<usize, usize>> {
    if let Some((_, text)) = document(output, text) {
        let value = serde_json::from_str(text).ok()?;
        let seen = match neighbor::json::read(&value) {
            Some(told) => told.map(|told| told.len()),
            None => routes_of(&value)?,
        };
        return Some(seen.map_err(|_| 0));
    }
    let lines = &output.lines;
    let seen = match neighbor::form_of(lines) {
        Some(form) => (form.read)(lines).map(|told| told.len()),
        None if asks_for_sessions(output) || is_hunt_of_nothing(output) => Ok(0),
        None => (form_of(lines)?.read)(lines).map(|seen| seen.routes.len()),
    };
    Some(seen.map_err(|bad| bad.line))
}

fn routes_of(value: &Value) -> Option<Result<usize, BadField>> {
    let count = |seen: Result<Seen, BadField>| Some(seen.map(|seen| seen.routes.len()));
    match Document::of(value)? {
        Document::Sessions => None,
        Document::Received => Some(json::received(value).map(|routes| routes.len())),
        Document::Frr => count(json::frr(value)),
        Document::GoBgp => count(json::gobgp(value)),
        Document::OpenBgpd => count(json::openbgpd(value)),
    }
}
