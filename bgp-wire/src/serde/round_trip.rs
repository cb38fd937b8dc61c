//! What can be deserialized reads back from what was serialized.

use crate::round_trip::{any_session, as_path, attributes};
use crate::*;
use ::serde::Serialize;
use ::serde::de::DeserializeOwned;
use core::fmt::Debug;
use proptest::prelude::*;

/// Reads back what it writes, from text and from a tree of values alike.
fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).as_ref().ok(), Some(value), "{text}");
    let tree = serde_json::to_value(value).unwrap();
    assert_eq!(serde_json::from_value::<T>(tree).as_ref().ok(), Some(value), "{text}");
}

fn family() -> impl Strategy<Value = Family> {
    let named = prop::sample::select(Family::named().collect::<alloc::vec::Vec<_>>());
    prop_oneof![named, any::<(u16, u8)>().prop_map(|(afi, safi)| AfiSafi { afi, safi }.into())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn numbers_and_names(n: u32, large: (u32, u32, u32), octets: [u8; 8], ipv6: [u8; 20], afi: u16, safi: u8) {
        reads_back(&Asn(n));
        reads_back(&Community(n));
        reads_back(&LargeCommunity { global: large.0, local1: large.1, local2: large.2 });
        reads_back(&ExtendedCommunity(octets));
        reads_back(&Ipv6ExtendedCommunity(ipv6));
        reads_back(&AfiSafi { afi, safi });
        reads_back(&RouteDistinguisher::from(octets));
        reads_back(&MacAddr(*octets.first_chunk().unwrap()));
        reads_back(&Esi(*ipv6.first_chunk().unwrap()));
        reads_back(&Label::last(n & Label::MAX).unwrap());
        reads_back(&Aggregator { asn: Asn(n), router_id: n.into() });
    }

    #[test]
    fn paths(path in as_path(), n in 1..=u32::MAX) {
        reads_back(&path);
        let mut path = path;
        path.push(SegmentKind::ConfedSet, [Asn(n)]);
        path.push(SegmentKind::ConfedSequence, [Asn(n), Asn(n)]);
        reads_back(&path);
    }

    #[test]
    fn attribute_sets(set in prop::sample::select(&Family::UNICAST).prop_flat_map(attributes)) {
        reads_back(&set);
        reads_back(&set.next_hop);
    }

    #[test]
    fn sessions(n in any_session(), rx in family(), tx in family(), max_message: u16, route_refresh: bool) {
        let (add_path_rx, add_path_tx) = (FamilySet::EMPTY.with(rx), FamilySet::EMPTY.with(tx));
        let labels_rx = LabelStacks::AS_THEY_COME.with(rx, LabelStack::Several(3));
        reads_back(&Negotiated { add_path_rx, add_path_tx, labels_rx, max_message, route_refresh, ..n });
        reads_back(&FamilySet::EVERY);
        reads_back(&rx);
    }
}

#[test]
fn the_few() {
    reads_back(&NextHop::Absent);
    [Origin::Igp, Origin::Egp, Origin::Incomplete].iter().for_each(reads_back);
}
