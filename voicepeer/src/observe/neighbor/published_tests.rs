//! The readers of routers that were not at hand, on samples made after outputs that people have published, whole and spoiled.

use super::tests::{Spoiled, lines, read, sample, wrongly_said};
use bgp_policy::voice::BfdState;

#[test]
fn junos() {
    assert_eq!(
        lines(sample!("junos.txt")),
        [
            "192.0.2.1|Established|90|30|-|-|true|281|false|-",
            "192.0.2.5|Active|-|-|-|-|false|-|false|Cease, last flap event Stop",
            "192.0.2.9|Established|90|30|-|-|-|0|true|-",
            "192.0.2.1|Up|900000|300000|4",
            "192.0.2.5|AdminDown|3000000|1000000|3",
        ]
    );
    assert_eq!(lines("0 sessions, 0 clients\nCumulative transmit rate 0.0 pps\n"), [""; 0]);
}

#[test]
fn ios_xr() {
    assert_eq!(
        lines(sample!("ios_xr.txt")),
        [
            "192.0.2.1|Established|90|30|450|-|-|-|false|-",
            "192.0.2.5|Idle|-|-|100|true|-|-|true|Peer exceeding maximum prefix limit (CEASE notification sent - maximum \
             number of prefixes reached)",
            "192.0.2.1|Up|6000000|-|-",
            "192.0.2.5|Down|0|-|-",
            "2001:db8::192:0:2:1|Up|900000|-|-",
            "192.0.2.1|Up|900000|400000|4",
            "192.0.2.5|AdminDown|0|2000000|3",
        ]
    );
    let warns = sample!("ios_xr.txt").replace("allowed 450\n", "allowed 450 (warning-only)\n");
    assert!(lines(&warns)[0].starts_with("192.0.2.1|Established|90|30|-|"));
    let told = read(
        &sample!("ios_xr.txt")
            .replace("(session up)", "(session down, BFD not configured on remote neighbor)"),
    );
    let bfd = told.unwrap().iter().find_map(|(_, told)| told.bgp.first()?.seen.bfd);
    assert_eq!(bfd.map(|bfd| bfd.state), Some(BfdState::Down));
    let no_reason = sample!("ios_xr.txt").replace("due to Peer exceeding", "due to None\nPeer exceeding");
    assert_eq!(lines(&no_reason)[1], "192.0.2.5|Idle|-|-|100|-|-|-|true|-");
}

#[test]
fn eos() {
    assert_eq!(
        lines(sample!("eos.txt")),
        [
            "192.0.2.1|Established|90|30|450|-|true|280|false|-",
            "192.0.2.5|Idle|-|-|100|true|-|-|false|the carrier sent Cease/maximum number of prefixes reached",
            "192.0.2.9|Established|180|60|-|-|false|0|true|-",
            "192.0.2.1|Up|900000|400000|4",
            "192.0.2.1|Up|-|-|-",
            "192.0.2.5|Down|-|-|-",
        ]
    );
    assert_eq!(lines(sample!("eos_wide.txt")), ["192.0.2.1|Up|-|-|-"]);
    // Where the second table begins rests on the addresses.
    assert_eq!(
        lines(sample!("eos_two_tables.txt")),
        ["192.0.2.1|Up|-|-|-", "192.0.2.5|Down|-|-|-", "2001:db8::192:0:2:1|Up|-|-|-"]
    );
    // What the far end said last counts, and its limit is not the carrier's.
    let later = sample!("eos.txt").replace("Last time 2d03h", "Last time 00:45:44");
    assert!(lines(&later)[1].ends_with("|100|-|-|-|false|the far end sent Cease/administrative reset"));
    let far = sample!("eos.txt").replace("Last sent notification:", "Last rcvd notification:");
    assert!(lines(&far)[1].starts_with("192.0.2.5|Idle|-|-|100|-|"));
}

#[test]
fn sr_os() {
    assert_eq!(
        lines(sample!("sr_os.txt")),
        [
            "192.0.2.1|Established|90|30|-|-|-|280|false|-",
            "192.0.2.5|Active|-|-|-|-|-|-|true|Cease (Administrative Shutdown)",
            "192.0.2.1|Up|900000|400000|3",
            "192.0.2.5|Down|3000000|1000000|3",
        ]
    );
}

/// With `detail` a limit that only logs is none, and a chain of keys may be anything.
#[test]
fn sr_os_detail() {
    let text = sample!("sr_os_detail.txt");
    assert_eq!(
        lines(text),
        [
            "192.0.2.1|Established|90|30|450|-|false|280|false|-",
            "192.0.2.5|Active|-|-|-|-|true|-|false|Hold Timer Expired",
        ]
    );
    let chain = text.replace("chain       : n/a", "chain       : voice");
    assert_eq!(lines(&chain)[0], "192.0.2.1|Established|90|30|450|-|-|280|false|-");
    let never_up = text.replace("Hold Timer Expired", "Unrecognized Error");
    assert_eq!(lines(&never_up)[1], "192.0.2.5|Active|-|-|-|-|true|-|false|-");
    let bad: &[Spoiled<'_>] =
        &[(text, "450            forever", "x              forever", 42, "the limit of prefixes")];
    assert_eq!(wrongly_said(bad), [""; 0]);
}

/// The text of a neighbour tells of its BFD's state alone.
#[test]
fn states_of_bfd_beside_bgp() {
    for (text, want) in [
        (sample!("junos.txt"), [Some(BfdState::Up), None]),
        (sample!("ios_xr.txt"), [Some(BfdState::Up), None]),
        (sample!("eos.txt"), [Some(BfdState::Up), Some(BfdState::Down)]),
        (sample!("sr_os.txt"), [None, None]),
    ] {
        let told = read(text).unwrap();
        let of_bgp = told.iter().flat_map(|(_, told)| &told.bgp);
        let found: Vec<_> = of_bgp.take(2).map(|one| one.seen.bfd.map(|bfd| bfd.state)).collect();
        assert_eq!(found, want, "{text}");
    }
}

#[test]
fn what_cannot_be_read_of_junos_and_ios_xr() {
    let cases: &[Spoiled<'_>] = &[
        (sample!("junos.txt"), "192.0.2.1+179", "192.0.2.x+179", 2, "an address"),
        (sample!("junos.txt"), "State: Established", "State: Elsewhere", 6, "the state"),
        (sample!("junos.txt"), "Active Holdtime: 90", "Active Holdtime: x", 19, "the hold time"),
        (sample!("junos.txt"), "Interval: 30", "Interval: x", 20, "the keepalive"),
        (sample!("junos.txt"), "BFD: enabled, up", "BFD: enabled, on", 22, "the state of the BFD session"),
        (
            sample!("junos.txt"),
            "prefixes:            281",
            "prefixes:            x",
            33,
            "the number of prefixes",
        ),
        (sample!("junos.txt"), "Number of flaps: 2", "Number", 65, "ends before `Number of flaps`"),
        (
            sample!("junos.txt"),
            "  Type: External    State: Active         Flags: <>\n",
            "",
            50,
            "before `State`",
        ),
        (
            sample!("junos.txt"),
            "192.0.2.5                AdminDown",
            "192.0.2.5                Gone",
            103,
            "the state",
        ),
        (
            sample!("junos.txt"),
            "192.0.2.1                Up",
            "192.0.2.x                Up",
            87,
            "an address",
        ),
        (sample!("junos.txt"), "0.900     0.300", "0.9       0.300", 87, "the detection time"),
        (sample!("ios_xr.txt"), "is 192.0.2.1,", "is 192.0.2.x,", 10, "an address"),
        (sample!("ios_xr.txt"), "state = Idle", "state = 6", 63, "the state"),
        (sample!("ios_xr.txt"), "(session up)", "(session on)", 16, "the state of the BFD session"),
        (sample!("ios_xr.txt"), "Hold time is 90", "Hold time is x", 18, "the hold time"),
        (
            sample!("ios_xr.txt"),
            "  Hold time is 180, keepalive interval is 60 seconds\n",
            "",
            81,
            "before `Hold time`",
        ),
        (sample!("ios_xr.txt"), "allowed 450", "allowed x", 41, "the limit of prefixes"),
        (
            sample!("ios_xr.txt"),
            "6s(2s*3)         UP",
            "6s(2s*3)         ON",
            88,
            "the state of the BFD session",
        ),
        (sample!("ios_xr.txt"), "6s(2s*3)", "xs(2s*3)", 88, "the time"),
        (sample!("ios_xr.txt"), "async tx interval: 400 ms", "async tx interval: 400 min", 116, "the time"),
        (sample!("ios_xr.txt"), "Dest: 192.0.2.5\n", "", 130, "before `Dest`"),
        (sample!("ios_xr.txt"), " State: ADMIN DOWN", " ADMIN DOWN", 130, "before `State`"),
    ];
    assert_eq!(wrongly_said(cases), [""; 0]);
}

#[test]
fn what_cannot_be_read_of_eos_and_sr_os() {
    let cases: &[Spoiled<'_>] = &[
        (sample!("eos.txt"), "is 192.0.2.1,", "is 192.0.2.x,", 2, "an address"),
        (sample!("eos.txt"), "state is Idle", "state is 6", 56, "the state"),
        (sample!("eos.txt"), "routes is 450", "routes is x", 33, "the limit of prefixes"),
        (sample!("eos.txt"), "2       280 ", "2         x ", 31, "the number of prefixes"),
        (sample!("eos.txt"), "Local AS is 64500", "Local", 49, "ends before `Local AS`"),
        (
            sample!("eos.txt"),
            "enabled and state is Up",
            "enabled and state is On",
            45,
            "the state of the BFD session",
        ),
        (sample!("eos.txt"), "active, State Up", "active, State On", 88, "the state of the BFD session"),
        (sample!("eos.txt"), "Received RxInt: 400 ms, ", "", 88, "before the intervals"),
        (sample!("eos.txt"), "Detect Time: 900", "Detect Time: x", 101, "the detection time"),
        (
            sample!("eos.txt"),
            "   11/29/26 08:50       No Diagnostic     Down\n",
            "",
            117,
            "before the states of all",
        ),
        (sample!("sr_os.txt"), ": 192.0.2.1\n", ": 192.0.2.x\n", 7, "an address"),
        (
            sample!("sr_os.txt"),
            "State                : Active ",
            "State                : x      ",
            47,
            "the state",
        ),
        (sample!("sr_os.txt"), "Active Hold Time     : 90", "Active Hold Time     : x", 24, "the hold time"),
        (sample!("sr_os.txt"), "sessions: 2", "sessions: 3", 79, "the number of sessions above"),
        (sample!("sr_os.txt"), "  3          400", "  3          x  ", 72, "the interval"),
        (sample!("sr_os.txt"), " Up          273", " On          273", 71, "the state of the BFD session"),
    ];
    assert_eq!(wrongly_said(cases), [""; 0]);
}
