//! Extended communities that carry an IPv6 address.

use super::CommunityParseError;
use super::fields::{Value, hex_octets, joined, value, write_hex};
use crate::asn::decimal;
use core::fmt;
use core::net::Ipv6Addr;
use core::str::FromStr;

/// An IPv6 address specific extended community (RFC 5701), its twenty octets as they came.
///
/// [`kind`](Self::kind) says what they mean; [`Ipv6Kind`] lists the kinds and their text. A community
/// whose kind leaves an octet out, or that has none, is `0x` and 40 hexadecimal digits as text, so each
/// text parses back to the very octets.
///
/// ```
/// use bgp_wire::{Ipv6ExtendedCommunity, Ipv6Kind, Ipv6Specific};
/// let target: Ipv6ExtendedCommunity = "rt:[2001:db8::1]:100".parse().unwrap();
/// let pe = Ipv6Specific { address: "2001:db8::1".parse().unwrap(), local: 100 };
/// assert_eq!(target.kind(), Ipv6Kind::RouteTarget(pe));
/// assert_eq!(target, Ipv6Kind::RouteTarget(pe).into());
/// assert_eq!(target.to_string(), "rt:[2001:db8::1]:100");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ipv6ExtendedCommunity(pub [u8; 20]);

/// An IPv6 address and the number that its owner assigned, written `[2001:db8::1]:100`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ipv6Specific {
    /// Global administrator.
    pub address: Ipv6Addr,
    /// Local administrator.
    pub local: u16,
}

/// What an IPv6 address specific extended community means, with its text beside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ipv6Kind {
    /// RFC 5701, `rt:[2001:db8::1]:100`: routers that may want the route.
    RouteTarget(Ipv6Specific),
    /// RFC 5701, `ro:[2001:db8::1]:7`: the site the route came from.
    RouteOrigin(Ipv6Specific),
    /// RFC 6515, `vrf-route-import:[2001:db8::1]:7`: the VRF on the upstream PE.
    VrfRouteImport(Ipv6Specific),
    /// draft-ietf-idr-flowspec-redirect-ip, `redirect-ip:[2001:db8::1]` or `redirect-ip:copy:[2001:db8::1]`.
    RedirectToIp {
        /// Where to.
        address: Ipv6Addr,
        /// Send a copy, and the packet on its way.
        copy: bool,
    },
    /// RFC 8956 section 6.1, `redirect:[2001:db8::1]:1`: the VRF that imports this route target.
    Redirect(Ipv6Specific),
    /// None of the above, `0x` and 40 digits.
    Unknown(Ipv6ExtendedCommunity),
}

impl Ipv6ExtendedCommunity {
    fn new(sub_type: u8, of: Ipv6Specific) -> Self {
        let value: [u8; 18] = joined(of.address.octets(), of.local.to_be_bytes());
        Self(joined([0x00, sub_type], value))
    }

    /// The first octet of the type.
    pub const fn type_high(self) -> u8 {
        let [high, ..] = self.0;
        high
    }

    /// The second octet of the type.
    pub const fn sub_type(self) -> u8 {
        let [_, sub_type, ..] = self.0;
        sub_type
    }

    /// Whether it passes from one AS to the next: the bit 0x40 of the type is clear.
    pub const fn is_transitive(self) -> bool {
        self.type_high() & 0x40 == 0
    }

    /// What the octets mean.
    pub fn kind(self) -> Ipv6Kind {
        let [high, sub_type, value @ .., before_last, last] = self.0;
        let address = Ipv6Addr::from(value);
        let of = Ipv6Specific { address, local: u16::from_be_bytes([before_last, last]) };
        match (high, sub_type) {
            (0x00, 0x02) => Ipv6Kind::RouteTarget(of),
            (0x00, 0x03) => Ipv6Kind::RouteOrigin(of),
            (0x00, 0x0b) => Ipv6Kind::VrfRouteImport(of),
            (0x00, 0x0c) => Ipv6Kind::RedirectToIp { address, copy: last & 1 != 0 },
            (0x00, 0x0d) => Ipv6Kind::Redirect(of),
            _ => Ipv6Kind::Unknown(self),
        }
    }
}

impl From<Ipv6Kind> for Ipv6ExtendedCommunity {
    fn from(kind: Ipv6Kind) -> Self {
        match kind {
            Ipv6Kind::RouteTarget(of) => Self::new(0x02, of),
            Ipv6Kind::RouteOrigin(of) => Self::new(0x03, of),
            Ipv6Kind::VrfRouteImport(of) => Self::new(0x0b, of),
            Ipv6Kind::RedirectToIp { address, copy } => {
                Self::new(0x0c, Ipv6Specific { address, local: u16::from(copy) })
            }
            Ipv6Kind::Redirect(of) => Self::new(0x0d, of),
            Ipv6Kind::Unknown(community) => community,
        }
    }
}

impl fmt::Display for Ipv6ExtendedCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        // A text that leaves something out would not parse back to the same octets.
        if Self::from(kind) == *self { kind.write(f) } else { write_hex(f, &self.0) }
    }
}

impl Ipv6Kind {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RouteTarget(of) => write!(f, "rt:{of}"),
            Self::RouteOrigin(of) => write!(f, "ro:{of}"),
            Self::VrfRouteImport(of) => write!(f, "vrf-route-import:{of}"),
            Self::RedirectToIp { address, copy: false } => write!(f, "redirect-ip:[{address}]"),
            Self::RedirectToIp { address, copy: true } => write!(f, "redirect-ip:copy:[{address}]"),
            Self::Redirect(of) => write!(f, "redirect:{of}"),
            Self::Unknown(of) => write_hex(f, &of.0),
        }
    }
}

impl fmt::Display for Ipv6Specific {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]:{}", self.address, self.local)
    }
}

impl Value for Ipv6Specific {
    const FORM: &'static str =
        "an IPv6 address in brackets, a colon and a number to 65535: [2001:db8::1]:100";

    fn parse(text: &str) -> Option<Self> {
        let (address, local) = text.strip_prefix('[')?.split_once("]:")?;
        Some(Self { address: address.parse().ok()?, local: decimal(local)? })
    }
}

struct Copied(bool, Ipv6Addr);

impl Value for Copied {
    const FORM: &'static str = "an IPv6 address in brackets, with copy: before it or not";

    fn parse(text: &str) -> Option<Self> {
        let copy = text.strip_prefix("copy:");
        let address = copy.unwrap_or(text).strip_prefix('[')?.strip_suffix(']')?;
        Some(Self(copy.is_some(), address.parse().ok()?))
    }
}

const UNKNOWN: CommunityParseError = CommunityParseError {
    what: "an IPv6 extended community",
    form: "a kind, a colon and its value, as in rt:[2001:db8::1]:100, or 0x and 40 hexadecimal digits",
};

impl FromStr for Ipv6ExtendedCommunity {
    type Err = CommunityParseError;

    fn from_str(s: &str) -> Result<Self, CommunityParseError> {
        if let Some(digits) = s.strip_prefix("0x") {
            return hex_octets(digits).map(Self).ok_or(UNKNOWN);
        }
        let (name, text) = s.split_once(':').ok_or(UNKNOWN)?;
        let kind = match name {
            "rt" => value("a route target (rt:)", text).map(Ipv6Kind::RouteTarget),
            "ro" => value("a route origin (ro:)", text).map(Ipv6Kind::RouteOrigin),
            "vrf-route-import" => {
                value("a VRF route import (vrf-route-import:)", text).map(Ipv6Kind::VrfRouteImport)
            }
            "redirect-ip" => value("a redirect to an address (redirect-ip:)", text)
                .map(|Copied(copy, address)| Ipv6Kind::RedirectToIp { address, copy }),
            "redirect" => value("a redirect to a VRF (redirect:)", text).map(Ipv6Kind::Redirect),
            _ => Err(UNKNOWN),
        };
        kind.map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;

    const ADDRESS: &str = "20010db8000000000000000000000001";

    /// (text, sub-type, what stands behind the address).
    #[test]
    fn text_and_octets() {
        for (text, sub_type, local) in [
            ("rt:[2001:db8::1]:100", "0002", "0064"),
            ("ro:[2001:db8::1]:65535", "0003", "ffff"),
            ("vrf-route-import:[2001:db8::1]:7", "000b", "0007"),
            ("redirect-ip:[2001:db8::1]", "000c", "0000"),
            ("redirect-ip:copy:[2001:db8::1]", "000c", "0001"),
            ("redirect:[2001:db8::1]:1", "000d", "0001"),
        ] {
            let octets: Ipv6ExtendedCommunity = ["0x", sub_type, ADDRESS, local].concat().parse().unwrap();
            assert_eq!(text.parse(), Ok(octets), "{text}");
            assert_eq!(octets.to_string(), text);
            assert!(octets.is_transitive());
        }
        // Another type, a type that is not transitive, and a reserved bit: the octets themselves.
        for head in ["0011", "4002", "000c"] {
            let text = ["0x", head, ADDRESS, "0002"].concat();
            let community: Ipv6ExtendedCommunity = text.parse().unwrap();
            assert_eq!(community.to_string(), text);
            assert_eq!(community.is_transitive(), head != "4002");
        }
    }

    #[test]
    fn bad_text_is_told_what_good_text_looks_like() {
        for (bad, want) in [
            ("rt:2001:db8::1:100", "a route target (rt:) is an IPv6 address in brackets, a colon and"),
            ("ro:[2001:db8::1]:65536", "a route origin (ro:) is an IPv6 address in brackets"),
            ("vrf-route-import:[::1]", "a VRF route import (vrf-route-import:) is an IPv6 address"),
            ("redirect:[::g]:1", "a redirect to a VRF (redirect:) is an IPv6 address in brackets"),
            ("redirect-ip:::1", "a redirect to an address (redirect-ip:) is an IPv6 address in brackets"),
            ("0x00", "an IPv6 extended community is a kind, a colon and its value"),
            ("color:1", "an IPv6 extended community is a kind, a colon and its value"),
            ("", "an IPv6 extended community is a kind, a colon and its value"),
        ] {
            let error = bad.parse::<Ipv6ExtendedCommunity>().unwrap_err().to_string();
            assert!(error.starts_with(want), "{bad:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn every_community_parses_back(
            head in prop_oneof![(Just(0), 0_u8..20), any::<(u8, u8)>()],
            value: [u8; 16],
            local in prop_oneof![Just([0, 0]), Just([0, 1]), any::<[u8; 2]>()],
        ) {
            let octets = [[head.0, head.1].as_slice(), &value, &local].concat();
            let community = Ipv6ExtendedCommunity(octets.try_into().unwrap());
            let text: String = community.to_string();
            prop_assert_eq!(text.parse(), Ok(community), "{}", text);
        }
    }
}
