//! The driver on real sockets: loopback addresses, ports the kernel chooses, no privilege. Every wait is
//! for an event, with a deadline far beyond what a busy machine needs.
#![cfg(all(feature = "driver", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is wrong"
)]

mod damping;
mod echo;
mod lag;
mod netns;
mod options;
mod padding;
mod recorder;
mod sbfd;
mod sessions;
mod side;
mod threads;
mod unsolicited;
