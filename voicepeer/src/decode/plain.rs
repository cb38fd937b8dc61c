//! Text for people from whatever has a serde form: `key value, key value`, lists with blanks between.
//!
//! The outermost object has a line for each key; a list of objects in it has a line for each of them. What
//! is empty is left out. Control characters are escaped: an input must not steer the terminal.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::{self, Display, Write};

/// What stands before a key of the outermost object, and before an object in a list of such a key.
const KEY: &str = "\n    ";
const OBJECT: &str = "\n        ";

/// Keys of the outermost object that are told in other words.
const TOLD: [&str; 7] = ["type", "outcome", "findings", "more-findings", "notification", "bmp", "message"];

/// Writes the text of `value`, an object, behind what `out` holds.
pub(super) fn write(out: &mut String, value: &impl Serialize) -> fmt::Result {
    value.serialize(&mut Plain { out, level: 0, object: false })
}

/// Text in which control characters are escaped.
pub(super) struct Escaped<'a>(pub(super) &'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.chars().any(char::is_control) {
            return self.0.write_str(text);
        }
        text.chars().try_for_each(|c| match c {
            c if c.is_control() => write!(self.0, "{}", c.escape_default()),
            c => self.0.write_char(c),
        })
    }
}

/// Writes one value.
struct Plain<'a> {
    out: &'a mut String,
    /// How many objects and lists this value is in.
    level: u8,
    /// Whether the value written last was an object.
    object: bool,
}

impl Plain<'_> {
    fn scalar(&mut self, value: impl Display) -> fmt::Result {
        self.object = false;
        write!(Escaped(self.out), "{value}")
    }
}

/// Writes the parts of one object or list.
struct Parts<'p, 'a> {
    plain: &'p mut Plain<'a>,
    first: bool,
    /// Where the key stands that waits for its value.
    key_at: usize,
}

impl<'p, 'a> Parts<'p, 'a> {
    fn of(plain: &'p mut Plain<'a>) -> Self {
        plain.level += 1;
        let key_at = plain.out.len();
        Self { plain, first: true, key_at }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        let (at, own_line) = (self.plain.out.len(), self.plain.level == 2);
        if !self.first {
            self.plain.out.push_str(if self.plain.object { "; " } else { " " });
        }
        let begins = self.plain.out.len();
        value.serialize(&mut *self.plain)?;
        if self.plain.object && own_line {
            // The first one also takes the place of the blank behind the key.
            let at = at.saturating_sub(usize::from(self.first));
            self.plain.out.replace_range(at..begins, OBJECT);
        }
        self.first = false;
        Ok(())
    }

    fn key(&mut self, key: &(impl Display + ?Sized)) -> fmt::Result {
        self.key_at = self.plain.out.len();
        if self.plain.level == 1 {
            self.plain.out.push_str(KEY);
        } else if !self.first {
            self.plain.out.push_str(", ");
        }
        write!(Escaped(self.plain.out), "{key} ")
    }

    /// The value of the key; both go where it is empty.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        let begins = self.plain.out.len();
        value.serialize(&mut *self.plain)?;
        if self.plain.out.len() == begins {
            self.plain.out.truncate(self.key_at);
        } else {
            self.first = false;
        }
        Ok(())
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> fmt::Result {
        if self.plain.level == 1 && TOLD.contains(&key) {
            return Ok(());
        }
        self.key(key)?;
        self.value(value)
    }

    fn close(self, object: bool) {
        self.plain.level -= 1;
        self.plain.object = object;
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> fmt::Result {
            self.scalar(value)
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
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_str: &str
    );

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
        let mut parts = Parts::of(self);
        parts.entry(variant, value)?;
        parts.close(true);
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Parts<'p, 'a>, fmt::Error> {
        Ok(Parts::of(self))
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
                self.close(false);
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
                self.close(true);
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
        let mut text = String::new();
        key.serialize(&mut Plain { out: &mut text, level: 1, object: false })?;
        self.key(&text)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.value(value)
    }

    fn serialize_entry<K: Serialize + ?Sized, T: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &T,
    ) -> fmt::Result {
        let mut text = String::new();
        key.serialize(&mut Plain { out: &mut text, level: 1, object: false })?;
        self.entry(&text, value)
    }

    fn end(self) -> fmt::Result {
        self.close(true);
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
            (json!({"a": 1, "b": "x y"}), "\n    a 1\n    b x y"),
            (json!({"a": [1, 2, 3], "b": [], "c": null, "d": {}}), "\n    a 1 2 3"),
            (json!({"a": {"b": 1, "c": [], "d": true}}), "\n    a b 1, d true"),
            (json!({"a": [{"b": 1}, {"b": [2, {"c": 3}]}]}), "\n    a\n        b 1\n        b 2 c 3"),
            (json!({"type": "open", "z": "\u{1b}[31m"}), "\n    z \\u{1b}[31m"),
            (json!({"outcome": "ok", "a": {"outcome": "ok"}}), "\n    a outcome ok"),
        ] {
            let mut text = String::new();
            write(&mut text, &value).unwrap();
            assert_eq!(text, want, "{value}");
        }
    }
}
