//! Sets from files: bgpq4's JSON, or a member a line.

use super::document::{Kind, Member};
use super::words::{member, space};
use crate::asn_set::AsnRange;
use crate::prefix_range::PrefixRange;
use bgp_wire::Asn;
use ipnet::IpNet;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{escaped, is_not, tag};
use nom::character::complete::{char, digit1, multispace0, one_of};
use nom::combinator::{map, map_opt, opt, value};
use nom::error::{Error, ErrorKind};
use nom::multi::{many0, separated_list0};
use nom::sequence::{delimited, preceded, separated_pair};

type Read<'a, T> = nom::IResult<&'a str, T, Error<&'a str>>;

/// The members in a file's text, or what is wrong with it and in which line.
pub(super) fn members(kind: Kind, text: &str) -> Result<Vec<Member>, String> {
    if text.trim_start().starts_with('{') { json(kind, text) } else { lines(kind, text) }
}

/// One a line or with commas between; `#` begins a comment.
fn lines(kind: Kind, text: &str) -> Result<Vec<Member>, String> {
    let told = |error: nom::Err<super::fault::Fault>| match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault.told(text).to_string(),
        nom::Err::Incomplete(_) => "it breaks off".to_owned(),
    };
    let (mut rest, ()) = space(text).map_err(told)?;
    let mut members = Vec::new();
    while !rest.is_empty() {
        let (behind, member) = member(kind, rest).map_err(told)?;
        members.push(member);
        let trimmed = behind.strip_prefix(',').unwrap_or(behind);
        (rest, ()) = space(trimmed).map_err(told)?;
    }
    Ok(members)
}

/// `{ "NAME": [ { "prefix": "203.0.113.0/24", "exact": false, "less-equal": 28 }, ... ] }`, or with ASNs in the list.
fn json(kind: Kind, text: &str) -> Result<Vec<Member>, String> {
    let at = |rest: &str| {
        let before = text.get(..text.len().saturating_sub(rest.len())).unwrap_or_default();
        before.matches('\n').count().saturating_add(1)
    };
    match object(kind).parse(text) {
        Ok(("", members)) => Ok(members),
        Ok((rest, _)) => Err(format!("line {}: more follows the JSON's end", at(rest))),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => Err(format!(
            "line {}: not JSON as bgpq4 -j writes it for {}: an object with a list of prefixes or of ASNs",
            at(error.input),
            kind.described()
        )),
        Err(nom::Err::Incomplete(_)) => Err("it breaks off".to_owned()),
    }
}

fn spaced<'a, T>(
    parser: impl Parser<&'a str, Output = T, Error = Error<&'a str>>,
) -> impl Parser<&'a str, Output = T, Error = Error<&'a str>> {
    delimited(multispace0, parser, multispace0)
}

fn object<'a>(kind: Kind) -> impl Parser<&'a str, Output = Vec<Member>, Error = Error<&'a str>> {
    let list =
        delimited(spaced(char('[')), separated_list0(spaced(char(',')), entry(kind)), spaced(char(']')));
    let named = separated_pair(spaced(string), char(':'), list);
    let all = separated_list0(spaced(char(',')), named);
    map(delimited(spaced(char('{')), all, spaced(char('}'))), |lists| {
        lists.into_iter().flat_map(|(_, members)| members).collect()
    })
}

fn entry<'a>(kind: Kind) -> impl FnMut(&'a str) -> Read<'a, Member> {
    move |input| match kind {
        Kind::Prefixes => prefix(input),
        Kind::Asns => asn(input),
        _ => Err(nom::Err::Failure(Error::new(input, ErrorKind::Verify))),
    }
}

fn string(input: &str) -> Read<'_, &str> {
    let inner = opt(escaped(is_not("\"\\\n"), '\\', one_of("\"\\/bfnrtu")));
    map(delimited(char('"'), inner, char('"')), Option::unwrap_or_default).parse(input)
}

fn asn(input: &str) -> Read<'_, Member> {
    map_opt(digit1, |digits: &str| crate::decimal(digits).map(|n| Member::Asns(AsnRange::from(Asn(n)))))
        .parse(input)
}

/// A field of a prefix's object.
#[derive(Clone)]
enum Value<'a> {
    Text(&'a str),
    Number(u8),
    Flag,
}

fn field(input: &str) -> Read<'_, (&str, Value<'_>)> {
    let number = map_opt(digit1, |digits: &str| crate::decimal(digits).map(Value::Number));
    let flag = value(Value::Flag, alt((tag("true"), tag("false"))));
    let any = alt((map(string, Value::Text), number, flag));
    separated_pair(spaced(string), char(':'), spaced(any)).parse(input)
}

fn prefix(input: &str) -> Read<'_, Member> {
    let first = field;
    let more = many0(preceded(char(','), field));
    let (rest, (first, more)) = delimited(char('{'), (first, more), char('}')).parse(input)?;
    let (mut net, mut least, mut most) = (None, None, None);
    for (name, value) in std::iter::once(first).chain(more) {
        match (name, value) {
            ("prefix", Value::Text(text)) => net = text.parse::<IpNet>().ok(),
            ("greater-equal", Value::Number(n)) => least = Some(n),
            ("less-equal", Value::Number(n)) => most = Some(n),
            ("exact", Value::Flag) => {}
            _ => return Err(nom::Err::Failure(Error::new(input, ErrorKind::Verify))),
        }
    }
    let range = net.and_then(|net| {
        let own = net.prefix_len();
        let longest = if least.is_some() { net.max_prefix_len() } else { own };
        PrefixRange::new(net, least.unwrap_or(own), most.unwrap_or(longest)).ok()
    });
    match range {
        Some(range) => Ok((rest, Member::Prefix(range))),
        None => Err(nom::Err::Failure(Error::new(input, ErrorKind::Verify))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (kind, text, the members or what is wrong)
    #[test]
    fn files() {
        let bgpq4 = r#"{ "NN": [
            { "prefix": "198.51.100.0/24", "exact": true },
            { "prefix": "203.0.113.0/24", "exact": false, "less-equal": 28 },
            { "prefix": "2001:db8::/32", "exact": false, "greater-equal": 40, "less-equal": 48 }
        ] }"#;
        for (kind, text, want) in [
            (Kind::Prefixes, "", Ok("")),
            (Kind::Prefixes, "# none\n", Ok("")),
            (
                Kind::Prefixes,
                "198.51.100.0/24\n203.0.113.0/24 le 28 # two\n",
                Ok("198.51.100.0/24, 203.0.113.0/24 le 28"),
            ),
            (Kind::Prefixes, "198.51.100.0/24, 203.0.113.0/24", Ok("198.51.100.0/24, 203.0.113.0/24")),
            (Kind::Prefixes, "198.51.100.0/24\n203.0.113.1/24", Err("line 2, column 1")),
            (Kind::Prefixes, r#"{"NN":[]}"#, Ok("")),
            (Kind::Prefixes, bgpq4, Ok("198.51.100.0/24, 203.0.113.0/24 le 28, 2001:db8::/32 ge 40 le 48")),
            (Kind::Prefixes, r#"{"NN":[64500]}"#, Err("line 1: not JSON as bgpq4")),
            (Kind::Prefixes, r#"{"NN":[{"prefix":"203.0.113.1/24"}]}"#, Err("line 1: not JSON as bgpq4")),
            (Kind::Prefixes, "{\n\"NN\": [\n", Err("not JSON as bgpq4")),
            (Kind::Asns, r#"{"NN": [ 64500,64501 ]}"#, Ok("64500, 64501")),
            (Kind::Asns, "AS64500\n64510-64520\n", Ok("64500, 64510-64520")),
            (Kind::Asns, r#"{"NN": [4294967296]}"#, Err("line 1: not JSON")),
            (Kind::Communities, "64500:1 64500:*", Ok("64500:1, 64500:*")),
            (Kind::Communities, "{}x", Err("line 1")),
        ] {
            let got = members(kind, text);
            match want {
                Ok(want) => {
                    let shown = got.unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                    assert_eq!(shown, want, "{text}");
                }
                Err(says) => assert!(got.clone().unwrap_err().contains(says), "{text}: {got:?}"),
            }
        }
    }
}
