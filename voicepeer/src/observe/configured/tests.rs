//! Every reader on a configuration that the program itself takes, whole and changed.

use super::super::command::Output;
use super::super::neighbor::{form_of, parts};
use super::super::text::{Unreadable, Why, numbered};
use super::{At, Settings};
use bgp_policy::voice::{BfdTimers, ConfiguredBfd};

const FRR: &str = include_str!("samples/frr.txt");
const BIRD: &str = include_str!("samples/bird.conf");
const GOBGP: &str = include_str!("samples/gobgpd.toml");
const OPENBGPD: &str = include_str!("samples/bgpd.conf");

fn read(text: &str) -> Result<Vec<Settings>, Unreadable> {
    let lines = numbered(text, 1);
    let whole = parts(Output { command: None, lines: lines.clone() });
    assert_eq!(whole.len(), 1, "it is one part");
    let form = form_of(&lines).unwrap_or_else(|| panic!("it is known:\n{text}"));
    assert!(form.is_secret);
    Ok((form.read)(&lines)?.configured)
}

fn or_dash<T>(at: Option<&At<T>>, text: impl Fn(&T) -> String) -> String {
    at.map_or_else(|| "-".to_owned(), |(value, line)| format!("{}:{line}", text(value)))
}

fn bfd(bfd: &ConfiguredBfd) -> String {
    match bfd {
        ConfiguredBfd::Absent => "absent".into(),
        ConfiguredBfd::Present(None) => "on".into(),
        ConfiguredBfd::Present(Some(BfdTimers { desired_min_tx_ms, required_min_rx_ms, detect_mult })) => {
            format!("{desired_min_tx_ms}/{required_min_rx_ms}x{detect_mult}")
        }
    }
}

/// `peer|password|BFD|hold time|keepalive time|limit|lines that are not clear`, each with the line behind it.
fn session(settings: &Settings) -> String {
    let number = |n: &u16| n.to_string();
    [
        settings.peer.to_string(),
        or_dash(settings.md5.as_ref(), bool::to_string),
        or_dash(settings.bfd.as_ref(), bfd),
        or_dash(settings.hold_time.as_ref(), number),
        or_dash(settings.keepalive.as_ref(), number),
        or_dash(settings.max_prefix.as_ref(), |n| n.map_or("none".into(), |n| n.to_string())),
        settings.unclear.iter().map(|(_, line)| line.to_string()).collect::<Vec<_>>().join(" "),
    ]
    .join("|")
}

fn sessions(text: &str) -> Vec<String> {
    let all = read(text).unwrap_or_else(|bad| panic!("line {}: {}", bad.line, bad.why));
    all.iter().map(session).collect()
}

/// With what the routes of a session leave: `communities, + where others are kept, and the line`; and whether own begin bare.
fn leaves(text: &str, peer: &str) -> (Vec<String>, bool) {
    let all = read(text).unwrap();
    let one = all.iter().find(|settings| settings.peer.to_string() == peer).unwrap();
    let text = |(with, line): &At<bgp_policy::voice::LeavesWith>| {
        let list: Vec<_> = with.communities.iter().map(ToString::to_string).collect();
        format!("{}{}:{line}", list.join(" "), if with.keeps { "+" } else { "" })
    };
    (one.communities.iter().map(text).collect(), one.begins_bare)
}

/// The sample with these changes, each of which is made wherever it can be.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old:?} is there");
        text.replace(old, new)
    })
}

#[test]
fn frr() {
    assert_eq!(
        sessions(FRR),
        [
            "192.0.2.1|true:20|400/300x5:19|60:21|20:21|450:37|",
            "192.0.2.5|true:26|on:25|90:15|30:15|none:41|",
            "192.0.2.9|false:27|on:29|90:15|30:15|none:27|",
            "192.0.2.13|true:20|400/300x5:19|60:21|20:21|450:37|",
        ]
    );
}

/// (changes; the first session, or what begins its line).
#[test]
fn what_changes_in_frr() {
    for (changes, want) in [
        (&[(" neighbor VOICE password secret\n", "")][..], "192.0.2.1|false:21|400/300x5:19|"),
        (
            &[(
                "neighbor 192.0.2.13 peer-group",
                "no neighbor 192.0.2.1 password\n neighbor 192.0.2.13 peer-group",
            )],
            "192.0.2.1|false:23|",
        ),
        (
            &[(" neighbor VOICE bfd\n", ""), (" neighbor VOICE bfd profile fast\n", "")],
            "192.0.2.1|true:18|absent:20|60:19|",
        ),
        (&[(" neighbor VOICE bfd profile fast\n", "")], "192.0.2.1|true:19|on:18|"),
        (&[("  transmit-interval 400\n", "")], "192.0.2.1|true:20|300/300x5:19|"),
        (
            &[("profile fast\n  detect", "profile other\n  detect")],
            "192.0.2.1|true:20|on:19|60:21|20:21|450:37|19",
        ),
        (&[(" neighbor VOICE timers 20 60\n", "")], "192.0.2.1|true:20|400/300x5:19|90:15|30:15|450:36|"),
        (
            &[("  neighbor VOICE maximum-prefix 450 80 restart 5\n", "")],
            "192.0.2.1|true:20|400/300x5:19|60:21|20:21|none:22|",
        ),
        // Indented or not, and behind a block within.
        (&[("\n ", "\n"), ("\n ", "\n")], "192.0.2.1|true:20|400/300x5:19|60:21|20:21|450:37|"),
        (
            &[(" !\n address-family ipv4", " bmp targets x\n exit\n address-family ipv4")],
            "192.0.2.1|true:20|400/300x5:19|60:21|20:21|450:38|",
        ),
        (
            &[("address-family ipv4 unicast", "address-family ipv6 unicast")],
            "192.0.2.1|true:20|400/300x5:19|60:21|20:21|none:22|",
        ),
        (
            &[("bfd\n profile", "bfd\n peer 192.0.2.1\n exit\n profile")],
            "192.0.2.1|true:20|-|60:21|20:21|450:37|67",
        ),
    ] {
        let got = sessions(&with(FRR, changes)).swap_remove(0);
        assert!(got.starts_with(want), "{changes:?}: {got}");
    }
    let cut = FRR.strip_suffix("end\n").unwrap();
    assert_eq!(read(cut).unwrap_err().why, Why::Cut("`end`"));
}

#[test]
fn communities_of_frr() {
    assert_eq!(leaves(FRR, "192.0.2.1"), (vec!["8075:8007+:53".into(), ":57".into()], false));
    assert_eq!(leaves(FRR, "192.0.2.5"), (vec![":40".into()], false));
    assert_eq!(leaves(FRR, "192.0.2.9"), (vec![":43".into()], false));
    let bare =
        [("  aggregate-address 198.18.0.0/16 summary-only\n", ""), (" static route-map OUT", " static")];
    let sent =
        [("  no neighbor 192.0.2.5 send-community\n", ""), ("  no neighbor 192.0.2.9 send-community\n", "")];
    let changed =
        |changes: &[(&str, &str)], peer| leaves(&with(FRR, &[&bare, &sent, changes].concat()), peer);
    let one = |text: &str| (vec![text.to_owned()], true);
    assert_eq!(changed(&[], "192.0.2.5"), one("+:24"));
    assert_eq!(changed(&[], "192.0.2.9"), one("8075:8007 64500:1:59"));
    assert_eq!(changed(&[(" set community 8075:8007 64500:1\n", "")], "192.0.2.9"), one("+:57"));
    for (old, new) in [
        (" set comm-list X delete", " call OTHER"),
        (" set comm-list X delete", " on-match next"),
        (" set comm-list X delete", " continue 20"),
        ("OUT2 permit", "OUT3 permit"),
        ("8075:8007 64500:1", "8075:8007 $x"),
    ] {
        let text = with(FRR, &[&bare[..], &sent, &[(old, new)]].concat());
        assert_eq!(leaves(&text, "192.0.2.9"), (vec![], true), "{new}");
        let all = sessions(&text);
        assert!(!all[2].ends_with('|'), "a line is named: {}", all[2]);
    }
    for new in ["remote-as internal", "remote-as 64500"] {
        assert!(!changed(&[("remote-as 8075", new)], "192.0.2.5").1, "{new}");
    }
}

#[test]
fn bird() {
    assert_eq!(
        sessions(BIRD),
        [
            "192.0.2.1|true:21|400/300x5:22|90:19|30:20|450:24|",
            "192.0.2.5|true:21|absent:32|180:41|30:20|none:43|",
            "192.0.2.9|false:49|100/10x5:52|-|-|-|",
            "192.0.2.13|false:62|absent:62|-|-|none:62|",
        ]
    );
    let hops: Vec<_> = read(BIRD).unwrap().iter().map(|one| one.next_hop).collect();
    let hop = |text: &str, line| Some((text.parse().unwrap(), line));
    assert_eq!(hops, [None, hop("198.51.100.9", 13), hop("192.0.2.99", 57), None]);
}

/// (changes; which session; it, or what begins its line).
#[test]
fn what_changes_in_bird() {
    let bfd = "  bfd { min tx interval 400 ms; min rx interval 300 ms; multiplier 5; };";
    for (changes, number, want) in [
        (&[("  password \"secret\";", "  password PASSWORD;")][..], 0, "192.0.2.1|true:21|"),
        (&[("  password \"secret\";\n", "")], 0, "192.0.2.1|false:34|400/300x5:21|"),
        (&[("  password \"secret\";", "  authentication none;")], 0, "192.0.2.1|false:21|"),
        (
            &[("  password \"secret\";", "  include \"secret.conf\";")],
            0,
            "192.0.2.1|-|400/300x5:22|90:19|30:20|450:24|21",
        ),
        (&[("from far {\n  neighbor", "from afar {\n  neighbor")], 0, "192.0.2.1|-|-|-|-|-|35"),
        (
            &[("template bgp far {", "template bgp far from far {")],
            0,
            "192.0.2.1|true:21|400/300x5:22|90:19|30:20|450:24|17",
        ),
        (&[("hold time HOLD", "hold time HOLD + 1")], 0, "192.0.2.1|true:21|400/300x5:22|-|30:20|450:24|19"),
        (&[(bfd, "  bfd { interval 250000 us; multiplier 3; };")], 0, "192.0.2.1|true:21|250/250x3:22|"),
        (&[(bfd, "  bfd { min tx interval 1 s; };")], 0, "192.0.2.1|true:21|1000/10x5:22|"),
        (&[(bfd, "  bfd { multiplier MULT; };")], 0, "192.0.2.1|true:21|on:22|90:19|30:20|450:24|22"),
        (
            &[("protocol bfd {}", "protocol bfd { interface \"*\" { multiplier 2; }; }")],
            2,
            "192.0.2.9|false:49|on:52|-|-|-|8",
        ),
        (
            &[("receive limit 450 action restart", "receive limit off")],
            0,
            "192.0.2.1|true:21|400/300x5:22|90:19|30:20|none:24|",
        ),
        (
            &[("receive limit 450", "receive limit MANY")],
            0,
            "192.0.2.1|true:21|400/300x5:22|90:19|30:20|-|24",
        ),
        (&[("define FAR = 192.0.2.5", "include \"far.conf\"")], 1, "192.0.2.9|false:49|on:52|-|-|-|3"),
    ] {
        let got = sessions(&with(BIRD, changes)).swap_remove(number);
        assert!(got.starts_with(want), "{changes:?}: {got}");
    }
}

/// Where a filter does not decide for certain, nothing is told of the next hop.
#[test]
fn next_hops_of_bird_that_are_not_certain() {
    for (old, new) in [
        ("next hop self off", "next hop self"),
        ("next hop self off", "next hop self ibgp"),
        ("filter other_hop {\n", "filter other_hop {\n  if net.len = 24 then accept;\n"),
        ("filter other_hop {\n", "function f() { bgp_next_hop = 192.0.2.2; }\nfilter other_hop {\n"),
        ("  accept;\n", "  if net.len = 24 then bgp_next_hop = 192.0.2.2;\n  accept;\n"),
        ("bgp_next_hop = 198.51.100.9", "bgp_next_hop = from"),
        ("  bgp_next_hop = 198.51.100.9;", "  if net.len = 24 then { bgp_next_hop = 198.51.100.9; }"),
        ("filter other_hop {\n", "include \"functions.conf\";\nfilter other_hop {\n"),
        ("export filter other_hop", "export where true"),
    ] {
        let hop = read(&with(BIRD, &[(old, new)])).unwrap()[1].next_hop;
        assert_eq!(hop, None, "{new}");
    }
}

#[test]
fn blocks_of_bird() {
    let deep = format!("protocol bgp x {{\n{}{}}}", "{".repeat(40), "}".repeat(40));
    assert_eq!(read(&deep).unwrap_err().line, 2);
    let cut = BIRD.trim_end().strip_suffix('}').unwrap();
    assert_eq!(read(cut).unwrap_err().why, Why::Cut("the end of a block"));
    assert_eq!(read(&format!("{BIRD}}}\n")).unwrap_err().line, 67);
}

#[test]
fn openbgpd() {
    assert_eq!(
        sessions(OPENBGPD),
        [
            "192.0.2.1|true:12|-|60:5|-|450:13|",
            "192.0.2.5|true:12|-|30:19|-|100:21|",
            "192.0.2.9|false:25|-|180:27|-|none:25|",
            "192.0.2.13|true:31|-|60:5|-|none:29|",
        ]
    );
    for (changes, number, want) in [
        (&[("\ttcp md5sig password \"secret\"\n", "")][..], 0, "192.0.2.1|false:13|"),
        (
            &[("\ttcp md5sig password \"secret\"", "\tinclude \"secret.conf\"")],
            0,
            "192.0.2.1|-|-|60:5|-|450:13|12",
        ),
        (&[("\t\tdescr \"one\"", "\t\tinclude \"one.conf\"")], 0, "192.0.2.1|true:12|-|60:5|-|-|15"),
        (&[("max-prefix 450", "max-prefix $many")], 0, "192.0.2.1|true:12|-|60:5|-|-|13"),
        (
            &[("neighbor 192.0.2.9 {\n\tremote-as 8075\n\tholdtime 180\n}", "neighbor 192.0.2.9")],
            2,
            "192.0.2.9|false:25|-|60:5|-|none:25|",
        ),
    ] {
        let got = sessions(&with(OPENBGPD, changes)).swap_remove(number);
        assert!(got.starts_with(want), "{changes:?}: {got}");
    }
    let cut = OPENBGPD.split_once("}\ndeny").unwrap().0;
    assert!(matches!(read(cut).unwrap_err().why, Why::Cut(_)));
    assert_eq!(read(&format!("{OPENBGPD}}}\n")).unwrap_err().line, 35);
}

#[test]
fn gobgp() {
    assert_eq!(
        sessions(GOBGP),
        [
            "192.0.2.1|true:10|-|90:12|30:13|450:18|",
            "192.0.2.5|false:29|-|180:31|30:13|100:39|",
            "192.0.2.9|false:41|-|-|-|none:41|",
        ]
    );
    let lost = with(GOBGP, &[("peer-group-name = \"voice\"", "peer-group-name = \"other\"")]);
    assert_eq!(sessions(&lost)[0], "192.0.2.1|-|-|-|-|-|20");
    let bad = with(GOBGP, &[("hold-time = 180", "hold-time = \"x\"")]);
    assert_eq!(sessions(&bad)[1], "192.0.2.5|false:29|-|-|30:13|100:39|31");
    let spoiled = with(GOBGP, &[("hold-time = 180", "hold-time = ")]);
    let bad = read(&spoiled).unwrap_err();
    assert_eq!((bad.line, bad.why), (31, Why::Expected("TOML")));
}

/// What other routers have that begins alike.
#[test]
fn configurations_that_are_not_known() {
    for text in [
        "! device: edge (vEOS)\nrouter bgp 64500\n   neighbor 192.0.2.1 remote-as 8075\n",
        "version 15.2\nrouter bgp 64500\n neighbor 192.0.2.1 remote-as 8075\n",
        "router bgp 64500\n neighbor 192.0.2.1\n  remote-as 8075\n",
        "protocols {\n    bgp {\n        group voice {\n            neighbor 192.0.2.1 {\n",
        "neighbor \"192.0.2.1\" {\n    group \"voice\"\n}\n",
    ] {
        assert!(form_of(&numbered(text, 1)).is_none(), "{text}");
    }
}
