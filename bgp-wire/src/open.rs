//! OPEN: who is there and what it can do (RFC 4271 section 4.2).

use crate::asn::Asn;
use crate::capability::{Capabilities, Capability};
use crate::family::AfiSafi;
use crate::frame::{MessageType, begin, end};
use crate::notification::NotificationCode;
use crate::optional_parameters;
use crate::outcome::{Fault, Reset, ResetData};
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv4Addr;
use nom::number::complete::{be_u16, be_u32, u8 as octet};
use nom::{IResult, Parser};

/// An OPEN, received or to be sent.
///
/// ```
/// use bgp_wire::{Asn, Capability, Family, Open};
///
/// let open = Open::new(Asn(64500), [192, 0, 2, 1].into())
///     .hold_time(180)
///     .capability(Capability::Multiprotocol(Family::Ipv4Unicast.afi_safi()))
///     .capability(Capability::RouteRefresh);
/// let mut bytes = Vec::new();
/// open.encode(&mut bytes);
/// let message = bgp_wire::frame(&bytes, 4096).unwrap().unwrap();
/// assert_eq!(Open::decode(message.body).as_ref(), Ok(&open));
/// assert_eq!(
///     open.to_string(),
///     "AS 64500, router-id 192.0.2.1, hold time 180 s; four-octet-as 64500; \
///      multiprotocol ipv4-unicast; route-refresh"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open<'a> {
    /// The speaker's ASN: the four-octet one where it is given (RFC 6793).
    pub asn: Asn,
    /// The hold time proposed, in seconds: 0, or at least 3.
    pub hold_time: u16,
    /// The BGP Identifier.
    pub router_id: Ipv4Addr,
    /// What the speaker can do.
    pub capabilities: Capabilities<'a>,
}

impl Open<'static> {
    /// An OPEN that proposes a hold time of 90 seconds and says that ASNs have four octets (RFC 6793); every
    /// other capability is to be named with [`Open::capability`].
    pub fn new(asn: Asn, router_id: Ipv4Addr) -> Self {
        let capabilities = core::iter::once(Capability::FourOctetAsn(asn)).collect();
        Self { asn, hold_time: 90, router_id, capabilities }
    }
}

impl<'a> Open<'a> {
    /// The same with another hold time, in seconds: 0, or at least 3.
    #[must_use]
    pub fn hold_time(self, seconds: u16) -> Self {
        Self { hold_time: seconds, ..self }
    }

    /// The same with one more capability, behind those it has.
    #[must_use]
    pub fn capability(mut self, capability: Capability<'_>) -> Self {
        self.capabilities.push(capability);
        self
    }

    /// Decodes the body of an OPEN; an error is the NOTIFICATION of RFC 4271 section 6.2.
    ///
    /// Whether the ASN is the one configured is for the session to say. An OPEN whose parameters hold more
    /// than capabilities in one parameter each is read as they are; only then is a copy made.
    pub fn decode(body: &'a [u8]) -> Result<Self, Reset> {
        let framing = |_| Reset::new(NotificationCode::OPEN, Fault::OpenFraming);
        let (rest, (version, my_as, hold_time, router_id)) = fixed(body).map_err(framing)?;
        if version != 4 {
            let reset = Reset::new(NotificationCode::UNSUPPORTED_VERSION, Fault::Version(version));
            return Err(reset.with(ResetData::u16(4)));
        }
        let capabilities = optional_parameters::decode(rest)?;
        if my_as == 0 {
            return Err(Reset::new(NotificationCode::BAD_PEER_AS, Fault::PeerAsn));
        }
        let open = Self {
            asn: four_octet(&capabilities).unwrap_or(Asn(u32::from(my_as))),
            hold_time,
            router_id: Ipv4Addr::from_bits(router_id),
            capabilities,
        };
        open.check()
    }

    fn check(self) -> Result<Self, Reset> {
        if self.asn == Asn(0) {
            return Err(Reset::new(NotificationCode::BAD_PEER_AS, Fault::PeerAsn));
        }
        if self.router_id.is_unspecified() {
            return Err(Reset::new(NotificationCode::BAD_BGP_IDENTIFIER, Fault::BgpIdentifier));
        }
        if matches!(self.hold_time, 1 | 2) {
            let fault = Fault::HoldTime(self.hold_time);
            return Err(Reset::new(NotificationCode::UNACCEPTABLE_HOLD_TIME, fault));
        }
        Ok(self)
    }

    /// Appends the whole message to `out`, all capabilities in one parameter.
    ///
    /// Beyond 253 octets of them the parameters take the form of RFC 9072. An OPEN never grows beyond
    /// [`MAX_MESSAGE`](crate::MAX_MESSAGE): what does not fit that is left out from the end.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let at = begin(out, MessageType::Open);
        out.push(4);
        out.extend_from_slice(&self.asn.two_octets().to_be_bytes());
        out.extend_from_slice(&self.hold_time.to_be_bytes());
        out.extend_from_slice(&self.router_id.octets());
        optional_parameters::encode(&self.capabilities, out);
        end(out, at);
    }

    /// The families named; IPv4 unicast is implied where none is (RFC 4760 section 8).
    pub(crate) fn families(&self) -> impl Iterator<Item = AfiSafi> {
        let mut named = self.capabilities.iter().filter_map(|c| match c {
            Capability::Multiprotocol(pair) => Some(pair),
            _ => None,
        });
        let first = named.next().unwrap_or(AfiSafi { afi: 1, safi: 1 });
        core::iter::once(first).chain(named)
    }

    /// Whether the families it can exchange include `family`; IPv4 unicast is implied where none is named.
    pub fn offers(&self, family: AfiSafi) -> bool {
        self.families().any(|pair| pair == family)
    }

    /// The same, free of the buffer it was read from.
    pub fn into_owned(self) -> Open<'static> {
        Open { capabilities: self.capabilities.into_owned(), ..self }
    }
}

impl fmt::Display for Open<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS {}, router-id {}, hold time {} s", self.asn, self.router_id, self.hold_time)?;
        self.capabilities.iter().try_for_each(|capability| write!(f, "; {capability}"))
    }
}

fn fixed(v: &[u8]) -> IResult<&[u8], (u8, u16, u16, u32), ()> {
    (octet, be_u16, be_u16, be_u32).parse(v)
}

fn four_octet(capabilities: &Capabilities<'_>) -> Option<Asn> {
    capabilities.iter().find_map(|c| match c {
        Capability::FourOctetAsn(asn) => Some(asn),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn body(version: u8, my_as: u16, hold: u16, id: [u8; 4], parameters: &[u8]) -> Vec<u8> {
        let mut v = vec![version];
        v.extend_from_slice(&my_as.to_be_bytes());
        v.extend_from_slice(&hold.to_be_bytes());
        v.extend_from_slice(&id);
        v.push(u8::try_from(parameters.len()).unwrap());
        v.extend_from_slice(parameters);
        v
    }

    /// One row a rule of RFC 4271 section 6.2 and its kin: the body, and the NOTIFICATION it earns.
    #[test]
    fn open_outcomes() {
        let id = [192, 0, 2, 1];
        let cases: &[(&str, Vec<u8>, Option<(u8, u8)>)] = &[
            ("plain", body(4, 64500, 180, id, &[]), None),
            ("hold time 0", body(4, 64500, 0, id, &[]), None),
            ("version 3", body(3, 64500, 180, id, &[]), Some((2, 1))),
            ("AS 0 in two octets", body(4, 0, 180, id, &[2, 6, 65, 4, 0, 1, 0, 0]), Some((2, 2))),
            ("multiprotocol of no octets", body(4, 64500, 180, id, &[2, 2, 1, 0]), Some((2, 0))),
            ("route refresh of one octet", body(4, 64500, 180, id, &[2, 3, 2, 1, 0]), Some((2, 0))),
            ("four-octet AS of two", body(4, 64500, 180, id, &[2, 4, 65, 2, 0, 1]), Some((2, 0))),
            ("unknown capability", body(4, 64500, 180, id, &[2, 3, 99, 1, 0]), None),
            ("AS 0", body(4, 0, 180, id, &[]), Some((2, 2))),
            ("four-octet AS 0", body(4, 23456, 180, id, &[2, 6, 65, 4, 0, 0, 0, 0]), Some((2, 2))),
            ("identifier 0", body(4, 64500, 180, [0; 4], &[]), Some((2, 3))),
            ("authentication parameter", body(4, 64500, 180, id, &[1, 0]), Some((2, 4))),
            ("hold time 1", body(4, 64500, 1, id, &[]), Some((2, 6))),
            ("hold time 2", body(4, 64500, 2, id, &[]), Some((2, 6))),
            ("hold time 3", body(4, 64500, 3, id, &[]), None),
            ("parameter overruns", body(4, 64500, 180, id, &[2, 3, 2, 0]), Some((2, 0))),
            ("capability overruns", body(4, 64500, 180, id, &[2, 2, 65, 4]), Some((2, 0))),
            ("lone octet", body(4, 64500, 180, id, &[2]), Some((2, 0))),
            ("cut short", vec![4, 0, 1], Some((2, 0))),
            ("no length octet", body(4, 64500, 180, id, &[])[..9].to_vec(), Some((2, 0))),
        ];
        for (name, body, want) in cases {
            let got = Open::decode(body).err().map(|r| (r.code.code, r.code.subcode));
            assert_eq!(got, *want, "{name}");
        }
    }

    #[test]
    fn capabilities_of_several_parameters_are_one_list() {
        let parameters = [2, 6, 1, 4, 0, 2, 0, 1, 2, 2, 2, 0, 2, 8, 65, 4, 0, 1, 0, 0, 99, 0];
        let body = body(4, 23456, 90, [192, 0, 2, 1], &parameters);
        let open = Open::decode(&body).unwrap();
        assert_eq!(open.asn, Asn(65536));
        let codes: Vec<u8> = open.capabilities.iter().map(|c| c.code()).collect();
        assert_eq!(codes, [1, 2, 65, 99]);
        assert!(open.offers(AfiSafi { afi: 2, safi: 1 }) && !open.offers(AfiSafi { afi: 1, safi: 1 }));
    }

    /// How many capabilities of 100 octets there are, and the form of the parameters (RFC 9072).
    #[test]
    fn the_form_follows_the_capabilities() {
        for (count, marker) in [(0, 8), (2, 212), (3, 255), (39, 255)] {
            let one = Capability::Other { code: 200, value: &[7; 100] };
            let open = Open::new(Asn(70000), [192, 0, 2, 1].into());
            let open = core::iter::repeat_n(one, count).fold(open, Open::capability);
            let mut bytes = Vec::new();
            open.encode(&mut bytes);
            assert_eq!(bytes[28], marker, "{count}");
            let message = crate::frame(&bytes, crate::MAX_MESSAGE).unwrap().unwrap();
            assert_eq!(Open::decode(message.body), Ok(open));
        }
    }
}
