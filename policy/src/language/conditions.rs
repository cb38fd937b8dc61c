//! Reading conditions.

use super::document::{Bound, Condition, Field, Kind, Member, NumberField, Value};
use super::fault::{Fault, Place};
use super::words::{Parsed, fail, keyword, literal, member, name, number, quoted, sign, word};
use crate::as_path_regex::AsPathRegex;
use crate::matching::Match;
use crate::number_range::NumberRange;
use nom::combinator::opt;
use nom::{Err, Parser};

/// How deep parentheses may be nested.
const DEPTH: usize = 32;

const FIELDS: [&str; 22] = [
    "prefix",
    "family",
    "neighbor-asn",
    "origin-asn",
    "path-asn",
    "as-path",
    "community",
    "extended-community",
    "large-community",
    "next-hop",
    "med",
    "local-pref",
    "origin",
    "peer",
    "peer-group",
    "peer-role",
    "rpki",
    "irr",
    "aspa",
    "not",
    "always",
    "never",
];

/// Conditions joined by `or`, and by `and`, which binds closer.
pub(super) fn condition(input: &str) -> Parsed<'_, Condition> {
    any(input, DEPTH)
}

fn any(input: &str, depth: usize) -> Parsed<'_, Condition> {
    let (rest, conditions) = joined("or", all, input, depth)?;
    Ok((rest, one_of(conditions, Condition::Any)))
}

fn all(input: &str, depth: usize) -> Parsed<'_, Condition> {
    let (rest, conditions) = joined("and", single, input, depth)?;
    Ok((rest, one_of(conditions, Condition::All)))
}

fn one_of(mut conditions: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match (conditions.pop(), conditions.is_empty()) {
        (Some(one), true) => one,
        (Some(last), false) => {
            conditions.push(last);
            many(conditions)
        }
        (None, _) => many(conditions),
    }
}

fn joined<'a>(
    by: &'static str,
    part: fn(&'a str, usize) -> Parsed<'a, Condition>,
    input: &'a str,
    depth: usize,
) -> Parsed<'a, Vec<Condition>> {
    let (mut rest, first) = part(input, depth)?;
    let mut conditions = vec![first];
    while let Ok((behind, ())) = keyword(by)(rest) {
        let (more, condition) = part(behind, depth)?;
        conditions.push(condition);
        rest = more;
    }
    Ok((rest, conditions))
}

fn single(input: &str, depth: usize) -> Parsed<'_, Condition> {
    let Some(depth) = depth.checked_sub(1) else {
        return fail(Fault::wrong(Place::of(input), format!("conditions are nested more than {DEPTH} deep")));
    };
    if let Ok((rest, ())) = sign("(")(input) {
        let (rest, inner) = any(rest, depth)?;
        let (rest, ()) = sign(")")(rest).map_err(|e| or_joined(e, rest))?;
        return Ok((rest, inner));
    }
    let (rest, field) = word(input).map_err(|_| Err::Error(Fault::expected(input, &FIELDS)))?;
    if field == "not" {
        let (rest, inner) = single(rest, depth)?;
        return Ok((rest, Condition::Not(Place::of(input), Box::new(inner))));
    }
    leaf(input, field, rest)
}

/// Where a `)` is missing, more conditions might come.
fn or_joined(error: Err<Fault>, rest: &str) -> Err<Fault> {
    error.map(|fault| fault.or_expected(rest, &["and", "or"]))
}

/// The condition on `field`, which stands at `input`; `rest` is behind it.
fn leaf<'a>(input: &'a str, field: &str, rest: &'a str) -> Parsed<'a, Condition> {
    let place = Place::of(input);
    let is = |(rest, condition): (&'a str, Match)| (rest, Condition::Is(place, condition));
    if let Some(field) = Field::ALL.into_iter().find(|f| f.word() == field) {
        return on_set(place, field, rest);
    }
    match field {
        "always" => Ok((rest, Condition::Is(place, Match::All([].into())))),
        "never" => Ok((rest, Condition::Is(place, Match::Any([].into())))),
        "family" => literal(&["ipv4-unicast", "ipv6-unicast"], rest).map(|(r, f)| is((r, Match::Family(f)))),
        "as-path" => on_path(place, rest),
        "med" => on_number(place, NumberField::Med, rest),
        "local-pref" => on_number(place, NumberField::LocalPref, rest),
        "origin" => of_words(rest, &["igp", "egp", "incomplete"], crate::words::origin)
            .map(|(r, origin)| is((r, Match::Origin(origin)))),
        "peer" => quoted(rest).map(|(r, name)| is((r, Match::Peer(name.into())))),
        "peer-group" => quoted(rest).map(|(r, name)| is((r, Match::PeerGroup(name.into())))),
        "peer-role" => {
            of_words(rest, &ROLES, crate::words::role).map(|(r, role)| is((r, Match::PeerRole(role))))
        }
        "rpki" => validation(rest).map(|(r, state)| is((r, Match::Rpki(state)))),
        "irr" => validation(rest).map(|(r, state)| is((r, Match::Irr(state)))),
        "aspa" => path_validation(rest).map(|(r, state)| is((r, Match::Aspa(state)))),
        _ => fail(Fault::expected(input, &FIELDS)),
    }
}

pub(super) const ROLES: [&str; 5] = ["provider", "customer", "peer", "rs-server", "rs-client"];

pub(super) fn validation(input: &str) -> Parsed<'_, crate::route::ValidationState> {
    of_words(input, &["valid", "invalid", "not-found", "not-checked"], |word| word.parse().ok())
}

pub(super) fn path_validation(input: &str) -> Parsed<'_, crate::route::PathValidationState> {
    of_words(input, &["valid", "invalid", "unknown", "not-checked"], |word| word.parse().ok())
}

/// One of these words, and what it stands for.
pub(super) fn of_words<'a, T>(
    input: &'a str,
    words: &'static [&'static str],
    of: impl FnOnce(&str) -> Option<T>,
) -> Parsed<'a, T> {
    match word(input) {
        Ok((rest, found)) => match of(found) {
            Some(value) => Ok((rest, value)),
            None => fail(Fault::expected(input, words)),
        },
        Err(_) => fail(Fault::expected(input, words)),
    }
}

/// `in NAME`, `in { ... }`, or one member.
fn on_set(place: Place, field: Field, input: &str) -> Parsed<'_, Condition> {
    let kind = field.kind();
    let of = |members: Vec<Member>| match field.condition(Value::set(kind, None, members.into_iter())) {
        Some(condition) => Condition::Is(place, condition),
        None => Condition::Any(Vec::new()),
    };
    let Ok((rest, ())) = keyword("in")(input) else {
        let (rest, only) =
            member(kind, input).map_err(|e| e.map(|fault| fault.or_expected(input, &["in"])))?;
        return Ok((rest, of(vec![only])));
    };
    if sign("{")(rest).is_ok() {
        let (rest, (members, _)) = braced(kind, rest)?;
        return Ok((rest, of(members.into_iter().map(|(_, member)| member).collect())));
    }
    let (rest, name) = name(rest).map_err(|e| e.map(|fault| fault.or_expected(rest, &["{"])))?;
    Ok((rest, Condition::In(place, field, name)))
}

/// `{ ... }`: members with commas between or not, and where the brace is closed.
pub(super) fn braced(kind: Kind, input: &str) -> Parsed<'_, (Vec<(Place, Member)>, Place)> {
    let (mut rest, ()) = sign("{")(input)?;
    let mut members = Vec::new();
    loop {
        if let Ok((behind, ())) = sign("}")(rest) {
            return Ok((behind, (members, Place::of(rest))));
        }
        let (behind, member) =
            member(kind, rest).map_err(|e| e.map(|fault| fault.or_expected(rest, &["}"])))?;
        members.push((Place::of(rest), member));
        (rest, _) = opt(sign(",")).parse(behind)?;
    }
}

fn on_path(place: Place, input: &str) -> Parsed<'_, Condition> {
    const WORDS: [&str; 3] = ["has", "length", "matches"];
    const HAS: [&str; 3] = ["private-asn", "prepending", "as-set"];
    let (rest, verb) = of_words(input, &WORDS, |word| WORDS.into_iter().find(|w| *w == word))?;
    match verb {
        "length" => on_number(place, NumberField::PathLength, rest),
        "matches" => {
            let (behind, text) = quoted(rest)?;
            match text.parse::<AsPathRegex>() {
                Ok(regex) => Ok((behind, Condition::Is(place, Match::AsPath(regex)))),
                Err(error) => {
                    // The quotation mark, and what is well.
                    let at = rest.len().saturating_sub(error.at.saturating_add(1));
                    fail(Fault::wrong(Place(at), error.fault.to_string()))
                }
            }
        }
        _ => {
            let what = |word: &str| match word {
                "private-asn" => Some(Match::PrivateAsn),
                "prepending" => Some(Match::Prepended),
                "as-set" => Some(Match::AsSet),
                _ => None,
            };
            of_words(rest, &HAS, what).map(|(rest, condition)| (rest, Condition::Is(place, condition)))
        }
    }
}

/// `5`, `5-10`, `at least 5`, `at most NAME`, `any`, `NAME`.
fn on_number(place: Place, field: NumberField, input: &str) -> Parsed<'_, Condition> {
    const WORDS: &[&str] = &["a number", "at least", "at most", "any"];
    let is = |rest, range| Ok((rest, Condition::Is(place, field.condition(range))));
    if input.starts_with(|c: char| c.is_ascii_digit()) {
        let (rest, range) = literal::<NumberRange>(WORDS, input)?;
        return is(rest, range);
    }
    let (rest, found) = word(input).map_err(|_| Err::Error(Fault::expected(input, WORDS)))?;
    let bound = match found {
        "any" => return is(rest, NumberRange::ANY),
        "at" => {
            const BOUNDS: &[&str] = &["least", "most"];
            let (behind, bound) = of_words(rest, BOUNDS, |word| match word {
                "least" => Some(Bound::AtLeast),
                "most" => Some(Bound::AtMost),
                _ => None,
            })?;
            if behind.starts_with(|c: char| c.is_ascii_digit()) {
                let (rest, n) = number(behind)?;
                let range =
                    if bound == Bound::AtLeast { NumberRange::at_least(n) } else { NumberRange::at_most(n) };
                return is(rest, range);
            }
            let (rest, name) = name(behind).map_err(|e| e.map(|f| f.or_expected(behind, &["a number"])))?;
            return Ok((rest, Condition::Number(place, field, bound, name)));
        }
        _ => Bound::Exactly,
    };
    let (rest, name) = name(input)?;
    Ok((rest, Condition::Number(place, field, bound, name)))
}
