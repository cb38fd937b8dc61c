//! Every reader on output of the program itself, whole and spoiled.

use super::super::command::{Output, outputs};
use super::super::text::{Unreadable, Why};
use super::{Bfd, Neighbor, Told, form_of, parts};
use std::fmt::Display;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("samples/", $name))
    };
}
pub(super) use sample;

/// What a text tells, part by part, each with the name of its form.
pub(super) fn read(text: &str) -> Result<Vec<(&'static str, Told)>, Unreadable> {
    let read = |part: Output<'_>| {
        let form = form_of(&part.lines).unwrap_or_else(|| panic!("{:?} is known", part.lines));
        Ok((form.name, (form.read)(&part.lines)?))
    };
    outputs(text).into_iter().flat_map(parts).map(read).collect()
}

fn or_dash<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// `peer|state|hold time|keepalive time|limit|limit reached|password|prefixes received|without BFD|last end`.
fn neighbor(one: &Neighbor) -> String {
    let Neighbor { peer, seen, is_without_bfd } = one;
    [
        peer.to_string(),
        or_dash(seen.state),
        or_dash(seen.hold_time),
        or_dash(seen.keepalive),
        or_dash(seen.max_prefix),
        or_dash(seen.limit_reached),
        or_dash(seen.md5),
        or_dash(seen.prefixes_received),
        is_without_bfd.to_string(),
        or_dash(seen.last_down.as_deref()),
    ]
    .join("|")
}

/// `peer|state|detection time|transmit interval|multiplier`.
fn bfd(one: &Bfd) -> String {
    [
        one.peer.to_string(),
        one.state.to_string(),
        or_dash(one.detection_us),
        or_dash(one.transmit_us),
        or_dash(one.detect_mult),
    ]
    .join("|")
}

pub(super) fn lines(text: &str) -> Vec<String> {
    let told = read(text).unwrap_or_else(|bad| panic!("line {}: {}", bad.line, bad.why));
    told.iter().flat_map(|(_, told)| told.bgp.iter().map(neighbor).chain(told.bfd.iter().map(bfd))).collect()
}

#[test]
fn frr() {
    assert_eq!(
        lines(sample!("frr_slow.txt")),
        [
            "192.0.2.1|Established|180|60|450|-|false|-|false|-",
            "192.0.2.5|Established|180|60|450|-|false|-|false|-",
            "192.0.2.5|Up|900000|400000|3",
            "192.0.2.1|Up|900000|400000|3",
        ]
    );
    assert_eq!(
        lines(sample!("frr_limit.txt")),
        [
            "192.0.2.1|Idle|-|-|100|true|false|-|false|Notification sent (Cease/Maximum Number of Prefixes Reached)"
        ]
    );
    assert_eq!(
        lines(sample!("frr_password.txt")),
        ["192.0.2.1|Connect|-|-|450|-|true|-|false|Notification received (Cease/BFD Down)"]
    );
    assert_eq!(
        lines(sample!("frr_no_bfd.txt")),
        [
            "192.0.2.1|Active|-|-|450|-|false|-|true|Notification received (Cease/BFD Down)",
            "192.0.2.5|Active|-|-|450|-|false|-|true|Notification received (Cease/BFD Down)",
        ]
    );
}

/// A limit that only warns ends no session, and one of another family is another's.
#[test]
fn limits_of_frr_that_do_not_count() {
    for (old, new) in
        [("allowed 100\n", "allowed 100 (warning-only)\n"), ("family: IPv4 Unicast", "family: IPv6 Unicast")]
    {
        let text = sample!("frr_limit.txt").replace(old, new);
        assert!(lines(&text)[0].starts_with("192.0.2.1|Idle|-|-|-|true"), "{new}");
    }
}

#[test]
fn bird() {
    assert_eq!(
        lines(sample!("bird_slow.txt")),
        [
            "192.0.2.1|Established|180|60|450|-|-|-|false|-",
            "192.0.2.5|Established|180|60|450|-|-|-|false|-",
            "192.0.2.1|Up|900000|400000|-",
            "192.0.2.5|Up|900000|400000|-",
        ]
    );
    let limit = lines(sample!("bird_limit.txt"));
    assert_eq!(limit[0], "192.0.2.1|Idle|-|-|100|true|-|-|false|Automatic shutdown: Route limit exceeded");
    // It says the same of a limit of what it announces.
    let text =
        sample!("bird_limit.txt").replace("    Receive limit:", "    Export limit: 1\n    Receive limit:");
    assert!(lines(&text)[0].starts_with("192.0.2.1|Idle|-|-|100|-|"));
    assert_eq!(
        lines(sample!("bird_no_bfd.txt")),
        [
            "192.0.2.1|Active|-|-|450|-|-|-|false|Received: Unknown error 6.10",
            "192.0.2.5|Active|-|-|450|-|-|-|false|Received: Unknown error 6.10",
        ]
    );
    assert_eq!(
        lines(sample!("bird_password.txt"))[..2],
        ["192.0.2.1|Connect|-|-|450|-|-|-|false|-", "192.0.2.5|Connect|-|-|450|-|-|-|false|-"]
    );
}

#[test]
fn gobgp() {
    let up = "192.0.2.1|Established|-|-|-|-|-|280|false|-";
    let all = lines(sample!("gobgp_up.txt"));
    assert_eq!((all.len(), all[0].as_str()), (4, up));
    assert_eq!(all[2], "192.0.2.1|Established|180|60|450|-|-|280|false|-");
    let all = lines(sample!("gobgp_limit.txt"));
    assert_eq!(all[0], "192.0.2.1|Idle|-|-|-|true|-|-|false|-");
    assert_eq!(all[2], "192.0.2.1|Idle|-|-|100|-|-|-|false|-");
}

#[test]
fn gobgp_json() {
    for (text, want) in [
        (sample!("gobgp_password.json"), "192.0.2.1|Active|-|-|450|-|true|-|false|-"),
        (sample!("gobgp_limit.json"), "192.0.2.1|Idle|-|-|100|true|-|-|false|-"),
    ] {
        let list = format!("[{text}]");
        for text in [text, &list] {
            let value = serde_json::from_str(text).unwrap();
            assert!(super::gobgp_json::knows(&value));
            let told = super::gobgp_json::read(&value).unwrap();
            assert_eq!(told.bgp.iter().map(neighbor).collect::<Vec<_>>(), [want]);
        }
    }
    for (old, new, says) in [
        ("\"session_state\":3", "\"session_state\":7", "session_state"),
        ("\"max_prefixes\":450", "\"max_prefixes\":\"x\"", "neighbour 0"),
    ] {
        let text = sample!("gobgp_password.json").replace(old, new);
        let bad = super::gobgp_json::read(&serde_json::from_str(&text).unwrap()).unwrap_err();
        assert!(bad.to_string().contains(says), "{bad}");
    }
}

/// JSON of FRR and OpenBGPD tells what their text does.
#[test]
fn json() {
    let read = |text: &str| {
        assert!(super::json::may_be(text));
        super::json::read(&serde_json::from_str(text).unwrap()).expect("it is known")
    };
    let up = "Established|180|60|450|-|false|-|false|-";
    let reached = "Idle|-|-|100|true|-|-|false|the carrier sent Cease, received max-prefix exceeded";
    let bfd_is_up = "Up|900000|300000|3";
    for (text, want) in [
        (sample!("frr_up.json"), [up, up]),
        (
            sample!("frr_down.json"),
            [
                "Idle|-|-|100|true|false|-|false|BGP Notification send (Cease/Maximum Number of Prefixes Reached)",
                "Connect|-|-|450|-|true|-|false|BGP Notification send (Cease/Other Configuration Change)",
            ],
        ),
        (sample!("frr_bfd.json"), ["Init|3000000|1000000|3", bfd_is_up]),
        (sample!("openbgpd_up.json"), ["Established|180|60|450|-|-|122|false|-"; 2]),
        (sample!("openbgpd_limit.json"), [reached; 2]),
    ] {
        let told = read(text).unwrap();
        let got: Vec<_> = told.bgp.iter().map(neighbor).chain(told.bfd.iter().map(bfd)).collect();
        let want: Vec<_> =
            ["192.0.2.1|", "192.0.2.5|"].into_iter().zip(want).map(|(a, b)| a.to_owned() + b).collect();
        assert_eq!(got, want);
        assert_eq!(told.is_all_bfd, !told.bfd.is_empty());
    }
    let without = sample!("frr_up.json").replace("\"peerBfdInfo\":", "\"other\":");
    assert!(read(&without).unwrap().bgp.iter().all(|neighbor| neighbor.is_without_bfd));
    let warning = sample!("frr_up.json")
        .replace("\"prefixAllowedMax\":450,", "\"prefixAllowedMax\":450,\"prefixAllowedMaxWarning\":true,");
    assert!(read(&warning).unwrap().bgp.iter().all(|neighbor| neighbor.seen.max_prefix.is_none()));
    for (text, old, new, says) in [
        (sample!("frr_up.json"), "\"Established\"", "\"Elsewhere\"", "192.0.2.1: bgpState"),
        (sample!("frr_up.json"), "\"prefixAllowedMax\":450", "\"prefixAllowedMax\":\"x\"", "192.0.2.1: "),
        (sample!("frr_bfd.json"), "\"init\"", "\"on\"", "peer 0: status"),
        (sample!("openbgpd_up.json"), "\"Established\"", "\"Elsewhere\"", "neighbors.0: state"),
    ] {
        assert!(text.contains(old), "{old}");
        let bad = read(&text.replacen(old, new, 1)).unwrap_err();
        assert!(bad.to_string().contains(says), "{bad}");
    }
}

#[test]
fn openbgpd() {
    assert_eq!(
        lines(sample!("openbgpd_up.txt")),
        [
            "192.0.2.1|Established|180|60|450|-|-|280|false|-",
            "192.0.2.5|Established|180|60|450|-|-|280|false|-"
        ]
    );
    assert_eq!(
        lines(sample!("openbgpd_limit.txt"))[0],
        "192.0.2.1|Idle|-|-|100|true|-|-|false|the carrier sent Cease, received max-prefix exceeded"
    );
    assert_eq!(
        lines(sample!("openbgpd_no_bfd.txt"))[0],
        "192.0.2.1|Idle|-|-|450|-|-|-|false|the far end sent Cease, sent max-prefix exceeded (6/10, BFD Down)"
    );
    assert_eq!(lines(sample!("openbgpd_password.txt"))[0], "192.0.2.1|Connect|-|-|450|-|-|-|false|-");
    let signed =
        sample!("openbgpd_up.txt").replace("router-id 192.0.2.1\n", "router-id 192.0.2.1, using md5sig\n");
    assert!(lines(&signed)[0].contains("|450|-|true|"));
}

/// Whether a list of BFD sessions has all of them.
#[test]
fn lists_of_bfd() {
    let one = "BFD Peer:\n            peer 192.0.2.1 vrf default\n            Status: down\n";
    for (text, want) in [
        (sample!("frr_no_bfd.txt"), true),
        (sample!("bird_no_bfd.txt"), true),
        (one, false),
        (sample!("openbgpd_no_bfd.txt"), false),
        // Those may be of one VRF, or of one interface.
        (sample!("junos.txt"), false),
        (sample!("ios_xr.txt"), false),
        (sample!("eos.txt"), false),
        (sample!("sr_os.txt"), false),
    ] {
        let told = read(text).unwrap();
        assert_eq!(told.iter().any(|(_, told)| told.is_all_bfd), want, "{text}");
    }
}

/// Outputs of several commands are told apart without the commands, and routes behind them.
#[test]
fn parts_of_a_text() {
    let routes = "Table master4:\n198.51.100.0/24      blackhole [static 10:00:00.000] * (200)\n";
    let text = [sample!("bird_no_bfd.txt"), routes, sample!("gobgp_up.txt")].concat();
    let parts: Vec<_> = outputs(&text).into_iter().flat_map(parts).collect();
    let names: Vec<_> = parts.iter().map(|part| form_of(&part.lines).map(|form| form.name)).collect();
    let gobgp = Some("GoBGP, neighbor");
    assert_eq!(
        names,
        [
            Some("BIRD, show protocols all"),
            Some("BIRD, show bfd sessions"),
            None,
            Some("GoBGP, neighbor of all"),
            gobgp,
            gobgp
        ]
    );
    // Nothing is lost but what stands above nothing.
    let kept: usize = parts.iter().map(|part| part.lines.len()).sum();
    assert_eq!(kept, text.lines().count());
}

/// A sample; what is changed in it, and to what; the line and what is said of it.
pub(super) type Spoiled<'a> = (&'a str, &'a str, &'a str, usize, &'a str);

/// The cases of which something else is said, and what.
pub(super) fn wrongly_said(cases: &[Spoiled<'_>]) -> Vec<String> {
    let wrong = cases.iter().filter_map(|(text, old, new, line, says)| {
        assert!(text.contains(old), "{old:?} is there");
        let Err(bad) = read(&text.replacen(old, new, 1)) else { return Some(format!("{new:?} is read")) };
        let said = format!("line {}: {}", bad.line, bad.why);
        let is_said = bad.line == *line && said.contains(says);
        (!is_said).then(|| format!("{new:?} is said at {line} with {says}, not: {said}"))
    });
    wrong.collect()
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let cases: &[Spoiled<'_>] = &[
        (sample!("frr_slow.txt"), "is 192.0.2.1,", "is 192.0.2.x,", 1, "an address"),
        (sample!("frr_slow.txt"), "state = Established", "state = Elsewhere", 6, "the state"),
        (sample!("frr_slow.txt"), "Hold time is 180", "Hold time is x", 8, "the hold time"),
        (sample!("frr_slow.txt"), "keepalive interval is 60", "keepalive interval is x", 8, "the keepalive"),
        (sample!("frr_limit.txt"), "allowed 100", "allowed x", 42, "the limit of prefixes"),
        (sample!("frr_limit.txt"), "  BGP state = Idle\n", "", 1, "ends before `BGP state`"),
        (sample!("frr_limit.txt"), "Read thread: off", "Read", 135, "ends before `Read thread`"),
        (sample!("frr_slow.txt"), "\tStatus: up", "\tStatus: on", 157, "the state of the BFD session"),
        (sample!("frr_slow.txt"), "\t\tStatus: up\n", "", 153, "ends before `Status`"),
        (sample!("frr_slow.txt"), "interval: 400ms", "interval: ms", 166, "the interval"),
        (sample!("frr_slow.txt"), "multiplier: 3", "multiplier: 300", 164, "the multiplier"),
        (sample!("bird_slow.txt"), "state:          Est", "state:          X", 23, "the state"),
        (sample!("bird_slow.txt"), "address: 192.0.2.1", "address: 192.0.2", 24, "an address"),
        (sample!("bird_slow.txt"), "162.204/180", "162.204", 44, "the hold time"),
        (sample!("bird_slow.txt"), "limit:  450", "limit:  x", 52, "the limit of prefixes"),
        (sample!("bird_slow.txt"), "0.400    0.900", "0.400    0.9", 106, "the timeout"),
        (
            sample!("bird_slow.txt"),
            "192.0.2.1                 eth0       Up ",
            "192.0.2.1 eth0 On ",
            106,
            "the state",
        ),
        (sample!("gobgp_up.txt"), "280       280", "x         280", 2, "the number of routes"),
        (sample!("gobgp_up.txt"), "Establ      |", "Establ      ", 2, "a bar"),
        (sample!("gobgp_up.txt"), "is 192.0.2.1,", "is 192.0.2.x,", 4, "an address"),
        (sample!("gobgp_up.txt"), "= ESTABLISHED", "= 6", 6, "the state"),
        (sample!("gobgp_up.txt"), "allowed 450", "allowed x", 36, "the limit of prefixes"),
        (sample!("openbgpd_up.txt"), "Max-prefix: 450", "Max-prefix: x", 3, "the limit of prefixes"),
        (sample!("openbgpd_up.txt"), "holdtime 180s", "holdtime s", 6, "the hold time"),
        (sample!("openbgpd_up.txt"), "        280\n", "          x\n", 29, "the number of prefixes"),
    ];
    assert_eq!(wrongly_said(cases), [""; 0]);
    // A paragraph that ends too soon would not tell what it tells by its absence.
    for (text, last) in [
        (sample!("frr_limit.txt"), "Local host"),
        (sample!("gobgp_up.txt"), "  Route statistics"),
        (sample!("openbgpd_up.txt"), "  Update statistics"),
    ] {
        let cut = &text[..text.rfind(last).unwrap()];
        assert!(matches!(read(cut), Err(Unreadable { why: Why::Cut(_), .. })), "{last}");
    }
}
