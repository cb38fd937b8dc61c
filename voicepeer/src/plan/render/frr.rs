//! FRRouting: one integrated file, for `vtysh -f`.

use super::router::{Neighbor, Router};
use super::text::{Text, paths};
use super::why;
use bgp_policy::voice::far_end;

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("!");
    text.head(router);
    profiles(router, &mut text);
    path_lists(router, &mut text);
    router.neighbors.iter().for_each(|neighbor| route_map(neighbor, &mut text));
    text.gap();
    text.say(why::NO_AS12076);
    text.block("route-map VOICE-IN permit 10", "exit", |text| text.line("match as-path VOICE-IN"));
    bgp(router, &mut text);
    text.end()
}

fn profiles(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.say("VP-BFD: detection in less than a second, at both ends.");
    text.block("bfd", "exit", |text| {
        for Neighbor { name, bfd, .. } in &router.neighbors {
            text.block(format!("profile voice-{name}"), "exit", |text| {
                text.line(format_args!("transmit-interval {}", bfd.desired_min_tx_ms));
                text.line(format_args!("receive-interval {}", bfd.required_min_rx_ms));
                text.line(format_args!("detect-multiplier {}", bfd.detect_mult));
            });
        }
    });
}

fn path_lists(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.line(format_args!("bgp as-path access-list VOICE-IN seq 5 deny _{}_", far_end::NEVER));
    text.line("bgp as-path access-list VOICE-IN seq 10 permit .*");
    text.gap();
    text.say("What may leave, before our own ASN comes in front; everything else stays.");
    for (n, (permit, path, why)) in paths(router).into_iter().enumerate() {
        let (n, action) = (n.saturating_add(1).saturating_mul(5), if permit { "permit" } else { "deny" });
        text.say(why);
        text.line(format_args!("bgp as-path access-list VOICE-OUT seq {n} {action} ^{path}$"));
    }
}

fn route_map(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { name, prefixes, .. } = neighbor;
    text.gap();
    text.say(why::PREFIXES);
    for (n, prefix) in prefixes.iter().enumerate() {
        let n = n.saturating_add(1).saturating_mul(5);
        text.line(format_args!("ip prefix-list VOICE-{name} seq {n} permit {prefix}"));
    }
    text.say(why::UNPREPENDED_WITH_COMMUNITY);
    text.block(format_args!("route-map VOICE-{name}-OUT permit 10"), "exit", |text| {
        text.line(format_args!("match ip address prefix-list VOICE-{name}"));
        text.line("match as-path VOICE-OUT");
        text.line(format_args!("set community {} additive", far_end::COMMUNITY));
    });
}

fn bgp(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.say(why::OWN_ASN);
    text.block(format_args!("router bgp {}", router.asn), "exit", |text| {
        text.line(format_args!("bgp router-id {}", router.id));
        text.line("no bgp default ipv4-unicast");
        text.line("bgp ebgp-requires-policy");
        if router.originates {
            text.say("The prefixes begin here, whatever else is in the routing table.");
            text.line("no bgp network import-check");
        }
        router.neighbors.iter().for_each(|neighbor| session(neighbor, text));
        text.block("address-family ipv4 unicast", "exit-address-family", |text| {
            if router.originates {
                text.lines(router.prefixes().iter().map(|prefix| format!("network {prefix}")));
            }
            router.neighbors.iter().for_each(|neighbor| family(neighbor, text));
        });
    });
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, .. } = neighbor;
    text.without_lines(neighbor);
    text.line(format_args!("neighbor {peer} remote-as {}", far_end::ASN));
    text.line(format_args!("neighbor {peer} description {}", neighbor.description()));
    text.line(format_args!("neighbor {peer} update-source {}", neighbor.local.addr()));
    text.say(why::TIMERS);
    text.line(format_args!("neighbor {peer} timers {} {}", neighbor.keepalive, neighbor.hold_time));
    text.say("VP-BFD. VP-BFD-STRICT: where the release has it, add `neighbor ADDRESS bfd strict`;");
    text.say("without it the far end waits for BFD alone.");
    text.line(format_args!("neighbor {peer} bfd"));
    text.line(format_args!("neighbor {peer} bfd profile voice-{name}"));
}

fn family(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, max_prefix, .. } = neighbor;
    text.line(format_args!("neighbor {peer} activate"));
    text.say(why::NEXT_HOP);
    text.line(format_args!("neighbor {peer} next-hop-self"));
    text.say(why::COMMUNITIES_SENT);
    text.line(format_args!("neighbor {peer} send-community standard"));
    text.say(why::MAX_PREFIX);
    text.line(format_args!("neighbor {peer} maximum-prefix {max_prefix}"));
    text.say("VP-NO-AS12076, VP-COMMUNITY, VP-ASPATH-LENGTH and what else the route maps serve.");
    text.line(format_args!("neighbor {peer} route-map VOICE-IN in"));
    text.line(format_args!("neighbor {peer} route-map VOICE-{name}-OUT out"));
}
