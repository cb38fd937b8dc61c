//! The text of BIRD's configuration: statements, and the blocks in them.

use super::super::text::{Line, Unreadable, Why};
use super::blocks::{Token, tokens};
use std::iter::Peekable;

/// How deep blocks may stand in each other.
const DEPTH: usize = 32;

/// A statement: what stands before its end, which is a semicolon or a block.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Statement<'a> {
    parts: Vec<Part<'a>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part<'a> {
    Token(Token<'a>),
    Block(Vec<Statement<'a>>),
}

impl<'a> Statement<'a> {
    /// The line that it begins on.
    pub(super) fn line(&self) -> usize {
        self.tokens().next().map_or(1, |token| token.line)
    }

    /// What stands in it outside of its blocks.
    pub(super) fn tokens(&self) -> impl Iterator<Item = Token<'a>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Token(token) => Some(*token),
            Part::Block(_) => None,
        })
    }

    /// Its words and signs. Strings are none.
    pub(super) fn words(&self) -> Vec<&'a str> {
        self.tokens().map(|token| if token.is_string { "" } else { token.text }).collect()
    }

    /// What its first block has.
    pub(super) fn block(&self) -> Option<&[Self]> {
        self.blocks().next()
    }

    fn blocks(&self) -> impl Iterator<Item = &[Self]> {
        self.parts.iter().filter_map(|part| match part {
            Part::Block(block) => Some(block.as_slice()),
            Part::Token(_) => None,
        })
    }

    /// Whether it begins with these words.
    pub(super) fn begins(&self, words: &[&str]) -> bool {
        let mut tokens = self.tokens();
        words.iter().all(|word| tokens.next().is_some_and(|token| token.is(word)))
    }

    /// Whether the word stands anywhere in it.
    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens().any(|token| token.is(word))
            || self.blocks().any(|block| block.iter().any(|inner| inner.has(word)))
    }
}

/// The statements of these lines.
pub(super) fn statements<'a>(lines: &[Line<'a>]) -> Result<Vec<Statement<'a>>, Unreadable> {
    let last = lines.last().map_or(1, |line| line.number);
    let mut rest = tokens(lines).into_iter().peekable();
    let mut all = Vec::new();
    while rest.peek().is_some() {
        all.extend(within(&mut rest, 0, last)?);
        // A block that ends and did not begin.
        if let Some(end) = rest.next() {
            return Err(bad(end.line, Why::Expected("no end of a block")));
        }
    }
    Ok(all)
}

const fn bad(line: usize, why: Why) -> Unreadable {
    Unreadable { line, why }
}

/// The statements up to the end of the block that they stand in, or of the text.
fn within<'a>(
    rest: &mut Peekable<impl Iterator<Item = Token<'a>>>,
    depth: usize,
    last: usize,
) -> Result<Vec<Statement<'a>>, Unreadable> {
    let mut all = Vec::new();
    let mut statement = Statement::default();
    // In sets braces have no blocks.
    let mut brackets = 0_usize;
    while let Some(token) = rest.next_if(|token| brackets > 0 || !token.is("}")) {
        match token.text {
            _ if token.is_string => {}
            "[" | "(" => brackets += 1,
            "]" | ")" => brackets = brackets.saturating_sub(1),
            "{" if brackets == 0 => {
                if depth == DEPTH {
                    return Err(bad(token.line, Why::Expected("fewer blocks in each other")));
                }
                let block = within(rest, depth + 1, last)?;
                let end = rest.next();
                end.ok_or_else(|| bad(last, Why::Cut("the end of a block")))?;
                statement.parts.push(Part::Block(block));
                let goes_on = rest.peek().is_some_and(|token| token.is("else"));
                let is_ended = rest.next_if(|token| token.is(";")).is_some();
                if is_ended || !goes_on {
                    all.push(std::mem::take(&mut statement));
                }
                continue;
            }
            ";" if brackets == 0 => {
                all.push(std::mem::take(&mut statement));
                continue;
            }
            _ => {}
        }
        statement.parts.push(Part::Token(token));
    }
    if !statement.parts.is_empty() {
        all.push(statement);
    }
    all.retain(|statement| !statement.parts.is_empty());
    Ok(all)
}
