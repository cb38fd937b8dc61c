//! The order in which flow specifications are applied (RFC 8955 section 5.1, RFC 8956 section 4).

use super::{FlowMatch, FlowPrefix, FlowSpec};
use core::cmp::Ordering;

impl FlowSpec<'_> {
    /// Which of two rules for the same version of IP is applied first: the lesser.
    ///
    /// ```
    /// use bgp_wire::FlowSpecBuf;
    ///
    /// let rule = |text| FlowSpecBuf::parse(false, text).unwrap();
    /// let mut rules = [rule("protocol =6"), rule("destination 192.0.2.0/24"), rule("destination 192.0.2.1/32")];
    /// rules.sort_by(|a, b| a.as_flow_spec().unwrap().precedence(&b.as_flow_spec().unwrap()));
    /// assert_eq!(rules[0].to_string(), "destination 192.0.2.1/32");
    /// assert_eq!(rules[2].to_string(), "protocol =6");
    /// ```
    pub fn precedence(&self, other: &FlowSpec<'_>) -> Ordering {
        let (mut ours, mut theirs) = (self.components(), other.components());
        loop {
            let (our_data, their_data) = (ours.rest, theirs.rest);
            let order = match (ours.next(), theirs.next()) {
                (None, None) => return Ordering::Equal,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.kind.cmp(&b.kind).then_with(|| match (&a.matches, &b.matches) {
                    (FlowMatch::Prefix(a), FlowMatch::Prefix(b)) => prefixes(a, b),
                    _ => data(taken(our_data, ours.rest), taken(their_data, theirs.rest)),
                }),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

/// Fewer bits left out, then the more specific of two that overlap, then the lower address.
fn prefixes(a: &FlowPrefix, b: &FlowPrefix) -> Ordering {
    let (of_a, of_b) = (a.prefix(), b.prefix());
    let overlap = of_a.contains(&of_b) || of_b.contains(&of_a);
    a.offset().cmp(&b.offset()).then_with(|| {
        if overlap { of_b.prefix_len().cmp(&of_a.prefix_len()) } else { of_a.addr().cmp(&of_b.addr()) }
    })
}

/// The lower octets, as far as both have them; then the longer.
fn data(a: &[u8], b: &[u8]) -> Ordering {
    let common = a.iter().zip(b).map(|(a, b)| a.cmp(b)).find(|order| order.is_ne());
    common.unwrap_or_else(|| b.len().cmp(&a.len()))
}

/// What `before` has more than `after`, which ends it.
fn taken<'a>(before: &'a [u8], after: &[u8]) -> &'a [u8] {
    before.get(..before.len().saturating_sub(after.len())).unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::super::FlowSpecBuf;
    use super::*;

    /// (version, a rule, one that comes behind it)
    #[test]
    fn one_rule_comes_before_another() {
        for (ipv6, first, second) in [
            (false, "destination 192.0.2.0/24", "source 192.0.2.0/24"),
            (false, "destination 192.0.2.0/24 & protocol =6", "destination 192.0.2.0/24"),
            (false, "destination 192.0.2.0/24 & protocol =6", "destination 192.0.2.0/24 & port =1"),
            (false, "destination 192.0.2.0/25", "destination 192.0.2.0/24"),
            (false, "destination 192.0.2.128/25", "destination 192.0.2.0/24"),
            (false, "destination 192.0.2.0/24", "destination 198.51.100.0/25"),
            (false, "protocol =6", "protocol =17"),
            (false, "protocol =6,=17", "protocol =17"),
            (false, "port =80,=81", "port =80"),
            (false, "port =256,=81", "port =256,=82"),
            (true, "source 2001:db8::/32", "source ::1/127-128"),
            (true, "source ::ff00/112-120", "source ::ff/120-128"),
            (true, "source ::1200/112-120", "source ::1300/112-120"),
        ] {
            let rule = |text| FlowSpecBuf::parse(ipv6, text).unwrap();
            let (a, b) = (rule(first), rule(second));
            let (a, b) = (a.as_flow_spec().unwrap(), b.as_flow_spec().unwrap());
            assert_eq!(a.precedence(&b), Ordering::Less, "{a} before {b}");
            assert_eq!(b.precedence(&a), Ordering::Greater, "{b} behind {a}");
            assert_eq!(a.precedence(&a), Ordering::Equal);
        }
    }
}
