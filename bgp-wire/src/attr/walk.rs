//! The loop over the attributes of an UPDATE: framing, then RFC 7606 section 3's checks in their order.

use super::check;
use super::registry::{More, Quick, spec};
use super::{AttrCode, AttrFlags, AttrSpec, Attrs};
use crate::cursor;
use crate::negotiate::{Negotiated, PeerKind};
use crate::notification::NotificationCode;
use crate::outcome::{Fault, Findings, Reset, ResetData, Severity};

/// An attribute as it stands in the message, its value unread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RawAttr<'a> {
    /// Its flags.
    pub flags: AttrFlags,
    /// Its type code.
    pub code: AttrCode,
    /// Its value.
    pub value: &'a [u8],
}

/// Cuts the first attribute off `v` (RFC 4271 section 4.3); `None` where it overruns.
pub(crate) fn one(v: &[u8]) -> Option<(RawAttr<'_>, &[u8])> {
    let (&[flags, code, len], rest) = v.split_first_chunk()?;
    let (flags, code) = (AttrFlags(flags), AttrCode(code));
    let (len, rest) = if flags.contains(AttrFlags::EXTENDED_LENGTH) {
        let (low, rest) = cursor::u8(rest)?;
        (u16::from_be_bytes([len, low]), rest)
    } else {
        (u16::from(len), rest)
    };
    let (value, rest) = rest.split_at_checked(usize::from(len))?;
    Some((RawAttr { flags, code, value }, rest))
}

/// The attributes of `v` up to one that overruns.
#[inline]
pub(crate) fn attributes(v: &[u8]) -> impl Iterator<Item = RawAttr<'_>> {
    let mut rest = v;
    core::iter::from_fn(move || {
        let (attr, after) = one(rest)?;
        rest = after;
        Some(attr)
    })
}

/// The value and all the octets of the first attribute `code` of `v`.
pub(crate) fn first(v: &[u8], code: AttrCode) -> Option<(&[u8], &[u8])> {
    let mut rest = v;
    while let Some((attr, after)) = one(rest) {
        if attr.code == code {
            return Some((attr.value, rest.get(..rest.len().saturating_sub(after.len()))?));
        }
        rest = after;
    }
    None
}

/// Which of 256 codes were there already.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen([u64; 4]);

impl Seen {
    /// Notes `code`; whether it was there before.
    pub(super) fn again(&mut self, code: AttrCode) -> bool {
        let Some(word) = self.0.get_mut(usize::from(code.0 >> 6)) else { return false };
        let bit = 1 << (code.0 & 63);
        let before = *word & bit != 0;
        *word |= bit;
        before
    }
}

/// Notes every attribute of `raw`. What is malformed is in `findings`, and is not usable.
#[inline(never)]
pub(crate) fn walk<'a>(
    attrs: &mut Attrs<'a>,
    raw: &'a [u8],
    n: &Negotiated,
    findings: &mut Findings,
) -> Result<(), Reset> {
    let more = |more: More, value: &[u8]| match more {
        More::Nothing => true,
        More::AsPath => check::is_usual_path(value, n),
        More::Origin => matches!(value, [0..=2]),
        More::Third => value.len().is_multiple_of(3),
        More::Row => false,
    };
    let sound = |quick: &Quick, attr: &RawAttr<'_>| {
        quick.admits(attr.flags, attr.value.len()) && more(quick.more, attr.value)
    };
    walk_by(attrs, raw, n, findings, sound, admit)
}

/// The same with checks of one's own for an attribute that is known: `sound` answers at once for what is plainly well,
/// `admit` judges the rest.
#[expect(clippy::inline_always, reason = "a call would cost an UPDATE as much as an attribute")]
#[inline(always)]
pub(super) fn walk_by<'a>(
    attrs: &mut Attrs<'a>,
    raw: &'a [u8],
    n: &Negotiated,
    findings: &mut Findings,
    sound: impl Fn(&Quick, &RawAttr<'_>) -> bool,
    admit: impl Admit,
) -> Result<(), Reset> {
    (attrs.raw, attrs.width) = (raw, n.asn_width);
    let (quick, mut seen) = (Quick::of_peer(n.peer), Seen::default());
    let (mut rest, mut there, mut faulty, mut clean) = (raw, 0_u32, 0_u32, true);
    while let Some((attr, after)) = one(rest) {
        rest = after;
        let quick = Quick::of_code(quick, attr.code);
        let from = || {
            let head = if attr.flags.contains(AttrFlags::EXTENDED_LENGTH) { 4 } else { 3 };
            let from_end = after.len().wrapping_add(attr.value.len()).wrapping_add(head);
            raw.get(raw.len().wrapping_sub(from_end)..).unwrap_or_default()
        };
        if there & quick.bit != 0 {
            clean &= judge(from(), false, n, &mut seen, findings, &admit)?;
            continue;
        }
        // It is remembered even where it is malformed: "missing" is another fault.
        there |= quick.bit;
        if let Some(span) = attrs.spans.get_mut(usize::from(quick.row)) {
            *span = place(after, attr.value);
        }
        if !sound(quick, &attr) && !judge(from(), true, n, &mut seen, findings, &admit)? {
            clean = false;
            faulty |= quick.bit;
        }
    }
    if !rest.is_empty() {
        clean = false;
        findings.push(None, Fault::AttrFraming, Severity::TreatAsWithdraw);
    }
    (attrs.there, attrs.usable, attrs.clean) = (there, there & !faulty, clean);
    Ok(())
}

/// How an attribute that is known is admitted.
pub(super) trait Admit: Fn(&AttrSpec, &RawAttr<'_>, &Negotiated) -> Verdict {}
impl<F: Fn(&AttrSpec, &RawAttr<'_>, &Negotiated) -> Verdict> Admit for F {}

/// Judges the attribute that `from` begins with, the `first` of its row or not: whether it can be used.
#[cold]
#[inline(never)]
fn judge(
    from: &[u8],
    first: bool,
    n: &Negotiated,
    seen: &mut Seen,
    findings: &mut Findings,
    admit: &impl Admit,
) -> Result<bool, Reset> {
    let Some((attr, after)) = one(from) else { return Ok(true) };
    let verdict = match spec(attr.code) {
        Some(row) if first => admit(row, &attr, n),
        Some(row) => Err(duplicate(Some(row))),
        None => unknown(&attr, seen.again(attr.code)),
    };
    let Err((fault, severity)) = verdict else { return Ok(true) };
    if severity == Severity::SessionReset {
        let octets = from.len().saturating_sub(after.len());
        return Err(fatal(fault, from.get(..octets).unwrap_or_default()));
    }
    findings.push(Some(attr.code), fault, severity);
    Ok(false)
}

/// How far before the end of the attributes the value stands that `after` follows, and how long it is.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the attributes were a field with a length of two octets"
)]
#[inline]
fn place(after: &[u8], value: &[u8]) -> (u16, u16) {
    (after.len().wrapping_add(value.len()) as u16, value.len() as u16)
}

/// Whether an attribute can be used, and what its fault comes to.
pub(super) type Verdict = Result<(), (Fault, Severity)>;

/// The session ends for an attribute; the data are as much of it as is kept (RFC 4271 section 6.3).
fn fatal(fault: Fault, attribute: &[u8]) -> Reset {
    let code = match fault {
        Fault::AttrUnrecognized => NotificationCode::UNRECOGNIZED_WELL_KNOWN,
        Fault::AttrDuplicate => return Reset::new(NotificationCode::MALFORMED_ATTRIBUTE_LIST, fault),
        _ => NotificationCode::OPTIONAL_ATTRIBUTE,
    };
    Reset::new(code, fault).with(ResetData::leading(attribute))
}

/// RFC 7606 section 3.g: the first occurrence stands, unless two of them would contradict each other.
fn duplicate(row: Option<&AttrSpec>) -> (Fault, Severity) {
    let severity = match row {
        Some(row) if row.on_error == Severity::SessionReset => Severity::SessionReset,
        _ => Severity::AttributeDiscard,
    };
    (Fault::AttrDuplicate, severity)
}

/// The checks common to every attribute that is known, then its own.
#[cold]
pub(super) fn admit(row: &AttrSpec, attr: &RawAttr<'_>, n: &Negotiated) -> Verdict {
    if attr.flags.0 & !AttrFlags::EXTENDED_LENGTH.0 != row.flags.0 {
        flags(row, attr.flags)?;
    }
    if !row.from_external && n.peer == PeerKind::External {
        return Err((Fault::AttrFromExternal, Severity::AttributeDiscard));
    }
    row.check.run(attr.value, n).map_err(|fault| (fault, fault.own_severity().unwrap_or(row.on_error)))
}

/// Other flags than the row's own: only what is optional and transitive may be partial.
fn flags(row: &AttrSpec, flags: AttrFlags) -> Verdict {
    if flags.class() != row.flags {
        return Err((Fault::AttrFlags(flags.0), row.on_flags));
    }
    if flags.contains(AttrFlags::PARTIAL) && row.flags != AttrFlags::OPTIONAL_TRANSITIVE {
        return Err((Fault::AttrFlags(flags.0), row.on_flags.min(Severity::TreatAsWithdraw)));
    }
    Ok(())
}

/// RFC 4271 section 6.3: what is well-known must be known. What is optional may be anything, once.
fn unknown(attr: &RawAttr<'_>, again: bool) -> Verdict {
    if again {
        Err(duplicate(None))
    } else if attr.flags.contains(AttrFlags::OPTIONAL) {
        Ok(())
    } else {
        Err((Fault::AttrUnrecognized, Severity::SessionReset))
    }
}
