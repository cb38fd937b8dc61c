//! Policies before and after a change, and which nets pass.

/// What peer 1, of AS 64501, announces.
pub(super) const ROUTES: [&str; 3] = [
    "$A; as-path 64501 64999; community 64501:1; large-community 64501:1:1; med 5",
    "$B; as-path 64501 64998 64997; community 64501:2 64501:9; extended-community rt:64501:2; origin incomplete",
    "$C; as-path 64501; community 64501:3; extended-community ro:64501:3; next-hop $HOST77",
];

pub(super) const ALL: &str = "policy p { default accept }";

/// (what a policy asks for, its text before and after, the nets that pass before and after)
pub(super) const CHANGES: &[(&str, &str, &str, &str, &str)] = &[
    ("nothing, then none", ALL, "policy p { default reject }", "A B C", ""),
    (
        "a list of prefixes gains one",
        "prefixes list { $A }\npolicy p { rule \"r\" { when prefix in list accept } }",
        "prefixes list { $A, $B }\npolicy p { rule \"r\" { when prefix in list accept } }",
        "A",
        "A B",
    ),
    (
        "and is of others altogether",
        "policy p { rule \"r\" { when prefix in { $A, $C } accept } }",
        "policy p { rule \"r\" { when prefix in { $B } accept } }",
        "A C",
        "B",
    ),
    (
        "the lengths of a list",
        "policy p { rule \"r\" { when prefix in { $A le $LONG } accept } }",
        "policy p { rule \"r\" { when prefix in { $A } accept } }",
        "A C",
        "A",
    ),
    (
        "a list refuses, and is left out",
        "policy p { rule \"r\" { when prefix in { $B } reject } default accept }",
        ALL,
        "A C",
        "A B C",
    ),
    (
        "an AS-path expression",
        "policy p { rule \"r\" { when as-path matches \"_64999$\" reject } default accept }",
        "policy p { rule \"r\" { when as-path matches \"_64998_\" reject } default accept }",
        "B C",
        "A C",
    ),
    (
        "an AS-path expression, and nothing but it",
        "policy p { rule \"r\" { when as-path matches \"^(64500_)?64501$\" accept } }",
        "policy p { rule \"r\" { when as-path matches \"6499[0-9]\" accept } }",
        "C",
        "A B",
    ),
    (
        "an AS-path expression that matches none",
        "policy p { rule \"r\" { when as-path matches \"_65000_\" reject } default accept }",
        "policy p { rule \"r\" { when as-path matches \"_65000_\" accept } }",
        "A B C",
        "",
    ),
    (
        "any of the path, and its origin",
        "policy p { rule \"r\" { when path-asn in { 64997-64999 } reject } default accept }",
        "policy p { rule \"r\" { when origin-asn in { 64997 } reject } default accept }",
        "C",
        "A C",
    ),
    (
        "a community, then another",
        "policy p { rule \"r\" { when community 64501:1 reject } default accept }",
        "policy p { rule \"r\" { when community in { 64501:2, 64501:3 } reject } default accept }",
        "B C",
        "A",
    ),
    (
        "all of several communities, then any",
        "policy p { rule \"r\" { when community 64501:2 and community 64501:9 accept } }",
        "policy p { rule \"r\" { when community 64501:2 or community 64501:1 accept } }",
        "B",
        "A B",
    ),
    (
        "a large community",
        "policy p { rule \"r\" { when large-community 64501:*:1 accept } }",
        "policy p { rule \"r\" { when large-community 64502:*:1 accept } default reject }",
        "A",
        "",
    ),
    (
        "a large community is refused",
        "policy p { rule \"r\" { when large-community 64501:1:1 reject } default accept }",
        "policy p { rule \"r\" { when large-community 64501:1:2 reject } default accept }",
        "B C",
        "A B C",
    ),
    (
        "a route target, then a route origin",
        "policy p { rule \"r\" { when extended-community rt:64501:2 accept } }",
        "policy p { rule \"r\" { when extended-community ro:64501:1-9 accept } }",
        "B",
        "C",
    ),
    (
        "any of several extended communities",
        "policy p { rule \"r\" { when extended-community in { rt:64501:2, ro:64501:3 } accept } }",
        "policy p { rule \"r\" { when extended-community in { rt:64501:* } accept } }",
        "B C",
        "B",
    ),
    (
        "a statement goes on to the next instead of accepting",
        "policy p { rule \"a\" { when community 64501:1 accept } rule \"b\" { when community 64501:1-2 reject }
         default accept }",
        "policy p { rule \"a\" { when community 64501:1 continue } rule \"b\" { when community 64501:1-2 reject }
         default accept }",
        "A C",
        "C",
    ),
    (
        "the attribute ORIGIN",
        "policy p { rule \"r\" { when origin incomplete reject } default accept }",
        "policy p { rule \"r\" { when origin igp reject } default accept }",
        "A C",
        "B",
    ),
    (
        "several criteria at once",
        "policy p { rule \"r\" { when prefix in { $A le $LONG } and community 64501:1 or origin incomplete accept } }",
        "policy p { rule \"r\" { when prefix in { $A le $LONG } and not community 64501:1 accept } }",
        "A B",
        "C",
    ),
    (
        "a statement inserted in front of others",
        "policy p { rule \"b\" { when prefix in { $B } reject } rule \"all\" { accept } }",
        "policy p { rule \"c\" { when prefix in { $C } reject } rule \"b\" { when prefix in { $B } reject }
         rule \"all\" { accept } }",
        "A C",
        "A",
    ),
    (
        "a statement removed from between others",
        "policy p { rule \"a\" { when prefix in { $A } reject } rule \"b\" { when prefix in { $B } reject }
         rule \"all\" { accept } }",
        "policy p { rule \"a\" { when prefix in { $A } reject } rule \"all\" { accept } }",
        "C",
        "B C",
    ),
    (
        "the order of statements",
        "policy p { rule \"a\" { when prefix in { $A } accept } rule \"more\" { when prefix in { $A le $LONG } reject }
         default accept }",
        "policy p { rule \"more\" { when prefix in { $A le $LONG } reject } rule \"a\" { when prefix in { $A } accept }
         default accept }",
        "A B",
        "B",
    ),
    (
        "a policy that another calls",
        "policy inner { rule \"r\" { when community 64501:1 accept } }
         policy p { call inner rule \"b\" { when prefix in { $B } accept } }",
        "policy inner { rule \"r\" { when community 64501:3 accept } }
         policy p { call inner rule \"b\" { when prefix in { $B } accept } }",
        "A B",
        "B C",
    ),
    (
        "a call under a condition",
        "policy inner { rule \"r\" { when origin incomplete reject } rule \"all\" { accept } }
         policy p { rule \"r\" { when community 64501:1-2 call inner } }",
        "policy inner { rule \"all\" { accept } }
         policy p { rule \"r\" { when community 64501:1-2 call inner } }",
        "A",
        "A B",
    ),
];
