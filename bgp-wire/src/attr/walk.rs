//! The loop over the attributes of an UPDATE: framing, then RFC 7606 section 3's checks in their order.

use super::registry::{ROWS, slot};
use super::{AttrCode, AttrFlags, AttrSpec, Attrs, REGISTRY};
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
pub(super) fn one(v: &[u8]) -> Option<(RawAttr<'_>, &[u8])> {
    let (&[flags, code], rest) = v.split_first_chunk()?;
    let (flags, code) = (AttrFlags(flags), AttrCode(code));
    let (value, rest) = if flags.contains(AttrFlags::EXTENDED_LENGTH) {
        cursor::field16(rest)?
    } else {
        let (len, rest) = cursor::u8(rest)?;
        rest.split_at_checked(usize::from(len))?
    };
    Some((RawAttr { flags, code, value }, rest))
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

/// What one attribute is found to be: usable, or at fault with what that comes to.
type Verdict = Result<(), (Fault, Severity)>;

/// Notes every attribute of `attrs`. What is malformed is in `findings`, and is not usable.
pub(crate) fn walk(attrs: &mut Attrs<'_>, n: &Negotiated, findings: &mut Findings) -> Result<(), Reset> {
    let raw = attrs.raw();
    let (mut rest, mut seen) = (raw, Seen::default());
    while !rest.is_empty() {
        let Some((attr, after)) = one(rest) else {
            findings.push(None, Fault::AttrFraming, Severity::TreatAsWithdraw);
            break;
        };
        let index = slot(attr.code);
        let verdict = match REGISTRY.get(index) {
            Some(row) if !attrs.has_row(index) => {
                let verdict = admit(row, &attr, n);
                let at = raw.len().wrapping_sub(after.len()).wrapping_sub(attr.value.len());
                // It is remembered even where it is malformed: "missing" is another fault.
                attrs.note(index, at, attr.value.len(), verdict.is_ok());
                verdict
            }
            Some(row) => Err(duplicate(Some(row))),
            None => {
                attrs.note_unknown();
                unknown(&attr, seen.again(attr.code))
            }
        };
        if let Err((fault, severity)) = verdict {
            if severity == Severity::SessionReset {
                let octets = rest.len().saturating_sub(after.len());
                return Err(fatal(fault, rest.get(..octets).unwrap_or_default()));
            }
            findings.push(Some(attr.code), fault, severity);
        }
        rest = after;
    }
    Ok(())
}

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
fn admit(row: &AttrSpec, attr: &RawAttr<'_>, n: &Negotiated) -> Verdict {
    if attr.flags.class() != row.flags {
        // Section 5.3: with other flags an MP attribute is incorrect, and its prefixes are not to be trusted.
        return Err((Fault::AttrFlags(attr.flags.0), row.on_error.max(Severity::TreatAsWithdraw)));
    }
    if attr.flags.contains(AttrFlags::PARTIAL) && row.flags != AttrFlags::OPTIONAL_TRANSITIVE {
        return Err((Fault::AttrFlags(attr.flags.0), Severity::TreatAsWithdraw));
    }
    if !row.from_external && n.peer == PeerKind::External {
        return Err((Fault::AttrFromExternal, Severity::AttributeDiscard));
    }
    (row.check)(attr.value, n).map_err(|fault| (fault, row.on_error))
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
