//! What a row has read, so that no row is fast because it skipped something.

use std::net::IpAddr;

/// Sums of all that was read, wrapping. Rows that read the same bytes have the same sums.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Sum {
    /// Prefixes announced, or routes of a table.
    pub(crate) announced: u64,
    /// Prefixes withdrawn.
    pub(crate) withdrawn: u64,
    /// Addresses and lengths of prefixes.
    pub(crate) prefixes: u64,
    /// ASNs of paths.
    pub(crate) path: u64,
    /// Communities and large communities; of extended communities, which peers type differently, the count.
    pub(crate) communities: u64,
    /// Next hops.
    pub(crate) next_hops: u64,
    /// ORIGIN, MULTI_EXIT_DISC, LOCAL_PREF, AGGREGATOR, ORIGINATOR_ID and CLUSTER_LIST.
    pub(crate) numbers: u64,
}

impl Sum {
    /// The part that says which prefixes there were and no more.
    pub(crate) fn routes(&self) -> Self {
        let Self { announced, withdrawn, prefixes, .. } = *self;
        Self { announced, withdrawn, prefixes, ..Self::default() }
    }

    #[inline]
    pub(crate) fn prefix(&mut self, addr: IpAddr, bits: u8) {
        match addr {
            IpAddr::V4(addr) => self.prefix4(addr.to_bits(), bits),
            IpAddr::V6(addr) => self.prefix6(addr.to_bits(), bits),
        }
    }

    #[inline]
    pub(crate) fn prefix4(&mut self, addr: u32, bits: u8) {
        self.prefixes = self.prefixes.wrapping_add(u64::from(addr) + u64::from(bits));
    }

    #[inline]
    pub(crate) fn prefix6(&mut self, addr: u128, bits: u8) {
        self.prefixes = self.prefixes.wrapping_add(halves(addr)).wrapping_add(u64::from(bits));
    }

    #[inline]
    pub(crate) fn asn(&mut self, asn: u32) {
        self.path = self.path.wrapping_add(u64::from(asn));
    }

    #[inline]
    pub(crate) fn community(&mut self, value: u32) {
        self.communities = self.communities.wrapping_add(u64::from(value));
    }

    #[inline]
    pub(crate) fn large_community(&mut self, parts: [u32; 3]) {
        self.communities = parts.into_iter().map(u64::from).fold(self.communities, u64::wrapping_add);
    }

    #[inline]
    pub(crate) fn extended_communities(&mut self, count: usize) {
        self.communities = self.communities.wrapping_add(count as u64);
    }

    #[inline]
    pub(crate) fn number(&mut self, value: u32) {
        self.numbers = self.numbers.wrapping_add(u64::from(value));
    }

    #[inline]
    pub(crate) fn next_hop(&mut self, hop: IpAddr) {
        let hop = match hop {
            IpAddr::V4(hop) => u64::from(hop.to_bits()),
            IpAddr::V6(hop) => halves(hop.to_bits()),
        };
        self.next_hops = self.next_hops.wrapping_add(hop);
    }
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.announced += other.announced;
        self.withdrawn += other.withdrawn;
        self.prefixes = self.prefixes.wrapping_add(other.prefixes);
        self.path = self.path.wrapping_add(other.path);
        self.communities = self.communities.wrapping_add(other.communities);
        self.next_hops = self.next_hops.wrapping_add(other.next_hops);
        self.numbers = self.numbers.wrapping_add(other.numbers);
    }
}

/// Both halves of an IPv6 address, so that all of it is read.
#[expect(clippy::cast_possible_truncation, reason = "each half is taken")]
#[inline]
fn halves(addr: u128) -> u64 {
    ((addr >> 64) as u64).wrapping_add(addr as u64)
}
