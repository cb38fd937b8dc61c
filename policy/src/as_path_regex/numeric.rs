//! Expressions on the numbers of a path: `[= 64500 .* 64501 =]`.

use super::AsPathRegexFault;
use super::build::{Builder, Times};
use super::symbols::Class;
use super::text::{Text, times};

/// Reads an expression; where it fails, `text` stands at the fault.
pub(super) fn read(text: &mut Text<'_>, to: &mut Builder) -> Result<(), AsPathRegexFault> {
    to.symbol(Class::START)?;
    to.open();
    // Whether a sign of repetition would stand directly behind what it repeats.
    let mut attached = false;
    while let Some(c) = text.peek() {
        match c {
            '(' => to.open(),
            ')' => {
                to.close()?;
                if to.is_whole() {
                    return Err(AsPathRegexFault::Unopened);
                }
            }
            '|' => to.or(),
            '{' => {
                to.repeat(times(text)?)?;
                continue;
            }
            '.' => element(to, &[ALL])?,
            '0'..='9' => {
                element(to, &[range(text)?])?;
                attached = true;
                continue;
            }
            '[' => {
                element(to, &list(text)?)?;
                attached = true;
                continue;
            }
            ' ' | '\t' => {}
            _ => {
                let times = Times::of(c).ok_or(AsPathRegexFault::NotNumeric)?;
                if !attached {
                    element(to, &[ALL])?;
                }
                // A sign alone is about any ASN; `?` then stands for one.
                if attached || c != '?' {
                    to.repeat(times)?;
                }
            }
        }
        attached = !matches!(c, '(' | '|' | ' ' | '\t');
        text.next();
    }
    to.close()?;
    to.symbol(Class::END)
}

type Range = (u32, u32);

const ALL: Range = (0, u32::MAX);

/// `64500`, `64512-65534` or `64512..65534`.
fn range(text: &mut Text<'_>) -> Result<Range, AsPathRegexFault> {
    let first = text.number().ok_or(AsPathRegexFault::Asn)?;
    let more = text.rest();
    let sign = ["-", ".."].into_iter().find(|sign| {
        let behind = more.strip_prefix(sign);
        behind.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    let Some(sign) = sign else {
        // A dot right behind could be read in two ways.
        return if more.starts_with('.') { Err(AsPathRegexFault::Asn) } else { Ok((first, first)) };
    };
    sign.chars().for_each(|_| _ = text.next());
    let last = text.number().ok_or(AsPathRegexFault::Asn)?;
    if first > last { Err(AsPathRegexFault::Asn) } else { Ok((first, last)) }
}

/// `[64500 64512-65534]`, also with commas.
fn list(text: &mut Text<'_>) -> Result<Vec<Range>, AsPathRegexFault> {
    text.next();
    let mut ranges = Vec::new();
    loop {
        text.take_while(|c| matches!(c, ' ' | '\t' | ','));
        if ranges.is_empty() || text.peek() != Some(']') {
            ranges.push(range(text)?);
        } else {
            text.next();
            return Ok(ranges);
        }
    }
}

/// One element of a path: an ASN of `ranges`, or a set that has one.
fn element(to: &mut Builder, ranges: &[Range]) -> Result<(), AsPathRegexFault> {
    to.open();
    to.symbol(Class::OPEN)?;
    to.repeat(Times::OPTIONAL)?;
    to.open();
    to.symbol(Class::DIGITS)?;
    to.repeat(Times::SOME)?;
    to.symbol(Class::COMMA)?;
    to.close()?;
    to.repeat(Times::ANY)?;
    to.open();
    for (i, range) in ranges.iter().enumerate() {
        if i > 0 {
            to.or();
        }
        numbers(to, *range)?;
    }
    to.close()?;
    to.open();
    to.symbol(Class::COMMA)?;
    to.symbol(Class::DIGITS)?;
    to.repeat(Times::SOME)?;
    to.close()?;
    to.repeat(Times::ANY)?;
    to.symbol(Class::CLOSE)?;
    to.repeat(Times::OPTIONAL)?;
    to.symbol(Class::AFTER)?;
    to.close()
}

/// The decimal numbers from the first to the last.
fn numbers(to: &mut Builder, (first, last): Range) -> Result<(), AsPathRegexFault> {
    if (first, last) == ALL {
        to.symbol(Class::DIGITS)?;
        return to.repeat(Times::SOME);
    }
    let (mut from, last) = (u64::from(first), u64::from(last));
    while from <= last {
        let (block, digit, more) = block(from, last);
        if from != u64::from(first) {
            to.or();
        }
        let before = from / block / 10;
        if before > 0 {
            for digit in before.to_string().bytes() {
                let digit = digit.wrapping_sub(b'0');
                to.symbol(Class::digits(digit, digit))?;
            }
        }
        to.symbol(Class::digits(digit, digit.saturating_add(more)))?;
        let mut behind = block;
        while behind >= 10 {
            to.symbol(Class::DIGITS)?;
            behind /= 10;
        }
        from = from.saturating_add(block.saturating_mul(u64::from(more).saturating_add(1)));
    }
    Ok(())
}

/// The numbers from `from` on that differ in one digit and all behind it: how many each digit stands for, which digit is the
/// first, and how many more it may be.
fn block(from: u64, last: u64) -> (u64, u8, u8) {
    let mut block = 1u64;
    while from != 0 && from.is_multiple_of(block.saturating_mul(10)) {
        let longer = block.saturating_mul(10);
        if from.saturating_add(longer.saturating_sub(1)) > last {
            break;
        }
        block = longer;
    }
    let digit = u8::try_from(from / block % 10).unwrap_or(9);
    let mut more = 0u8;
    while digit.saturating_add(more) < 9 && from != 0 {
        let end = u64::from(more).saturating_add(2).saturating_mul(block).saturating_add(from);
        if end.saturating_sub(1) > last {
            break;
        }
        more = more.saturating_add(1);
    }
    (block, digit, more)
}
