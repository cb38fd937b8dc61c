//! `voicepeer policy lint`

use super::load;
use crate::diagnostic::BadInput;
use std::path::Path;

pub(super) fn lint(file: &Path) -> Result<u8, BadInput> {
    let findings = load(file)?.lint();
    for finding in &findings {
        println!("{}: {finding}", file.display());
    }
    println!("{} findings", findings.len());
    Ok(u8::from(!findings.is_empty()))
}
