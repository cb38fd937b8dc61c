//! Whole UPDATEs in one buffer: tables made here, and what others captured.

use crate::hand;
use crate::sum::Sum;
use bgp_wire::{
    Asn, AsnWidth, AttributeSet, Community, Family, Fit, LargeCommunity, Negotiated, NextHop, Origin,
    PathNlri, PeerKind, Received, UpdateWriter, frame, mrt, update,
};
use bytes::Bytes;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::fs::File;
use std::io::Read;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// Messages of sessions with ASNs of four octets and without path identifiers.
pub(crate) struct Corpus {
    pub(crate) name: String,
    pub(crate) octets: Bytes,
    /// Where each message ends, and whether an internal peer sent it.
    ends: Vec<(usize, bool)>,
    /// What the messages were written from, one by one; captured ones have nothing here.
    pub(crate) routes: Vec<(AttributeSet, Vec<PathNlri>)>,
    pub(crate) family: Family,
}

/// One message, header included.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) octets: &'a [u8],
    corpus: &'a Bytes,
    /// Whether it is of an internal session, which alone has LOCAL_PREF.
    pub(crate) internal: bool,
}

impl Message<'_> {
    /// The message for a codec that takes shared octets.
    pub(crate) fn shared(&self) -> Bytes {
        self.corpus.slice_ref(self.octets)
    }
}

impl Corpus {
    pub(crate) fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let mut from = 0;
        self.ends.iter().map(move |(end, internal)| {
            let octets = self.octets.get(from..*end).unwrap_or_default();
            from = *end;
            Message { octets, corpus: &self.octets, internal: *internal }
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A full table's shape: one message a route, each with its own attributes.
    pub(crate) fn table(family: Family, messages: u32) -> Self {
        let n = session(false);
        let routes: Vec<_> = (0..messages).map(|i| route(i, family)).collect();
        let (mut octets, mut ends) = (Vec::new(), Vec::new());
        for (set, prefixes) in &routes {
            write(set, prefixes, family, &n, &mut octets);
            ends.push((octets.len(), false));
        }
        let name = format!("table of {family}");
        Self { name, octets: octets.into(), ends, routes, family }
    }

    /// Every UPDATE in the MRT files of `directory` that is of routes and well-formed by RFC 7606; how many
    /// were not, and are left out.
    pub(crate) fn captured(directory: &Path, most: usize) -> (Self, usize) {
        let (mut octets, mut ends, mut malformed) = (Vec::new(), Vec::new(), 0);
        for file in files(directory) {
            let bytes = unpacked(&file);
            let messages = mrt::records(&bytes).map_while(Result::ok).filter_map(|record| whole(&record));
            for message in messages {
                match kind(message) {
                    Some(internal) if ends.len() < most => {
                        octets.extend_from_slice(message);
                        ends.push((octets.len(), internal));
                    }
                    Some(_) => break,
                    None => malformed += 1,
                }
            }
        }
        let (name, family) = ("captured UPDATEs".into(), Family::Ipv4Unicast);
        (Self { name, octets: octets.into(), ends, routes: Vec::new(), family }, malformed)
    }
}

/// The session of every message, but for its kind.
pub(crate) fn session(internal: bool) -> Negotiated {
    Negotiated::unseen(if internal { PeerKind::Internal } else { PeerKind::External })
}

/// Writes one message, which has room for all.
pub(crate) fn write(
    set: &AttributeSet,
    prefixes: &[PathNlri],
    family: Family,
    n: &Negotiated,
    out: &mut Vec<u8>,
) {
    let mut writer = UpdateWriter::announce(out, n, family, set).unwrap();
    prefixes.iter().for_each(|nlri| assert_eq!(writer.push(nlri), Fit::Added));
    writer.finish();
}

/// Paths of 2 to 8 hops, up to 12 communities, some large ones; prefixes of the lengths that a table has.
pub(crate) fn route(i: u32, family: Family) -> (AttributeSet, Vec<PathNlri>) {
    let next_hop = match family {
        Family::Ipv4Unicast => NextHop::V4(Ipv4Addr::new(192, 0, 2, 1)),
        _ => NextHop::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | 1)),
    };
    let mut random = Random(u64::from(i));
    let mut set = AttributeSet::new(Origin::Igp, next_hop);
    set.as_path = (0..2 + random.below(7)).map(|_| Asn(1 + random.below(400_000))).collect();
    set.med = (random.below(5) == 0).then_some(i);
    set.communities = (0..random.below(13)).map(|_| Community(random.below(u32::MAX))).collect();
    let large = if random.below(7) == 0 { 1 + random.below(6) } else { 0 };
    set.large_communities =
        (0..large).map(|local2| LargeCommunity { global: 64496, local1: i, local2 }).collect();
    let (count, prefix): (_, fn(&mut Random) -> IpNet) = match family {
        Family::Ipv4Unicast => (1 + random.below(13), prefix4),
        _ => (1 + random.below(7), prefix6),
    };
    let prefixes = (0..count).map(|_| PathNlri { path_id: 0, prefix: prefix(&mut random) });
    let prefixes = prefixes.collect();
    (set, prefixes)
}

fn prefix4(random: &mut Random) -> IpNet {
    let bits = [24, 24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 19, 16];
    let bits = bits[random.below(13) as usize];
    // Unicast: one of the peers refuses others.
    let addr = 0x0100_0000 + random.below(0xdf00_0000);
    IpNet::V4(Ipv4Net::new_assert(addr.into(), bits).trunc())
}

fn prefix6(random: &mut Random) -> IpNet {
    let bits = [48, 48, 48, 48, 32, 32, 44, 44, 40, 36, 29, 46][random.below(12) as usize];
    let addr = 0x2_u128 << 124 | u128::from(random.next()) << 60;
    IpNet::V6(Ipv6Net::new_assert(addr.into(), bits).trunc())
}

/// The same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the remainder fits")]
    fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end)) as u32
    }
}

/// The files of a directory in the order of their names.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The octets of a file, unpacked; of a packed file that was cut, what there is before the cut.
pub(crate) fn unpacked(path: &Path) -> Vec<u8> {
    let file = File::open(path).unwrap();
    let mut from: Box<dyn Read> = match path.extension().and_then(|e| e.to_str()) {
        Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(file)),
        Some("bz2") => Box::new(bzip2::read::MultiBzDecoder::new(file)),
        _ => Box::new(file),
    };
    let (mut all, mut some) = (Vec::new(), vec![0; 1 << 16]);
    while let Ok(count @ 1..) = from.read(&mut some) {
        all.extend_from_slice(some.get(..count).unwrap_or_default());
    }
    all
}

/// The UPDATE that a record holds, where all codecs can read it without being told more.
pub(crate) fn whole<'a>(record: &mrt::Record<'a>) -> Option<&'a [u8]> {
    let Ok(mrt::Body::Message(message)) = record.decode() else { return None };
    let fits = message.asn_width == AsnWidth::Four && !message.add_path && !message.local;
    let update = message.message.get(18) == Some(&2);
    let octets = frame(message.message, u16::MAX).ok()??.len;
    let unicast = hand::read(message.message, &mut Sum::default()).is_some();
    (fits && update && unicast && octets == message.message.len()).then_some(message.message)
}

/// Whether an internal peer sent it, as LOCAL_PREF tells; `None` of what is malformed.
fn kind(message: &[u8]) -> Option<bool> {
    [false, true].into_iter().find(|internal| is_sound(message, &session(*internal)))
}

/// Whether an UPDATE is of routes, and nothing is wrong with it.
pub(crate) fn is_sound(message: &[u8], n: &Negotiated) -> bool {
    let parsed = frame(message, u16::MAX).ok().flatten().and_then(|frame| update(frame.body, n).ok());
    parsed.is_some_and(|parsed| {
        matches!(parsed.update, Received::Routes(_)) && parsed.findings.worst().is_none()
    })
}
