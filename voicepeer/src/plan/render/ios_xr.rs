//! Cisco IOS XR.

use super::router::{Neighbor, Router};
use super::text::{Text, paths};
use super::why;
use bgp_policy::voice::far_end;

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("!");
    text.head(router);
    sets(router, &mut text);
    text.gap();
    text.say(why::NO_AS12076);
    text.block("route-policy VOICE-IN", "end-policy", |text| {
        drop_if(text, &format!("as-path passes-through '{}'", far_end::NEVER));
        text.line("pass");
    });
    router.neighbors.iter().for_each(|neighbor| export(router, neighbor, &mut text));
    if router.originates {
        text.gap();
        text.say(why::ORIGINATES);
        text.block("router static", "!", |text| {
            text.block("address-family ipv4 unicast", "!", |text| {
                text.lines(router.prefixes().iter().map(|prefix| format!("{prefix} Null0")));
            });
        });
    }
    bgp(router, &mut text);
    text.end()
}

fn drop_if(text: &mut Text, condition: &str) {
    text.block(format_args!("if {condition} then"), "endif", |text| text.line("drop"));
}

fn sets(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.say(why::COMMUNITY);
    text.block("community-set VOICE", "end-set", |text| text.line(far_end::COMMUNITY));
    for Neighbor { name, prefixes, .. } in &router.neighbors {
        text.say(why::PREFIXES);
        text.block(format_args!("prefix-set VOICE-{name}"), "end-set", |text| comma(text, prefixes.iter()));
    }
    let paths = paths(router);
    let of = |wanted: bool| {
        paths
            .iter()
            .filter(move |(permit, ..)| *permit == wanted)
            .map(|(_, path, _)| format!("ios-regex '^{}$'", path.replace(' ', "_")))
    };
    text.say("VP-ORIGIN-ASN, VP-ASPATH-LENGTH, VP-ASPATH-SET: before our own ASN comes in front, our routes and the associated ASNs'.");
    text.block("as-path-set VOICE-ORIGINS", "end-set", |text| comma(text, of(true)));
    if of(false).next().is_some() {
        text.say(why::PATHS);
        text.block("as-path-set VOICE-REFUSED", "end-set", |text| comma(text, of(false)));
    }
}

/// Lines with a comma after each but the last.
fn comma<T: std::fmt::Display>(text: &mut Text, items: impl Iterator<Item = T>) {
    let mut items = items.peekable();
    while let Some(item) = items.next() {
        text.line(format_args!("{item}{}", if items.peek().is_some() { "," } else { "" }));
    }
}

fn export(router: &Router<'_>, Neighbor { name, .. }: &Neighbor<'_>, text: &mut Text) {
    text.gap();
    text.block(format_args!("route-policy VOICE-{name}-OUT"), "end-policy", |text| {
        text.say("VP-ALL-SESSIONS, VP-UNREGISTERED.");
        drop_if(text, &format!("not destination in VOICE-{name}"));
        if !router.associated.is_empty() {
            text.say(why::PATHS);
            drop_if(text, "as-path in VOICE-REFUSED");
        }
        text.say("VP-ORIGIN-ASN, VP-ASPATH-LENGTH, VP-ASPATH-SET.");
        drop_if(text, "not as-path in VOICE-ORIGINS");
        text.say("VP-ASPATH-PREPEND: nothing is prepended. VP-COMMUNITY: beside the communities there are.");
        text.line("set community VOICE additive");
        text.line("pass");
    });
}

fn bgp(router: &Router<'_>, text: &mut Text) {
    text.gap();
    text.say(why::OWN_ASN);
    text.block(format_args!("router bgp {}", router.asn), "!", |text| {
        text.line(format_args!("bgp router-id {}", router.id));
        text.block("address-family ipv4 unicast", "!", |text| {
            if router.originates {
                text.lines(router.prefixes().iter().map(|prefix| format!("network {prefix}")));
            }
        });
        router.neighbors.iter().for_each(|neighbor| session(neighbor, text));
    });
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, bfd, .. } = neighbor;
    text.without_lines(neighbor);
    text.block(format_args!("neighbor {peer}"), "!", |text| {
        text.line(format_args!("remote-as {}", far_end::ASN));
        text.line(format_args!("description {}", neighbor.description()));
        text.say(why::TIMERS);
        text.line(format_args!("timers {} {}", neighbor.keepalive, neighbor.hold_time));
        text.say("VP-BFD: detection in less than a second. One interval serves both ways. VP-BFD-STRICT.");
        let interval = bfd.desired_min_tx_ms.max(bfd.required_min_rx_ms);
        text.line(if bfd.strict { "bfd fast-detect strict-mode" } else { "bfd fast-detect" });
        text.line(format_args!("bfd multiplier {}", bfd.detect_mult));
        text.line(format_args!("bfd minimum-interval {interval}"));
        text.block("address-family ipv4 unicast", "!", |text| {
            text.say(why::COMMUNITIES_SENT);
            text.line("send-community-ebgp");
            text.say(why::MAX_PREFIX);
            text.line(format_args!("maximum-prefix {}", neighbor.max_prefix));
            text.say(why::NEXT_HOP);
            text.line("next-hop-self");
            text.say(why::POLICIES);
            text.line("route-policy VOICE-IN in");
            text.line(format_args!("route-policy VOICE-{name}-OUT out"));
        });
    });
}
