//! What `show rpki --json` prints. The field names are an interface.

use super::cache::CacheConfig;
use super::files::Watched;
use super::hub::Cache;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// `show rpki`
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug, Default)]
pub(crate) struct Rpki {
    /// In the order of preference.
    pub(crate) caches: Vec<CacheStatus>,
    pub(crate) files: Vec<FileStatus>,
    /// How many VRPs routes are judged by; none where nothing is known.
    pub(crate) vrps: Option<usize>,
    /// How many customers' attestations there are; none where nothing is known.
    pub(crate) aspas: Option<usize>,
}

/// One cache.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct CacheStatus {
    pub(crate) name: String,
    pub(crate) address: String,
    /// connecting, connected, synchronized or lost.
    pub(crate) connection: String,
    /// Whether its data are those that count.
    pub(crate) in_use: bool,
    pub(crate) vrps: Option<usize>,
    pub(crate) aspas: Option<usize>,
    /// Seconds since its last response was whole.
    pub(crate) heard_s: Option<f64>,
    /// Seconds for which its data count on, unless it answers again.
    pub(crate) expires_s: Option<f64>,
    /// Whether its data have ceased to count.
    pub(crate) expired: bool,
    /// Why the connection ended last.
    pub(crate) last_error: Option<String>,
}

impl CacheStatus {
    pub(super) fn new(config: &CacheConfig, cache: &Cache, in_use: bool, now: Instant) -> Self {
        let data = cache.data.as_ref();
        Self {
            name: config.name.clone(),
            address: config.address.clone(),
            connection: cache.connection.name().to_owned(),
            in_use,
            vrps: data.map(|data| data.vrps.len()),
            aspas: data.map(|data| data.aspas.len()),
            heard_s: data.map(|data| now.saturating_duration_since(data.heard).as_secs_f64()),
            expires_s: data.map(|data| data.expires.saturating_duration_since(now).as_secs_f64()),
            expired: cache.expired,
            last_error: cache.last_error.clone(),
        }
    }
}

/// One file.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct FileStatus {
    pub(crate) path: String,
    pub(crate) vrps: usize,
    pub(crate) aspas: usize,
    /// Why it could not be read again.
    pub(crate) error: Option<String>,
}

impl FileStatus {
    pub(super) fn new(file: &Watched) -> Self {
        Self {
            path: file.path.display().to_string(),
            vrps: file.vrps.len(),
            aspas: file.aspas.len(),
            error: file.error.clone(),
        }
    }
}
