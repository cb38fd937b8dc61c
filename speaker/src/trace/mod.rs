//! Traces: all that an engine was told and what it did, in order and with its times, and their replay.
//!
//! [`Speaker::start_recording`](crate::Speaker::start_recording) writes one; [`Replay`] tells it to an engine again and
//! says where that does something else. `docs/trace.md` has the format.
//!
//! ```
//! use bgp_speaker::trace::{Configuration, Replay, ReplayError, TraceFault};
//!
//! # #[expect(clippy::disallowed_methods, reason = "the example is its own shell")]
//! let now = std::time::Instant::now();
//! let configure = |_text: &[u8]| -> Result<Configuration, String> { Err("unused".into()) };
//! let Err(ReplayError::Trace(error)) = Replay::new(b"a text", now, configure) else { panic!() };
//! assert_eq!((error.at, error.fault), (0, TraceFault::NoTrace));
//! ```

mod octets;
mod output;
mod record;
mod replay;
mod sources;
mod step;

pub use record::{TraceError, TraceFault};
pub use replay::{Configuration, Ending, Parted, Replay, ReplayError, Seen};
pub use step::Step;

pub(crate) use output::{put_action, put_updates};
pub(crate) use record::{MAGIC, Record, Start};
pub(crate) use replay::put_step;
pub(crate) use step::{heard, kept};
