//! Lines in, objects and faults out.

use super::*;
use crate::irr::{ByReference, SetObject};
use proptest::prelude::*;

/// What a dump comes to: the objects in short, and the faults.
fn read(dump: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut objects, mut faults) = (Vec::new(), Vec::new());
    let mut reader = RpslReader::default();
    let mut fault = |fault: RpslFault| faults.push(fault.to_string());
    for line in dump.split(|b| *b == b'\n') {
        objects.extend(reader.line(line, &mut fault));
    }
    objects.extend(reader.finish(&mut fault));
    (objects.iter().map(short).collect(), faults)
}

fn short(object: &IrrObject) -> String {
    match object {
        IrrObject::AutNum(aut_num) => format!("AS{} of {}", aut_num.asn, aut_num.source),
        IrrObject::Route(route) => format!("{} AS{} of {}", route.prefix, route.origin, route.source),
        IrrObject::Set(SetObject { name, members, by_reference, source }) => {
            let by_reference = match by_reference {
                ByReference::Nobody => String::new(),
                ByReference::Any => " and any".to_owned(),
                ByReference::Maintainers(all) => format!(" and of {}", all.join(" ")),
            };
            format!("{name} with {}{by_reference} of {source}", members.len())
        }
    }
}

/// (dump, objects, faults).
#[test]
fn lines_and_objects() {
    for (dump, objects, faults) in [
        ("", &[][..], &[][..]),
        ("route: 198.51.100.0/24\norigin: AS64500\nsource: TEST", &["198.51.100.0/24 AS64500 of TEST"], &[]),
        ("ROUTE:198.51.100.0/24\r\nOrigin:as64500\r\n\r\n", &["198.51.100.0/24 AS64500 of "], &[]),
        (
            "% a server's remark\n# another\n\nroute: 198.51.100.0/24 # a comment\n# between\norigin:\n+ AS64500\n\n\n\n\
             route6: 2001:db8::/32\norigin: AS64500 # a comment\n",
            &["198.51.100.0/24 AS64500 of ", "2001:db8::/32 AS64500 of "],
            &[],
        ),
        // What is of no use is passed over, its continuation lines too.
        (
            "person: A\naddress: b\n  route: 198.51.100.0/24\n\nmntner: M\n\naut-num: AS64500\nimport: from AS1 accept ANY\n+\n\n",
            &["AS64500 of "],
            &[],
        ),
        (
            "as-set: AS-X\nmembers: AS1, AS2,AS3\n\tAS4 # five\n# six\n  ,AS5\n+\ndescr: a\n  AS7\nmp-members: AS-Y\n\
             mbrs-by-ref: MNT-A, mnt-b\nsource: test # here\n\n",
            &["AS-X with 6 and of MNT-A MNT-B of TEST"],
            &[],
        ),
        ("route-set: RS-X\nmbrs-by-ref: any\n\n", &["RS-X with 0 and any of "], &[]),
        // One member is bad, the others are not.
        (
            "as-set: AS-X\nmembers: AS1\nmembers: AS2, 3, 198.51.100.0/24\n\n",
            &["AS-X with 2 of "],
            &["line 3: members are AS numbers", "line 3: members are AS numbers"],
        ),
        (
            "route-set: RS-X\nmembers: 198.51.100.0/24^1x\n\n",
            &["RS-X with 0 of "],
            &["line 2: what follows ^"],
        ),
        ("as-set: RS-X\n\n", &[], &["line 1: the name of a set"]),
        ("as-set: AS X\n\n", &[], &["line 1: the name of a set"]),
        ("route: 2001:db8::/32\norigin: AS1\n\n", &[], &["line 1: a route is a prefix"]),
        ("route6: 198.51.100.0/24\norigin: AS1\n\n", &[], &["line 1: a route is a prefix"]),
        ("route: 198.51.100.0/24\n\n", &[], &["line 1: a route has an origin"]),
        ("route: 198.51.100.0/24\ndescr: x\norigin: 64500\n\n", &[], &["line 3: an AS number"]),
        ("aut-num: AS-X\n\n", &[], &["line 1: an AS number"]),
        ("aut-num: AS1\nmember-of: X, AS-Y\n\n", &["AS1 of "], &["line 2: the name of a set"]),
        (
            "route: 198.51.100.0/24\nno attribute\n  more of it\norigin: AS64500\n\n",
            &["198.51.100.0/24 AS64500 of "],
            &["line 2: a line is an attribute"],
        ),
        ("no attribute\n: none\n-x: y\n\naut-num: AS1\n\n", &["AS1 of "], &[]),
        // The first origin and the first source count.
        (
            "route: 198.51.100.0/24\norigin: AS1\norigin: AS2\nsource: A\nsource: B\n\n",
            &["198.51.100.0/24 AS1 of A"],
            &[],
        ),
    ] {
        let (got, told) = read(dump.as_bytes());
        assert_eq!(got, objects, "{dump}");
        assert_eq!(told.len(), faults.len(), "{dump}: {told:?}");
        assert!(told.iter().zip(faults).all(|(got, want)| got.starts_with(want)), "{dump}: {told:?}");
    }
}

#[test]
fn names_of_people_are_in_any_encoding() {
    let (objects, faults) = read(b"route: 198.51.100.0/24\ndescr: M\xfcller\norigin: AS64500 # \xe9\n\n");
    assert_eq!((objects, faults.len()), (vec!["198.51.100.0/24 AS64500 of ".to_owned()], 0));
}

#[test]
fn an_object_that_does_not_end_takes_no_more_memory() {
    let mut reader = RpslReader::default();
    let mut faults = Vec::new();
    reader.line(b"as-set: AS-LONG", &mut |fault| faults.push(fault));
    for line in [&b"members: AS64500"[..], b"+", b" AS64501, AS64502"] {
        for _ in 0..MAX_OBJECT / 32 {
            assert!(reader.line(line, &mut |fault| faults.push(fault)).is_none());
        }
    }
    assert_eq!(faults, [RpslFault { line: 1, fault: Fault::TooLong }]);
    assert_eq!(reader.line(b"", &mut |fault| faults.push(fault)), None);
    reader.line(b"aut-num: AS64500", &mut |fault| faults.push(fault));
    assert!(reader.finish(&mut |fault| faults.push(fault)).is_some());
}

proptest! {
    /// However it is laid out, a set has the members that it was given.
    #[test]
    fn layout_makes_no_difference(
        asns in prop::collection::vec(1u32..70000, 1..30),
        breaks in prop::collection::vec(0usize..6, 30),
    ) {
        let mut dump = "as-set: AS-X\nmembers:".to_owned();
        for (asn, between) in asns.iter().zip(&breaks) {
            let between = [", ", ",\n ", ",#x\n+", "\nmembers: ", "\nmp-members:\n\t", "\ndescr: y\nmembers:"][*between];
            dump.extend(["AS", &asn.to_string(), between]);
        }
        let (objects, faults) = read(dump.as_bytes());
        prop_assert_eq!(objects, vec![format!("AS-X with {} of ", asns.len())]);
        prop_assert!(faults.is_empty());
    }
}
