//! `[[bfd.unsolicited]]`

use super::bfd::SLOWEST;
use super::file::{self, File};
use super::{Reader, lag};
use crate::diagnostic::BadInput;
use bfd::{Unsolicited, UnsolicitedParams};
use std::time::Duration;

/// How many sessions there may be where nothing is said.
const LIMIT: u16 = 100;

impl Reader<'_> {
    pub(super) fn unsolicited(
        &self,
        given: &file::Unsolicited,
        file: &File,
    ) -> Result<UnsolicitedParams, BadInput> {
        let local = self.own_address(&given.local_address)?;
        if let Some(limit) = given.limit.as_ref().filter(|limit| *limit.get_ref() == 0) {
            return Err(self.bad(limit, "a limit of 0 lets nobody begin a session"));
        }
        let policy = Unsolicited {
            allowed: given.allow.iter().map(|prefix| *prefix.get_ref()).collect(),
            limit: given.limit.as_ref().map_or(LIMIT, |limit| *limit.get_ref()).into(),
        };
        let usual = UnsolicitedParams::new(local, policy);
        let mut profile = self.bare_session(given.profile.as_ref(), file, local, lag::anywhere(local))?;
        profile.interface = given.interface.as_ref().map(|name| self.interface(name)).transpose()?;
        let linger =
            given.linger.as_ref().map(|text| self.duration(text, Duration::ZERO, SLOWEST)).transpose()?;
        Ok(UnsolicitedParams { profile, linger: linger.unwrap_or(usual.linger), ..usual })
    }
}
