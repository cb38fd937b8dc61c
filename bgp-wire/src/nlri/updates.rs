//! Whole UPDATEs of EVPN and of flow specifications: what is written reads back, and what is malformed is judged.

use super::*;
use crate::*;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv4Addr;

fn session() -> Negotiated {
    let families = FamilySet::EVERY;
    Negotiated { families, ..Negotiated::new(PeerKind::External) }
}

fn body(bytes: &[u8]) -> &[u8] {
    frame(bytes, 4096).unwrap().unwrap().body
}

/// (family, next hop, octets of two NLRI)
const FIELDS: [(Family, NextHop, &[u8]); 4] = [
    (
        Family::Evpn,
        NextHop::V4(Ipv4Addr::new(192, 0, 2, 1)),
        &[3, 17, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 32, 192, 0, 2, 1, 99, 1, 7],
    ),
    (Family::Ipv4FlowSpec, NextHop::Absent, &[3, 3, 0x81, 6, 4, 1, 16, 192, 0]),
    (Family::Ipv6FlowSpec, NextHop::Absent, &[3, 3, 0x81, 6, 5, 1, 16, 0, 0x20, 1]),
    (
        Family::Ipv4VpnFlowSpec,
        NextHop::Absent,
        &[11, 0, 0, 0, 1, 0, 0, 0, 1, 3, 0x81, 6, 12, 0, 0, 0, 1, 0, 0, 0, 1, 1, 16, 192, 0],
    ),
];

#[test]
fn what_is_written_reads_back() {
    for (family, hop, raw) in FIELDS {
        let n = session();
        let field = Nlri::new(family, false, raw).unwrap();
        assert_eq!((field.count(), field.fault()), (2, None), "{family}");
        let mut set = AttributeSet::new(Origin::Igp, hop);
        set.as_path = [Asn(64500)].into_iter().collect();
        for announce in [true, false] {
            let mut out = Vec::new();
            let mut writer = if announce {
                UpdateWriter::announce(&mut out, &n, family, &set).unwrap()
            } else {
                UpdateWriter::withdraw(&mut out, &n, family)
            };
            field.typed().for_each(|(id, nlri)| assert_eq!(writer.push_typed(id, &nlri), Ok(Fit::Added)));
            assert_eq!(writer.finish(), 2);
            let parsed = update(body(&out), &n).unwrap();
            assert_eq!(parsed.findings.worst(), None, "{family}");
            let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
            let announced: Vec<_> = routes.announced().collect();
            let withdrawn: Vec<_> = routes.withdrawn.fields().collect();
            if announce {
                assert_eq!((announced, withdrawn), (alloc::vec![(hop, field)], Vec::new()));
            } else {
                assert_eq!((announced, withdrawn), (Vec::new(), alloc::vec![field]));
            }
        }
    }
}

/// An UPDATE that announces or withdraws the octets.
fn message(family: Family, hop: NextHop, announce: bool, raw: &[u8]) -> Vec<u8> {
    let mut value = Vec::new();
    let AfiSafi { afi, safi } = family.afi_safi();
    value.extend_from_slice(&afi.to_be_bytes());
    value.push(safi);
    if announce {
        hop.encode(family, &mut value);
        value.push(0);
    }
    value.extend_from_slice(raw);
    let (code, others): (_, &[u8]) = if announce { (14, &[0x40, 1, 1, 0, 0x40, 2, 0]) } else { (15, &[]) };
    let mp = [&[0x80, code, u8::try_from(value.len()).unwrap()], &value[..]].concat();
    let attributes = [&mp, others].concat();
    [&[0, 0, 0, u8::try_from(attributes.len()).unwrap()], &attributes[..]].concat()
}

/// What is malformed among others that are not costs the routes of its message, not the session.
#[test]
fn a_malformed_nlri_is_treated_as_withdraw() {
    let wrong: [(&[u8], Fault); 4] = [
        (&[3, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], Fault::EvpnRoute(3)),
        (&[0], Fault::FlowSpecEmpty),
        (&[6, 4, 0x81, 6, 3, 0x81, 6], Fault::FlowSpecOrder(3)),
        (&[11, 0, 0, 0, 1, 0, 0, 0, 1, 99, 0x81, 6], Fault::FlowSpecUnknown(99)),
    ];
    for ((family, hop, good), (wrong, fault)) in FIELDS.into_iter().zip(wrong) {
        let raw = [good, wrong, good].concat();
        for announce in [true, false] {
            let message = message(family, hop, announce, &raw);
            let parsed = update(&message, &session()).unwrap();
            let found = parsed.findings.iter().next().unwrap();
            assert_eq!((found.fault, found.severity), (fault, Severity::TreatAsWithdraw), "{family}");
            let Received::TreatAsWithdraw { withdrawn, announced } = parsed.update else {
                panic!("{parsed:?}")
            };
            let read: Vec<Nlri<'_>> =
                if announce { announced.fields().collect() } else { withdrawn.fields().collect() };
            let [field] = read[..] else { panic!("{read:?}") };
            assert_eq!(field.count(), 5);
            let usable = |(_, nlri): &(u32, TypedNlri<'_>)| !matches!(nlri, TypedNlri::Malformed { .. });
            assert_eq!(field.typed().filter(usable).count(), 4);
        }
    }
}

/// Where an NLRI overruns its field, none behind it can be found (RFC 7606 section 5.3).
#[test]
fn an_nlri_that_overruns_its_field_ends_the_session() {
    for (family, hop, good) in FIELDS {
        let message = message(family, hop, true, &good[..good.len() - 1]);
        let reset = update(&message, &session()).unwrap_err();
        assert_eq!((reset.code, reset.fault), (NotificationCode::OPTIONAL_ATTRIBUTE, Fault::NlriTruncated));
    }
}

/// RFC 9136 section 3.2: what overlay index a withdrawn route has does not matter.
#[test]
fn two_overlay_indexes_forbid_to_announce_and_not_to_withdraw() {
    let hop = FIELDS[0].1;
    let raw = [&[5, 34, 0, 0, 0, 1, 0, 0, 0, 1][..], &[1; 10], &[0; 5], &[0; 4], &[9; 4], &[0; 3]].concat();
    let announced = message(Family::Evpn, hop, true, &raw);
    let parsed = update(&announced, &session()).unwrap();
    assert!(matches!(parsed.update, Received::TreatAsWithdraw { .. }));
    let text: Vec<String> = parsed.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "MP_REACH_NLRI has an EVPN IP prefix with both an ESI and a gateway: treat-as-withdraw (RFC 9136 §3.2)"
        ]
    );
    let withdrawn = message(Family::Evpn, hop, false, &raw);
    assert!(matches!(update(&withdrawn, &session()).unwrap().update, Received::Routes(_)));
}

#[test]
fn a_field_of_its_own_takes_what_its_family_has() {
    for (family, _, raw) in FIELDS {
        let field = Nlri::new(family, false, raw).unwrap();
        for other in FIELDS.map(|(family, ..)| family) {
            let mut kept = NlriBuf::new(other, false);
            for (path_id, nlri) in field.typed() {
                let fits = kept.push(path_id, &nlri);
                assert_eq!(fits.is_ok(), family == other, "{nlri} of {other}");
            }
            assert_eq!(kept.view() == field, family == other);
        }
    }
    let mut kept = NlriBuf::new(Family::Evpn, false);
    let junk = TypedNlri::Evpn(EvpnRoute::Other { kind: 3, value: &[1] });
    let malformed = TypedNlri::Malformed { octets: &[3, 1, 1], fault: Fault::EvpnRoute(3) };
    for nlri in [junk, malformed] {
        assert_eq!(kept.push(0, &nlri), Err(NlriUnfit::Family));
    }
}
