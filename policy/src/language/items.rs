//! Reading sets, policies and rules.

use super::conditions::{braced, condition};
use super::document::{
    Argument, CallItem, Entry, Item, Kind, Name, PolicyItem, RuleItem, SetItem, Source, Then,
};
use super::edits::{VERBS, edit};
use super::fault::{Fault, Place};
use super::proofs_text::prove;
use super::tests_text::test;
use super::words::{Parsed, fail, keyword, name, number, quoted, sign, space, word};
use crate::policy::Decision;
use nom::combinator::{cut, opt};
use nom::{Err, Parser};

const KINDS: &[&str] =
    &["prefixes", "asns", "communities", "extended-communities", "large-communities", "networks", "number"];

const ITEMS: [&str; 10] = [
    "prefixes",
    "asns",
    "communities",
    "extended-communities",
    "large-communities",
    "networks",
    "number",
    "policy",
    "test",
    "prove",
];

/// Everything that a text says.
pub(super) fn items(text: &str) -> Result<Vec<(Place, Item)>, Fault> {
    let ended = |error: Err<Fault>| match error {
        Err::Error(fault) | Err::Failure(fault) => fault,
        Err::Incomplete(_) => Fault::expected("", &[]),
    };
    let (mut rest, ()) = space(text).map_err(ended)?;
    let mut items = Vec::new();
    while !rest.is_empty() {
        let (behind, item) = item(rest).map_err(ended)?;
        items.push((Place::of(rest), item));
        rest = behind;
    }
    Ok(items)
}

fn item(input: &str) -> Parsed<'_, Item> {
    let (rest, what) = word(input).map_err(|_| Err::Error(Fault::expected(input, &ITEMS)))?;
    match what {
        "policy" => policy(rest).map(|(rest, policy)| (rest, Item::Policy(policy))),
        "test" => test(rest).map(|(rest, test)| (rest, Item::Test(test))),
        "prove" => prove(rest).map(|(rest, prove)| (rest, Item::Prove(prove))),
        "number" => {
            let (rest, name) = name(rest)?;
            number(rest).map(|(rest, n)| (rest, Item::Number(name, n)))
        }
        what => match Kind::ALL.into_iter().find(|kind| kind.word() == what) {
            Some(kind) => set(kind, rest).map(|(rest, set)| (rest, Item::Set(set))),
            None => fail(Fault::expected(input, &ITEMS)),
        },
    }
}

/// `NAME { ... }` or `NAME from "file"`
fn set(kind: Kind, input: &str) -> Parsed<'_, SetItem> {
    let (rest, name) = name(input)?;
    if let Ok((behind, ())) = keyword("from")(rest) {
        let place = Place::of(behind);
        let (rest, file) = quoted(behind)?;
        return Ok((rest, SetItem { kind, name, source: Source::File(place, file.into()) }));
    }
    let (behind, (members, close)) =
        braced(kind, rest).map_err(|e| e.map(|f| f.or_expected(rest, &["from"])))?;
    Ok((behind, SetItem { kind, name, source: Source::Members { members, close } }))
}

/// `NAME(a: prefixes) { ... }`
fn policy(input: &str) -> Parsed<'_, PolicyItem> {
    let (rest, name) = name(input)?;
    let (rest, parameters) = opt(parameters).parse(rest)?;
    let expected: &[&str] = if parameters.is_some() { &[] } else { &["("] };
    let (mut rest, ()) = sign("{")(rest).map_err(|e| e.map(|fault| fault.or_expected(rest, expected)))?;
    let mut entries = Vec::new();
    loop {
        let place = Place::of(rest);
        if let Ok((rest, ())) = sign("}")(rest) {
            return Ok((
                rest,
                PolicyItem { name, parameters: parameters.unwrap_or_default(), entries, close: place },
            ));
        }
        let last = matches!(entries.last(), Some((_, Entry::Default(_))));
        let (behind, entry) = if last { fail(Fault::expected(rest, &["}"]))? } else { entry(rest)? };
        entries.push((place, entry));
        rest = behind;
    }
}

fn parameters(input: &str) -> Parsed<'_, Vec<(Name, Kind)>> {
    let (mut rest, ()) = sign("(")(input)?;
    let mut parameters = Vec::new();
    loop {
        let (behind, name) = cut(name).parse(rest)?;
        let (behind, ()) = cut(sign(":")).parse(behind)?;
        let of = |word: &str| Kind::ALL.into_iter().find(|kind| kind.word() == word);
        let (behind, kind) = super::conditions::of_words(behind, KINDS, of)?;
        parameters.push((name, kind));
        let Ok((more, ())) = sign(",")(behind) else {
            let closed = sign(")")(behind).map_err(|e| cut_off(e.map(|f| f.or_expected(behind, &[","]))));
            return closed.map(|(rest, ())| (rest, parameters));
        };
        rest = more;
    }
}

/// A fault that no other reading can mend.
fn cut_off(error: Err<Fault>) -> Err<Fault> {
    match error {
        Err::Error(fault) => Err::Failure(fault),
        other => other,
    }
}

fn entry(input: &str) -> Parsed<'_, Entry> {
    const ENTRIES: &[&str] = &["rule", "call", "default", "}"];
    let (rest, what) = word(input).map_err(|_| Err::Error(Fault::expected(input, ENTRIES)))?;
    match what {
        "rule" => rule(rest).map(|(rest, rule)| (rest, Entry::Rule(rule))),
        "call" => call(rest).map(|(rest, call)| (rest, Entry::Call(call))),
        "default" => decision(rest).map(|(rest, decision)| (rest, Entry::Default(decision))),
        _ => fail(Fault::expected(input, ENTRIES)),
    }
}

pub(super) fn decision(input: &str) -> Parsed<'_, Decision> {
    super::conditions::of_words(input, &["accept", "reject"], |word| match word {
        "accept" => Some(Decision::Accept),
        "reject" => Some(Decision::Reject),
        _ => None,
    })
}

/// `NAME(a, 5)`
pub(super) fn call(input: &str) -> Parsed<'_, CallItem> {
    let (rest, name) = name(input)?;
    let Ok((mut rest, ())) = sign("(")(rest) else {
        return Ok((rest, CallItem { name, arguments: Vec::new() }));
    };
    let mut arguments = Vec::new();
    loop {
        let (behind, argument) = argument(rest)?;
        arguments.push(argument);
        let Ok((more, ())) = sign(",")(behind) else {
            let (rest, ()) = sign(")")(behind).map_err(|e| e.map(|f| f.or_expected(behind, &[","])))?;
            return Ok((rest, CallItem { name, arguments }));
        };
        rest = more;
    }
}

fn argument(input: &str) -> Parsed<'_, Argument> {
    if input.starts_with(|c: char| c.is_ascii_digit()) {
        return number(input).map(|(rest, n)| (rest, Argument::Number(n)));
    }
    let (rest, name) = name(input).map_err(|e| e.map(|fault| fault.or_expected(input, &["a number"])))?;
    Ok((rest, Argument::Name(name)))
}

/// `"name" { when ... edits action }`
fn rule(input: &str) -> Parsed<'_, RuleItem> {
    let (rest, name) = quoted(input)?;
    let (mut rest, ()) = sign("{")(rest)?;
    let mut when = None;
    if let Ok((behind, ())) = keyword("when")(rest) {
        let (behind, condition) = condition(behind)?;
        when = Some((Place::of(rest), condition));
        rest = behind;
    }
    let mut edits = Vec::new();
    loop {
        let place = Place::of(rest);
        let expected = || {
            let mut words = vec!["accept", "reject", "continue", "call"];
            words.extend(VERBS);
            match (&when, edits.is_empty()) {
                (None, true) => words.push("when"),
                (Some(_), true) => words.extend(["and", "or"]),
                _ => {}
            }
            Fault::expected(rest, &words)
        };
        let Ok((behind, what)) = word(rest) else { return fail(expected()) };
        if VERBS.contains(&what) {
            let (behind, item) = edit(what, behind)?;
            edits.push((place, item));
            rest = behind;
            continue;
        }
        let (behind, then) = match what {
            "accept" => (behind, Then::Accept),
            "reject" if edits.is_empty() => (behind, Then::Reject),
            "reject" => {
                let fault = Fault::wrong(place, "a rule that rejects a route edits nothing");
                return fail(fault.help("take the edits out, or accept"));
            }
            "continue" => (behind, Then::Continue),
            "call" => call(behind).map(|(rest, call)| (rest, Then::Call(call)))?,
            _ => return fail(expected()),
        };
        let close = Place::of(behind);
        let (behind, ()) = sign("}")(behind)?;
        return Ok((behind, RuleItem { name: name.into(), when, edits, then: (place, then), close }));
    }
}

/// What stands once or more behind a word, up to the brace that closes: each with its place, and the place of the brace. `instead` may
/// stand before the first.
pub(super) fn until_closed<'a, T>(
    word: &'static str,
    instead: &[&'static str],
    item: impl Fn(&'a str) -> Parsed<'a, T>,
    input: &'a str,
) -> Parsed<'a, (Vec<(Place, T)>, Place)> {
    let (mut rest, mut items) = (input, Vec::new());
    loop {
        let place = Place::of(rest);
        if !items.is_empty()
            && let Ok((behind, ())) = sign("}")(rest)
        {
            return Ok((behind, (items, place)));
        }
        let words = if items.is_empty() { instead } else { &["}"] };
        let (behind, ()) = keyword(word)(rest).map_err(|e| e.map(|fault| fault.or_expected(rest, words)))?;
        let (behind, one) = item(behind)?;
        items.push((place, one));
        rest = behind;
    }
}
