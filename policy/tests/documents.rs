//! Plans, observations and reports as documents.

use bgp_policy::voice::{ConnectionState, Observed, Plan, RuleId, State, judge};
use bgp_wire::Asn;

const PLAN: &str = r#"
asn = 64500
associated_asns = ["AS64501"]

[treat_as_public]
prefixes = ["203.0.113.0/24", "198.51.100.0/24"]
asns = [64500, 64501]

[attestations]
lacp = true

[[peerings]]
name = "fra"
registered_prefixes = [
    { name = "media", prefix = "203.0.113.0/24", key = "01234567-89ab-cdef-0123-456789abcdef" },
    { name = "typo", prefix = "198.51.100.1/24" },
]

[[peerings.connections]]
name = "fra-1"
location = "fra"
role = "primary"
router = "edge-1"
remote_router = "far-1"
bandwidth_gbps = 100
utilisation_percent = 20
state = "Active"

[peerings.connections.session]
local = "192.0.2.0/31"
peer = "192.0.2.1"
provider = "microsoft"
bfd = { desired_min_tx_ms = 300, required_min_rx_ms = 300, detect_mult = 3, strict = true }
hold_time = 180
keepalive = 60
md5 = false
max_prefix = 450

[[activations]]
name = "voice"
primary_location = "fra"
prefixes = [{ prefix = "203.0.113.0/24", key = "01234567-89ab-cdef-0123-456789abcdef" }]
"#;

const OBSERVED: &str = r#"{ "sessions": [ { "connection": "fra-1", "source": "routes.json", "state": "Established",
    "bfd": { "state": "Up", "detectionTimeUs": 900000 }, "holdTime": 180,
    "routes": [
        { "prefix": "203.0.113.0/24", "nextHop": "192.0.2.0", "asPath": "64500 {64501 64502}",
          "communities": ["8075:8007", "no-export"], "largeCommunities": ["64500:1:2"], "origin": "igp",
          "originAsValidationState": "Valid", "rpkiValidationState": "Valid", "trustAnchor": "lab",
          "receivedTimestamp": "2025-03-03T00:00:00Z" },
        { "prefix": "198.51.100.1/24", "asPath": [64500, "AS64501", [64502, 64503], 64504] }
    ] } ] }"#;

#[test]
fn documents_read_and_write_back() {
    let plan: Plan = toml::from_str(PLAN).unwrap();
    assert_eq!((plan.asn, plan.associated_asns.as_slice()), (Asn(64500), &[Asn(64501)][..]));
    assert_eq!(plan.peerings[0].connections[0].state, Some(ConnectionState::Active));
    assert_eq!(plan.peerings[0].connections[0].session.local.to_string(), "192.0.2.0/31");
    assert_eq!(plan.faults(), []);
    assert_eq!(toml::from_str::<Plan>(&toml::to_string(&plan).unwrap()).unwrap(), plan);
    assert_eq!(serde_json::from_str::<Plan>(&serde_json::to_string(&plan).unwrap()).unwrap(), plan);

    let observed: Observed = serde_json::from_str(OBSERVED).unwrap();
    let routes = observed.sessions[0].routes.as_ref().unwrap();
    let paths: Vec<_> = routes.iter().map(|route| route.as_path.as_ref().unwrap().to_string()).collect();
    assert_eq!(paths, ["64500 {64501 64502}", "64500 64501 {64502 64503} 64504"]);
    assert_eq!(routes[1].communities, None);
    let written = serde_json::to_string(&observed).unwrap();
    assert_eq!(serde_json::from_str::<Observed>(&written).unwrap(), observed, "{written}");
}

#[test]
fn a_wrong_prefix_is_judged_not_refused() {
    let plan: Plan = toml::from_str(PLAN).unwrap();
    let report = judge(&plan, &serde_json::from_str(OBSERVED).unwrap());
    let wrong = report.of(RuleId::PrefixValid).find(|v| v.state == State::Invalid).unwrap();
    assert_eq!(wrong.subject.prefix.as_deref(), Some("198.51.100.1/24"));
}

#[test]
fn a_report_is_a_document() {
    let report = judge(&toml::from_str(PLAN).unwrap(), &serde_json::from_str(OBSERVED).unwrap());
    let document = serde_json::to_value(&report).unwrap();
    assert_eq!(document["outcome"], "failed");
    assert!(document["notes"][0].as_str().unwrap().starts_with("lab values"));
    let verdicts = document["verdicts"].as_array().unwrap();
    let set = verdicts.iter().find(|v| v["rule"] == "VP-ASPATH-SET").unwrap();
    assert_eq!(set["state"], "Failed");
    assert_eq!(set["attested"], false);
    assert_eq!(set["portal_message"], "the AS path is not correct");
    assert_eq!(set["subject"]["prefix"], "198.51.100.1/24");
    assert_eq!(set["subject"]["connection"], "fra-1");
    assert_eq!(set["evidence"][0]["what"], "AS_PATH 64500 64501 {64502 64503} 64504");
    assert_eq!(set["evidence"][0]["source"], "session fra-1, routes.json");
    let prefix = document["prefixes"].as_array().unwrap().iter().find(|p| p["prefix"] == "203.0.113.0/24");
    assert!(prefix.unwrap()["failed"].as_array().unwrap().contains(&"VP-ASPATH-SET".into()));
}

/// (text to change in the plan, what it becomes, what the error says, its line and column).
#[test]
fn errors_in_a_plan_are_precise() {
    for (old, new, says, place) in [
        ("asn = 64500", "asn = 4294967296", "`4294967296`: an ASN is a number", "line 2, column 7"),
        ("associated_asns", "asociated_asns", "unknown field `asociated_asns`", "line 3, column 1"),
        (
            "role = \"primary\"",
            "role = \"main\"",
            "unknown variant `main`, expected one of `primary`",
            "line 22, column 8",
        ),
        (
            "state = \"Active\"",
            "state = \"Up\"",
            "unknown variant `Up`, expected one of `None`, `PendingApproval`",
            "line 27",
        ),
        ("bandwidth_gbps = 100", "bandwidth = 100", "unknown field `bandwidth`", "line 25"),
        ("local = \"192.0.2.0/31\"", "local = \"192.0.2.0\"", "invalid IP address syntax", "line 30"),
        ("strict = true", "strictly = true", "unknown field `strictly`", "line 33"),
        ("lacp = true", "lacp = \"yes\"", "invalid type: string \"yes\", expected a boolean", "line 10"),
        ("max_prefix = 450", "max_prefix = -1", "-1", "line 37"),
    ] {
        assert!(PLAN.contains(old), "{old}");
        let error = toml::from_str::<Plan>(&PLAN.replacen(old, new, 1)).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains(place), "{new}\n{error}");
    }
}

#[test]
fn errors_in_observations_are_precise() {
    for (old, new, says) in [
        ("\"nextHop\"", "\"next_hop\"", "unknown field `next_hop`, expected one of `prefix`, `nextHop`"),
        ("\"trustAnchor\"", "\"anchor\"", "unknown field `anchor`"),
        ("64500 {64501 64502}", "64500 {64501", "`{` in an AS path has no counterpart"),
        ("64500 {64501 64502}", "64500 x", "`x` in an AS path is not an ASN"),
        ("[64500, \"AS64501\"", "[64500, true", "an AS path is text such as"),
        ("8075:8007", "8075:80070", "`8075:80070`: a community is"),
        ("\"Established\"", "\"Up\"", "unknown variant `Up`"),
        (
            "\"origin\": \"igp\"",
            "\"origin\": \"bgp\"",
            "unknown variant `bgp`, expected one of `igp`, `egp`, `incomplete`",
        ),
        ("\"192.0.2.0\"", "\"192.0.2\"", "invalid IP address syntax"),
    ] {
        assert!(OBSERVED.contains(old), "{old}");
        let error =
            serde_json::from_str::<Observed>(&OBSERVED.replacen(old, new, 1)).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("line "), "{new}\n{error}");
    }
}
