//! Tables for people: plain when piped, with colour on a terminal.

use crate::diagnostic::BadInput;
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table};
use std::fmt::{self, Write as _};
use std::io::{IsTerminal, Write as _};

/// A line under the header, none between rows.
const LINES: &str = "     ──            ──";

/// An empty table with these columns, as wide as the terminal at most.
pub(crate) fn table(columns: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(LINES).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(160).force_no_tty();
    }
    table.set_header(columns.iter().map(|c| Cell::new(c).add_attribute(Attribute::Bold)));
    table
}

/// Adds a line to what will be printed.
pub(crate) fn line(out: &mut String, text: fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = writeln!(out, "{text}");
}

/// Prints it. Whoever reads may have had enough.
pub(crate) fn print(text: &str) -> Result<(), BadInput> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(BadInput::new(format!("cannot write: {error}")))
        }
        _ => Ok(()),
    }
}

/// What a value means for who reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    Good,
    Warning,
    Bad,
    Quiet,
}

/// A cell whose colour says how it is.
pub(crate) fn toned(text: impl ToString, tone: Tone) -> Cell {
    Cell::new(text).fg(match tone {
        Tone::Good => Color::Green,
        Tone::Warning => Color::Yellow,
        Tone::Bad => Color::Red,
        Tone::Quiet => Color::DarkGrey,
    })
}

/// A value, or a dash where there is none.
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| v.to_string())
}

/// Seconds as people say them: `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
pub(crate) fn seconds(s: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an age is small and positive"
    )]
    let whole = s as u64;
    match whole {
        0..60 => format!("{s:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        3600..86400 => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{} d {} h", whole / 86400, whole % 86400 / 3600),
    }
}

/// Microseconds as people say them: `850 us`, `150 ms`, `2.25 s`.
pub(crate) fn micros(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..1_000_000 if us.is_multiple_of(1000) => format!("{} ms", us / 1000),
        1_000..1_000_000 => format!("{}.{:03} ms", us / 1000, us % 1000),
        _ => format!("{}.{:03} s", us / 1_000_000, us % 1_000_000 / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_intervals() {
        for (s, want) in
            [(4.24, "4.2 s"), (200.0, "3 min 20 s"), (7500.0, "2 h 5 min"), (273_600.0, "3 d 4 h")]
        {
            assert_eq!(seconds(s), want);
        }
        for (us, want) in [(850, "850 us"), (150_000, "150 ms"), (1_250, "1.250 ms"), (2_250_000, "2.250 s")]
        {
            assert_eq!(micros(us), want);
        }
    }
}
