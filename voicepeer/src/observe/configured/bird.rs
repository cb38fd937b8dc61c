//! BIRD: `bird.conf`.

use super::super::neighbor::Told;
use super::super::text::{Line, Unreadable};
use super::bird_filter::next_hop;
use super::bird_text::{Statement, statements};
use super::{At, Settings, Unclear};
use bgp_policy::voice::{BfdTimers, ConfiguredBfd};
use std::net::IpAddr;

/// How far a template may stand behind others.
const TEMPLATES: usize = 8;

pub(in super::super) fn knows(lines: &[Line<'_>]) -> bool {
    let begins = |line: &Line<'_>| {
        let mut words = line.text.split(|c: char| c.is_whitespace() || c == '{');
        words.next().is_some_and(|word| word == "protocol" || word == "template")
            && words.next() == Some("bgp")
    };
    lines.iter().any(begins)
}

pub(in super::super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let statements = statements(lines)?;
    let configuration = Configuration { statements: &statements };
    let sessions = statements.iter().filter(|statement| statement.begins(&["protocol", "bgp"]));
    let configured = sessions.filter_map(|session| configuration.session(session)).collect();
    Ok(Told::of_configured(configured))
}

/// All statements of a text.
#[derive(Clone, Copy)]
pub(super) struct Configuration<'a> {
    pub(super) statements: &'a [Statement<'a>],
}

/// The statements of a protocol, behind those of its templates, which it overrides; and whether they are all.
struct Protocol<'a> {
    statements: Vec<&'a Statement<'a>>,
    is_whole: bool,
}

impl<'a> Configuration<'a> {
    fn session(self, head: &'a Statement<'a>) -> Option<Settings> {
        let mut unclear: Vec<_> = self.includes().map(|line| (Unclear::Include, line)).collect();
        let mut protocol = Protocol { statements: Vec::new(), is_whole: true };
        self.follow(head, TEMPLATES, &mut protocol, &mut unclear);
        let mut settings = Settings::of(self.peer(&protocol)?);
        let line = head.line();
        let absent = protocol.is_whole.then_some(line);
        settings.md5 = password(&protocol, line);
        settings.bfd = match protocol.last(&["bfd"]) {
            Some(bfd) => Some((self.bfd(bfd, &mut unclear), bfd.line())),
            None => absent.map(|line| (ConfiguredBfd::Absent, line)),
        };
        settings.hold_time = self.time(protocol.last(&["hold", "time"]), "hold time", &mut unclear);
        settings.keepalive = self.time(protocol.last(&["keepalive", "time"]), "keepalive time", &mut unclear);
        let channel = protocol.channel();
        settings.max_prefix = if let Some(limit) = channel.last(&["receive", "limit"]) {
            self.limit(limit, &mut unclear)
        } else {
            let is_told = !channel.statements.is_empty() && channel.last(&["import", "limit"]).is_none();
            absent.filter(|_| is_told && channel.is_whole).map(|line| (None, line))
        };
        settings.next_hop =
            next_hop(self, &channel.statements).filter(|_| channel.is_whole && protocol.is_whole);
        settings.unclear = unclear;
        Some(settings)
    }

    /// The lines that take in another file.
    pub(super) fn includes(self) -> impl Iterator<Item = usize> {
        self.statements.iter().filter(|statement| statement.begins(&["include"])).map(Statement::line)
    }

    fn follow(
        self,
        head: &'a Statement<'a>,
        templates: usize,
        protocol: &mut Protocol<'a>,
        unclear: &mut Vec<At<Unclear>>,
    ) {
        let words = head.words();
        if let Some(name) = words.iter().skip_while(|word| **word != "from").nth(1) {
            let is_it = |statement: &&Statement<'_>| {
                statement.begins(&["template", "bgp"]) && statement.words().get(2) == Some(name)
            };
            if let Some(template) = self.statements.iter().rfind(is_it).filter(|_| templates > 0) {
                self.follow(template, templates - 1, protocol, unclear);
            } else {
                protocol.is_whole = false;
                unclear.push((Unclear::Missing("template"), head.line()));
            }
        }
        for statement in head.block().unwrap_or_default() {
            if statement.begins(&["include"]) {
                protocol.is_whole = false;
                unclear.push((Unclear::Include, statement.line()));
            }
            protocol.statements.push(statement);
        }
    }

    /// `neighbor 192.0.2.1 as 8075`.
    fn peer(self, protocol: &Protocol<'_>) -> Option<IpAddr> {
        let words = protocol.last(&["neighbor"])?.words();
        let word = self.meant(words.get(1)?);
        word.split('%').next()?.parse().ok()
    }

    /// A word, or what it was defined to be.
    pub(super) fn meant(self, word: &'a str) -> &'a str {
        let define = |statement: &Statement<'a>| match *statement.words().as_slice() {
            ["define", name, "=", value] if name == word => Some(value),
            _ => None,
        };
        self.statements.iter().rev().find_map(define).unwrap_or(word)
    }

    fn time(
        self,
        statement: Option<&'a Statement<'a>>,
        what: &'static str,
        unclear: &mut Vec<At<Unclear>>,
    ) -> Option<At<u16>> {
        let statement = statement?;
        let value = match *statement.words().as_slice() {
            [_, _, value] => self.meant(value).parse().ok(),
            _ => None,
        };
        if value.is_none() {
            unclear.push((Unclear::Value(what), statement.line()));
        }
        Some((value?, statement.line()))
    }

    /// `receive limit 450 action restart`. One that only warns is none.
    fn limit(self, statement: &'a Statement<'a>, unclear: &mut Vec<At<Unclear>>) -> Option<At<Option<u32>>> {
        let words = statement.words();
        let limit = match words.get(2) {
            Some(&"off") => return Some((None, statement.line())),
            Some(word) => self.meant(word).parse::<u32>().ok(),
            None => None,
        };
        unclear.extend(limit.is_none().then_some((Unclear::Value("limit of prefixes"), statement.line())));
        Some((Some(limit?).filter(|_| !words.contains(&"warn")), statement.line()))
    }

    fn bfd(self, statement: &'a Statement<'a>, unclear: &mut Vec<At<Unclear>>) -> ConfiguredBfd {
        if matches!(statement.words().get(1), Some(&"off" | &"no")) {
            return ConfiguredBfd::Absent;
        }
        let options = statement.block().unwrap_or_default();
        let last = |words: &[&str]| options.iter().rfind(|option| option.begins(words));
        let ms = |words: &[&str]| last(words).or(last(&["interval"])).map(|option| self.milliseconds(option));
        let mult = last(&["multiplier"]).map(|option| match *option.words().as_slice() {
            [_, value] => self.meant(value).parse().ok(),
            _ => None,
        });
        let of_all = self.statements.iter().filter(|statement| statement.begins(&["protocol", "bfd"]));
        let of_all = of_all.flat_map(|bfd| bfd.block().unwrap_or_default());
        let mut of_all = of_all.filter(|option| option.block().is_some()).map(Statement::line);
        let (tx, rx) = (ms(&["min", "tx", "interval"]), ms(&["min", "rx", "interval"]));
        if tx.is_none() || rx.is_none() || mult.is_none() {
            if let Some(line) = of_all.next() {
                unclear.push((Unclear::Further("which options of BFD are of which session"), line));
                return ConfiguredBfd::Present(None);
            }
            if self.includes().next().is_some() {
                return ConfiguredBfd::Present(None);
            }
        }
        // What is set nowhere is this.
        let (tx, rx, mult) = (tx.unwrap_or(Some(100)), rx.unwrap_or(Some(10)), mult.unwrap_or(Some(5)));
        let timers = tx.zip(rx).zip(mult).map(|((tx, rx), mult)| BfdTimers {
            desired_min_tx_ms: tx,
            required_min_rx_ms: rx,
            detect_mult: mult,
        });
        if timers.is_none() {
            unclear.push((Unclear::Value("interval or multiplier of BFD"), statement.line()));
        }
        ConfiguredBfd::Present(timers)
    }

    /// The number and the unit at the end of an option: `min tx interval 300 ms`.
    fn milliseconds(self, option: &Statement<'a>) -> Option<u32> {
        let words = option.words();
        let [.., "interval", value, unit] = *words.as_slice() else { return None };
        let value: u32 = self.meant(value).parse().ok()?;
        match unit {
            "s" => value.checked_mul(1000),
            "ms" => Some(value),
            // A part of a millisecond more is a slower one.
            "us" => Some(value.div_ceil(1000)),
            _ => None,
        }
    }
}

impl<'a> Protocol<'a> {
    /// The last statement that begins so, which counts.
    fn last(&self, words: &[&str]) -> Option<&'a Statement<'a>> {
        self.statements.iter().rfind(|statement| statement.begins(words)).copied()
    }

    /// What it has for IPv4.
    fn channel(&self) -> Self {
        let channels = self.statements.iter().filter(|statement| statement.begins(&["ipv4"]));
        let statements: Vec<_> = channels.flat_map(|channel| channel.block().unwrap_or_default()).collect();
        let is_whole = !statements.iter().any(|statement| statement.begins(&["include"]));
        Self { statements, is_whole }
    }
}

/// A password signs, unless something else is said to.
fn password(protocol: &Protocol<'_>, line: usize) -> Option<At<bool>> {
    let is_md5 = |kind: &Statement<'_>| kind.words().get(1) == Some(&"md5");
    match (protocol.last(&["password"]), protocol.last(&["authentication"])) {
        (_, Some(kind)) if !is_md5(kind) => Some((false, kind.line())),
        (Some(password), _) => Some((true, password.line())),
        (None, _) => protocol.is_whole.then_some((false, line)),
    }
}
