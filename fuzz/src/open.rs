//! OPEN, and the capabilities in it.

use crate::session::session;
use bgp_wire::{Capabilities, Capability, FamilyOutcome, HEADER_LEN, Open, family_outcomes, negotiate};

/// Decodes the body of an OPEN. What is accepted is written and accepted as the same, and negotiates with itself
/// and with an OPEN of ours alike from both sides.
pub fn open(data: &[u8]) {
    let Ok(open) = Open::decode(data) else { return };
    written_again(&open);
    open.capabilities.iter().for_each(|capability| drop(capability.to_string()));
    assert_eq!(open.clone().into_owned(), open);
    both_sides(&open, &open);
    both_sides(&ours(), &open);
}

/// The same for capabilities alone, which follow the fixed part of an OPEN in the form of RFC 9072.
pub fn capabilities(data: &[u8]) {
    let Ok(len) = u16::try_from(data.len()) else { return };
    let Some(all) = len.checked_add(3) else { return };
    let fixed = [4, 0xfb, 0xf4, 0, 90, 192, 0, 2, 1, 255, 255];
    let lengths = [&all.to_be_bytes(), &[2][..], &len.to_be_bytes()].concat();
    open(&[&fixed[..], &lengths, data].concat());
}

/// What does not fit an OPEN is left out from the end; but for that it is the same.
fn written_again(open: &Open<'_>) {
    let mut bytes = Vec::new();
    open.encode(&mut bytes);
    let again = Open::decode(&bytes[HEADER_LEN..]).expect("what was accepted is accepted again");
    assert!(open.capabilities.as_bytes().starts_with(again.capabilities.as_bytes()));
    if again.capabilities == open.capabilities {
        assert_eq!(again, *open);
    }
    let values: Capabilities<'_> = open.capabilities.iter().collect();
    assert!(values.iter().eq(open.capabilities.iter()), "{values:?}");
    assert_eq!(values.iter().collect::<Capabilities<'_>>(), values);
}

/// Which side asks changes only who sends and who receives.
fn both_sides(a: &Open<'_>, b: &Open<'_>) {
    let agreed = |a, b| family_outcomes(a, b).filter(|(_, o)| *o == FamilyOutcome::Negotiated).count();
    assert_eq!(agreed(a, b), agreed(b, a));
    match (negotiate(a, b), negotiate(b, a)) {
        (Ok(one), Ok(other)) => {
            assert_eq!((one.add_path_rx, one.add_path_tx), (other.add_path_tx, other.add_path_rx));
            assert_eq!((one.labels_rx, one.labels_tx), (other.labels_tx, other.labels_rx));
            let (add_path_rx, add_path_tx) = (one.add_path_rx, one.add_path_tx);
            let (labels_rx, labels_tx) = (one.labels_rx, one.labels_tx);
            let turned = bgp_wire::Negotiated { add_path_rx, add_path_tx, labels_rx, labels_tx, ..other };
            assert_eq!(one, turned);
            assert_eq!(one.families.iter().count(), agreed(a, b));
        }
        (one, other) => assert!(one.is_err() && other.is_err() && agreed(a, b) == 0),
    }
}

/// An OPEN of ours that offers what a session can have.
fn ours() -> Open<'static> {
    let families = session(0).families;
    let families = families.iter().map(|family| Capability::Multiprotocol(family.afi_safi()));
    let more = [Capability::RouteRefresh, Capability::ExtendedMessage];
    Open {
        asn: bgp_wire::Asn(64500),
        hold_time: 90,
        router_id: [192, 0, 2, 1].into(),
        capabilities: families.chain(more).collect(),
    }
}
