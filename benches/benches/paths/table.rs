//! The prefixes that all sessions of a family announce, and whose path is the best one.

use crate::peer::{asn, hop};
use bgp_wire::{
    Asn, AttributeSet, Community, Family, FamilySet, Fit, Negotiated, Origin, PathNlri, PeerKind,
    UpdateWriter,
};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Prefixes by their length; each has communities of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Short,
    Middle,
    Long,
}

/// What the sessions of a family announce.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) family: Family,
    pub(crate) first: u8,
    pub(crate) last: u8,
    pub(crate) nets: u32,
}

pub(crate) const TABLES: [Table; 2] = [
    Table { family: Family::Ipv4Unicast, first: 1, last: 100, nets: 14_800 },
    Table { family: Family::Ipv6Unicast, first: 101, last: 150, nets: 2400 },
];

impl Class {
    const ALL: [Self; 3] = [Self::Short, Self::Middle, Self::Long];

    fn communities(self) -> [Community; 2] {
        let community = |asn: u32, value: u32| Community(asn << 16 | value);
        match self {
            Self::Short => [community(100, 1), community(200, 1)],
            Self::Middle => [community(101, 1), community(201, 1)],
            Self::Long => [community(104, 1), community(109, 3)],
        }
    }
}

impl Table {
    pub(crate) fn sessions(self) -> impl Iterator<Item = u8> {
        self.first..=self.last
    }

    fn count(self) -> u32 {
        u32::from(self.last - self.first) + 1
    }

    /// The nets of those classes, by number.
    pub(crate) fn of(self, classes: &'static [Class]) -> impl Iterator<Item = u32> {
        (0..self.nets).filter(move |net| classes.contains(&Self::class(*net)))
    }

    /// Of 20 nets one is short, and five are of the length in the middle.
    const fn class(net: u32) -> Class {
        match net % 20 {
            0 => Class::Short,
            1..=5 => Class::Middle,
            _ => Class::Long,
        }
    }

    pub(crate) fn prefix(self, net: u32) -> IpNet {
        let class = Self::class(net) as usize;
        if self.family == Family::Ipv4Unicast {
            let address = Ipv4Addr::from((16 << 24) + (net << 10));
            Ipv4Net::new(address, [22, 24, 30][class]).unwrap().into()
        } else {
            let address = Ipv6Addr::from((0x2002_0a00 << 96) | u128::from(net) << 80);
            Ipv6Net::new(address, [48, 64, 126][class]).unwrap().into()
        }
    }

    /// How many ASNs a session has in the path to a net: each another number, so that there is an order of all.
    fn hops(self, n: u8, net: u32) -> u32 {
        1 + (u32::from(n - self.first) + net) % self.count()
    }

    /// Whose paths are the `several` best.
    pub(crate) fn best(self, net: u32, several: u8) -> BTreeSet<Asn> {
        let best = |n: &u8| self.hops(*n, net) <= several.into();
        self.sessions().filter(best).map(asn).collect()
    }

    /// Nets that are announced in one message: their paths are as long, and their class is one.
    fn groups(self) -> impl Iterator<Item = Vec<u32>> {
        let step = self.count() as usize;
        let groups = (0..self.count()).flat_map(|first| Class::ALL.map(|class| (first, class)));
        let nets = move |(first, class)| {
            (first..self.nets).step_by(step).filter(|net| Self::class(*net) == class).collect::<Vec<_>>()
        };
        groups.map(nets).filter(|nets| !nets.is_empty())
    }

    /// How many messages announce all of it, or withdraw it.
    pub(crate) fn messages(self) -> usize {
        self.groups().count()
    }

    /// The UPDATEs that announce all of it in the name of session `n`, or withdraw it.
    pub(crate) fn updates(self, n: u8, several: bool, announces: bool) -> Vec<u8> {
        let mut negotiated = Negotiated::new(PeerKind::External);
        negotiated.families = FamilySet::EMPTY.with(self.family);
        if several {
            negotiated.add_path_tx = FamilySet::EVERY;
        }
        let mut octets = Vec::new();
        for nets in self.groups() {
            let mut writer = if announces {
                let mut set = AttributeSet::new(Origin::Igp, hop(n, self.family));
                let hops = self.hops(n, nets[0]);
                set.as_path = [asn(n)].into_iter().chain((1..hops).map(|hop| Asn(65000 + hop))).collect();
                set.communities = Self::class(nets[0]).communities().to_vec();
                UpdateWriter::announce(&mut octets, &negotiated, self.family, &set).unwrap()
            } else {
                UpdateWriter::withdraw(&mut octets, &negotiated, self.family)
            };
            for net in nets {
                let nlri = PathNlri { path_id: u32::from(several), prefix: self.prefix(net) };
                assert_eq!(writer.push(&nlri), Fit::Added, "a group is one message");
            }
            writer.finish();
        }
        octets
    }
}
