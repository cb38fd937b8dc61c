//! `check --routes` on configurations of routers: what `voicepeer plan render` writes keeps the rules, and each rule that is
//! broken in it is named by it.

use super::support::{Files, Said, changed, example, run};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const PASSWORD: &str = "sEcReT";

fn plan() -> PathBuf {
    example("rendered/plan.toml")
}

fn rendered(make: &str) -> String {
    let plan = plan().display().to_string();
    run(["plan", "render", "--originate", "--for", make, "-p", &plan]).out
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/observe/neighbor/samples").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn check_as(format: &str, files: &[&Path]) -> Said {
    let mut arguments: Vec<OsString> = ["check", "--format", format, "-p"].map(OsString::from).to_vec();
    arguments.push(plan().into());
    for file in files {
        arguments.extend(["--routes".into(), file.into()]);
    }
    run(arguments)
}

fn check(files: &[&Path]) -> Value {
    check_as("json", files).json()
}

fn verdicts(report: &Value) -> impl Iterator<Item = &Value> {
    report["verdicts"].as_array().unwrap().iter()
}

fn bad(report: &Value) -> BTreeSet<String> {
    let bad = verdicts(report).filter(|v| ["Failed", "Invalid"].contains(&v["state"].as_str().unwrap()));
    bad.map(|v| v["rule"].as_str().unwrap().to_owned()).collect()
}

fn states<'a>(report: &'a Value, rule: &str) -> Vec<&'a str> {
    verdicts(report).filter(|v| v["rule"] == rule).map(|v| v["state"].as_str().unwrap()).collect()
}

/// The state of a rule on a route of the first session.
fn on_route<'a>(report: &'a Value, rule: &str) -> &'a str {
    let of = |v: &&Value| v["rule"] == rule && v["subject"]["connection"] == "lab-1";
    verdicts(report).find(of).unwrap()["state"].as_str().unwrap()
}

/// The sources of the facts of a rule that have this in them.
fn sources(report: &Value, rule: &str, what: &str) -> Vec<String> {
    let facts =
        verdicts(report).filter(|v| v["rule"] == rule).flat_map(|v| v["evidence"].as_array().unwrap());
    let such = { facts }.filter(|fact| fact["what"].as_str().unwrap().contains(what));
    such.map(|fact| fact["source"].as_str().unwrap().to_owned()).collect()
}

/// (router; what stands in its configuration, and what is to; the rule that fails by it, and what the evidence has).
const BROKEN: [(&str, &str, &str, &str, &str); 13] = [
    (
        "frr",
        "  neighbor 192.0.2.1 remote-as 8075\n",
        "  neighbor 192.0.2.1 remote-as 8075\n  neighbor 192.0.2.1 password sEcReT\n",
        "VP-NO-MD5",
        "signed with a password",
    ),
    (
        "frr",
        "  neighbor 192.0.2.1 bfd\n  neighbor 192.0.2.1 bfd profile voice-lab-1\n",
        "",
        "VP-BFD",
        "the session has no BFD",
    ),
    ("frr", "    transmit-interval 300\n", "    transmit-interval 400\n", "VP-BFD", "the far end in 1200 ms"),
    ("frr", "maximum-prefix 450", "maximum-prefix 100", "VP-MAX-PREFIX", "a limit of 100"),
    (
        "bird",
        "  hold time 180;\n",
        "  hold time 180;\n  password \"sEcReT\";\n",
        "VP-NO-MD5",
        "signed with a password",
    ),
    ("bird", "    multiplier 3;\n", "    multiplier 4;\n", "VP-BFD", "the far end in 1200 ms"),
    (
        "bird",
        "  bfd {\n    min tx interval 300 ms;\n    min rx interval 300 ms;\n    multiplier 3;\n  };\n",
        "",
        "VP-BFD",
        "the session has no BFD",
    ),
    ("bird", "receive limit 450", "receive limit 100", "VP-MAX-PREFIX", "a limit of 100"),
    ("bird", "  hold time 180;\n", "  hold time 9;\n", "VP-HOLD-TIME", "hold time 9 s"),
    (
        "gobgp",
        "peer-as = 8075\n",
        "peer-as = 8075\nauth-password = \"sEcReT\"\n",
        "VP-NO-MD5",
        "signed with a password",
    ),
    ("gobgp", "max-prefixes = 450", "max-prefixes = 100", "VP-MAX-PREFIX", "a limit of 100"),
    (
        "openbgpd",
        "  holdtime 180\n",
        "  holdtime 180\n  tcp md5sig password \"sEcReT\"\n",
        "VP-NO-MD5",
        "signed with a password",
    ),
    ("openbgpd", "max-prefix 450", "max-prefix 100", "VP-MAX-PREFIX", "a limit of 100"),
];

/// A configuration fails what it breaks, with its line; what it keeps it does not verify.
#[test]
fn what_fails_by_a_configuration() {
    let files = Files::new();
    for make in ["frr", "bird", "gobgp", "openbgpd"] {
        let report = check(&[&files.write("router.conf", &rendered(make))]);
        assert_eq!(bad(&report), BTreeSet::new(), "{make}");
        for rule in ["VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME", "VP-BFD", "VP-BFD-STRICT"] {
            assert_eq!(states(&report, rule), ["Unknown"; 2], "{rule} by {make}");
        }
    }
    for (make, old, new, rule, says) in BROKEN {
        let text = changed(&rendered(make), old, new);
        let file = files.write("router.conf", &text);
        let report = check(&[&file]);
        assert_eq!(bad(&report), [rule.to_owned()].into(), "{make}: {new}\n{report:#}");
        let found = sources(&report, rule, says);
        let prefix = format!("configured at {}:", file.display());
        let line: usize =
            found[0].strip_prefix(&prefix).unwrap_or_else(|| panic!("{found:?}")).parse().unwrap();
        assert!(line <= text.lines().count(), "{line}");
        for format in ["table", "json", "junit", "markdown"] {
            let said = check_as(format, &[&file]);
            assert!(!said.out.contains(PASSWORD) && !said.err.contains(PASSWORD), "{format} of {make}");
        }
    }
}

/// Beside what the router prints, a configuration names what that does not show, and nothing else.
#[test]
fn a_password_that_keeps_a_session_down() {
    let files = Files::new();
    for (make, old, new, text) in [
        ("bird", "  hold time 180;\n", "  hold time 180;\n  password \"sEcReT\";\n", "bird_password.txt"),
        (
            "openbgpd",
            "  holdtime 180\n",
            "  holdtime 180\n  tcp md5sig password \"sEcReT\"\n",
            "openbgpd_password.txt",
        ),
    ] {
        let text = files.write("sessions.txt", &sample(text));
        assert_eq!(bad(&check(&[&text])), ["VP-ALL-SESSIONS".to_owned()].into(), "{make}");
        let configuration = files.write("router.conf", &rendered(make).replace(old, new));
        for given in [[&*text, &*configuration], [&configuration, &text]] {
            let report = check(&given);
            assert_eq!(bad(&report), ["VP-NO-MD5".to_owned()].into(), "{make}");
            assert!(sources(&report, "VP-ALL-SESSIONS", "see VP-NO-MD5").len() > 1, "{report:#}");
        }
    }
}

/// What the router prints counts, and that its configuration has something else is said.
#[test]
fn what_contradicts_the_configuration() {
    let files = Files::new();
    let password = "  neighbor 192.0.2.1 remote-as 8075\n  neighbor 192.0.2.1 password sEcReT\n";
    let text = changed(&rendered("frr"), "  neighbor 192.0.2.1 remote-as 8075\n", password);
    let configuration = files.write("frr.conf", &text.replace("maximum-prefix 450", "maximum-prefix 100"));
    let seen = files.write("seen.txt", &sample("frr_slow.txt"));
    let report = check(&[&configuration, &seen]);
    assert_eq!(states(&report, "VP-NO-MD5"), ["Verified"; 2]);
    assert_eq!(states(&report, "VP-MAX-PREFIX"), ["Verified"; 2]);
    let notes = report["notes"].to_string();
    for what in ["has a password, and otherwise it is by", "has a limit of 100, and otherwise it is by"] {
        assert!(notes.contains(what), "{notes}");
    }
}

/// FRR 8.4 does not show communities, nor BIRD the next hop that leaves.
#[test]
fn what_text_of_routes_does_not_show() {
    let files = Files::new();
    let routes = "edge# show bgp ipv4 unicast neighbors 192.0.2.1 advertised-routes\n\
                  BGP table version is 1, local router ID is 192.0.2.2, vrf id 0\n\
                  Default local pref 100, local AS 64500\n\
                  \x20   Network          Next Hop            Metric LocPrf Weight Path\n\
                  *> 198.18.1.0/24    0.0.0.0                  0         32768 i\n\nTotal number of prefixes 1\n";
    let routes = files.write("frr.txt", routes);
    let set = "  set community 8075:8007 additive\n";
    for (to, want, says) in [
        (set, "Unknown", "COMMUNITIES 8075:8007"),
        ("  set community 64500:1\n", "Failed", "COMMUNITIES 64500:1"),
        ("", "Failed", "no COMMUNITIES"),
    ] {
        let configuration = files.write("frr.conf", &rendered("frr").replace(set, to));
        let report = check(&[&routes, &configuration]);
        assert_eq!(on_route(&report, "VP-COMMUNITY"), want, "{to}");
        let found = sources(&report, "VP-COMMUNITY", says);
        assert!(found[0].contains("frr.conf:"), "{found:?}");
    }
    let routes = "bird> show route export voice_lab_1 all\n\
                  198.18.1.0/24        blackhole [voice 10:00:00.000] * (200)\n\tType: static univ\n\
                  \tBGP.origin: IGP\n\tBGP.as_path: \n\tBGP.community: (8075,8007)\n";
    let routes = files.write("bird.txt", routes);
    let given = format!("lab-1={}", routes.display());
    let out = "  bgp_community.add((8075,8007));\n";
    for (hop, itself, want) in
        [("", "    next hop self;\n", "Unknown"), ("  bgp_next_hop = 198.51.100.9;\n", "", "Failed")]
    {
        let text =
            rendered("bird").replace(out, &format!("{out}{hop}")).replace("    next hop self;\n", itself);
        let configuration = files.write("bird.conf", &text);
        let report = check(&[Path::new(&given), &configuration]);
        assert_eq!(on_route(&report, "VP-NEXTHOP"), want, "{hop}");
        let told = sources(&report, "VP-NEXTHOP", "next hop 198.51.100.9 is not on the session's subnet");
        assert_eq!(told.is_empty(), hop.is_empty(), "{report:#}");
    }
}

/// Of a terminal, with other outputs; with what cannot be followed; of other peers; cut.
#[test]
fn how_a_configuration_is_given() {
    let files = Files::new();
    let frr = changed(&rendered("frr"), "maximum-prefix 450", "maximum-prefix 100");
    let printed = format!("Building configuration...\n\nCurrent configuration:\n!\n{frr}end\n");
    let terminal = format!(
        "edge# show running-config\n{printed}edge# show bgp neighbors\n{}edge# \n",
        sample("frr_no_bfd.txt")
    );
    let report = check(&[&files.write("terminal.txt", &terminal)]);
    assert_eq!(states(&report, "VP-MAX-PREFIX"), ["Verified", "Verified"], "what runs has 450");
    assert!(report["notes"].to_string().contains("terminal.txt:"), "{report:#}");
    assert_eq!(bad(&report), ["VP-BFD".to_owned()].into());

    let part = format!("edge# show running-config | section bgp\n{printed}");
    check_as("json", &[&files.write("part.txt", &part)]).refused_with(&["nor of sessions"], "a part");
    // It ends with the line of a password, which the message is about.
    let (head, _) = printed.split_once("  neighbor 192.0.2.1 remote-as 8075\n").unwrap();
    let secret = format!("{head}  neighbor 192.0.2.1 password {PASSWORD}\n");
    let said = check_as("json", &[&files.write("cut.txt", &secret)]);
    said.refused_with(&["cut.txt:", "ends before `end`", "FRR, show running-config"], "it is cut");
    assert!(!said.err.contains(PASSWORD));

    let bird = format!("# birdc show protocols all\n{}include \"more.conf\";\n", rendered("bird"));
    let report = check(&[&files.write("bird.conf", &bird)]);
    assert!(report["notes"].to_string().contains("what the file has that is included here is not known"));

    let other = rendered("gobgp").replace("\"192.0.2.5\"", "\"192.0.2.77\"");
    let report = check(&[&files.write("other.toml", &other)]);
    assert!(report["notes"].to_string().contains("the far end of no session of the plan: 192.0.2.77"));
}
