//! `prefix_orf` of `[peer.capabilities]`: filters of prefixes, sent and received.

use super::Reader;
use super::file;
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{PeerConfig, filter_of};

impl Reader<'_> {
    /// Which way filters of prefixes go. Ours is the prefixes of the import policy.
    pub(super) fn prefix_orf(
        &self,
        peer: Levels<'_, file::Peer>,
        config: &mut PeerConfig,
    ) -> Result<(), BadInput> {
        let table = peer.within(|p| &p.capabilities);
        let Some(way) = table.and_then(|table| table.get(|c| &c.prefix_orf)) else { return Ok(()) };
        let offers = &mut config.offers;
        (offers.orf_rx, offers.orf_tx) = self.ways(way, "prefix_orf")?;
        if !offers.route_refresh {
            return Err(self.bad(way, "prefix_orf needs route_refresh (RFC 5291)"));
        }
        let says =
            |family| config.import.as_deref().is_some_and(|policy| filter_of(policy, family).is_some());
        if offers.orf_tx && !config.families.iter().all(says) {
            let message = "the import policy accepts routes whatever their prefix: it is no filter to send";
            let help = "every rule that accepts needs match.prefix, and the default is \"reject\"";
            return Err(self.bad(way, message).help(help));
        }
        Ok(())
    }
}
