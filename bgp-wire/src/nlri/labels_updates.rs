//! Labels in whole UPDATEs: what each session makes of the same octets (RFC 8277 sections 2.1 to 2.4).

use super::*;
use crate::*;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;

const HOP: [u8; 5] = [4, 192, 0, 2, 1];

fn session(stack: LabelStack) -> Negotiated {
    let labels = LabelStacks::ONE.with(Family::Ipv4Labelled, stack).with(Family::Ipv4Vpn, stack);
    let families = FamilySet::EMPTY.with(Family::Ipv4Labelled).with(Family::Ipv4Vpn);
    Negotiated { families, labels_rx: labels, labels_tx: labels, ..Negotiated::new(PeerKind::External) }
}

/// An UPDATE that announces or withdraws a field of IPv4 labelled unicast.
fn message(announce: bool, raw: &[u8]) -> Vec<u8> {
    let hop: &[u8] = if announce { &[&HOP[..], &[0]].concat() } else { &[] };
    let value = [&[0, 1, 4][..], hop, raw].concat();
    let (code, others): (_, &[u8]) =
        if announce { (14, &[0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4]) } else { (15, &[]) };
    let attributes = [&[0x80, code, u8::try_from(value.len()).unwrap()], &value[..], others].concat();
    [&[0, 0, 0, u8::try_from(attributes.len()).unwrap()], &attributes[..]].concat()
}

/// What becomes of the routes of an UPDATE, and their text.
fn outcome(body: &[u8], n: &Negotiated) -> String {
    let parsed = match update(body, n) {
        Ok(parsed) => parsed,
        Err(reset) => return reset.to_string(),
    };
    let (what, field) = match parsed.update {
        Received::Routes(routes) => {
            ("", routes.announced().map(|(_, field)| field).chain(routes.withdrawn.fields()).next())
        }
        Received::TreatAsWithdraw { announced, .. } => ("withdraw ", announced.fields().next()),
        other => panic!("{other:?}"),
    };
    let nlri = field.and_then(|field| field.typed().next()).map(|(_, nlri)| nlri.to_string());
    what.to_string() + &nlri.unwrap_or_default()
}

const RESET: &str = "3/9 UPDATE Message Error, Optional Attribute Error: ";

/// (octets, then what is announced with them where there is one label, where there are three, and where nobody knows;
/// then what is withdrawn: the same where it was negotiated, whatever was, and where nobody knows)
#[test]
fn the_same_octets_on_each_session() {
    use LabelStack::{AsTheyCome, One, Several};
    let no_end = "a label stack without an end (RFC 8277 §2.3)";
    let long = |bits: u8| alloc::format!("a prefix of {bits} bits is longer than an address (RFC 7606 §5.3)");
    let (long33, long48, long72) = (long(33), long(48), long(72));
    let cases: [(&[u8], [&str; 5]); 8] = [
        // One label, with the S bit and without.
        (
            &[32, 0, 6, 0x41, 10],
            [
                "10.0.0.0/8 label 100",
                "10.0.0.0/8 label 100",
                "10.0.0.0/8 label 100",
                "10.0.0.0/8",
                "10.0.0.0/8 label 100",
            ],
        ),
        (
            &[32, 0, 6, 0x40, 10],
            ["10.0.0.0/8 label 100", no_end, "10.0.0.0/8 label 100", "10.0.0.0/8", "10.0.0.0/8 label 100"],
        ),
        // Where the S bit does not count, an octet of the prefix is none.
        (
            &[48, 0, 6, 0x40, 10, 0, 1],
            [
                "10.0.1.0/24 label 100",
                "0.0.0.0/0 label 100/40960",
                "0.0.0.0/0 label 100/40960",
                "10.0.1.0/24",
                "0.0.0.0/0 label 100/40960",
            ],
        ),
        // Two labels.
        (
            &[56, 0, 6, 0x40, 0, 0xc, 0x81, 10],
            [
                "0.12.129.10/32 label 100",
                "10.0.0.0/8 label 100/200",
                "10.0.0.0/8 label 100/200",
                "0.12.129.10/32",
                "10.0.0.0/8 label 100/200",
            ],
        ),
        // Four, where three are taken.
        (
            &[96, 0, 0, 0x10, 0, 0, 0x20, 0, 0, 0x30, 0, 0, 0x41],
            [
                &long72,
                "withdraw 0.0.0.0/0 label 1/2/3/4",
                "0.0.0.0/0 label 1/2/3/4",
                &long72,
                "0.0.0.0/0 label 1/2/3/4",
            ],
        ),
        // The Compatibility field is no such thing in what is announced.
        (
            &[32, 0x80, 0, 0, 10],
            ["10.0.0.0/8 label 524288", no_end, "10.0.0.0/8 label 524288", "10.0.0.0/8", "10.0.0.0/8"],
        ),
        (
            &[72, 0x80, 0, 0, 0, 0xc, 0x81, 10, 0, 1],
            [&long48, "10.0.1.0/24 label 524288/200", "10.0.1.0/24 label 524288/200", &long48, &long48],
        ),
        (&[57, 0, 6, 0x41, 1, 2, 3, 4, 5], [&long33; 5]),
    ];
    for (raw, [one, three, seen, withdrawn, unseen]) in cases {
        for (stack, announce, want) in [
            (One, true, one),
            (Several(3), true, three),
            (AsTheyCome, true, seen),
            (One, false, withdrawn),
            (Several(3), false, withdrawn),
            (AsTheyCome, false, unseen),
        ] {
            let got = outcome(&message(announce, raw), &session(stack));
            assert_eq!(got.strip_prefix(RESET).unwrap_or(&got), want, "{stack:?} {announce} {raw:?}");
        }
    }
}

#[test]
fn too_many_labels_are_a_finding() {
    let body = message(true, &[32, 0, 6, 0x41, 10, 56, 0, 6, 0x40, 0, 0xc, 0x81, 10]);
    let n = session(LabelStack::Several(2));
    assert_eq!(update(&body, &n).unwrap().findings.worst(), None);
    let parsed = |most| {
        let n =
            Negotiated { labels_rx: n.labels_rx.with(Family::Ipv4Labelled, LabelStack::Several(most)), ..n };
        update(&message(true, &[80, 0, 0, 0x10, 0, 0, 0x20, 0, 0, 0x31, 10]), &n).unwrap().findings
    };
    let text: Vec<String> = parsed(2).iter().map(ToString::to_string).collect();
    let want = "MP_REACH_NLRI has a prefix with 3 labels, more than were announced: treat-as-withdraw (RFC 8277 §2.1)";
    assert_eq!(text, [want]);
    assert_eq!(parsed(3).worst(), None);
}

/// RFC 7606 section 5.2: MP_REACH_NLRI without NLRI announces nothing, and only beside another error is it one.
#[test]
fn a_field_without_nlri() {
    let n = Negotiated::unseen(PeerKind::External);
    let mp = [&[0x80, 14, 9, 0, 1, 4][..], &HOP, &[0]].concat();
    let with = |others: &[u8]| {
        let attributes = [&mp, others].concat();
        [&[0, 0, 0, u8::try_from(attributes.len()).unwrap()], &attributes[..]].concat()
    };
    // Alone; with ORIGIN; with an ATOMIC_AGGREGATE that is discarded; with an ORIGIN that is treated as withdrawn.
    for (others, want) in [
        (&[][..], Ok(None)),
        (&[0x40, 1, 1, 0], Ok(None)),
        (&[0x40, 6, 1, 0], Ok(Some(Severity::AttributeDiscard))),
        (&[0x40, 1, 1, 9], Err(Fault::NothingToWithdraw)),
    ] {
        let body = with(others);
        let got = update(&body, &n);
        if let Ok(Parsed { update: Received::Routes(routes), .. }) = got {
            assert_eq!(routes.announced().count() + routes.withdrawn.fields().count(), 0);
        }
        assert_eq!(got.map(|p| p.findings.worst()).map_err(|reset| reset.fault), want, "{others:?}");
    }
}

#[test]
fn a_field_stays_small() {
    assert_eq!(size_of::<Nlri<'_>>(), 24);
}

fn stack() -> impl Strategy<Value = LabelStack> {
    prop_oneof![
        Just(LabelStack::One),
        (2..=11u8).prop_map(LabelStack::Several),
        Just(LabelStack::Several(255)),
        Just(LabelStack::AsTheyCome),
    ]
}

/// A prefix with labels, those of whose values that mean something elsewhere among them.
fn route() -> impl Strategy<Value = TypedNlri<'static>> {
    let label = prop_oneof![Just(0), Just(524_288), 0..=Label::MAX];
    let prefix =
        (any::<[u8; 4]>(), 0..=32u8).prop_map(|(a, bits)| ipnet::Ipv4Net::new_assert(a.into(), bits));
    let rd =
        any::<[u8; 6]>().prop_map(|[a, b, c, d, e, f]| RouteDistinguisher::from([0, 0, a, b, c, d, e, f]));
    let parts = (prop::collection::vec(label, 1..8), prefix, prop::option::of(rd));
    parts.prop_filter_map("fits", |(labels, prefix, rd)| {
        let labels = Labels::new(&labels)?;
        Some(match rd {
            None => TypedNlri::Labelled(LabelledPrefix::new(labels, prefix.into())?),
            Some(rd) => TypedNlri::Vpn(VpnPrefix::new(labels, rd, prefix.into())?),
        })
    })
}

fn family(route: &TypedNlri<'_>) -> Family {
    if matches!(route, TypedNlri::Vpn(_)) { Family::Ipv4Vpn } else { Family::Ipv4Labelled }
}

proptest! {
    /// A peer takes so many labels and no more; what it takes it reads as it was.
    #[test]
    fn what_is_announced_reads_back(route in route(), stack in stack()) {
        let (n, family) = (session(stack), family(&route));
        let fits = match stack {
            LabelStack::One => route.labels() == 1,
            LabelStack::Several(most) => route.labels() <= most,
            LabelStack::AsTheyCome => true,
        };
        let want = if fits { Ok(Fit::Added) } else { Err(NlriUnfit::Labels) };
        let set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        let mut out = Vec::new();
        let mut writer = UpdateWriter::announce(&mut out, &n, family, &set).unwrap();
        prop_assert_eq!(writer.push_typed(0, &route), want);
        writer.finish();
        let mut buf = NlriBuf::announcing(family, &n);
        prop_assert_eq!(buf.push(0, &route), want.map(drop));
        prop_assert_eq!(out.is_empty(), !fits);
        if let Some(body) = out.get(HEADER_LEN..) {
            let parsed = update(body, &n).unwrap();
            prop_assert_eq!(parsed.findings.worst(), None);
            let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
            let (_, field) = routes.announced().next().unwrap();
            prop_assert!(field.typed().eq([(0, route)]));
            prop_assert_eq!(field, buf.view());
        }
    }

    /// Whatever labels it had, 0x800000 stands in their place, and every session reads the prefix behind it.
    #[test]
    fn what_is_withdrawn_reads_back(route in route(), stack in stack()) {
        let (n, family) = (session(stack), family(&route));
        let mut out = Vec::new();
        let mut writer = UpdateWriter::withdraw(&mut out, &n, family);
        prop_assert_eq!(writer.push_typed(0, &route), Ok(Fit::Added));
        writer.finish();
        let mut buf = NlriBuf::withdrawing(family, &n);
        prop_assert_eq!(buf.push(0, &route), Ok(()));
        prop_assert_eq!(&buf.view().as_bytes()[1..4], &[0x80, 0, 0]);
        let want = match route {
            TypedNlri::Labelled(one) => TypedNlri::Labelled(LabelledPrefix::new(Labels::WITHDRAWN, one.prefix()).unwrap()),
            TypedNlri::Vpn(one) => TypedNlri::Vpn(VpnPrefix::new(Labels::WITHDRAWN, one.rd(), one.prefix()).unwrap()),
            other => other,
        };
        let Received::Routes(routes) = update(&out[HEADER_LEN..], &n).unwrap().update else { panic!() };
        let field = routes.withdrawn.fields().next().unwrap();
        prop_assert!(field.typed().eq([(0, want)]));
        prop_assert_eq!(field.as_bytes(), buf.view().as_bytes());
    }

    /// Whatever is read in one form is read to its end, and taken over whole: the octets and their form.
    #[test]
    fn any_octets_are_read_to_their_end(raw: Vec<u8>, stack in stack(), vpn: bool) {
        let (n, family) = (session(stack), if vpn { Family::Ipv4Vpn } else { Family::Ipv4Labelled });
        for field in [Nlri::announced(family, &n, &raw), Nlri::withdrawn(family, &n, &raw)].into_iter().flatten() {
            let mut again = Vec::new();
            field.typed().for_each(|(_, one)| one.encode(None, &mut again));
            prop_assert_eq!((field.typed().count(), again.len()), (field.count(), raw.len()));
            let kept = NlriBuf::from(field);
            prop_assert_eq!(kept.view(), field);
        }
    }
}
