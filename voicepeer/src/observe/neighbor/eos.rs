//! EOS: `show bgp neighbors` or `show ip bgp neighbors`, of one or of all; the paragraph of one neighbour.

use super::super::text::{Line, Unreadable, Why};
use super::{Neighbor, Told, address, behind, cut, head, number, seen_bfd, state};

/// What it says where the session ended at its limit (RFC 4486).
const AT_LIMIT: &str = "Cease/maximum number of prefixes reached";
/// It stands below all that is told of a session but its socket.
const LAST: &str = "Local AS is ";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    behind(head(lines), "BGP neighbor is ").is_some_and(|rest| rest.contains(", remote AS "))
        && lines.iter().any(|line| behind(*line, "BGP state is ").is_some())
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let peer = behind(first, "BGP neighbor is ").unwrap_or_default();
    let mut neighbor = Neighbor::new(address(first, peer.split('%').next().unwrap_or_default())?);
    let mut read = Read::default();
    for line in lines {
        if let Some(word) = behind(*line, "BGP state is ") {
            read.state = Some(state(*line, word)?);
        }
        read.field(*line, &mut neighbor)?;
    }
    let found = read.state.ok_or_else(|| first.bad(Why::Cut("`BGP state`")))?;
    if !read.is_whole {
        return Err(cut(lines, "`Local AS`"));
    }
    // Each of these is told where it is so, above the socket, and that is told where there is one.
    if read.has_socket {
        neighbor.is_without_bfd = neighbor.seen.bfd.is_none();
        neighbor.seen.md5.get_or_insert(false);
    }
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

/// What was read of a paragraph besides what is told of the session.
#[derive(Default)]
struct Read {
    state: Option<bgp_policy::voice::SessionState>,
    is_of_prefixes: bool,
    is_whole: bool,
    has_socket: bool,
    /// How long ago the last notification came or went.
    ended: Option<u64>,
}

impl Read {
    fn field(&mut self, line: Line<'_>, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
        let text = line.text.trim();
        self.is_whole |= text.starts_with(LAST);
        self.has_socket |= text == "TCP Socket Information:";
        self.is_of_prefixes |= text == "Prefix Statistics:";
        let seen = &mut neighbor.seen;
        if let Some(timers) = behind(line, "Hold time is ") {
            seen.hold_time = Some(number(line, timers, "hold time")?);
            let keepalive = timers.split_once("keepalive interval is ").map(|(_, rest)| rest);
            seen.keepalive = keepalive.map(|text| number(line, text, "keepalive interval")).transpose()?;
        } else if let Some(limit) = behind(line, "Configured maximum total number of routes is ") {
            // One that only warns ends nothing, and 0 is none.
            let routes = number(line, limit, "limit of prefixes")?;
            seen.max_prefix = Some(routes).filter(|routes| *routes != 0 && !limit.contains("warning-only"));
        } else if let Some(counts) = behind(line, "IPv4 Unicast: ").filter(|_| self.is_of_prefixes) {
            let received = counts.split_whitespace().nth(1).unwrap_or_default();
            seen.prefixes_received = Some(line.number(received, "number of prefixes received")?);
            self.is_of_prefixes = false;
        } else if let Some(word) = behind(line, "BFD is enabled and state is ")
            .or_else(|| behind(line, "Bfd is enabled and state is "))
        {
            seen.bfd = Some(seen_bfd(line, word)?);
        } else if text == "MD5 authentication is enabled" {
            seen.md5 = Some(true);
        } else if let Some(said) = behind(line, "Last sent notification:") {
            self.notification("the carrier sent", said, neighbor);
        } else if let Some(said) = behind(line, "Last rcvd notification:") {
            self.notification("the far end sent", said, neighbor);
        }
        Ok(())
    }

    /// `Cease/BFD down, Last time 18:21:31, First time 4d00h, Repeats 2`. The later one counts.
    fn notification(&mut self, who: &str, said: &str, neighbor: &mut Neighbor) {
        let mut parts = said.split(", ");
        let error = parts.next().unwrap_or_default();
        let ago = parts.find_map(|part| part.strip_prefix("Last time ")).and_then(age);
        let is_later = self.ended.zip(ago).is_none_or(|(before, now)| now < before);
        if neighbor.seen.last_down.is_none() || is_later {
            let is_own = who.starts_with("the carrier");
            neighbor.seen.limit_reached = (is_own && error == AT_LIMIT).then_some(true);
            neighbor.seen.last_down = Some(format!("{who} {error}"));
            self.ended = ago;
        }
    }
}

/// Seconds by `18:21:31`, `4d00h` or `2w3d`.
fn age(text: &str) -> Option<u64> {
    if text.contains(':') {
        return text
            .split(':')
            .try_fold(0u64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?));
    }
    let mut sum = 0u64;
    for part in text.split_inclusive(|c: char| c.is_ascii_alphabetic()) {
        let (count, unit) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let each = match unit {
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            "y" => 31_536_000,
            _ => return None,
        };
        sum = sum.checked_add(count.parse::<u64>().ok()?.checked_mul(each)?)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn how_long_ago() {
        for (text, want) in [
            ("00:07:40", Some(460)),
            ("18:20:13", Some(66_013)),
            ("4d00h", Some(345_600)),
            ("2w3d", Some(1_468_800)),
            ("never", None),
            ("4x", None),
            ("99999999999999999999:00", None),
        ] {
            assert_eq!(age(text), want, "{text}");
        }
    }
}
