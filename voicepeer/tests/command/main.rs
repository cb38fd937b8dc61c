//! The binary as its users run it: on loopback, without root, on ports that the kernel chooses.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is wrong"
)]

mod advise;
mod bench;
mod bfd;
mod bfd_configuration;
mod capabilities;
mod check;
mod configuration;
mod control;
mod daemon;
mod damping;
mod decode;
mod decode_capture;
mod decode_corpus;
mod drain;
mod drill;
mod dynamic;
mod far_end;
mod graceful_restart;
mod group;
mod irr;
mod irr_server;
mod lab;
mod malformed;
mod max_prefix;
mod observations;
mod observe;
mod observe_configured;
mod observe_sessions;
mod password;
mod plan;
mod plan_commands;
mod policy;
mod reconfigure;
mod recorded;
mod recorder;
mod routing;
mod rpki;
mod rpki_caches;
mod session_configuration;
mod shut_down;
mod support;
mod trace;
mod verdicts;
