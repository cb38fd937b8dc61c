//! Members of sets.

use super::fault::Fault;
use super::object::asn;
use super::prefix;
use super::range_operator::RangeOperator;
use super::set_name::{SetClass, SetName};
use crate::prefix_range::PrefixRange;
use bgp_wire::Asn;

/// One member of a set. In an `as-set` there are neither prefixes nor range operators.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Member {
    /// An AS; in a `route-set`, the prefixes registered with it as their origin, and what the operator makes of them.
    Asn(Asn, RangeOperator),
    /// Another set, and what the operator makes of its prefixes.
    Set(SetName, RangeOperator),
    /// Prefixes.
    Prefix(PrefixRange),
}

impl Member {
    /// Reads one member of a set of this class, as RPSL has it.
    pub fn read(text: &str, class: SetClass) -> Result<Self, Fault> {
        read(text, class)
    }
}

fn read(text: &str, class: SetClass) -> Result<Member, Fault> {
    let (text, operator) = match text.split_once('^') {
        Some((text, operator)) if class == SetClass::Route => (text, operator.parse()?),
        Some(_) => return Err(Fault::Member),
        None => (text, RangeOperator::NONE),
    };
    if let Some(asn) = asn(text) {
        return Ok(Member::Asn(asn, operator));
    }
    if text.contains('/') && class == SetClass::Route {
        let prefix = prefix::read(text).ok_or(Fault::Member)?;
        return operator.of(&PrefixRange::exact(prefix)).map(Member::Prefix).ok_or(Fault::Range);
    }
    let name: SetName = text.parse().map_err(|_| Fault::Member)?;
    // An as-set has no prefixes to take from a route-set.
    let fits = class == SetClass::Route || name.class() == SetClass::As;
    if fits { Ok(Member::Set(name, operator)) } else { Err(Fault::Member) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_both_classes() {
        let name = |text: &str| text.parse().unwrap();
        let prefixes = |text: &str| Ok(Member::Prefix(text.parse().unwrap()));
        let none = RangeOperator::NONE;
        for (text, class, want) in [
            ("AS64500", SetClass::As, Ok(Member::Asn(Asn(64500), none))),
            ("as64500", SetClass::As, Ok(Member::Asn(Asn(64500), none))),
            ("AS-X", SetClass::As, Ok(Member::Set(name("AS-X"), none))),
            ("TEST::AS1:AS-X", SetClass::As, Ok(Member::Set(name("TEST::AS1:AS-X"), none))),
            ("64500", SetClass::As, Err(Fault::Member)),
            ("RS-X", SetClass::As, Err(Fault::Member)),
            ("198.51.100.0/24", SetClass::As, Err(Fault::Member)),
            ("AS-X^+", SetClass::As, Err(Fault::Member)),
            ("ANY", SetClass::As, Err(Fault::Member)),
            ("AS64500", SetClass::Route, Ok(Member::Asn(Asn(64500), none))),
            ("AS64500^-", SetClass::Route, Ok(Member::Asn(Asn(64500), RangeOperator::EXCLUSIVE))),
            ("RS-X^+", SetClass::Route, Ok(Member::Set(name("RS-X"), RangeOperator::INCLUSIVE))),
            ("AS-X", SetClass::Route, Ok(Member::Set(name("AS-X"), none))),
            ("198.51.100.0/24", SetClass::Route, prefixes("198.51.100.0/24")),
            ("198.51.100.0/24^25-26", SetClass::Route, prefixes("198.51.100.0/24 ge 25 le 26")),
            ("2001:0dB8::/32^+", SetClass::Route, prefixes("2001:db8::/32 le 128")),
            ("198.51.100.0/24^23", SetClass::Route, Err(Fault::Range)),
            ("198.51.100.0/24^x", SetClass::Route, Err(Fault::Range)),
            ("198.51.100.1/24", SetClass::Route, Err(Fault::Member)),
        ] {
            assert_eq!(read(text, class), want, "{text}");
        }
    }
}
