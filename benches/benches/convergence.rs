//! `voicepeer bench convergence`.
//!
//! ```text
//! cargo bench -p benches --bench convergence -- --rows full,churn --targets voicepeer,bird --rounds 3 --plot table.png
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::voicepeer("convergence")
}
