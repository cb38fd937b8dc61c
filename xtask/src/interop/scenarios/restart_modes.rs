//! Graceful restart in each mode, a session for each (RFC 4724, RFC 8538).

mod lab;
mod ours;
mod scene;
mod theirs;

pub(super) use ours::run as ours;
pub(super) use theirs::run as theirs;
