//! Bidirectional Forwarding Detection (RFC 5880) over one hop (RFC 5881) or several (RFC 5883).
//!
//! [`Session`] is one BFD session without a socket, a clock or a thread: it is told what happened and
//! when, and hands what to do to a sink. Equal seeds and equal inputs give equal outputs, so a failure
//! seen once can be replayed. The optional feature `driver` (Linux) adds `Driver`: one thread that owns
//! the sockets and the timers of many sessions.
//!
//! Two sessions that hear each other come Up within one exchange of packets:
//!
//! ```
//! use bfd::{Config, Input, Output, Packet, Session, State, Timing};
//! use std::num::{NonZeroU8, NonZeroU32};
//! use std::time::{Duration, Instant};
//!
//! # fn example() -> Option<()> {
//! # #[expect(clippy::disallowed_methods, reason = "an example needs some instant to begin with")]
//! let now = Instant::now();
//! let timing = Timing::new(Duration::from_millis(50), NonZeroU8::new(3)?);
//! let mut ours = Session::new(Config::new(NonZeroU32::new(1)?, timing), 7, now);
//! let mut theirs = Session::new(Config::new(NonZeroU32::new(2)?, timing), 8, now);
//!
//! let mut wire = Vec::new(); // what ours sends to theirs
//! ours.handle(Input::Timeout, now, &mut |o| if let Output::Transmit(c) = o { wire.push(c.control) });
//! while let Some(control) = wire.pop() {
//!     let mut back = Vec::new();
//!     theirs.handle(Input::Packet(Packet::from(control)), now, &mut |o| {
//!         if let Output::Transmit(c) = o { back.push(c.control) }
//!     });
//!     for c in back {
//!         ours.handle(Input::Packet(Packet::from(c)), now, &mut |o| {
//!             if let Output::Transmit(c) = o { wire.push(c.control) }
//!         });
//!     }
//! }
//! assert_eq!((ours.state(), theirs.state()), (State::Up, State::Up));
//! assert_eq!(ours.detection_time(), Some(Duration::from_millis(150)));
//! # Some(())
//! # }
//! # example().unwrap();
//! ```
#![cfg_attr(not(feature = "driver"), forbid(unsafe_code))]
#![deny(unsafe_code)]

mod auth;
mod counters;
mod damping;
mod diag;
mod discard;
#[cfg(all(feature = "driver", target_os = "linux"))]
mod driver;
mod echo;
mod jitter;
mod lag;
mod packet;
mod padding;
mod parameters;
mod random;
mod recorder;
mod restart;
mod sbfd;
mod session;
mod state;
mod timing;
mod unsolicited;

pub use auth::{AuthType, Authentication, KeyError};
pub use counters::Counters;
pub use damping::{Damping, DampingConfig, DampingError, DampingStatus, PENALTY};
pub use diag::Diag;
pub use discard::Discard;
#[cfg(all(feature = "driver", target_os = "linux"))]
pub use driver::{
    Denied, Driver, DriverConfig, Event, InitiatorParams, InitiatorSnapshot, PathKind, SessionId,
    SessionParams, Snapshot, UnsolicitedParams,
};
pub use echo::{ECHO_PORT, EchoConfig, EchoPacket, EchoStatus};
pub use lag::{LAG_MEMBER_PORT, Lag, LagChange};
pub use packet::{Control, Outgoing, Packet};
pub use padding::PaddedPduSize;
pub use recorder::{
    Bucket, Cause, Down, Evidence, Histogram, Margin, Punctuality, Recorded, RecordedPacket, Recorder,
    Recording, Witness,
};
pub use restart::Reaction;
pub use sbfd::{Reflected, SBFD_PORT, SbfdConfig, SbfdInitiator, SbfdReflector};
pub use session::{Change, Input, Output, Remote, Session};
pub use state::{Event as StateEvent, State};
pub use timing::{Config, Role, SLOW_INTERVAL, Timing};
pub use unsolicited::Unsolicited;

/// The UDP destination port of single-hop control packets (RFC 5881 section 4).
pub const SINGLE_HOP_PORT: u16 = 3784;

/// The UDP destination port of multihop control packets (RFC 5883 section 5).
pub const MULTIHOP_PORT: u16 = 4784;
