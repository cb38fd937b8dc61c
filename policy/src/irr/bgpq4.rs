//! What `bgpq4 -j` prints: lists of prefixes or of AS numbers, by name.

use crate::prefix_range::PrefixRange;
use bgp_wire::Asn;
use ipnet::IpNet;
use nom::branch::alt;
use nom::bytes::complete::{escaped, is_not, tag};
use nom::character::complete::{char, digit1, multispace0, one_of};
use nom::combinator::{cut, map, map_opt, opt, value};
use nom::error::{Error, ErrorKind};
use nom::multi::separated_list0;
use nom::sequence::{delimited, separated_pair};
use nom::{Err, IResult, Parser};
use std::fmt;
use std::str::FromStr;

/// The JSON of bgpq4: a list of prefixes for each name, or of AS numbers (`-t` and `-f`), in their order.
///
/// ```
/// use bgp_policy::irr::Bgpq4Document;
///
/// let json = r#"{ "NN": [ { "prefix": "198.51.100.0\/22", "exact": false, "less-equal": 24 } ] }"#;
/// let document: Bgpq4Document = json.parse()?;
/// assert_eq!(document.prefixes("NN").unwrap()[0].to_string(), "198.51.100.0/22 le 24");
/// # Ok::<(), bgp_policy::irr::Bgpq4Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bgpq4Document(Vec<(Box<str>, Vec<Entry>)>);

/// What stands in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    Asn(Asn),
    Prefixes(PrefixRange),
}

/// Where a text is none of bgpq4's, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bgpq4Error {
    /// The line, from 1.
    pub line: usize,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    Form,
    Prefix,
    Asn,
    More,
}

impl fmt::Display for Bgpq4Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.fault {
            Fault::Form => "not JSON as bgpq4 -j writes it: an object with a list of prefixes or of ASNs",
            Fault::Prefix => {
                "no prefix with its lengths, as { \"prefix\": \"203.0.113.0/24\", \"exact\": false, \"less-equal\": 28 }"
            }
            Fault::Asn => "no ASN, which is at most 4294967295",
            Fault::More => "more follows the JSON's end",
        };
        write!(f, "line {}: {why}", self.line)
    }
}

impl std::error::Error for Bgpq4Error {}

impl Bgpq4Document {
    /// The names of the lists.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// The prefixes of a list; `None` where there is no such list.
    pub fn prefixes(&self, name: &str) -> Option<Vec<PrefixRange>> {
        let prefixes = |entry: &Entry| if let Entry::Prefixes(range) = entry { Some(*range) } else { None };
        Some(self.list(name)?.iter().filter_map(prefixes).collect())
    }

    /// The AS numbers of a list; `None` where there is no such list.
    pub fn asns(&self, name: &str) -> Option<Vec<Asn>> {
        let asns = |entry: &Entry| if let Entry::Asn(asn) = entry { Some(*asn) } else { None };
        Some(self.list(name)?.iter().filter_map(asns).collect())
    }

    fn list(&self, name: &str) -> Option<&[Entry]> {
        self.0.iter().find(|(of, _)| &**of == name).map(|(_, list)| &list[..])
    }

    /// What stands in all lists.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.0.iter().flat_map(|(_, list)| list.iter().copied())
    }
}

impl FromStr for Bgpq4Document {
    type Err = Bgpq4Error;

    fn from_str(text: &str) -> Result<Self, Bgpq4Error> {
        let error = |rest: &str, fault| {
            let before = text.get(..text.len().saturating_sub(rest.len())).unwrap_or_default();
            Bgpq4Error { line: before.matches('\n').count().saturating_add(1), fault }
        };
        match document(text) {
            Ok(("", lists)) => Ok(Self(lists)),
            Ok((rest, _)) => Err(error(rest, Fault::More)),
            Err(Err::Error(at) | Err::Failure(at)) => Err(error(
                at.input,
                match at.code {
                    ErrorKind::Verify => Fault::Prefix,
                    ErrorKind::MapOpt => Fault::Asn,
                    _ => Fault::Form,
                },
            )),
            Err(Err::Incomplete(_)) => Err(error("", Fault::Form)),
        }
    }
}

fn spaced<'a, T>(
    parser: impl Parser<&'a str, Output = T, Error = Error<&'a str>>,
) -> impl Parser<&'a str, Output = T, Error = Error<&'a str>> {
    delimited(multispace0, parser, multispace0)
}

fn document(text: &str) -> IResult<&str, Vec<(Box<str>, Vec<Entry>)>> {
    let entries = separated_list0(spaced(char(',')), entry);
    let list = delimited(spaced(char('[')), entries, spaced(char(']')));
    let named = separated_pair(spaced(map(string, Box::from)), char(':'), cut(list));
    let all = separated_list0(spaced(char(',')), named);
    delimited(spaced(char('{')), all, spaced(char('}'))).parse(text)
}

fn entry(input: &str) -> IResult<&str, Entry> {
    if input.starts_with('{') { map(prefixes, Entry::Prefixes).parse(input) } else { asn(input) }
}

fn asn(input: &str) -> IResult<&str, Entry> {
    let (rest, digits) = digit1(input)?;
    match crate::decimal(digits) {
        Some(n) => Ok((rest, Entry::Asn(Asn(n)))),
        None => Err(Err::Failure(Error::new(input, ErrorKind::MapOpt))),
    }
}

/// A field of a prefix's object.
#[derive(Clone)]
enum Value<'a> {
    Text(&'a str),
    Number(u8),
    Flag(bool),
}

fn string(input: &str) -> IResult<&str, &str> {
    let inner = opt(escaped(is_not("\"\\\n"), '\\', one_of("\"\\/bfnrtu")));
    map(delimited(char('"'), inner, char('"')), Option::unwrap_or_default).parse(input)
}

fn field(input: &str) -> IResult<&str, (&str, Value<'_>)> {
    let number = map_opt(digit1, |digits: &str| crate::decimal(digits).map(Value::Number));
    let flag = alt((value(Value::Flag(true), tag("true")), value(Value::Flag(false), tag("false"))));
    let any = alt((map(string, Value::Text), number, flag));
    separated_pair(spaced(string), char(':'), spaced(any)).parse(input)
}

/// Where it is not exact, the lengths between which prefixes are; one that is not said is the least or the most there is.
fn prefixes(input: &str) -> IResult<&str, PrefixRange> {
    let wrong = || Err::Failure(Error::new(input, ErrorKind::Verify));
    let fields = delimited(char('{'), separated_list0(char(','), field), char('}')).parse(input);
    let (rest, fields) = fields.map_err(|_| wrong())?;
    let (mut net, mut exact, mut least, mut most) = (None, false, None, None);
    for (name, value) in fields {
        match (name, value) {
            // A slash may be escaped in JSON, and bgpq4 does so.
            ("prefix", Value::Text(text)) => net = text.replace("\\/", "/").parse::<IpNet>().ok(),
            ("exact", Value::Flag(is)) => exact = is,
            ("greater-equal", Value::Number(n)) => least = Some(n),
            ("less-equal", Value::Number(n)) => most = Some(n),
            _ => return Err(wrong()),
        }
    }
    let net = net.ok_or_else(wrong)?;
    let own = net.prefix_len();
    let (least, most) = match (exact, least, most) {
        (true, None, None) => (own, own),
        (true, ..) | (false, None, None) => return Err(wrong()),
        (false, least, most) => (least.unwrap_or(own), most.unwrap_or(net.max_prefix_len())),
    };
    PrefixRange::new(net, least, most).map(|range| (rest, range)).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As version 1.9 writes them: `-A -r 25 -R 28`, `-6` and `-t`, one after the other.
    #[test]
    fn lists_of_both_kinds() {
        let json = r#"{ "NN": [
    { "prefix": "198.51.100.0\/24", "exact": true },
    { "prefix": "203.0.113.0\/24", "exact": false, "less-equal": 28 },
    { "prefix": "203.0.113.0\/24", "exact": false,
      "greater-equal": 25, "less-equal": 28 },
    { "prefix": "2001:db8::/32", "exact": false, "greater-equal": 48 }
], "AS": [
  64500,4200000000
], "EMPTY": []}
"#;
        let document: Bgpq4Document = json.parse().unwrap();
        assert_eq!(document.names().collect::<Vec<_>>(), ["NN", "AS", "EMPTY"]);
        let prefixes: Vec<_> = document.prefixes("NN").unwrap().iter().map(ToString::to_string).collect();
        let want =
            ["198.51.100.0/24", "203.0.113.0/24 le 28", "203.0.113.0/24 ge 25 le 28", "2001:db8::/32 ge 48"];
        assert_eq!(prefixes, want);
        assert_eq!(document.asns("AS"), Some(vec![Asn(64500), Asn(4_200_000_000)]));
        assert_eq!(
            (document.asns("NN"), document.asns("EMPTY"), document.asns("X")),
            (Some(vec![]), Some(vec![]), None)
        );
    }

    /// (text, line, what is said)
    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let in_list = |entry: &str| format!("{{\"NN\": [\n{entry}\n]}}");
        for (text, line, want) in [
            (in_list(r#"{"prefix": "198.51.100.1/24", "exact": true}"#), 2, "no prefix"),
            (in_list(r#"{"prefix": "198.51.100.0/24", "exact": false, "less-equal": 23}"#), 2, "no prefix"),
            (
                in_list(r#"{"prefix": "198.51.100.0/24", "exact": false, "greater-equal": 300}"#),
                2,
                "no prefix",
            ),
            (in_list(r#"{"prefix": "198.51.100.0/24", "exact": false}"#), 2, "no prefix"),
            (in_list(r#"{"prefix": "198.51.100.0/24", "exact": true, "less-equal": 28}"#), 2, "no prefix"),
            (in_list(r#"{"exact": true}"#), 2, "no prefix"),
            (in_list("{}"), 2, "no prefix"),
            (in_list("4294967296"), 2, "no ASN"),
            (in_list("\"AS64500\""), 2, "not JSON as bgpq4"),
            ("{\n\"NN\": [\n".to_owned(), 3, "not JSON as bgpq4"),
            ("{}\nx".to_owned(), 2, "more follows"),
            (String::new(), 1, "not JSON as bgpq4"),
        ] {
            let error = text.parse::<Bgpq4Document>().unwrap_err();
            assert!(error.line == line && error.to_string().contains(want), "{text}: {error}");
        }
    }
}
