//! Data of registries from files, for the rules on origins.

use crate::decode::input::Time;
use crate::diagnostic::{BadInput, json, read};
use bgp_policy::irr::{RpslFault, RpslReader};
use bgp_policy::rpki::RpkiDocument;
use bgp_policy::voice::{IrrData, Registries, RpkiPayloads};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Where registries' data are.
#[derive(clap::Args, Debug)]
pub(crate) struct Files {
    /// Objects of routing registries, RPSL as their dumps and servers have it; may be given several times.
    #[arg(long, value_name = "FILE")]
    irr: Vec<PathBuf>,
    /// Validated ROA payloads, JSON as rpki-client and Routinator write it.
    #[arg(long, value_name = "FILE")]
    rpki: Option<PathBuf>,
}

impl Files {
    pub(crate) fn new(irr: Vec<PathBuf>, rpki: Option<PathBuf>) -> Self {
        Self { irr, rpki }
    }

    /// Reads what is given.
    pub(crate) fn read(&self) -> Result<Registries, BadInput> {
        let mut registries = Registries::default();
        if !self.irr.is_empty() {
            let names: Vec<_> = self.irr.iter().map(|path| path.display().to_string()).collect();
            let mut data = IrrData::new(names.join(", "));
            self.irr.iter().try_for_each(|path| objects(path, &mut data))?;
            registries.irr = Some(data.build());
        }
        if let Some(path) = &self.rpki {
            let document: RpkiDocument = json(path, &read(path)?)?;
            let now = Time::now().seconds;
            let payloads = RpkiPayloads::new(
                path.display().to_string(),
                document.vrps(now),
                document.trust_anchors(now),
            );
            registries.rpki = Some(payloads);
        }
        Ok(registries)
    }
}

/// Takes every object of a file in. What of it cannot be read is told and passed over.
fn objects(path: &Path, data: &mut IrrData) -> Result<(), BadInput> {
    let name = path.display();
    let unreadable = |e: std::io::Error| {
        BadInput::new(format!("cannot read {name}: {e}"))
            .help("check that the path is right and the file readable")
    };
    let mut lines = BufReader::new(File::open(path).map_err(unreadable)?);
    let (mut reader, mut line) = (RpslReader::default(), Vec::new());
    let (mut faults, mut first) = (0u64, None::<RpslFault>);
    let mut fault = |fault: RpslFault| {
        faults = faults.saturating_add(1);
        first.get_or_insert(fault);
    };
    while lines.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
        reader.line(&line, &mut fault).into_iter().for_each(|object| data.add(object));
        line.clear();
    }
    reader.finish(&mut fault).into_iter().for_each(|object| data.add(object));
    if let Some(first) = first {
        eprintln!("{name}: {faults} faults were passed over, the first in {first}");
    }
    Ok(())
}
