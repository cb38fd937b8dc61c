//! Which session a packet belongs to (RFC 5880 section 6.3, RFC 5881 section 3).
use super::SessionId;
use super::endpoint::EndpointId;
use crate::{Control, Discard};
use std::collections::HashMap;
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

#[derive(Debug, Default)]
pub(super) struct Demux {
    by_discriminator: HashMap<NonZeroU32, SessionId>,
    by_source: HashMap<Source, SessionId>,
}

impl Demux {
    /// By Your Discriminator alone where the peer knows it: its address may change. Otherwise by the
    /// addresses.
    pub(super) fn select(&self, control: &Control, source: Source) -> Result<SessionId, Discard> {
        match control.your_discriminator {
            Some(your) => self.by_discriminator.get(&your).copied().ok_or(Discard::UnknownDiscriminator),
            None => self.by_source(source).ok_or(Discard::NoSession),
        }
    }

    pub(super) fn by_source(&self, source: Source) -> Option<SessionId> {
        self.by_source.get(&source).copied()
    }

    pub(super) fn knows(&self, discriminator: NonZeroU32) -> bool {
        self.by_discriminator.contains_key(&discriminator)
    }

    pub(super) fn insert(&mut self, discriminator: NonZeroU32, source: Source, session: SessionId) {
        self.by_discriminator.insert(discriminator, session);
        self.by_source.insert(source, session);
    }

    pub(super) fn remove(&mut self, discriminator: NonZeroU32, source: Source) {
        self.by_discriminator.remove(&discriminator);
        self.by_source.remove(&source);
    }
}
