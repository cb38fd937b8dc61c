//! Nokia SR OS, MD-CLI.

use super::router::{Neighbor, Router};
use super::text::{Text, refused};
use super::why;
use bgp_policy::voice::far_end;
use bgp_wire::Asn;

/// Ranges of ASNs that are set apart, as SR OS writes them.
const SPECIAL: &str = "0|23456|[64496-131071]|[4200000000-4294967295]";

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("#");
    text.head(router);
    text.gap();
    text.block("configure {", "}", |text| {
        text.block("policy-options {", "}", |text| {
            lists(router, text);
            import(text);
            router.neighbors.iter().for_each(|neighbor| export(router, neighbor, text));
        });
        text.block("router \"Base\" {", "}", |text| {
            text.say(why::OWN_ASN);
            text.line(format_args!("autonomous-system {}", router.asn));
            text.line(format_args!("router-id {}", router.id));
            if router.originates {
                originate(router, text);
            }
            router.neighbors.iter().for_each(|neighbor| interface(neighbor, text));
            text.block("bgp {", "}", |text| {
                text.block("group \"voice\" {", "}", |text| {
                    text.line(format_args!("peer-as {}", far_end::ASN));
                });
                router.neighbors.iter().for_each(|neighbor| session(neighbor, text));
            });
        });
    });
    text.end()
}

fn any<'a>(asns: impl IntoIterator<Item = &'a Asn>) -> String {
    asns.into_iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
}

fn originate(router: &Router<'_>, text: &mut Text) {
    text.say(why::ORIGINATES);
    text.block("static-routes {", "}", |text| {
        for prefix in router.prefixes() {
            text.block(format_args!("route {prefix} route-type unicast {{"), "}", |text| {
                text.block("blackhole {", "}", |text| text.line("admin-state enable"));
            });
        }
    });
}

fn as_path(text: &mut Text, why: &str, name: &str, expression: &str) {
    text.say(why);
    text.block(format_args!("as-path \"{name}\" {{"), "}", |text| {
        text.line(format_args!("expression \"{expression}\""));
    });
}

fn lists(router: &Router<'_>, text: &mut Text) {
    for Neighbor { name, prefixes, .. } in &router.neighbors {
        text.say(why::PREFIXES);
        text.block(format_args!("prefix-list \"voice-{name}\" {{"), "}", |text| {
            for prefix in prefixes {
                text.block(format_args!("prefix {prefix} type exact {{"), "}", |_| {});
            }
        });
    }
    text.say(why::COMMUNITY);
    text.block("community \"voice\" {", "}", |text| {
        text.block(format_args!("member \"{}\" {{", far_end::COMMUNITY), "}", |_| {});
    });
    as_path(text, "VP-NO-AS12076.", "voice-never", &format!(".* {} .*", far_end::NEVER));
    let own = "VP-ORIGIN-ASN: our own routes, before our own ASN comes in front.";
    as_path(text, own, "voice-own", "null");
    if router.associated.is_empty() {
        return;
    }
    let associated = any(router.associated);
    let why = "VP-ORIGIN-ASN, VP-ASPATH-LENGTH, VP-ASPATH-SET: those of the associated ASNs; with our own ASN that is 3 at most.";
    as_path(text, why, "voice-associated", &format!(".? ({associated})"));
    let prepended: Vec<_> = router.associated.iter().map(|asn| format!("({asn} {asn})")).collect();
    let why = "VP-ASPATH-PREPEND: what its origin prepended.";
    as_path(text, why, "voice-prepended", &prepended.join("|"));
    if router.lab.is_empty() {
        let why = "VP-ASPATH-PRIVATE: ASNs that are private or set apart.";
        as_path(text, why, "voice-special", &format!("({SPECIAL}) ({associated})"));
    }
}

fn entry(text: &mut Text, number: u32, from: &[String], action: &str, more: &[&str]) {
    text.block(format_args!("entry {number} {{"), "}", |text| {
        text.block("from {", "}", |text| text.lines(from));
        text.block("action {", "}", |text| {
            text.line(format_args!("action-type {action}"));
            text.lines(more);
        });
    });
}

fn path(name: &str) -> String {
    format!("as-path {{ name \"{name}\" }}")
}

fn import(text: &mut Text) {
    text.say(why::NO_AS12076);
    text.block("policy-statement \"voice-in\" {", "}", |text| {
        entry(text, 10, &[path("voice-never")], "reject", &[]);
        text.block("default-action {", "}", |text| text.line("action-type accept"));
    });
}

fn export(router: &Router<'_>, Neighbor { name, .. }: &Neighbor<'_>, text: &mut Text) {
    let list = format!("prefix-list [\"voice-{name}\"]");
    let accept = ["community { add [\"voice\"] }", "next-hop self"];
    text.block(format_args!("policy-statement \"voice-{name}-out\" {{"), "}", |text| {
        if !router.associated.is_empty() {
            text.say(refused(router));
            entry(text, 10, &[path("voice-never")], "reject", &[]);
            entry(text, 20, &[path("voice-prepended")], "reject", &[]);
            if router.lab.is_empty() {
                entry(text, 30, &[path("voice-special")], "reject", &[]);
            }
        }
        text.say(
            "VP-ALL-SESSIONS, VP-ORIGIN-ASN, VP-ASPATH-LENGTH. VP-ASPATH-PREPEND: nothing is prepended.",
        );
        text.say(
            "VP-COMMUNITY: beside the communities there are. VP-NEXTHOP: our own address on the session.",
        );
        entry(text, 40, &[list.clone(), path("voice-own")], "accept", &accept);
        if !router.associated.is_empty() {
            entry(text, 50, &[list, path("voice-associated")], "accept", &accept);
        }
        text.block("default-action {", "}", |text| text.line("action-type reject"));
    });
}

fn interface(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { name, local, bfd, .. } = neighbor;
    text.without_lines(neighbor);
    text.block(format_args!("interface \"voice-{name}\" {{"), "}", |text| {
        text.block("ipv4 {", "}", |text| {
            text.block("primary {", "}", |text| {
                text.line(format_args!("address {}", local.addr()));
                text.line(format_args!("prefix-length {}", local.prefix_len()));
            });
            text.say("VP-BFD: detection in less than a second.");
            text.block("bfd {", "}", |text| {
                text.line("admin-state enable");
                text.line(format_args!("transmit-interval {}", bfd.desired_min_tx_ms));
                text.line(format_args!("receive {}", bfd.required_min_rx_ms));
                text.line(format_args!("multiplier {}", bfd.detect_mult));
            });
        });
    });
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, .. } = neighbor;
    text.block(format_args!("neighbor \"{peer}\" {{"), "}", |text| {
        text.line("group \"voice\"");
        text.line(format_args!("description \"{}\"", neighbor.description()));
        text.line(format_args!("local-address {}", neighbor.local.addr()));
        text.line("family { ipv4 true }");
        text.say(why::HOLD_TIME);
        text.line(format_args!("keepalive {}", neighbor.keepalive));
        text.line(format_args!("hold-time {{ seconds {} }}", neighbor.hold_time));
        text.say("VP-BFD. VP-BFD-STRICT: switch on BFD strict mode too where the release has it; the far end waits for BFD.");
        text.line("bfd-liveness true");
        text.say("VP-COMMUNITY: standard communities are sent.");
        text.line("send-communities { standard true }");
        text.say(why::MAX_PREFIX);
        text.line(format_args!("prefix-limit ipv4 {{ maximum {} }}", neighbor.max_prefix));
        text.say(why::POLICIES);
        text.line("import { policy [\"voice-in\"] }");
        text.line(format_args!("export {{ policy [\"voice-{name}-out\"] }}"));
    });
}
