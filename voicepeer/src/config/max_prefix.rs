//! `[peer.max_prefix]`

use super::Reader;
use super::file;
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{BeyondLimit, PrefixLimits};
use std::num::NonZeroU32;
use std::time::Duration;
use toml::Spanned;

impl Reader<'_> {
    pub(super) fn max_prefixes(&self, peer: Levels<'_, file::Peer>) -> Result<PrefixLimits, BadInput> {
        let mut limits = PrefixLimits::default();
        let Some(table) = peer.within(|p| &p.max_prefix) else { return Ok(limits) };
        let limit = |value: Option<&Spanned<u32>>| match value {
            None => Ok(None),
            Some(value) => NonZeroU32::new(*value.get_ref())
                .map(Some)
                .ok_or_else(|| self.bad(value, "a limit of 0 prefixes is not allowed")),
        };
        limits.ipv4 = limit(table.get(|m| &m.ipv4_unicast))?;
        limits.ipv6 = limit(table.get(|m| &m.ipv6_unicast))?;
        limits.out_ipv4 = limit(table.get(|m| &m.announced_ipv4_unicast))?;
        limits.out_ipv6 = limit(table.get(|m| &m.announced_ipv6_unicast))?;
        if let Some(percent) = table.get(|m| &m.warn_percent) {
            if !(1..=100).contains(percent.get_ref()) {
                return Err(self.bad(percent, format!("{} per cent is no warning", percent.get_ref())));
            }
            limits.warn_percent = *percent.get_ref();
        }
        limits.beyond = self.beyond(table)?;
        Ok(limits)
    }

    fn beyond(&self, table: Levels<'_, file::MaxPrefix>) -> Result<BeyondLimit, BadInput> {
        let after = table.get(|m| &m.restart_after);
        let beyond = table.get(|m| &m.beyond);
        let others =
            [("warn", BeyondLimit::Warn), ("block", BeyondLimit::Block), ("shutdown", BeyondLimit::Shutdown)];
        match beyond.map(|name| (name, name.get_ref().as_str())) {
            None | Some((_, "restart")) => match after {
                Some(after) if *after.get_ref() == 0 => {
                    Err(self.bad(after, "a restart_after of 0 is not allowed"))
                }
                after => {
                    Ok(BeyondLimit::Restart(Duration::from_secs(after.map_or(300, |after| *after.get_ref()))))
                }
            },
            Some((name, text)) => {
                let known = others.into_iter().find(|(known, _)| *known == text).map(|(_, beyond)| beyond);
                let known =
                    known.ok_or_else(|| self.bad(name, format!("{text:?} is no way beyond a limit")))?;
                match after {
                    Some(after) => Err(self.bad(after, "restart_after is for beyond = \"restart\"")),
                    None => Ok(known),
                }
            }
        }
    }
}
