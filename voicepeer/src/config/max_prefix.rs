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
        limits.beyond = self
            .beyond(table.get(|m| &m.beyond), table.get(|m| &m.restart_after), "beyond")?
            .unwrap_or(limits.beyond);
        let beyond_announced = self.beyond(
            table.get(|m| &m.announced_beyond),
            table.get(|m| &m.announced_restart_after),
            "announced_beyond",
        )?;
        limits.beyond_announced = beyond_announced.unwrap_or(limits.beyond_announced);
        Ok(limits)
    }

    /// What happens beyond a limit, where `key` or the time of a restart says so.
    fn beyond(
        &self,
        beyond: Option<&Spanned<String>>,
        after: Option<&Spanned<u64>>,
        key: &str,
    ) -> Result<Option<BeyondLimit>, BadInput> {
        let time = key.replace("beyond", "restart_after");
        let way = match (beyond, beyond.map(|way| way.get_ref().as_str())) {
            (_, None | Some("restart")) => None,
            (_, Some("warn")) => Some(BeyondLimit::Warn),
            (_, Some("block")) => Some(BeyondLimit::Block),
            (_, Some("shutdown")) => Some(BeyondLimit::Shutdown),
            (Some(way), Some(text)) => {
                return Err(self.bad(way, format!("{text:?} is no way beyond a limit")));
            }
            (None, Some(_)) => None,
        };
        match (way, after) {
            (Some(_), Some(after)) => Err(self.bad(after, format!("{time} is for {key} = \"restart\""))),
            (Some(way), None) => Ok(Some(way)),
            (None, Some(after)) if *after.get_ref() == 0 => {
                Err(self.bad(after, format!("a {time} of 0 is not allowed")))
            }
            (None, Some(after)) => Ok(Some(BeyondLimit::Restart(Duration::from_secs(*after.get_ref())))),
            (None, None) => Ok(beyond.map(|_| BeyondLimit::Restart(Duration::from_mins(5)))),
        }
    }
}
