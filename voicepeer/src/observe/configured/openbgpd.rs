//! OpenBGPD: `bgpd.conf`. It has no BFD.

use super::super::neighbor::Told;
use super::super::text::{Line, Unreadable, Why};
use super::blocks::{Token, tokens};
use super::{Settings, Unclear};
use std::net::{IpAddr, Ipv4Addr};

pub(in super::super) fn knows(lines: &[Line<'_>]) -> bool {
    let has = |is: fn(&[&str]) -> bool| {
        lines.iter().any(|line| is(&line.text.split_whitespace().collect::<Vec<_>>()))
    };
    has(|words| matches!(words, ["AS", asn, ..] if asn.starts_with(|c: char| c.is_ascii_digit() || c == '$')))
        && has(|words| matches!(words, ["neighbor" | "group", _, "{", ..]))
}

pub(in super::super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let tokens = tokens(lines);
    let mut reader =
        Reader { rest: &tokens, macros: Vec::new(), blocks: vec![Settings::of(NOBODY)], done: Vec::new() };
    while let Some(first) = reader.rest.first().copied() {
        reader.statement(first)?;
    }
    if reader.blocks.len() > 1 {
        return Err(Unreadable {
            line: lines.last().map_or(1, |l| l.number),
            why: Why::Cut("the end of a block"),
        });
    }
    Ok(Told::of_configured(reader.sessions()))
}

/// What is of no session yet.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

struct Reader<'a, 't> {
    rest: &'t [Token<'a>],
    macros: Vec<(&'a str, &'a str)>,
    /// What was set so far outside of groups, then in a group, then of a neighbour. Each begins with what the one before it
    /// has by then.
    blocks: Vec<Settings>,
    done: Vec<Settings>,
}

impl<'a> Reader<'a, '_> {
    fn statement(&mut self, first: Token<'a>) -> Result<(), Unreadable> {
        if first.is("}") {
            self.rest = self.rest.get(1..).unwrap_or_default();
            return self.end(first);
        }
        let is_head = first.is("neighbor") || first.is("group");
        let head = match *self.rest {
            [_, name, brace, ..] if is_head && brace.is("{") => Some((name, 3)),
            [_, name, ..] if first.is("neighbor") && name.line == first.line => Some((name, 2)),
            _ => None,
        };
        let Some((name, len)) = head else {
            let words = self.words();
            self.option(first, &words);
            return Ok(());
        };
        self.rest = self.rest.get(len..).unwrap_or_default();
        let mut settings = self.blocks.last().cloned().unwrap_or_else(|| Settings::of(NOBODY));
        if first.is("neighbor") {
            settings.peer = self.meant(name).and_then(|text| text.parse().ok()).unwrap_or(NOBODY);
            // What is set where it could not be read is not known, and is not nothing.
            if settings.unclear.is_empty() {
                settings.md5.get_or_insert((false, first.line));
                settings.max_prefix.get_or_insert((None, first.line));
            }
        }
        self.blocks.push(settings);
        // Without a block nothing is set for it alone.
        if len == 2 { self.end(first) } else { Ok(()) }
    }

    fn end(&mut self, token: Token<'a>) -> Result<(), Unreadable> {
        match self.blocks.pop() {
            Some(settings) if !self.blocks.is_empty() => {
                self.done.push(settings);
                Ok(())
            }
            _ => Err(Unreadable { line: token.line, why: Why::Expected("no end of a block") }),
        }
    }

    /// The words of a statement, which ends with its line, or before the end of the block around it. Lists in braces go on
    /// below, and so does what ends with a backslash.
    fn words(&mut self) -> Vec<Token<'a>> {
        let mut words: Vec<Token<'a>> = Vec::new();
        let mut braces = 0_usize;
        while let Some((token, behind)) = self.rest.split_first() {
            let goes_on =
                braces > 0 || words.last().is_none_or(|last| last.line == token.line || last.is("\\"));
            if !goes_on || (braces == 0 && token.is("}")) {
                break;
            }
            braces = match () {
                () if token.is("{") => braces + 1,
                () if token.is("}") => braces - 1,
                () => braces,
            };
            words.push(*token);
            self.rest = behind;
        }
        words.retain(|word| !word.is("\\"));
        words
    }

    /// A string or word, or what the macro has.
    fn meant(&self, token: Token<'a>) -> Option<&'a str> {
        match token.text.strip_prefix('$').filter(|_| !token.is_string) {
            Some(name) => self.macros.iter().rev().find(|(other, _)| *other == name).map(|(_, value)| *value),
            None => Some(token.text),
        }
    }

    fn option(&mut self, first: Token<'a>, words: &[Token<'a>]) {
        let number = |at: usize| words.get(at).and_then(|word| self.meant(*word)?.parse::<u32>().ok());
        let is = |at: usize, text: &str| words.get(at).is_some_and(|word| word.is(text));
        let line = first.line;
        let (number, is_out) = (number(1), words.iter().any(|word| word.is("out")));
        if let [name, sign, value] = *words
            && sign.is("=")
        {
            self.macros.push((name.text, value.text));
        }
        let Some(settings) = self.blocks.last_mut() else { return };
        if first.is("include") {
            settings.unclear.push((Unclear::Include, line));
            // What is set there may be of the session that it is within.
            (settings.md5, settings.max_prefix) = (settings.md5.filter(|(set, _)| *set), None);
        } else if first.is("tcp") && is(1, "md5sig") {
            settings.md5 = Some((true, line));
        } else if first.is("ipsec") {
            settings.md5 = Some((false, line));
        } else if first.is("max-prefix") && !is_out {
            settings.max_prefix = number.map(|limit| (Some(limit), line));
            settings.unclear.extend(number.is_none().then_some((Unclear::Value("limit of prefixes"), line)));
        } else if first.is("holdtime") && !is(1, "min") {
            let hold_time = number.and_then(|seconds| u16::try_from(seconds).ok());
            settings.hold_time = hold_time.map(|seconds| (seconds, line));
            settings.unclear.extend(hold_time.is_none().then_some((Unclear::Value("hold time"), line)));
        }
    }

    /// The sessions that have an address. What is set for all of them may stand behind them.
    fn sessions(mut self) -> Vec<Settings> {
        let all = self.blocks.pop().and_then(|all| all.hold_time);
        self.done.retain(|settings| settings.peer != NOBODY);
        self.done.iter_mut().for_each(|settings| settings.hold_time = settings.hold_time.or(all));
        self.done
    }
}
