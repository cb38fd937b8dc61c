//! Writing an [`UpdateBuf`]: every length is known before it stands, so nothing moves.

use super::{Attribute, AttributeValue, UpdateBuf};
use crate::as_path::AsPathBuf;
use crate::attr::AttrFlags;
use crate::attribute_set::Aggregator;
use crate::community::LargeCommunity;
use crate::frame::{MessageType, begin, end, patch_u16};
use crate::negotiate::{AsnWidth, Negotiated};
use crate::nlri::Nlri;
use crate::update_writer::TooLong;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

impl UpdateBuf {
    /// Appends the message, as a peer of `n` reads it; on an error nothing is written.
    ///
    /// What it says is for its builder to answer for: attributes that contradict each other are written as they are.
    pub fn encode(&self, n: &Negotiated, out: &mut Vec<u8>) -> Result<(), TooLong> {
        let start = begin(out, MessageType::Update);
        field16(out, |out| out.extend_from_slice(self.withdrawn.view().as_bytes()));
        field16(out, |out| self.attributes.iter().for_each(|attribute| attribute.encode(n.asn_width, out)));
        out.extend_from_slice(self.announced.view().as_bytes());
        if out.len().saturating_sub(start) > usize::from(n.max_message) {
            out.truncate(start);
            return Err(TooLong);
        }
        end(out, start);
        Ok(())
    }
}

/// Appends a length of two octets and what it is the length of.
fn field16(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0, 0]);
    write(out);
    let len = out.len().saturating_sub(at).saturating_sub(2);
    patch_u16(out, at, len);
}

impl Attribute {
    fn encode(&self, width: AsnWidth, out: &mut Vec<u8>) {
        let (code, len) = (self.value.code().0, self.value.octets(width));
        let short =
            if self.flags.contains(AttrFlags::EXTENDED_LENGTH) { None } else { u8::try_from(len).ok() };
        if let Some(len) = short {
            out.extend_from_slice(&[self.flags.0, code, len]);
        } else {
            let [high, low] = u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes();
            out.extend_from_slice(&[self.flags.0 | AttrFlags::EXTENDED_LENGTH.0, code, high, low]);
        }
        self.value.encode(width, out);
    }
}

impl AttributeValue {
    /// Octets of the value.
    fn octets(&self, width: AsnWidth) -> usize {
        match self {
            Self::AtomicAggregate => 0,
            Self::Origin(_) => 1,
            Self::NextHop(_) | Self::MultiExitDisc(_) | Self::LocalPref(_) | Self::OriginatorId(_) => 4,
            Self::Aggregator(_) => width.octets().saturating_add(4),
            Self::As4Aggregator(_) => 8,
            Self::AsPath(path) => path_octets(path, width),
            Self::As4Path(path) => path.as_bytes().len(),
            Self::Communities(list) => list.len().saturating_mul(4),
            Self::ClusterList(list) => list.len().saturating_mul(4),
            Self::ExtendedCommunities(list) => list.len().saturating_mul(8),
            Self::LargeCommunities(list) => list.len().saturating_mul(12),
            Self::MpReach(reach) => {
                let (hop, nlri) = reach.parts();
                hop.len().saturating_add(nlri.len()).saturating_add(5)
            }
            Self::MpUnreach(nlri) => nlri.view().as_bytes().len().saturating_add(3),
            Self::Other(_, value) => value.len(),
        }
    }

    fn encode(&self, width: AsnWidth, out: &mut Vec<u8>) {
        match self {
            Self::AtomicAggregate => {}
            Self::Origin(origin) => out.push(*origin as u8),
            Self::NextHop(addr) | Self::OriginatorId(addr) => out.extend_from_slice(&addr.octets()),
            Self::MultiExitDisc(n) | Self::LocalPref(n) => out.extend_from_slice(&n.to_be_bytes()),
            Self::Aggregator(aggregator) => put_aggregator(*aggregator, width, out),
            Self::As4Aggregator(aggregator) => put_aggregator(*aggregator, AsnWidth::Four, out),
            Self::AsPath(path) => put_path(path, width, out),
            Self::As4Path(path) => out.extend_from_slice(path.as_bytes()),
            Self::Communities(list) => put_list(out, list, |c| c.0.to_be_bytes()),
            Self::ClusterList(list) => put_list(out, list, Ipv4Addr::octets),
            Self::ExtendedCommunities(list) => put_list(out, list, |c| c.0),
            Self::LargeCommunities(list) => put_list(out, list, LargeCommunity::octets),
            Self::MpReach(reach) => {
                let (hop, nlri) = reach.parts();
                put_family(reach.nlri(), out);
                out.push(u8::try_from(hop.len()).unwrap_or(u8::MAX));
                out.extend_from_slice(hop);
                out.push(0);
                out.extend_from_slice(nlri);
            }
            Self::MpUnreach(nlri) => {
                put_family(nlri.view(), out);
                out.extend_from_slice(nlri.view().as_bytes());
            }
            Self::Other(_, value) => out.extend_from_slice(value),
        }
    }
}

fn put_family(nlri: Nlri<'_>, out: &mut Vec<u8>) {
    let pair = nlri.family().afi_safi();
    let [high, low] = pair.afi.to_be_bytes();
    out.extend_from_slice(&[high, low, pair.safi]);
}

fn put_list<T, const N: usize>(out: &mut Vec<u8>, list: &[T], octets: impl Fn(&T) -> [u8; N]) {
    out.reserve(list.len().saturating_mul(N));
    list.iter().for_each(|item| out.extend_from_slice(&octets(item)));
}

fn put_aggregator(aggregator: Aggregator, width: AsnWidth, out: &mut Vec<u8>) {
    match width {
        AsnWidth::Four => out.extend_from_slice(&aggregator.asn.0.to_be_bytes()),
        AsnWidth::Two => out.extend_from_slice(&aggregator.asn.two_octets().to_be_bytes()),
    }
    out.extend_from_slice(&aggregator.router_id.octets());
}

fn path_octets(path: &AsPathBuf, width: AsnWidth) -> usize {
    match width {
        AsnWidth::Four => path.as_bytes().len(),
        AsnWidth::Two => {
            let segment = |count: usize| count.saturating_mul(2).saturating_add(2);
            path.view().segments().fold(0, |sum, s| sum.saturating_add(segment(s.count())))
        }
    }
}

/// An AS_PATH for a session of `width`; what does not fit two octets becomes AS_TRANS (RFC 6793 section 4.2.2).
fn put_path(path: &AsPathBuf, width: AsnWidth, out: &mut Vec<u8>) {
    if width == AsnWidth::Four {
        return out.extend_from_slice(path.as_bytes());
    }
    for segment in path.view().segments() {
        out.extend_from_slice(&[segment.kind as u8, u8::try_from(segment.count()).unwrap_or(u8::MAX)]);
        segment.asns().for_each(|asn| out.extend_from_slice(&asn.two_octets().to_be_bytes()));
    }
}
