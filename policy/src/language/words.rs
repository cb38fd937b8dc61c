//! The words of a policy's text.

use super::document::{Kind, Member, Name, Trivia, TriviaKind};
use super::fault::{Fault, Place};
use crate::asn_set::AsnRange;
use crate::prefix_range::PrefixRange;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, multispace1, not_line_ending};
use nom::combinator::{opt, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{delimited, pair};
use nom::{Err, IResult, Parser};
use std::fmt::Display;
use std::str::FromStr;

pub(super) type Parsed<'a, T> = IResult<&'a str, T, Fault>;

/// Words with a meaning where a name could stand.
const RESERVED: [&str; 10] =
    ["and", "any", "at", "in", "not", "or", "own-asn", "private-asns", "self", "with"];

/// What separates words: white space, and comments to the end of their line.
pub(super) fn space(input: &str) -> Parsed<'_, ()> {
    let comment = pair(char('#'), not_line_ending);
    value((), many0_count(alt((multispace1, recognize(comment))))).parse(input)
}

/// A parser, and the space behind.
pub(super) fn spaced<'a, T>(
    parser: impl Parser<&'a str, Output = T, Error = Fault>,
) -> impl Parser<&'a str, Output = T, Error = Fault> {
    nom::sequence::terminated(parser, space)
}

/// Where a parser fails at its first character, `words` were expected.
pub(super) fn expect<'a, T>(
    words: &'static [&'static str],
    mut parser: impl Parser<&'a str, Output = T, Error = Fault>,
) -> impl FnMut(&'a str) -> Parsed<'a, T> {
    move |input| {
        parser.parse(input).map_err(|error| match error {
            Err::Error(fault) if fault.place.0 == input.len() => Err::Error(Fault::expected(input, words)),
            other => other,
        })
    }
}

/// A fault that no other reading can mend.
pub(super) fn fail<T>(fault: Fault) -> Result<T, Err<Fault>> {
    Err(Err::Failure(fault))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// A word that begins with a letter.
pub(super) fn word(input: &str) -> Parsed<'_, &str> {
    let letters = take_while1(|c: char| c.is_ascii_alphabetic());
    spaced(recognize(pair(letters, take_while(is_word)))).parse(input)
}

/// This word and no longer one.
pub(super) fn keyword<'a>(wanted: &'static str) -> impl FnMut(&'a str) -> Parsed<'a, ()> {
    move |input| match word(input) {
        Ok((rest, found)) if found == wanted => Ok((rest, ())),
        _ => Err(Err::Error(Fault { place: Place::of(input), what: expected(wanted) })),
    }
}

fn expected(word: &'static str) -> super::fault::What {
    super::fault::What::Expected(vec![word])
}

/// A sign such as `{`.
pub(super) fn sign<'a>(wanted: &'static str) -> impl FnMut(&'a str) -> Parsed<'a, ()> {
    move |input| {
        let parsed: Parsed<'a, &str> = spaced(tag(wanted)).parse(input);
        match parsed {
            Ok((rest, _)) => Ok((rest, ())),
            Err(_) => Err(Err::Error(Fault { place: Place::of(input), what: expected(wanted) })),
        }
    }
}

/// A name that somebody gave.
pub(super) fn name(input: &str) -> Parsed<'_, Name> {
    let (rest, text) = expect(&["a name"], word)(input)?;
    if RESERVED.contains(&text) {
        return fail(Fault::wrong(
            Place::of(input),
            format!("`{text}` is a word of the language and no name"),
        ));
    }
    Ok((rest, Name { place: Place::of(input), text: text.into() }))
}

/// A text in quotation marks, without one in it.
pub(super) fn quoted(input: &str) -> Parsed<'_, &str> {
    let inner = take_while(|c| c != '"' && c != '\n');
    expect(&["a text in quotation marks"], spaced(delimited(char('"'), inner, char('"'))))(input)
}

/// Characters up to white space or a sign.
fn run(input: &str) -> Parsed<'_, &str> {
    take_while1(|c: char| !c.is_whitespace() && !"{}(),;#\"".contains(c)).parse(input)
}

/// A value by its `FromStr`; `what` says what it is where nothing stands there.
pub(super) fn literal<'a, T: FromStr<Err: Display>>(
    what: &'static [&'static str],
    input: &'a str,
) -> Parsed<'a, T> {
    let (rest, text) = expect(what, run)(input)?;
    match text.parse() {
        Ok(value) => space(rest).map(|(rest, ())| (rest, value)),
        Err(error) => fail(Fault::wrong(Place::of(input), format!("`{text}`: {error}"))),
    }
}

/// A number of digits only.
pub(super) fn number<T: FromStr>(input: &str) -> Parsed<'_, T> {
    let (rest, text) = expect(&["a number"], take_while1(|c: char| c.is_ascii_digit()))(input)?;
    if rest.starts_with(is_word) {
        let message = format!("`{text}` is followed by something that is no digit");
        return fail(Fault::wrong(Place::of(input), message));
    }
    match text.parse() {
        Ok(value) => space(rest).map(|(rest, ())| (rest, value)),
        Err(_) => fail(Fault::wrong(Place::of(input), format!("{text} is too great a number here"))),
    }
}

/// A member of a set of this kind.
pub(super) fn member(kind: Kind, input: &str) -> Parsed<'_, Member> {
    match kind {
        Kind::Prefixes => prefix_range(input).map(|(rest, m)| (rest, Member::Prefix(m))),
        Kind::Asns => literal::<AsnRange>(&["an ASN or a range of them"], input)
            .map(|(rest, m)| (rest, Member::Asns(m))),
        Kind::Communities => {
            literal(&["a community, such as 64500:*"], input).map(|(rest, m)| (rest, Member::Community(m)))
        }
        Kind::ExtendedCommunities => literal(&["an extended community, such as rt:64500:*"], input)
            .map(|(rest, m)| (rest, Member::ExtendedCommunity(m))),
        Kind::LargeCommunities => literal(&["a large community, such as 64500:1:*"], input)
            .map(|(rest, m)| (rest, Member::LargeCommunity(m))),
        Kind::Networks => {
            literal(&["a network, such as 192.0.2.0/24"], input).map(|(rest, m)| (rest, Member::Network(m)))
        }
        Kind::Number => fail(Fault::wrong(Place::of(input), "a number has no members")),
    }
}

/// `203.0.113.0/24 ge 26 le 28`
fn prefix_range(input: &str) -> Parsed<'_, PrefixRange> {
    let (rest, net) = literal::<ipnet::IpNet>(&["a prefix, such as 203.0.113.0/24"], input)?;
    let (rest, ge) = opt(pair(keyword("ge"), number::<u8>)).parse(rest)?;
    let (rest, le) = opt(pair(keyword("le"), number::<u8>)).parse(rest)?;
    let least = ge.map_or(net.prefix_len(), |((), ge)| ge);
    let most = le.map_or(if ge.is_some() { net.max_prefix_len() } else { net.prefix_len() }, |((), le)| le);
    match PrefixRange::new(net, least, most) {
        Ok(range) => Ok((rest, range)),
        Err(error) => fail(Fault::wrong(Place::of(input), error.to_string())),
    }
}

/// Comments and empty lines, in order.
pub(super) fn trivia(text: &str) -> Vec<Trivia> {
    let (mut trivia, mut left) = (Vec::new(), text.len());
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        if code.is_empty() {
            trivia.push(Trivia { place: Place(left), what: TriviaKind::Blank });
        } else if let Some(at) = comment(line) {
            let (before, comment) = line.split_at_checked(at).unwrap_or((line, ""));
            let behind = !before.trim().is_empty();
            let what = TriviaKind::Comment(comment.trim_end().into(), behind);
            trivia.push(Trivia { place: Place(left.saturating_sub(at)), what });
        }
        left = left.saturating_sub(line.len());
    }
    trivia
}

/// Where the comment of a line begins: at a `#` outside quotation marks.
fn comment(line: &str) -> Option<usize> {
    let mut quoted = false;
    line.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '#' && !quoted).then_some(at)
    })
}
