//! The rules of a voice interconnect with AS8075, judged over a plan and what was observed.
//!
//! [`judge`] takes a [`Plan`] (what a carrier declares) and an [`Observed`] (what its sessions carried) and
//! gives a [`Report`]: for each rule and subject a state, the evidence and the remedy. What was not
//! observed is `Unknown`, never `Verified`.
//!
//! ```
//! use bgp_policy::voice::{judge, Observed, Outcome, Plan, RuleId, State};
//! use bgp_wire::Asn;
//!
//! let plan = Plan::new(Asn(64500));
//! let report = judge(&plan, &Observed::default());
//! let verdict = report.verdicts.iter().find(|v| v.rule == RuleId::AsnPublic).unwrap();
//! assert_eq!(verdict.state, State::Failed); // 64500 is for documentation
//! assert_eq!(report.outcome, Outcome::Failed);
//! ```

mod as_path_text;
mod case;
mod configured;
mod judge;
mod observed;
#[cfg(feature = "serde")]
mod observed_text;
mod plan;
mod plan_faults;
mod prefix_text;
mod registries;
mod report;
mod rule;
mod rules;
mod states;
mod verdict;

pub use as_path_text::{AsPathTextError, parse_as_path};
pub use configured::{BfdTimers, Configured, ConfiguredBfd, LeavesWith, Setting};
pub use judge::{judge, judge_with};
pub use observed::{Observed, ObservedBfd, ObservedRoute, ObservedSession};
pub use plan::{
    Activation, ActivationPrefix, AddressProvider, Attestations, BfdPlan, Connection, Peering, Plan,
    RegisteredPrefix, Role, SessionPlan, TreatAsPublic,
};
pub use plan_faults::PlanFault;
pub use prefix_text::{PrefixFault, PrefixText};
pub use registries::{IrrData, IrrRegistries, Registries, RpkiPayloads};
pub use report::{Outcome, PrefixSummary, Report};
pub use rule::{RULES, RuleId, RuleSpec, Scope, UnknownRule};
pub use states::{BfdState, ConnectionState, SessionState, State};
pub use verdict::{Evidence, Subject, Verdict};

/// The far end: the ASN, the community and the timers that its documents state.
pub mod far_end {
    use bgp_wire::{Asn, Community};

    /// The far end's ASN.
    pub const ASN: Asn = Asn(8075);
    /// Marks a route as one for voice.
    pub const COMMUNITY: Community = Community::new(8075, 8007);
    /// An ASN whose routes are never accepted.
    pub const NEVER: Asn = Asn(12076);
    /// Prefixes it announces, roughly.
    pub const PREFIXES: u32 = 280;
    /// Its BFD transmit and receive interval, in milliseconds.
    pub const BFD_INTERVAL_MS: u32 = 300;
    /// Its BFD detect mult.
    pub const BFD_DETECT_MULT: u8 = 3;
    /// Its hold time, in seconds.
    pub const HOLD_TIME: u16 = 180;
}
