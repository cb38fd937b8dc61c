//! Candidate paths of segment routing policies (RFC 9830 section 2.1).

use crate::cursor;
use crate::family::Family;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// One candidate path of an SR policy (RFC 9830 section 2.1). Its segments are in the attributes.
///
/// ```
/// use bgp_wire::SrPolicy;
/// let policy = SrPolicy { distinguisher: 1, color: 200, endpoint: "192.0.2.1".parse().unwrap() };
/// assert_eq!(policy.to_string(), "[1][200][192.0.2.1]");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SrPolicy {
    /// What tells it from the policy's other candidate paths.
    pub distinguisher: u32,
    /// The color, which says what the policy is for.
    pub color: u32,
    /// Where the policy leads; an unspecified address is anywhere. It is of the family's own addresses.
    pub endpoint: IpAddr,
}

impl SrPolicy {
    pub(super) fn take(family: Family, v: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (bits, rest) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
        match (family, bits) {
            (Family::Ipv4SrPolicy, 96) => Self::fields::<4>(rest),
            (Family::Ipv6SrPolicy, 192) => Self::fields::<16>(rest),
            _ => return Err(Fault::NlriLength(u16::from(bits))),
        }
        .ok_or(Fault::NlriTruncated)
    }

    /// What follows the length, the endpoint being of `N` octets.
    fn fields<const N: usize>(v: &[u8]) -> Option<(Self, &[u8])>
    where
        IpAddr: From<[u8; N]>,
    {
        let (distinguisher, rest) = cursor::u32(v)?;
        let (color, rest) = cursor::u32(rest)?;
        let (endpoint, rest) = rest.split_first_chunk::<N>()?;
        Some((Self { distinguisher, color, endpoint: IpAddr::from(*endpoint) }, rest))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(if self.endpoint.is_ipv4() { 96 } else { 192 });
        out.extend_from_slice(&self.distinguisher.to_be_bytes());
        out.extend_from_slice(&self.color.to_be_bytes());
        match self.endpoint {
            IpAddr::V4(addr) => out.extend_from_slice(&addr.octets()),
            IpAddr::V6(addr) => out.extend_from_slice(&addr.octets()),
        }
    }
}

impl fmt::Display for SrPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}][{}][{}]", self.distinguisher, self.color, self.endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlri::tests::{Reads, reads};

    /// (octets of a field, what comes of them)
    #[test]
    fn policies() {
        let four = [96, 0, 0, 0, 1, 0, 0, 0, 200, 192, 0, 2, 1];
        let mut six = [0; 25];
        (six[0], six[4], six[8], six[9], six[24]) = (192, 2, 100, 0x20, 1);
        let (v4, v6) = (Family::Ipv4SrPolicy, Family::Ipv6SrPolicy);
        let cases: [(Family, &[u8], Reads<'_>); 8] = [
            (v4, &four, Ok(&["[1][200][192.0.2.1]"])),
            (v4, &[four, four].concat(), Ok(&["[1][200][192.0.2.1]", "[1][200][192.0.2.1]"])),
            (v6, &six, Ok(&["[2][100][2000::1]"])),
            (v6, &four, Err(Fault::NlriLength(96))),
            (v4, &six, Err(Fault::NlriLength(192))),
            (v4, &[0], Err(Fault::NlriLength(0))),
            (v4, &four[..12], Err(Fault::NlriTruncated)),
            (v6, &six[..24], Err(Fault::NlriTruncated)),
        ];
        cases.into_iter().for_each(|(family, raw, want)| reads(family, raw, want));
    }
}
