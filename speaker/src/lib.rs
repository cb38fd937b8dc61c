//! A BGP speaker to embed: sessions, policy and RIB composed.
//!
//! [`Engine`] is the whole speaker without IO: inputs and the time go in, actions come out, UPDATEs are
//! pulled. [`Speaker`] runs one on tokio, with real sockets and a BFD thread.
//!
//! On an external session nothing is accepted and nothing announced unless a policy says so (RFC 8212).
#![deny(unsafe_code)]

mod aggregate;
mod config;
mod core;
mod damping;
mod deferral;
mod drain;
mod edited;
mod egress;
mod engine;
mod event;
mod export;
mod groups;
mod import;
mod judge;
mod kept;
mod loops;
mod orf;
mod otc;
mod pace;
mod peer;
mod prefix_limit;
mod reason;
mod reconfigure;
mod refresh;
mod restart;
mod rewrite;
mod routing;
#[cfg(test)]
mod scenarios;
mod shell;
mod shut_down;
mod sources;
mod stale;
mod status;
#[cfg(test)]
mod testing;
mod told;
pub mod trace;
mod walk;

pub use aggregate::Aggregate;
pub use config::{
    AdjRibIn, BGP_PORT, BfdConfig, BfdThread, ListenOn, LocalRoute, PeerConfig, PeerPolicies, SpeakerConfig,
};
pub use damping::Suppressed;
pub use engine::{Action, Engine};
pub use event::{Event, What};
pub use export::NotExported;
pub use groups::ToldPath;
pub use orf::{FilterRefused, MOST_FILTER_ENTRIES, filter_of};
pub use prefix_limit::{BeyondLimit, LimitReached, PrefixLimits};
pub use reason::Reason;
pub use reconfigure::ImportChange;
pub use restart::KeptAtMost;
pub use routing::{Confederation, PeerRouting, ToldNextHop};
pub use shell::{
    AoAlgorithm, AoKey, DynamicPeers, MAX_AO_KEY, MAX_PASSWORD, Speaker, StartError, TcpOptions,
};
pub use status::{PeerStatus, RouteStatus};

pub use bgp_rib::{
    DampingRules, DecisionOptions, Multipath, Net, PeerId, Reach, Relation, RouteDampingConfig,
    RouteDampingError, Stale, Standing,
};
pub use bgp_session::{Bfd, Conn, Down, HoldTime, Input, Offers, Restart, State};
