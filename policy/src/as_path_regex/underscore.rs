//! Expressions on the text of a path, as most routers have them.

use super::AsPathRegexFault;
use super::build::{Builder, Times};
use super::symbols::Class;
use super::text::{Text, times};

/// Reads an expression; where it fails, `text` stands at the fault.
pub(super) fn read(text: &mut Text<'_>, to: &mut Builder) -> Result<(), AsPathRegexFault> {
    while let Some(c) = text.peek() {
        match c {
            '(' => to.open(),
            ')' => to.close()?,
            '|' => to.or(),
            '[' => {
                let class = class(text)?;
                to.symbol(class)?;
                continue;
            }
            '{' => {
                to.repeat(times(text)?)?;
                continue;
            }
            '*' | '+' | '?' => to.repeat(Times::of(c).unwrap_or(Times::ANY))?,
            _ => {
                let class = symbol(text)?;
                to.symbol(class)?;
            }
        }
        text.next();
    }
    Ok(())
}

/// What one character outside brackets stands for; `text` stands at its end afterwards, which is before the next.
fn symbol(text: &mut Text<'_>) -> Result<Class, AsPathRegexFault> {
    match text.peek() {
        Some('.') => Ok(Class::ANY),
        Some('_') => Ok(Class::BETWEEN),
        Some('^') => Ok(Class::START),
        Some('$') => Ok(Class::END),
        Some('\\') => {
            text.next();
            match text.peek() {
                Some('d') => Ok(Class::DIGITS),
                Some(c) => Class::of(c).ok_or(AsPathRegexFault::NotInPaths),
                None => Err(AsPathRegexFault::NotInPaths),
            }
        }
        Some(c) => Class::of(c).ok_or(AsPathRegexFault::NotInPaths),
        None => Err(AsPathRegexFault::NotInPaths),
    }
}

/// `[0-9]`, `[^ 1]`.
fn class(text: &mut Text<'_>) -> Result<Class, AsPathRegexFault> {
    text.next();
    let negated = text.take('^');
    let mut class = Class::NONE;
    loop {
        let first = text.peek().ok_or(AsPathRegexFault::Unclosed)?;
        if first == ']' && class != Class::NONE {
            text.next();
            return Ok(if negated { class.not() } else { class });
        }
        let escaped = text.take('\\');
        let first = if escaped { text.peek().ok_or(AsPathRegexFault::Unclosed)? } else { first };
        let one = if first == '_' { Some(Class::BETWEEN) } else { Class::of(first) };
        class = class.or(one.ok_or(AsPathRegexFault::NotInPaths)?);
        text.next();
        if !escaped && text.peek() == Some('-') {
            text.next();
            class = class.or(range(first, text)?);
        }
    }
}

/// The rest of `0-9` in brackets.
fn range(first: char, text: &mut Text<'_>) -> Result<Class, AsPathRegexFault> {
    let digit = |c: char| c.to_digit(10).and_then(|n| u8::try_from(n).ok());
    let last = text.peek().and_then(digit);
    match (digit(first), last) {
        (Some(first), Some(last)) if first <= last => {
            text.next();
            Ok(Class::digits(first, last))
        }
        _ => Err(AsPathRegexFault::DigitRange),
    }
}
