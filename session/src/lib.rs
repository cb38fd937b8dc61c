//! The finite state machine of one BGP peer (RFC 4271 section 8), both of its TCP connections and their
//! collision included.
//!
//! A [`Session`] holds no socket, clock, random source or thread. Inputs and the time they happened go in,
//! outputs come out through a sink, and [`Session::poll_timeout`] says when to come back. Whoever owns the
//! sockets frames the bytes ([`bgp_wire::frame`]) and does what the outputs ask for.
//!
//! ```
//! use bgp_session::{Config, Conn, Input, Output, Session, State};
//! use bgp_wire::Asn;
//! # #[expect(clippy::disallowed_methods, reason = "the example is its own shell")]
//! let now = std::time::Instant::now();
//!
//! let config = Config::new(Asn(64500), Asn(64501), "192.0.2.1".parse().unwrap());
//! let mut session = Session::new(config, 1, now);
//! let mut wire = Vec::new();
//! session.handle(Input::Start, now, &mut |output| assert!(matches!(output, Output::Dial | Output::Changed { .. })));
//! session.handle(Input::Connected(Conn::Dialed), now, &mut |output| {
//!     if let Output::Send(Conn::Dialed, message) = output {
//!         wire.extend_from_slice(message); // the OPEN
//!     }
//! });
//! assert_eq!(session.state(), State::OpenSent);
//! assert!(bgp_wire::frame(&wire, 4096).unwrap().is_some());
//! ```
//!
//! # What is decided here beyond the letter of RFC 4271
//!
//! - Of its optional attributes, AutomaticStart, DampPeerOscillations and IdleHoldTimer are always on:
//!   whatever ends a session but [`Input::Stop`] lets it come back after an idle hold that grows with each
//!   failure. DelayOpen and TrackTcpState are not there.
//! - A dial that fails leaves the session listening in Active, as the RFC has it under DelayOpen, and the
//!   ConnectRetryTimer grows from the first idle hold to its configured value.
//! - Each connection has its own state from OpenSent on; the session's state is that of the furthest. A
//!   dial in the air is one of them: when another connection ends, the session goes on with the dial.
//! - While held in Idle the session hangs up on incoming connections without a word; a stopped one says
//!   Cease 6/5 (RFC 4486). A peer's 6/5 or 6/7 before Established leaves it listening in Active.
//! - Collision: see [`Conn`]. BFD: see [`BfdMode`].
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod backoff;
mod bfd;
mod collision;
mod config;
mod connecting;
mod connection;
mod counters;
mod down;
mod exchange;
mod input;
mod jitter;
mod offers;
mod orf;
mod output;
mod receive;
mod restart;
mod role;
mod session;
mod state;
mod teardown;
mod timers;

#[cfg(test)]
mod tests;

pub use bfd::{Bfd, BfdMode};
pub use config::{Config, HoldTime};
pub use connection::Conn;
pub use counters::{Counters, Messages};
pub use down::Down;
pub use exchange::Exchange;
pub use input::Input;
pub use offers::Offers;
pub use output::Output;
pub use restart::{PeerRestart, Restart};
pub use session::Session;
pub use state::State;
