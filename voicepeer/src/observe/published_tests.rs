//! Layouts that people have published, beside those that the readers were made after.

use super::tests::{lines, read, sample};

#[test]
fn layouts() {
    let cases: [(&str, &str, &[&str]); 6] = [
        (
            "IOS-XR, advertised-routes",
            sample!("ios_xr_instance.txt"),
            &[
                "198.18.1.0/24|192.0.2.10|64500 65546|-|-|incomplete|-",
                "198.51.100.0/24|192.0.2.10|64500 (65010) 64501|-|-|igp|-",
                "2001:db8:5060:1234:5678::/80|2001:db8:0:192:0:2:0:10|64500|-|-|igp|-",
            ],
        ),
        (
            "IOS-XR, advertised-routes",
            sample!("ios_xr_vrfs.txt"),
            &[
                "198.51.100.0/24|192.0.2.10|64500|-|-|igp|-",
                "203.0.113.0/24|192.0.2.10|64500 64501|-|-|igp|-",
            ],
        ),
        (
            "Junos, advertising-protocol bgp",
            sample!("junos_wide.txt"),
            &[
                "198.51.100.0/24|0.0.0.0|64500|-|-|igp|16777224",
                "198.51.100.128/25|0.0.0.0|64500 4200000001|-|-|igp|4294967295",
                "203.0.113.0/24|0.0.0.0|64500 (65010 65011) 64501|-|-|igp|12",
                "203.0.113.128/25|203.0.113.9|64500 64501|-|-|igp|-",
                "2001:db8:5060:1234::/64|0.0.0.0|64500|-|-|igp|2",
                "2001:db8:5060:1234:5678::/80|2001:db8:0:192:0:2:0:10|64500 64501|-|-|igp|-",
            ],
        ),
        (
            "Junos, advertising-protocol bgp detail",
            sample!("junos_addpath.txt"),
            &[
                "203.0.113.0/24|0.0.0.0|64500 64501|8075:8007||igp|-",
                "203.0.113.0/24|203.0.113.9|64500 (65010) 64502|||igp|-",
            ],
        ),
        (
            "SR OS, advertised-routes",
            sample!("sr_os_ipv6.txt"),
            &[
                "2001:db8:5060::/48|::c000:20a|64500|-|-|igp|50",
                "2001:db8:5061::/48|::c000:20a||-|-|incomplete|-",
            ],
        ),
        (
            "EOS, advertised-routes detail",
            sample!("eos_vrf_detail.txt"),
            &["198.51.100.0/24|-||8075:8007||igp|-"],
        ),
    ];
    for (name, text, want) in cases {
        assert_eq!(lines(&read(name, text)), want, "{text}");
        // As people indent it in a report.
        let indented = format!("    {}", text.replace('\n', "\n    "));
        if name.starts_with("Junos") || name.starts_with("IOS-XR") {
            assert_eq!(lines(&read(name, &indented)), want, "{indented}");
        }
    }
}
