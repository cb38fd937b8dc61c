//! Layouts that people have published, beside those that the readers were made after.

use super::sr_os_hunt;
use super::tests::{lines, read, sample};
use super::text::{OwnAsn, numbered};

/// What a policy puts in front of the path stands before the router's own ASN, and a set of a confederation has brackets, too.
#[test]
fn prepended_paths_of_junos() {
    let text = sample!("junos_detail.txt")
        .replace("[64500] 64501 64502 64503 ?", "64499 64500 [64500] 64501 ?")
        .replace("[64500] 64501 {64502 64503}", "64500 64500 [64500] ([65010 65011]) 64501");
    let paths = |text: &str| {
        let seen = read("Junos", text);
        assert_eq!(seen.own_asn, OwnAsn::Shown);
        seen.routes.iter().map(|route| route.as_path.as_ref().unwrap().to_string()).collect::<Vec<_>>()
    };
    let want = ["64499 64500 64500 64501", "64500 64500 64500 (65010 65011) 64501", "64500", "64500 64501"];
    assert_eq!(paths(&text), want);
    // Where a release shows it only behind what was put in front, the other paths do not have it yet.
    let text = text.replace(": [64500] ", ": ");
    assert_eq!(paths(&text), want);
}

/// Paths and lists of communities of SR OS go on below where they are long.
#[test]
fn long_lines_of_sr_os() {
    let long =
        sample!("sr_os_detail.txt").replace("64501 64502 64503\n", "64501\n                 64502 64503\n");
    assert_eq!(lines(&read("SR OS", &long)), lines(&read("SR OS", sample!("sr_os_detail.txt"))));
}

/// What came is not announced, though it stands above what is.
#[test]
fn hunts_of_sr_os() {
    let text = sample!("sr_os_hunt.txt");
    let to_each = ["192.0.2.11", "192.0.2.13"].map(|peer| peer.parse().ok());
    let seen = sr_os_hunt::announced(&numbered(text, 1)).unwrap();
    assert_eq!(seen.iter().map(|seen| seen.peer).collect::<Vec<_>>(), to_each);
    assert_eq!(
        lines(&read("SR OS, routes hunt", text)),
        [
            "203.0.113.0/24|192.0.2.10|64500 64501|8075:8007 64500:1||igp|-",
            "203.0.113.0/24|192.0.2.12|64500 64501|||igp|-",
        ]
    );
}

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
