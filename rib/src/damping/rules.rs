//! How flaps are counted, and when they have been too many.

use super::merit::{HalfLives, Merit};
use core::fmt;
use core::time::Duration;

/// What one peer's routes are damped by. Points are those of a figure of merit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteDampingConfig {
    /// What a withdrawal adds.
    pub withdrawal: u32,
    /// What it adds that a route which was withdrawn comes again.
    pub re_announcement: u32,
    /// What it adds that a route's attributes change.
    pub attribute_change: u32,
    /// A route with more than that is suppressed.
    pub suppress: u32,
    /// A suppressed route is used again once no more than that is left.
    pub reuse: u32,
    /// Half of it is left after this time while the route is there.
    pub half_life: Duration,
    /// Half of it is left after this time while it is withdrawn.
    pub half_life_unreachable: Duration,
    /// No route is suppressed longer than this after its last flap.
    pub max_suppress: Duration,
}

impl Default for RouteDampingConfig {
    /// RFC 7196: the usual values (its figure 1) with a suppress threshold that lets a route flap which does so now and
    /// then: 1000 for a withdrawal, 500 for other attributes, suppressed above 6000, used again at 750, half-lives of 15
    /// minutes, an hour at most.
    fn default() -> Self {
        Self {
            withdrawal: 1000,
            re_announcement: 0,
            attribute_change: 500,
            suppress: 6000,
            reuse: 750,
            half_life: Duration::from_mins(15),
            half_life_unreachable: Duration::from_mins(15),
            max_suppress: Duration::from_hours(1),
        }
    }
}

/// Values that cannot work together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RouteDampingError {
    /// A half-life is zero.
    HalfLife,
    /// The threshold of reuse is zero, or not below that of suppression.
    Reuse,
    /// What decays to the threshold of reuse in the longest time of suppression is not above that of suppression: no
    /// route would ever be suppressed.
    MaxSuppress,
}

impl fmt::Display for RouteDampingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HalfLife => "a half-life of damping is zero",
            Self::Reuse => "reuse must be above zero and below suppress",
            Self::MaxSuppress => {
                "max_suppress is too short to decay from suppress to reuse: nothing would be suppressed"
            }
        })
    }
}
impl core::error::Error for RouteDampingError {}

/// A [`RouteDampingConfig`] that can work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DampingRules {
    pub(super) config: RouteDampingConfig,
    /// More than that is not counted (RFC 2439 section 4.2): it decays to `reuse` in the longest time of suppression.
    pub(super) ceiling: Merit,
    pub(super) suppress: Merit,
    pub(super) reuse: Merit,
    /// In nanoseconds, as all that follow.
    half_life: u64,
    half_life_unreachable: u64,
    pub(super) max_suppress: u64,
}

impl DampingRules {
    /// Checks that they work together.
    ///
    /// ```
    /// use bgp_rib::{DampingRules, RouteDampingConfig, RouteDampingError};
    ///
    /// let usual = RouteDampingConfig::default();
    /// assert!(DampingRules::new(usual).is_ok());
    /// let never = RouteDampingConfig { suppress: 12_001, ..usual };
    /// assert_eq!(DampingRules::new(never), Err(RouteDampingError::MaxSuppress));
    /// ```
    pub fn new(config: RouteDampingConfig) -> Result<Self, RouteDampingError> {
        let [half_life, half_life_unreachable, max_suppress] =
            [config.half_life, config.half_life_unreachable, config.max_suppress].map(nanoseconds);
        if half_life == 0 || half_life_unreachable == 0 {
            return Err(RouteDampingError::HalfLife);
        }
        if config.reuse == 0 || config.reuse >= config.suppress {
            return Err(RouteDampingError::Reuse);
        }
        let (suppress, reuse) = (Merit::of(config.suppress), Merit::of(config.reuse));
        let ceiling = reuse.before(HalfLives::of(max_suppress, half_life));
        if ceiling <= suppress {
            return Err(RouteDampingError::MaxSuppress);
        }
        Ok(Self { config, ceiling, suppress, reuse, half_life, half_life_unreachable, max_suppress })
    }

    /// What was checked.
    pub const fn config(&self) -> &RouteDampingConfig {
        &self.config
    }

    pub(super) const fn half_life(&self, reachable: bool) -> u64 {
        if reachable { self.half_life } else { self.half_life_unreachable }
    }
}

/// As many as fit: 584 years.
pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (what is other than usual, why it cannot work)
    #[test]
    fn values_that_cannot_work_together() {
        let usual = RouteDampingConfig::default();
        for (config, want) in [
            (usual, None),
            (RouteDampingConfig { suppress: 11_999, ..usual }, None),
            (RouteDampingConfig { suppress: 12_000, ..usual }, Some(RouteDampingError::MaxSuppress)),
            (RouteDampingConfig { suppress: 12_000, max_suppress: Duration::from_secs(3601), ..usual }, None),
            (RouteDampingConfig { half_life: Duration::ZERO, ..usual }, Some(RouteDampingError::HalfLife)),
            (
                RouteDampingConfig { half_life_unreachable: Duration::ZERO, ..usual },
                Some(RouteDampingError::HalfLife),
            ),
            (RouteDampingConfig { reuse: 0, ..usual }, Some(RouteDampingError::Reuse)),
            (RouteDampingConfig { reuse: 6000, ..usual }, Some(RouteDampingError::Reuse)),
            (
                RouteDampingConfig { max_suppress: Duration::ZERO, ..usual },
                Some(RouteDampingError::MaxSuppress),
            ),
            (RouteDampingConfig { max_suppress: Duration::MAX, ..usual }, None),
        ] {
            assert_eq!(DampingRules::new(config).err(), want, "{config:?}");
        }
        assert_eq!(DampingRules::new(usual).unwrap().ceiling.points(), 12_000);
    }
}
