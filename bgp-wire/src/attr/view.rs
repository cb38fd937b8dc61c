//! The attributes of one UPDATE, checked and borrowed.

use super::registry::{PLACED, ROWS, slot};
use super::walk::{Seen, attributes, first, one};
use super::{AttrCode, AttrFlags, RawAttr, spec};
use crate::as_path::AsPath;
use crate::asn::Asn;
use crate::attribute_set::Aggregator;
use crate::community::{Community, ExtendedCommunity, Ipv6ExtendedCommunity, LargeCommunity};
use crate::cursor;
use crate::negotiate::AsnWidth;
use core::fmt;
use core::net::Ipv4Addr;

/// The value of ORIGIN (RFC 4271 section 5.1.1), best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[repr(u8)]
pub enum Origin {
    /// Interior to the originating AS.
    Igp = 0,
    /// Learned by EGP.
    Egp = 1,
    /// Some other way.
    #[default]
    Incomplete = 2,
}

impl Origin {
    /// That of a value that was checked.
    #[inline]
    pub(crate) const fn from_octet(n: u8) -> Self {
        match n {
            0 => Self::Igp,
            1 => Self::Egp,
            _ => Self::Incomplete,
        }
    }

    /// The name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Igp => "igp",
            Self::Egp => "egp",
            Self::Incomplete => "incomplete",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The usable attributes of one message: indexed once, each getter O(1), nothing allocated.
#[derive(Clone, Copy, Eq)]
pub struct Attrs<'a> {
    pub(crate) raw: &'a [u8],
    pub(super) width: AsnWidth,
    /// Bits of the rows that are there, whether usable or not, and of those that are usable; see [`bit`].
    pub(super) there: u32,
    pub(super) usable: u32,
    /// Whether nothing at all was found wrong with any.
    pub(super) clean: bool,
    /// How far before the end of `raw` the value of each placed row stands, and how long it is.
    pub(super) spans: [(u16, u16); PLACED],
}

/// The bit of all attributes that have no row.
const UNKNOWN: u32 = 1 << ROWS;

impl<'a> Attrs<'a> {
    /// None noted yet.
    #[inline]
    pub(crate) const fn none(raw: &'a [u8], width: AsnWidth) -> Self {
        Self { raw, width, there: 0, usable: 0, clean: false, spans: [(0, 0); PLACED] }
    }

    /// The width of the ASNs in it.
    pub(crate) const fn width(&self) -> AsnWidth {
        self.width
    }

    /// Whether the message has the attribute at all, malformed or not.
    #[inline]
    pub(crate) fn is_there(&self, code: AttrCode) -> bool {
        self.there & bit(code) != 0
    }

    /// Whether the message has every attribute of these bits; see [`bit`].
    #[inline]
    pub(crate) fn are_there(&self, bits: u32) -> bool {
        self.there & bits == bits
    }

    /// Whether the message has the attribute, and it is well-formed.
    #[inline]
    pub(crate) fn is_usable(&self, code: AttrCode) -> bool {
        self.usable & bit(code) != 0
    }

    /// Whether the message has no attribute and no stray octet but the one attribute `code`.
    pub(crate) fn is_only(&self, code: AttrCode) -> bool {
        one(self.raw).is_some_and(|(attr, after)| attr.code == code && after.is_empty())
    }

    /// The first attribute `code` from its flags on.
    pub(crate) fn octets(&self, code: AttrCode) -> &'a [u8] {
        first(self.raw, code).map(|(_, octets)| octets).unwrap_or_default()
    }

    /// The value, even of an attribute that was found malformed.
    #[inline]
    pub(crate) fn value_as_received(&self, code: AttrCode) -> Option<&'a [u8]> {
        if self.is_there(code) { self.noted(code) } else { None }
    }

    /// The value of a well-formed attribute of the registry.
    #[inline]
    pub fn value(&self, code: AttrCode) -> Option<&'a [u8]> {
        if self.is_usable(code) { self.noted(code) } else { None }
    }

    /// What was noted of `code`, if anything was.
    #[inline]
    fn noted(&self, code: AttrCode) -> Option<&'a [u8]> {
        let row = usize::from(slot(code));
        match self.spans.get(row) {
            Some((from_end, len)) => {
                let at = self.raw.len().checked_sub(usize::from(*from_end))?;
                self.raw.get(at..)?.get(..usize::from(*len))
            }
            None if row < ROWS => first(self.raw, code).map(|(value, _)| value),
            None => None,
        }
    }

    /// ORIGIN.
    pub fn origin(&self) -> Option<Origin> {
        self.value(AttrCode::ORIGIN)?.first().map(|origin| Origin::from_octet(*origin))
    }

    /// AS_PATH as it came; see [`crate::AttributeSet`] for the path that AS4_PATH completes.
    pub fn as_path(&self) -> Option<AsPath<'a>> {
        self.value(AttrCode::AS_PATH).map(|raw| AsPath::from_checked(raw, self.width))
    }

    /// NEXT_HOP, which holds for the NLRI in the body of the message.
    pub fn next_hop(&self) -> Option<Ipv4Addr> {
        self.number(AttrCode::NEXT_HOP).map(Ipv4Addr::from_bits)
    }

    /// MULTI_EXIT_DISC.
    pub fn med(&self) -> Option<u32> {
        self.number(AttrCode::MULTI_EXIT_DISC)
    }

    /// LOCAL_PREF, on an internal session.
    pub fn local_pref(&self) -> Option<u32> {
        self.number(AttrCode::LOCAL_PREF)
    }

    /// Whether ATOMIC_AGGREGATE is there.
    pub fn atomic_aggregate(&self) -> bool {
        self.value(AttrCode::ATOMIC_AGGREGATE).is_some()
    }

    /// AGGREGATOR as it came.
    pub fn aggregator(&self) -> Option<Aggregator> {
        let value = self.value(AttrCode::AGGREGATOR)?;
        let (asn, rest) = match self.width {
            AsnWidth::Two => cursor::u16(value).map(|(n, rest)| (u32::from(n), rest))?,
            AsnWidth::Four => cursor::u32(value)?,
        };
        Some(Aggregator { asn: Asn(asn), router_id: Ipv4Addr::from_bits(cursor::whole_u32(rest)?) })
    }

    /// COMMUNITIES in the order of the wire.
    pub fn communities(&self) -> impl Iterator<Item = Community> + Clone + use<'a> {
        let value = self.value(AttrCode::COMMUNITIES).unwrap_or_default();
        value.as_chunks().0.iter().map(|v| Community(u32::from_be_bytes(*v)))
    }

    /// EXTENDED_COMMUNITIES in the order of the wire.
    pub fn extended_communities(&self) -> impl Iterator<Item = ExtendedCommunity> + Clone + use<'a> {
        let value = self.value(AttrCode::EXTENDED_COMMUNITIES).unwrap_or_default();
        value.as_chunks().0.iter().map(|v| ExtendedCommunity(*v))
    }

    /// LARGE_COMMUNITY in the order of the wire.
    pub fn large_communities(&self) -> impl Iterator<Item = LargeCommunity> + Clone + use<'a> {
        let value = self.value(AttrCode::LARGE_COMMUNITY).unwrap_or_default();
        value.as_chunks().0.iter().map(LargeCommunity::from_octets)
    }

    /// ORIGINATOR_ID, on an internal session.
    pub fn originator_id(&self) -> Option<Ipv4Addr> {
        self.number(AttrCode::ORIGINATOR_ID).map(Ipv4Addr::from_bits)
    }

    /// CLUSTER_LIST, on an internal session, nearest first.
    pub fn cluster_list(&self) -> impl Iterator<Item = Ipv4Addr> + Clone + use<'a> {
        let value = self.value(AttrCode::CLUSTER_LIST).unwrap_or_default();
        value.as_chunks::<4>().0.iter().map(|v| Ipv4Addr::from(*v))
    }

    /// AS4_PATH, from a speaker of two octets.
    pub(crate) fn as4_path(&self) -> Option<AsPath<'a>> {
        self.value(AttrCode::AS4_PATH).map(|raw| AsPath::from_checked(raw, AsnWidth::Four))
    }

    /// AS4_AGGREGATOR, from a speaker of two octets.
    pub(crate) fn as4_aggregator(&self) -> Option<Aggregator> {
        let (asn, rest) = cursor::u32(self.value(AttrCode::AS4_AGGREGATOR)?)?;
        Some(Aggregator { asn: Asn(asn), router_id: Ipv4Addr::from_bits(cursor::whole_u32(rest)?) })
    }

    /// The attributes that can be used, in the order of the wire and with the flags they have there.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = RawAttr<'a>> + use<'a> {
        let (mut seen, usable, clean) = (Seen::default(), self.usable, self.clean);
        attributes(self.raw)
            .filter(move |attr| clean || !seen.again(attr.code) && usable & bit(attr.code) != 0)
    }

    /// IPV6_EXTENDED_COMMUNITIES in the order of the wire.
    pub fn ipv6_extended_communities(&self) -> impl Iterator<Item = Ipv6ExtendedCommunity> + Clone + use<'a> {
        let value = self.value(AttrCode::IPV6_EXTENDED_COMMUNITIES).unwrap_or_default();
        value.as_chunks().0.iter().map(|v| Ipv6ExtendedCommunity(*v))
    }

    /// Attributes that have no row in the registry, optional and transitive: to be passed on as they are.
    ///
    /// Non-transitive ones are ignored (RFC 4271 section 5), a second one of a code too.
    pub fn unknown(&self) -> impl Iterator<Item = RawAttr<'a>> + use<'a> {
        self.seldom(UNKNOWN).filter(|attr| spec(attr.code).is_none())
    }

    /// Those of [`Attrs::unknown`], and those that have a row and can be used but are not placed: few messages have
    /// any.
    pub(crate) fn not_placed(&self) -> impl Iterator<Item = RawAttr<'a>> + use<'a> {
        self.seldom(!0 << PLACED)
    }

    /// What can be passed on of the attributes behind the bits `which`, or of none where there are none.
    fn seldom(&self, which: u32) -> impl Iterator<Item = RawAttr<'a>> + use<'a> {
        let (none, usable) = (self.there & which == 0, self.usable & which);
        let (raw, mut seen): (&[u8], _) = (if none { &[] } else { self.raw }, Seen::default());
        attributes(raw)
            .filter(move |attr| !seen.again(attr.code) && usable & bit(attr.code) != 0)
            .filter(|attr| spec(attr.code).is_some() || attr.flags.contains(AttrFlags::OPTIONAL_TRANSITIVE))
    }

    #[inline]
    fn number(&self, code: AttrCode) -> Option<u32> {
        cursor::whole_u32(self.value(code)?)
    }
}

/// The bit of a code's row; codes without a row share one.
#[inline]
pub(crate) fn bit(code: AttrCode) -> u32 {
    1_u32.wrapping_shl(u32::from(slot(code)))
}

impl PartialEq for Attrs<'_> {
    /// Spans of rows that are not there may be of another message.
    fn eq(&self, other: &Self) -> bool {
        let key = |attrs: &Self| (attrs.raw, attrs.width, attrs.there, attrs.usable, attrs.clean);
        key(self) == key(other)
    }
}

impl fmt::Debug for Attrs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = super::REGISTRY.iter().filter_map(|row| Some((row.name, self.value(row.code)?)));
        f.debug_map().entries(known).entries(self.unknown().map(|a| (a.code, a.value))).finish()
    }
}
