//! Several paths a prefix: those of `[peer.capabilities]` that say which way, and how many.

use super::Reader;
use super::file;
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{PeerConfig, PeerRouting};
use std::num::NonZeroU16;
use toml::Spanned;

impl Reader<'_> {
    /// Which way several paths go, in all families of the peer.
    pub(super) fn add_path(
        &self,
        peer: Levels<'_, file::Peer>,
        config: &mut PeerConfig,
    ) -> Result<(), BadInput> {
        let Some(table) = peer.within(|p| &p.capabilities) else { return Ok(()) };
        let way = table.get(|c| &c.add_path).map(|way| self.ways(way, "add_path"));
        let (receive, send) = way.transpose()?.unwrap_or_default();
        if receive {
            config.offers.add_path_rx = config.families;
        }
        if send {
            config.offers.add_path_tx = config.families;
        }
        config.offers.paths_limit = match table.get(|c| &c.paths_limit) {
            None => None,
            Some(limit) if !receive => {
                return Err(self.bad(limit, "paths_limit is for add_path = \"receive\" or \"both\""));
            }
            Some(limit) => Some(
                NonZeroU16::new(*limit.get_ref())
                    .ok_or_else(|| self.bad(limit, "a paths_limit of 0 is not allowed"))?,
            ),
        };
        match table.get(|c| &c.paths_told) {
            None => {}
            Some(told) if !send => {
                return Err(self.bad(told, "paths_told is for add_path = \"send\" or \"both\""));
            }
            Some(told) if !(1..=PeerRouting::MOST_PATHS).contains(told.get_ref()) => {
                return Err(self.bad(told, format!("{} paths cannot be told", told.get_ref())));
            }
            Some(told) => config.routing.paths_told = *told.get_ref(),
        }
        Ok(())
    }

    /// Whether something is received, and whether it is sent.
    pub(super) fn ways(&self, way: &Spanned<String>, what: &str) -> Result<(bool, bool), BadInput> {
        match way.get_ref().as_str() {
            "receive" => Ok((true, false)),
            "send" => Ok((false, true)),
            "both" => Ok((true, true)),
            other => Err(self.bad(way, format!("{other:?} is no way of {what}"))),
        }
    }
}
