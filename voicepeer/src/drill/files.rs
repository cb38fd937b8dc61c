//! The evidence on disk: JSON, a report in Markdown, a picture.

use super::document::Evidence;
use super::picture::picture;
use super::report::markdown;
use crate::diagnostic::BadInput;
use std::path::{Path, PathBuf};

const EVIDENCE: &str = "evidence.json";
const REPORT: &str = "report.md";
const PICTURE: &str = "timeline.svg";

/// The folder that the evidence goes to.
pub(crate) struct Files(PathBuf);

impl Files {
    /// Makes the folder. One that holds the evidence of another drill is refused: that is not written over.
    pub(crate) fn new(folder: PathBuf) -> Result<Self, BadInput> {
        for name in [EVIDENCE, REPORT, PICTURE] {
            let file = folder.join(name);
            if file.exists() {
                return Err(BadInput::new(format!("{} is there already", file.display()))
                    .help("evidence is not written over: name another folder with --out"));
            }
        }
        std::fs::create_dir_all(&folder).map_err(|error| cannot(&folder, &error))?;
        Ok(Self(folder))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// Writes all of it, and returns the JSON.
    pub(crate) fn write(&self, evidence: &Evidence) -> Result<String, BadInput> {
        let json = serde_json::to_string_pretty(evidence).map_err(|e| BadInput::new(e.to_string()))?;
        let report = markdown(evidence, PICTURE);
        for (name, text) in [(EVIDENCE, &json), (REPORT, &report), (PICTURE, &picture(evidence))] {
            let file = self.0.join(name);
            std::fs::write(&file, format!("{}\n", text.trim_end())).map_err(|error| cannot(&file, &error))?;
        }
        Ok(json)
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> BadInput {
    BadInput::new(format!("cannot write {}: {error}", path.display()))
        .help("name a folder that can be written with --out")
}
