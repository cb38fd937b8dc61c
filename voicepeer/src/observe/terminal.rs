//! What a terminal shows besides an output: where a pager stopped, when the command was given, which mode comes next.

/// What a pager shows, from its first words to its last.
const PAGERS: [(&str, &str); 4] = [
    ("--More--", "--More--"),
    ("---(more", ")---"),
    ("Press any key to continue", "(Q to quit)"),
    ("<--- More --->", "<--- More --->"),
];

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// What of a line is of an output; `None` where nothing is.
pub(super) fn shown(text: &str) -> Option<&str> {
    behind_pager(text).filter(|text| !is_time(text) && !is_mode(text))
}

/// The next line of the output may be written over what the pager showed.
fn behind_pager(text: &str) -> Option<&str> {
    let found = PAGERS.iter().find_map(|(from, to)| Some((text.find(from)?, to)));
    let Some((at, last)) = found else { return Some(text) };
    let pager = text.get(at..)?;
    let behind = pager.split_once(last).map_or("", |(_, behind)| behind);
    let over = match behind.rfind(['\r', '\u{8}']) {
        Some(end) => behind.get(end + 1..).unwrap_or_default(),
        None => behind.trim_start(),
    };
    let over = over.strip_prefix("\u{1b}[K").unwrap_or(over);
    (!over.trim().is_empty()).then_some(over)
}

/// IOS-XR says when: `Sun Nov 29 10:00:00.000 UTC`.
fn is_time(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is_day = words.next().is_some_and(|word| DAYS.contains(&word));
    is_day && words.nth(2).is_some_and(|time| time.matches(':').count() == 2) && words.count() <= 1
}

/// Above a prompt Junos says `{master:0}` or `[edit protocols]`, and SR OS `[gl:/configure]`.
fn is_mode(text: &str) -> bool {
    let text = text.trim();
    let role = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let is_role = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || ":_-".contains(c))
    };
    let place = text.trim_start_matches(['*', '!', '(', ')']).strip_prefix('[');
    let place = place.and_then(|text| text.strip_suffix(']'));
    let is_place = |text: &str| {
        text.starts_with("edit")
            || text.starts_with('/')
            || text.split_once(":/").is_some_and(|(mode, _)| mode.len() == 2)
    };
    role.is_some_and(is_role) || place.is_some_and(is_place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_an_output() {
        for (text, want) in [
            ("203.0.113.0/24 192.0.2.10", Some("203.0.113.0/24 192.0.2.10")),
            ("", Some("")),
            (" --More-- ", None),
            ("---(more)---", None),
            ("---(more 45%)---", None),
            ("Press any key to continue (Q to quit)", None),
            // What is behind is a row, and is not lost.
            (" --More-- \u{8}\u{8}\u{8}   \u{8}\u{8}\u{8} * > 203.0.113.0/24", Some(" * > 203.0.113.0/24")),
            ("---(more 45%)---\r            \r* 203.0.113.0/24", Some("* 203.0.113.0/24")),
            ("--More--\r\u{1b}[K203.0.113.0/24", Some("203.0.113.0/24")),
            ("--More-- 203.0.113.0/24", Some("203.0.113.0/24")),
            ("Sun Nov 29 10:00:00.000 UTC", None),
            ("Sun Nov 29 10:00:00.000", None),
            ("Sun Nov 29", Some("Sun Nov 29")),
            ("{master}", None),
            ("{master:0}", None),
            ("[edit protocols bgp]", None),
            ("[gl:/configure]", None),
            ("*[ex:/configure router \"Base\"]", None),
            ("[/]", None),
            // Of a document.
            ("{", Some("{")),
            ("{}", Some("{}")),
            ("[]", Some("[]")),
            ("[64500]", Some("[64500]")),
        ] {
            assert_eq!(shown(text), want, "{text:?}");
        }
    }
}
