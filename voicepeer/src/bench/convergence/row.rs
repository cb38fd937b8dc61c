//! What is measured.
use super::feed::Feed;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A row of the bench.
#[derive(ValueEnum, Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Row {
    /// One session brings 1,000,000 prefixes, one receiver is told; then a second one joins.
    Full,
    /// Ten sessions bring the same 100,000 prefixes, with other paths.
    Overlapping,
    /// Thirty sessions bring 10,000 prefixes each.
    Many,
    /// 100,000 prefixes, withdrawn and announced with other attributes, five times.
    Churn,
    /// One session brings 100,000 prefixes, and 100 receivers of one group are told.
    Receivers,
}

/// A figure of a row: what is timed.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    /// The first octet sent to the last prefix received.
    Table,
    /// A receiver's OPEN to the last prefix it receives.
    Late,
    /// Five times withdrawn and announced.
    Churn,
}

impl Row {
    /// The injectors' prefixes: injector `number`'s own.
    pub(super) const fn feed(self, number: u32) -> Feed {
        let (count, copies) = match self {
            Self::Full => (1_000_000, 1),
            Self::Overlapping => (100_000, 10),
            Self::Many => (10_000, 1),
            Self::Churn | Self::Receivers => (100_000, 1),
        };
        let first = if copies == 1 { number * count } else { 0 };
        Feed { first, count, copies, edition: 0 }
    }

    pub(super) const fn injectors(self) -> u32 {
        match self {
            Self::Full | Self::Churn | Self::Receivers => 1,
            Self::Overlapping => 10,
            Self::Many => 30,
        }
    }

    /// Those that are there from the beginning.
    pub(super) const fn receivers(self) -> u32 {
        if matches!(self, Self::Receivers) { 100 } else { 1 }
    }

    /// All that a speaker is configured with: a late receiver too.
    pub(super) const fn peers(self) -> u32 {
        self.injectors() + self.receivers() + 1
    }

    /// How many prefixes there are.
    pub(super) const fn prefixes(self) -> u32 {
        let Feed { count, copies, .. } = self.feed(0);
        if copies == 1 { count * self.injectors() } else { count }
    }

    /// The step after the table is there, if there is one.
    pub(super) const fn then(self) -> Option<Step> {
        match self {
            Self::Full => Some(Step::Late),
            Self::Churn => Some(Step::Churn),
            _ => None,
        }
    }

    /// What a step of it is called.
    pub(super) const fn title(self, step: Step) -> &'static str {
        match (self, step) {
            (_, Step::Late) => "late receiver, 1,000,000 prefixes",
            (_, Step::Churn) => "churn, 5 x 100,000 withdrawn and announced",
            (Self::Full, _) => "full table, 1 x 1,000,000",
            (Self::Overlapping, _) => "overlapping, 10 x 100,000",
            (Self::Many, _) => "many peers, 30 x 10,000",
            (Self::Churn, _) => "one receiver, 1 x 100,000",
            (Self::Receivers, _) => "100 receivers, 1 x 100,000",
        }
    }
}
