//! The program; what it does is in the library beside it, where fuzz targets reach it too.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    voicepeer::main()
}
