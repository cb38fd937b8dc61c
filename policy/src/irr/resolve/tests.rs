//! Sets by tables, and against a naive reading that goes round until nothing more comes.

use super::*;
use crate::irr::{IrrBuilder, RpslReader};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// An index of objects as a dump has them. Nothing may be wrong with them.
fn index(dump: &str) -> IrrIndex {
    let (mut builder, mut reader) = (IrrBuilder::default(), RpslReader::default());
    for line in dump.lines().chain([""]) {
        let object = reader.line(line.as_bytes(), &mut |fault| panic!("{fault}: {line}"));
        object.into_iter().for_each(|object| builder.add(object));
    }
    builder.build()
}

fn joined(all: impl IntoIterator<Item = impl ToString>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join("; ")
}

const DUMP: &str = "
as-set: AS-TOP
members: AS64500, AS-LEFT
members: AS-RIGHT
source: TEST

as-set: AS-LEFT
members: AS64501, AS-BOTTOM, AS-NOWHERE
source: TEST

as-set: AS-RIGHT
members: AS64502 AS-BOTTOM
source: TEST

as-set: AS-BOTTOM
members: AS64503, AS-TOP
source: TEST

as-set: AS-ITSELF
members: AS64500, as-itself, AS-ITSELF
source: TEST

as-set: AS-EMPTY
source: TEST

as-set: AS-CLAIMED
members: AS64500
mbrs-by-ref: MNT-ONE, MNT-TWO
source: TEST

as-set: AS-CLAIMED-BY-ALL
mbrs-by-ref: ANY
source: TEST

as-set: AS-CLAIMED-BY-NONE
source: TEST

aut-num: AS64601
member-of: AS-CLAIMED, AS-CLAIMED-BY-ALL, AS-CLAIMED-BY-NONE
mnt-by: MNT-X, mnt-two
source: TEST

aut-num: AS64602
member-of: AS-CLAIMED, AS-CLAIMED-BY-ALL
mnt-by: MNT-X
source: TEST

aut-num: AS64603
member-of: AS-CLAIMED, AS-CLAIMED-BY-ALL
mnt-by: MNT-ONE
source: OTHER

as-set: AS-TOP
members: AS64700
source: OTHER

route: 198.51.100.0/24
origin: AS64501
member-of: RS-CLAIMED
mnt-by: MNT-ONE
source: TEST

route: 203.0.113.0/24
origin: AS64501
source: OTHER

route6: 2001:db8::/32
origin: AS64502
source: TEST

route-set: RS-TOP
members: 192.0.2.0/24, 192.0.2.128/25^26-27, RS-INNER^-, AS64501, AS-RIGHT^+
mp-members: 2001:db8:1::/48^+
source: TEST

route-set: RS-INNER
members: 198.18.0.0/15^+, 198.18.1.1/32, RS-TOP, RS-GONE
source: TEST

route-set: RS-CLAIMED
mbrs-by-ref: MNT-ONE
source: TEST
";

#[test]
fn as_sets() {
    let index = index(DUMP);
    let bottom = "AS-TOP is a member of AS-BOTTOM, which it has as a member in turn";
    let nowhere = "AS-NOWHERE, a member of AS-LEFT, is not there";
    for (name, asns, sets, missing, cycles) in [
        ("AS-TOP", "64500; 64501; 64502; 64503", 4, nowhere, bottom),
        ("as-top", "64500; 64501; 64502; 64503", 4, nowhere, bottom),
        ("OTHER::AS-TOP", "64700", 1, "", ""),
        ("TEST::AS-EMPTY", "", 1, "", ""),
        ("AS-ITSELF", "64500", 1, "", "AS-ITSELF is a member of itself"),
        ("AS-CLAIMED", "64500; 64601", 1, "", ""),
        ("AS-CLAIMED-BY-ALL", "64601; 64602", 1, "", ""),
        ("AS-CLAIMED-BY-NONE", "", 1, "", ""),
    ] {
        let ResolvedAsSet { asns: got, report } = index.as_set(&name.parse().unwrap()).unwrap();
        assert_eq!(joined(got), asns, "{name}");
        assert_eq!((report.sets, report.cut), (sets, false), "{name}");
        assert_eq!(
            (joined(&report.missing), joined(&report.cycles)),
            (missing.into(), cycles.into()),
            "{name}"
        );
    }
    for name in ["AS-NOWHERE", "OTHER::AS-LEFT", "NOBODY::AS-TOP"] {
        let name: SetName = name.parse().unwrap();
        assert_eq!(index.as_set(&name), Err(NoSuchSet(name)));
    }
}

#[test]
fn route_sets() {
    let index = index(DUMP);
    let top = index.route_set(&"RS-TOP".parse().unwrap()).unwrap();
    let prefixes = "192.0.2.0/24; 192.0.2.128/25 ge 26 le 27; 198.18.0.0/15 ge 16; 198.51.100.0/24; \
                    198.51.100.0/24 le 32; 203.0.113.0/24; 203.0.113.0/24 le 32; 2001:db8::/32 le 128; \
                    2001:db8:1::/48 le 128";
    assert_eq!(joined(&top.prefixes), prefixes);
    // By way of AS-RIGHT and AS-BOTTOM it comes to AS-TOP, and from there round.
    let cycles = "AS-BOTTOM is a member of AS-LEFT, which it has as a member in turn; \
                  AS-RIGHT is a member of AS-TOP, which it has as a member in turn; \
                  RS-TOP is a member of RS-INNER, which it has as a member in turn";
    assert_eq!(joined(&top.report.cycles), cycles);
    let missing =
        "AS-NOWHERE, a member of AS-LEFT, is not there; RS-GONE, a member of RS-INNER, is not there";
    assert_eq!(joined(&top.report.missing), missing);
    let claimed = index.route_set(&"RS-CLAIMED".parse().unwrap()).unwrap();
    assert_eq!((joined(claimed.prefixes), claimed.report.is_clean()), ("198.51.100.0/24".into(), true));
}

/// Sets by number, with AS numbers and other sets as members.
fn sets() -> impl Strategy<Value = BTreeMap<u8, (Vec<u32>, Vec<u8>)>> {
    let set = (prop::collection::vec(1u32..20, 0..4), prop::collection::vec(0u8..12, 0..4));
    prop::collection::btree_map(0u8..10, set, 1..10)
}

proptest! {
    #[test]
    fn a_set_has_what_goes_round_until_nothing_more_comes(sets in sets()) {
        let object = |(name, (asns, members)): (&u8, &(Vec<u32>, Vec<u8>))| {
            let asns = asns.iter().map(|asn| format!("AS{asn}"));
            let members = asns.chain(members.iter().map(|member| format!("AS-{member}")));
            format!("as-set: AS-{name}\nmembers: {}\n", members.collect::<Vec<_>>().join(", "))
        };
        let dump = sets.iter().map(object).collect::<Vec<_>>().join("\n");
        let index = index(&dump);
        for name in sets.keys() {
            let mut reached = BTreeSet::from([*name]);
            loop {
                let members = reached.iter().filter_map(|one| sets.get(one)).flat_map(|(_, members)| members);
                let more: BTreeSet<u8> = members.copied().chain(reached.iter().copied()).collect();
                if more == reached { break }
                reached = more;
            }
            let there: Vec<_> = reached.iter().filter_map(|one| sets.get(one)).collect();
            let asns: BTreeSet<_> = there.iter().flat_map(|(asns, _)| asns).copied().map(Asn).collect();
            let resolved = index.as_set(&format!("AS-{name}").parse().unwrap()).unwrap();
            prop_assert_eq!(&resolved.asns, &asns);
            prop_assert_eq!(resolved.report.sets, there.len());
            let missing: BTreeSet<_> = reached.iter().filter(|one| !sets.contains_key(one)).map(|m| format!("AS-{m}")).collect();
            let told: BTreeSet<_> = resolved.report.missing.iter().map(|m| m.set.to_string()).collect();
            prop_assert_eq!(told, missing);
        }
    }
}
