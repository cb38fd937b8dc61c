//! Standard communities.

use super::CommunityParseError;
use crate::asn::decimal;
use core::fmt;
use core::str::FromStr;

/// A community of RFC 1997: two numbers of two octets.
///
/// ```
/// use bgp_wire::Community;
/// assert_eq!("8075:8007".parse(), Ok(Community::new(8075, 8007)));
/// assert_eq!(Community::NO_EXPORT.to_string(), "no-export");
/// assert_eq!("65535:65281".parse(), Ok(Community::NO_EXPORT));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Community(pub u32);

impl Community {
    /// RFC 8326: the route is about to go away.
    pub const GRACEFUL_SHUTDOWN: Self = Self(0xffff_0000);
    /// RFC 7611: a route that comes back to the one who originated it may be accepted.
    pub const ACCEPT_OWN: Self = Self(0xffff_0001);
    /// draft-l3vpn-legacy-rtc: route targets of VPN-IPv4, translated by a route reflector.
    pub const ROUTE_FILTER_TRANSLATED_V4: Self = Self(0xffff_0002);
    /// draft-l3vpn-legacy-rtc: route targets of VPN-IPv4 that the speaker wants.
    pub const ROUTE_FILTER_V4: Self = Self(0xffff_0003);
    /// draft-l3vpn-legacy-rtc: route targets of VPN-IPv6, translated by a route reflector.
    pub const ROUTE_FILTER_TRANSLATED_V6: Self = Self(0xffff_0004);
    /// draft-l3vpn-legacy-rtc: route targets of VPN-IPv6 that the speaker wants.
    pub const ROUTE_FILTER_V6: Self = Self(0xffff_0005);
    /// RFC 9494: the route is kept although its session has long been down.
    pub const LLGR_STALE: Self = Self(0xffff_0006);
    /// RFC 9494: the route is not to be kept for long once its session is down.
    pub const NO_LLGR: Self = Self(0xffff_0007);
    /// draft-agrewal-idr-accept-own-nexthop: a route with one's own next hop may be accepted.
    pub const ACCEPT_OWN_NEXTHOP: Self = Self(0xffff_0008);
    /// RFC 9026: the upstream PE of a multicast VPN that stands by.
    pub const STANDBY_PE: Self = Self(0xffff_0009);
    /// RFC 7999: discard traffic to the prefix.
    pub const BLACKHOLE: Self = Self(0xffff_029a);
    /// RFC 1997: not to be advertised outside the confederation.
    pub const NO_EXPORT: Self = Self(0xffff_ff01);
    /// RFC 1997: not to be advertised to any peer.
    pub const NO_ADVERTISE: Self = Self(0xffff_ff02);
    /// RFC 1997: not to be advertised to external peers, confederation members included.
    pub const NO_EXPORT_SUBCONFED: Self = Self(0xffff_ff03);
    /// RFC 3765: need not be advertised to bilateral peers.
    pub const NO_PEER: Self = Self(0xffff_ff04);

    const NAMES: [(Self, &'static str); 15] = [
        (Self::GRACEFUL_SHUTDOWN, "graceful-shutdown"),
        (Self::ACCEPT_OWN, "accept-own"),
        (Self::ROUTE_FILTER_TRANSLATED_V4, "route-filter-translated-v4"),
        (Self::ROUTE_FILTER_V4, "route-filter-v4"),
        (Self::ROUTE_FILTER_TRANSLATED_V6, "route-filter-translated-v6"),
        (Self::ROUTE_FILTER_V6, "route-filter-v6"),
        (Self::LLGR_STALE, "llgr-stale"),
        (Self::NO_LLGR, "no-llgr"),
        (Self::ACCEPT_OWN_NEXTHOP, "accept-own-nexthop"),
        (Self::STANDBY_PE, "standby-pe"),
        (Self::BLACKHOLE, "blackhole"),
        (Self::NO_EXPORT, "no-export"),
        (Self::NO_ADVERTISE, "no-advertise"),
        (Self::NO_EXPORT_SUBCONFED, "no-export-subconfed"),
        (Self::NO_PEER, "no-peer"),
    ];

    /// The community written `high:low`.
    pub const fn new(high: u16, low: u16) -> Self {
        Self((high as u32) << 16 | low as u32)
    }

    /// The name of a well-known community.
    ///
    /// ```
    /// assert_eq!(bgp_wire::Community(0xffff_0007).name(), Some("no-llgr"));
    /// assert_eq!(bgp_wire::Community::new(64500, 1).name(), None);
    /// ```
    pub fn name(self) -> Option<&'static str> {
        // Every well-known community begins with 65535; most others need no search.
        let row = if self.0 >> 16 == 0xffff { Self::NAMES.iter().find(|(c, _)| *c == self) } else { None };
        row.map(|(_, name)| *name)
    }
}

impl fmt::Display for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "{}:{}", self.0 >> 16, self.0 & 0xffff),
        }
    }
}

impl FromStr for Community {
    type Err = CommunityParseError;

    fn from_str(s: &str) -> Result<Self, CommunityParseError> {
        if let Some((community, _)) = Self::NAMES.iter().find(|(_, name)| *name == s) {
            return Ok(*community);
        }
        s.split_once(':').and_then(|(high, low)| Some(Self::new(decimal(high)?, decimal(low)?))).ok_or(
            CommunityParseError {
                what: "a community",
                form: "two numbers from 0 to 65535 with a colon between, or the name of a well-known one",
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    /// (name, number, the same written as two): the registry of well-known communities.
    #[test]
    fn well_known() {
        for (name, number, numbers) in [
            ("graceful-shutdown", 0xffff_0000, "65535:0"),
            ("accept-own", 0xffff_0001, "65535:1"),
            ("route-filter-translated-v4", 0xffff_0002, "65535:2"),
            ("route-filter-v4", 0xffff_0003, "65535:3"),
            ("route-filter-translated-v6", 0xffff_0004, "65535:4"),
            ("route-filter-v6", 0xffff_0005, "65535:5"),
            ("llgr-stale", 0xffff_0006, "65535:6"),
            ("no-llgr", 0xffff_0007, "65535:7"),
            ("accept-own-nexthop", 0xffff_0008, "65535:8"),
            ("standby-pe", 0xffff_0009, "65535:9"),
            ("blackhole", 0xffff_029a, "65535:666"),
            ("no-export", 0xffff_ff01, "65535:65281"),
            ("no-advertise", 0xffff_ff02, "65535:65282"),
            ("no-export-subconfed", 0xffff_ff03, "65535:65283"),
            ("no-peer", 0xffff_ff04, "65535:65284"),
        ] {
            assert_eq!(Community(number).to_string(), name);
            assert_eq!(name.parse(), Ok(Community(number)));
            assert_eq!(numbers.parse(), Ok(Community(number)));
        }
    }

    #[test]
    fn numbers() {
        for text in ["8075:8007", "0:0", "65535:10", "65535:65285"] {
            assert_eq!(text.parse::<Community>().unwrap().to_string(), text);
        }
        for bad in ["", ":", "1", "1:", "65536:0", "1:2:3", "a:b", "-1:2", "+1:2", "No-Export"] {
            let error = bad.parse::<Community>().unwrap_err().to_string();
            assert!(error.starts_with("a community is two numbers from 0 to 65535"), "{bad:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn every_community_parses_back(n: u32) {
            prop_assert_eq!(Community(n).to_string().parse(), Ok(Community(n)));
        }
    }
}
