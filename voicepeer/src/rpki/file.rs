//! Files with VRPs and ASPAs, as validators write them.

use crate::decode::unwrapped;
use crate::diagnostic::{BadInput, json};
use bgp_policy::rpki::RpkiDocument;
use std::io::Read;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Reads one, plain, gzip or bzip2.
pub(crate) fn read(path: &Path) -> Result<RpkiDocument, BadInput> {
    let cannot = |error: std::io::Error| {
        BadInput::new(format!("cannot read {}: {error}", path.display()))
            .help("it should be JSON with the list `roas`, as rpki-client and Routinator write it")
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    unwrapped(Box::new(file)).and_then(|mut file| file.read_to_string(&mut text)).map_err(cannot)?;
    json(path, &text)
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "what validators write expires by the wall clock")]
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
