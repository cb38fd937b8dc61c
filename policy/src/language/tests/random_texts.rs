//! What holds of any text.

use super::*;
use proptest::prelude::*;

/// Conditions as text, to be joined.
fn conditions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "prefix in {198.51.100.0/24 le 28, 203.0.113.0/24}",
        "prefix in p",
        "neighbor-asn 1-5",
        "path-asn in {1, 9}",
        "as-path matches \"_1{2}(2|3)$\"",
        "as-path length at least 2",
        "community 64500:*",
        "med k",
        "med at most k",
        "local-pref any",
        "rpki valid",
        "aspa invalid",
        "peer \"a b\"",
        "next-hop in {192.0.2.0/24, 2001:db8::/32}",
        "always",
        "never",
        "extended-community rt:*",
        "large-community 1:2:3",
        "family ipv4-unicast",
        "origin igp",
        "as-path has as-set",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 16, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            many.clone().prop_map(|of| format!("({})", of.join(" and "))),
            many.prop_map(|of| format!("({})", of.join(" or "))),
            inner.prop_map(|of| format!("not {of}")),
        ]
    })
}

fn documents() -> impl Strategy<Value = String> {
    let edits = prop::sample::subsequence(
        vec![
            "set med k",
            "raise local-pref by 5",
            "prepend own-asn k times",
            "add communities in c",
            "strip private-asns",
            "set communities {64500:1, 64500:2}",
            "delete large-community 1:*:*",
            "set next-hop self",
            "replace asns 1-5 with 7",
        ],
        0..4,
    );
    let rule = (prop::option::of(conditions()), edits, 0usize..4).prop_map(|(when, edits, then)| {
        let then = ["accept", "continue", "call y", "call z(p, 7)"][then];
        let when = when.map(|when| format!("when {when}\n")).unwrap_or_default();
        format!("rule \"r\" {{ {when} {} {then} }}", edits.join("\n"))
    });
    let policy = prop::collection::vec(rule, 0..4);
    let names = "prefixes p { 203.0.113.0/24 } number k 7 communities c { 64500:1, no-export }
        policy y { rule \"no\" { reject } default accept } policy z(q: prefixes, n: number) { call y }\n";
    (policy, conditions(), conditions(), any::<bool>()).prop_map(move |(rules, given, guaranteed, asn)| {
        let asn = if asn { "own-asn 7\n" } else { "" };
        let prove = format!(
            "prove \"s\" {{ policy x given {given}\n {asn} guarantees {guaranteed}\n guarantees reject }}"
        );
        format!("{names}policy x {{ {} }}\n{prove}", rules.join("\n"))
    })
}

/// Routes that the conditions tell apart.
#[cfg(feature = "serde")]
fn routes() -> impl Strategy<Value = String> {
    let any = |of: &'static [&'static str]| prop::sample::select(of);
    let path = any(&["", "as-path 1 2", "as-path 9 1 1 3", "as-path {1,2}"]);
    let rest = any(&[
        "",
        "med 7",
        "med 3",
        "local-pref 5",
        "community 64500:1",
        "large-community 1:2:3",
        "rpki valid",
        "aspa invalid",
    ]);
    let prefix = any(&["203.0.113.0/24", "198.51.100.0/25", "2001:db8::/32"]);
    (prefix, path, rest.clone(), rest)
        .prop_map(|(prefix, path, one, other)| format!("route {prefix}\n{path}\n{one}\n{other}"))
}

/// The same with comments and empty lines between its words.
fn commented() -> impl Strategy<Value = String> {
    let spots = prop::collection::vec((0usize..200, 0usize..3), 0..12);
    (documents(), spots).prop_map(|(text, spots)| {
        let mut words: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let spaces: Vec<String> = words
            .iter()
            .flat_map(|line| {
                let quotes = line.contains('"');
                let mut parts: Vec<String> =
                    if quotes { vec![line.clone()] } else { line.split(' ').map(str::to_owned).collect() };
                if let Some(last) = parts.last_mut() {
                    last.push('\n');
                }
                parts
            })
            .collect();
        words = spaces;
        for (at, what) in spots {
            let at = at % words.len();
            words[at].push_str([" # a comment\n", "\n\n", "\n# its own line\n\n"][what]);
        }
        words.join(" ")
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(text in documents()) {
        let first = document(&text);
        let printed = first.to_string();
        let second = document(&printed);
        prop_assert_eq!(&second, &first, "{}", &printed);
        prop_assert_eq!(second.to_string(), printed);
        let (a, b) = (first.library(none).unwrap(), second.library(none).unwrap());
        prop_assert_eq!(a.policy("x").unwrap(), b.policy("x").unwrap());
    }

    /// What a text says, its table says of every route.
    #[cfg(feature = "serde")]
    #[test]
    fn tables_say_the_same(text in documents(), routes in prop::collection::vec(routes(), 8)) {
        let policy = library(&text).policy("x").unwrap();
        let policies = || [policy.clone()].into_iter().collect::<crate::Policies>();
        // A condition that never holds has no table.
        let Ok(written) = serde_json::to_string(&policies()) else { return Ok(()) };
        let read: crate::Policies = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), written.clone());
        let toml = toml::to_string(&policies()).unwrap();
        prop_assert_eq!(&toml::from_str::<crate::Policies>(&toml).unwrap(), &read, "{}", toml);
        for route in Route::parse_all(&routes.join("\n")).unwrap() {
            let (a, b) = (policy.evaluate(route.view()), read.get("x").unwrap().evaluate(route.view()));
            prop_assert_eq!(a.accept, b.accept, "{} {}", route, written);
            let (mut one, mut other) = (route.attrs.clone(), route.attrs.clone());
            prop_assert_eq!(a.apply(&mut one, &route.context), b.apply(&mut other, &route.context));
            prop_assert_eq!(one, other, "{} {}", route, written);
        }
    }

    #[test]
    fn comments_stay_and_the_form_is_stable(text in commented()) {
        let first = document(&text);
        let printed = first.to_string();
        prop_assert_eq!(printed.matches('#').count(), text.matches('#').count(), "{}\n{}", &text, &printed);
        let second = document(&printed);
        prop_assert_eq!(&second, &first);
        prop_assert_eq!(second.to_string(), printed);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(policy|rule|when|prefix|in|and|not|[{}()\"#,:;]|[a-z0-9/.]{1,4}|[ \n]){0,30}") {
        match text.parse::<Document>() {
            Ok(document) => {
                let printed = document.to_string();
                prop_assert_eq!(printed.parse::<Document>().unwrap(), document);
            }
            Err(error) => prop_assert!(error.span.end <= text.len(), "{}", error),
        }
    }
}
