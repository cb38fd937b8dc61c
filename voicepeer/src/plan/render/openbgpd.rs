//! OpenBGPD.

use super::router::{Neighbor, Router};
use super::text::Text;
use super::why;
use bgp_policy::voice::far_end;

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("#");
    text.head(router);
    text.gap();
    text.say(why::OWN_ASN);
    text.line(format_args!("AS {}", router.asn));
    text.line(format_args!("router-id {}", router.id));
    text.say("VP-ASPATH-SET: no set is taken from anybody.");
    text.line("reject as-set yes");
    if router.originates {
        text.say(why::ORIGINATES);
        text.lines(router.prefixes().iter().map(|prefix| format!("network {prefix}")));
    }
    sets(router, &mut text);
    router.neighbors.iter().for_each(|neighbor| session(neighbor, &mut text));
    text.gap();
    text.say("Nothing comes or goes that no rule below allows; the last rule that fits decides.");
    text.lines(["deny from any", "deny to any"]);
    router.neighbors.iter().for_each(|neighbor| rules(router, neighbor, &mut text));
    text.end()
}

fn sets(router: &Router<'_>, text: &mut Text) {
    text.gap();
    if !router.associated.is_empty() {
        let associated: Vec<_> = router.associated.iter().map(ToString::to_string).collect();
        text.say("VP-ORIGIN-ASN: the associated ASNs.");
        text.line(format_args!("as-set \"voice-associated\" {{ {} }}", associated.join(" ")));
    }
    for Neighbor { name, prefixes, .. } in &router.neighbors {
        let prefixes: Vec<_> = prefixes.iter().map(ToString::to_string).collect();
        text.say(why::PREFIXES);
        text.line(format_args!("prefix-set \"voice-{name}\" {{ {} }}", prefixes.join(" ")));
    }
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, local, hold_time, max_prefix, .. } = neighbor;
    text.gap();
    text.say("VP-BFD, VP-BFD-STRICT: OpenBGPD has no BFD. The far end exchanges no routes without it:");
    text.say("end these sessions on a router that has it.");
    text.block(format_args!("neighbor {peer} {{"), "}", |text| {
        text.without_lines(neighbor);
        text.line(format_args!("remote-as {}", far_end::ASN));
        text.line(format_args!("descr \"{}\"", neighbor.description()));
        text.line(format_args!("local-address {}", local.addr()));
        text.line("announce IPv4 unicast");
        text.say("VP-HOLD-TIME: the keepalive time is a third of it.");
        text.line(format_args!("holdtime {hold_time}"));
        text.say(why::MAX_PREFIX);
        text.line(format_args!("max-prefix {max_prefix} restart 15"));
        text.say(why::NEXT_HOP);
        text.line("set nexthop self");
        text.line("enforce neighbor-as yes");
    });
}

fn rules(router: &Router<'_>, neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { peer, name, .. } = neighbor;
    text.gap();
    text.line(format_args!("allow from {peer}"));
    text.say(why::NO_AS12076);
    text.line(format_args!("deny from {peer} AS {}", far_end::NEVER));
    text.say("VP-ALL-SESSIONS, VP-ORIGIN-ASN: our own routes, whose path is empty still.");
    text.line(format_args!("allow to {peer} prefix-set \"voice-{name}\""));
    text.line(format_args!("deny to {peer} max-as-len 0"));
    if !router.associated.is_empty() {
        text.say("VP-ORIGIN-ASN: and those of the associated ASNs.");
        let origins = "source-as as-set \"voice-associated\"";
        text.line(format_args!("allow to {peer} prefix-set \"voice-{name}\" {origins}"));
    }
    text.say("VP-ASPATH-LENGTH: with our own ASN in front that is 3 at most.");
    text.line(format_args!("deny to {peer} max-as-len 2"));
    text.say("VP-ASPATH-PREPEND: nothing that its origin prepended, and nothing prepended here.");
    text.line(format_args!("deny to {peer} max-as-seq 1"));
    text.say("VP-NO-AS12076.");
    text.line(format_args!("deny to {peer} AS {}", far_end::NEVER));
    text.say("VP-ASPATH-PRIVATE: no ASN that is private or set apart.");
    for range in special(router) {
        text.line(format_args!("deny to {peer} AS {range}"));
    }
    text.say("VP-COMMUNITY: the standard community, beside those there are.");
    text.line(format_args!("match to {peer} set community {}", far_end::COMMUNITY));
}

/// The ranges that are set apart, without the ASNs of the lab.
fn special(router: &Router<'_>) -> Vec<String> {
    let mut ranges = Vec::new();
    let mut lab: Vec<u32> = router.lab.iter().chain([&router.asn]).map(|asn| asn.0).collect();
    lab.sort_unstable();
    for (first, last) in [(23_456, 23_456), (64_496, 131_071), (4_200_000_000, u32::MAX)] {
        let mut from = first;
        for asn in lab.iter().copied().filter(|asn| (first..=last).contains(asn)) {
            push(&mut ranges, from, asn.saturating_sub(1));
            from = asn.saturating_add(1);
        }
        push(&mut ranges, from, last);
    }
    ranges
}

fn push(ranges: &mut Vec<String>, from: u32, to: u32) {
    if from == to {
        ranges.push(from.to_string());
    } else if from < to {
        ranges.push(format!("{from} - {to}"));
    }
}
