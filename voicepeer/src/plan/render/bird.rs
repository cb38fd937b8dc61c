//! BIRD 2.

use super::router::{Neighbor, Router};
use super::text::Text;
use super::why;
use bgp_policy::voice::far_end;
use bgp_wire::Asn;

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("#");
    text.head(router);
    text.gap();
    text.line(format_args!("router id {};", router.id));
    text.line("protocol device {}");
    text.say("VP-BFD: the timers stand with each session.");
    text.line("protocol bfd {}");
    if router.originates {
        text.say(why::ORIGINATES);
        text.block("protocol static voice_prefixes {", "}", |text| {
            text.line("ipv4;");
            text.lines(router.prefixes().iter().map(|prefix| format!("route {prefix} blackhole;")));
        });
    }
    text.gap();
    text.say(why::NO_AS12076);
    text.block("filter voice_in {", "}", |text| {
        text.line(format_args!("if bgp_path ~ [ {} ] then reject;", far_end::NEVER));
        text.line("accept;");
    });
    router.neighbors.iter().for_each(|neighbor| export(router, neighbor, &mut text));
    router.neighbors.iter().for_each(|neighbor| session(router, neighbor, &mut text));
    text.end()
}

/// BIRD's names have no hyphen.
fn name(neighbor: &Neighbor<'_>) -> String {
    neighbor.name.replace('-', "_")
}

fn listed<'a>(asns: impl IntoIterator<Item = &'a Asn>) -> String {
    asns.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn export(router: &Router<'_>, neighbor: &Neighbor<'_>, text: &mut Text) {
    let prefixes = neighbor.prefixes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    text.gap();
    text.block(format_args!("filter voice_out_{} {{", name(neighbor)), "}", |text| {
        text.say(why::PREFIXES);
        if prefixes.is_empty() {
            text.line("reject;");
            return;
        }
        text.line(format_args!("if ! (net ~ [ {prefixes} ]) then reject;"));
        path(router, text);
        text.say(why::UNPREPENDED_WITH_COMMUNITY);
        text.line(format_args!("bgp_community.add(({},{}));", far_end::ASN, far_end::COMMUNITY.0 & 0xffff));
        text.line("accept;");
    });
}

/// The path as it is before our own ASN comes in front.
fn path(router: &Router<'_>, text: &mut Text) {
    text.say("VP-ASPATH-LENGTH: with our own ASN in front that is 3 at most.");
    text.line("if bgp_path.len > 2 then reject;");
    text.say("VP-ORIGIN-ASN: our own routes, and those of the associated ASNs.");
    if router.associated.is_empty() {
        text.line("if bgp_path.len > 0 then reject;");
        return;
    }
    let associated = listed(router.associated);
    text.line(format_args!("if bgp_path.len > 0 && ! (bgp_path.last ~ [ {associated} ]) then reject;"));
    text.say("VP-ASPATH-SET: no set.");
    text.line("if bgp_path.last != bgp_path.last_nonaggregated then reject;");
    text.say("VP-ASPATH-PREPEND: nothing that its origin prepended.");
    text.lines(router.associated.iter().map(|asn| format!("if bgp_path ~ [= {asn} {asn} =] then reject;")));
    text.say("VP-NO-AS12076.");
    text.line(format_args!("if bgp_path ~ [ {} ] then reject;", far_end::NEVER));
    text.say("VP-ASPATH-PRIVATE: no ASN that is private or set apart.");
    let special = "0, 23456, 64496..131071, 4200000000..4294967295";
    if router.lab.is_empty() {
        text.line(format_args!("if bgp_path ~ [ {special} ] then reject;"));
    } else {
        let lab = listed(&router.lab);
        text.line(format_args!("if delete(bgp_path, [ {lab} ]) ~ [ {special} ] then reject;"));
    }
}

fn session(router: &Router<'_>, neighbor: &Neighbor<'_>, text: &mut Text) {
    let Neighbor { local, peer, bfd, max_prefix, keepalive, hold_time, .. } = neighbor;
    let name = name(neighbor);
    text.gap();
    text.block(format_args!("protocol bgp voice_{name} {{"), "}", |text| {
        text.line(format_args!("description \"{}\";", neighbor.description()));
        text.without_lines(neighbor);
        text.say(why::OWN_ASN);
        text.line(format_args!("local {} as {};", local.addr(), router.asn));
        text.line(format_args!("neighbor {peer} as {};", far_end::ASN));
        text.say(why::HOLD_TIME);
        text.line(format_args!("hold time {hold_time};"));
        text.line(format_args!("keepalive time {keepalive};"));
        text.say("VP-BFD: detection in less than a second, at both ends. VP-BFD-STRICT: BIRD 2 does not wait for BFD; the far end does.");
        text.block("bfd {", "};", |text| {
            text.line(format_args!("min tx interval {} ms;", bfd.desired_min_tx_ms));
            text.line(format_args!("min rx interval {} ms;", bfd.required_min_rx_ms));
            text.line(format_args!("multiplier {};", bfd.detect_mult));
        });
        text.block("ipv4 {", "};", |text| {
            text.say(why::MAX_PREFIX);
            text.line(format_args!("receive limit {max_prefix} action restart;"));
            text.say(why::NEXT_HOP);
            text.line("next hop self;");
            text.say("VP-NO-AS12076, VP-COMMUNITY, VP-ASPATH-LENGTH and what else the filters serve.");
            text.line("import filter voice_in;");
            text.line(format_args!("export filter voice_out_{name};"));
        });
    });
}
