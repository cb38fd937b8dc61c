//! Bad input, told so that it can be mended: the file, the line, the field, what is allowed.

use crate::allowed::{self, Allowed};
use crate::place::field_at;
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

/// What is wrong with a file that was given.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
pub(crate) struct BadInput {
    message: String,
    #[help]
    help: Option<String>,
    #[source_code]
    source_code: Option<Arc<NamedSource<String>>>,
    #[label("{label}")]
    span: Option<SourceSpan>,
    label: String,
}

impl BadInput {
    /// A fault that has no place in a file.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, source_code: None, span: None, label: "here".to_owned() }
    }

    /// What to do about it.
    #[must_use]
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Where in `text`, which `path` holds, it stands.
    #[must_use]
    pub(crate) fn at(self, path: &Path, text: &str, span: Option<Range<usize>>) -> Self {
        let source = NamedSource::new(path.display().to_string(), text.to_owned());
        Self { source_code: Some(Arc::new(source)), span: span.map(SourceSpan::from), ..self }
    }

    /// The same in a TOML file: names the field that stands there, and what it may hold.
    #[must_use]
    pub(crate) fn in_toml(
        self,
        path: &Path,
        text: &str,
        span: Option<Range<usize>>,
        allowed: Allowed,
    ) -> Self {
        let there = span.as_ref().and_then(|span| field_at(text, span.start));
        let field = match missing(&self.message) {
            Some(name) => Some(within(there.as_deref(), name, allowed)),
            None => there,
        };
        let what = field.as_deref().and_then(|field| allowed::of(allowed, field));
        let mut bad = self.at(path, text, span);
        bad.help = what.map(|what| format!("allowed: {what}")).or(bad.help);
        bad.label = field.unwrap_or(bad.label);
        bad
    }
}

/// A field by its last key, where the reader stopped at `there`: it is in that table, or at the top.
fn within(there: Option<&str>, name: &str, allowed: Allowed) -> String {
    let inside = there.map(|table| format!("{table}.{name}"));
    inside.filter(|field| allowed::of(allowed, field).is_some()).unwrap_or_else(|| name.to_owned())
}

/// The field that the reader's message says is missing.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<String, BadInput> {
    std::fs::read_to_string(path).map_err(|error| {
        BadInput::new(format!("cannot read {}: {error}", path.display()))
            .help("check that the path is right and that the file is readable and UTF-8")
    })
}

/// Reads a TOML file into `T`; an error shows the line it stands in.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path, allowed: Allowed) -> Result<(T, String), BadInput> {
    let text = read(path)?;
    from_toml(path, &text, allowed).map(|value| (value, text))
}

/// Likewise of a text that `path` holds.
pub(crate) fn from_toml<T: DeserializeOwned>(
    path: &Path,
    text: &str,
    allowed: Allowed,
) -> Result<T, BadInput> {
    let place =
        |error: toml::de::Error| BadInput::new(error.message()).in_toml(path, text, error.span(), allowed);
    toml::from_str(text).map_err(place)
}

/// Reads the JSON in a file that was read into `T`; an error shows the line it stands in.
pub(crate) fn json<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, BadInput> {
    serde_json::from_str(text).map_err(|error| {
        let at = offset(text, error.line(), error.column());
        // The place is shown beside the text; the message need not repeat it.
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(m, _)| m);
        BadInput::new(message).at(path, text, Some(at..at))
    })
}

/// The offset of a line and column, both counted from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_lines_and_columns() {
        let text = "one\ntwo\n\nfour";
        for ((line, column), want) in [((1, 1), 0), ((2, 1), 4), ((2, 3), 6), ((4, 4), 12), ((9, 9), 13)] {
            assert_eq!(offset(text, line, column), want, "{line}:{column}");
        }
    }
}
