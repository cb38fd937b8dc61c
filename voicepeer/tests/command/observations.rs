//! What is wrong with routes observed is told with its place.

use super::support::{Files, changed, example, run};
use std::path::Path;

fn check(routes: &Path) -> super::support::Said {
    let plan = example("plan.toml");
    run(["check".as_ref(), "-p".as_ref(), plan.as_os_str(), "--routes".as_ref(), routes.as_os_str()])
}

/// (what stands in the document, what it is changed to, what the message holds).
#[test]
fn errors_name_the_place_and_what_is_allowed() {
    let routes = std::fs::read_to_string(example("routes.json")).unwrap();
    let line = |text: &str| routes.lines().position(|l| l.contains(text)).unwrap() + 1;
    let cases: &[(&str, &str, &[&str])] = &[
        ("\"nextHop\"", "\"next_hop\"", &["unknown field `next_hop`", "`prefix`, `nextHop`, `asPath`"]),
        ("\"holdTime\"", "\"hold_time\"", &["unknown field `hold_time`", "`holdTime`"]),
        ("8075:8007", "8075:80070", &["`8075:80070`", "two numbers from 0 to 65535"]),
        ("64500 64501", "64500 x", &["`x` in an AS path is not an ASN"]),
        ("64500 64501", "64500 {64501", &["`{` in an AS path has no counterpart"]),
        ("\"igp\"", "\"bgp\"", &["unknown variant `bgp`", "`igp`, `egp`, `incomplete`"]),
        ("\"192.0.2.10\"", "\"192.0.2\"", &["invalid IP address"]),
        ("\"Established\"", "\"Up\"", &["unknown variant `Up`", "`Established`"]),
        ("\"holdTime\": 180", "\"holdTime\": -1", &["-1", "u16"]),
        ("\"Established\",", "\"Established\"", &["expected `,` or `}`"]),
    ];
    let files = Files::new();
    for (old, new, holds) in cases {
        let said = check(&files.write("routes.json", &changed(&routes, old, new)));
        said.refused_with(holds, new);
        // A missing comma shows where the next word stands.
        let place = line(old) + usize::from(*old == "\"Established\",");
        said.refused_with(&[&format!("routes.json:{place}:")], new);
    }
}

#[test]
fn observations_that_are_not_there() {
    let files = Files::new();
    check(&files.path("none.json")).refused_with(&["cannot read", "none.json"], "no file");
    check(&files.write("empty.json", ""))
        .refused_with(&["no output of routes", "empty.json"], "an empty file");
    let other = files.write("other.json", r#"{"session":[]}"#);
    check(&other)
        .refused_with(&["no document of routes", "other.json", "docs/observing.md"], "another document");
}
