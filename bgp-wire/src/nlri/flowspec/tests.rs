use super::*;
use crate::nlri::Nlri;
use alloc::string::{String, ToString};
use alloc::vec;
use proptest::prelude::*;

const FAMILIES: [Family; 4] =
    [Family::Ipv4FlowSpec, Family::Ipv6FlowSpec, Family::Ipv4VpnFlowSpec, Family::Ipv6VpnFlowSpec];

fn hex(s: &str) -> Vec<u8> {
    let octet = |s: &str| u8::from_str_radix(s, 16).unwrap();
    s.split_whitespace().map(octet).collect()
}

/// The rule of `family` in `octets`, shown.
fn shown(family: Family, octets: &[u8]) -> Result<String, Fault> {
    let nlri = Nlri::new(family, false, octets)?;
    assert_eq!(nlri.count(), 1);
    nlri.fault().map_or_else(|| Ok(nlri.typed().next().unwrap().1.to_string()), Err)
}

/// (family, octets, text); those of RFC 8955 section 4.3 and RFC 8956 section 3.8 come first.
#[test]
fn rules_that_are_valid() {
    use Family::{Ipv4FlowSpec as V4, Ipv4VpnFlowSpec as Vpn4, Ipv6FlowSpec as V6, Ipv6VpnFlowSpec as Vpn6};
    for (family, octets, text) in [
        (V4, "0b 01 18 c0 00 02 03 81 06 04 81 19", "destination 192.0.2.0/24 & protocol =6 & port =25"),
        (
            V4,
            "12 01 18 c0 00 02 02 18 cb 00 71 04 03 89 45 8b 91 1f 90",
            "destination 192.0.2.0/24 & source 203.0.113.0/24 & port >=137&<=139,=8080",
        ),
        (
            V4,
            "09 01 20 c0 00 02 01 0c 80 05",
            "destination 192.0.2.1/32 & fragment dont-fragment+first-fragment",
        ),
        (
            V6,
            "12 01 20 00 20 01 0d b8 02 68 40 12 34 56 78 9a 03 81 06",
            "destination 2001:db8::/32 & source ::1234:5678:9a00:0/64-104 & protocol =6",
        ),
        (
            V6,
            "0f 01 20 00 20 01 0d b8 02 68 41 24 68 ac f1 34",
            "destination 2001:db8::/32 & source ::1234:5678:9a00:0/65-104",
        ),
        (V4, "02 01 00", "destination 0.0.0.0/0"),
        (V6, "03 02 00 00", "source ::/0"),
        (V6, "13 01 80 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01", "destination 2001:db8::1/128"),
        (V6, "04 01 80 7f 80", "destination ::1/127-128"),
        (V4, "07 03 01 06 01 11 81 01", "protocol =6,=17,=1"),
        (V4, "03 05 86 00", "destination-port !=0"),
        (V4, "03 06 87 00", "source-port true"),
        (V4, "03 06 80 00", "source-port false"),
        (V4, "07 0a 12 05 dc d4 23 28", "packet-length >1500&<9000"),
        (V4, "06 07 81 08 08 81 00", "icmp-type =8 & icmp-code =0"),
        (V4, "05 09 00 10 c2 02", "tcp-flags ack&!syn"),
        (V4, "08 09 01 12 13 04 00 80 01", "tcp-flags =syn+ack,!=0x400,fin"),
        (V4, "03 09 80 00", "tcp-flags 0x0"),
        (V4, "05 0b 01 2e 81 ff", "dscp =46,=63"),
        (V6, "06 0d a1 00 01 23 45", "flow-label =74565"),
        (V4, "0a 04 b1 00 00 00 01 00 00 00 00", "port =4294967296"),
        // Reserved bits, the first AND and bits of the header that are not flags do not count.
        (V4, "03 03 c9 06", "protocol =6"),
        (V4, "04 09 9d f0 02", "tcp-flags =syn"),
        (V4, "03 0c 81 f4", "fragment =first-fragment"),
        (V6, "03 0c 81 f5", "fragment =first-fragment"),
        (V4, "04 01 09 ff ff", "destination 255.128.0.0/9"),
        (Vpn4, "0c 00 00 fb f4 00 00 00 01 01 10 c0 00", "rd 64500:1 & destination 192.0.0.0/16"),
        (Vpn6, "0b 00 00 fb f4 00 00 00 01 0d 81 07", "rd 64500:1 & flow-label =7"),
    ] {
        let octets = hex(octets);
        assert_eq!(shown(family, &octets).as_deref(), Ok(text));
        let (nlri, _) = take(family, &octets).unwrap();
        let mut written = Vec::new();
        nlri.encode(None, &mut written);
        assert_eq!(written, octets);
    }
}

/// (family, octets, what is wrong); the rule behind each is read.
#[test]
fn rules_that_are_malformed() {
    use Family::{Ipv4FlowSpec as V4, Ipv4VpnFlowSpec as Vpn4, Ipv6FlowSpec as V6};
    for (family, octets, fault) in [
        (V4, "00", Fault::FlowSpecEmpty),
        (V4, "f0 00", Fault::FlowSpecEmpty),
        (Vpn4, "08 00 00 fb f4 00 00 00 01", Fault::FlowSpecEmpty),
        (Vpn4, "07 00 00 fb f4 00 00 00", Fault::FlowSpecEmpty),
        (V4, "03 00 81 06", Fault::FlowSpecUnknown(0)),
        (V4, "03 0d 81 06", Fault::FlowSpecUnknown(13)),
        (V6, "03 0e 81 06", Fault::FlowSpecUnknown(14)),
        (V4, "06 03 81 06 ff 81 06", Fault::FlowSpecUnknown(255)),
        (V4, "06 03 81 06 00 81 06", Fault::FlowSpecUnknown(0)),
        (V4, "06 03 81 06 03 81 11", Fault::FlowSpecOrder(3)),
        (V4, "06 04 81 06 03 81 11", Fault::FlowSpecOrder(3)),
        (V4, "01 01", Fault::FlowSpecComponent(1)),
        (V4, "04 01 18 c0 00", Fault::FlowSpecComponent(1)),
        (V4, "07 01 21 c0 00 02 00 00", Fault::FlowSpecComponent(1)),
        (V6, "02 01 20", Fault::FlowSpecComponent(1)),
        (V6, "03 01 00 01", Fault::FlowSpecComponent(1)),
        (V6, "03 01 40 40", Fault::FlowSpecComponent(1)),
        (V6, "03 02 3f 40", Fault::FlowSpecComponent(2)),
        (V6, "14 01 81 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 00 00", Fault::FlowSpecComponent(1)),
        (V4, "01 03", Fault::FlowSpecComponent(3)),
        (V4, "03 03 01 06", Fault::FlowSpecComponent(3)),
        (V4, "03 05 91 06", Fault::FlowSpecComponent(5)),
        // The standard gives these values one octet, or one or two, and no more.
        (V4, "06 09 a1 00 00 00 02", Fault::FlowSpecComponent(9)),
        (V4, "04 0b 91 00 2e", Fault::FlowSpecComponent(11)),
        (V4, "04 0c 91 00 01", Fault::FlowSpecComponent(12)),
    ] {
        let octets = hex(octets);
        assert_eq!(shown(family, &octets), Err(fault), "{octets:02x?}");
        let rd: &[u8] = if family == Vpn4 { &[0; 8] } else { &[] };
        let good = [&[3 + u8::try_from(rd.len()).unwrap()], rd, &[3, 0x81, 6]].concat();
        let field = [&octets[..], &good].concat();
        let nlri = Nlri::new(family, false, &field).unwrap();
        let all: Vec<_> = nlri.typed().map(|(_, nlri)| nlri).collect();
        assert_eq!(all, [TypedNlri::Malformed { octets: &octets, fault }, take(family, &good).unwrap().0]);
    }
    for octets in ["01", "05 03 81 06", "f0", "f1 00 03 81 06"] {
        assert_eq!(shown(V4, &hex(octets)), Err(Fault::NlriTruncated), "{octets}");
    }
}

/// A rule of `n` tests of a port, of three octets each and the type.
fn long(n: usize) -> Vec<u8> {
    let mut raw = vec![4];
    (0..n).for_each(|_| raw.extend_from_slice(&[0x11, 0x1f, 0x90]));
    let last = raw.len() - 3;
    raw[last] |= 0x80;
    raw
}

#[test]
fn lengths_of_two_octets() {
    for (tests, first) in [(79, vec![238]), (80, vec![0xf0, 241]), (1364, vec![0xff, 0xfd])] {
        let raw = long(tests);
        let rule = FlowSpec::new(false, &raw).unwrap();
        let mut out = Vec::new();
        put(None, &rule, &mut out);
        assert_eq!(out, [&first[..], &raw].concat());
        assert_eq!(take(Family::Ipv4FlowSpec, &out), Ok((TypedNlri::FlowSpec(rule), &[][..])));
    }
    // A length of two octets may say what one could.
    let raw = [0xf0, 3, 3, 0x81, 6];
    assert_eq!(shown(Family::Ipv4FlowSpec, &raw).as_deref(), Ok("protocol =6"));
    // Longer than a length can say, alone or with a route distinguisher.
    assert_eq!(FlowSpec::new(false, &long(1365)), Err(Fault::NlriTruncated));
    let raw = long(1364);
    let (rule, mut out) = (FlowSpec::new(false, &raw).unwrap(), Vec::new());
    put(Some(RouteDistinguisher::Other([9; 8])), &rule, &mut out);
    assert!(out.is_empty());
}

#[test]
fn what_cannot_be_built() {
    let v4 = || FlowSpecBuf::new(false);
    let prefix = |s: &str| FlowPrefix::parse(s).unwrap();
    let one = [NumericOp::equal(1)];
    let bit = [BitmaskOp::all(1)];
    for (built, error) in [
        (v4().numeric(FlowType::Source, &one), FlowSpecError::Form(FlowType::Source)),
        (v4().numeric(FlowType::TcpFlags, &one), FlowSpecError::Form(FlowType::TcpFlags)),
        (v4().numeric(FlowType::FlowLabel, &one), FlowSpecError::Form(FlowType::FlowLabel)),
        (v4().bitmask(FlowType::Port, &bit), FlowSpecError::Form(FlowType::Port)),
        (v4().prefix(FlowType::Port, prefix("192.0.2.0/24")), FlowSpecError::Form(FlowType::Port)),
        (v4().prefix(FlowType::Source, prefix("::/0")), FlowSpecError::Form(FlowType::Source)),
        (v4().numeric(FlowType::Port, &[]), FlowSpecError::Value(FlowType::Port)),
        (v4().numeric(FlowType::Dscp, &[NumericOp::equal(64)]), FlowSpecError::Value(FlowType::Dscp)),
        (v4().bitmask(FlowType::Fragment, &[BitmaskOp::all(16)]), FlowSpecError::Value(FlowType::Fragment)),
        (FlowSpecBuf::new(true).bitmask(FlowType::Fragment, &bit), FlowSpecError::Value(FlowType::Fragment)),
        (
            v4().bitmask(FlowType::TcpFlags, &[BitmaskOp::all(0x1000)]),
            FlowSpecError::Value(FlowType::TcpFlags),
        ),
        (
            v4().numeric(FlowType::Port, &one).and_then(|rule| rule.numeric(FlowType::Port, &one)),
            FlowSpecError::Duplicate(FlowType::Port),
        ),
        (v4().numeric(FlowType::Port, &vec![NumericOp::equal(256); 1364]), FlowSpecError::TooLong),
    ] {
        assert_eq!(built, Err(error));
    }
    assert_eq!(v4().as_flow_spec(), None);
    for (prefix, offset) in [("::/0", 1), ("2001:db8::/32", 32), ("192.0.2.0/24", 8)] {
        assert_eq!(FlowPrefix::with_offset(prefix.parse().unwrap(), offset), None);
    }
}

/// (text, what is wrong with it)
#[test]
fn text_that_is_no_rule() {
    use FlowSpecParseError::{Rule, Syntax};
    for (text, error) in [
        ("", Syntax(1)),
        ("port", Syntax(1)),
        ("port =80 & colour =1", Syntax(2)),
        ("port 80", Syntax(1)),
        ("port =+80", Syntax(1)),
        ("port =80,", Syntax(1)),
        ("port ==80", Syntax(1)),
        ("port =18446744073709551616", Syntax(1)),
        ("destination 192.0.2.0", Syntax(1)),
        ("destination 192.0.2.0/33", Syntax(1)),
        ("destination 192.0.2.0/8-24", Syntax(1)),
        ("tcp-flags syn+", Syntax(1)),
        ("tcp-flags first-fragment", Syntax(1)),
        ("tcp-flags 0x", Syntax(1)),
        ("tcp-flags 0x+1", Syntax(1)),
        ("destination ::/0", Rule(FlowSpecError::Form(FlowType::Destination))),
        ("port =1 & port =2", Rule(FlowSpecError::Duplicate(FlowType::Port))),
        ("dscp =64", Rule(FlowSpecError::Value(FlowType::Dscp))),
    ] {
        assert_eq!(FlowSpecBuf::parse(false, text), Err(error), "{text:?}");
    }
}

fn numeric_op(least: u64, most: u64) -> impl Strategy<Value = NumericOp> {
    (any::<[bool; 4]>(), least..=most).prop_map(|([and, less, greater, equal], value)| NumericOp {
        and,
        less,
        greater,
        equal,
        value,
    })
}

fn bitmask_op(mask: u16) -> impl Strategy<Value = BitmaskOp> {
    (any::<[bool; 3]>(), any::<u16>()).prop_map(move |([and, not, all], value)| BitmaskOp {
        and,
        not,
        all,
        value: value & mask,
    })
}

/// What a component is built of.
#[derive(Clone, Debug)]
enum Part {
    Prefix(FlowPrefix),
    Numeric(Vec<NumericOp>),
    Bitmask(Vec<BitmaskOp>),
}

fn part(ipv6: bool, kind: FlowType) -> BoxedStrategy<Part> {
    let numeric = |most| prop::collection::vec(numeric_op(0, most), 1..5).prop_map(Part::Numeric).boxed();
    let bitmask = |mask| prop::collection::vec(bitmask_op(mask), 1..5).prop_map(Part::Bitmask).boxed();
    match kind {
        FlowType::Destination | FlowType::Source if ipv6 => (any::<[u8; 16]>(), 0..=128u8, any::<u8>())
            .prop_map(|(addr, bits, offset)| {
                let prefix = ipnet::IpNet::new(addr.into(), bits).unwrap();
                let offset = offset.checked_rem(bits).unwrap_or(0);
                Part::Prefix(FlowPrefix::with_offset(prefix, offset).unwrap())
            })
            .boxed(),
        FlowType::Destination | FlowType::Source => (any::<[u8; 4]>(), 0..=32u8)
            .prop_map(|(addr, bits)| Part::Prefix(ipnet::IpNet::new(addr.into(), bits).unwrap().into()))
            .boxed(),
        FlowType::TcpFlags => bitmask(0xfff),
        FlowType::Fragment => bitmask(if ipv6 { 0xe } else { 0xf }),
        FlowType::Dscp => numeric(63),
        FlowType::FlowLabel => numeric(0xf_ffff),
        _ => prop_oneof![numeric(255), numeric(0xffff), numeric(u64::MAX)].boxed(),
    }
}

type Parts = Vec<(FlowType, Part)>;

/// The components of a rule, in whichever order, and the version of its packets.
fn parts() -> impl Strategy<Value = (bool, Parts)> {
    any::<bool>().prop_flat_map(|ipv6| {
        let kinds = FlowType::ALL.into_iter().filter(|kind| ipv6 || *kind != FlowType::FlowLabel);
        let kinds = prop::sample::subsequence(kinds.collect::<Vec<_>>(), 1..12).prop_shuffle();
        let parts = kinds.prop_flat_map(move |kinds| {
            kinds.into_iter().map(|kind| (Just(kind), part(ipv6, kind))).collect::<Vec<_>>()
        });
        (Just(ipv6), parts)
    })
}

fn build(ipv6: bool, parts: &Parts) -> FlowSpecBuf {
    parts.iter().fold(FlowSpecBuf::new(ipv6), |rule, (kind, part)| {
        match part {
            Part::Prefix(prefix) => rule.prefix(*kind, *prefix),
            Part::Numeric(ops) => rule.numeric(*kind, ops),
            Part::Bitmask(ops) => rule.bitmask(*kind, ops),
        }
        .unwrap()
    })
}

/// The first test is joined to none.
fn same(part: &Part, read: FlowMatch<'_>) -> bool {
    match (part.clone(), read) {
        (Part::Prefix(built), FlowMatch::Prefix(read)) => built == read,
        (Part::Numeric(mut built), FlowMatch::Numeric(read)) => {
            built[0].and = false;
            read.eq(built)
        }
        (Part::Bitmask(mut built), FlowMatch::Bitmask(read)) => {
            built[0].and = false;
            read.eq(built)
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn built_rules_read_back((ipv6, mut parts) in parts(), rd: Option<[u8; 8]>) {
        let rule = build(ipv6, &parts);
        let family = FAMILIES[usize::from(ipv6) + 2 * usize::from(rd.is_some())];
        let rule = rule.as_flow_spec().unwrap();
        let mut octets = Vec::new();
        put(rd.map(RouteDistinguisher::from), &rule, &mut octets);
        let nlri = Nlri::new(family, false, &octets).unwrap();
        prop_assert_eq!(nlri.fault(), None);
        let want = rd.map_or(TypedNlri::FlowSpec(rule), |rd| TypedNlri::VpnFlowSpec(RouteDistinguisher::from(rd), rule));
        prop_assert!(nlri.typed().eq([(0, want)]));
        parts.sort_by_key(|(kind, _)| *kind);
        prop_assert_eq!(rule.components().count(), parts.len());
        for (read, (kind, part)) in rule.components().zip(&parts) {
            prop_assert!(read.kind == *kind && same(part, read.matches));
        }
    }

    #[test]
    fn rules_read_back_from_text((ipv6, parts) in parts()) {
        let text = build(ipv6, &parts).to_string();
        let read = FlowSpecBuf::parse(ipv6, &text).unwrap();
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "[a-z0-9 &,=!<>/.:+-]{0,40}") {
        let _ = FlowSpecBuf::parse(true, &text);
        let _ = FlowSpecBuf::parse(false, &alloc::format!("port {text}"));
        let _ = FlowSpecBuf::parse(false, &alloc::format!("tcp-flags {text}"));
    }

    /// Whatever is valid is read to its last octet.
    #[test]
    fn valid_rules_are_read_whole(ipv6: bool, raw: Vec<u8>) {
        if let Ok(rule) = FlowSpec::new(ipv6, &raw) {
            let mut components = rule.components();
            while components.next().is_some() {}
            prop_assert!(components.rest.is_empty());
            let kept = FlowSpecBuf::from(rule);
            prop_assert_eq!(kept.as_flow_spec(), Some(rule));
        }
    }
}
