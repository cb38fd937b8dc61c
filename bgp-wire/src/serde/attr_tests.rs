//! The JSON of the attributes of later standards, letter by letter.

use super::attr::Value;
use crate::attr::samples;
use crate::*;
use alloc::vec::Vec;
use serde_json::to_string;

/// In the order of the samples.
const JSON: &[&str] = &[
    concat!(
        r#"{"type":"ingress-replication","flags":0,"leaf-information-required":false,"label":{"#,
        r#""mpls":100,"vni":1600},"endpoint":"192.0.2.1"}"#,
    ),
    concat!(
        r#"{"type":"rsvp-te-p2mp","flags":1,"leaf-information-required":true,"#,
        r#""extended-tunnel-id":"192.0.2.1","tunnel-id":7,"p2mp-id":9}"#,
    ),
    concat!(
        r#"{"type":"mldp-p2mp","flags":0,"leaf-information-required":false,"fec-type":6,"#,
        r#""root":"192.0.2.1","opaque":"0102"}"#,
    ),
    concat!(
        r#"{"type":"pim-ssm","flags":0,"leaf-information-required":false,"source":"192.0.2.1","#,
        r#""group":"232.0.0.1"}"#,
    ),
    concat!(
        r#"{"type":"bier","flags":0,"leaf-information-required":false,"label":{"mpls":1,"vni":16},"#,
        r#""sub-domain":1,"bfr-id":7,"bfr-prefix":"192.0.2.1"}"#,
    ),
    r#"{"type":13,"flags":0,"leaf-information-required":false,"identifier":"ab"}"#,
    r#"{"type":"no-tunnel","flags":0,"leaf-information-required":false}"#,
    concat!(
        r#"[{"type":"vxlan","endpoint":"192.0.2.1","sub-tlvs":[{"type":6,"name":"egress-endpoint","#,
        r#""value":"192.0.2.1"},{"type":1,"name":"encapsulation","value":{"vn-id":100,"#,
        r#""mac":"00:00:5e:00:53:01"}}]},{"type":"gre","endpoint":"192.0.2.1","sub-tlvs":[{"type":6,"#,
        r#""name":"egress-endpoint","value":"192.0.2.1"},{"type":1,"name":"encapsulation","value":{"#,
        r#""key":7}}]}]"#,
    ),
    concat!(
        r#"[{"type":"nvgre","sub-tlvs":[{"type":1,"name":"encapsulation","value":{}}]},{"#,
        r#""type":"l2tpv3","sub-tlvs":[{"type":1,"name":"encapsulation","value":{"session-id":7,"#,
        r#""cookie":"01020304"}}]}]"#,
    ),
    concat!(
        r#"[{"type":99,"endpoint":"next-hop","sub-tlvs":[{"type":6,"name":"egress-endpoint","#,
        r#""value":"next-hop"},{"type":2,"name":"protocol-type","value":2048},{"type":4,"#,
        r#""name":"color","value":{"flags":0,"color":100}},{"type":5,"name":"load-balancing-block","#,
        r#""value":4},{"type":7,"name":"ds-field","value":184},{"type":8,"name":"udp-port","#,
        r#""value":6635},{"type":9,"name":"embedded-label-handling","value":1},{"type":10,"#,
        r#""name":"label-stack","value":[100,3]},{"type":11,"name":"prefix-sid","value":{"#,
        r#""label-index":7}},{"type":12,"name":"preference","value":200},{"type":15,"#,
        r#""name":"priority","value":5},{"type":130,"name":"policy-name","value":"70"},{"type":99,"#,
        r#""value":"01"}]}]"#,
    ),
    r#"["0x0707070707070707070707070707070707070707"]"#,
    r#"{"metric":1000}"#,
    r#"{"metric":7,"tlvs":[{"type":9,"value":"ab"}]}"#,
    concat!(
        r#"{"secure-path":[{"p-count":2,"flags":128,"asn":64500},{"p-count":1,"flags":0,"#,
        r#""asn":64501}],"signature-blocks":[{"algorithm-suite":1,"signatures":[{"#,
        r#""ski":"0707070707070707070707070707070707070707","signature":"0102"},{"#,
        r#""ski":"0707070707070707070707070707070707070707","signature":"0102"}]}]}"#,
    ),
    "64500",
    r#"[{"global":64500,"local":1,"safi":70},{"global":64500,"local":2,"safi":70}]"#,
    r#"{"mode":"p2mp","discriminator":7,"source":"192.0.2.1"}"#,
    r#"{"mode":9,"discriminator":7,"source":"192.0.2.1"}"#,
    concat!(
        r#"[{"type":266,"name":"node-msd","value":[{"type":1,"depth":10}]},{"type":1024,"#,
        r#""name":"node-flag-bits","value":["overload","bit-6"]},{"type":1026,"name":"node-name","#,
        r#""value":"r\"1"},{"type":1027,"name":"is-is-area-identifier","value":"49.0001"},{"#,
        r#""type":1028,"name":"ipv4-router-id-of-local-node","value":"192.0.2.1"}]"#,
    ),
    concat!(
        r#"[{"type":263,"name":"multi-topology-id","value":[2]},{"type":1088,"#,
        r#""name":"administrative-group","value":3},{"type":1089,"name":"maximum-link-bandwidth","#,
        r#""value":0.5},{"type":1091,"name":"unreserved-bandwidth","value":[0.5,0.5,0.5,0.5,0.5,0.5,"#,
        r#"0.5,0.5]},{"type":1092,"name":"te-default-metric","value":5},{"type":1093,"#,
        r#""name":"link-protection-type","value":512},{"type":1095,"name":"igp-metric","value":10},{"#,
        r#""type":1096,"name":"shared-risk-link-group","value":[1,2]},{"type":1114,"#,
        r#""name":"unidirectional-link-delay","value":{"value":9,"anomalous":true}},{"type":1115,"#,
        r#""name":"min-max-unidirectional-link-delay","value":{"min":1,"max":2,"anomalous":false}},{"#,
        r#""type":65000,"value":"ab"}]"#,
    ),
    concat!(
        r#"{"label-index":7,"originator-srgb":[{"base":16000,"range":8000}],"tlvs":[{"type":99,"#,
        r#""value":"ab"}]}"#,
    ),
    concat!(
        r#"{"srv6-l3-service":{"sids":[{"sid":"2001:db8:1::","flags":0,"behavior":19}]},"#,
        r#""srv6-l2-service":{"sids":[{"sid":"2001:db8:1::","flags":0,"behavior":19,"structure":{"#,
        r#""block":40,"node":24,"function":16,"argument":0,"transposition-length":16,"#,
        r#""transposition-offset":64}}],"tlvs":[{"type":99,"value":"ab"}]}}"#,
    ),
    concat!(
        r#"{"origin-as":64500,"attributes":{"origin":"igp","as-path":[],"local-pref":200,"#,
        r#""only-to-customer":64501}}"#,
    ),
    concat!(
        r#"{"origin-as":64502,"attributes":{"origin":"igp","as-path":[],"local-pref":200,"#,
        r#""only-to-customer":64501,"attr-set":"0000fbf440010100400200400504000000c8c023040000fbf5"}}"#,
    ),
    r#""0100""#,
    r#""""#,
    r#""01""#,
];

#[test]
fn every_value() {
    let samples = samples();
    assert_eq!(samples.len(), JSON.len());
    for ((attr, line), want) in samples.iter().zip(JSON) {
        assert_eq!(to_string(&Value(attr.code, &attr.value)).unwrap(), *want, "{line}");
    }
}

/// Under their keys in a message, received and of its own.
#[test]
fn in_a_message() {
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    set.only_to_customer = Some(Asn(64500));
    set.put_other(OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(7, out)));
    let n = Negotiated { aigp: true, ..Negotiated::new(PeerKind::External) };
    let mut bytes = Vec::new();
    let mut writer = UpdateWriter::announce(&mut bytes, &n, Family::Ipv4Unicast, &set).unwrap();
    let nlri = PathNlri { path_id: 0, prefix: "198.51.100.0/24".parse().unwrap() };
    assert_eq!(writer.push(&nlri), Fit::Added);
    writer.finish();
    let Received::Routes(routes) = update(&bytes[HEADER_LEN..], &n).unwrap().update else { panic!() };
    let want = r#""aigp":{"metric":7},"only-to-customer":64500}"#;
    let json = to_string(&routes.attrs).unwrap();
    assert!(json.ends_with(want), "{json}");
    let own = to_string(&UpdateBuf::from_routes(&routes)).unwrap();
    assert!(own.contains(want), "{own}");
}
