//! Juniper Junos, for `load merge`.

use super::router::{Neighbor, Router};
use super::text::{Text, refused};
use super::why;
use bgp_policy::voice::far_end;
use bgp_wire::Asn;

/// Ranges of ASNs that are set apart, as Junos writes them.
const SPECIAL: &str = "0|23456|64496-131071|4200000000-4294967295";

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("#");
    text.head(router);
    text.gap();
    text.block("routing-options {", "}", |text| {
        text.line(format_args!("router-id {};", router.id));
        text.say(why::OWN_ASN);
        text.line(format_args!("autonomous-system {};", router.asn));
        if router.originates {
            text.say(why::ORIGINATES);
            text.block("static {", "}", |text| {
                text.lines(router.prefixes().iter().map(|prefix| format!("route {prefix} discard;")));
            });
        }
    });
    text.block("policy-options {", "}", |text| {
        lists(router, text);
        import(text);
        router.neighbors.iter().for_each(|neighbor| export(router, neighbor, text));
    });
    text.block("protocols {", "}", |text| {
        text.block("bgp {", "}", |text| {
            text.block("group VOICE {", "}", |text| {
                text.line("type external;");
                text.line(format_args!("peer-as {};", far_end::ASN));
                router.neighbors.iter().for_each(|neighbor| session(neighbor, text));
            });
        });
    });
    text.end()
}

fn any<'a>(asns: impl IntoIterator<Item = &'a Asn>) -> String {
    asns.into_iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
}

fn lists(router: &Router<'_>, text: &mut Text) {
    for Neighbor { name, prefixes, .. } in &router.neighbors {
        text.say(why::PREFIXES);
        text.block(format_args!("prefix-list VOICE-{name} {{"), "}", |text| {
            text.lines(prefixes.iter().map(|prefix| format!("{prefix};")));
        });
    }
    text.say(why::COMMUNITY);
    text.line(format_args!("community VOICE members {};", far_end::COMMUNITY));
    text.say("VP-NO-AS12076.");
    text.line(format_args!("as-path VOICE-NEVER \".* {} .*\";", far_end::NEVER));
    text.say("VP-ORIGIN-ASN: our own routes, before our own ASN comes in front.");
    text.line("as-path VOICE-OWN \"()\";");
    if router.associated.is_empty() {
        return;
    }
    let associated = any(router.associated);
    text.say("VP-ORIGIN-ASN, VP-ASPATH-LENGTH, VP-ASPATH-SET: those of the associated ASNs; with our own ASN that is 3 at most.");
    text.line(format_args!("as-path VOICE-ASSOCIATED \".? ({associated})\";"));
    text.say("VP-ASPATH-PREPEND: what its origin prepended.");
    text.block("as-path-group VOICE-PREPENDED {", "}", |text| {
        text.lines(router.associated.iter().map(|asn| format!("as-path OF-{asn} \"{asn} {asn}\";")));
    });
    if router.lab.is_empty() {
        text.say("VP-ASPATH-PRIVATE: ASNs that are private or set apart.");
        text.line(format_args!("as-path VOICE-SPECIAL \"({SPECIAL}) ({associated})\";"));
    }
}

fn term(text: &mut Text, name: &str, from: &[&str], then: &[&str]) {
    text.block(format_args!("term {name} {{"), "}", |text| {
        match from {
            [] => {}
            [one] => text.line(format_args!("from {one};")),
            several => {
                text.block("from {", "}", |text| text.lines(several.iter().map(|line| format!("{line};"))));
            }
        }
        match then {
            [one] => text.line(format_args!("then {one};")),
            several => {
                text.block("then {", "}", |text| text.lines(several.iter().map(|line| format!("{line};"))));
            }
        }
    });
}

fn import(text: &mut Text) {
    text.say(why::NO_AS12076);
    text.block("policy-statement VOICE-IN {", "}", |text| {
        term(text, "never", &["as-path VOICE-NEVER"], &["reject"]);
        term(text, "others", &[], &["accept"]);
    });
}

fn export(router: &Router<'_>, Neighbor { name, .. }: &Neighbor<'_>, text: &mut Text) {
    text.block(format_args!("policy-statement VOICE-{name}-OUT {{"), "}", |text| {
        let list = format!("prefix-list VOICE-{name}");
        let mut origins = vec![list.as_str()];
        if router.associated.is_empty() {
            origins.push("as-path VOICE-OWN");
        } else {
            text.say(refused(router));
            term(text, "never", &["as-path VOICE-NEVER"], &["reject"]);
            term(text, "prepended", &["as-path-group VOICE-PREPENDED"], &["reject"]);
            if router.lab.is_empty() {
                term(text, "special", &["as-path VOICE-SPECIAL"], &["reject"]);
            }
            origins.push("as-path [ VOICE-OWN VOICE-ASSOCIATED ]");
        }
        text.say(
            "VP-ALL-SESSIONS, VP-ORIGIN-ASN, VP-ASPATH-LENGTH. VP-ASPATH-PREPEND: nothing is prepended.",
        );
        text.say(
            "VP-COMMUNITY: beside the communities there are. VP-NEXTHOP: our own address on the session.",
        );
        term(text, "registered", &origins, &["community add VOICE", "next-hop self", "accept"]);
        term(text, "others", &[], &["reject"]);
    });
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, bfd, .. } = neighbor;
    text.without_lines(neighbor);
    text.block(format_args!("neighbor {peer} {{"), "}", |text| {
        text.line(format_args!("description \"{}\";", neighbor.description()));
        text.line(format_args!("local-address {};", neighbor.local.addr()));
        text.say("VP-HOLD-TIME: the keepalive time is a third of it.");
        text.line(format_args!("hold-time {};", neighbor.hold_time));
        text.say("VP-BFD: detection in less than a second. VP-BFD-STRICT: strict-mode, from Junos 23.2 on.");
        text.block("bfd-liveness-detection {", "}", |text| {
            text.line(format_args!("minimum-receive-interval {};", bfd.required_min_rx_ms));
            text.line(format_args!("multiplier {};", bfd.detect_mult));
            text.block("transmit-interval {", "}", |text| {
                text.line(format_args!("minimum-interval {};", bfd.desired_min_tx_ms));
            });
            if bfd.strict {
                text.line("strict-mode;");
            }
        });
        text.say(why::MAX_PREFIX);
        text.block("family inet {", "}", |text| {
            text.block("unicast {", "}", |text| {
                text.block("prefix-limit {", "}", |text| {
                    text.line(format_args!("maximum {};", neighbor.max_prefix));
                    text.line("teardown 90 idle-timeout 15;");
                });
            });
        });
        text.say(why::POLICIES);
        text.line("import VOICE-IN;");
        text.line(format_args!("export VOICE-{name}-OUT;"));
    });
}
