//! Text for people from whatever has a serde form: `key value, key value`, lists with blanks between, objects
//! that stand inside others in parentheses.
//!
//! Numbers, names and lists of them in the outermost object share a line; an object in it has a line of its own, and so
//! has each object in a list. What is empty is left out. Control characters are escaped: an input
//! must not steer the terminal.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::{self, Display, Write};

/// What begins a line: of the outermost object, of one that stands in it, of what is in that.
const LINES: [&str; 3] = ["\n    ", "\n        ", "\n            "];

/// Keys of the outermost object that are told in other words.
const TOLD: [&str; 10] = [
    "type",
    "outcome",
    "findings",
    "more-findings",
    "notification",
    "bmp",
    "peer",
    "message",
    "sent",
    "received",
];

/// Writes the text of `value`, an object, behind what `out` holds; `depth` is 1 where it stands in another one.
pub(super) fn write(out: &mut String, value: &impl Serialize, depth: usize) -> fmt::Result {
    value.serialize(&mut Plain { out, depth, level: 0, kind: Kind::Scalar, open: true })
}

/// Writes the text of `value`, which is no outermost object, on one line.
pub(super) fn inline(out: &mut String, value: &impl Serialize) -> fmt::Result {
    value.serialize(&mut Plain { out, depth: 0, level: 2, kind: Kind::Scalar, open: true })
}

/// Text in which control characters are escaped.
pub(super) struct Escaped<'a>(pub(super) &'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Those beyond ASCII begin with the octet 0xc2, as harmless ones do.
        if !text.bytes().any(|octet| octet.is_ascii_control() || octet == 0xc2) {
            self.0.push_str(text);
            return Ok(());
        }
        text.chars().try_for_each(|c| match c {
            c if c.is_control() => write!(self.0, "{}", c.escape_default()),
            c => self.0.write_char(c),
        })
    }
}

/// What a value is to those around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number, a name, or a list of them.
    Scalar,
    Object,
    /// A list of objects.
    List,
}

/// Writes one value.
struct Plain<'a> {
    out: &'a mut String,
    depth: usize,
    /// How many objects and lists this value is in.
    level: usize,
    /// What was written last.
    kind: Kind,
    /// Whether an object that comes next needs no parentheses: a line is its own.
    open: bool,
}

impl Plain<'_> {
    fn scalar(&mut self, value: impl Display) -> fmt::Result {
        self.kind = Kind::Scalar;
        write!(Escaped(self.out), "{value}")
    }

    /// A number, which needs no escapes.
    fn number(&mut self, mut n: u64) {
        self.kind = Kind::Scalar;
        let (mut digits, mut begins) = ([b'0'; 20], 20);
        for digit in digits.iter_mut().rev() {
            *digit += u8::try_from(n % 10).unwrap_or_default();
            begins -= 1;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.out.push_str(digits.get(begins..).and_then(|n| str::from_utf8(n).ok()).unwrap_or_default());
    }
}

/// What begins a line so many steps in.
pub(super) fn line(depth: usize) -> &'static str {
    LINES.get(depth).copied().unwrap_or("\n")
}

/// Writes the parts of one object or list.
struct Parts<'p, 'a> {
    plain: &'p mut Plain<'a>,
    kind: Kind,
    first: bool,
    /// Whether it stands in parentheses, and where they begin.
    parentheses: bool,
    begins: usize,
    /// Where the key stands that waits for its value, and where the value begins.
    key_at: usize,
    value_at: usize,
    /// Whether the part before it was a scalar.
    after_scalar: bool,
}

impl<'p, 'a> Parts<'p, 'a> {
    fn of(plain: &'p mut Plain<'a>, kind: Kind) -> Self {
        let begins = plain.out.len();
        let parentheses = kind == Kind::Object && !plain.open;
        if parentheses {
            plain.out.push('(');
        }
        plain.level += 1;
        Self {
            plain,
            kind,
            first: true,
            parentheses,
            begins,
            key_at: begins,
            value_at: begins,
            after_scalar: false,
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        let (at, own_line) = (self.plain.out.len(), self.plain.level == 2);
        if !self.first {
            self.plain.out.push(' ');
        }
        let begins = self.plain.out.len();
        self.plain.open = own_line;
        value.serialize(&mut *self.plain)?;
        if self.plain.kind == Kind::Object {
            self.kind = Kind::List;
        }
        if self.kind == Kind::List && own_line {
            // The first one also takes the place of the blank behind the key.
            let at = at.saturating_sub(usize::from(self.first));
            let line = line(self.plain.depth + 1);
            self.plain.out.replace_range(at..begins, line);
        }
        self.first = false;
        Ok(())
    }

    /// A key that `write` writes. That of a name is left out: the value says enough.
    fn key(&mut self, write: impl FnOnce(&mut Plain<'_>) -> fmt::Result) -> fmt::Result {
        self.key_at = self.plain.out.len();
        if !self.first {
            self.plain.out.push_str(", ");
        }
        let begins = self.plain.out.len();
        let level = std::mem::replace(&mut self.plain.level, 2);
        write(&mut *self.plain)?;
        self.plain.level = level;
        if self.plain.level > 1 && self.plain.out.get(begins..) == Some("name") {
            self.plain.out.truncate(self.key_at);
            self.plain.out.push_str(if self.first { "" } else { " " });
        } else {
            self.plain.out.push(' ');
        }
        self.value_at = self.plain.out.len();
        Ok(())
    }

    /// Whether the key that was just written is told elsewhere.
    fn is_told(&self) -> bool {
        let key = self.plain.out.get(self.key_at..self.value_at).unwrap_or_default();
        self.plain.level == 1 && TOLD.contains(&key.trim_matches([',', ' ']))
    }

    /// The value of the key; both go where it is empty.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        let outermost = self.plain.level == 1;
        if !self.is_told() {
            self.plain.open = outermost;
            value.serialize(&mut *self.plain)?;
        }
        if self.plain.out.len() == self.value_at || self.is_told() {
            self.plain.out.truncate(self.key_at);
            return Ok(());
        }
        if outermost {
            self.begin_line();
        }
        self.first = false;
        Ok(())
    }

    /// Puts what begins a line before the key, unless it can share one.
    fn begin_line(&mut self) {
        let scalar = self.plain.kind == Kind::Scalar;
        if !(scalar && self.after_scalar) {
            let separator = if self.first { 0 } else { 2 };
            let line = line(self.plain.depth);
            self.plain.out.replace_range(self.key_at..self.key_at + separator, line);
        }
        self.after_scalar = scalar;
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> fmt::Result {
        self.key(|plain| Escaped(plain.out).write_str(key))?;
        self.value(value)
    }

    fn close(self) {
        self.plain.level -= 1;
        self.plain.kind = self.kind;
        if self.parentheses {
            if self.first {
                self.plain.out.truncate(self.begins);
            } else {
                self.plain.out.push(')');
            }
        }
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> fmt::Result {
            self.scalar(value)
        })*
    };
}

macro_rules! numbers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, n: $type) -> fmt::Result {
            self.number(n.into());
            Ok(())
        })*
    };
}

impl<'p, 'a> Serializer for &'p mut Plain<'a> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Parts<'p, 'a>;
    type SerializeTuple = Parts<'p, 'a>;
    type SerializeTupleStruct = Parts<'p, 'a>;
    type SerializeTupleVariant = Parts<'p, 'a>;
    type SerializeMap = Parts<'p, 'a>;
    type SerializeStruct = Parts<'p, 'a>;
    type SerializeStructVariant = Parts<'p, 'a>;

    scalars!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_f32: f32, serialize_f64: f64, serialize_char: char
    );
    numbers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_str(self, text: &str) -> fmt::Result {
        self.kind = Kind::Scalar;
        Escaped(self.out).write_str(text)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> fmt::Result {
        self.scalar(value)
    }

    fn serialize_bytes(self, octets: &[u8]) -> fmt::Result {
        self.scalar(super::message::Hex(octets))
    }

    fn serialize_none(self) -> fmt::Result {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> fmt::Result {
        Ok(())
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> fmt::Result {
        self.scalar(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> fmt::Result {
        let mut parts = Parts::of(self, Kind::Object);
        parts.entry(variant, value)?;
        parts.close();
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Scalar))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Scalar))
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Scalar))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Scalar))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Object))
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Object))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self, Kind::Object))
    }
}

macro_rules! lists {
    ($($trait:ident: $method:ident),*) => {
        $(impl $trait for Parts<'_, '_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
                self.element(value)
            }

            fn end(self) -> fmt::Result {
                self.close();
                Ok(())
            }
        })*
    };
}

lists!(
    SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! objects {
    ($($trait:ident),*) => {
        $(impl $trait for Parts<'_, '_> {
            type Ok = ();
            type Error = fmt::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> fmt::Result {
                self.entry(key, value)
            }

            fn end(self) -> fmt::Result {
                self.close();
                Ok(())
            }
        })*
    };
}

objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.key(|plain| key.serialize(plain))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.value(value)
    }

    fn end(self) -> fmt::Result {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_of_values() {
        for (value, want) in [
            (json!({"a": 1, "b": "x y", "c": true}), "\n    a 1, b x y, c true"),
            (json!({"a": [1, 2, 3], "b": [], "c": null, "d": {}}), "\n    a 1 2 3"),
            (json!({"a": 1, "b": [1, 2], "c": 3}), "\n    a 1, b 1 2, c 3"),
            (json!({"a": {"b": 1, "c": [], "d": true}}), "\n    a b 1, d true"),
            (json!({"a": {"b": {"c": 1, "d": 2}, "e": {}}}), "\n    a b (c 1, d 2)"),
            (json!({"a": [{"b": 1}, {"b": [2, {"c": 3}]}]}), "\n    a\n        b 1\n        b 2 (c 3)"),
            (json!({"a": [{"code": 1, "name": "x", "y": 2}]}), "\n    a\n        code 1 x, y 2"),
            (json!({"a": 1, "b": {"c": 2}, "d": 3}), "\n    a 1\n    b c 2\n    d 3"),
            (json!({"name": "x"}), "\n    name x"),
            (json!({"type": "open", "y": 1, "message": [1], "z": "\u{1b}[31m"}), "\n    y 1, z \\u{1b}[31m"),
            (json!({"z": "\u{9b}1m \u{a7}"}), "\n    z \\u{9b}1m \u{a7}"),
            (json!({"outcome": "ok", "a": {"outcome": "ok"}}), "\n    a outcome ok"),
            (json!({"a": u64::MAX, "b": -1}), "\n    a 18446744073709551615, b -1"),
        ] {
            let mut text = String::new();
            write(&mut text, &value, 0).unwrap();
            assert_eq!(text, want, "{value}");
        }
    }

    #[test]
    fn text_on_one_line() {
        let mut text = String::new();
        inline(&mut text, &json!({"a": 1, "b": [2, 3], "c": {"d": 4}, "type": 5})).unwrap();
        assert_eq!(text, "a 1, b 2 3, c (d 4), type 5");
    }
}
