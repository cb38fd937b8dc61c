//! GoBGP: `gobgpd.toml`. It has no BFD.

use super::super::neighbor::Told;
use super::super::text::{Line, Unreadable, Why};
use super::{At, Settings, Unclear};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

pub(in super::super) fn knows(lines: &[Line<'_>]) -> bool {
    let heads = ["[[neighbors]]", "[[peer-groups]]", "[global.config]"];
    lines.iter().any(|line| heads.contains(&line.text.trim()))
}

pub(in super::super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let text: Text<'_> = Text(lines);
    let document = lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
    let document = DeTable::parse(&document).map_err(|error| Unreadable {
        line: text.line(error.span().unwrap_or_default()),
        why: Why::Expected("TOML"),
    })?;
    let tables = |name: &str| array(document.get_ref(), name).into_iter().flat_map(|array| array.iter());
    let groups: Vec<_> = tables("peer-groups").filter_map(table).collect();
    let neighbors = tables("neighbors").filter_map(|one| Some((table(one)?, text.line(one.span()))));
    let configured = neighbors.filter_map(|(table, line)| session(text, table, &groups, line)).collect();
    Ok(Told::of_configured(configured))
}

/// The lines of the document.
#[derive(Clone, Copy)]
struct Text<'a>(&'a [Line<'a>]);

impl Text<'_> {
    /// The line on which this begins.
    fn line(self, span: Range<usize>) -> usize {
        let mut end = 0;
        let within = |line: &&Line<'_>| {
            end += line.text.len() + 1;
            end > span.start
        };
        self.0.iter().find(within).or(self.0.last()).map_or(1, |line| line.number)
    }
}

type Table<'a> = DeTable<'a>;

fn session<'a>(
    text: Text<'_>,
    own: &'a Table<'a>,
    groups: &[&'a Table<'a>],
    line: usize,
) -> Option<Settings> {
    let mut settings = Settings::of(string(get(own, &["config", "neighbor-address"])?)?.parse().ok()?);
    let name = get(own, &["config", "peer-group"]).and_then(string);
    let of_name = |group: &&&Table<'_>| get(group, &["config", "peer-group-name"]).and_then(string) == name;
    let group = name.and_then(|_| groups.iter().find(of_name)).copied();
    let is_whole = name.is_none() || group.is_some();
    if !is_whole {
        settings.unclear.push((Unclear::Missing("peer group"), line));
    }
    // What it does not set itself it has from its group.
    let from = |keys: &[&str]| get(own, keys).or_else(|| get(group?, keys));
    let password = from(&["config", "auth-password"]);
    settings.md5 = match password.and_then(|value| Some((string(value)?, value))) {
        Some((password, value)) => Some((!password.is_empty(), text.line(value.span()))),
        None => is_whole.then_some((false, line)),
    };
    let mut seconds = |keys: &[&str], what| -> Option<At<u16>> {
        let value = from(keys)?;
        let line = text.line(value.span());
        let found = number(value).and_then(|seconds| u16::try_from(seconds).ok());
        settings.unclear.extend(found.is_none().then_some((Unclear::Value(what), line)));
        Some((found?, line))
    };
    let hold_time = seconds(&["timers", "config", "hold-time"], "hold time");
    let keepalive = seconds(&["timers", "config", "keepalive-interval"], "keepalive time");
    (settings.hold_time, settings.keepalive) = (hold_time, keepalive);
    // All the families are its own, or its group's.
    let families = array(own, "afi-safis").or_else(|| array(group?, "afi-safis"));
    settings.max_prefix = match families.and_then(limit) {
        Some(value) => number(value).map(|limit| (Some(limit).filter(|n| *n > 0), text.line(value.span()))),
        None => is_whole.then_some((None, line)),
    };
    Some(settings)
}

/// The limit of IPv4 unicast.
fn limit<'a>(families: &'a DeArray<'a>) -> Option<&'a Spanned<DeValue<'a>>> {
    let is_ipv4 = |family: &&Table<'_>| {
        get(family, &["config", "afi-safi-name"]).and_then(string) == Some("ipv4-unicast")
    };
    get(families.iter().filter_map(table).find(is_ipv4)?, &["prefix-limit", "config", "max-prefixes"])
}

fn table<'a>(value: &'a Spanned<DeValue<'a>>) -> Option<&'a Table<'a>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn array<'a>(table: &'a Table<'a>, key: &str) -> Option<&'a DeArray<'a>> {
    match get(table, &[key])?.get_ref() {
        DeValue::Array(array) => Some(array),
        _ => None,
    }
}

/// The value that these keys lead to.
fn get<'a>(from: &'a Table<'a>, keys: &[&str]) -> Option<&'a Spanned<DeValue<'a>>> {
    let (key, rest) = keys.split_first()?;
    let value = from.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)?;
    if rest.is_empty() { Some(value) } else { get(table(value)?, rest) }
}

fn string<'a>(value: &'a Spanned<DeValue<'a>>) -> Option<&'a str> {
    match value.get_ref() {
        DeValue::String(text) => Some(text),
        _ => None,
    }
}

/// A whole number, which times may have as a fraction: `90.0`.
fn number(value: &Spanned<DeValue<'_>>) -> Option<u32> {
    match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().trim_end_matches('0').strip_suffix('.')?.parse().ok(),
        _ => None,
    }
}
