//! One line of JSON: a message in hexadecimal, what it depends on, and what else the line says.

use super::item::Other;
use super::session::lenient;
use bgp_wire::{AsnWidth, Family, FamilySet, MAX_EXTENDED_MESSAGE, MAX_MESSAGE, Negotiated, PeerKind};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What a line says beside its octets.
pub(super) struct Line<'a> {
    pub(super) session: Negotiated,
    pub(super) others: Vec<Other<'a>>,
}

impl<'a> Line<'a> {
    /// Reads a line; its octets go into `octets` in place of what was there.
    pub(super) fn read(line: &'a [u8], octets: &mut Vec<u8>) -> Result<Self, String> {
        let Keys { hex, context, others } = serde_json::from_slice(line).map_err(|e| said(&e))?;
        octets.clear();
        from_hex(&hex, octets)?;
        Ok(Self { session: context.session()?, others })
    }
}

/// The message of the JSON reader, and where in the line; its line number is always 1 here.
fn said(error: &serde_json::Error) -> String {
    format!("column {}: {}", error.column(), what(error))
}

/// The message alone.
fn what(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    text.truncate(text.rfind(" at line ").unwrap_or(text.len()));
    text
}

/// Appends the octets that `hex` says; blanks between them do not count.
fn from_hex(hex: &str, octets: &mut Vec<u8>) -> Result<(), String> {
    let mut digits = hex.chars().filter(|c| !c.is_ascii_whitespace());
    let digit = |c: char| {
        let n = c.to_digit(16).and_then(|n| u8::try_from(n).ok());
        n.ok_or_else(|| format!("`hex` holds {c:?}, which is no hexadecimal digit"))
    };
    while let Some(high) = digits.next() {
        let low = digits.next().ok_or("`hex` has an odd number of digits")?;
        octets.push(digit(high)? << 4 | digit(low)?);
    }
    Ok(())
}

/// The keys of a line.
struct Keys<'a> {
    hex: Cow<'a, str>,
    context: Context,
    others: Vec<Other<'a>>,
}

/// Text that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OfLine)
    }
}

struct OfLine;

impl<'de> Visitor<'de> for OfLine {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `hex`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<'de>, A::Error> {
        let (mut hex, mut context, mut others) = (None, Context::default(), Vec::new());
        while let Some(Text(key)) = map.next_key()? {
            match key.as_ref() {
                "hex" => hex = Some(map.next_value::<Text<'_>>()?.0),
                "context" => {
                    let value: &RawValue = map.next_value()?;
                    // A context in words says something to people; it is handed on like any other key.
                    if value.get().starts_with('"') {
                        others.push((key, value));
                    } else {
                        context = serde_json::from_str(value.get())
                            .map_err(|e| A::Error::custom(format_args!("`context`: {}", what(&e))))?;
                    }
                }
                _ => others.push((key, map.next_value()?)),
            }
        }
        let hex = hex.ok_or_else(|| A::Error::missing_field("hex"))?;
        Ok(Keys { hex, context, others })
    }
}

/// What the meaning of the octets depends on.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Context {
    peer: Option<Peer>,
    as4: Option<bool>,
    add_path: Vec<String>,
    extended_message: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Peer {
    External,
    Internal,
}

impl Context {
    fn session(self) -> Result<Negotiated, String> {
        let add_path = self.add_path.iter().map(|name| family(name)).collect::<Result<FamilySet, _>>()?;
        Ok(Negotiated {
            peer: match self.peer {
                Some(Peer::Internal) => PeerKind::Internal,
                Some(Peer::External) | None => PeerKind::External,
            },
            asn_width: if self.as4 == Some(false) { AsnWidth::Two } else { AsnWidth::Four },
            add_path_rx: add_path,
            add_path_tx: add_path,
            max_message: if self.extended_message { MAX_EXTENDED_MESSAGE } else { MAX_MESSAGE },
            ..lenient()
        })
    }
}

fn family(name: &str) -> Result<Family, String> {
    name.parse().map_err(|_| format!("`context.add_path` names {name:?}, which is no family"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Vec<u8>, Negotiated, Vec<String>), String> {
        let mut octets = vec![7];
        let line = Line::read(line.as_bytes(), &mut octets)?;
        let others = line.others.iter().map(|(key, value)| format!("{key}={}", value.get())).collect();
        Ok((octets, line.session, others))
    }

    #[test]
    fn what_is_absent_is_a_session_of_today() {
        let (octets, session, others) = read(r#"{"hex":"0aFF 10"}"#).unwrap();
        assert_eq!((octets, others), (vec![10, 255, 16], vec![]));
        assert_eq!(session, Negotiated { max_message: MAX_MESSAGE, ..lenient() });
        assert_eq!(read(r#"{"hex":"","context":{}}"#).unwrap().1, session);
    }

    #[test]
    fn a_context_says_what_the_session_is() {
        let line = r#"{"hex":"","context":{"peer":"internal","as4":false,"add_path":["ipv6-unicast"],
                       "extended_message":true}}"#;
        let session = read(line).unwrap().1;
        assert_eq!((session.peer, session.asn_width), (PeerKind::Internal, AsnWidth::Two));
        assert_eq!(session.add_path_rx, FamilySet::EMPTY.with(Family::Ipv6Unicast));
        assert_eq!(session.max_message, MAX_EXTENDED_MESSAGE);
    }

    #[test]
    fn other_keys_keep_their_octets() {
        let line = r#"{"name":"a\"b","n":1.50,"hex":"","deep":{"x":[1, 2]},"context":"in words"}"#;
        let others = read(line).unwrap().2;
        assert_eq!(others, [r#"name="a\"b""#, "n=1.50", r#"deep={"x":[1, 2]}"#, r#"context="in words""#]);
    }

    #[test]
    fn what_is_no_input_line_is_said() {
        for (line, says) in [
            ("{", "EOF"),
            ("[]", "an object with `hex`"),
            ("{}", "missing field `hex`"),
            (r#"{"hex":"0"}"#, "odd number"),
            (r#"{"hex":"0g"}"#, "'g'"),
            (r#"{"hex":1}"#, "a string"),
            (r#"{"hex":"","context":{"as_4":true}}"#, "column 34: `context`: unknown field `as_4`, expected"),
            (r#"{"hex":"","context":{"peer":"ebgp"}}"#, "unknown variant `ebgp`"),
            (r#"{"hex":"","context":{"add_path":["ipv5"]}}"#, "\"ipv5\""),
        ] {
            let why = read(line).unwrap_err();
            assert!(why.contains(says), "{line}: {why}");
        }
    }
}
