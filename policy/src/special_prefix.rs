//! IPv4 prefixes that the registries set apart (IANA "IPv4 Special-Purpose Address Registry", RFC 6890),
//! and multicast (RFC 5771).

use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

/// A row of the registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpecialPrefix {
    /// The prefix.
    pub prefix: Ipv4Net,
    /// What it is set apart for.
    pub name: &'static str,
    /// The document that says so.
    pub source: &'static str,
    /// Whether the registry has it globally reachable all the same.
    pub reachable: bool,
}

const fn row(
    a: [u8; 4],
    len: u8,
    name: &'static str,
    source: &'static str,
    reachable: bool,
) -> SpecialPrefix {
    let address = Ipv4Addr::new(a[0], a[1], a[2], a[3]);
    SpecialPrefix { prefix: Ipv4Net::new_assert(address, len), name, source, reachable }
}

/// All of them, in order.
pub const SPECIAL_PREFIXES: [SpecialPrefix; 27] = [
    row([0, 0, 0, 0], 8, "this network", "RFC 791", false),
    row([0, 0, 0, 0], 32, "this host on this network", "RFC 1122", false),
    row([10, 0, 0, 0], 8, "private use", "RFC 1918", false),
    row([100, 64, 0, 0], 10, "shared address space", "RFC 6598", false),
    row([127, 0, 0, 0], 8, "loopback", "RFC 1122", false),
    row([169, 254, 0, 0], 16, "link local", "RFC 3927", false),
    row([172, 16, 0, 0], 12, "private use", "RFC 1918", false),
    row([192, 0, 0, 0], 24, "IETF protocol assignments", "RFC 6890", false),
    row([192, 0, 0, 0], 29, "IPv4 service continuity", "RFC 7335", false),
    row([192, 0, 0, 8], 32, "IPv4 dummy address", "RFC 7600", false),
    row([192, 0, 0, 9], 32, "Port Control Protocol anycast", "RFC 7723", true),
    row([192, 0, 0, 10], 32, "TURN anycast", "RFC 8155", true),
    row([192, 0, 0, 170], 32, "NAT64/DNS64 discovery", "RFC 8880", false),
    row([192, 0, 0, 171], 32, "NAT64/DNS64 discovery", "RFC 8880", false),
    row([192, 0, 2, 0], 24, "documentation", "RFC 5737", false),
    row([192, 31, 196, 0], 24, "AS112", "RFC 7535", true),
    row([192, 52, 193, 0], 24, "automatic multicast tunnelling", "RFC 7450", true),
    row([192, 88, 99, 0], 24, "6to4 relay anycast, deprecated", "RFC 7526", false),
    row([192, 168, 0, 0], 16, "private use", "RFC 1918", false),
    row([192, 175, 48, 0], 24, "AS112, direct delegation", "RFC 7534", true),
    row([198, 18, 0, 0], 15, "benchmarking", "RFC 2544", false),
    row([198, 51, 100, 0], 24, "documentation", "RFC 5737", false),
    row([203, 0, 113, 0], 24, "documentation", "RFC 5737", false),
    row([224, 0, 0, 0], 4, "multicast", "RFC 5771", false),
    row([233, 252, 0, 0], 24, "multicast for documentation", "RFC 6676", false),
    row([240, 0, 0, 0], 4, "reserved", "RFC 1112", false),
    row([255, 255, 255, 255], 32, "limited broadcast", "RFC 919", false),
];

/// What keeps `prefix` from being public: the row of the registry it lies in, or one that lies in it.
///
/// ```
/// use bgp_policy::special_prefix;
/// let found = special_prefix(&"10.20.0.0/16".parse().unwrap()).unwrap();
/// assert_eq!((found.name, found.source), ("private use", "RFC 1918"));
/// ```
pub fn special_prefix(prefix: &Ipv4Net) -> Option<&'static SpecialPrefix> {
    let around = SPECIAL_PREFIXES
        .iter()
        .filter(|row| row.prefix.contains(prefix))
        .max_by_key(|row| row.prefix.prefix_len());
    match around {
        Some(row) if row.reachable => None,
        Some(row) => Some(row),
        None => SPECIAL_PREFIXES.iter().find(|row| !row.reachable && prefix.contains(&row.prefix)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: u32) -> Option<&'static str> {
        special_prefix(&Ipv4Net::new_assert(address.into(), 32)).map(|row| row.source)
    }

    /// (address before, first, last, address after, document of the range), by the registry.
    #[test]
    fn first_and_last_of_every_range() {
        for (before, first, last, after, document) in [
            ("", "0.0.0.1", "0.255.255.255", "1.0.0.0", "RFC 791"),
            ("9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", "RFC 1918"),
            ("100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", "RFC 6598"),
            ("126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", "RFC 1122"),
            ("169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", "RFC 3927"),
            ("172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "RFC 1918"),
            ("191.255.255.255", "192.0.0.0", "192.0.0.7", "", "RFC 7335"),
            ("", "192.0.0.8", "192.0.0.8", "192.0.0.9", "RFC 7600"),
            ("192.0.0.10", "192.0.0.11", "192.0.0.169", "", "RFC 6890"),
            ("", "192.0.0.170", "192.0.0.171", "", "RFC 8880"),
            ("", "192.0.0.172", "192.0.0.255", "192.0.1.0", "RFC 6890"),
            ("192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0", "RFC 5737"),
            ("192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0", "RFC 7526"),
            ("192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", "RFC 1918"),
            ("198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", "RFC 2544"),
            ("198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0", "RFC 5737"),
            ("203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0", "RFC 5737"),
            ("223.255.255.255", "224.0.0.0", "239.255.255.255", "", "RFC 5771"),
            ("", "233.252.0.0", "233.252.0.255", "", "RFC 6676"),
            ("", "240.0.0.0", "255.255.255.254", "", "RFC 1112"),
            ("", "255.255.255.255", "255.255.255.255", "", "RFC 919"),
        ] {
            let number = |text: &str| u32::from(text.parse::<Ipv4Addr>().unwrap());
            assert_eq!(source(number(first)), Some(document), "{first}");
            assert_eq!(source(number(last)), Some(document), "{last}");
            for public in [before, after].into_iter().filter(|text| !text.is_empty()) {
                assert_eq!(source(number(public)), None, "{public}");
            }
        }
        assert_eq!(source(0), Some("RFC 1122"));
    }

    /// (prefix, document of the row that keeps it from being public).
    #[test]
    fn prefixes_around_and_inside() {
        for (prefix, want) in [
            ("192.31.196.0/24", None),
            ("192.52.193.0/24", None),
            ("192.175.48.0/24", None),
            ("192.0.0.9/32", None),
            ("192.0.0.8/31", Some("RFC 6890")),
            ("10.0.0.0/7", Some("RFC 1918")),
            ("172.0.0.0/8", Some("RFC 1918")),
            ("0.0.0.0/0", Some("RFC 791")),
            ("198.51.100.128/25", Some("RFC 5737")),
            ("198.51.100.0/23", Some("RFC 5737")),
            ("192.31.196.0/23", None),
            ("8.0.0.0/8", None),
        ] {
            let found = special_prefix(&prefix.parse().unwrap());
            assert_eq!(found.map(|row| row.source), want, "{prefix}");
        }
    }
}
