//! Reading tests, and the routes that they are about.

use super::conditions::{ROLES, condition, of_words, path_validation, validation};
use super::document::{Expectation, RouteItem, TestItem, Trait};
use super::fault::{Fault, Place};
use super::items::{call, decision, until_closed};
use super::words::{Parsed, fail, keyword, literal, number, quoted, sign, space, word};
use bgp_wire::AsPathBuf;
use ipnet::IpNet;
use nom::combinator::opt;
use nom::{Err, Parser};
use std::fmt::Display;
use std::str::FromStr;

const TRAITS: [&str; 17] = [
    "as-path",
    "next-hop",
    "origin",
    "med",
    "local-pref",
    "community",
    "extended-community",
    "large-community",
    "neighbor-asn",
    "peer",
    "peer-group",
    "peer-role",
    "rpki",
    "irr",
    "aspa",
    "own-asn",
    "own-address",
];

/// `"name" { policy ... route ... expect ... }`
pub(super) fn test(input: &str) -> Parsed<'_, TestItem> {
    let (rest, name) = quoted(input)?;
    let (rest, ()) = sign("{")(rest)?;
    let place_of_policy = Place::of(rest);
    let (rest, ()) = keyword("policy")(rest)?;
    let (rest, policy) = call(rest)?;
    let (rest, route) = route(rest)?;
    let (rest, (expectations, close)) = until_closed("expect", &TRAITS, expectation, rest)?;
    let policy = (place_of_policy, policy);
    Ok((rest, TestItem { name: name.into(), policy, route, expectations, close }))
}

fn expectation(input: &str) -> Parsed<'_, Expectation> {
    if let Ok((rest, ())) = keyword("rule")(input) {
        return quoted(rest).map(|(rest, name)| (rest, Expectation::Rule(name.into())));
    }
    if let Ok((rest, ())) = keyword("weight")(input) {
        return number(rest).map(|(rest, weight)| (rest, Expectation::Weight(weight)));
    }
    if keyword("accept")(input).is_ok() || keyword("reject")(input).is_ok() {
        return decision(input).map(|(rest, decision)| (rest, Expectation::Decision(decision)));
    }
    let words = &["accept", "reject", "rule", "weight"];
    let (rest, condition) = condition(input).map_err(|e| e.map(|fault| fault.or_expected(input, words)))?;
    Ok((rest, Expectation::Is(condition)))
}

/// `route 203.0.113.0/24`, and a line for each thing that is known of it.
pub(super) fn route(input: &str) -> Parsed<'_, RouteItem> {
    let place = Place::of(input);
    let (rest, ()) = keyword("route")(input)?;
    let (mut rest, prefix) = literal::<IpNet>(&["a prefix, such as 203.0.113.0/24"], rest)?;
    if prefix != prefix.trunc() {
        let fault = Fault::wrong(place, format!("{prefix} has bits set beyond its length"));
        return fail(fault.help(format!("did you mean {}?", prefix.trunc())));
    }
    let mut traits = Vec::new();
    loop {
        (rest, _) = opt(sign(";")).parse(rest)?;
        let Ok((behind, found)) = word(rest) else { break };
        if !TRAITS.contains(&found) {
            break;
        }
        let (behind, one) = a_trait(found, behind)?;
        traits.push((Place::of(rest), one));
        rest = behind;
    }
    Ok((rest, RouteItem { place, prefix, traits }))
}

fn a_trait<'a>(name: &str, rest: &'a str) -> Parsed<'a, Trait> {
    match name {
        "as-path" => line::<AsPathBuf>(rest).map(|(rest, path)| (rest, Trait::AsPath(path))),
        "next-hop" => literal(&["an address"], rest).map(|(rest, addr)| (rest, Trait::NextHop(addr))),
        "origin" => of_words(rest, &["igp", "egp", "incomplete"], crate::words::origin)
            .map(|(rest, origin)| (rest, Trait::Origin(origin))),
        "med" => number(rest).map(|(rest, n)| (rest, Trait::Med(n))),
        "local-pref" => number(rest).map(|(rest, n)| (rest, Trait::LocalPref(n))),
        "community" => words(rest).map(|(rest, all)| (rest, Trait::Communities(all))),
        "extended-community" => words(rest).map(|(rest, all)| (rest, Trait::ExtendedCommunities(all))),
        "large-community" => words(rest).map(|(rest, all)| (rest, Trait::LargeCommunities(all))),
        "neighbor-asn" => literal(&["an ASN"], rest).map(|(rest, asn)| (rest, Trait::NeighborAsn(asn))),
        "peer" => quoted(rest).map(|(rest, name)| (rest, Trait::Peer(name.into()))),
        "peer-group" => quoted(rest).map(|(rest, name)| (rest, Trait::PeerGroup(name.into()))),
        "peer-role" => {
            of_words(rest, &ROLES, crate::words::role).map(|(rest, role)| (rest, Trait::PeerRole(role)))
        }
        "rpki" => validation(rest).map(|(rest, state)| (rest, Trait::Rpki(state))),
        "irr" => validation(rest).map(|(rest, state)| (rest, Trait::Irr(state))),
        "aspa" => path_validation(rest).map(|(rest, state)| (rest, Trait::Aspa(state))),
        "own-asn" => literal(&["an ASN"], rest).map(|(rest, asn)| (rest, Trait::OwnAsn(asn))),
        _ => literal(&["an address"], rest).map(|(rest, addr)| (rest, Trait::OwnAddress(addr))),
    }
}

/// What is left of a line, without its comment.
fn rest_of_line(input: &str) -> (&str, &str) {
    let end = input.find(['\n', '#', ';']).unwrap_or(input.len());
    let (line, behind) = input.split_at_checked(end).unwrap_or((input, ""));
    (line.trim_end(), behind)
}

/// A value that takes the rest of its line.
fn line<T: FromStr<Err: Display>>(input: &str) -> Parsed<'_, T> {
    let (text, behind) = rest_of_line(input);
    match text.parse() {
        Ok(value) => space(behind).map(|(rest, ())| (rest, value)),
        Err(error) => {
            let fault = Fault::wrong(Place::of(input), format!("`{text}`: {error}"));
            let goes_on = text.split_whitespace().any(|word| word == "expect");
            fail(if goes_on {
                fault.help("it goes on to the end of its line: `expect` begins a new one")
            } else {
                fault
            })
        }
    }
}

/// Values to the end of the line.
fn words<T: FromStr<Err: Display>>(input: &str) -> Parsed<'_, Vec<T>> {
    let (text, behind) = rest_of_line(input);
    let mut all = Vec::new();
    for word in text.split_ascii_whitespace() {
        match word.parse() {
            Ok(value) => all.push(value),
            Err(error) => return fail(Fault::wrong(Place::of(input), format!("`{word}`: {error}"))),
        }
    }
    space(behind).map(|(rest, ())| (rest, all))
}

/// Routes one after the other, to the end.
pub(super) fn routes(text: &str) -> Result<Vec<RouteItem>, Fault> {
    let ended = |error: Err<Fault>| match error {
        Err::Error(fault) | Err::Failure(fault) => fault,
        Err::Incomplete(_) => Fault::expected("", &[]),
    };
    let (mut rest, ()) = space(text).map_err(ended)?;
    let mut routes = Vec::new();
    while !rest.is_empty() {
        let expected: &[&str] = if routes.is_empty() { &[] } else { &TRAITS };
        let (behind, item) = route(rest).map_err(ended).map_err(|fault| fault.or_expected(rest, expected))?;
        routes.push(item);
        rest = behind;
    }
    Ok(routes)
}
