use super::*;
use crate::policy::{Decision, Policy, Rule};
use crate::{Edit, Match, Named, NumberRange, PrefixRange};

mod random_texts;

fn none(file: &str) -> Result<String, String> {
    Err(format!("no {file} here"))
}

fn document(text: &str) -> Document {
    text.parse().unwrap_or_else(|e| panic!("{text}\n{e}"))
}

fn library(text: &str) -> PolicyLibrary {
    document(text).library(none).unwrap_or_else(|e| panic!("{text}\n{e}"))
}

/// A policy of one rule with these lines.
fn rule(lines: &str) -> Rule {
    let sets = "prefixes p { 203.0.113.0/24 } asns a { 1-5, 9 } communities c { 64500:1 } networks n { 192.0.2.0/24 }
        extended-communities e { rt:64500:1 } large-communities l { 64500:1:* } number k 7 ";
    let text = format!("{sets} policy x {{ rule \"r\" {{ {lines} accept }} }}");
    library(&text).policy("x").unwrap().rules()[0].clone()
}

/// (a condition's text, the text that it is written as where that is another).
#[test]
fn conditions_read_and_write_back() {
    for (text, written) in [
        ("prefix 203.0.113.0/24", ""),
        ("prefix 203.0.113.0/24 ge 26 le 28", ""),
        ("prefix in {198.51.100.0/24 le 28, 203.0.113.0/24}", ""),
        ("prefix in { 198.51.100.0/24 203.0.113.0/24 }", "prefix in {198.51.100.0/24, 203.0.113.0/24}"),
        ("prefix in {203.0.113.0/24}", "prefix 203.0.113.0/24"),
        ("prefix in {}", ""),
        ("prefix in p", ""),
        ("family ipv6-unicast", ""),
        ("neighbor-asn AS64500", "neighbor-asn 64500"),
        ("origin-asn in {64500, 64510-64520}", ""),
        ("path-asn in a", ""),
        ("as-path matches \"^64500_(1|2)+$\"", ""),
        ("as-path matches \"[= 64500 * =]\"", ""),
        ("as-path length at most 3", ""),
        ("as-path length 0-3", "as-path length at most 3"),
        ("as-path length at least k", "as-path length at least 7"),
        ("as-path has private-asn", ""),
        ("as-path has prepending", ""),
        ("as-path has as-set", ""),
        ("community 64500:100-199", ""),
        ("community no-export", ""),
        ("community in {8075:8007, 64500:*}", ""),
        ("community in c", ""),
        ("extended-community rt:64500:*", ""),
        ("extended-community in e", ""),
        ("large-community 64500:1-9:*", ""),
        ("large-community in l", ""),
        ("next-hop 192.0.2.0/24", ""),
        ("next-hop in n", ""),
        ("med 5", ""),
        ("med any", ""),
        ("med k", "med 7"),
        ("not med any", ""),
        ("local-pref 5-10", ""),
        ("origin incomplete", ""),
        ("peer \"edge 1\"", ""),
        ("peer-group \"carriers\"", ""),
        ("peer-role rs-client", ""),
        ("rpki not-found", ""),
        ("irr valid", ""),
        ("aspa unknown", ""),
        ("always", ""),
        ("never", ""),
        ("med 1 or med 2", ""),
        ("med 1 and med 2 or med 3", "(med 1 and med 2) or med 3"),
        ("not (med 1 or not med 2)", ""),
        ("((med 1))", "med 1"),
        ("(med 1 or med 2) or med 3", "(med 1 or med 2) or med 3"),
    ] {
        let written = if written.is_empty() { text } else { written };
        let when = rule(&format!("when {text}")).when;
        let [condition] = &*when else { panic!("{text}: {when:?}") };
        assert_eq!(condition.to_string(), written);
        assert_eq!(*rule(&format!("when {written}")).when, *when, "{text}");
    }
    assert_eq!(rule("when med 1 and med 2 and (med 3 or med 4)").when.len(), 3);
    assert_eq!(rule("").when.len(), 0);
}

/// Likewise of edits.
#[test]
fn edits_read_and_write_back() {
    for (text, written) in [
        ("set med 5", ""),
        ("set med k", "set med 7"),
        ("raise med by 5", ""),
        ("lower med by k", "lower med by 7"),
        ("delete med", ""),
        ("set local-pref 200", ""),
        ("raise local-pref by 5", ""),
        ("delete local-pref", ""),
        ("set weight 65535", ""),
        ("set weight k", "set weight 7"),
        ("set origin egp", ""),
        ("strip private-asns", ""),
        ("strip asns 64500", ""),
        ("strip asns in {1, 3-4}", ""),
        ("strip asns in a", ""),
        ("prepend own-asn", "prepend own-asn 1 times"),
        ("prepend own-asn 3 times", ""),
        ("prepend own-asn k times", "prepend own-asn 7 times"),
        ("prepend 64500 2 times", ""),
        ("replace asns in a with own-asn", ""),
        ("replace asns 64512-65534 with 64500", ""),
        ("set communities {}", ""),
        ("set communities {64500:1, no-export}", ""),
        ("add community 8075:8007", ""),
        ("add communities in c", "add community 64500:1"),
        ("delete community 64500:*", ""),
        ("delete communities in c", "delete community 64500:1"),
        ("set extended-communities {rt:64500:1}", ""),
        ("add extended-community rt:64500:1", ""),
        ("delete extended-community rt:*", ""),
        ("set large-communities {64500:1:2}", ""),
        ("add large-community 64500:1:2", ""),
        ("delete large-communities in l", "delete large-community 64500:1:*"),
        ("set next-hop self", ""),
        ("set next-hop 192.0.2.1", ""),
    ] {
        let written = if written.is_empty() { text } else { written };
        let edits = rule(text).edits;
        let [edit] = &*edits else { panic!("{text}: {edits:?}") };
        assert_eq!(edit.to_string(), written);
        assert_eq!(*rule(written).edits, *edits, "{text}");
    }
}

/// (text, where, what the error says)
#[test]
fn errors_say_where_what_and_what_was_meant() {
    let in_rule = |lines: &str| format!("policy x {{\n  rule \"r\" {{\n    {lines}\n  }}\n}}\n");
    for (text, at, says) in [
        (
            "polcy x {}",
            (1, 1),
            "expected `asns`, `communities`, `extended-communities`, `large-communities`, `networks`, `number`, `policy`, `prefixes`, `prove` or `test`, found `polcy`; did you mean `policy`?",
        ),
        ("policy {}", (1, 8), "expected a name, found `{`"),
        (
            "test \"t\" { policy x route 192.0.2.0/24; as-path 64496 expect accept }",
            (1, 49),
            "it goes on to the end of its line: `expect` begins a new one",
        ),
        ("policy x", (1, 9), "expected `(` or `{`, found the end of the text"),
        ("policy x {", (1, 11), "expected `call`, `default`, `rule` or `}`, found the end of the text"),
        ("policy x { rul \"a\" {} }", (1, 12), "did you mean `rule`?"),
        ("policy x { default accept rule \"a\" { accept } }", (1, 27), "expected `}`, found `rule`"),
        ("policy x(a) {}", (1, 11), "expected `:`, found `)`"),
        ("policy x(a: prefixs) {}", (1, 13), "did you mean `prefixes`?"),
        ("policy and {}", (1, 8), "`and` is a word of the language"),
        ("policy x { rule r { accept } }", (1, 17), "expected a text in quotation marks, found `r`"),
        (&in_rule(""), (4, 3), "expected `accept`, "),
        (&in_rule("acept"), (3, 5), "did you mean `accept`?"),
        (&in_rule("when med 5 set med"), (4, 3), "expected a name or a number, found `}`"),
        (&in_rule("set med 5 reject"), (3, 15), "a rule that rejects a route edits nothing"),
        (&in_rule("when prefx 1.0.0.0/8 accept"), (3, 10), "did you mean `prefix`?"),
        (&in_rule("when prefix 1.0.0.0/40 accept"), (3, 17), "`1.0.0.0/40`: "),
        (&in_rule("when prefix 1.0.0.1/8 accept"), (3, 17), "bits set beyond its length"),
        (&in_rule("when prefix 1.0.0.0/8 le 40 accept"), (3, 17), "a length is at most 32"),
        (&in_rule("when as-path matches \"1(2\" accept"), (3, 30), "is not closed"),
        (&in_rule("when as-path matches \"12)\" accept"), (3, 29), "closes nothing"),
        (&in_rule("when (med 5 accept"), (3, 17), "expected `)`, `and` or `or`, found `accept`"),
        (
            &in_rule("when rpki good accept"),
            (3, 15),
            "expected `invalid`, `not-checked`, `not-found` or `valid`, found `good`",
        ),
        (
            &in_rule("when aspa unknwon accept"),
            (3, 15),
            "expected `invalid`, `not-checked`, `unknown` or `valid`, found `unknwon`; did you mean `unknown`?",
        ),
        (&in_rule("add community 64500:* accept"), (3, 19), "stands for more than one community"),
        (&in_rule("set weight 65536 accept"), (3, 16), "too great a number"),
        (&in_rule("when med 4294967296 accept"), (3, 14), "`4294967296`: a range is a number"),
        (
            &in_rule("when prefix in nowhere accept"),
            (3, 20),
            "nothing is called `nowhere`; no name stands for a set of prefixes",
        ),
        (
            "prefixes acme {} policy x { rule \"r\" { when prefix in acem accept } }",
            (1, 55),
            "did you mean `acme`?",
        ),
        (
            "asns acme {} policy x { rule \"r\" { when prefix in acme accept } }",
            (1, 51),
            "`acme` is a set of ASNs, and this takes a set of prefixes",
        ),
        ("asns a {} asns a {}", (1, 16), "`a` stands for something already"),
        ("policy a {} policy a {}", (1, 20), "two policies are called `a`"),
        ("policy a(b: number, b: number) {}", (1, 8), "two parameters have one name"),
        ("policy a { call b }", (1, 17), "no policy is called `b`"),
        ("policy a { call a }", (1, 17), "calls itself"),
        ("policy a { call b } policy b { call a }", (1, 17), "calls itself"),
        ("policy a { call b(1) } policy b {}", (1, 17), "`b` takes 0 arguments, and 1 are given"),
        ("policy a { call b(1) } policy b(x: asns) {}", (1, 17), "`x` of `b` is a set of ASNs"),
        ("prefixes a from \"a.json\"", (1, 17), "cannot read a.json: no a.json here"),
        ("test \"t\" { policy a route 1.0.0.0/8 }", (1, 37), "expected "),
        ("test \"t\" { policy a route 1.0.0.0/8 expect accept }", (1, 19), "no policy is called `a`"),
        ("test \"t\" { policy a route 1.0.0.1/8 expect accept }", (1, 21), "did you mean 1.0.0.0/8?"),
        ("prove \"t\" { policy a }", (1, 22), "expected `given`, `guarantees` or `own-asn`, found `}`"),
        ("prove \"t\" { policy a given med 5 }", (1, 34), "expected `and`, `guarantees`, `or` or `own-asn`"),
        ("prove \"t\" { policy a own-asn x guarantees accept }", (1, 30), "`x`: "),
        ("prove \"t\" { policy a guarantees med 5 }", (1, 20), "no policy is called `a`"),
        ("policy a {} prove \"t\" { policy a guarantees prefix in b }", (1, 55), "nothing is called `b`"),
        ("policy a {} prove \"t\" { policy a guarantees accpt }", (1, 45), "did you mean `accept`?"),
        ("\u{e9}", (1, 1), "expected `asns`"),
    ] {
        let error = text.parse::<Document>().and_then(|document| document.library(none)).unwrap_err();
        assert!(error.to_string().contains(says), "{text}\n{error}");
        let at_or_behind = (error.line, error.column);
        if text.contains("calls itself") || says.contains("calls itself") {
            continue;
        }
        assert_eq!(at_or_behind, at, "{text}\n{error}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("(", ")"), ("not (", ")"), ("not ", "")] {
        let text = format!(
            "policy x {{ rule \"r\" {{ when {}med 1{} accept }} }}",
            open.repeat(5000),
            close.repeat(5000)
        );
        assert!(text.parse::<Document>().unwrap_err().to_string().contains("nested more than 32 deep"));
    }
}

/// The text of a policy gives the one that is built in Rust.
#[test]
fn text_and_builders_give_one_model() {
    let text = r#"
        prefixes voice { 203.0.113.0/24 le 28 }
        asns tier1 { 64496, 64500-64502 }
        policy clean { rule "private" { when as-path has private-asn reject } }
        policy out(which: prefixes, most: number) {
            call clean
            rule "of a tier 1" {
                when path-asn in tier1
                set local-pref 50
                call clean
            }
            rule "ours" {
                when prefix in which
                and as-path length at most most
                add community 8075:8007
                accept
            }
            default accept
        }
    "#;
    let prefix: PrefixRange = "203.0.113.0/24 le 28".parse().unwrap();
    let tier1 = ["64496", "64500-64502"].map(|range| range.parse::<crate::AsnRange>().unwrap());
    let clean =
        Policy::builder("clean").rule(Rule::new("private").when(Match::PrivateAsn).reject()).build().unwrap();
    let built = Policy::builder("out(voice, 3)")
        .call(&clean)
        .call_when(
            Rule::new("of a tier 1")
                .when(Match::AsnInPath(Named::new("tier1", tier1.into_iter().collect())))
                .edit(Edit::SetLocalPref(50)),
            &clean,
        )
        .rule(
            Rule::new("ours")
                .when(Match::Prefix(Named::new("voice", [prefix].into_iter().collect())))
                .when(Match::PathLength(NumberRange::at_most(3)))
                .edit(Edit::AddCommunity("8075:8007".parse().unwrap()))
                .accept(),
        )
        .default_decision(Decision::Accept)
        .build()
        .unwrap();
    let library = library(text);
    assert_eq!(library.policy("out(voice, 3)").unwrap(), built);
    assert_eq!(library.policies().map(|p| p.name().to_owned()).collect::<Vec<_>>(), ["clean"]);
    assert_eq!(library.names().collect::<Vec<_>>(), ["clean", "out"]);
    for (call, says) in [
        ("out", "takes 2 arguments"),
        ("out(voice)", "takes 2 arguments"),
        ("out(tier1, 3)", "is a set of ASNs"),
        ("out(voice, 3) x", "expected the end of the text"),
        ("in", "a word of the language"),
        ("", "expected a name"),
    ] {
        assert!(library.policy(call).unwrap_err().to_string().contains(says), "{call}");
    }
}

#[test]
fn a_policy_without_a_default_rejects() {
    let policy = library("policy x {}").policy("x").unwrap();
    assert_eq!(policy.default_decision(), Decision::Reject);
}

#[test]
fn calls_that_double_are_built_once_each() {
    let doubled = (1..30).map(|n| (n, n - 1));
    let policies = doubled.map(|(n, before)| format!("policy p{n} {{ call p{before} call p{before} }}"));
    let text = policies.collect::<Vec<_>>().join("\n");
    assert_eq!(library(&format!("policy p0 {{}}\n{text}")).policy("p29").unwrap().rules().len(), 0);
}

const UNTIDY: &str = r#"# head
# of the file

prefixes   voice {203.0.113.0/24   le 28,198.51.100.0/24} # two


asns a {1
2   # the second
3}
number n   5
policy x(  p : prefixes,k:number )
{   # opened
# before
rule "one" { when (prefix in p) and # why
not med at most k
   or rpki invalid set med 5 # edits

   add community 64500:1 accept }
call y ; 
}
"#;

#[test]
fn one_form() {
    let text = UNTIDY.replace("call y ; \n", "call y\n\n\ndefault accept # at last\n# end\n") + "policy y {}";
    let want = r#"# head
# of the file

prefixes voice { 203.0.113.0/24 le 28, 198.51.100.0/24 }  # two

asns a {
    1
    2  # the second
    3
}

number n 5

policy x(p: prefixes, k: number) {  # opened
    # before
    rule "one" {
        when (prefix in p and not med at most k)  # why
        or rpki invalid
        set med 5  # edits

        add community 64500:1
        accept
    }
    call y

    default accept  # at last
    # end
}

policy y {
}
"#;
    assert_eq!(document(&text).to_string(), want);
    assert_eq!(document(want).to_string(), want);
    assert_eq!(document(want), document(&text));
}

#[test]
fn tests_pass_and_fail_with_reasons() {
    let text = r#"
communities ours { 64500:1 }
policy x {
    rule "short" {
        when as-path length at most 2
        set local-pref 200
        set weight 7
        prepend own-asn 2 times
        add communities in ours
        set next-hop self
        accept
    }
}
test "good" {
    policy x
    route 203.0.113.0/24
    as-path 64500 64501  # two
    own-asn 64499
    own-address 192.0.2.77
    expect accept
    expect rule "short"
    expect weight 7
    expect local-pref 200 and community in ours
    expect as-path matches "^64499_64499_64500_64501$"
    expect next-hop 192.0.2.77/32
    expect neighbor-asn 64500
}
test "bad" {
    policy x
    route 203.0.113.0/24
    as-path 64500 64501 64502
    expect accept
    expect rule "short"
    expect weight 7
    expect med 5
}
"#;
    let outcomes = library(text).run_tests();
    let [good, bad] = &*outcomes else { panic!("{outcomes:?}") };
    assert_eq!((good.name.as_str(), &*good.failures), ("good", &[][..]), "{}", good.explanation);
    assert_eq!(
        bad.failures,
        [
            (32, "expected accept, and the policy rejects".to_owned()),
            (33, "expected rule \"short\" to decide, and the default did".to_owned()),
            (34, "expected weight 7, and no rule sets one".to_owned()),
            (35, "expected med 5, and med is absent".to_owned()),
        ]
    );
    assert!(bad.explanation.contains("as-path length is 3"), "{}", bad.explanation);
}

#[test]
fn guarantees_are_answered_with_reasons() {
    let text = r#"
policy x(most: number) {
    rule "short" {
        when as-path length at most most
        add community 8075:8007
        accept
    }
}
prove "leaves well" {
    policy x(3)
    given not as-path has as-set
    own-asn 64500
    guarantees community 8075:8007
    guarantees as-path length at most 2
}
prove "all pass" {
    policy x(3)
    guarantees accept
}
"#;
    let library = library(text);
    assert_eq!(library.statements().count(), 3);
    let told = library.prove().into_iter().map(|outcome| {
        let answer = match outcome.answer {
            crate::Answer::Proved => "proved".to_owned(),
            crate::Answer::Refuted(route) => route.to_string(),
            crate::Answer::Unknown(why) => why.to_string(),
        };
        format!(
            "{}, line {}: {} {}: {answer}",
            outcome.name,
            outcome.line,
            outcome.policy.name(),
            outcome.statement
        )
    });
    let given = "x(3) given not as-path has as-set own-asn 64500 guarantees";
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            format!("leaves well, line 13: {given} community 8075:8007: proved"),
            format!(
                "leaves well, line 14: {given} as-path length at most 2: \
                 198.51.100.0/24; as-path 64496 64496 64496; own-asn 64500"
            ),
            "all pass, line 18: x(3) guarantees accept: 198.51.100.0/24; as-path 64496 64496 64496 64496"
                .to_owned(),
        ]
    );
    for (text, says) in [
        ("accept now", "expected the end of the text"),
        ("med", "expected a number"),
        ("", "expected `accept`, `always`"),
        ("prefix in nowhere", "nothing is called `nowhere`"),
    ] {
        let error = library.read_guarantee(text).unwrap_err();
        assert!(error.to_string().contains(says), "{text}: {error}");
    }
    assert_eq!(library.read_condition(" med 5 ").unwrap(), Match::Med(5.into()));
}
