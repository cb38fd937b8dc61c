//! Policies on whatever routes messages bring.

use crate::seeds;
use crate::session::session;
use bgp_policy::{Document, EditContext, Policy, RouteView};
use bgp_wire::{Asn, AttributeSet, Received};
use std::sync::LazyLock;

/// A policy that asks for everything and edits everything.
const TEXT: &str = r#"
prefixes p { 0.0.0.0/0 le 24, 10.0.0.0/8 ge 9, 2001:db8::/32 le 48 } asns a { 1-64511 }
policy asked {
    rule "all" {
        when (prefix in p or not prefix in p) and (path-asn in a or as-path matches "^([0-9]+|_)*$" or as-path matches "[= * =]")
        and (community *:* or extended-community rt:* or large-community *:*:* or not med any or local-pref any or origin igp
            or as-path has private-asn or as-path has prepending or as-path has as-set or next-hop 0.0.0.0/0 or med any)
        strip private-asns replace asns in a with own-asn prepend own-asn 255 times raise med by 5 lower local-pref by 4294967295
        add community 64500:1 delete community *:* add extended-community rt:1:1 delete large-community *:*:* set next-hop self
        continue
    }
    rule "length" { when as-path length at most 3 accept }
    default accept
}
"#;

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let document: Document = TEXT.parse().expect("the text is well");
    let library = document.library(|_| Err(String::new())).expect("the names are there");
    library.policy("asked").expect("the policy is there")
});

/// Decodes the body of an UPDATE, judges each route, explains it and makes the edits.
pub fn policy_evaluation(data: &[u8]) {
    _ = judged(data);
}

/// How many routes of an UPDATE were judged.
fn judged(data: &[u8]) -> usize {
    let Some((octet, body)) = data.split_first() else { return 0 };
    let Ok(parsed) = bgp_wire::update(body, &session(*octet)) else { return 0 };
    let Received::Routes(routes) = parsed.update else { return 0 };
    let mut count = 0;
    let own = EditContext { local_asn: Asn(64500), self_v4: Some([192, 0, 2, 1].into()), self_v6: None };
    for (next_hop, nlri) in routes.announced() {
        let attrs = AttributeSet::from_attrs(&routes.attrs, next_hop);
        for route in nlri.iter().take(4) {
            count += 1;
            let view = RouteView::new(route.prefix, &attrs, Asn(64501));
            let verdict = POLICY.evaluate(view);
            let explained = POLICY.explain_route(view);
            assert_eq!(
                (explained.verdict.accept, explained.verdict.because),
                (verdict.accept, verdict.because)
            );
            drop(explained.to_string());
            let mut edited = attrs.clone();
            if verdict.apply(&mut edited, &own).is_ok() && verdict.edits().next().is_some() {
                assert!(edited.as_path.view().hops() >= 255);
            }
        }
    }
    count
}

/// UPDATEs of every kind, and some that are as long as can be.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [seeds::updates(), seeds::large_updates()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is nearly 64 KiB long, decodes, and has its routes judged.
    #[test]
    fn large_messages_come_to_be_judged() {
        for seed in seeds::large_updates() {
            assert!((60_000..=65_536).contains(&seed.len()), "{}", seed.len());
            assert_eq!(judged(&seed), 4);
        }
    }
}
