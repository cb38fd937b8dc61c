//! Internet Routing Registries as a source: dumps, and questions to them.

pub(crate) mod command;
mod dump;
mod server;
mod service;

pub(crate) use service::{IrrConfig, Service, check};
