//! SR OS: `show router bgp neighbor`, of one or of all, also with `detail`; the paragraph of one neighbour, and the table of its
//! limits below it. Whether it has a password, and what its limits are, `detail` shows alone.

use super::super::text::{Line, Unreadable, Why, word};
use super::{Neighbor, Told, head, number, state};

/// `Peer                 : 192.0.2.1`
pub(super) fn is_head(text: &str) -> bool {
    text.starts_with("Peer ") && text.split_once(':').is_some_and(|(name, _)| name.trim_end() == "Peer")
}

pub(super) fn is_lead_in(text: &str) -> bool {
    text.trim_end() == "BGP Neighbor"
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    is_head(head(lines).text)
}

/// What stands behind a name on a line of two columns: `State                : Established      Last State           : Active`.
fn value<'a>(line: Line<'a>, name: &str) -> Option<&'a str> {
    let begins = |at: usize| at == 0 || line.text.get(..at).is_some_and(|before| before.ends_with("  "));
    let (at, _) = line.text.match_indices(name).find(|(at, _)| begins(*at))?;
    let rest = line.text.get(at..)?.strip_prefix(name)?.trim_start().strip_prefix(": ")?;
    rest.trim_start().split("  ").next().map(str::trim_end)
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let mut neighbor = Neighbor::new(first.address(word(value(first, "Peer").unwrap_or_default()).0)?);
    let (mut found, mut limits) = (None, Limits::default());
    for line in lines {
        if let Some(word) = value(*line, "State") {
            found = Some(state(*line, word)?);
        }
        field(*line, &mut neighbor)?;
        neighbor.seen.max_prefix = limits.of_ipv4(*line)?.or(neighbor.seen.max_prefix);
    }
    // A chain of keys may be of another algorithm.
    if lines.iter().any(|line| value(*line, "Auth key chain").is_some_and(|chain| chain != "n/a")) {
        neighbor.seen.md5 = None;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`State`")))?;
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

/// What it says of the last error where there was none.
const NO_ERROR: [&str; 3] = ["None", "n/a", "Unrecognized Error"];

fn field(line: Line<'_>, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if let Some(error) = value(line, "Last Error").filter(|error| !NO_ERROR.contains(error)) {
        seen.last_down = Some(error.to_owned());
    }
    if let Some(hold) = value(line, "Active Hold Time") {
        seen.hold_time = Some(number(line, hold, "hold time")?);
    }
    if let Some(keepalive) = value(line, "Active Keep Alive") {
        seen.keepalive = Some(number(line, keepalive, "keepalive interval")?);
    }
    if let Some(count) = value(line, "IPv4 received") {
        seen.prefixes_received = Some(number(line, count, "number of prefixes received")?);
    }
    if let Some(password) = value(line, "Authentication") {
        seen.md5 = match password {
            "None" => Some(false),
            "MD5" => Some(true),
            _ => None,
        };
    }
    if let Some(bfd) = value(line, "Bfd Enabled") {
        neighbor.is_without_bfd = bfd == "Disabled";
    }
    Ok(())
}

/// The table of the limits of prefixes: where its column `Log Only` begins, once its heads were read.
#[derive(Default)]
struct Limits {
    log_only: Option<usize>,
}

impl Limits {
    /// The limit of IPv4, where this line of the table has it. One that is only logged ends nothing.
    ///
    /// `ipv4           450            forever        90        Disabled  Disabled`
    fn of_ipv4(&mut self, line: Line<'_>) -> Result<Option<u32>, Unreadable> {
        if line.text.starts_with("Family ") && line.text.contains(" Limit ") {
            self.log_only = line.text.find("Log Only");
        }
        let (family, rest) = word(line.text);
        let Some(at) = self.log_only.filter(|_| family == "ipv4") else { return Ok(None) };
        let limit = number(line, rest, "limit of prefixes")?;
        Ok((line.columns(at, at + "Log Only".len()).trim() == "Disabled").then_some(limit))
    }
}
