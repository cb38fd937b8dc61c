//! `voicepeer bench bfd`.
//!
//! ```text
//! cargo bench -p benches --bench bfd -- --rows detection --load idle
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::voicepeer("bfd")
}
