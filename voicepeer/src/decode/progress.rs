//! How far reading has come, on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Octets that are worth a bar.
const LARGE: u64 = 1 << 23;

/// A bar on standard error, or nothing.
pub(super) struct Progress {
    bar: ProgressBar,
    read: Arc<AtomicU64>,
}

impl Progress {
    /// A bar for these files, where somebody watches who does not watch the output itself.
    pub(super) fn of(files: &[PathBuf], read: Arc<AtomicU64>) -> Self {
        let octets =
            files.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.len()).sum();
        let watched = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        let bar = if watched && octets >= LARGE { ProgressBar::new(octets) } else { ProgressBar::hidden() };
        let form = "{bar:40} {percent} %, {binary_bytes_per_sec}, {eta} left";
        Self {
            bar: bar.with_style(
                ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()),
            ),
            read,
        }
    }

    pub(super) fn update(&self) {
        self.bar.set_position(self.read.load(Ordering::Relaxed));
    }

    /// Prints a line to standard error, above the bar.
    pub(super) fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
