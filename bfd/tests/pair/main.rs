//! Two sessions on a line in virtual time: it delays, loses and can be cut. A failing seed is in the name
//! of the assertion; the same seed gives the same trace.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it is wrong")]

mod asynchronous;
mod auth;
mod demand;
mod echo;
mod fast;
mod line;
mod padding;
mod recorder;
