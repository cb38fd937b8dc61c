//! The RPKI as a source: caches that speak RTR (RFC 8210), files of validators, and questions to them.

mod cache;
pub(crate) mod command;
mod document;
mod file;
mod files;
mod hub;
mod service;
mod show;
mod target;

pub(crate) use cache::CacheConfig;
pub(crate) use service::{RpkiConfig, Service, Shown, check};
pub(crate) use show::show;
