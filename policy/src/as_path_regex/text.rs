//! An expression's text, character by character.

use super::AsPathRegexFault;
use super::build::Times;

/// What is left of a text, and how much was read.
pub(super) struct Text<'a> {
    whole: &'a str,
    at: usize,
}

impl<'a> Text<'a> {
    pub(super) const fn new(whole: &'a str) -> Self {
        Self { whole, at: 0 }
    }

    /// How many octets were read.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        self.whole.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at = self.at.saturating_add(c.len_utf8());
        Some(c)
    }

    /// Reads `c` if it is next.
    pub(super) fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        if there {
            self.next();
        }
        there
    }

    /// Reads what `wanted` is true of.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at = self.at.saturating_add(len);
        rest.get(..len).unwrap_or_default()
    }

    /// Reads a number, if one is next.
    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        let before = self.at;
        let number = self.take_while(|c| c.is_ascii_digit()).parse().ok();
        if number.is_none() {
            self.at = before;
        }
        number
    }
}

/// `{2}`, `{2,}`, `{2,4}`.
pub(super) fn times(text: &mut Text<'_>) -> Result<Times, AsPathRegexFault> {
    text.take('{');
    let least = text.number().ok_or(AsPathRegexFault::Times)?;
    let most = if text.take(',') {
        if text.peek() == Some('}') { None } else { Some(text.number().ok_or(AsPathRegexFault::Times)?) }
    } else {
        Some(least)
    };
    if text.take('}') { Ok(Times { least, most }) } else { Err(AsPathRegexFault::Times) }
}
