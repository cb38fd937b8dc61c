//! `[peer.graceful_restart]`, and how long we wait after a restart of ours.

use super::Reader;
use super::file::{self, File};
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{PeerConfig, Restart};
use bgp_wire::FamilySet;
use std::time::Duration;
use toml::Spanned;

/// The wire has 12 bits for the one and 24 for the other.
const LONGEST_RESTART: u16 = 4095;
const LONGEST_STALE: u32 = 16_777_215;

impl Reader<'_> {
    pub(super) fn graceful_restart(
        &self,
        peer: Levels<'_, file::Peer>,
        config: &mut PeerConfig,
    ) -> Result<(), BadInput> {
        let Some(table) = peer.within(|p| &p.graceful_restart) else { return Ok(()) };
        let mut restart = Restart::default();
        if let Some(time) = table.get(|g| &g.restart_time) {
            restart.time = self.at_most(time, LONGEST_RESTART)?;
        }
        if table.is(|g| &g.helper_only) {
            restart.families = FamilySet::EMPTY;
        }
        if table.is(|g| &g.forwarding_preserved) {
            restart.forwarding = restart.families;
        }
        restart.notification = table.get(|g| &g.notification).copied().unwrap_or(restart.notification);
        restart.long_lived = match table.get(|g| &g.long_lived_time) {
            Some(time) => Some(self.at_most(time, LONGEST_STALE)?),
            None => None,
        };
        config.offers.graceful_restart = Some(restart);
        let seconds = |time: &Spanned<u32>| Duration::from_secs((*time.get_ref()).into());
        let kept = &mut config.kept_at_most;
        kept.after_bfd_failure = table.is(|g| &g.keep_after_bfd_failure);
        for (field, most) in [
            (table.get(|g| &g.longest_restart), &mut kept.restart),
            (table.get(|g| &g.stale_time), &mut kept.stale),
            (table.get(|g| &g.longest_long_lived), &mut kept.long_lived),
        ] {
            *most = field.map_or(*most, seconds);
        }
        Ok(())
    }

    /// The Selection_Deferral_Timer (RFC 4724 section 4.1).
    pub(super) fn selection_deferral(&self, file: &File) -> Result<Duration, BadInput> {
        match &file.speaker.selection_deferral {
            Some(time) if *time.get_ref() == 0 => {
                Err(self.bad(time, "a selection_deferral of 0 is not allowed"))
            }
            time => Ok(Duration::from_secs(time.as_ref().map_or(360, |time| *time.get_ref()))),
        }
    }

    fn at_most<T: Copy + PartialOrd + std::fmt::Display>(
        &self,
        value: &Spanned<T>,
        most: T,
    ) -> Result<T, BadInput> {
        if *value.get_ref() > most {
            return Err(self.bad(value, format!("{} s is more than an OPEN can say", value.get_ref())));
        }
        Ok(*value.get_ref())
    }
}
