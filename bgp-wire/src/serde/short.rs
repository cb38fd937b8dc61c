//! Short text in one piece: given to a serializer at once it costs a fraction of what it costs in parts, and most
//! of what is written is addresses, numbers and names.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr};
use ipnet::IpNet;
use serde::ser::Serializer;

/// Octets that a prefix of IPv6, the longest text of those that are common, has room in.
const ROOM: usize = 64;

/// Text that is put together before it is written.
pub(super) struct Short {
    octets: [u8; ROOM],
    len: usize,
}

impl Short {
    pub(super) const EMPTY: Self = Self { octets: [0; ROOM], len: 0 };

    fn as_str(&self) -> &str {
        let octets = self.octets.get(..self.len).unwrap_or_default();
        core::str::from_utf8(octets).unwrap_or_default()
    }

    /// Decimal numbers with `between` between them.
    pub(super) fn numbers<const N: usize>(&mut self, numbers: [u32; N], between: char) -> fmt::Result {
        let mut first = true;
        numbers.into_iter().try_for_each(|n| {
            if !core::mem::take(&mut first) {
                self.write_char(between)?;
            }
            self.number(n)
        })
    }

    fn number(&mut self, mut n: u32) -> fmt::Result {
        let mut digits = [b'0'; 10];
        let mut begins = digits.len();
        for digit in digits.iter_mut().rev() {
            *digit |= u8::try_from(n % 10).unwrap_or_default();
            begins = begins.saturating_sub(1);
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.push(digits.get(begins..).unwrap_or_default())
    }

    fn ipv4(&mut self, addr: Ipv4Addr) -> fmt::Result {
        self.numbers(addr.octets().map(u32::from), '.')
    }

    fn push(&mut self, octets: &[u8]) -> fmt::Result {
        let end = self.len.saturating_add(octets.len());
        self.octets.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(octets);
        self.len = end;
        Ok(())
    }
}

/// What does not fit as a whole is an error.
impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// Gives a serializer the text of `value`, which `write` writes.
pub(super) fn in_one_piece<S: Serializer>(
    serializer: S,
    value: &impl fmt::Display,
    write: impl FnOnce(&mut Short) -> fmt::Result,
) -> Result<S::Ok, S::Error> {
    let mut short = Short::EMPTY;
    match write(&mut short) {
        Ok(()) => serializer.serialize_str(short.as_str()),
        Err(fmt::Error) => serializer.collect_str(value),
    }
}

/// What `Display` writes.
pub(super) fn display<S: Serializer>(serializer: S, value: &impl fmt::Display) -> Result<S::Ok, S::Error> {
    in_one_piece(serializer, value, |short| write!(short, "{value}"))
}

/// `192.0.2.0/24`
pub(super) fn prefix<S: Serializer>(serializer: S, prefix: IpNet) -> Result<S::Ok, S::Error> {
    in_one_piece(serializer, &prefix, |short| {
        match prefix.addr() {
            IpAddr::V4(addr) => short.ipv4(addr)?,
            IpAddr::V6(addr) => write!(short, "{addr}")?,
        }
        short.write_char('/')?;
        short.number(prefix.prefix_len().into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn numbers_are_those_of_display() {
        for n in [0, 1, 9, 10, 99, 100, 255, 65_535, 1_000_000_000, u32::MAX] {
            let mut short = Short::EMPTY;
            short.number(n).unwrap();
            assert_eq!(short.as_str(), n.to_string());
        }
        let mut short = Short::EMPTY;
        short.numbers([64_500, 0, 7], ':').unwrap();
        assert_eq!(short.as_str(), "64500:0:7");
    }

    #[test]
    fn prefixes_are_those_of_display() {
        for text in ["0.0.0.0/0", "198.51.100.0/24", "255.255.255.255/32", "::/0", "2001:db8::/32"] {
            let net: IpNet = text.parse().unwrap();
            assert_eq!(prefix(serde_json::value::Serializer, net).unwrap(), text);
        }
    }

    #[test]
    fn what_is_long_is_written_all_the_same() {
        let long = "x".repeat(ROOM + 1);
        for text in ["", &long[..ROOM], &long] {
            assert_eq!(display(serde_json::value::Serializer, &text).unwrap(), text);
        }
    }
}
