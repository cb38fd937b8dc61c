//! The families of labels and of VPNs, each NLRI through its octets and through whole UPDATEs.

use super::*;
use crate::*;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use proptest::prelude::*;

/// What comes of a field: the text of each NLRI, or a fault.
pub(super) type Reads<'a> = Result<&'a [&'a str], Fault>;

/// Asserts what comes of a field.
pub(super) fn reads(family: Family, raw: &[u8], want: Reads<'_>) {
    let got = Nlri::new(family, false, raw)
        .map(|field| field.typed().map(|(_, nlri)| nlri.to_string()).collect::<Vec<String>>());
    assert_eq!(got, want.map(|texts| texts.iter().map(ToString::to_string).collect()), "{family} {raw:?}");
}

fn prefix(ipv4: bool) -> BoxedStrategy<IpNet> {
    let v4 = |(addr, bits): (u32, u8)| IpNet::V4(Ipv4Net::new_assert(addr.into(), bits));
    let v6 = |(addr, bits): (u128, u8)| IpNet::V6(Ipv6Net::new_assert(addr.into(), bits));
    if ipv4 {
        (any::<u32>(), 0..=32u8).prop_map(v4).boxed()
    } else {
        (any::<u128>(), 0..=128u8).prop_map(v6).boxed()
    }
}

/// Those whose top label nobody can take for what stands in what is withdrawn.
fn labels() -> impl Strategy<Value = Labels> {
    let built = (1..0x8_0000_u32, prop::collection::vec(0..=Label::MAX, 0..9))
        .prop_filter_map("a stack", |(top, v)| Labels::new(&[&[top][..], &v].concat()));
    prop_oneof![4 => built, 1 => Just(Labels::WITHDRAWN)]
}

fn label() -> impl Strategy<Value = Label> {
    any::<[u8; 3]>().prop_map(Label::from_octets)
}

fn rd() -> impl Strategy<Value = RouteDistinguisher> {
    (0..4u8, any::<[u8; 6]>())
        .prop_map(|(kind, [a, b, c, d, e, f])| RouteDistinguisher::from([0, kind, a, b, c, d, e, f]))
}

fn labelled(ipv4: bool) -> BoxedStrategy<TypedNlri<'static>> {
    let built = |(labels, prefix)| LabelledPrefix::new(labels, prefix).map(TypedNlri::Labelled);
    (labels(), prefix(ipv4)).prop_filter_map("fits", built).boxed()
}

fn vpn(ipv4: bool) -> BoxedStrategy<TypedNlri<'static>> {
    let built = |(labels, rd, prefix)| VpnPrefix::new(labels, rd, prefix).map(TypedNlri::Vpn);
    (labels(), rd(), prefix(ipv4)).prop_filter_map("fits", built).boxed()
}

fn vpls() -> BoxedStrategy<TypedNlri<'static>> {
    const TLVS: [&[u8]; 3] = [&[], &[1, 0, 8, 0], &[1, 0, 0]];
    let tlvs = prop::sample::select(TLVS.as_slice());
    prop_oneof![
        (rd(), any::<[u16; 3]>(), label())
            .prop_map(|(rd, [ve_id, offset, size], base)| { Vpls::Block { rd, ve_id, offset, size, base } }),
        (rd(), any::<u32>()).prop_map(|(rd, pe)| Vpls::Discovery { rd, pe: pe.into() }),
        (rd(), any::<[u16; 2]>(), label(), tlvs)
            .prop_map(|(rd, [ce_id, offset], base, tlvs)| Vpls::Circuits { rd, ce_id, offset, base, tlvs }),
    ]
    .prop_map(TypedNlri::Vpls)
    .boxed()
}

fn membership() -> BoxedStrategy<TypedNlri<'static>> {
    let some = (any::<u32>(), any::<[u8; 8]>(), 0..=64u8).prop_filter_map("fits", |(asn, target, bits)| {
        RouteTargetMembership::prefix(Asn(asn), ExtendedCommunity(target), bits)
    });
    prop_oneof![4 => some, 1 => Just(RouteTargetMembership::DEFAULT)].prop_map(TypedNlri::RouteTarget).boxed()
}

fn sr_policy(ipv4: bool) -> BoxedStrategy<TypedNlri<'static>> {
    let endpoint = if ipv4 {
        any::<[u8; 4]>().prop_map(IpAddr::from).boxed()
    } else {
        any::<[u8; 16]>().prop_map(IpAddr::from).boxed()
    };
    (any::<u32>(), any::<u32>(), endpoint)
        .prop_map(|(distinguisher, color, endpoint)| {
            TypedNlri::SrPolicy(SrPolicy { distinguisher, color, endpoint })
        })
        .boxed()
}

fn nlri(family: Family) -> BoxedStrategy<TypedNlri<'static>> {
    match family {
        Family::Ipv4Labelled => labelled(true),
        Family::Ipv6Labelled => labelled(false),
        Family::Ipv4Vpn => vpn(true),
        Family::Ipv6Vpn => vpn(false),
        Family::Vpls => vpls(),
        Family::RouteTarget => membership(),
        Family::Ipv4SrPolicy => sr_policy(true),
        _ => sr_policy(false),
    }
}

const FAMILIES: [Family; 8] = [
    Family::Ipv4Labelled,
    Family::Ipv6Labelled,
    Family::Ipv4Vpn,
    Family::Ipv6Vpn,
    Family::Vpls,
    Family::RouteTarget,
    Family::Ipv4SrPolicy,
    Family::Ipv6SrPolicy,
];

/// A family and some of its NLRI, each with a path identifier.
fn field() -> impl Strategy<Value = (Family, Vec<(u32, TypedNlri<'static>)>)> {
    prop::sample::select(FAMILIES.as_slice())
        .prop_flat_map(|family| (Just(family), prop::collection::vec((any::<u32>(), nlri(family)), 1..20)))
}

fn session(family: Family, add_path: bool) -> Negotiated {
    let families = FamilySet::EMPTY.with(family);
    let several = if add_path { families } else { FamilySet::EMPTY };
    let labels = LabelStacks::ONE.with(family, LabelStack::Several(255));
    Negotiated {
        families,
        add_path_rx: several,
        add_path_tx: several,
        labels_rx: labels,
        labels_tx: labels,
        ..Negotiated::new(PeerKind::External)
    }
}

/// Routes that `family` can have.
fn attributes(family: Family) -> AttributeSet {
    let v4 = NextHop::V4([192, 0, 2, 1].into());
    let v6 = NextHop::V6("2001:db8::1".parse().unwrap());
    let four = v4.serves(family, &session(family, false));
    let mut set = AttributeSet::new(Origin::Igp, if four { v4 } else { v6 });
    set.as_path = [Asn(64500)].into_iter().collect();
    set
}

/// The NLRI that a message announces and withdraws.
fn received(bytes: &[u8], n: &Negotiated) -> [Vec<(u32, String)>; 2] {
    let message = frame(bytes, n.max_message).unwrap().expect("a whole message");
    let parsed = update(message.body, n).unwrap();
    assert_eq!(parsed.findings.worst(), None);
    let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
    let texts = |field: Nlri<'_>| field.typed().map(|(id, nlri)| (id, nlri.to_string())).collect::<Vec<_>>();
    [
        routes.announced().flat_map(|(_, field)| texts(field)).collect(),
        routes.withdrawn.fields().flat_map(texts).collect(),
    ]
}

/// Whether it can only be withdrawn.
fn is_withdrawn(one: &TypedNlri<'_>) -> bool {
    match one {
        TypedNlri::Labelled(one) => one.labels().is_withdrawn(),
        TypedNlri::Vpn(one) => one.labels().is_withdrawn(),
        _ => false,
    }
}

/// The text of an NLRI: where it is withdrawn it has no labels.
fn text(announce: bool, one: &TypedNlri<'_>) -> String {
    match one {
        TypedNlri::Labelled(one) if !announce => one.prefix().to_string(),
        TypedNlri::Vpn(one) if !announce => alloc::format!("{}:{}", one.rd(), one.prefix()),
        one => one.to_string(),
    }
}

proptest! {
    #[test]
    fn values_come_back((family, all) in field(), add_path: bool) {
        let mut raw = Vec::new();
        let mut buf = NlriBuf::new(family, add_path);
        for (path_id, one) in &all {
            one.encode(add_path.then_some(*path_id), &mut raw);
            prop_assert_eq!(buf.push(*path_id, one), Ok(()));
        }
        let field = Nlri::new(family, add_path, &raw).unwrap();
        prop_assert_eq!(buf.view(), field);
        prop_assert_eq!(field.count(), all.len());
        let sent = all.iter().map(|(path_id, one)| (if add_path { *path_id } else { 0 }, *one));
        prop_assert!(field.typed().eq(sent));
    }

    #[test]
    fn updates_announce_and_withdraw((family, all) in field(), add_path: bool) {
        let n = session(family, add_path);
        for announce in [true, false] {
            let (sent, all): (Vec<_>, Vec<_>) = all
                .iter()
                .filter(|(_, one)| !announce || !is_withdrawn(one))
                .map(|(id, one)| ((if add_path { *id } else { 0 }, text(announce, one)), (*id, *one)))
                .unzip();
            prop_assume!(!all.is_empty());
            let mut bytes = Vec::new();
            let mut writer = if announce {
                UpdateWriter::announce(&mut bytes, &n, family, &attributes(family)).unwrap()
            } else {
                UpdateWriter::withdraw(&mut bytes, &n, family)
            };
            for (path_id, one) in &all {
                prop_assert_eq!(writer.push_typed(*path_id, one), Ok(Fit::Added));
            }
            prop_assert_eq!(writer.finish(), all.len());
            let [announced, withdrawn] = received(&bytes, &n);
            let (some, none) = if announce { (announced, withdrawn) } else { (withdrawn, announced) };
            prop_assert_eq!((some, none), (sent, Vec::new()));
        }
    }

    /// A well-formed field cut, or with an octet changed, is a fault or other NLRI, and those octets of their own.
    #[test]
    fn damage_is_a_fault_or_other_nlri((family, all) in field(), at: usize, octet: u8, cut: usize) {
        let mut raw = Vec::new();
        all.iter().for_each(|(_, one)| one.encode(None, &mut raw));
        let (at, cut) = (at % raw.len(), cut % raw.len());
        raw[at] = octet;
        for raw in [&raw[..], &raw[..cut]] {
            if let Ok(field) = Nlri::new(family, false, raw) {
                let mut again = Vec::new();
                field.typed().for_each(|(_, one)| one.encode(None, &mut again));
                prop_assert_eq!(again.len(), raw.len());
                prop_assert!(Nlri::new(family, false, &again).unwrap().typed().eq(field.typed()));
            }
        }
    }
}

/// An NLRI that cannot be read costs the session, or the family where its standard says so and there is another
/// (RFC 9830 section 5).
#[test]
fn a_bad_nlri_in_an_update() {
    for (family, beside) in FAMILIES.into_iter().flat_map(|family| [(family, true), (family, false)]) {
        let alone = session(family, false);
        let families = alone.families.with(Family::Ipv6Unicast);
        let n = if beside { Negotiated { families, ..alone } } else { alone };
        let pair = family.afi_safi();
        let [high, low] = pair.afi.to_be_bytes();
        // MP_UNREACH_NLRI with one octet of NLRI, a length that no family has.
        let body = [0, 0, 0, 7, 0x80, 15, 4, high, low, pair.safi, 1];
        let disables = beside && matches!(family, Family::Ipv4SrPolicy | Family::Ipv6SrPolicy);
        match update(&body, &n).map(|parsed| parsed.update) {
            Ok(Received::AfiSafiDisable { family: disabled, .. }) => {
                assert_eq!((disables, disabled), (true, family));
            }
            Err(reset) => assert_eq!((disables, reset.code), (false, NotificationCode::OPTIONAL_ATTRIBUTE)),
            other => panic!("{family}: {other:?}"),
        }
    }
}

#[test]
fn a_field_takes_its_own_family() {
    let rd = RouteDistinguisher::from([0; 8]);
    let (four, six): (IpNet, IpNet) = ("192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap());
    let labels = Labels::new(&[100]).unwrap();
    let [labelled4, labelled6] =
        [four, six].map(|net| TypedNlri::Labelled(LabelledPrefix::new(labels, net).unwrap()));
    let [vpn4, vpn6] = [four, six].map(|net| TypedNlri::Vpn(VpnPrefix::new(labels, rd, net).unwrap()));
    let [policy4, policy6] = [four, six]
        .map(|net| TypedNlri::SrPolicy(SrPolicy { distinguisher: 1, color: 2, endpoint: net.addr() }));
    let edge = TypedNlri::Vpls(Vpls::Discovery { rd, pe: [192, 0, 2, 1].into() });
    let target = TypedNlri::RouteTarget(RouteTargetMembership::DEFAULT);
    let all = [labelled4, labelled6, vpn4, vpn6, edge, target, policy4, policy6];
    for (family, own) in FAMILIES.into_iter().zip(&all) {
        for one in &all {
            let taken = NlriBuf::new(family, false).push(0, one);
            assert_eq!(taken.is_ok(), one == own, "{family} {one}");
        }
    }
    // Circuits with so short a TLV have the length of a block.
    let base = Label::WITHDRAWN;
    let circuits = Vpls::Circuits { rd, ce_id: 1, offset: 1, base, tlvs: &[1, 0] };
    let taken = NlriBuf::new(Family::Vpls, false).push(0, &TypedNlri::Vpls(circuits));
    assert_eq!(taken, Err(NlriUnfit::Family));
}

#[test]
fn a_full_message_says_so() {
    let n = session(Family::Ipv4Vpn, true);
    let rd = "64500:1".parse().unwrap();
    let one = VpnPrefix::new(Labels::new(&[100]).unwrap(), rd, "198.51.100.0/24".parse().unwrap()).unwrap();
    let mut bytes = Vec::new();
    let mut writer = UpdateWriter::withdraw(&mut bytes, &n, Family::Ipv4Vpn);
    let fitted = core::iter::repeat_with(|| writer.push_typed(1, &TypedNlri::Vpn(one)));
    let fitted = fitted.take_while(|fit| *fit == Ok(Fit::Added)).count();
    assert_eq!(writer.finish(), fitted);
    // Of 4096 octets 30 are header, lengths and the begin of the attribute; each NLRI takes 19.
    assert_eq!((fitted, bytes.len()), ((4096 - 30) / 19, 30 + fitted * 19));
    assert_eq!(received(&bytes, &n)[1].len(), fitted);
}
