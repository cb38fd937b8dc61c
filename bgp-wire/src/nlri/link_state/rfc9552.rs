//! RFC 9552 section 8.2.2 as a table, and whole UPDATEs with Link-State NLRI.

use super::tests::{nlri, tlv};
use super::{LinkStateBuf, NodeDescriptor, ObjectKind, ProtocolId};
use crate::*;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Want {
    Fine,
    /// The malformed are passed over.
    Discard,
    Disable,
    Reset,
}

fn session(peer: PeerKind, families: &[Family]) -> Negotiated {
    Negotiated { families: families.iter().copied().collect(), ..Negotiated::new(peer) }
}

/// A field of `attribute`, 14 or 15, with `nlri` of SAFI `safi`.
fn mp(attribute: u8, safi: u8, nlri: &[u8]) -> Vec<u8> {
    let hop: &[u8] = match (attribute, safi) {
        (14, 71) => &[4, 192, 0, 2, 1, 0],
        (14, _) => &[12, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1, 0],
        _ => &[],
    };
    let value = [&[0x40, 4, safi], hop, nlri].concat();
    let len = u16::try_from(value.len()).unwrap().to_be_bytes();
    [&[0x90, attribute], &len[..], &value].concat()
}

/// An UPDATE that withdraws 10.0.0.0/8, announces 198.51.100.0/24 and has `mp`.
fn body(mp: &[u8]) -> Vec<u8> {
    const REST: &[u8] = &[0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4, 192, 0, 2, 1, 0x40, 5, 4, 0, 0, 0, 100];
    let attributes = [mp, REST].concat();
    let len = u16::try_from(attributes.len()).unwrap().to_be_bytes();
    [&[0, 2, 8, 10], &len[..], &attributes, &[24, 198, 51, 100]].concat()
}

fn texts(field: Unfeasible<'_>) -> Vec<alloc::string::String> {
    field.prefixes().map(|one| one.prefix.to_string()).collect()
}

/// What comes of an UPDATE; of one that costs the family, what is to be withdrawn of the others is checked.
fn outcome(body: &[u8], n: &Negotiated, family: Family) -> Want {
    let parsed = match update(body, n) {
        Ok(parsed) => parsed,
        Err(reset) => {
            assert_eq!(reset.code, NotificationCode::OPTIONAL_ATTRIBUTE);
            return Want::Reset;
        }
    };
    // LOCAL_PREF from an external peer is a finding of its own.
    let ours = parsed.findings.iter().find(|finding| finding.attr != Some(AttrCode::LOCAL_PREF));
    match (parsed.update, ours.map(|finding| finding.severity)) {
        (Received::Routes(_), None) => Want::Fine,
        (Received::Routes(routes), Some(Severity::NlriDiscard)) => {
            assert_eq!(texts(routes.withdrawn), ["10.0.0.0/8"]);
            Want::Discard
        }
        (Received::AfiSafiDisable { family: of, withdrawn, announced }, Some(Severity::AfiSafiDisable)) => {
            assert_eq!(of, family);
            assert_eq!(texts(withdrawn), ["10.0.0.0/8"]);
            assert_eq!(texts(announced), ["198.51.100.0/24"]);
            Want::Disable
        }
        other => panic!("{other:?}"),
    }
}

/// (rule, NLRI, what comes of them beside other families, without)
#[test]
fn malformed_nlri() {
    let sound = nlri(1, 2, &[tlv(256, &tlv(513, &[0; 4]))]);
    let and = |more: &[u8]| [&sound, more, &sound].concat();
    let cut = &sound[..sound.len() - 1];
    let rows = [
        ("well formed", and(&[]), Want::Fine, Want::Fine),
        ("5.2 a type that is not known is opaque", and(&tlv(99, &[1])), Want::Fine, Want::Fine),
        ("5.1 a TLV that is not known", and(&nlri(1, 2, &[tlv(900, &[1])])), Want::Fine, Want::Fine),
        ("8.2.2 what is said is not judged", and(&nlri(1, 0, &[tlv(265, &[99])])), Want::Fine, Want::Fine),
        ("5.1 out of order", and(&nlri(2, 2, &[tlv(257, &[]), tlv(256, &[])])), Want::Discard, Want::Discard),
        (
            "8.2.2 a descriptor twice",
            and(&nlri(1, 2, &[tlv(256, &tlv(513, &[0; 4]).repeat(2))])),
            Want::Discard,
            Want::Discard,
        ),
        (
            "8.2.2 a TLV overruns its NLRI",
            and(&nlri(1, 2, &[vec![1, 0, 0, 200, 1]])),
            Want::Discard,
            Want::Discard,
        ),
        (
            "8.2.2 a length that a TLV cannot have",
            and(&nlri(2, 2, &[tlv(258, &[0])])),
            Want::Discard,
            Want::Discard,
        ),
        ("8.2.2 no room for the identifier", and(&tlv(1, &[2, 0])), Want::Discard, Want::Discard),
        ("8.2.2 an NLRI overruns", and(cut)[..sound.len() * 2 - 1].to_vec(), Want::Disable, Want::Reset),
        ("8.2.2 three octets are left", and(&[])[..sound.len() + 3].to_vec(), Want::Disable, Want::Reset),
    ];
    let other = [Family::Ipv4Unicast, Family::LinkState];
    for (rule, nlri, beside, alone) in rows {
        for (peer, attribute) in
            [PeerKind::External, PeerKind::Internal].into_iter().flat_map(|peer| [(peer, 14), (peer, 15)])
        {
            let body = body(&mp(attribute, 71, &nlri));
            assert_eq!(outcome(&body, &session(peer, &other), Family::LinkState), beside, "{rule} {peer:?}");
            let only = session(peer, &other[1..]);
            let got = match update(&body, &only) {
                Err(_) => Want::Reset,
                Ok(parsed) if parsed.findings.worst() == Some(Severity::NlriDiscard) => Want::Discard,
                // The prefixes of the body are of a family that this session has not.
                Ok(parsed) => {
                    assert_eq!(parsed.findings.worst(), Some(Severity::AttributeDiscard));
                    Want::Fine
                }
            };
            assert_eq!(got, alone, "{rule} {peer:?} alone");
        }
    }
}

/// Next hop and NLRI of a VPN, and a next hop that the family cannot have.
#[test]
fn of_a_vpn() {
    let families = [Family::Ipv4Unicast, Family::LinkStateVpn];
    for peer in [PeerKind::External, PeerKind::Internal] {
        let n = session(peer, &families);
        let sound = tlv(1, &[&[0; 8][..], &nlri(1, 2, &[])[4..]].concat());
        for (nlri, want) in
            [(&sound[..], Want::Fine), (&tlv(1, &[0; 16]), Want::Discard), (&sound[..20], Want::Disable)]
        {
            assert_eq!(outcome(&body(&mp(14, 72, nlri)), &n, Family::LinkStateVpn), want, "{nlri:?}");
        }
        let mut hop = mp(14, 72, &sound);
        hop[7] = 11;
        assert_eq!(outcome(&body(&hop), &n, Family::LinkStateVpn), Want::Disable);
    }
}

#[test]
fn the_others_of_a_field_stay_and_the_malformed_are_not_passed_on() {
    let n = session(PeerKind::Internal, &[Family::Ipv4Unicast, Family::LinkState]);
    let (sound, wrong) = (nlri(1, 2, &[]), tlv(1, &[]));
    let got = body(&mp(14, 71, &[&sound[..], &wrong, &sound].concat()));
    let parsed = update(&got, &n).unwrap();
    let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
    let (_, field) = routes.announced().nth(1).unwrap();
    let kinds: Vec<_> = field.typed().map(|(_, one)| matches!(one, TypedNlri::LinkState(_))).collect();
    assert_eq!((kinds, field.fault()), (vec![true, false, true], Some(Fault::LinkStateNlri(1))));
    let finding = parsed.findings.iter().next().unwrap().to_string();
    assert!(finding.ends_with("nlri-discard (RFC 9552 §8.2.2)"), "{finding}");

    let mut out = Vec::new();
    UpdateBuf::from_routes(&routes).encode(&n, &mut out).unwrap();
    assert_eq!(out[HEADER_LEN..], body(&mp(14, 71, &[&sound[..], &sound].concat())));
    let got = body(&mp(15, 71, &[&wrong[..], &sound].concat()));
    let Received::Routes(routes) = update(&got, &n).unwrap().update else { panic!() };
    out.clear();
    UpdateBuf::from_routes(&routes).encode(&n, &mut out).unwrap();
    assert_eq!(out[HEADER_LEN..], body(&mp(15, 71, &sound)));
}

#[test]
fn written_and_read_again() {
    let mut node = LinkStateBuf::new(ObjectKind::Node, ProtocolId::OSPFV2, 7);
    node.local_node(&[NodeDescriptor::OspfArea([0; 4].into()), NodeDescriptor::Asn(Asn(64500))]).unwrap();
    let rd = [0, 0, 0xfb, 0xf4, 0, 0, 0, 1].into();
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    let mut value = Vec::new();
    LinkStateValue::Name(b"r1").put(LinkStateTlvType::NODE_NAME, &mut value);
    set.put_other(OwnedAttr::new(AttrCode::BGP_LS, |out| out.extend_from_slice(&value)));
    for (family, nlri) in [
        (Family::LinkState, TypedNlri::LinkState(node.view())),
        (Family::LinkStateVpn, TypedNlri::LinkStateVpn(rd, node.view())),
    ] {
        let families = FamilySet::EVERY;
        let n = Negotiated {
            families,
            add_path_rx: families,
            add_path_tx: families,
            ..session(PeerKind::External, &[])
        };
        let mut out = Vec::new();
        let mut writer = UpdateWriter::announce(&mut out, &n, family, &set).unwrap();
        assert_eq!(
            (writer.push_typed(1, &nlri), writer.push_typed(2, &nlri)),
            (Ok(Fit::Added), Ok(Fit::Added))
        );
        assert_eq!(writer.finish(), 2);
        let parsed = update(&out[HEADER_LEN..], &n).unwrap();
        assert_eq!(parsed.findings.worst(), None);
        let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
        let (hop, field) = routes.announced().next().unwrap();
        assert_eq!(hop, set.next_hop);
        assert!(field.typed().eq([(1, nlri), (2, nlri)]));
        let mut again = Vec::new();
        UpdateBuf::from_routes(&routes).encode(&n, &mut again).unwrap();
        assert_eq!(again, out);

        out.clear();
        let mut writer = UpdateWriter::withdraw(&mut out, &n, family);
        assert_eq!(writer.push_typed(1, &nlri), Ok(Fit::Added));
        writer.finish();
        let Received::Routes(routes) = update(&out[HEADER_LEN..], &n).unwrap().update else { panic!() };
        let field = routes.withdrawn.fields().next().unwrap();
        assert!(field.typed().eq([(1, nlri)]));
    }
}
