//! The daemon's registries: dumps that are read, and read again when they are others.

use super::dump;
use crate::diagnostic::BadInput;
use bgp_policy::irr::Registrations;
use bgp_speaker::{Speaker, StartError};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// `[irr]`, as the daemon has it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct IrrConfig {
    pub(crate) dumps: Vec<PathBuf>,
    /// The registries whose objects count; all where there is none.
    pub(crate) sources: Vec<String>,
    /// How often to look whether a dump is another.
    pub(crate) reread: Duration,
}

/// The registries of one daemon.
pub(crate) struct Service {
    config: IrrConfig,
    /// What the file system said of the dumps when they were read.
    seen: Vec<Option<(SystemTime, u64)>>,
    /// What the speaker is still to be given.
    read: Option<Registrations>,
}

impl Service {
    /// Reads the dumps.
    pub(crate) fn start(config: IrrConfig) -> Result<Self, BadInput> {
        let seen = seen(&config);
        let read = if config.dumps.is_empty() { None } else { Some(read(&config)?) };
        Ok(Self { config, seen, read })
    }

    /// Gives the speaker what was read, and what changes, until it is dropped.
    pub(crate) async fn serve(&mut self, speaker: &Speaker) -> Result<(), StartError> {
        let mut look = tokio::time::interval(self.config.reread.max(Duration::from_secs(1)));
        loop {
            if let Some(read) = self.read.take() {
                tracing::info!(registrations = read.all().len(), "IRR data changed");
                speaker.set_registrations(Some(read)).await?;
            }
            look.tick().await;
            let seen = seen(&self.config);
            if seen != self.seen {
                self.seen = seen;
                self.read_again().await;
            }
        }
    }

    async fn read_again(&mut self) {
        let config = self.config.clone();
        match tokio::task::spawn_blocking(move || read(&config)).await {
            Ok(Ok(read)) => self.read = Some(read),
            Ok(Err(bad)) => tracing::error!("IRR data stay as they were: {bad}"),
            Err(error) => tracing::error!("IRR data stay as they were: {error}"),
        }
    }
}

fn seen(config: &IrrConfig) -> Vec<Option<(SystemTime, u64)>> {
    let seen = |path: &PathBuf| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    config.dumps.iter().map(seen).collect()
}

fn read(config: &IrrConfig) -> Result<Registrations, BadInput> {
    let index = dump::read(&config.dumps, &config.sources, |fault| tracing::warn!("{fault}"))?;
    Ok(index.all_registrations())
}

/// Reads the dumps, to see whether they are good.
pub(crate) fn check(config: &IrrConfig) -> Result<(), BadInput> {
    read(config).map(drop)
}
