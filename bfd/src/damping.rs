//! Flap damping: a session that keeps failing is not told to be Up again until it has been quiet for a while.
//!
//! Every failure adds to a penalty, which decays by half in each half-life. Where it reaches one threshold, the
//! session is suppressed until the penalty has decayed to another. This is the scheme of RFC 2439, which
//! routers also damp their interfaces by. Against a hold-down that doubles with every failure it has three
//! advantages here: a first failure delays nothing, what was long ago is forgotten by itself and without a
//! second timer, and the longest delay is a number that one configures.
//!
//! Only Up is withheld. Down is told at once, suppressed or not.
use crate::{Change, State};
use std::fmt;
use std::time::{Duration, Instant};

/// What one failure adds to the penalty.
pub const PENALTY: u32 = 1000;

/// How failures are counted and when they have been too many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DampingConfig {
    /// The penalty decays to its half in this time.
    pub half_life: Duration,
    /// A session whose penalty is that much is suppressed. One failure adds [`PENALTY`].
    pub suppress: u32,
    /// A suppressed session is told again once its penalty has decayed to this.
    pub reuse: u32,
    /// No session stays suppressed longer than this after its last failure: more failures than lead to it
    /// are not counted.
    pub max_suppress: Duration,
}

impl Default for DampingConfig {
    /// Half-life 5 s, suppressed at 2000, told again at 1000, 20 s at most: the third failure within some
    /// seconds is the first to have consequences.
    fn default() -> Self {
        Self {
            half_life: Duration::from_secs(5),
            suppress: 2 * PENALTY,
            reuse: PENALTY,
            max_suppress: Duration::from_secs(20),
        }
    }
}

/// Values that cannot work together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DampingError {
    /// The half-life is zero.
    HalfLife,
    /// The threshold of reuse is zero, or not below that of suppression.
    Reuse,
    /// After the longest time of suppression the penalty of reuse has not been reached from that of
    /// suppression: no session would ever be suppressed.
    MaxSuppress,
}

impl fmt::Display for DampingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HalfLife => "the half-life of damping is zero",
            Self::Reuse => "the penalty of reuse must be above zero and below that of suppression",
            Self::MaxSuppress => {
                "the longest suppression is too short for the penalty to decay from suppression to reuse"
            }
        })
    }
}

impl std::error::Error for DampingError {}

/// The damping of one session: changes of its state go in, those that the caller is to be told come out.
///
/// ```
/// use bfd::{Damping, DampingConfig};
/// # fn main() -> Result<(), bfd::DampingError> {
/// let damping = Damping::new(DampingConfig::default())?;
/// assert_eq!(damping.poll_timeout(), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Damping {
    config: DampingConfig,
    ceiling: f64,
    /// The penalty at the last failure, and when that was.
    penalty: f64,
    failed: Option<Instant>,
    suppressed_until: Option<Instant>,
    /// The state that was told last.
    told: State,
    /// Up, waiting to be told.
    withheld: Option<Change>,
}

/// What is known of a session's damping at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DampingStatus {
    /// The penalty, as it has decayed until now.
    pub penalty: u32,
    /// Until when the session is suppressed, if it does not fail again; `None` if it is not.
    pub suppressed_until: Option<Instant>,
    /// The session is Up and nobody was told.
    pub withheld: bool,
}

impl Damping {
    /// The damping of a session that is Down and never failed.
    ///
    /// # Errors
    /// What of `config` cannot work.
    pub fn new(config: DampingConfig) -> Result<Self, DampingError> {
        if config.half_life.is_zero() {
            return Err(DampingError::HalfLife);
        }
        if config.reuse == 0 || config.reuse >= config.suppress {
            return Err(DampingError::Reuse);
        }
        let half_lives = config.max_suppress.as_secs_f64() / config.half_life.as_secs_f64();
        let ceiling = f64::from(config.reuse) * half_lives.exp2();
        if ceiling < f64::from(config.suppress) {
            return Err(DampingError::MaxSuppress);
        }
        Ok(Self {
            config,
            ceiling: ceiling.min(f64::from(u32::MAX)),
            penalty: 0.0,
            failed: None,
            suppressed_until: None,
            told: State::Down,
            withheld: None,
        })
    }

    /// The session's state changed. What the caller is to be told of it now, if anything: the change as
    /// seen by whoever was told no more than before.
    pub fn change(&mut self, change: Change, now: Instant) -> Option<Change> {
        if change.is_failure() {
            self.fail(now);
        }
        self.withheld = None;
        if change.to == State::Up && self.suppressed(now) {
            self.withheld = Some(change);
            return None;
        }
        self.tell(change)
    }

    /// The instant of [`poll_timeout`](Self::poll_timeout) has come: what is to be told now.
    pub fn timeout(&mut self, now: Instant) -> Option<Change> {
        if self.suppressed(now) {
            return None;
        }
        self.withheld.take().and_then(|change| self.tell(change))
    }

    /// When the Up that waits may be told, if one does.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.suppressed_until.filter(|_| self.withheld.is_some())
    }

    /// What is known now.
    pub fn status(&self, now: Instant) -> DampingStatus {
        DampingStatus {
            penalty: whole(self.penalty_at(now)),
            suppressed_until: self.suppressed_until.filter(|until| now < *until),
            withheld: self.withheld.is_some(),
        }
    }

    fn tell(&mut self, change: Change) -> Option<Change> {
        let from = std::mem::replace(&mut self.told, change.to);
        (from != change.to).then_some(Change { from, ..change })
    }

    fn fail(&mut self, now: Instant) {
        let suppressed = self.suppressed(now);
        self.penalty = (self.penalty_at(now) + f64::from(PENALTY)).min(self.ceiling);
        self.failed = Some(now);
        if suppressed || self.penalty >= f64::from(self.config.suppress) {
            let half_lives = (self.penalty / f64::from(self.config.reuse)).log2().max(0.0);
            let wait = Duration::try_from_secs_f64(self.config.half_life.as_secs_f64() * half_lives);
            let wait = wait.unwrap_or(Duration::MAX).min(self.config.max_suppress);
            self.suppressed_until = now.checked_add(wait);
        }
    }

    fn suppressed(&self, now: Instant) -> bool {
        self.suppressed_until.is_some_and(|until| now < until)
    }

    fn penalty_at(&self, now: Instant) -> f64 {
        let since = self.failed.map_or(Duration::ZERO, |failed| now.saturating_duration_since(failed));
        self.penalty * (-since.as_secs_f64() / self.config.half_life.as_secs_f64()).exp2()
    }
}

/// A penalty without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is kept below 2^32")]
fn whole(penalty: f64) -> u32 {
    penalty.round() as u32
}

#[cfg(test)]
mod tests;
