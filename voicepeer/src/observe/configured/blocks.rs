//! Words, strings and signs of configurations that have blocks in braces.

use super::super::text::Line;

/// A word, a string without its quotes, or a sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
    pub(super) is_string: bool,
}

impl Token<'_> {
    /// Whether it is this sign or word, and no string.
    pub(super) fn is(&self, text: &str) -> bool {
        !self.is_string && self.text == text
    }
}

/// What is a token by itself, whatever stands beside it.
const SIGNS: [char; 9] = ['{', '}', '[', ']', '(', ')', ';', ',', '='];

/// The tokens of these lines. What `#` begins is passed over to the end of its line, and what `/*` begins to `*/`.
pub(super) fn tokens<'a>(lines: &[Line<'a>]) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    let mut is_remark = false;
    for line in lines {
        let mut rest = line.text;
        while let Some((token, behind)) = next(rest, &mut is_remark) {
            rest = behind;
            let (text, is_string) = token;
            if !text.is_empty() || is_string {
                tokens.push(Token { line: line.number, text, is_string });
            }
        }
    }
    tokens
}

/// The next token of a line, empty where a remark ends, and what is behind it.
fn next<'a>(text: &'a str, is_remark: &mut bool) -> Option<((&'a str, bool), &'a str)> {
    if *is_remark {
        let (_, behind) = text.split_once("*/")?;
        *is_remark = false;
        return Some((("", false), behind));
    }
    let text = text.trim_start();
    if let Some(behind) = text.strip_prefix("/*") {
        *is_remark = true;
        return Some((("", false), behind));
    }
    if let Some(inner) = text.strip_prefix('"') {
        let (string, behind) = inner.split_once('"').unwrap_or((inner, ""));
        return Some(((string, true), behind));
    }
    let first = text.chars().next().filter(|first| *first != '#')?;
    let ends = |c: char| c.is_whitespace() || c == '"' || c == '#' || SIGNS.contains(&c);
    let word_end = || text.find(ends).unwrap_or(text.len());
    let end = if SIGNS.contains(&first) { first.len_utf8() } else { word_end() };
    let (token, behind) = text.split_at_checked(end)?;
    Some(((token, false), behind))
}
