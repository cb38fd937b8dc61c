//! RPSL from lines to attributes: continuation lines, comments, and where an object ends (RFC 2622 section 2).

use super::fault::{Fault, RpslFault};
use super::object::IrrObject;

/// The most octets of an object's values that are kept: the largest sets have a tenth of it.
pub const MAX_OBJECT: usize = 4 << 20;

/// The classes that are of use here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    AutNum,
    Route,
    Route6,
    AsSet,
    RouteSet,
}

impl Class {
    fn named(name: &[u8]) -> Option<Self> {
        let all: [(&[u8], Self); 5] = [
            (b"aut-num", Self::AutNum),
            (b"route", Self::Route),
            (b"route6", Self::Route6),
            (b"as-set", Self::AsSet),
            (b"route-set", Self::RouteSet),
        ];
        all.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, class)| class)
    }
}

/// The attributes that are of use here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name {
    /// The first attribute, which names the class.
    Key,
    Origin,
    Members,
    MpMembers,
    MbrsByRef,
    MemberOf,
    MntBy,
    Source,
}

impl Name {
    fn named(name: &[u8]) -> Option<Self> {
        let all: [(&[u8], Self); 7] = [
            (b"origin", Self::Origin),
            (b"members", Self::Members),
            (b"mp-members", Self::MpMembers),
            (b"mbrs-by-ref", Self::MbrsByRef),
            (b"member-of", Self::MemberOf),
            (b"mnt-by", Self::MntBy),
            (b"source", Self::Source),
        ];
        all.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, name)| name)
    }
}

/// One attribute of an object: its value on one line, without comments.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) value: String,
    /// The number of its line.
    pub(super) line: u64,
}

/// An object that is being read.
#[derive(Debug)]
enum Reading {
    /// Between objects.
    Nothing,
    /// One of a class that is of no use here, or one that is too long.
    Passed,
    /// One that is kept: whether a continuation line goes on with its last attribute, and how many octets its values have.
    Kept { class: Class, attributes: Vec<Attribute>, continues: bool, octets: usize },
}

/// Reads objects line by line, as a dump or a server has them. It keeps of one object at a time what is of use: `aut-num`, `route`,
/// `route6`, `as-set` and `route-set`, and of these at most [`MAX_OBJECT`] octets.
///
/// ```
/// use bgp_policy::irr::{IrrObject, RpslReader};
/// let mut objects = Vec::new();
/// let mut reader = RpslReader::default();
/// for line in ["route: 198.51.100.0/24 # an example", "origin: AS64500", "source: TEST", ""] {
///     objects.extend(reader.line(line.as_bytes(), &mut |fault| panic!("{fault}")));
/// }
/// assert!(matches!(&objects[..], [IrrObject::Route(route)] if route.origin.0 == 64500));
/// ```
#[derive(Debug)]
pub struct RpslReader {
    reading: Reading,
    number: u64,
}

impl Default for RpslReader {
    fn default() -> Self {
        Self { reading: Reading::Nothing, number: 0 }
    }
}

impl RpslReader {
    /// Takes the next line, with or without its end; gives the object that it ends, if it ends one. What is wrong is told to
    /// `faults`, and as much of the object is kept as can be.
    pub fn line(&mut self, line: &[u8], faults: &mut impl FnMut(RpslFault)) -> Option<IrrObject> {
        self.number = self.number.saturating_add(1);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line {
            [] => return self.finish(faults),
            [b'#' | b'%', ..] => {}
            [b' ' | b'\t' | b'+', more @ ..] => self.goes_on(more, faults),
            line => self.attribute(line, faults),
        }
        None
    }

    /// The object that ends where the input does.
    pub fn finish(&mut self, faults: &mut impl FnMut(RpslFault)) -> Option<IrrObject> {
        match std::mem::replace(&mut self.reading, Reading::Nothing) {
            Reading::Kept { class, attributes, .. } => IrrObject::new(class, &attributes, faults),
            Reading::Nothing | Reading::Passed => None,
        }
    }

    fn attribute(&mut self, line: &[u8], faults: &mut impl FnMut(RpslFault)) {
        let number = self.number;
        let colon = line.iter().position(|b| *b == b':');
        let split = colon.and_then(|at| line.split_at_checked(at)).filter(|(name, _)| is_name(name));
        let Some((name, value)) = split else {
            if let Reading::Kept { continues, .. } = &mut self.reading {
                *continues = false;
                faults(RpslFault { line: number, fault: Fault::NoAttribute });
            }
            return;
        };
        if let Reading::Nothing = self.reading {
            self.reading = match Class::named(name) {
                Some(class) => Reading::Kept { class, attributes: Vec::new(), continues: false, octets: 0 },
                None => Reading::Passed,
            };
            return self.keep(Some(Name::Key), value.get(1..).unwrap_or_default(), faults);
        }
        self.keep(Name::named(name), value.get(1..).unwrap_or_default(), faults);
    }

    /// A new attribute, kept where it is of use.
    fn keep(&mut self, name: Option<Name>, value: &[u8], faults: &mut impl FnMut(RpslFault)) {
        let line = self.number;
        let Reading::Kept { attributes, continues, .. } = &mut self.reading else { return };
        *continues = name.is_some();
        if let Some(name) = name {
            attributes.push(Attribute { name, value: String::new(), line });
            self.append(value, faults);
        }
    }

    fn goes_on(&mut self, more: &[u8], faults: &mut impl FnMut(RpslFault)) {
        if let Reading::Kept { continues: true, attributes, .. } = &mut self.reading {
            attributes.last_mut().into_iter().for_each(|attribute| attribute.value.push(' '));
            self.append(more, faults);
        }
    }

    /// Adds to the last attribute what is no comment.
    fn append(&mut self, value: &[u8], faults: &mut impl FnMut(RpslFault)) {
        let Reading::Kept { attributes, octets, .. } = &mut self.reading else { return };
        let value = value.split(|b| *b == b'#').next().unwrap_or_default().trim_ascii();
        // Each line counts, also an empty one.
        *octets = octets.saturating_add(value.len()).saturating_add(32);
        if *octets > MAX_OBJECT {
            let line = attributes.first().map_or(self.number, |key| key.line);
            self.reading = Reading::Passed;
            return faults(RpslFault { line, fault: Fault::TooLong });
        }
        if let Some(attribute) = attributes.last_mut() {
            // Whatever is of use is ASCII; people's names are in any encoding.
            attribute.value.push_str(&String::from_utf8_lossy(value));
        }
    }
}

fn is_name(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests;
