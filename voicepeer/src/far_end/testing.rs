//! A plan for the tests: two sessions with two edges, and prefixes registered.

use bgp_policy::voice::Plan;

pub(crate) fn plan() -> Plan {
    let connection = |n: u8, role: &str| {
        format!(
            r#"
            [[peerings.connections]]
            name = "fra-{n}"
            location = "Frankfurt"
            role = "{role}"
            remote_router = "edge-{n}"
            bandwidth_gbps = 10
            session = {{ local = "192.0.2.{}/31", peer = "192.0.2.{}" }}
            "#,
            2 * (n - 1),
            2 * n - 1
        )
    };
    let text = format!(
        r#"
        asn = 64500
        associated_asns = [64501]
        [treat_as_public]
        prefixes = ["203.0.113.0/24", "198.51.100.0/24", "198.18.0.0/15"]
        asns = [64500, 64501, 64502, 64503]
        [attestations]
        irr = true
        [[peerings]]
        name = "fra"
        {}{}
        [[peerings.registered_prefixes]]
        name = "media"
        prefix = "203.0.113.0/24"
        [[peerings.registered_prefixes]]
        name = "private"
        prefix = "10.20.30.0/24"
        "#,
        connection(1, "primary"),
        connection(2, "redundant")
    );
    toml::from_str(&text).unwrap()
}
