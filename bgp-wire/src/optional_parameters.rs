//! The optional parameters of an OPEN, in the form of RFC 4271 and in the extended form of RFC 9072.

use crate::capability::{Capabilities, whole_within};
use crate::cursor;
use crate::notification::NotificationCode;
use crate::outcome::{Fault, Reset};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The type of the parameter that holds capabilities (RFC 5492).
const CAPABILITIES: u8 = 2;
/// What stands for the type of the first parameter where the extended form follows (RFC 9072 section 2).
const EXTENDED: u8 = 255;
/// Octets of capabilities in the one parameter that the short form has room for.
const SHORT: usize = 253;
/// The same for the extended form: an OPEN has 4096 octets, and 35 stand before the first capability.
const LONG: usize = 4061;

/// How many octets the length of a parameter has.
#[derive(Clone, Copy)]
enum Form {
    Short,
    Extended,
}

impl Form {
    fn length(self, v: &[u8]) -> Option<(usize, &[u8])> {
        match self {
            Self::Short => cursor::u8(v).map(|(n, v)| (usize::from(n), v)),
            Self::Extended => cursor::u16(v).map(|(n, v)| (usize::from(n), v)),
        }
    }
}

/// The capabilities of all parameters, from the field that says how long these are to the OPEN's end.
pub(crate) fn decode(v: &[u8]) -> Result<Capabilities<'_>, Reset> {
    let (form, mut rest) = field(v).ok_or_else(framing)?;
    let mut all = Cow::Borrowed(&[][..]);
    while !rest.is_empty() {
        let (kind, value, after) = parameter(form, rest).ok_or_else(framing)?;
        check(kind, value)?;
        if all.is_empty() {
            all = Cow::Borrowed(value);
        } else {
            all.to_mut().extend_from_slice(value);
        }
        rest = after;
    }
    Ok(Capabilities::from_checked(all))
}

fn framing() -> Reset {
    Reset::new(NotificationCode::OPEN, Fault::OpenFraming)
}

/// The form of the parameters, and their octets, which must be all there are.
fn field(v: &[u8]) -> Option<(Form, &[u8])> {
    let (len, rest) = Form::Short.length(v)?;
    // RFC 9072 section 2: any length but 0 can stand there; the one behind the type counts.
    if let (1.., Some((&EXTENDED, rest))) = (len, rest.split_first()) {
        let (len, rest) = Form::Extended.length(rest)?;
        return (rest.len() == len).then_some((Form::Extended, rest));
    }
    (rest.len() == len).then_some((Form::Short, rest))
}

/// One parameter: type and value, and what follows.
fn parameter(form: Form, v: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, v) = cursor::u8(v)?;
    let (len, v) = form.length(v)?;
    let (value, rest) = v.split_at_checked(len)?;
    Some((kind, value, rest))
}

fn check(kind: u8, value: &[u8]) -> Result<(), Reset> {
    if kind != CAPABILITIES {
        let fault = Fault::OptionalParameter(kind);
        return Err(Reset::new(NotificationCode::UNSUPPORTED_OPTIONAL_PARAMETER, fault));
    }
    if whole_within(value, usize::MAX).len() != value.len() {
        return Err(framing());
    }
    match Capabilities::from_checked(Cow::Borrowed(value)).wrong_length() {
        Some(code) => Err(Reset::new(NotificationCode::OPEN, Fault::CapabilityLength(code))),
        None => Ok(()),
    }
}

/// Appends the field and one parameter with as many whole capabilities as an OPEN can hold.
pub(crate) fn encode(capabilities: &Capabilities<'_>, out: &mut Vec<u8>) {
    let raw = whole_within(capabilities.as_bytes(), LONG);
    match u8::try_from(raw.len()) {
        Ok(0) => out.push(0),
        Ok(len) if raw.len() <= SHORT => {
            out.extend_from_slice(&[len.saturating_add(2), CAPABILITIES, len]);
        }
        _ => {
            let len = |more| u16::try_from(raw.len().saturating_add(more)).unwrap_or(u16::MAX).to_be_bytes();
            out.extend_from_slice(&[255, EXTENDED]);
            out.extend_from_slice(&len(3));
            out.push(CAPABILITIES);
            out.extend_from_slice(&len(0));
        }
    }
    out.extend_from_slice(raw);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::Capability;

    /// One row a rule: the field, and the codes found or the NOTIFICATION earned.
    #[test]
    fn both_forms() {
        const REFRESH: [u8; 2] = [2, 0];
        let cases: &[(&str, &[u8], Result<&[u8], (u8, u8)>)] = &[
            ("none", &[0], Ok(&[])),
            ("short", &[4, 2, 2, 2, 0], Ok(&[2])),
            ("short, two parameters", &[8, 2, 2, 2, 0, 2, 2, 70, 0], Ok(&[2, 70])),
            ("extended", &[255, 255, 0, 5, 2, 0, 2, 2, 0], Ok(&[2])),
            ("extended, two parameters", &[255, 255, 0, 8, 2, 0, 0, 2, 0, 2, 2, 0], Ok(&[2])),
            ("extended, the first length another", &[9, 255, 0, 5, 2, 0, 2, 2, 0], Ok(&[2])),
            ("extended, without a parameter", &[255, 255, 0, 0], Ok(&[])),
            ("length 0 and a parameter", &[0, 255, 0, 0], Err((2, 0))),
            ("extended, length cut", &[255, 255, 0], Err((2, 0))),
            ("extended, too short", &[255, 255, 0, 6, 2, 0, 2, 2, 0], Err((2, 0))),
            ("extended, too long", &[255, 255, 0, 4, 2, 0, 2, 2, 0], Err((2, 0))),
            ("extended, short length in it", &[255, 255, 0, 4, 2, 2, 2, 0], Err((2, 0))),
            ("extended, another parameter", &[255, 255, 0, 3, 1, 0, 0], Err((2, 4))),
            ("extended, 255 within", &[255, 255, 0, 3, 255, 0, 0], Err((2, 4))),
            ("short, 255 not at first", &[6, 2, 2, 2, 0, 255, 0], Err((2, 4))),
            ("255 octets promised, none there", &[255], Err((2, 0))),
        ];
        for (name, field, want) in cases {
            let got = decode(field);
            let codes = |all: Capabilities<'_>| all.iter().map(|c| c.code()).collect::<Vec<u8>>();
            let got = got.map(codes).map_err(|r| (r.code.code, r.code.subcode));
            assert_eq!(got, want.map(<[u8]>::to_vec), "{name}");
        }
        let mut out = Vec::new();
        encode(&core::iter::once(Capability::RouteRefresh).collect(), &mut out);
        assert_eq!(out, [[4, 2, 2].as_slice(), &REFRESH].concat());
    }

    /// (capabilities of 102 octets each, of one with this value besides; octets of the field; how many are left)
    #[test]
    fn the_form_follows_the_length() {
        for (hundreds, more, octets, left) in [
            (2, 47, 1 + 2 + 253, 3),
            (2, 48, 1 + 3 + 3 + 254, 3),
            (3, 0, 1 + 3 + 3 + 308, 4),
            (39, 81, 1 + 3 + 3 + 4061, 40),
            (39, 82, 1 + 3 + 3 + 3978, 39),
        ] {
            let value = [7; 100];
            let one = |value| Capability::Other { code: 200, value };
            let all = core::iter::repeat_n(one(&value[..]), hundreds).chain([one(&value[..more])]);
            let mut out = Vec::new();
            encode(&all.collect(), &mut out);
            assert_eq!(
                (out.len(), decode(&out).unwrap().iter().count()),
                (octets, left),
                "{hundreds} {more}"
            );
        }
    }
}
