//! Lines of configuration, with comments, and what several languages share.

use super::router::{Neighbor, Router};
use std::fmt::Display;

/// A configuration that is being written.
pub(super) struct Text {
    out: String,
    mark: &'static str,
    indent: usize,
}

impl Text {
    /// An empty one in whose language `mark` begins a comment.
    pub(super) fn new(mark: &'static str) -> Self {
        Self { out: String::new(), mark, indent: 0 }
    }

    /// A line.
    pub(super) fn line(&mut self, line: impl Display) {
        let indent = " ".repeat(self.indent);
        crate::table::line(&mut self.out, format_args!("{indent}{line}"));
    }

    /// Lines.
    pub(super) fn lines<T: Display>(&mut self, lines: impl IntoIterator<Item = T>) {
        lines.into_iter().for_each(|line| self.line(line));
    }

    /// A comment.
    pub(super) fn say(&mut self, what: impl Display) {
        let mark = self.mark;
        self.line(format_args!("{mark} {what}"));
    }

    /// A line that opens a block, what stands in it, and the line that ends it, where one does.
    pub(super) fn block(&mut self, open: impl Display, close: &str, inside: impl FnOnce(&mut Self)) {
        self.line(open);
        self.indent += 2;
        inside(self);
        self.indent -= 2;
        if !close.is_empty() {
            self.line(close);
        }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.out.push('\n');
    }

    pub(super) fn end(self) -> String {
        self.out
    }

    /// What stands at the head of every configuration.
    pub(super) fn head(&mut self, router: &Router<'_>) {
        self.say("Written by voicepeer plan render from the plan of the interconnect.");
        self.say("A comment names the rules that the lines below it serve; `voicepeer check --explain RULE` tells more.");
        if !router.lab.is_empty() {
            let lab: Vec<_> = router.lab.iter().map(ToString::to_string).collect();
            self.say(format_args!("ASNs of a lab count as public here: {}.", lab.join(" ")));
        }
    }

    /// What a session has no line for.
    pub(super) fn without_lines(&mut self, neighbor: &Neighbor<'_>) {
        self.say("VP-NO-MD5: no password.");
        self.say(format_args!(
            "VP-SESSION-ADDRESS: {} is the carrier's, given by the far end, on the interface of this session.",
            neighbor.local
        ));
        if neighbor.is_backup() {
            self.say("VP-CONSISTENT: a backup is announced like the others, with nothing prepended; the far end chooses.");
        }
    }
}

/// ASNs that must not be in a path (RFC 7607, 6793, 5398, 6996, 7300, and what is reserved), as a regular expression of
/// digits and classes.
pub(super) const SPECIAL_ASNS: [&str; 12] = [
    "0",
    "23456",
    "6449[6-9]",
    "64[5-9][0-9][0-9]",
    "6[5-9][0-9][0-9][0-9]",
    "[7-9][0-9][0-9][0-9][0-9]",
    "1[0-2][0-9][0-9][0-9][0-9]",
    "130[0-9][0-9][0-9]",
    "1310[0-6][0-9]",
    "13107[01]",
    "42[0-8][0-9][0-9][0-9][0-9][0-9][0-9][0-9]",
    "429[0-4][0-9][0-9][0-9][0-9][0-9][0-9]",
];

/// Paths that leave, before the router's own ASN comes in front: own routes, and with at most one ASN between, those of the
/// associated ASNs; in order, the first that fits decides.
///
/// Each is whether it may leave, the expression from the beginning of the path to its end, and why.
pub(super) fn paths(router: &Router<'_>) -> Vec<(bool, String, &'static str)> {
    let mut paths = vec![(true, String::new(), "VP-ORIGIN-ASN: our own routes")];
    let associated: Vec<_> = router.associated.iter().map(ToString::to_string).collect();
    if associated.is_empty() {
        return paths;
    }
    let any = associated.join("|");
    for asn in &associated {
        paths.push((false, format!("{asn} {asn}"), "VP-ASPATH-PREPEND: nothing that its origin prepended"));
    }
    paths.push((false, format!("12076 ({any})"), "VP-NO-AS12076"));
    let lab: Vec<_> = router.lab.iter().map(ToString::to_string).collect();
    if !lab.is_empty() {
        paths.push((true, format!("({}) ({any})", lab.join("|")), "ASNs of the lab"));
    }
    let special = SPECIAL_ASNS.join("|");
    paths.push((
        false,
        format!("({special}) ({any})"),
        "VP-ASPATH-PRIVATE: none that is private or set apart",
    ));
    paths.push((true, format!("({any})"), "VP-ORIGIN-ASN: of the associated ASNs"));
    paths.push((
        true,
        format!("[0-9]+ ({any})"),
        "VP-ASPATH-LENGTH, VP-ASPATH-SET: with our own ASN that is 3 at most, and no set",
    ));
    paths
}

/// What the terms serve that refuse a path, where ranges of ASNs cannot leave the lab's out.
pub(super) fn refused(router: &Router<'_>) -> &'static str {
    if router.lab.is_empty() {
        "VP-NO-AS12076, VP-ASPATH-PREPEND, VP-ASPATH-PRIVATE."
    } else {
        "VP-NO-AS12076, VP-ASPATH-PREPEND. VP-ASPATH-PRIVATE is not served in a lab, whose ASNs are set apart."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_policy::special_asn;
    use bgp_wire::Asn;

    /// Whether `text` is what `pattern`, of digits and classes of them, says.
    fn fits(pattern: &str, text: &str) -> bool {
        let Some(first) = text.chars().next() else { return pattern.is_empty() };
        let rest = text.get(1..).unwrap();
        match pattern.strip_prefix('[').and_then(|p| p.split_once(']')) {
            Some((class, after)) => {
                let mut ends = class.chars().filter(char::is_ascii_digit);
                let (low, high) = (ends.next().unwrap(), ends.next().unwrap());
                (low..=high).contains(&first) && fits(after, rest)
            }
            None => pattern.strip_prefix(first).is_some_and(|after| fits(after, rest)),
        }
    }

    #[test]
    fn the_expression_is_the_registry() {
        let edges = bgp_policy::SPECIAL_ASNS.iter().flat_map(|range| [range.first.0, range.last.0]);
        let near = edges.flat_map(|asn| [asn.saturating_sub(1), asn, asn.saturating_add(1)]);
        let powers = (0..32).flat_map(|bit| [1u32 << bit, (1u32 << bit) - 1]);
        let steps = (0..140_000).step_by(7).chain((4_190_000_000..u32::MAX).step_by(99_991));
        for asn in near.chain(powers).chain(steps) {
            let said = SPECIAL_ASNS.iter().any(|pattern| fits(pattern, &asn.to_string()));
            assert_eq!(said, special_asn(Asn(asn)).is_some(), "{asn}");
        }
    }
}
