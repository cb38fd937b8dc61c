//! Outbound route filters in a ROUTE-REFRESH (RFC 5291), and those by address prefix (RFC 5292).

use crate::capability::{Tuple, Tuples};
use crate::cursor;
use crate::family::AfiSafi;
use crate::frame::{HEADER_LEN, MAX_MESSAGE, MessageType, begin, end};
use crate::outcome::Reset;
use crate::route_refresh::{RouteRefresh, RouteRefreshKind, length_error};
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// When routes are to be sent again under the filters (RFC 5291 section 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WhenToRefresh {
    /// 1: at once.
    Immediate,
    /// 2: at a later ROUTE-REFRESH.
    Defer,
    /// Any other value.
    Other(u8),
}

/// A ROUTE-REFRESH request that carries filters (RFC 5291 section 4).
///
/// ```
/// use bgp_wire::{Family, FilteredRefresh, OrfGroup, PrefixOrf, WhenToRefresh};
///
/// let mut entries = Vec::new();
/// PrefixOrf::RemoveAll.encode(&mut entries);
/// let groups = [OrfGroup { kind: OrfGroup::PREFIX, entries: &entries }];
/// let refresh = FilteredRefresh {
///     family: Family::Ipv4Unicast.afi_safi(),
///     when: WhenToRefresh::Immediate,
///     groups: groups.as_slice().into(),
/// };
/// let mut bytes = Vec::new();
/// refresh.encode(&mut bytes);
/// let message = bgp_wire::frame(&bytes, 4096).unwrap().unwrap();
/// assert_eq!(FilteredRefresh::decode(message.body), Ok(Some(refresh)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FilteredRefresh<'a> {
    /// The family meant.
    pub family: AfiSafi,
    /// When its routes are to be sent again.
    pub when: WhenToRefresh,
    /// The filters, those of one type together.
    pub groups: Tuples<'a, OrfGroup<'a>>,
}

impl<'a> FilteredRefresh<'a> {
    /// Decodes the body of a ROUTE-REFRESH; `None` is one without filters.
    ///
    /// Filters that overrun the message are an error of its length; what is wrong within one is told by
    /// [`OrfGroup::prefixes`], and concerns its type alone.
    pub fn decode(body: &'a [u8]) -> Result<Option<Self>, Reset> {
        let RouteRefresh { family, kind } = RouteRefresh::decode(body)?;
        let filters = body.get(4..).filter(|rest| !rest.is_empty() && kind == RouteRefreshKind::Request);
        let Some((&when, groups)) = filters.and_then(<[u8]>::split_first) else { return Ok(None) };
        let when = match when {
            1 => WhenToRefresh::Immediate,
            2 => WhenToRefresh::Defer,
            other => WhenToRefresh::Other(other),
        };
        let groups = Tuples::whole(groups).ok_or_else(|| length_error(body))?;
        Ok(Some(Self { family, when, groups }))
    }

    /// Appends the whole message to `out`; groups beyond the message limit are left out whole.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let at = begin(out, MessageType::RouteRefresh);
        let [high, low] = self.family.afi.to_be_bytes();
        let when = match self.when {
            WhenToRefresh::Immediate => 1,
            WhenToRefresh::Defer => 2,
            WhenToRefresh::Other(n) => n,
        };
        out.extend_from_slice(&[high, low, 0, self.family.safi, when]);
        self.groups.write_within(out, usize::from(MAX_MESSAGE).saturating_sub(HEADER_LEN + 5));
        end(out, at);
    }
}

/// The filters of one type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OrfGroup<'a> {
    /// The registered type: [`OrfGroup::PREFIX`], or one that is kept as it came.
    pub kind: u8,
    /// The octets of its entries.
    pub entries: &'a [u8],
}

impl<'a> OrfGroup<'a> {
    /// The type of filters by address prefix (RFC 5292).
    pub const PREFIX: u8 = 64;

    /// The entries, read as those of [`OrfGroup::PREFIX`] for `afi`; after an error nothing more comes.
    ///
    /// A filter with an entry that cannot be read is one to drop whole, and the session goes on.
    pub fn prefixes(&self, afi: u16) -> impl Iterator<Item = Result<PrefixOrf, OrfError>> + use<'a> {
        let mut rest = self.entries;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let read = PrefixOrf::read(afi, rest);
            rest = read.map_or(&[], |(_, after)| after);
            Some(read.map(|(entry, _)| entry))
        })
    }
}

impl<'a> Tuple<'a> for OrfGroup<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (kind, v) = cursor::u8(v)?;
        let (entries, v) = cursor::field16(v)?;
        Some((Self { kind, entries }, v))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.kind);
        out.extend_from_slice(&u16::try_from(self.entries.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(self.entries);
    }
}

/// Why an entry of a filter cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OrfError {
    /// Its octets are not all there.
    Truncated,
    /// An action that is none.
    Action(u8),
    /// A length, the least or the greatest, is more than an address has bits; or these two contradict.
    PrefixLength,
    /// An AFI without address prefixes.
    Afi(u16),
}

impl fmt::Display for OrfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("an entry overruns its filter"),
            Self::Action(n) => write!(f, "unknown action {n}"),
            Self::PrefixLength => f.write_str("prefix lengths that no address has"),
            Self::Afi(n) => write!(f, "AFI {n} has no address prefixes"),
        }
    }
}

impl core::error::Error for OrfError {}

/// One entry of a filter by address prefix (RFC 5291 section 4, RFC 5292 section 2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrefixOrf {
    /// Adds this to the filter.
    Add(PrefixRule),
    /// Takes this out of the filter.
    Remove(PrefixRule),
    /// Takes everything out of the filter.
    RemoveAll,
}

/// What an entry says of the prefixes it is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PrefixRule {
    /// They are to be sent; otherwise they are not.
    pub permit: bool,
    /// Its place among the entries: the lowest that is about a prefix decides.
    pub sequence: u32,
    /// The least length, in bits; 0 is none.
    pub min_len: u8,
    /// The greatest length, in bits; 0 is none.
    pub max_len: u8,
    /// What they are part of.
    pub prefix: IpNet,
}

impl PrefixOrf {
    fn read(afi: u16, v: &[u8]) -> Result<(Self, &[u8]), OrfError> {
        let (head, v) = cursor::u8(v).ok_or(OrfError::Truncated)?;
        let rule = |v| PrefixRule::read(afi, head & 0x20 == 0, v);
        match head >> 6 {
            0 => rule(v).map(|(rule, v)| (Self::Add(rule), v)),
            1 => rule(v).map(|(rule, v)| (Self::Remove(rule), v)),
            2 => Ok((Self::RemoveAll, v)),
            n => Err(OrfError::Action(n)),
        }
    }

    /// Appends the entry to `out`, the octets of an [`OrfGroup`].
    pub fn encode(&self, out: &mut Vec<u8>) {
        let (action, rule) = match self {
            Self::Add(rule) => (0, rule),
            Self::Remove(rule) => (1, rule),
            Self::RemoveAll => return out.push(2 << 6),
        };
        out.push(action << 6 | u8::from(!rule.permit) << 5);
        rule.write(out);
    }
}

impl PrefixRule {
    fn read(afi: u16, permit: bool, v: &[u8]) -> Result<(Self, &[u8]), OrfError> {
        let (sequence, v) = cursor::u32(v).ok_or(OrfError::Truncated)?;
        let (&[min_len, max_len, bits], v) = v.split_first_chunk().ok_or(OrfError::Truncated)?;
        let (octets, rest) = v.split_at_checked(usize::from(bits.div_ceil(8))).ok_or(OrfError::Truncated)?;
        let longest = match afi {
            1 => 32,
            2 => 128,
            _ => return Err(OrfError::Afi(afi)),
        };
        let prefix = prefix(afi, bits, octets).ok_or(OrfError::PrefixLength)?;
        if min_len > longest || max_len > longest || (max_len != 0 && min_len > max_len) {
            return Err(OrfError::PrefixLength);
        }
        Ok((Self { permit, sequence, min_len, max_len, prefix }, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let bits = self.prefix.prefix_len();
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&[self.min_len, self.max_len, bits]);
        let mut put = |octets: &[u8]| {
            out.extend_from_slice(octets.get(..usize::from(bits.div_ceil(8))).unwrap_or(octets));
        };
        match self.prefix.trunc() {
            IpNet::V4(net) => put(&net.addr().octets()),
            IpNet::V6(net) => put(&net.addr().octets()),
        }
    }
}

/// The prefix of `bits` bits in `octets`, host bits zero; `None` for more bits than an address has.
fn prefix(afi: u16, bits: u8, octets: &[u8]) -> Option<IpNet> {
    let mut addr = [0; 16];
    addr.get_mut(..octets.len())?.copy_from_slice(octets);
    if afi == 2 {
        return Ipv6Net::new(Ipv6Addr::from(addr), bits).ok().map(|net| IpNet::V6(net.trunc()));
    }
    let (leading, _) = addr.split_first_chunk::<4>()?;
    Ipv4Net::new(Ipv4Addr::from(*leading), bits).ok().map(|net| IpNet::V4(net.trunc()))
}

impl fmt::Display for PrefixOrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (action, rule) = match self {
            Self::Add(rule) => ("add", rule),
            Self::Remove(rule) => ("remove", rule),
            Self::RemoveAll => return f.write_str("remove all"),
        };
        let word = if rule.permit { "permit" } else { "deny" };
        write!(f, "{action} seq {} {word} {}", rule.sequence, rule.prefix)?;
        for (word, len) in [("ge", rule.min_len), ("le", rule.max_len)].iter().filter(|(_, len)| *len != 0) {
            write!(f, " {word} {len}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::NotificationCode;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;

    /// (body, types and octets of the filters; an error is that of the message's length)
    #[test]
    fn bodies() {
        let cases: &[(&[u8], Result<Option<&[(u8, &[u8])]>, ()>)] = &[
            (&[0, 1, 0, 1], Ok(None)),
            (&[0, 1, 1, 1], Ok(None)),
            (&[0, 1, 9, 1, 1, 64], Ok(None)),
            (&[0, 1, 0, 1, 1], Ok(Some(&[]))),
            (&[0, 1, 0, 1, 1, 64, 0, 1, 0x80], Ok(Some(&[(64, &[0x80])]))),
            (&[0, 1, 0, 1, 2, 64, 0, 0, 65, 0, 1, 7], Ok(Some(&[(64, &[]), (65, &[7])]))),
            (&[0, 1, 0, 1, 1, 64], Err(())),
            (&[0, 1, 0, 1, 1, 64, 0, 2, 0x80], Err(())),
            (&[0, 1, 0, 1, 1, 64, 0, 0, 65], Err(())),
            (&[0, 1, 1, 1, 1], Err(())),
            (&[0, 1, 0], Err(())),
        ];
        for (body, want) in cases {
            let got = FilteredRefresh::decode(body);
            let groups = |refresh: FilteredRefresh<'_>| -> Vec<(u8, Vec<u8>)> {
                refresh.groups.iter().map(|group| (group.kind, group.entries.to_vec())).collect()
            };
            let want = want.map(|groups| {
                groups.map(|groups| groups.iter().map(|(kind, v)| (*kind, v.to_vec())).collect::<Vec<_>>())
            });
            assert_eq!(got.map(|refresh| refresh.map(groups)).map_err(drop), want, "{body:?}");
            if let Err(reset) = got {
                assert_eq!(reset.code, NotificationCode::REFRESH_LENGTH);
            }
        }
    }

    /// (AFI, octets of the entries, what each of them says)
    #[test]
    fn entries() {
        let cases: &[(u16, &[u8], &[&str])] = &[
            (1, &[], &[]),
            (1, &[0x80], &["remove all"]),
            (
                1,
                &[0, 0, 0, 0, 5, 25, 32, 24, 198, 51, 100],
                &["add seq 5 permit 198.51.100.0/24 ge 25 le 32"],
            ),
            (1, &[0x20, 0, 0, 0, 5, 0, 0, 0], &["add seq 5 deny 0.0.0.0/0"]),
            (1, &[0x60, 0, 0, 0, 5, 0, 0, 7, 0xff, 0x80], &["remove seq 5 deny 254.0.0.0/7", "remove all"]),
            (
                2,
                &[0x80, 0, 0, 0, 0, 1, 0, 48, 32, 0x20, 1, 0xd, 0xb8],
                &["remove all", "add seq 1 permit 2001:db8::/32 le 48"],
            ),
            (1, &[0x80, 0xc0, 0x80], &["remove all", "unknown action 3"]),
            (1, &[0, 0, 0, 0], &["an entry overruns its filter"]),
            (1, &[0, 0, 0, 0, 5, 25, 32], &["an entry overruns its filter"]),
            (1, &[0, 0, 0, 0, 5, 25, 32, 24, 198, 51], &["an entry overruns its filter"]),
            (1, &[0, 0, 0, 0, 5, 0, 0, 33, 1, 2, 3, 4, 5], &["prefix lengths that no address has"]),
            (1, &[0, 0, 0, 0, 5, 33, 0, 0], &["prefix lengths that no address has"]),
            (1, &[0, 0, 0, 0, 5, 0, 33, 0], &["prefix lengths that no address has"]),
            (1, &[0, 0, 0, 0, 5, 25, 24, 0], &["prefix lengths that no address has"]),
            (25, &[0, 0, 0, 0, 5, 0, 0, 0], &["AFI 25 has no address prefixes"]),
        ];
        for (afi, entries, want) in cases {
            let group = OrfGroup { kind: OrfGroup::PREFIX, entries };
            let shown = |entry: Result<PrefixOrf, OrfError>| match entry {
                Ok(entry) => entry.to_string(),
                Err(error) => error.to_string(),
            };
            assert_eq!(group.prefixes(*afi).map(shown).collect::<Vec<String>>(), *want, "{entries:?}");
        }
    }

    #[test]
    fn groups_beyond_the_limit_are_left_out_whole() {
        let entries = [0x80; 3000];
        let groups = [OrfGroup { kind: 64, entries: &entries }; 2];
        let family = AfiSafi { afi: 1, safi: 1 };
        let refresh =
            FilteredRefresh { family, when: WhenToRefresh::Defer, groups: groups.as_slice().into() };
        let mut bytes = Vec::new();
        refresh.encode(&mut bytes);
        assert_eq!(bytes.len(), HEADER_LEN + 5 + 3 + 3000);
    }

    fn rule(afi: u16) -> impl Strategy<Value = PrefixRule> {
        let most = if afi == 1 { 32u8 } else { 128 };
        (any::<bool>(), any::<u32>(), 0..=most, 0..=most, 0..=most, any::<[u8; 16]>()).prop_map(
            move |(permit, sequence, a, b, bits, addr)| {
                let prefix = prefix(afi, bits, &addr[..usize::from(bits.div_ceil(8))]).unwrap();
                PrefixRule { permit, sequence, min_len: a.min(b), max_len: a.max(b), prefix }
            },
        )
    }

    fn entry(afi: u16) -> impl Strategy<Value = PrefixOrf> {
        prop_oneof![
            4 => rule(afi).prop_map(PrefixOrf::Add),
            2 => rule(afi).prop_map(PrefixOrf::Remove),
            1 => Just(PrefixOrf::RemoveAll),
        ]
    }

    proptest! {
        #[test]
        fn filters_read_back(
            (afi, filter) in (1..=2u16).prop_flat_map(|afi| (Just(afi), prop::collection::vec(entry(afi), 0..20))),
            when in any::<u8>(),
            other in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let mut entries = Vec::new();
            filter.iter().for_each(|entry| entry.encode(&mut entries));
            let groups = [OrfGroup { kind: OrfGroup::PREFIX, entries: &entries }, OrfGroup { kind: 1, entries: &other }];
            let when = match when {
                1 => WhenToRefresh::Immediate,
                2 => WhenToRefresh::Defer,
                n => WhenToRefresh::Other(n),
            };
            let family = AfiSafi { afi, safi: 1 };
            let refresh = FilteredRefresh { family, when, groups: groups.as_slice().into() };
            let mut bytes = Vec::new();
            refresh.encode(&mut bytes);
            let back = FilteredRefresh::decode(&bytes[HEADER_LEN..]).unwrap().unwrap();
            prop_assert_eq!(back, refresh);
            let read: Result<Vec<_>, _> = back.groups.iter().next().unwrap().prefixes(afi).collect();
            prop_assert_eq!(read, Ok(filter));
        }

        #[test]
        fn any_octets_are_judged(body in prop::collection::vec(any::<u8>(), 0..60), afi in 0..3u16) {
            let _ = FilteredRefresh::decode(&[&[0, 1, 0, 1, 1], &body[..]].concat());
            let group = OrfGroup { kind: OrfGroup::PREFIX, entries: &body };
            prop_assert!(group.prefixes(afi).count() <= body.len());
        }
    }
}
