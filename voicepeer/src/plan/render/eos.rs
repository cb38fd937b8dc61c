//! Arista EOS.

use super::router::{Neighbor, Router};
use super::text::{Text, paths};
use super::why;
use bgp_policy::voice::far_end;

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("!");
    text.head(router);
    lists(router, &mut text);
    router.neighbors.iter().for_each(|neighbor| route_map(neighbor, &mut text));
    text.gap();
    text.say(why::NO_AS12076);
    text.block("route-map VOICE-IN permit 10", "!", |text| text.line("match as-path VOICE-IN"));
    if router.originates {
        text.gap();
        text.say(why::ORIGINATES);
        text.lines(router.prefixes().iter().map(|prefix| format!("ip route {prefix} Null0")));
    }
    bgp(router, &mut text);
    text.end()
}

fn lists(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.say("The expressions below are of text, with _ for the space between two ASNs.");
    text.line("ip as-path regex-mode string");
    text.line(format_args!("ip as-path access-list VOICE-IN deny _{}_ any", far_end::NEVER));
    text.line("ip as-path access-list VOICE-IN permit .* any");
    text.say("What may leave, before our own ASN comes in front; everything else stays.");
    for (permit, path, why) in paths(router) {
        let (action, path) = (if permit { "permit" } else { "deny" }, path.replace(' ', "_"));
        text.say(why);
        text.line(format_args!("ip as-path access-list VOICE-OUT {action} ^{path}$ any"));
    }
}

fn route_map(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { name, prefixes, .. } = neighbor;
    text.gap();
    text.say(why::PREFIXES);
    text.block(format_args!("ip prefix-list VOICE-{name}"), "!", |text| {
        for (n, prefix) in prefixes.iter().enumerate() {
            text.line(format_args!("seq {} permit {prefix}", n.saturating_add(1).saturating_mul(10)));
        }
    });
    text.say(why::UNPREPENDED_WITH_COMMUNITY);
    text.block(format_args!("route-map VOICE-{name}-OUT permit 10"), "!", |text| {
        text.line(format_args!("match ip address prefix-list VOICE-{name}"));
        text.line("match as-path VOICE-OUT");
        text.line(format_args!("set community {} additive", far_end::COMMUNITY));
    });
}

fn bgp(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.say(why::OWN_ASN);
    text.block(format_args!("router bgp {}", router.asn), "!", |text| {
        text.line(format_args!("router-id {}", router.id));
        text.line("no bgp default ipv4-unicast");
        text.line("bgp missing-policy direction in action deny");
        text.line("bgp missing-policy direction out action deny");
        router.neighbors.iter().for_each(|neighbor| session(neighbor, text));
        text.block("address-family ipv4", "!", |text| {
            for neighbor in &router.neighbors {
                text.line(format_args!("neighbor {} activate", neighbor.peer));
            }
            if router.originates {
                text.lines(router.prefixes().iter().map(|prefix| format!("network {prefix}")));
            }
        });
    });
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, bfd, .. } = neighbor;
    text.without_lines(neighbor);
    text.line(format_args!("neighbor {peer} remote-as {}", far_end::ASN));
    text.line(format_args!("neighbor {peer} description {}", neighbor.description()));
    text.line(format_args!("neighbor {peer} update-source {}", neighbor.local.addr()));
    text.say(why::TIMERS);
    text.line(format_args!("neighbor {peer} timers {} {}", neighbor.keepalive, neighbor.hold_time));
    text.say("VP-BFD: detection in less than a second. VP-BFD-STRICT: EOS does not wait for BFD; the far end does.");
    text.line(format_args!("neighbor {peer} bfd"));
    let (tx, rx, mult) = (bfd.desired_min_tx_ms, bfd.required_min_rx_ms, bfd.detect_mult);
    text.line(format_args!("neighbor {peer} bfd interval {tx} min-rx {rx} multiplier {mult}"));
    text.say(why::NEXT_HOP);
    text.line(format_args!("neighbor {peer} next-hop-self"));
    text.say(why::COMMUNITIES_SENT);
    text.line(format_args!("neighbor {peer} send-community standard"));
    text.say(why::MAX_PREFIX);
    text.line(format_args!("neighbor {peer} maximum-routes {}", neighbor.max_prefix));
    text.say("VP-NO-AS12076, VP-COMMUNITY, VP-ASPATH-LENGTH and what else the route maps serve.");
    text.line(format_args!("neighbor {peer} route-map VOICE-IN in"));
    text.line(format_args!("neighbor {peer} route-map VOICE-{name}-OUT out"));
}
