//! What policies guarantee, against routes that the input has.

use bgp_policy::{Answer, Document, Route};
use bgp_wire::Asn;

/// The input is a policy's text, a line of `%`, and routes. Whatever is proved, no route of the input refutes; what is refuted, is by the
/// route that the answer names, which is read again as it is written.
pub fn policy_prove(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (text, routes) = text.split_once("\n%\n").unwrap_or((text, ""));
    let Ok(document) = text.parse::<Document>() else { return };
    let Ok(library) = document.library(|_| Err(String::new())) else { return };
    let routes = Route::parse_all(routes).unwrap_or_default();
    for outcome in library.prove() {
        let refutes = |route: &Route| outcome.statement.is_refuted_by(&outcome.policy, route);
        match &outcome.answer {
            Answer::Proved => {
                // No path has AS 0, and nobody is it; a text may say so.
                let is_zero = |asn: Asn| asn.0 == 0;
                let exist = routes.iter().filter(|route| {
                    !is_zero(route.context.local_asn) && !route.attrs.as_path.view().asns().any(is_zero)
                });
                exist.for_each(|route| assert!(!refutes(route), "{} refutes {}", route, outcome.statement));
            }
            Answer::Refuted(route) => {
                assert!(refutes(route), "{} does not refute {}", route, outcome.statement);
                let again = Route::parse_all(&format!("route {route}")).expect("what was written is read");
                assert_eq!(again, [Route::clone(route)], "{route}");
            }
            Answer::Unknown(_) => {}
        }
    }
}

/// Statements of each kind, and routes near them.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let all = r#"policy p(n: number) {
rule "no" { when as-path matches "_7(8|9)+$" or rpki invalid reject }
rule "on" { when med 5 set local-pref n delete community 1:* continue }
rule "v" { when prefix 2001:db8::/32 and as-path length at most n prepend own-asn 2 times accept } }
prove "s" { policy p(3) given not community 2:* own-asn 5 guarantees as-path length at most 5 guarantees local-pref 3 }
%
route 2001:db8::/32; as-path {1,7}; med 5; community 1:1
"#;
    let edits = r#"policy p { rule "r" { when as-path has prepending strip private-asns replace asns 1-5 with own-asn
set next-hop self delete extended-community rt:* accept } default accept }
prove "s" { policy p own-asn 5 guarantees not as-path has prepending guarantees next-hop 192.0.2.0/24 }
%
route 10.0.0.0/8; as-path 1 64512 1; extended-community rt:1:2
"#;
    [all, edits].map(|text| text.as_bytes().to_vec()).to_vec()
}
