//! A deterministic world for speakers: a virtual clock, pipes that are cut, links that lose packets, and
//! one seed for all of it.
//!
//! A [`World`] holds speakers, each a whole [`bgp_speaker::Engine`], joined by legs. A leg carries TCP
//! connections, whose octets arrive in order but in pieces of any length, and a BFD session whose packets
//! are lost, doubled, delayed and reordered. Time jumps to whatever is due next, so minutes pass in
//! milliseconds; the same seed gives the same [`trace`](World::trace).
//!
//! ```
//! use bgp_policy::Policy;
//! use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
//! use sim::{LegConfig, Side, State, Violation, World};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Violation> {
//! let mut world = World::new(7);
//! let (alice, bob) = (world.add_speaker("alice", Asn(64500)), world.add_speaker("bob", Asn(64501)));
//! let leg = world.join(alice, bob, LegConfig::default(), |_, peer| {
//!     let all = Arc::new(Policy::accept_all());
//!     (peer.import, peer.export) = (Some(all.clone()), Some(all));
//! });
//! world.start_all();
//!
//! let attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
//! world.originate(alice, "203.0.113.0/24".parse().unwrap(), attrs);
//! world.settle(Duration::from_mins(1))?; // and every invariant holds
//!
//! world.silence(leg);
//! world.run_until(Duration::from_secs(91), |world| world.state(leg, Side::B) != State::Established)?;
//! world.heal(leg);
//! world.settle(Duration::from_mins(1))?;
//! assert_eq!(world.engine(bob).routes().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # What always holds
//!
//! [`Invariant`] names it. Most is checked at every step; [`World::settle`] lets the world come to rest and
//! checks the rest of it against a model that makes every table anew of those around it.
//!
//! # Scenarios
//!
//! Each file in `tests/` is one. [`each_seed`] runs it under 200 seeds; one that fails prints the command
//! that replays it. `worlds` is not one but two thousand: each seed plans a world of its own ([`Plan`]), and one that
//! fails is made as small as it can be and still fail ([`shrink`]).
#![forbid(unsafe_code)]

mod arena;
pub mod chance;
mod check;
mod ledger;
mod leg;
mod legal;
mod model;
mod pipe;
mod plan;
mod random;
mod record;
mod replay;
mod schedule;
mod seeds;
mod speaker;
mod speech;
mod violation;
mod world;

pub use arena::Side;
pub use leg::{Guard, LegConfig, LegId, Udp};
pub use model::Dispute;
pub use pipe::Tcp;
pub use plan::{Plan, Small, Without, WrongPart, run, shrink};
pub use random::Random;
pub use record::{Change, Fault, Message, Record, Seen};
pub use replay::replay;
pub use seeds::{each_plan, each_seed};
pub use speaker::SpeakerId;
pub use violation::{Invariant, Violation};
pub use world::{Crash, World};

pub use bgp_session::State;
