//! Routing information bases of BGP (RFC 4271 section 3.2): every path of every net with what became of
//! it, the decision process, and what each peer is to be sent.
//!
//! No socket, no clock: a [`Rib`] takes changes and tells a sink where another path became best; an
//! [`UpdateGroup`], the Adj-RIB-Out of peers that are told the same, is *pulled* by their writable sockets.
//!
//! - One table holds all Adj-RIBs-In and the Loc-RIB: a net's paths stand side by side, each with its
//!   [`Standing`]. The Adj-RIB-In of a peer and the Loc-RIB are views of it.
//! - Attribute sets are interned: equal ones are one allocation, and an [`AttrSet`] compares by pointer.
//! - A path that import policy refused is kept with the reason, and is no candidate.
//!
//! ```
//! use bgp_rib::*;
//! use bgp_wire::{AttributeSet, NextHop, Origin};
//!
//! let mut interner = Interner::new(1);
//! let mut rib = Rib::new(1);
//! let peer = PeerId(7);
//! let info = PeerInfo {
//!     relation: Relation::External,
//!     router_id: "192.0.2.7".parse().unwrap(),
//!     addr: "192.0.2.7".parse().unwrap(),
//! };
//! rib.peer_up(peer, info, &mut |_| {});
//!
//! let attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.7".parse().unwrap()));
//! let attrs = interner.intern(&attrs).unwrap();
//! let net: Net = "198.51.100.0/24".parse().unwrap();
//! let announced = Announced::new(net, Import::Accepted(Because(0)));
//! let mut best = None;
//! rib.apply(peer, Change::Announce(announced, attrs.clone()), &mut |change| best = change.new.cloned());
//! assert_eq!(best.unwrap().attrs, attrs);
//! assert_eq!(rib.paths(net)[0].standing, Standing::Best);
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod advertise;
mod attrs;
mod damping;
mod decision;
mod in_order;
mod index;
mod judged;
mod multipath;
mod net;
mod nets;
mod options;
mod origin;
mod path;
mod paths;
mod place;
mod prefetch;
mod rib;
mod stale;
mod step;
mod table;
mod update_group;

pub use advertise::{NotAdvertised, may_advertise};
pub use attrs::{AttrSet, Interner, Scope};
pub use damping::{DampingRules, DampingStatus, RouteDamping, RouteDampingConfig, RouteDampingError};
pub use decision::Reach;
pub use judged::Judged;
pub use net::Net;
pub use options::{DecisionOptions, Multipath};
pub use origin::{Learned, Relation};
pub use path::{Announced, Because, BestChange, Change, Import, Path, PeerId, PeerInfo, Standing};
pub use place::Place;
pub use rib::{Counts, EVERYWHERE, Rib};
pub use stale::Stale;
pub use step::Step;
pub use update_group::{Had, UpdateGroup};
