//! The commands of a page, and what they are to print.

use crate::failure::Failure;

/// A command of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Command<'a> {
    /// Where it stands.
    pub(super) number: usize,
    pub(super) line: &'a str,
    pub(super) output: Vec<&'a str>,
}

impl Command<'_> {
    /// It changes nothing, so it may be asked again.
    pub(super) fn only_looks(&self) -> bool {
        ["voicepeer show ", "voicepeer check "].iter().any(|beginning| self.line.starts_with(beginning))
    }
}

/// All of a page, in order: what follows `$ ` in its blocks, which are of the kind `console`.
pub(super) fn commands(text: &str) -> Result<Vec<Command<'_>>, Failure> {
    let (mut all, mut inside) = (Vec::<Command<'_>>::new(), false);
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix("```"), line.strip_prefix("$ "), all.last_mut()) {
            (Some("console"), ..) if !inside => inside = true,
            (Some(""), ..) if inside => inside = false,
            (Some(_), ..) => {
                return Err(Failure::Objection(format!("line {number}: a block that is not run")));
            }
            (None, Some(line), _) if inside => all.push(Command { number, line, output: Vec::new() }),
            (None, None, Some(command)) if inside => command.output.push(line),
            _ => {}
        }
    }
    if all.is_empty() { Err(Failure::Objection("no command".into())) } else { Ok(all) }
}

/// Whether that was printed. A line of `...` stands for any lines, `...` within a line for any text.
pub(super) fn matches(expected: &[&str], printed: &str) -> bool {
    let printed: Vec<&str> = printed.lines().collect();
    lines_match(expected, &printed)
}

fn lines_match(expected: &[&str], printed: &[&str]) -> bool {
    match (expected, printed) {
        ([], []) => true,
        (["...", rest @ ..], _) => {
            (0..=printed.len()).any(|n| lines_match(rest, printed.get(n..).unwrap_or_default()))
        }
        ([line, rest @ ..], [first, others @ ..]) => line_matches(line, first) && lines_match(rest, others),
        _ => false,
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    // Cells of a table end with spaces.
    let printed = if expected.ends_with("...") { printed } else { printed.trim_end() };
    let mut parts = expected.split("...");
    let Some(mut left) = parts.next().and_then(|first| printed.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return left.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.split_once(part) {
            Some((_, rest)) => left = rest,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_a_page() {
        let page = "text\n```console\n$ one\n$ two  three\nout\n\n...\n```\n$ no\n```console\n$ four\n```\n";
        let command =
            |number, line, output: &[&'static str]| Command { number, line, output: output.to_vec() };
        let want = vec![
            command(3, "one", &[]),
            command(4, "two  three", &["out", "", "..."]),
            command(11, "four", &[]),
        ];
        assert_eq!(commands(page).unwrap(), want);
        for refused in ["```sh\n$ one\n```\n", "text\n"] {
            assert!(commands(refused).is_err(), "{refused}");
        }
    }

    /// (expected, printed, whether it is that).
    #[test]
    fn what_was_printed() {
        for (expected, printed, want) in [
            (&[][..], "", true),
            (&[], "x\n", false),
            (&["a"], "a   \n", true),
            (&["a"], "a\nb\n", false),
            (&["a", "..."], "a\nb\nc\n", true),
            (&["...", "c"], "a\nb\nc\n", true),
            (&["...", "b", "..."], "a\nc\n", false),
            (&["a ... c"], "a b b c\n", true),
            (&["a ... c"], "a b b d\n", false),
            (&["... 2 failed, ..."], "sum: 2 failed, 1 warns\n", true),
            (&["... 2 failed, ..."], "sum: 12 failed, 1 warns\n", false),
            (&["a ..."], "a \n", true),
            (&["a ..."], "ab\n", false),
        ] {
            assert_eq!(matches(expected, printed), want, "{expected:?} {printed:?}");
        }
    }
}
