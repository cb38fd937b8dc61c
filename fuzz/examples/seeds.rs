//! Writes the seeds of every target: `cargo run --example seeds -- FOLDER` fills `FOLDER/TARGET`.

// Where the code is built to be fuzzed, it calls this runtime.
use libfuzzer_sys as _;
use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("the folder to fill is missing"))?;
    for target in voicepeer_fuzz::TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (i, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{i:04}")), seed)?;
        }
    }
    Ok(())
}
