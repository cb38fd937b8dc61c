//! The control socket: what a running daemon answers, and asking it.

pub(crate) mod agreed;
mod answer;
mod basis;
pub(crate) mod client;
pub(crate) mod document;
pub(crate) mod explain;
mod orders;
mod server;

pub(crate) use answer::Daemon;
pub(crate) use basis::{Basis, Current};
pub(crate) use server::ControlSocket;
