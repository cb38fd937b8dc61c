//! The files with VRPs and ASPAs that a daemon reads, and reads again.

use super::file;
use super::hub::Validated;
use crate::diagnostic::BadInput;
use bgp_policy::rpki::{AspaSet, RpkiDocument, VrpSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// One of them.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) path: PathBuf,
    document: RpkiDocument,
    /// What the file system said of it when it was read.
    seen: Option<(SystemTime, u64)>,
    /// When something in it ceases to count, in seconds since 1970.
    next_expiry: Option<u64>,
    pub(super) vrps: Arc<VrpSet>,
    pub(super) aspas: Arc<AspaSet>,
    /// Why it could not be read again; what it said before counts on.
    pub(super) error: Option<String>,
}

impl Watched {
    /// Reads it for the first time.
    pub(super) fn read(path: &Path) -> Result<Self, BadInput> {
        let seen = seen(path);
        let document = file::read(path)?;
        let (vrps, aspas) = (Arc::default(), Arc::default());
        let mut read =
            Self { path: path.to_owned(), document, seen, next_expiry: None, vrps, aspas, error: None };
        read.count(file::now());
        Ok(read)
    }

    /// Reads it again where it is another than before, and lets go of what has expired; whether anything changed.
    pub(super) fn look(&mut self) -> bool {
        let (now, seen) = (file::now(), seen(&self.path));
        let changed = seen != self.seen;
        if changed {
            self.seen = seen;
            match file::read(&self.path) {
                Ok(document) => (self.document, self.error) = (document, None),
                Err(bad) => self.error = Some(bad.to_string()),
            }
        }
        let expired = self.next_expiry.is_some_and(|at| at <= now);
        if changed || expired {
            self.count(now);
        }
        changed || expired
    }

    fn count(&mut self, now: u64) {
        self.vrps = Arc::new(self.document.vrps(now));
        self.aspas = Arc::new(self.document.aspas(now));
        self.next_expiry = self.document.next_expiry(now);
    }
}

fn seen(path: &Path) -> Option<(SystemTime, u64)> {
    let data = std::fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

/// What all files say together; nothing where there is none.
pub(super) fn together(files: &[Watched]) -> Validated {
    match files {
        [] => Validated::default(),
        [one] => Validated { vrps: Some(Arc::clone(&one.vrps)), aspas: Some(Arc::clone(&one.aspas)) },
        several => {
            let vrps = several.iter().flat_map(|file| file.vrps.vrps()).copied().collect();
            let aspas = several.iter().flat_map(|file| file.aspas.all()).collect();
            Validated { vrps: Some(Arc::new(vrps)), aspas: Some(Arc::new(aspas)) }
        }
    }
}
