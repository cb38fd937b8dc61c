//! The JSON of one of each, letter by letter.

use crate::*;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::to_string;

fn json(value: &impl ::serde::Serialize) -> String {
    to_string(value).unwrap()
}

/// A body of an UPDATE from its three fields.
fn body(withdrawn: &[u8], attributes: &[&[u8]], announced: &[u8]) -> Vec<u8> {
    let len = |v: &[u8]| u16::try_from(v.len()).unwrap().to_be_bytes();
    let attributes = attributes.concat();
    [&len(withdrawn), withdrawn, &len(&attributes), &attributes, announced].concat()
}

fn session(peer: PeerKind) -> Negotiated {
    Negotiated { families: FamilySet::EVERY, ..Negotiated::new(peer) }
}

const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
const AS_PATH: &[u8] = &[0x40, 2, 16, 2, 1, 0, 0, 0xfb, 0xf4, 1, 2, 0, 0, 0xfb, 0xf5, 0, 0, 0xfb, 0xf6];
const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 1];
const LOCAL_PREF: &[u8] = &[0x40, 5, 4, 0, 0, 0, 100];

#[test]
fn every_attribute() {
    let attributes: &[&[u8]] = &[
        ORIGIN,
        AS_PATH,
        NEXT_HOP,
        &[0x80, 4, 4, 0, 0, 0, 10],
        LOCAL_PREF,
        &[0x40, 6, 0],
        &[0xc0, 7, 8, 0, 0, 0xfb, 0xf4, 192, 0, 2, 9],
        &[0xc0, 8, 8, 0x1f, 0x8b, 0x1f, 0x47, 0xff, 0xff, 0xff, 1],
        &[0x80, 9, 4, 192, 0, 2, 8],
        &[0x80, 10, 4, 192, 0, 2, 7],
        &[0xc0, 16, 8, 0xff, 2, 0xfb, 0xf4, 0, 0, 0, 1],
        &[0xc0, 32, 12, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 0, 0, 2],
        &[0xc0, 99, 2, 1, 0xab],
    ];
    let bytes = body(&[8, 10], attributes, &[24, 203, 0, 113]);
    let parsed = update(&bytes, &session(PeerKind::Internal)).unwrap();
    let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
    let community = json(&routes.attrs.extended_communities().next().unwrap());
    let want = [
        r#"{"type":"update","withdrawn":[{"family":"ipv4-unicast","nlri":["10.0.0.0/8"]}],"attributes":{"#,
        r#""origin":"igp","as-path":[64500,{"set":[64501,64502]}],"next-hop":"192.0.2.1","med":10,"#,
        r#""local-pref":100,"atomic-aggregate":true,"aggregator":{"asn":64500,"router-id":"192.0.2.9"},"#,
        r#""communities":["8075:8007","no-export"],"originator-id":"192.0.2.8","cluster-list":["192.0.2.7"],"#,
        r#""extended-communities":["#,
        &community,
        r#"],"large-communities":["64500:1:2"],"unknown":[{"code":99,"flags":192,"value":"01ab"}]},"#,
        r#""announced":[{"family":"ipv4-unicast","next-hop":"192.0.2.1","nlri":["203.0.113.0/24"]}],"#,
        r#""outcome":"ok","findings":[]}"#,
    ];
    assert_eq!(json(&parsed), want.concat());
    let own = json(&UpdateBuf::from_routes(&routes));
    assert_eq!(own, want.concat().replace(r#","outcome":"ok","findings":[]"#, ""));
}

/// (body of an UPDATE from an external peer, what stands behind its type)
#[test]
fn updates() {
    let mp_reach: &[u8] = &[
        0x80, 14, 42, 0, 2, 1, 32, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfe, 0x80, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 32, 0x20, 1, 0xd, 0xb8,
    ];
    let bad: &[u8] = &[0x40, 6, 1, 0];
    for (body, want) in [
        (body(&[], &[], &[]), r#""end-of-rib":"ipv4-unicast","outcome":"ok","findings":[]}"#),
        (
            body(&[], &[mp_reach, ORIGIN, &[0x40, 2, 0], bad], &[]),
            concat!(
                r#""withdrawn":[],"attributes":{"origin":"igp","as-path":[]},"announced":[{"#,
                r#""family":"ipv6-unicast","next-hop":{"global":"2001:db8::1","link-local":"fe80::1"},"#,
                r#""nlri":["2001:db8::/32"]}],"outcome":"attribute-discard","findings":[{"#,
                r#""attribute":"atomic-aggregate","fault":"cannot be 1 octets long","#,
                r#""section":"RFC 4271 §5.1.6, RFC 7606 §7.6","outcome":"attribute-discard"}]}"#,
            ),
        ),
        (
            body(&[], &[&[0x80, 14, 9, 0, 99, 99, 0, 0, 1, 2, 3, 4], ORIGIN, &[0x40, 2, 0]], &[]),
            concat!(
                r#""withdrawn":[],"attributes":{"origin":"igp","as-path":[]},"#,
                r#""announced":[{"family":"afi-99-safi-99","nlri":["01020304"]}],"outcome":"ok","findings":[]}"#,
            ),
        ),
        (
            body(&[8, 10], &[&[0x80, 14, 8, 0x40, 0x04, 71, 3, 1, 2, 3, 0]], &[]),
            concat!(
                r#""disabled":"link-state","withdrawn":[{"family":"ipv4-unicast","nlri":["10.0.0.0/8"]}],"#,
                r#""treated-as-withdrawn":[],"outcome":"afi-safi-disable","findings":[{"#,
                r#""attribute":"mp-reach-nlri","fault":"a next hop of 3 octets does not fit the family","#,
                r#""section":"RFC 7606 §7.11","outcome":"afi-safi-disable"}]}"#,
            ),
        ),
        (
            body(&[8, 10], &[AS_PATH, NEXT_HOP, bad, bad, bad, bad, bad], &[24, 203, 0, 113]),
            concat!(
                r#""withdrawn":[{"family":"ipv4-unicast","nlri":["10.0.0.0/8"]}],"#,
                r#""treated-as-withdrawn":[{"family":"ipv4-unicast","nlri":["203.0.113.0/24"]}],"#,
                r#""outcome":"treat-as-withdraw","findings":["#,
            ),
        ),
    ] {
        let json = json(&update(&body, &session(PeerKind::External)).unwrap());
        let tail = json.strip_prefix(r#"{"type":"update","#).unwrap();
        assert!(tail == want || (want.ends_with('[') && tail.starts_with(want)), "{json}");
        assert_eq!(want.ends_with('['), json.ends_with(r#"],"more-findings":2}"#), "{json}");
    }
}

/// (octets of a capability, what stands behind its code)
#[test]
fn open_with_every_capability() {
    let capabilities: &[(&[u8], &str)] = &[
        (&[1, 4, 0, 1, 0, 1], r#""name":"multiprotocol","family":"ipv4-unicast""#),
        (&[1, 4, 0, 99, 0, 99], r#""name":"multiprotocol","family":"afi-99-safi-99""#),
        (&[2, 0], r#""name":"route-refresh""#),
        (
            &[3, 7, 0, 1, 0, 1, 1, 64, 3],
            concat!(
                r#""name":"outbound-route-filter","families":[{"family":"ipv4-unicast","#,
                r#""types":[{"type":64,"receive":true,"send":true}]}]"#,
            ),
        ),
        (
            &[5, 6, 0, 1, 0, 1, 0, 2],
            r#""name":"extended-next-hop","families":[{"afi":1,"safi":1,"next-hop-afi":2}]"#,
        ),
        (&[6, 0], r#""name":"extended-message""#),
        (&[7, 3, 0x08, 0, 1], r#""name":"bgpsec","version":0,"direction":"send","afi":1"#),
        (&[8, 4, 0, 1, 1, 3], r#""name":"multiple-labels","families":[{"family":"ipv4-unicast","count":3}]"#),
        (&[9, 1, 1], r#""name":"role","role":"rs-server""#),
        (&[9, 1, 9], r#""name":"role","role":9"#),
        (
            &[64, 6, 0x80, 120, 0, 1, 1, 0x80],
            concat!(
                r#""name":"graceful-restart","restarting":true,"notification":false,"restart-time":120,"#,
                r#""families":[{"family":"ipv4-unicast","forwarding-preserved":true}]"#,
            ),
        ),
        (&[65, 4, 0, 1, 0, 0], r#""name":"four-octet-as","asn":65536"#),
        (&[67, 1, 1], r#""name":"dynamic","value":"01""#),
        (&[68, 1, 0], r#""name":"multisession","value":"00""#),
        (
            &[69, 4, 0, 1, 1, 1],
            r#""name":"add-path","families":[{"family":"ipv4-unicast","receive":true,"send":false}]"#,
        ),
        (&[70, 0], r#""name":"enhanced-route-refresh""#),
        (
            &[71, 7, 0, 1, 1, 0, 0, 14, 16],
            concat!(
                r#""name":"long-lived-graceful-restart","families":"#,
                r#"[{"family":"ipv4-unicast","forwarding-preserved":false,"stale-time":3600}]"#,
            ),
        ),
        (
            &[73, 7, 3, b'r', 0xc3, 0xa9, 2, b'a', 0xff],
            "\"name\":\"fqdn\",\"host\":\"ré\",\"domain\":\"a\u{fffd}\"",
        ),
        (&[74, 0], r#""name":"bfd-strict-mode""#),
        (&[75, 4, 3, b'v', b'"', b'1'], r#""name":"software-version","version":"v\"1""#),
        (&[76, 5, 0, 1, 1, 0, 8], r#""name":"paths-limit","families":[{"family":"ipv4-unicast","limit":8}]"#),
        (&[200, 2, 0, 0xff], r#""value":"00ff""#),
    ];
    let octets: Vec<u8> = capabilities.iter().flat_map(|(octets, _)| *octets).copied().collect();
    let len = u8::try_from(octets.len()).unwrap();
    let body = [&[4, 0x5b, 0xa0, 0, 90, 192, 0, 2, 1, len + 2, 2, len], &octets[..]].concat();
    let shown = |(octets, shown): &(&[u8], &str)| alloc::format!("{{\"code\":{},{shown}}}", octets[0]);
    let all: Vec<_> = capabilities.iter().map(shown).collect();
    let want = r#"{"type":"open","asn":65536,"hold-time":90,"router-id":"192.0.2.1","capabilities":["#;
    assert_eq!(json(&Open::decode(&body).unwrap()), [want, &all.join(","), "]}"].concat());
}

#[test]
fn the_other_messages() {
    let shutdown = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
    let notification = Notification { code: shutdown, data: &shutdown.communication("bye") };
    assert_eq!(
        json(&notification),
        concat!(
            r#"{"type":"notification","code":6,"subcode":2,"name":"Administrative Shutdown","#,
            r#""communication":"bye","data":"03627965"}"#,
        )
    );
    let encapsulated = notification.encapsulated();
    let hard = Notification::new(NotificationCode::HARD_RESET).data(&encapsulated);
    assert_eq!(
        json(&hard),
        concat!(
            r#"{"type":"notification","code":6,"subcode":9,"name":"Hard Reset","data":"060203627965","#,
            r#""encapsulated":{"code":6,"subcode":2,"name":"Administrative Shutdown","#,
            r#""communication":"bye","data":"03627965"}}"#,
        )
    );
    let refresh = RouteRefresh::begin(Family::Ipv6Unicast.afi_safi());
    assert_eq!(json(&refresh), r#"{"type":"route-refresh","family":"ipv6-unicast","subtype":"begin"}"#);
    let body = [0, 1, 0, 1, 2, 64, 0, 13, 0x80, 0x20, 0, 0, 0, 5, 25, 0, 24, 198, 51, 100, 0xc0, 65, 0, 1, 7];
    assert_eq!(
        json(&FilteredRefresh::decode(&body).unwrap().unwrap()),
        concat!(
            r#"{"type":"route-refresh","family":"ipv4-unicast","subtype":"request","when":"defer","#,
            r#""filters":[{"type":64,"entries":[{"action":"remove-all"},{"action":"add","sequence":5,"#,
            r#""permit":false,"prefix":"198.51.100.0/24","min-length":25},{"fault":"unknown action 3"}]},"#,
            r#"{"type":65,"value":"07"}]}"#,
        )
    );
    let mut keepalive = Vec::new();
    write_keepalive(&mut keepalive);
    let frame = frame(&keepalive, 4096).unwrap().unwrap();
    assert_eq!(json(&frame), r#"{"type":"keepalive","length":19,"body":""}"#);
}

#[test]
fn a_reset() {
    let reset = update(&[0, 0, 0, 9], &session(PeerKind::External)).unwrap_err();
    assert_eq!(
        json(&reset),
        concat!(
            r#"{"code":3,"subcode":1,"name":"Malformed Attribute List","#,
            r#""fault":"the UPDATE's length fields contradict each other","section":"RFC 7606 §3.b","data":""}"#,
        )
    );
    let reset = RouteRefresh::decode(&[7]).unwrap_err();
    assert!(json(&reset).ends_with(r#""data":"ffffffffffffffffffffffffffffffff00140507"}"#));
}

#[test]
fn negotiated() {
    assert_eq!(
        json(&Negotiated::new(PeerKind::External)),
        concat!(
            r#"{"peer":"external","asn-width":4,"families":["ipv4-unicast"],"add-path-rx":[],"#,
            r#""add-path-tx":[],"labels-rx":{"ipv4-labelled":"one","ipv6-labelled":"one","ipv4-vpn":"one","#,
            r#""ipv6-vpn":"one"},"labels-tx":{"ipv4-labelled":"one","ipv6-labelled":"one","ipv4-vpn":"one","#,
            r#""ipv6-vpn":"one"},"max-message":4096,"route-refresh":true,"extended-next-hop":[],"as-sets":"accepted","aigp":false,"bgpsec":false}"#,
        )
    );
    assert_eq!(json(&FamilyOutcome::NotOfferedByPeer), r#""not-offered-by-peer""#);
}

/// A path, and what else stands for it.
#[test]
fn paths() {
    let mut path: AsPathBuf = "1 {2 3} (4) [5] 6 7".parse().unwrap();
    path.push(SegmentKind::Sequence, [Asn(8)]);
    let want = r#"[1,{"set":[2,3]},{"confed-sequence":[4]},{"confed-set":[5]},6,7,{"sequence":[8]}]"#;
    assert_eq!(json(&path), want);
    assert_eq!(serde_json::from_str::<AsPathBuf>(want).unwrap(), path);
    for (text, same) in [(r#""1 {2,3}""#, "1 {2 3}"), (r#"["AS1", "0.2"]"#, "1 2"), ("[]", "")] {
        assert_eq!(serde_json::from_str::<AsPathBuf>(text).unwrap().to_string(), same);
    }
    for wrong in ["[0]", r#"[{"set":[0]}]"#, "[-1]", "[4294967296]", "7", r#"["x"]"#, r#"[{"sequel":[1]}]"#] {
        assert!(serde_json::from_str::<AsPathBuf>(wrong).is_err(), "{wrong}");
    }
}

/// What is not of a type, and what its error says.
#[test]
fn what_cannot_be_read() {
    fn error<T: ::serde::de::DeserializeOwned>(text: &str) -> String {
        serde_json::from_str::<T>(text).err().map(|e| e.to_string()).unwrap_or_default()
    }
    for (got, want) in [
        (error::<Asn>("4294967296"), "at most 4294967295"),
        (error::<Asn>("true"), "expected an ASN"),
        (error::<Community>(r#""no""#), "a community is two numbers"),
        (error::<LargeCommunity>("1"), "expected a large community"),
        (error::<Family>(r#""ipv5""#), "a family is"),
        (error::<AfiSafi>(r#""AFI 1""#), "afi-N-safi-N"),
        (error::<AsnWidth>("3"), "2 octets or 4"),
        (error::<LabelStacks>(r#"{"ipv4-unicast":"one"}"#), "ipv4-unicast has no labels"),
        (error::<NextHop>(r#""x""#), "data did not match"),
        (error::<Origin>(r#""x""#), "unknown variant"),
        (error::<AttributeSet>(r#"{"origin":"igp"}"#), "missing field `next-hop`"),
        (error::<AttributeSet>(r#"{"origin":"igp","next-hop":"::1","metric":1}"#), "unknown field `metric`"),
        (error::<OwnedAttr>(r#"{"code":99,"flags":192,"value":"012"}"#), "come in pairs"),
        (error::<OwnedAttr>(r#"{"code":99,"flags":192,"value":"0é"}"#), "come in pairs"),
    ] {
        assert!(got.contains(want), "{got:?} {want:?}");
    }
}
