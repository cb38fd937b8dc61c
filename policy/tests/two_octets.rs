//! Routes of speakers with ASNs of two octets (RFC 6793): what is judged is the path that AS4_PATH restores.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it is wrong")]

use bgp_policy::voice::{
    AddressProvider, Connection, Observed, ObservedRoute, ObservedSession, Peering, Plan, Role, RuleId,
    SessionPlan, State, judge,
};
use bgp_wire::Asn;
use bgp_wire::{AsnWidth, AttributeSet, Negotiated, NextHop, PeerKind, Received, update};

const CARRIER: u32 = 200_000;

fn plan() -> Plan {
    let connection = Connection {
        name: "c".into(),
        location: "fra".into(),
        role: Role::Primary,
        router: None,
        remote_router: None,
        bandwidth_gbps: 10,
        utilisation_percent: None,
        state: None,
        session: SessionPlan {
            local: "9.9.9.0/31".parse().unwrap(),
            peer: "9.9.9.1".parse().unwrap(),
            provider: AddressProvider::Microsoft,
            bfd: None,
            hold_time: None,
            keepalive: None,
            md5: false,
            max_prefix: None,
        },
    };
    let peering = Peering { name: "p".into(), connections: vec![connection], registered_prefixes: vec![] };
    Plan { peerings: vec![peering], ..Plan::new(Asn(CARRIER)) }
}

/// The body of an UPDATE for 8.8.8.0/24 with these ASNs in AS_PATH and in AS4_PATH.
fn body(two: &[u16], four: &[u32]) -> Vec<u8> {
    let mut attrs = vec![0x40, 1, 1, 0, 0x40, 3, 4, 9, 9, 9, 0];
    let len = |asns: usize, width: usize| u8::try_from(2 + asns * width).unwrap();
    attrs.extend([0x40, 2, len(two.len(), 2), 2, u8::try_from(two.len()).unwrap()]);
    attrs.extend(two.iter().flat_map(|asn| asn.to_be_bytes()));
    if !four.is_empty() {
        attrs.extend([0xc0, 17, len(four.len(), 4), 2, u8::try_from(four.len()).unwrap()]);
        attrs.extend(four.iter().flat_map(|asn| asn.to_be_bytes()));
    }
    let length = u16::try_from(attrs.len()).unwrap().to_be_bytes();
    [&[0, 0][..], &length, &attrs, &[24, 8, 8, 8]].concat()
}

/// As the far end has it from a session on which one side has ASNs of two octets.
fn received(two: &[u16], four: &[u32]) -> ObservedRoute {
    let n = Negotiated { asn_width: AsnWidth::Two, ..Negotiated::new(PeerKind::External) };
    let body = body(two, four);
    let Received::Routes(routes) = update(&body, &n).unwrap().update else { panic!("routes") };
    let attrs = AttributeSet::from_attrs(&routes.attrs, NextHop::V4("9.9.9.0".parse().unwrap()));
    ObservedRoute::from_attributes("8.8.8.0/24".parse().unwrap(), &attrs)
}

/// (AS_PATH, AS4_PATH, the path judged, the rules on AS_PATH that fail).
#[test]
fn paths_of_two_octets() {
    use RuleId::{AsPathLength, AsPathPrepend, AsPathPrivate, AsPathSet, OriginAsn};
    let cases: [(&[u16], &[u32], &str, &[RuleId]); 6] = [
        (&[23_456], &[CARRIER], "200000", &[]),
        (&[23_456, 3500, 23_456], &[CARRIER, 3500, CARRIER], "200000 3500 200000", &[AsPathPrepend]),
        (&[23_456, 23_456], &[CARRIER, 200_001], "200000 200001", &[OriginAsn]),
        (&[23_456, 23_456], &[CARRIER, 4_200_000_000], "200000 4200000000", &[AsPathPrivate, OriginAsn]),
        // AS4_PATH was lost: AS_TRANS is nobody's ASN, and not the carrier's.
        (&[23_456], &[], "23456", &[AsPathPrivate, AsPathSet, OriginAsn]),
        (
            &[23_456, 23_456, 23_456, 23_456],
            &[CARRIER, 3500, 3501, 3502],
            "200000 3500 3501 3502",
            &[AsPathLength, OriginAsn],
        ),
    ];
    for (two, four, path, failed) in cases {
        let route = received(two, four);
        assert_eq!(route.as_path.as_ref().unwrap().to_string(), path, "{two:?} {four:?}");
        let session = ObservedSession {
            connection: Some("c".into()),
            routes: Some(vec![route]),
            ..ObservedSession::default()
        };
        let report = judge(&plan(), &Observed { sessions: vec![session], ..Observed::default() });
        let of_paths = [AsPathLength, AsPathPrivate, AsPathPrepend, AsPathSet, OriginAsn];
        let got: Vec<_> =
            of_paths.into_iter().filter(|rule| report.of(*rule).any(|v| v.state == State::Failed)).collect();
        assert_eq!(got, failed, "{path}");
    }
}
