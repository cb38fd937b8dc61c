//! Files that were given, and the observation that they come to.

use super::contradicted::contradicted;
use super::session::{Peer, Sessions};
use super::text_file::TextFile;
use super::together::together;
use super::{recorded, station};
use crate::decode::input::Input;
use crate::diagnostic::BadInput;
use bgp_policy::voice::{Observed, Plan};
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Octets of a file by which text is told from records.
const HEAD: u64 = 1 << 12;

/// A file of routes, and the connection that it is of where that was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RoutesFile {
    pub(super) connection: Option<String>,
    pub(super) path: PathBuf,
}

impl RoutesFile {
    /// Reads `CONNECTION=FILE`, or `FILE`. What stands before the sign counts where the plan has such a connection.
    pub(crate) fn of(argument: &Path, plan: &Plan) -> Self {
        let text = argument.to_str().unwrap_or_default();
        let split = text.split_once('=').filter(|(name, _)| Sessions::of(plan, &[]).named(name).is_some());
        match split {
            Some((name, path)) => Self { connection: Some(name.to_owned()), path: path.into() },
            None => Self { connection: None, path: argument.to_owned() },
        }
    }
}

/// Reads the files; what is in none of them was not observed.
pub(crate) fn read(plan: &Plan, files: &[RoutesFile], peers: &[Peer]) -> Result<Observed, BadInput> {
    let mut observed = Observed::default();
    for file in files {
        let sessions = Sessions::of(plan, peers);
        let one = if is_text(&head(&file.path)?) {
            TextFile::read(file, sessions)?
        } else {
            records(file, sessions)?
        };
        observed.sessions.extend(one.sessions);
        observed.notes.extend(one.notes);
    }
    Ok(observed)
}

/// What was read or heard, in this order, as one observation.
pub(crate) fn joined(plan: &Plan, observed: impl IntoIterator<Item = Observed>, peers: &[Peer]) -> Observed {
    let mut all = Observed::default();
    for one in observed {
        all.sessions.extend(one.sessions);
        all.notes.extend(one.notes);
    }
    all.sessions = together(all.sessions, Sessions::of(plan, peers));
    all.notes.extend(all.sessions.iter().flat_map(contradicted));
    all
}

/// The first octets of a file.
fn head(path: &Path) -> Result<Vec<u8>, BadInput> {
    let cannot = |error| BadInput::new(format!("cannot read {}: {error}", path.display()));
    let mut head = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).map_err(cannot)?;
    Ok(head)
}

/// Whether a file is text, as its beginning tells.
pub(crate) fn is_text_file(path: &Path) -> Result<bool, BadInput> {
    Ok(is_text(&head(path)?))
}

/// Text has no octets that say nothing to people.
pub(super) fn is_text(head: &[u8]) -> bool {
    head.iter()
        .all(|octet| !octet.is_ascii_control() || octet.is_ascii_whitespace() || matches!(octet, 8 | 27))
}

/// Listens for BMP until the routes of every session were told, or for so long.
pub(crate) fn listen(
    plan: &Plan,
    address: SocketAddr,
    patience: Duration,
    peers: &[Peer],
) -> Result<Observed, BadInput> {
    station::listen(address, patience, Sessions::of(plan, peers))
}

fn records(file: &RoutesFile, sessions: Sessions<'_>) -> Result<Observed, BadInput> {
    if let Some(name) = &file.connection {
        return Err(BadInput::new(format!("{} holds records, which name their peers", file.path.display()))
            .help(format!(
                "give --routes FILE, and --peer {name}=ADDRESS where the peer is no end of the plan's session"
            )));
    }
    recorded::read(Input::open(&file.path, Arc::default())?, sessions)
}
