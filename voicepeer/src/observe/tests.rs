//! Every reader on output of the program itself.

use super::command::{Output, outputs};
use super::form::form_of;
use super::json;
use super::text::{OwnAsn, Seen, numbered};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::Asn;
use std::fmt::Display;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("samples/", $name))
    };
}
pub(super) use sample;

/// `prefix|next hop|AS_PATH|communities|large communities|origin|MED`, with `-` for what was not seen.
fn line(route: &ObservedRoute) -> String {
    fn or_dash<T: Display>(value: Option<T>) -> String {
        value.map_or_else(|| "-".to_owned(), |value| value.to_string())
    }
    fn list<T: Display>(list: Option<&Vec<T>>) -> String {
        or_dash(list.map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")))
    }
    [
        route.prefix.to_string(),
        or_dash(route.next_hop),
        or_dash(route.as_path.as_ref()),
        list(route.communities.as_ref()),
        list(route.large_communities.as_ref()),
        or_dash(route.origin),
        or_dash(route.med),
    ]
    .join("|")
}

pub(super) fn lines(seen: &Seen) -> Vec<String> {
    seen.routes.iter().map(line).collect()
}

pub(super) fn read(name: &str, text: &str) -> Seen {
    let lines = numbered(text, 1);
    let form = form_of(&lines).unwrap_or_else(|| panic!("{name} is known"));
    assert!(form.name.starts_with(name), "{name} was taken for {}", form.name);
    (form.read)(&lines).unwrap_or_else(|bad| panic!("{name}: line {}: {}", bad.line, bad.why))
}

const MISSING: OwnAsn = OwnAsn::Missing(None);

#[test]
fn frr() {
    for text in [sample!("frr.txt"), sample!("frr_wide.txt")] {
        let seen = read("FRR, advertised-routes", text);
        assert_eq!(seen.own_asn, OwnAsn::Missing(Some(Asn(64500))));
        assert_eq!(
            lines(&seen),
            [
                "198.18.1.0/24|0.0.0.0|64501 64502 64503|-|-|incomplete|0",
                "198.18.16.0/23|::||-|-|igp|0",
                "198.51.100.0/24|0.0.0.0||-|-|igp|50",
                "198.51.100.128/25|0.0.0.0|4200000001|-|-|igp|0",
                "203.0.113.0/24|0.0.0.0|64501|-|-|igp|0",
            ]
        );
        assert_eq!(seen.routes[0].place.as_deref(), Some("line 10"));
        assert!(seen.not_shown.is_some());
    }
    assert_eq!(lines(&read("FRR", sample!("frr_ipv6.txt"))), ["2001:db8:5060::/48|::||-|-|igp|0"]);
}

#[test]
fn frr_detail() {
    let seen = read("FRR, advertised-routes detail", sample!("frr_detail.txt"));
    assert_eq!(seen.own_asn, MISSING);
    assert_eq!(
        lines(&seen),
        [
            "198.18.1.0/24|0.0.0.0|64501 64502 64503|||incomplete|0",
            "198.51.100.0/24|0.0.0.0||8075:8007||igp|50",
            "203.0.113.0/24|0.0.0.0|64501|8075:8007 64500:1|64500:1:2|igp|0",
        ]
    );
}

#[test]
fn bird() {
    let seen = read("BIRD", sample!("bird_all.txt"));
    assert_eq!(seen.own_asn, MISSING);
    assert_eq!(
        lines(&seen),
        [
            "198.51.100.0/24|-||8075:8007||igp|50",
            "198.51.100.128/25|-|4200000001|||-|-",
            "198.18.1.0/24|-|64501 64502 64503|||incomplete|-",
            "203.0.113.0/24|-|64501|8075:8007 64500:1|64500:1:2|igp|-",
            "198.18.2.0/23|-||no-export 64500:1 64500:2 64500:3 64500:4 64500:5 64500:6 64500:7 64500:8 64500:9 \
             64500:10 8075:8007||egp|-",
            "2001:db8:5060::/48|-||||-|-",
        ]
    );
    let short = read("BIRD", sample!("bird.txt"));
    assert_eq!((lines(&short)[0].as_str(), short.routes.len()), ("198.51.100.0/24|-|-|-|-|-|-", 6));
    assert!(short.not_shown.is_some_and(|how| how.contains(" all")));
}

#[test]
fn gobgp() {
    let seen = read("GoBGP", sample!("gobgp.txt"));
    assert_eq!((seen.own_asn, seen.not_shown), (OwnAsn::Shown, None));
    let want = [
        "198.18.1.0/24|192.0.2.10|64500 64501 64502 64503|||incomplete|-",
        "198.18.16.0/23|192.0.2.10|64500 64501 {64502 64503}|||igp|-",
        "198.18.2.0/23|192.0.2.10|64500|64500:1 64500:2 64500:3 64500:4 64500:5 64500:6 64500:7 64500:8 64500:9 64500:10 \
         8075:8007||egp|-",
        "198.51.100.0/24|192.0.2.10|64500|8075:8007||igp|50",
        "198.51.100.128/25|192.0.2.10|64500 4200000001|||igp|-",
        "203.0.113.0/24|192.0.2.10|64500 64501|8075:8007 64500:1|64500:1:2|igp|-",
    ];
    let mut text = lines(&seen);
    text.sort();
    assert_eq!(text, want);
    let value = serde_json::from_str(sample!("gobgp.json")).unwrap();
    assert_eq!(lines(&json::gobgp(&value).unwrap()), want);
    let nothing = read("GoBGP", "Network not in table\n");
    assert_eq!(nothing.routes, []);
}

#[test]
fn openbgpd() {
    let want = |communities: bool| {
        let list = |list: &'static str| if communities { list } else { "-" };
        [
            format!(
                "198.18.1.0/24|192.0.2.10|64500 64500 64500 64500|{}|{}|incomplete|0",
                list(""),
                list("")
            ),
            format!(
                "198.18.2.0/23|192.0.2.10|64500|{}|{}|egp|0",
                list(
                    "8075:8007 64500:2 64500:3 64500:4 64500:5 64500:6 64500:7 64500:8 64500:9 64500:10 64500:11 64500:12"
                ),
                list("")
            ),
            format!("198.51.100.0/24|192.0.2.10|64500|{}|{}|igp|50", list("8075:8007"), list("")),
            format!("198.51.100.128/25|192.0.2.10|64500|{}|{}|igp|0", list(""), list("")),
            format!(
                "203.0.113.0/24|192.0.2.10|64500|{}|{}|igp|0",
                list("8075:8007 64500:1"),
                list("64500:1:2")
            ),
            format!("2001:db8:5060::/48|::1|64500|{}|{}|igp|0", list(""), list("")),
        ]
    };
    let short = read("OpenBGPD, show rib out", sample!("openbgpd.txt"));
    assert_eq!((lines(&short), short.peer), (want(false).to_vec(), None));
    assert!(short.not_shown.is_some());
    let detail = read("OpenBGPD, show rib detail out", sample!("openbgpd_detail.txt"));
    assert_eq!((lines(&detail), detail.not_shown), (want(true).to_vec(), None));
    assert_eq!(detail.peer, "192.0.2.11".parse().ok());
    let document = serde_json::from_str(sample!("openbgpd.json")).unwrap();
    let json = json::openbgpd(&document).unwrap();
    assert_eq!((lines(&json), json.peer), (want(true).to_vec(), detail.peer));
}

#[test]
fn frr_json() {
    let value = serde_json::from_str(sample!("frr.json")).unwrap();
    let seen = json::frr(&value).unwrap();
    assert_eq!(lines(&seen), lines(&read("FRR", sample!("frr.txt"))));
    assert_eq!(seen.own_asn, OwnAsn::Missing(Some(Asn(64500))));
}

/// The forms below were written after the routers' documentation and outputs that people have published, not taken from a router.
const AS_IT_LEAVES: [&str; 4] = [
    "198.18.1.0/24|192.0.2.10|64500 64501 64502 64503|||incomplete|-",
    "198.18.16.0/23|192.0.2.10|64500 64501 {64502 64503}|64500:1||igp|-",
    "198.51.100.0/24|192.0.2.10|64500|8075:8007||igp|50",
    "203.0.113.0/24|192.0.2.10|64500 64501|no-export 8075:8007 64500:1|64500:1:2|igp|-",
];

/// The same where communities are not shown.
fn without_communities(line: &str) -> String {
    let mut fields: Vec<&str> = line.split('|').collect();
    (fields[3], fields[4]) = ("-", "-");
    fields.join("|")
}

#[test]
fn ios_xr() {
    let short = read("IOS-XR, advertised-routes", sample!("ios_xr.txt"));
    // It does not show MED either.
    let want = AS_IT_LEAVES.map(|line| without_communities(line).replace("|50", "|-"));
    assert_eq!((lines(&short), short.own_asn), (want.to_vec(), OwnAsn::Shown));
    let detail = read("IOS-XR, advertised neighbor", sample!("ios_xr_detail.txt"));
    assert_eq!((lines(&detail), detail.own_asn), (AS_IT_LEAVES.map(str::to_owned).to_vec(), OwnAsn::Shown));
    assert_eq!(detail.peer, "192.0.2.11".parse().ok());
}

#[test]
fn junos() {
    let own = |line: String| line.replace("192.0.2.10", "0.0.0.0");
    let short = read("Junos, advertising-protocol bgp", sample!("junos.txt"));
    let want = AS_IT_LEAVES
        .map(|line| own(without_communities(line)).replace("|64500 ", "|").replace("|64500|", "||"));
    assert_eq!((lines(&short), short.own_asn), (want.to_vec(), MISSING));
    let detail = read("Junos, advertising-protocol bgp detail", sample!("junos_detail.txt"));
    assert_eq!(lines(&detail), AS_IT_LEAVES.map(|line| own(line.to_owned())).to_vec());
    assert_eq!((detail.own_asn, detail.not_shown), (OwnAsn::Shown, None));
}

#[test]
fn sr_os() {
    let short = read("SR OS, advertised-routes", sample!("sr_os.txt"));
    assert_eq!(
        (lines(&short), short.own_asn),
        (AS_IT_LEAVES.map(without_communities).to_vec(), OwnAsn::Shown)
    );
    let detail = read("SR OS, advertised-routes detail", sample!("sr_os_detail.txt"));
    assert_eq!((lines(&detail), detail.not_shown), (AS_IT_LEAVES.map(str::to_owned).to_vec(), None));
    assert_eq!(detail.peer, "192.0.2.11".parse().ok());
}

#[test]
fn eos() {
    let short = read("EOS, advertised-routes", sample!("eos.txt"));
    assert_eq!(
        (lines(&short), short.own_asn),
        (AS_IT_LEAVES.map(without_communities).to_vec(), OwnAsn::Shown)
    );
    let detail = read("EOS, advertised-routes detail", sample!("eos_detail.txt"));
    assert_eq!((lines(&detail), detail.not_shown), (AS_IT_LEAVES.map(str::to_owned).to_vec(), None));
}

/// What people copy from a terminal: the command and its prompt, a VRF, a pager that was answered, long rows.
#[test]
fn terminals() {
    let want = [
        "198.18.1.0/24|192.0.2.10|64500 64501 64502 64503|-|-|incomplete",
        "198.18.16.0/23|192.0.2.10|64500 64501 {64502 64503}|-|-|igp",
        "198.51.100.128/25|192.0.2.10|64500 4200000001|-|-|igp",
        "203.0.113.0/24|192.0.2.10|64500 64501|-|-|igp",
    ];
    for (name, text) in [
        ("IOS-XR", sample!("ios_xr_terminal.txt")),
        ("Junos", sample!("junos_terminal.txt")),
        ("SR OS", sample!("sr_os_terminal.txt")),
        ("EOS", sample!("eos_terminal.txt")),
    ] {
        let outputs = outputs(text);
        let [Output { command: Some(command), lines: shown }] = outputs.as_slice() else {
            panic!("{name}: {outputs:?}")
        };
        assert_eq!((command.peer, command.cut), ("192.0.2.11".parse().ok(), None), "{name}");
        let form = form_of(shown).unwrap_or_else(|| panic!("{name} is known"));
        assert!(form.name.starts_with(name), "{name} was taken for {}", form.name);
        let mut seen =
            (form.read)(shown).unwrap_or_else(|bad| panic!("{name}: line {}: {}", bad.line, bad.why));
        for route in &mut seen.routes {
            if seen.own_asn == MISSING {
                route.as_path.as_mut().unwrap().prepend(Asn(64500), 1);
                route.next_hop = "192.0.2.10".parse().ok();
            }
        }
        let found: Vec<_> =
            lines(&seen).iter().map(|line| line.rsplit_once('|').unwrap().0.to_owned()).collect();
        assert_eq!(found, want, "{name}");
    }
}

/// (a sample; what is changed in it, and to what; the line and what is said of it).
#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let cases: &[(&str, &str, &str, usize, &str)] = &[
        (sample!("frr.txt"), "198.51.100.0/24 ", "198.51.100.0/x  ", 12, "a prefix"),
        (sample!("frr.txt"), "*> 203", "*> 203.0.113.0\n*> 203", 15, "a prefix"),
        (sample!("frr.txt"), "0.0.0.0                 50", "0.0.0.x                 50", 12, "an address"),
        (sample!("frr.txt"), "64501 64502 64503 ?", "64501 64502 x ?", 10, "`x`"),
        (sample!("frr.txt"), "64501 64502 64503 ?", "64501 64502 6450", 10, "the origin"),
        (sample!("frr.txt"), "        50    ", "       5 0    ", 12, "the metric"),
        (sample!("frr.txt"), "prefixes 5", "prefixes 6", 17, "6 routes, and 5 were read"),
        (sample!("frr.txt"), "\nTotal number of prefixes 5", "", 15, "ends before `Total"),
        (sample!("frr_detail.txt"), "Community: 8075:8007\n", "Community: 8075:x\n", 16, "communities"),
        (sample!("frr_detail.txt"), "Origin incomplete", "Origin none", 7, "the origin"),
        (sample!("frr_detail.txt"), "      Origin incomplete", "   incomplete", 1, "the best path"),
        (sample!("bird_all.txt"), "(8075,8007)\n1", "(8075,x)\n1", 7, "communities"),
        (sample!("bird_all.txt"), "BGP.med: 50", "BGP.med: 5x", 6, "the MED"),
        (
            sample!("bird_all.txt"),
            "\nTable master6:",
            "                     unicast [x 1] (100)\nTable m6:",
            26,
            "several paths",
        ),
        (sample!("gobgp.txt"), "192.0.2.10 ", "192.0.2.x  ", 2, "an address"),
        (sample!("gobgp.txt"), "[{Origin: ?}]", "[{Origin: ?}", 2, "the attributes in brackets"),
        (sample!("gobgp.txt"), "{Origin: ?}", "{Med: 1}", 2, "the origin"),
        (sample!("openbgpd.txt"), "198.18.2.0/23 ", "198.18.2.0 23 ", 8, "a prefix"),
        (sample!("openbgpd.txt"), "64500 e", "64500 x", 8, "the origin"),
        (sample!("openbgpd_detail.txt"), "Origin EGP", "Origin X", 11, "the origin"),
        (sample!("openbgpd_detail.txt"), "64500 64500 64500 64500", "64500 (64500", 3, "`(`"),
        (sample!("ios_xr.txt"), "64501i", "64501", 6, "the origin"),
        (sample!("ios_xr.txt"), "Processed 4", "Processed 7", 8, "7 routes, and 4 were read"),
        (
            sample!("ios_xr_vrfs.txt"),
            "management\n---------------\n",
            "management\n---------------\nNetwork Next Hop From AS Path\n",
            18,
            "the end of what one VRF announces",
        ),
        (
            sample!("ios_xr_detail.txt"),
            "advertised to 192.0.2.11\n",
            "advertised to 192.0.2.13\n",
            18,
            "the neighbour",
        ),
        (sample!("junos.txt"), "64501 I", "64501", 8, "the origin"),
        (
            sample!("junos_wide.txt"),
            "*                         Self",
            "*                         X",
            16,
            "an address",
        ),
        (
            sample!("junos_wide.txt"),
            "\n*                         2001:db8:0:192:0:2:0:10         100        64501 I",
            "",
            17,
            "the next hop",
        ),
        (
            sample!("junos_wide.txt"),
            "(65010 65011) 64501 I",
            "(65010 65011)   64501 I",
            6,
            "the AS path in its column",
        ),
        (sample!("junos_wide.txt"), "16777224  ", "1677722x  ", 4, "the MED"),
        (sample!("junos_detail.txt"), "MED: 50", "MED: x", 18, "the MED"),
        (sample!("junos_detail.txt"), "8075:8007", "8075:80070", 21, "communities"),
        (sample!("sr_os.txt"), "Routes : 4", "Routes : 5", 29, "5 routes, and 4 were read"),
        (sample!("sr_os.txt"), "BGP IPv4 Routes", "BGP LABEL-IPV4 Routes", 10, "`BGP IPv4 Routes`"),
        (sample!("sr_os_detail.txt"), "BGP IPv4 Routes", "BGP VPN-IPv4 Routes", 4, "`BGP IPv4 Routes`"),
        (sample!("sr_os_detail.txt"), "8075:8007", "8075:80070", 39, "communities"),
        (sample!("sr_os_detail.txt"), "To             : ", "From           : ", 9, "no `From`"),
        (
            sample!("sr_os_detail.txt"),
            "To             : 192.0.2.11",
            "To             : 192.0.2.13",
            22,
            "the neighbour",
        ),
        (sample!("sr_os_hunt.txt"), "BGP IPv4 Routes", "BGP LABEL-IPV4 Routes", 10, "`BGP IPv4 Routes`"),
        (sample!("sr_os_hunt.txt"), "8075:8007", "8075:80070", 52, "communities"),
        (sample!("sr_os_hunt.txt"), "Routes : 3", "Routes : 4", 83, "4 routes, and 3 were read"),
        (sample!("sr_os_hunt.txt"), "Routes : 3\n", "", 83, "ends before `Routes"),
        (sample!("eos.txt"), "192.0.2.10            50", "192.0.2.x             50", 13, "an address"),
        (sample!("eos_detail.txt"), "metric 50", "metric x", 21, "the metric"),
    ];
    for (text, old, new, line, says) in cases {
        assert!(text.contains(old), "{old:?} is there");
        let broken = text.replacen(old, new, 1);
        let lines = numbered(&broken, 1);
        let form = form_of(&lines).unwrap_or_else(|| panic!("{new:?} is known"));
        let bad = (form.read)(&lines).expect_err(new);
        let said = format!("line {}: {}", bad.line, bad.why);
        assert!(
            bad.line == *line && said.contains(says),
            "{new:?} is said at {line} with {says}, not: {said}"
        );
    }
}
