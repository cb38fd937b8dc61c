//! ROUTE-REFRESH: advertise that family again (RFC 2918, RFC 7313).

use crate::family::AfiSafi;
use crate::frame::{HEADER_LEN, MessageType, begin, end};
use crate::notification::NotificationCode;
use crate::orf::{FilteredRefresh, OrfGroup, WhenToRefresh};
use crate::outcome::{Fault, Reset, ResetData};
use alloc::vec::Vec;
use core::fmt;

/// What a ROUTE-REFRESH says (RFC 7313 section 3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RouteRefreshKind {
    /// Subtype 0: send everything again.
    Request,
    /// Subtype 1: a refresh begins.
    Begin,
    /// Subtype 2: a refresh has ended.
    End,
    /// Any other subtype: to be ignored.
    Other(u8),
}

/// A ROUTE-REFRESH.
///
/// ```
/// use bgp_wire::{Family, RouteRefresh, frame};
///
/// let request = RouteRefresh::request(Family::Ipv6Unicast.afi_safi());
/// let mut bytes = Vec::new();
/// request.encode(&mut bytes);
/// let message = frame(&bytes, 4096).unwrap().unwrap();
/// assert_eq!(RouteRefresh::decode(message.body), Ok(request));
/// assert_eq!(request.to_string(), "request ipv6-unicast");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RouteRefresh {
    /// The family meant.
    pub family: AfiSafi,
    /// Request, begin or end.
    pub kind: RouteRefreshKind,
}

impl RouteRefresh {
    /// Asks for everything of `family` again (RFC 2918).
    pub const fn request(family: AfiSafi) -> Self {
        Self { family, kind: RouteRefreshKind::Request }
    }

    /// Says that a refresh of `family` begins (RFC 7313).
    pub const fn begin(family: AfiSafi) -> Self {
        Self { family, kind: RouteRefreshKind::Begin }
    }

    /// Says that a refresh of `family` has ended (RFC 7313).
    pub const fn end(family: AfiSafi) -> Self {
        Self { family, kind: RouteRefreshKind::End }
    }

    /// Decodes the body. What follows the four octets of a request are filters of RFC 5291, which a speaker
    /// that did not offer them passes over; [`FilteredRefresh`](crate::FilteredRefresh) reads them.
    pub fn decode(body: &[u8]) -> Result<Self, Reset> {
        let (&[high, low, subtype, safi], rest) =
            body.split_first_chunk().ok_or_else(|| length_error(body))?;
        let kind = match subtype {
            0 => RouteRefreshKind::Request,
            1 => RouteRefreshKind::Begin,
            2 => RouteRefreshKind::End,
            other => RouteRefreshKind::Other(other),
        };
        // RFC 7313 section 5: the length is an error only where the subtype has no more to say.
        if !rest.is_empty() && matches!(subtype, 1 | 2) {
            return Err(length_error(body));
        }
        Ok(Self { family: AfiSafi { afi: u16::from_be_bytes([high, low]), safi }, kind })
    }

    /// Appends the whole message to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let at = begin(out, MessageType::RouteRefresh);
        let subtype = match self.kind {
            RouteRefreshKind::Request => 0,
            RouteRefreshKind::Begin => 1,
            RouteRefreshKind::End => 2,
            RouteRefreshKind::Other(n) => n,
        };
        let [high, low] = self.family.afi.to_be_bytes();
        out.extend_from_slice(&[high, low, subtype, self.family.safi]);
        end(out, at);
    }
}

impl fmt::Display for RouteRefreshKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request => f.write_str("request"),
            Self::Begin => f.write_str("begin"),
            Self::End => f.write_str("end"),
            Self::Other(n) => write!(f, "subtype {n}"),
        }
    }
}

impl fmt::Display for RouteRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.family)
    }
}

impl fmt::Display for WhenToRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Immediate => f.write_str("immediate"),
            Self::Defer => f.write_str("defer"),
            Self::Other(n) => write!(f, "when {n}"),
        }
    }
}

impl fmt::Display for FilteredRefresh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {}, {}", self.family, self.when)?;
        for group in self.groups.iter() {
            if group.kind != OrfGroup::PREFIX {
                write!(f, "; type {} ({} octets)", group.kind, group.entries.len())?;
                continue;
            }
            f.write_str("; prefix")?;
            for (i, entry) in group.prefixes(self.family.afi).enumerate() {
                f.write_str(if i == 0 { " " } else { ", " })?;
                match entry {
                    Ok(entry) => write!(f, "{entry}"),
                    Err(error) => write!(f, "{error}"),
                }?;
            }
        }
        Ok(())
    }
}

/// The NOTIFICATION for a body of a length it cannot have.
pub(crate) fn length_error(body: &[u8]) -> Reset {
    let len = u16::try_from(body.len().saturating_add(HEADER_LEN)).unwrap_or(u16::MAX);
    // RFC 7313 section 5: the data are the whole message.
    let data = ResetData::leading(&[0xff; 16]).and(&len.to_be_bytes()).and(&[5]).and(body);
    Reset::new(NotificationCode::REFRESH_LENGTH, Fault::MessageLength(len)).with(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Family;
    use alloc::string::ToString;

    #[test]
    fn outcomes() {
        use RouteRefreshKind::{Begin, End, Other, Request};
        let cases: &[(&[u8], Option<RouteRefreshKind>)] = &[
            (&[0, 1, 0, 1], Some(Request)),
            (&[0, 1, 1, 1], Some(Begin)),
            (&[0, 1, 2, 1], Some(End)),
            (&[0, 1, 9, 1], Some(Other(9))),
            (&[0, 1, 0, 1, 1, 64, 0, 0], Some(Request)),
            (&[0, 1, 1, 1, 0], None),
            (&[0, 1, 0], None),
            (&[], None),
        ];
        for (body, want) in cases {
            let got = RouteRefresh::decode(body);
            assert_eq!(got.ok().map(|r| r.kind), *want, "{body:?}");
            if let Err(reset) = got {
                assert_eq!(reset.code, NotificationCode::REFRESH_LENGTH);
                assert_eq!(&reset.data.as_slice()[18..], [&[5], *body].concat());
            }
        }
    }

    /// (what is sent, how it is shown)
    #[test]
    fn reads_back() {
        let (v4, v6) = (Family::Ipv4Unicast.afi_safi(), Family::Ipv6Unicast.afi_safi());
        for (refresh, shown) in [
            (RouteRefresh::request(v6), "request ipv6-unicast"),
            (RouteRefresh::begin(v4), "begin ipv4-unicast"),
            (RouteRefresh::end(v4), "end ipv4-unicast"),
            (RouteRefresh { family: v4, kind: RouteRefreshKind::Other(9) }, "subtype 9 ipv4-unicast"),
        ] {
            let mut bytes = Vec::new();
            refresh.encode(&mut bytes);
            assert_eq!(RouteRefresh::decode(&bytes[19..]), Ok(refresh));
            assert_eq!(refresh.to_string(), shown);
        }
    }

    #[test]
    fn filters_are_shown() {
        let body = [0, 1, 0, 1, 2, 64, 0, 2, 0x80, 0xc0, 65, 0, 1, 7, 64, 0, 0];
        let refresh = FilteredRefresh::decode(&body).unwrap().unwrap();
        let want =
            "request ipv4-unicast, defer; prefix remove all, unknown action 3; type 65 (1 octets); prefix";
        assert_eq!(refresh.to_string(), want);
    }
}
