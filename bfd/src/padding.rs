//! Large packets (RFC 9764): packets as large as what the path is to carry, so that a path on which only
//! small ones arrive is found to be down.
//!
//! The Length field says where the packet ends, as ever; the octets after it are zero, and no receiver
//! looks at them ([`Packet::parse`](crate::Packet::parse)). Each direction is padded by its sender alone.

/// An IP header without options, and a UDP header.
const IPV4_HEADERS: usize = 20 + 8;
const IPV6_HEADERS: usize = 40 + 8;

/// How large our packets are made: `bfd.PaddedPduSize` of RFC 9764, in octets at layer 3, IP and UDP headers
/// included, as an MTU is counted. A packet that is larger without padding is sent as it is.
///
/// ```
/// use bfd::PaddedPduSize;
/// let size = PaddedPduSize::new(1500).ok_or("below 24 octets")?;
/// assert_eq!((size.payload(true), size.payload(false)), (1472, 1452));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaddedPduSize(u16);

impl PaddedPduSize {
    /// The smallest size that may be configured: that of a packet alone. The largest is what 16 bits count.
    pub const LEAST: u16 = 24;

    /// This size; `None` below [`LEAST`](Self::LEAST).
    pub const fn new(octets: u16) -> Option<Self> {
        if octets < Self::LEAST { None } else { Some(Self(octets)) }
    }

    /// The size at layer 3, in octets.
    pub const fn octets(self) -> u16 {
        self.0
    }

    /// The UDP payload, in octets, that makes an IPv4 or an IPv6 packet of this size.
    pub fn payload(self, ipv4: bool) -> usize {
        usize::from(self.0).saturating_sub(if ipv4 { IPV4_HEADERS } else { IPV6_HEADERS })
    }
}

#[cfg(test)]
mod tests {
    use super::PaddedPduSize;

    /// (octets at layer 3, whether they can be configured, payload over IPv4, over IPv6)
    #[test]
    fn sizes() {
        for (octets, expected) in [
            (0, None),
            (23, None),
            (24, Some((0, 0))),
            (52, Some((24, 4))),
            (1500, Some((1472, 1452))),
            (9000, Some((8972, 8952))),
            (u16::MAX, Some((65507, 65487))),
        ] {
            let size = PaddedPduSize::new(octets);
            assert_eq!(size.map(|size| (size.payload(true), size.payload(false))), expected, "{octets}");
            assert!(size.is_none_or(|size| size.octets() == octets));
        }
    }
}
