//! TUNNEL_ENCAPSULATION: tunnels that lead to the egress of a route (RFC 9012).

use super::tlv::Form;
use super::tunnel_sub_tlv::{EgressEndpoint, SubTlv, SubTlvType};
use super::{AttrCode, Attrs};
use crate::community::TunnelType;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;

/// The value of TUNNEL_ENCAPSULATION.
///
/// ```
/// use bgp_wire::{EgressEndpoint, SubTlv, TunnelEncapsulation, TunnelType};
/// let endpoint = EgressEndpoint::Addr("192.0.2.1".parse().unwrap());
/// let mut value = Vec::new();
/// TunnelEncapsulation::put(TunnelType::MPLS_IN_UDP, &mut value, |out| {
///     SubTlv::EgressEndpoint(endpoint).put(out);
///     SubTlv::UdpPort(6635).put(out);
/// });
/// let tunnel = TunnelEncapsulation::new(&value).unwrap().tunnels().next().unwrap();
/// assert_eq!(tunnel.endpoint(), Some(endpoint));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TunnelEncapsulation<'a>(&'a [u8]);

impl<'a> TunnelEncapsulation<'a> {
    /// Checks a value (RFC 9012 section 13): the last octet of a tunnel is that of its last sub-TLV, and one tunnel
    /// at least is usable.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let read = Self(v);
        if !Form::Long.is_whole(v) || read.all().any(|tunnel| !Form::ByType.is_whole(tunnel.value)) {
            return Err(Fault::AttrValue);
        }
        if read.tunnels().next().is_some() { Ok(read) } else { Err(Fault::NoTunnel) }
    }

    fn all(&self) -> impl Iterator<Item = Tunnel<'a>> + Clone + use<'a> {
        Form::Long.iter(self.0).map(|tlv| Tunnel { kind: TunnelType(tlv.kind), value: tlv.value })
    }

    /// The tunnels, of unknown types too. One with a malformed Tunnel Egress Endpoint is ignored, and is not to be
    /// passed on.
    pub fn tunnels(&self) -> impl Iterator<Item = Tunnel<'a>> + Clone + use<'a> {
        self.all().filter(|tunnel| !tunnel.has_malformed_endpoint())
    }

    /// Appends a tunnel to a value; `write` appends its sub-TLVs.
    pub fn put(kind: TunnelType, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        Form::Long.put(kind.0, out, write);
    }

    /// The value to pass on.
    pub(crate) fn to_pass_on(self) -> Vec<u8> {
        let mut out = Vec::new();
        self.tunnels().for_each(|t| Self::put(t.kind, &mut out, |out| out.extend_from_slice(t.value)));
        out
    }
}

/// A tunnel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tunnel<'a> {
    /// Its type.
    pub kind: TunnelType,
    value: &'a [u8],
}

impl<'a> Tunnel<'a> {
    /// Every sub-TLV in the order of the wire; of those that may be there once only the first counts. One that is
    /// malformed is as one of an unknown type (RFC 9012 section 13).
    pub fn sub_tlvs(&self) -> impl Iterator<Item = SubTlv<'a>> + Clone + use<'a> {
        let kind = self.kind;
        Form::ByType.iter(self.value).map(move |tlv| SubTlv::read(kind, tlv))
    }

    /// The Tunnel Egress Endpoint.
    pub fn endpoint(&self) -> Option<EgressEndpoint> {
        self.sub_tlvs().find_map(|sub| match sub {
            SubTlv::EgressEndpoint(endpoint) => Some(endpoint),
            _ => None,
        })
    }

    /// Whether there is exactly one Tunnel Egress Endpoint: without that, a tunnel of a route of unicast, labeled
    /// unicast, VPN or EVPN is ignored (RFC 9012 sections 6 and 13). An SR policy has none.
    pub fn has_one_endpoint(&self) -> bool {
        self.endpoints().count() == 1
    }

    fn endpoints(&self) -> impl Iterator<Item = SubTlv<'a>> + use<'a> {
        let (kind, tlvs) = (self.kind, Form::ByType.iter(self.value));
        tlvs.filter(|tlv| tlv.kind == SubTlvType::EGRESS_ENDPOINT.code())
            .map(move |tlv| SubTlv::read(kind, tlv))
    }

    fn has_malformed_endpoint(&self) -> bool {
        self.endpoints().any(|sub| !matches!(sub, SubTlv::EgressEndpoint(_)))
    }
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    TunnelEncapsulation::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// TUNNEL_ENCAPSULATION.
    pub fn tunnel_encapsulation(&self) -> Option<TunnelEncapsulation<'a>> {
        self.value(AttrCode::TUNNEL_ENCAPSULATION).map(TunnelEncapsulation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GRE tunnel with these sub-TLVs.
    fn gre(sub_tlvs: &[u8]) -> Vec<u8> {
        [&[0, 2, 0, u8::try_from(sub_tlvs.len()).unwrap()], sub_tlvs].concat()
    }

    const ENDPOINT: &[u8] = &[6, 10, 0, 0, 0, 0, 0, 1, 192, 0, 2, 1];
    const NEXT_HOP: &[u8] = &[6, 6, 0, 0, 0, 0, 0, 0];
    const SHORT: &[u8] = &[6, 9, 0, 0, 0, 0, 0, 1, 192, 0, 2];

    /// (octets, how many tunnels are usable, or the fault)
    #[test]
    fn values() {
        for (octets, want) in [
            (gre(ENDPOINT), Ok(1)),
            (gre(NEXT_HOP), Ok(1)),
            (gre(&[]), Ok(1)),
            (gre(&[99, 1, 7, 200, 0, 1, 7]), Ok(1)),
            (gre(&[2, 1, 7]), Ok(1)),
            ([gre(SHORT), gre(ENDPOINT)].concat(), Ok(1)),
            ([gre(&[ENDPOINT, SHORT].concat()), gre(ENDPOINT)].concat(), Ok(1)),
            ([gre(ENDPOINT), Vec::from([0xff, 0xff, 0, 0])].concat(), Ok(2)),
            (gre(SHORT), Err(Fault::NoTunnel)),
            (gre(&[6, 10, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), Err(Fault::NoTunnel)),
            (gre(&[6, 10, 0, 0, 0, 0, 0, 9, 192, 0, 2, 1]), Err(Fault::NoTunnel)),
            (Vec::new(), Err(Fault::NoTunnel)),
            (gre(&[6]), Err(Fault::AttrValue)),
            (gre(&[2, 6, 0xff]), Err(Fault::AttrValue)),
            (gre(&[200, 1, 7]), Err(Fault::AttrValue)),
            ([gre(ENDPOINT), Vec::from([0])].concat(), Err(Fault::AttrValue)),
            (gre(ENDPOINT)[..15].to_vec(), Err(Fault::AttrValue)),
            (Vec::from([0x7d, 0xcc, 0xc7, 0x30]), Err(Fault::AttrValue)),
        ] {
            assert_eq!(TunnelEncapsulation::new(&octets).map(|t| t.tunnels().count()), want, "{octets:?}");
        }
    }

    #[test]
    fn a_tunnel_with_a_malformed_endpoint_is_not_passed_on() {
        let all = [gre(ENDPOINT), gre(SHORT), gre(&[NEXT_HOP, NEXT_HOP].concat())].concat();
        let read = TunnelEncapsulation::new(&all).unwrap();
        assert!(read.tunnels().map(|t| t.has_one_endpoint()).eq([true, false]));
        assert!(
            read.tunnels()
                .map(|t| t.endpoint())
                .eq([Some(EgressEndpoint::Addr([192, 0, 2, 1].into())), Some(EgressEndpoint::NextHop)])
        );
        assert_eq!(read.to_pass_on(), [gre(ENDPOINT), gre(&[NEXT_HOP, NEXT_HOP].concat())].concat());
    }
}
