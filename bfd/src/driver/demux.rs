//! Which session a packet belongs to (RFC 5880 section 6.3, RFC 5881 section 3).
use super::endpoint::EndpointId;
use super::links::Slot;
use crate::{Control, Discard};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::IpAddr;
use std::num::NonZeroU32;

/// Where a packet came from: the local address by its endpoint, and the peer's address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Source {
    pub(super) endpoint: EndpointId,
    pub(super) address: IpAddr,
    /// The interface of a link-local address, where the endpoint does not say it already.
    pub(super) scope: u32,
}

/// The hash of a discriminator: itself, spread. We drew it at random and no peer chooses it, so nobody can
/// make many of them collide.
#[derive(Debug, Default)]
struct Drawn(u64);

impl Hasher for Drawn {
    fn write(&mut self, octets: &[u8]) {
        octets.iter().for_each(|&octet| self.write_u32(octet.into()));
    }

    fn write_u32(&mut self, discriminator: u32) {
        self.0 = (self.0 ^ u64::from(discriminator)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Debug, Default)]
pub(super) struct Demux {
    by_discriminator: HashMap<NonZeroU32, Slot, BuildHasherDefault<Drawn>>,
    by_source: HashMap<Source, Slot>,
}

impl Demux {
    /// By Your Discriminator alone where the peer knows it: its address may change. Otherwise by the
    /// addresses.
    pub(super) fn select(&self, control: &Control, source: Source) -> Result<Slot, Discard> {
        match control.your_discriminator {
            Some(your) => self.named(your).ok_or(Discard::UnknownDiscriminator),
            None => self.by_source(source).ok_or(Discard::NoSession),
        }
    }

    pub(super) fn by_source(&self, source: Source) -> Option<Slot> {
        self.by_source.get(&source).copied()
    }

    pub(super) fn named(&self, discriminator: NonZeroU32) -> Option<Slot> {
        self.by_discriminator.get(&discriminator).copied()
    }

    /// What comes from `source` is of the session at `slot`, too.
    pub(super) fn listen(&mut self, source: Source, slot: Slot) {
        self.by_source.insert(source, slot);
    }

    pub(super) fn insert(&mut self, discriminator: NonZeroU32, source: Source, slot: Slot) {
        self.by_discriminator.insert(discriminator, slot);
        self.listen(source, slot);
    }

    pub(super) fn remove(&mut self, discriminator: NonZeroU32, sources: impl IntoIterator<Item = Source>) {
        self.by_discriminator.remove(&discriminator);
        for source in sources {
            self.by_source.remove(&source);
        }
    }
}
