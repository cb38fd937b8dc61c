//! AS numbers that the registries set apart (IANA "Special-Purpose Autonomous System Numbers").

use bgp_wire::Asn;

/// A range of AS numbers that must not be in a path on the public Internet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpecialAsns {
    /// The lowest.
    pub first: Asn,
    /// The highest.
    pub last: Asn,
    /// What it is set apart for.
    pub name: &'static str,
    /// The document that says so.
    pub source: &'static str,
    /// Whether it is for private use (RFC 6996).
    pub private: bool,
}

const fn row(first: u32, last: u32, name: &'static str, source: &'static str, private: bool) -> SpecialAsns {
    SpecialAsns { first: Asn(first), last: Asn(last), name, source, private }
}

/// All of them, in order. AS112 is not among them: its routes are public.
pub const SPECIAL_ASNS: [SpecialAsns; 9] = [
    row(0, 0, "AS 0", "RFC 7607", false),
    row(23_456, 23_456, "AS_TRANS", "RFC 6793", false),
    row(64_496, 64_511, "documentation", "RFC 5398", false),
    row(64_512, 65_534, "private use", "RFC 6996", true),
    row(65_535, 65_535, "last ASN of two octets", "RFC 7300", false),
    row(65_536, 65_551, "documentation", "RFC 5398", false),
    row(65_552, 131_071, "reserved", "IANA AS number registry", false),
    row(4_200_000_000, 4_294_967_294, "private use", "RFC 6996", true),
    row(4_294_967_295, 4_294_967_295, "last ASN of four octets", "RFC 7300", false),
];

/// The range that `asn` was set apart in; `None` for a public one.
///
/// ```
/// use bgp_policy::special_asn;
/// use bgp_wire::Asn;
/// assert_eq!(special_asn(Asn(64512)).map(|range| range.source), Some("RFC 6996"));
/// assert_eq!(special_asn(Asn(8075)), None);
/// ```
pub fn special_asn(asn: Asn) -> Option<&'static SpecialAsns> {
    SPECIAL_ASNS.iter().find(|range| (range.first..=range.last).contains(&asn))
}

/// Whether `asn` is for private use (RFC 6996).
pub(crate) const fn is_private(asn: Asn) -> bool {
    matches!(asn.0, 64_512..=65_534 | 4_200_000_000..=4_294_967_294)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (last public ASN before, first, last, first public ASN after, document), by the registry.
    #[test]
    fn first_and_last_of_every_range() {
        for (before, first, last, after, source) in [
            (None, 0, 0, Some(1), "RFC 7607"),
            (Some(23_455), 23_456, 23_456, Some(23_457), "RFC 6793"),
            (Some(64_495), 64_496, 64_511, None, "RFC 5398"),
            (None, 64_512, 65_534, None, "RFC 6996"),
            (None, 65_535, 65_535, None, "RFC 7300"),
            (None, 65_536, 65_551, None, "RFC 5398"),
            (None, 65_552, 131_071, Some(131_072), "IANA AS number registry"),
            (Some(4_199_999_999), 4_200_000_000, 4_294_967_294, None, "RFC 6996"),
            (None, 4_294_967_295, 4_294_967_295, None, "RFC 7300"),
        ] {
            for asn in [first, last] {
                let found = special_asn(Asn(asn)).unwrap();
                assert_eq!(found.source, source, "{asn}");
                assert_eq!(found.private, is_private(Asn(asn)), "{asn}");
            }
            for asn in [before, after].into_iter().flatten() {
                assert_eq!(special_asn(Asn(asn)), None, "{asn}");
            }
        }
        assert_eq!(special_asn(Asn(112)), None);
    }
}
