//! What capabilities say of one family each.

use super::tuples::{Tuple, Tuples};
use crate::cursor;
use crate::family::AfiSafi;
use alloc::vec::Vec;
use core::fmt;

/// An AFI of two octets and a SAFI of one.
fn family(v: &[u8]) -> Option<(AfiSafi, &[u8])> {
    let (&[high, low, safi], rest) = v.split_first_chunk()?;
    Some((AfiSafi { afi: u16::from_be_bytes([high, low]), safi }, rest))
}

fn put_family(out: &mut Vec<u8>, family: AfiSafi) {
    out.extend_from_slice(&family.afi.to_be_bytes());
    out.push(family.safi);
}

/// Writes the words whose condition holds, in parentheses; nothing where none does.
fn notes(f: &mut fmt::Formatter<'_>, notes: &[(bool, &str)]) -> fmt::Result {
    let mut open = " (";
    for (_, word) in notes.iter().filter(|(holds, _)| *holds) {
        write!(f, "{open}{word}")?;
        open = ", ";
    }
    if open == ", " { f.write_str(")") } else { Ok(()) }
}

/// Several paths a prefix in one family (RFC 7911 section 4). Neither way is no value the standard knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct AddPath {
    /// The family.
    pub family: AfiSafi,
    /// The sender of the OPEN can receive several paths.
    pub receive: bool,
    /// The sender of the OPEN can send several paths.
    pub send: bool,
}

impl AddPath {
    /// Whether all values of a list are known; one that is not makes the capability one to pass over.
    pub(crate) fn known(v: &[u8]) -> bool {
        v.chunks_exact(4).all(|tuple| matches!(tuple.last(), Some(1..=3)))
    }
}

impl Tuple<'_> for AddPath {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (family, v) = family(v)?;
        let (ways, v) = cursor::u8(v)?;
        Some((Self { family, receive: ways & 1 != 0, send: ways & 2 != 0 }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_family(out, self.family);
        out.push(u8::from(self.receive) | u8::from(self.send) << 1);
    }
}

impl fmt::Display for AddPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.family.fmt(f)?;
        notes(f, &[(self.receive, "receive"), (self.send, "send")])
    }
}

/// A family kept through a graceful restart (RFC 4724 section 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct RestartFamily {
    /// The family.
    pub family: AfiSafi,
    /// The F bit: forwarding went on while the speaker restarted.
    pub forwarding_preserved: bool,
}

impl Tuple<'_> for RestartFamily {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (family, v) = family(v)?;
        let (flags, v) = cursor::u8(v)?;
        Some((Self { family, forwarding_preserved: flags & 0x80 != 0 }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_family(out, self.family);
        out.push(u8::from(self.forwarding_preserved) << 7);
    }
}

impl fmt::Display for RestartFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.family.fmt(f)?;
        notes(f, &[(self.forwarding_preserved, "forwarding preserved")])
    }
}

/// A family whose stale routes are kept for long (RFC 9494 section 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct StaleFamily {
    /// The family.
    pub family: AfiSafi,
    /// The F bit: forwarding went on while the speaker restarted.
    pub forwarding_preserved: bool,
    /// How long stale routes are kept, in seconds: 24 bits on the wire.
    pub stale_time: u32,
}

impl Tuple<'_> for StaleFamily {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (family, v) = family(v)?;
        let (&[flags, a, b, c], v) = v.split_first_chunk()?;
        let stale_time = u32::from_be_bytes([0, a, b, c]);
        Some((Self { family, forwarding_preserved: flags & 0x80 != 0, stale_time }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_family(out, self.family);
        let [_, a, b, c] = self.stale_time.min(0x00ff_ffff).to_be_bytes();
        out.extend_from_slice(&[u8::from(self.forwarding_preserved) << 7, a, b, c]);
    }
}

impl fmt::Display for StaleFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} s", self.family, self.stale_time)?;
        notes(f, &[(self.forwarding_preserved, "forwarding preserved")])
    }
}

/// NLRI of one family may have next hops of another AFI (RFC 8950 section 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct NextHopEncoding {
    /// AFI of the NLRI.
    pub afi: u16,
    /// SAFI of the NLRI, in the two octets it has here.
    pub safi: u16,
    /// AFI of the next hop.
    pub next_hop_afi: u16,
}

impl Tuple<'_> for NextHopEncoding {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (afi, v) = cursor::u16(v)?;
        let (safi, v) = cursor::u16(v)?;
        let (next_hop_afi, v) = cursor::u16(v)?;
        Some((Self { afi, safi, next_hop_afi }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        [self.afi, self.safi, self.next_hop_afi].iter().for_each(|n| out.extend_from_slice(&n.to_be_bytes()));
    }
}

impl fmt::Display for NextHopEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u8::try_from(self.safi) {
            Ok(safi) => write!(f, "{}", AfiSafi { afi: self.afi, safi })?,
            Err(_) => write!(f, "AFI {} SAFI {}", self.afi, self.safi)?,
        }
        match self.next_hop_afi {
            1 => f.write_str(" over ipv4"),
            2 => f.write_str(" over ipv6"),
            afi => write!(f, " over AFI {afi}"),
        }
    }
}

/// How many of something a family can have: labels a prefix (RFC 8277 section 2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct LabelCount {
    /// The family.
    pub family: AfiSafi,
    /// The most labels a prefix; 255 is no limit, 0 and 1 are to be passed over.
    pub count: u8,
}

impl Tuple<'_> for LabelCount {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (family, v) = family(v)?;
        let (count, v) = cursor::u8(v)?;
        Some((Self { family, count }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_family(out, self.family);
        out.push(self.count);
    }
}

impl fmt::Display for LabelCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.family, self.count)
    }
}

/// How many paths a prefix the sender of the OPEN wants (draft-abraitis-idr-addpath-paths-limit).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct PathsLimit {
    /// The family.
    pub family: AfiSafi,
    /// The most paths a prefix.
    pub limit: u16,
}

impl Tuple<'_> for PathsLimit {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (family, v) = family(v)?;
        let (limit, v) = cursor::u16(v)?;
        Some((Self { family, limit }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_family(out, self.family);
        out.extend_from_slice(&self.limit.to_be_bytes());
    }
}

impl fmt::Display for PathsLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.family, self.limit)
    }
}

/// The outbound route filters of one family (RFC 5291 section 5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct OrfFamily<'a> {
    /// The family.
    pub family: AfiSafi,
    /// The types of filter.
    pub types: Tuples<'a, OrfSupport>,
}

impl<'a> Tuple<'a> for OrfFamily<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&[high, low, _, safi, count], v) = v.split_first_chunk()?;
        let (types, v) = v.split_at_checked(usize::from(count).saturating_mul(2))?;
        let family = AfiSafi { afi: u16::from_be_bytes([high, low]), safi };
        Some((Self { family, types: Tuples::leading(types) }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [high, low] = self.family.afi.to_be_bytes();
        out.extend_from_slice(&[high, low, 0, self.family.safi]);
        let at = out.len();
        out.push(0);
        self.types.write_within(out, 250);
        if let Some((count, types)) = out.get_mut(at..).and_then(<[u8]>::split_first_mut) {
            *count = u8::try_from(types.len() / 2).unwrap_or(u8::MAX);
        }
    }
}

impl fmt::Display for OrfFamily<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.family, self.types)
    }
}

/// One type of outbound route filter, and which way it goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OrfSupport {
    /// The registered type: 64 is the address prefix filter of RFC 5292.
    pub kind: u8,
    /// Send/Receive: 1 can receive, 2 can send, 3 both.
    pub mode: u8,
}

impl Tuple<'_> for OrfSupport {
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (&[kind, mode], v) = v.split_first_chunk()?;
        Some((Self { kind, mode }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.kind, self.mode]);
    }
}

impl fmt::Display for OrfSupport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            64 => f.write_str("prefix")?,
            kind => write!(f, "type {kind}")?,
        }
        notes(f, &[(self.mode & 1 != 0, "receive"), (self.mode & 2 != 0, "send")])
    }
}
