//! Sets from files: bgpq4's JSON, or a member a line.

use super::document::{Kind, Member};
use super::words::{member, space};
use crate::asn_set::AsnRange;
use crate::irr::{Bgpq4Document, Bgpq4Entry, Bgpq4Error};

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

/// What bgpq4 writes.
fn json(kind: Kind, text: &str) -> Result<Vec<Member>, String> {
    let document: Bgpq4Document = text.parse().map_err(|error: Bgpq4Error| error.to_string())?;
    let member = |entry| match (kind, entry) {
        (Kind::Prefixes, Bgpq4Entry::Prefixes(range)) => Ok(Member::Prefix(range)),
        (Kind::Asns, Bgpq4Entry::Asn(asn)) => Ok(Member::Asns(AsnRange::from(asn))),
        (_, Bgpq4Entry::Prefixes(_)) => Err(format!("prefixes, and it is to be {}", kind.described())),
        (_, Bgpq4Entry::Asn(_)) => Err(format!("AS numbers, and it is to be {}", kind.described())),
    };
    document.entries().map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (kind, text, the members or what is wrong)
    #[test]
    fn files() {
        let bgpq4 = r#"{ "NN": [
            { "prefix": "198.51.100.0\/24", "exact": true },
            { "prefix": "203.0.113.0\/24", "exact": false, "less-equal": 28 },
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
            (Kind::Prefixes, r#"{"NN":[64500]}"#, Err("AS numbers, and it is to be a set of prefixes")),
            (Kind::Asns, bgpq4, Err("prefixes, and it is to be a set of ASNs")),
            (Kind::Prefixes, r#"{"NN":[{"prefix":"203.0.113.1/24"}]}"#, Err("line 1: no prefix")),
            (Kind::Prefixes, "{\n\"NN\": [\n", Err("not JSON as bgpq4")),
            (Kind::Asns, r#"{"NN": [ 64500,64501 ]}"#, Ok("64500, 64501")),
            (Kind::Asns, "AS64500\n64510-64520\n", Ok("64500, 64510-64520")),
            (Kind::Asns, r#"{"NN": [4294967296]}"#, Err("line 1: no ASN")),
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
