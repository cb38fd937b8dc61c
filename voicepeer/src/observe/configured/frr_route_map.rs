//! FRR: with which communities routes leave, by the route map of the session.

use super::frr::Session;
use super::frr_text::{Command, Entry, Router};
use super::{At, Unclear};
use bgp_policy::voice::LeavesWith;
use bgp_wire::Community;

/// With what each route leaves, and whether the router's own begin without communities. Nothing where that is not certain.
pub(super) fn leaves_with(
    session: &Session<'_>,
    unclear: &mut Vec<At<Unclear>>,
) -> (Vec<At<LeavesWith>>, bool) {
    let begins_bare = begins_bare(session.router);
    if let Some(line) = session.sends_none() {
        return (vec![(LeavesWith { communities: Vec::new(), keeps: false }, line)], begins_bare);
    }
    let Some((name, line)) = session.route_map_out() else {
        return (vec![(LeavesWith { communities: Vec::new(), keeps: true }, session.line)], begins_bare);
    };
    let all = session.configuration().route_maps.iter();
    let entries: Vec<_> = all.filter(|entry| entry.head.words.get(1) == Some(&name)).collect();
    if entries.is_empty() {
        unclear.push((Unclear::Missing("route map"), line));
    }
    let further = entries.iter().find_map(|entry| further(entry));
    unclear.extend(further);
    let permits = entries.into_iter().filter(|entry| entry.head.words.get(2) == Some(&"permit"));
    let leaves: Option<Vec<_>> = permits.map(|entry| of_entry(entry, unclear)).collect();
    (leaves.filter(|_| further.is_none()).unwrap_or_default(), begins_bare)
}

/// The line by which a route goes on in another entry or map.
fn further(entry: &Entry<'_>) -> Option<At<Unclear>> {
    let goes_on =
        |command: &&Command<'_>| matches!(*command.words.as_slice(), ["call" | "continue" | "on-match", ..]);
    let line = entry.commands.iter().find(goes_on)?.line;
    Some((Unclear::Further("how a route goes on in other entries"), line))
}

fn of_entry(entry: &Entry<'_>, unclear: &mut Vec<At<Unclear>>) -> Option<At<LeavesWith>> {
    let kept = LeavesWith { communities: Vec::new(), keeps: true };
    let set = |command: &Command<'_>| match *command.words.as_slice() {
        ["set", "community", ..] => Some(command.line),
        _ => None,
    };
    let Some((line, command)) = entry.commands.iter().rev().find_map(|c| Some((set(c)?, c))) else {
        return Some((kept, entry.head.line));
    };
    let words = command.words.get(2..).unwrap_or_default();
    let (words, keeps) = match words {
        ["none"] => (&[][..], false),
        [words @ .., "additive"] => (words, true),
        words => (words, false),
    };
    let communities: Option<Vec<Community>> = words.iter().map(|word| word.parse().ok()).collect();
    if communities.is_none() {
        unclear.push((Unclear::Value("list of communities"), line));
    }
    Some((LeavesWith { communities: communities?, keeps }, line))
}

/// Whether what begins at the router has no communities: nothing sets any there, and nothing without a path comes from
/// elsewhere.
fn begins_bare(router: &Router<'_>) -> bool {
    let adds = |(command, _): &(Command<'_>, bool)| match *command.words.as_slice() {
        ["network" | "redistribute", .., "route-map", _] => true,
        ["aggregate-address", ..] | ["import", "vrf", ..] | ["bgp", "confederation", ..] => true,
        ["neighbor", _, "remote-as", asn] => asn == "internal" || asn == router.asn,
        _ => false,
    };
    !router.commands.iter().any(adds)
}
