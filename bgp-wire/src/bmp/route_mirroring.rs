//! Route Mirroring: messages as they came (RFC 7854 section 4.7).

use super::ROUTE_MIRRORING;
use super::fault::{BmpFault, Oversize};
use super::fields::Fields;
use super::message::{put_tuples, write};
use super::peer_header::PeerHeader;
use super::tlv::MirroringTlv;
use crate::capability::Tuples;
use alloc::vec::Vec;

/// Messages of one peer, shown as they came.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RouteMirroring<'a> {
    /// The peer.
    pub peer: PeerHeader,
    /// The messages, and what there is to say of them.
    pub tlvs: Tuples<'a, MirroringTlv<'a>>,
}

impl<'a> RouteMirroring<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        Ok(Self { peer: PeerHeader::decode(fields)?, tlvs: fields.tuples()? })
    }

    /// Appends the message.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        write(out, ROUTE_MIRRORING, |out| {
            self.peer.encode(out);
            put_tuples(out, &self.tlvs)
        })
    }
}
