//! `[irr]`: which dumps of registries routes are judged by.

use super::Reader;
use super::file::File;
use crate::diagnostic::BadInput;
use crate::irr::IrrConfig;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// `[irr]`
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct IrrTable {
    #[serde(default)]
    dumps: Vec<PathBuf>,
    #[serde(default)]
    sources: Vec<String>,
    reread: Option<Spanned<u64>>,
}

impl Reader<'_> {
    pub(super) fn irr(&self, file: &File) -> Result<IrrConfig, BadInput> {
        let IrrTable { dumps, sources, reread } = &file.irr;
        let beside = |path: &PathBuf| self.path.parent().unwrap_or(Path::new("")).join(path);
        Ok(IrrConfig {
            dumps: dumps.iter().map(beside).collect(),
            sources: sources.clone(),
            reread: self.reread(reread.as_ref())?,
        })
    }
}
