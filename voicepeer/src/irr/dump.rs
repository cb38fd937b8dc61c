//! Dumps of registries: files of RPSL, read line by line.

use crate::decode::unwrapped;
use crate::diagnostic::BadInput;
use bgp_policy::irr::{IrrBuilder, IrrIndex, MAX_OBJECT, RpslFault, RpslReader};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// What is read of a line at once, in octets: an object with a longer one is passed over.
const LONGEST_LINE: u64 = MAX_OBJECT as u64 + 1;
/// How many faults of a file are told one by one.
const TOLD: usize = 10;

/// What was wrong with a dump, and how often.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    first: Vec<RpslFault>,
    count: usize,
}

impl Faults {
    fn add(&mut self, fault: RpslFault) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(fault);
        }
    }

    /// A line for each of the first, and one for the rest.
    pub(crate) fn lines(&self, path: &Path) -> Vec<String> {
        let more = self.count - self.first.len();
        let first = self.first.iter().map(|fault| format!("{}: {fault}", path.display()));
        let rest = (more > 0).then(|| format!("{}: {more} more faults", path.display()));
        first.chain(rest).collect()
    }
}

/// Reads dumps, plain, gzip or bzip2, into an index; of `sources` alone where there are any. `told` hears what is wrong with
/// them; objects that are well are taken all the same.
pub(crate) fn read(
    paths: &[PathBuf],
    sources: &[String],
    mut told: impl FnMut(String),
) -> Result<IrrIndex, BadInput> {
    let mut builder = match sources {
        [] => IrrBuilder::default(),
        sources => IrrBuilder::of_sources(sources.iter().map(String::as_str)),
    };
    for path in paths {
        let cannot = |error: std::io::Error| {
            BadInput::new(format!("cannot read {}: {error}", path.display()))
                .help("it should be a dump of a registry: RPSL objects with empty lines between")
        };
        let file = std::fs::File::open(path).map_err(cannot)?;
        let faults = unwrapped(Box::new(file)).and_then(|file| take(file, &mut builder)).map_err(cannot)?;
        faults.lines(path).into_iter().for_each(&mut told);
    }
    Ok(builder.build())
}

fn take(dump: Box<dyn Read + Send>, builder: &mut IrrBuilder) -> std::io::Result<Faults> {
    let (mut dump, mut reader, mut faults) = (BufReader::new(dump), RpslReader::default(), Faults::default());
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut dump).take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        reader.line(&line, &mut |fault| faults.add(fault)).into_iter().for_each(|object| builder.add(object));
    }
    reader.finish(&mut |fault| faults.add(fault)).into_iter().for_each(|object| builder.add(object));
    Ok(faults)
}
