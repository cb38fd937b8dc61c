//! `voicepeer run --record` and `voicepeer replay`.

use crate::config;
use crate::diagnostic::BadInput;
use bgp_speaker::trace::{Configuration, Ending, Replay, ReplayError};
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Instant;

/// Exit status where the speaker did something else.
const PARTED: u8 = 1;

/// Creates a file for a trace, which nobody else may read: it holds all that the sessions said. No trace is written over
/// another, which may be that of the crash to be looked into.
pub(crate) fn create(path: &Path) -> Result<File, BadInput> {
    let created = File::options().write(true).create_new(true).mode(0o600).open(path);
    created.map_err(|error| {
        BadInput::new(format!("cannot write {}: {error}", path.display()))
            .help("--record takes a file that is not there yet, in a directory that can be written")
    })
}

/// Replays a trace and says how that ended.
pub(crate) fn replay(path: &Path) -> Result<u8, BadInput> {
    let trace = std::fs::read(path)
        .map_err(|error| BadInput::new(format!("cannot read {}: {error}", path.display())))?;
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    let began = Instant::now();
    let mut replay = Replay::new(&trace, began, |text: &[u8]| configuration(path, text))
        .map_err(|error| told(path, error))?;
    let ending = replay.run(&mut |_| {});
    let told_so_far = format!("{} inputs, {:.6} s", replay.steps(), replay.time().as_secs_f64());
    match ending {
        Ok(ending) => {
            println!("{told_so_far}: {ending}");
            Ok(if matches!(ending, Ending::Parted(_)) { PARTED } else { 0 })
        }
        Err(error) => {
            println!("{told_so_far}: the same until the trace cannot be read on");
            Err(told(path, error))
        }
    }
}

fn told(path: &Path, error: ReplayError<BadInput>) -> BadInput {
    match error {
        ReplayError::Trace(error) => BadInput::new(format!("{}: {error}", path.display()))
            .help("a trace is what `voicepeer run --record FILE` of this version writes"),
        ReplayError::Configuration(bad) => bad,
    }
}

fn configuration(path: &Path, text: &[u8]) -> Result<Configuration, BadInput> {
    let text = std::str::from_utf8(text)
        .map_err(|_| BadInput::new(format!("{}: its configuration is not UTF-8", path.display())))?;
    let config = config::of_text(path, text)?;
    let (speaker, peers, dynamic, routes) = (config.speaker, config.peers, config.dynamic, config.routes);
    Ok(Configuration { speaker, peers, dynamic, routes })
}
