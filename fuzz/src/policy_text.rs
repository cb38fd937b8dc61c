//! Policies as text.

use bgp_policy::Document;

/// A text is read or refused, and the fault is in it. What is read is written in a form that says the same and stays as it is; its
/// names are looked up, its policies built, its tests run, its rules looked over.
pub fn policy_text(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let document: Document = match text.parse() {
        Ok(document) => document,
        Err(error) => return assert!(error.span.end <= text.len(), "{error}"),
    };
    let printed = document.to_string();
    let again: Document = printed.parse().expect("what was written is read");
    assert_eq!(again, document, "{printed}");
    let Ok(library) = document.library(|_| Ok("203.0.113.0/24 le 28\n".to_owned())) else { return };
    library.run_tests();
    library.lint();
}

/// Every part of the language.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let all = r#"# a comment
prefixes p { 203.0.113.0/24 le 28, 2001:db8::/32 } prefixes f from "f"
asns a { 1-5 } number n 5
policy q(x: prefixes, k: number) {
  rule "r" {
    when (prefix in x or path-asn in a) and not med at most k and as-path matches "_1(2|3)+$"
    set med k add community 8075:8007 prepend own-asn 2 times
    call s
  }
  default accept
}
policy s { rule "no" { when rpki invalid reject } }
test "t" { policy q(p, 5) route 203.0.113.0/24 as-path 1 2
 med 5 expect accept expect med 5 and community 8075:8007 }
"#;
    let lists = "communities c { 64500:*, no-export } extended-communities e { rt:64500:* } large-communities l { 1:2:* }
networks h { 192.0.2.0/24 } policy x { rule \"r\" { when community in c and next-hop in h delete communities in c
strip asns 1-5 replace asns 7 with own-asn lower local-pref by 5 set communities {1:2} continue } }";
    [all, lists].map(|text| text.as_bytes().to_vec()).to_vec()
}
