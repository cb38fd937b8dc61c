//! `[rpki]`: where VRPs and ASPAs come from.

use super::file::File;
use super::{Reader, again};
use crate::diagnostic::BadInput;
use crate::rpki::{CacheConfig, RpkiConfig};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// How often files are looked at, where the configuration does not say, in seconds.
const REREAD: u64 = 60;
/// How long to wait before another attempt, likewise.
const RETRY: u64 = 30;
/// The longest that RFC 8210 section 6 lets data count, in seconds.
const EXPIRE: u64 = 172_800;

/// `[rpki]`
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RpkiTable {
    #[serde(default)]
    files: Vec<PathBuf>,
    reread: Option<Spanned<u64>>,
    #[serde(default)]
    cache: Vec<CacheTable>,
}

/// `[[rpki.cache]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct CacheTable {
    name: Spanned<String>,
    address: Spanned<String>,
    retry: Option<Spanned<u64>>,
    expire: Option<Spanned<u64>>,
}

impl Reader<'_> {
    pub(super) fn rpki(&self, file: &File) -> Result<RpkiConfig, BadInput> {
        let RpkiTable { files, reread, cache } = &file.rpki;
        if let Some(name) = again(cache.iter().map(|cache| &cache.name), String::clone) {
            return Err(self.bad(name, format!("two caches are called {:?}", name.get_ref())));
        }
        let beside = |path: &PathBuf| self.path.parent().unwrap_or(Path::new("")).join(path);
        Ok(RpkiConfig {
            caches: cache.iter().map(|cache| self.cache(cache)).collect::<Result<_, _>>()?,
            files: files.iter().map(beside).collect(),
            reread: self.reread(reread.as_ref())?,
        })
    }

    /// How often files are looked at.
    pub(super) fn reread(&self, value: Option<&Spanned<u64>>) -> Result<Duration, BadInput> {
        self.from_one(value, REREAD, u64::from(u32::MAX), "a file is looked at")
    }

    fn cache(&self, table: &CacheTable) -> Result<CacheConfig, BadInput> {
        let address = table.address.get_ref();
        let port = address.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        if port.and_then(|(_, port)| port.parse::<u16>().ok()).is_none_or(|port| port == 0) {
            return Err(self.bad(&table.address, format!("{address:?} is no host with a port")));
        }
        Ok(CacheConfig {
            name: table.name.get_ref().clone(),
            address: address.clone(),
            retry: self.from_one(table.retry.as_ref(), RETRY, 7200, "a cache is tried again")?,
            expire: self.from_one(table.expire.as_ref(), EXPIRE, EXPIRE, "data expire")?,
        })
    }

    /// A time in seconds, of 1 to `most`.
    fn from_one(
        &self,
        value: Option<&Spanned<u64>>,
        default: u64,
        most: u64,
        what: &str,
    ) -> Result<Duration, BadInput> {
        match value {
            Some(value) if !(1..=most).contains(value.get_ref()) => {
                Err(self.bad(value, format!("{what} after 1 to {most} seconds")))
            }
            value => Ok(Duration::from_secs(value.map_or(default, |value| *value.get_ref()))),
        }
    }
}
