//! Capabilities whose value is more than a number and other than a list.

use super::families::RestartFamily;
use super::tuples::Tuples;
use crate::cursor;
use alloc::vec::Vec;
use core::fmt;

/// What a speaker is to its peer (RFC 9234 section 4.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// 0: it gives the peer transit.
    Provider,
    /// 1: a route server.
    RouteServer,
    /// 2: a route server's client.
    RouteServerClient,
    /// 3: it takes transit from the peer.
    Customer,
    /// 4: they exchange their own and their customers' routes.
    Peer,
    /// Any other value.
    Other(u8),
}

impl Role {
    pub(super) const fn from_octet(n: u8) -> Self {
        match n {
            0 => Self::Provider,
            1 => Self::RouteServer,
            2 => Self::RouteServerClient,
            3 => Self::Customer,
            4 => Self::Peer,
            n => Self::Other(n),
        }
    }

    /// The registered value.
    pub const fn octet(self) -> u8 {
        match self {
            Self::Provider => 0,
            Self::RouteServer => 1,
            Self::RouteServerClient => 2,
            Self::Customer => 3,
            Self::Peer => 4,
            Self::Other(n) => n,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Provider => "provider",
            Self::RouteServer => "rs-server",
            Self::RouteServerClient => "rs-client",
            Self::Customer => "customer",
            Self::Peer => "peer",
            Self::Other(n) => return write!(f, "role {n}"),
        })
    }
}

/// BGPsec of one AFI, one way (RFC 8205 section 2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Bgpsec {
    /// The version: four bits, 0 so far.
    pub version: u8,
    /// The direction bit: the sender of the OPEN sends signed UPDATEs; otherwise it receives them.
    pub send: bool,
    /// The AFI.
    pub afi: u16,
}

impl Bgpsec {
    pub(super) const fn read([first, high, low]: [u8; 3]) -> Self {
        Self { version: first >> 4, send: first & 0x08 != 0, afi: u16::from_be_bytes([high, low]) }
    }

    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.push((self.version & 0x0f) << 4 | u8::from(self.send) << 3);
        out.extend_from_slice(&self.afi.to_be_bytes());
    }
}

/// What a speaker keeps, and for how long, while its peer restarts (RFC 4724 section 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GracefulRestart<'a> {
    /// The R bit: the sender of the OPEN has restarted.
    pub restarting: bool,
    /// The N bit: a NOTIFICATION, too, is followed by a graceful restart (RFC 8538 section 2).
    pub notification: bool,
    /// How long until the session is up again, in seconds: 12 bits on the wire.
    pub restart_time: u16,
    /// The families that are kept.
    pub families: Tuples<'a, RestartFamily>,
}

impl<'a> GracefulRestart<'a> {
    pub(super) fn read(v: &'a [u8]) -> Option<Self> {
        let (head, v) = cursor::u16(v)?;
        Some(Self {
            restarting: head & 0x8000 != 0,
            notification: head & 0x4000 != 0,
            restart_time: head & 0x0fff,
            families: Tuples::whole(v)?,
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let flags = u16::from(self.restarting) << 15 | u16::from(self.notification) << 14;
        out.extend_from_slice(&(flags | self.restart_time.min(0x0fff)).to_be_bytes());
        self.families.write_within(out, 253);
    }
}

impl fmt::Display for GracefulRestart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.restart_time)?;
        f.write_str(if self.restarting { ", restarting" } else { "" })?;
        f.write_str(if self.notification { ", after a notification too" } else { "" })?;
        write!(f, ": {}", self.families)
    }
}

/// The name of the speaker, for those who read logs (draft-walton-bgp-hostname-capability).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fqdn<'a> {
    /// The host's name, in UTF-8 as it should be.
    pub host: &'a [u8],
    /// The domain's name; may be empty.
    pub domain: &'a [u8],
}

impl<'a> Fqdn<'a> {
    pub(super) fn read(v: &'a [u8]) -> Option<Self> {
        let (host, v) = text(v)?;
        let (domain, v) = text(v)?;
        v.is_empty().then_some(Self { host, domain })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_text(out, self.host, 253);
        put_text(out, self.domain, 253_usize.saturating_sub(self.host.len()));
    }
}

impl fmt::Display for Fqdn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.escape_ascii().fmt(f)?;
        if self.domain.is_empty() { Ok(()) } else { write!(f, ".{}", self.domain.escape_ascii()) }
    }
}

/// A field behind one octet that is its length, and what follows.
pub(super) fn text(v: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, v) = cursor::u8(v)?;
    v.split_at_checked(usize::from(len))
}

/// Writes as much of `text` as `max` octets hold, which is below 256, behind its length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &[u8], max: usize) {
    let text = text.get(..max).unwrap_or(text);
    out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(text);
}
