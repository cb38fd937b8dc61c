//! One attribute of its own.

use super::MpReach;
use crate::as_path::{AsPath, AsPathBuf};
use crate::asn::Asn;
use crate::attr::{AttrCode, AttrFlags, Origin, RawAttr, spec};
use crate::attribute_set::Aggregator;
use crate::community::{Community, ExtendedCommunity, LargeCommunity};
use crate::cursor;
use crate::family::{AfiSafi, Family};
use crate::negotiate::AsnWidth;
use crate::nlri::{Nlri, NlriBuf};
use crate::update::Routes;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

/// An attribute of an [`UpdateBuf`](super::UpdateBuf): its flags and its value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Attribute {
    /// The flags. A value of more than 255 octets takes the extended length whatever they say.
    pub flags: AttrFlags,
    /// The value, which tells the type code.
    pub value: AttributeValue,
}

/// The value of an attribute, typed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum AttributeValue {
    /// ORIGIN.
    Origin(Origin),
    /// AS_PATH; its ASNs have four octets here, whatever the session has.
    AsPath(AsPathBuf),
    /// NEXT_HOP.
    NextHop(Ipv4Addr),
    /// MULTI_EXIT_DISC.
    MultiExitDisc(u32),
    /// LOCAL_PREF.
    LocalPref(u32),
    /// ATOMIC_AGGREGATE.
    AtomicAggregate,
    /// AGGREGATOR.
    Aggregator(Aggregator),
    /// COMMUNITIES.
    Communities(Vec<Community>),
    /// ORIGINATOR_ID.
    OriginatorId(Ipv4Addr),
    /// CLUSTER_LIST.
    ClusterList(Vec<Ipv4Addr>),
    /// MP_REACH_NLRI.
    MpReach(MpReach),
    /// MP_UNREACH_NLRI.
    MpUnreach(NlriBuf),
    /// EXTENDED_COMMUNITIES.
    ExtendedCommunities(Vec<ExtendedCommunity>),
    /// AS4_PATH.
    As4Path(AsPathBuf),
    /// AS4_AGGREGATOR.
    As4Aggregator(Aggregator),
    /// LARGE_COMMUNITY.
    LargeCommunities(Vec<LargeCommunity>),
    /// Any other, known to the registry or not: its octets.
    Other(AttrCode, Box<[u8]>),
}

impl AttributeValue {
    /// The type code.
    pub const fn code(&self) -> AttrCode {
        match self {
            Self::Origin(_) => AttrCode::ORIGIN,
            Self::AsPath(_) => AttrCode::AS_PATH,
            Self::NextHop(_) => AttrCode::NEXT_HOP,
            Self::MultiExitDisc(_) => AttrCode::MULTI_EXIT_DISC,
            Self::LocalPref(_) => AttrCode::LOCAL_PREF,
            Self::AtomicAggregate => AttrCode::ATOMIC_AGGREGATE,
            Self::Aggregator(_) => AttrCode::AGGREGATOR,
            Self::Communities(_) => AttrCode::COMMUNITIES,
            Self::OriginatorId(_) => AttrCode::ORIGINATOR_ID,
            Self::ClusterList(_) => AttrCode::CLUSTER_LIST,
            Self::MpReach(_) => AttrCode::MP_REACH_NLRI,
            Self::MpUnreach(_) => AttrCode::MP_UNREACH_NLRI,
            Self::ExtendedCommunities(_) => AttrCode::EXTENDED_COMMUNITIES,
            Self::As4Path(_) => AttrCode::AS4_PATH,
            Self::As4Aggregator(_) => AttrCode::AS4_AGGREGATOR,
            Self::LargeCommunities(_) => AttrCode::LARGE_COMMUNITY,
            Self::Other(code, _) => *code,
        }
    }

    /// Puts the value of a checked attribute in the place of one that holds nothing; whether there is any.
    #[inline]
    fn set(&mut self, attr: &RawAttr<'_>, routes: &Routes<'_>) -> bool {
        let (v, width) = (attr.value, routes.attrs.width());
        match attr.code {
            AttrCode::ORIGIN => self.put(v.first().map(|n| Self::Origin(Origin::from_octet(*n)))),
            AttrCode::AS_PATH => self.put_path(Self::AsPath, v, width),
            AttrCode::NEXT_HOP => self.put(address(v).map(Self::NextHop)),
            AttrCode::MULTI_EXIT_DISC => self.put(cursor::whole_u32(v).map(Self::MultiExitDisc)),
            AttrCode::LOCAL_PREF => self.put(cursor::whole_u32(v).map(Self::LocalPref)),
            AttrCode::ATOMIC_AGGREGATE => true,
            AttrCode::AGGREGATOR => self.put(aggregator(v, width).map(Self::Aggregator)),
            AttrCode::COMMUNITIES => {
                self.put(Some(Self::Communities(list(v, |v| Community(u32::from_be_bytes(*v))))))
            }
            AttrCode::ORIGINATOR_ID => self.put(address(v).map(Self::OriginatorId)),
            AttrCode::CLUSTER_LIST => {
                self.put(Some(Self::ClusterList(list(v, |v: &[u8; 4]| Ipv4Addr::from(*v)))))
            }
            AttrCode::MP_REACH_NLRI => self.put(mp_reach(v, routes.announced.mp).map(Self::MpReach)),
            AttrCode::MP_UNREACH_NLRI => self.put(mp_unreach(v, routes.withdrawn.mp).map(Self::MpUnreach)),
            AttrCode::EXTENDED_COMMUNITIES => {
                self.put(Some(Self::ExtendedCommunities(list(v, |v| ExtendedCommunity(*v)))))
            }
            AttrCode::AS4_PATH => self.put_path(Self::As4Path, v, AsnWidth::Four),
            AttrCode::AS4_AGGREGATOR => self.put(aggregator(v, AsnWidth::Four).map(Self::As4Aggregator)),
            AttrCode::LARGE_COMMUNITY => {
                self.put(Some(Self::LargeCommunities(list(v, LargeCommunity::from_octets))))
            }
            code => self.put(Some(Self::Other(code, v.into()))),
        }
    }

    #[inline]
    fn put(&mut self, value: Option<Self>) -> bool {
        let Some(value) = value else { return false };
        core::mem::forget(core::mem::replace(self, value));
        true
    }

    /// The octets of a path go where they are to stay.
    #[inline]
    fn put_path(&mut self, path: impl Fn(AsPathBuf) -> Self, v: &[u8], width: AsnWidth) -> bool {
        self.put(Some(path(AsPathBuf::default())));
        if let Self::AsPath(path) | Self::As4Path(path) = self {
            path.extend(AsPath::from_checked(v, width));
        }
        true
    }
}

impl From<AttributeValue> for Attribute {
    /// With the flags of the registry; what has no row there is optional and transitive.
    fn from(value: AttributeValue) -> Self {
        let flags = spec(value.code()).map_or(AttrFlags::OPTIONAL_TRANSITIVE, |row| row.flags);
        Self { flags, value }
    }
}

/// Every attribute of `routes` that can be used.
///
/// Each value is put together where it is to stay: to hand on what was just written piece by piece takes longer than to
/// write it.
pub(super) fn all(routes: &Routes<'_>) -> Vec<Attribute> {
    let mut all = Vec::with_capacity(8);
    for attr in routes.attrs.iter() {
        all.push(const { Attribute { flags: AttrFlags(0), value: AttributeValue::AtomicAggregate } });
        let Some(Attribute { flags, value }) = all.last_mut() else { break };
        *flags = attr.flags;
        if !value.set(&attr, routes) {
            all.pop();
        }
    }
    all
}

/// What an MP_REACH_NLRI says; nothing where it is of a family that was not negotiated.
fn mp_reach(value: &[u8], nlri: Option<Nlri<'_>>) -> Option<MpReach> {
    let (family, rest) = family(value)?;
    let (len, rest) = cursor::u8(rest)?;
    let (hop, rest) = rest.split_at_checked(usize::from(len))?;
    let (_reserved, rest) = cursor::u8(rest)?;
    let nlri = if rest.is_empty() { Nlri::empty(family) } else { nlri? };
    Some(MpReach::received(hop, nlri))
}

/// What an MP_UNREACH_NLRI says, likewise.
fn mp_unreach(value: &[u8], nlri: Option<Nlri<'_>>) -> Option<NlriBuf> {
    let (family, rest) = family(value)?;
    Some(if rest.is_empty() { NlriBuf::new(family, false) } else { nlri?.into() })
}

fn family(value: &[u8]) -> Option<(Family, &[u8])> {
    let (afi, rest) = cursor::u16(value)?;
    let (safi, rest) = cursor::u8(rest)?;
    Some((Family::from(AfiSafi { afi, safi }), rest))
}

fn address(v: &[u8]) -> Option<Ipv4Addr> {
    cursor::whole_u32(v).map(Ipv4Addr::from_bits)
}

fn aggregator(v: &[u8], width: AsnWidth) -> Option<Aggregator> {
    let (asn, rest) = match width {
        AsnWidth::Two => cursor::u16(v).map(|(n, rest)| (u32::from(n), rest))?,
        AsnWidth::Four => cursor::u32(v)?,
    };
    Some(Aggregator { asn: Asn(asn), router_id: Ipv4Addr::from_bits(cursor::whole_u32(rest)?) })
}

fn list<T, const N: usize>(v: &[u8], item: impl Fn(&[u8; N]) -> T) -> Vec<T> {
    v.as_chunks().0.iter().map(item).collect()
}
