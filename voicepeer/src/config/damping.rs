//! `[peer.damping]`: route flap damping (RFC 2439).

use super::Reader;
use super::file::{self, File};
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{DampingRules, PeerConfig, RouteDampingConfig, RouteDampingError};
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

impl Reader<'_> {
    /// `internal`: whether the peer is of our own AS.
    pub(super) fn route_damping(
        &self,
        peer: Levels<'_, file::Peer>,
        file: &File,
        internal: bool,
        config: &PeerConfig,
    ) -> Result<Option<DampingRules>, BadInput> {
        let Some(table) = peer.within(|p| &p.damping) else { return Ok(None) };
        let own = table.0.into_iter().flatten().next().map_or(0..0, Spanned::span);
        let member = self.confederation(file)?.is_some_and(|within| within.members.contains(&config.asn));
        if internal || member {
            return Err(self.bad_at(
                own,
                "damping is for external peers: within an AS it tears routes apart (RFC 2439)",
            ));
        }
        let usual = RouteDampingConfig::default();
        let points = |given: Option<&Spanned<u32>>, usual| given.map_or(usual, |points| *points.get_ref());
        let time = |given: Option<&Spanned<u32>>, usual| {
            given.map_or(usual, |secs| Duration::from_secs((*secs.get_ref()).into()))
        };
        let half_life = time(table.get(|d| &d.get_ref().half_life), usual.half_life);
        let rules = RouteDampingConfig {
            withdrawal: points(table.get(|d| &d.get_ref().withdrawal), usual.withdrawal),
            re_announcement: points(table.get(|d| &d.get_ref().re_announcement), usual.re_announcement),
            attribute_change: points(table.get(|d| &d.get_ref().attribute_change), usual.attribute_change),
            suppress: points(table.get(|d| &d.get_ref().suppress), usual.suppress),
            reuse: points(table.get(|d| &d.get_ref().reuse), usual.reuse),
            half_life,
            half_life_unreachable: time(table.get(|d| &d.get_ref().half_life_unreachable), half_life),
            max_suppress: time(table.get(|d| &d.get_ref().max_suppress), usual.max_suppress),
        };
        let rules = DampingRules::new(rules);
        rules.map(Some).map_err(|error| self.bad_at(at_fault(table, error).unwrap_or(own), error.to_string()))
    }
}

/// The value that most likely is not meant so.
fn at_fault(
    table: Levels<'_, Spanned<file::RouteDamping>>,
    error: RouteDampingError,
) -> Option<Range<usize>> {
    let zero = |value: &&Spanned<u32>| *value.get_ref() == 0;
    let value = match error {
        RouteDampingError::HalfLife => table
            .get(|d| &d.get_ref().half_life)
            .filter(zero)
            .or_else(|| table.get(|d| &d.get_ref().half_life_unreachable)),
        RouteDampingError::Reuse => {
            table.get(|d| &d.get_ref().reuse).or_else(|| table.get(|d| &d.get_ref().suppress))
        }
        RouteDampingError::MaxSuppress => table
            .get(|d| &d.get_ref().max_suppress)
            .or_else(|| table.get(|d| &d.get_ref().suppress))
            .or_else(|| table.get(|d| &d.get_ref().half_life)),
    };
    value.map(Spanned::span)
}
