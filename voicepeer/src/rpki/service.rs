//! The daemon's RPKI: caches kept connected, files read again, and what they say handed on.

use super::cache::{CacheConfig, keep};
use super::document::{CacheStatus, FileStatus, Rpki};
use super::files::{Watched, together};
use super::hub::{Cache, Hub, Told, Validated, What};
use crate::diagnostic::BadInput;
use bgp_speaker::{Speaker, StartError};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;

/// `[rpki]`, as the daemon has it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct RpkiConfig {
    /// In the order of preference.
    pub(crate) caches: Vec<CacheConfig>,
    pub(crate) files: Vec<PathBuf>,
    /// How often to look whether a file is another.
    pub(crate) reread: Duration,
}

/// Reads the files, to see whether they are good.
pub(crate) fn check(config: &RpkiConfig) -> Result<(), BadInput> {
    config.files.iter().try_for_each(|path| Watched::read(path).map(drop))
}

/// What `show rpki` prints, as it is now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown(Arc<Mutex<Snapshot>>);

/// What it is made of.
#[derive(Debug, Default)]
struct Snapshot {
    caches: Vec<(CacheConfig, Cache)>,
    chosen: Option<usize>,
    files: Vec<FileStatus>,
    given: Validated,
}

impl Shown {
    /// The document as of now.
    #[expect(clippy::disallowed_methods, reason = "the daemon's clock")]
    pub(crate) fn document(&self) -> Rpki {
        let (now, snapshot) = (Instant::now(), self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let caches = snapshot.caches.iter().enumerate();
        let caches = caches.map(|(number, (config, cache))| {
            CacheStatus::new(config, cache, snapshot.chosen == Some(number), now)
        });
        let Validated { vrps, aspas } = &snapshot.given;
        Rpki {
            caches: caches.collect(),
            files: snapshot.files.clone(),
            vrps: vrps.as_ref().map(|vrps| vrps.len()),
            aspas: aspas.as_ref().map(|aspas| aspas.len()),
        }
    }
}

/// The RPKI of one daemon.
pub(crate) struct Service {
    config: RpkiConfig,
    hub: Hub,
    told: UnboundedReceiver<Told>,
    files: Vec<Watched>,
    /// What the speaker was given last.
    given: Validated,
    shown: Shown,
    _connections: JoinSet<()>,
}

impl Service {
    /// Reads the files and begins to connect to the caches.
    pub(crate) fn start(config: RpkiConfig) -> Result<Self, BadInput> {
        let files = config.files.iter().map(|path| Watched::read(path)).collect::<Result<Vec<_>, _>>()?;
        let (hub, told) = unbounded_channel();
        let mut connections = JoinSet::new();
        for (number, cache) in config.caches.iter().enumerate() {
            connections.spawn(keep(cache.clone(), number, hub.clone()));
        }
        let mut service = Self {
            hub: Hub::new(config.caches.len()),
            told,
            files,
            given: Validated::default(),
            shown: Shown::default(),
            _connections: connections,
            config,
        };
        service.hub.read(together(&service.files));
        service.show();
        Ok(service)
    }

    /// What `show rpki` is to print.
    pub(crate) fn shown(&self) -> Shown {
        self.shown.clone()
    }

    /// Takes what comes, and gives the speaker what changes, until it is dropped.
    pub(crate) async fn serve(&mut self, speaker: &Speaker) -> Result<(), StartError> {
        let mut look = tokio::time::interval(self.config.reread.max(Duration::from_secs(1)));
        loop {
            self.give(speaker).await?;
            let deadline = self.hub.deadline();
            tokio::select! {
                Some(told) = self.told.recv() => self.hear(told),
                () = until(deadline) => {}
                _ = look.tick() => self.look(),
            }
            while let Ok(told) = self.told.try_recv() {
                self.hear(told);
            }
            self.expire();
        }
    }

    /// Gives the speaker what counts now, where it is something else than before.
    async fn give(&mut self, speaker: &Speaker) -> Result<(), StartError> {
        let changed = self.hub.take_changed().then(|| self.hub.validated());
        if let Some(validated) = changed.filter(|validated| *validated != self.given) {
            if let Some(vrps) = &validated.vrps {
                tracing::info!(vrps = vrps.len(), "RPKI data changed");
            }
            let aspas = (validated.aspas != self.given.aspas).then(|| validated.aspas.clone());
            self.given = validated.clone();
            speaker.set_vrps(validated.vrps).await?;
            if let Some(aspas) = aspas {
                speaker.set_aspas(aspas).await?;
            }
        }
        self.show();
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the daemon's clock")]
    fn hear(&mut self, told: Told) {
        let name = self.config.caches.get(told.cache).map_or("?", |cache| cache.name.as_str());
        match &told.what {
            What::Heard { vrps, aspas, .. } => {
                tracing::debug!(
                    cache = name,
                    vrps = vrps.len(),
                    aspas = aspas.len(),
                    "RPKI cache synchronized"
                );
            }
            What::Lost(why) => tracing::warn!(cache = name, "RPKI cache lost: {why}"),
            What::Connecting | What::Connected => {}
        }
        self.hub.told(told, Instant::now());
    }

    #[expect(clippy::disallowed_methods, reason = "the daemon's clock")]
    fn expire(&mut self) {
        for number in self.hub.expire(Instant::now()) {
            let name = self.config.caches.get(number).map_or("?", |cache| cache.name.as_str());
            tracing::error!(cache = name, "what the RPKI cache said has expired");
        }
    }

    fn look(&mut self) {
        let mut changed = false;
        for file in &mut self.files {
            changed |= file.look();
            if let Some(error) = &file.error {
                tracing::error!(file = %file.path.display(), "not read again: {error}");
            }
        }
        if changed {
            self.hub.read(together(&self.files));
        }
    }

    fn show(&self) {
        let caches = self.config.caches.iter().cloned().zip(self.hub.caches.iter().cloned());
        let now = Snapshot {
            caches: caches.collect(),
            chosen: self.hub.chosen(),
            files: self.files.iter().map(FileStatus::new).collect(),
            given: self.given.clone(),
        };
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

/// Waits until then; for ever where there is nothing to wait for.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
