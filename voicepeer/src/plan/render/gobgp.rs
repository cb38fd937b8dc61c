//! GoBGP, TOML.

use super::router::{Neighbor, Router};
use super::text::{Text, paths};
use super::why;
use bgp_policy::voice::far_end;

pub(super) fn text(router: &Router<'_>) -> String {
    let mut text = Text::new("#");
    text.head(router);
    text.gap();
    text.say(why::OWN_ASN);
    text.line("[global.config]");
    text.line(format_args!("as = {}", router.asn));
    text.line(format_args!("router-id = \"{}\"", router.id));
    text.gap();
    text.say("Nothing comes or goes that no statement below accepts.");
    text.line("[global.apply-policy.config]");
    text.line("default-import-policy = \"reject-route\"");
    text.line("default-export-policy = \"reject-route\"");
    text.line("import-policy-list = [\"voice-in\"]");
    let names: Vec<_> = router.neighbors.iter().map(|n| format!("\"voice-out-{}\"", n.name)).collect();
    text.line(format_args!("export-policy-list = [{}]", names.join(", ")));
    router.neighbors.iter().for_each(|neighbor| session(neighbor, &mut text));
    sets(router, &mut text);
    import(&mut text);
    router.neighbors.iter().for_each(|neighbor| export(router, neighbor, &mut text));
    if router.originates {
        text.gap();
        text.say("A route of its own begins by command:");
        for prefix in router.prefixes() {
            text.say(format_args!("  gobgp global rib add {prefix} origin igp"));
        }
    }
    text.end()
}

fn session(neighbor: &Neighbor<'_>, text: &mut Text) {
    text.gap();
    text.say("VP-BFD, VP-BFD-STRICT: GoBGP has no BFD. The far end exchanges no routes without it: end these sessions");
    text.say("on a router that has it.");
    text.without_lines(neighbor);
    text.line("[[neighbors]]");
    text.line("[neighbors.config]");
    text.line(format_args!("neighbor-address = \"{}\"", neighbor.peer));
    text.line(format_args!("peer-as = {}", far_end::ASN));
    text.line(format_args!("description = \"{}\"", neighbor.description()));
    text.say(why::COMMUNITIES_SENT);
    text.line("send-community = \"standard\"");
    text.say(why::HOLD_TIME);
    text.line("[neighbors.timers.config]");
    text.line(format_args!("hold-time = {}", neighbor.hold_time));
    text.line(format_args!("keepalive-interval = {}", neighbor.keepalive));
    text.say("VP-NEXTHOP: an external session has our own address on it as the next hop.");
    text.line("[neighbors.transport.config]");
    text.line(format_args!("local-address = \"{}\"", neighbor.local.addr()));
    text.line("[[neighbors.afi-safis]]");
    text.line("[neighbors.afi-safis.config]");
    text.line("afi-safi-name = \"ipv4-unicast\"");
    text.say(why::MAX_PREFIX);
    text.line("[neighbors.afi-safis.prefix-limit.config]");
    text.line(format_args!("max-prefixes = {}", neighbor.max_prefix));
}

fn sets(router: &Router<'_>, text: &mut Text) {
    for Neighbor { name, peer, prefixes, .. } in &router.neighbors {
        text.gap();
        text.say(why::PREFIXES);
        text.line("[[defined-sets.prefix-sets]]");
        text.line(format_args!("prefix-set-name = \"voice-{name}\""));
        for prefix in prefixes {
            text.line("[[defined-sets.prefix-sets.prefix-list]]");
            text.line(format_args!("ip-prefix = \"{prefix}\""));
        }
        text.line("[[defined-sets.neighbor-sets]]");
        text.line(format_args!("neighbor-set-name = \"voice-{name}\""));
        text.line(format_args!("neighbor-info-list = [\"{peer}\"]"));
    }
    path_set(text, "VP-NO-AS12076.", "voice-never", &[format!("_{}_", far_end::NEVER)]);
    let paths = paths(router);
    let of = |wanted: bool| {
        let front = |path: &String| {
            if path.is_empty() { format!("^{}$", router.asn) } else { format!("^{} {path}$", router.asn) }
        };
        paths.iter().filter(move |(permit, ..)| *permit == wanted).map(move |(_, path, _)| front(path))
    };
    let origins = "VP-ORIGIN-ASN, VP-ASPATH-LENGTH, VP-ASPATH-SET: with our own ASN in front, our routes and the associated ASNs'.";
    path_set(text, origins, "voice-origins", &of(true).collect::<Vec<_>>());
    let refused: Vec<_> = of(false).collect();
    if !refused.is_empty() {
        let why = "VP-ASPATH-PREPEND, VP-ASPATH-PRIVATE, VP-NO-AS12076.";
        path_set(text, why, "voice-refused", &refused);
    }
}

fn path_set(text: &mut Text, why: &str, name: &str, list: &[String]) {
    text.gap();
    text.say(why);
    text.line("[[defined-sets.bgp-defined-sets.as-path-sets]]");
    text.line(format_args!("as-path-set-name = \"{name}\""));
    text.block("as-path-list = [", "]", |text| text.lines(list.iter().map(|path| format!("\"{path}\","))));
}

fn import(text: &mut Text) {
    text.gap();
    text.say(why::NO_AS12076);
    text.line("[[policy-definitions]]");
    text.line("name = \"voice-in\"");
    text.line("[[policy-definitions.statements]]");
    text.line("name = \"never\"");
    text.line("[policy-definitions.statements.conditions.bgp-conditions.match-as-path-set]");
    text.line("as-path-set = \"voice-never\"");
    text.line("[policy-definitions.statements.actions]");
    text.line("route-disposition = \"reject-route\"");
    text.line("[[policy-definitions.statements]]");
    text.line("name = \"others\"");
    text.line("[policy-definitions.statements.actions]");
    text.line("route-disposition = \"accept-route\"");
}

fn export(router: &Router<'_>, Neighbor { name, .. }: &Neighbor<'_>, text: &mut Text) {
    text.gap();
    text.line("[[policy-definitions]]");
    text.line(format_args!("name = \"voice-out-{name}\""));
    if !router.associated.is_empty() {
        text.say(why::PATHS);
        statement(text, &format!("refused-{name}"), name, "voice-refused");
        text.line("[policy-definitions.statements.actions]");
        text.line("route-disposition = \"reject-route\"");
    }
    text.say("VP-ALL-SESSIONS, VP-ORIGIN-ASN, VP-ASPATH-LENGTH; VP-ASPATH-PREPEND: nothing is prepended.");
    statement(text, &format!("ours-{name}"), name, "voice-origins");
    text.line("[policy-definitions.statements.conditions.match-prefix-set]");
    text.line(format_args!("prefix-set = \"voice-{name}\""));
    text.line("[policy-definitions.statements.actions]");
    text.line("route-disposition = \"accept-route\"");
    text.say("VP-COMMUNITY: the standard community, beside those there are.");
    text.line("[policy-definitions.statements.actions.bgp-actions.set-community]");
    text.line("options = \"add\"");
    text.line("[policy-definitions.statements.actions.bgp-actions.set-community.set-community-method]");
    text.line(format_args!("communities-list = [\"{}\"]", far_end::COMMUNITY));
}

fn statement(text: &mut Text, name: &str, neighbor: &str, paths: &str) {
    text.line("[[policy-definitions.statements]]");
    text.line(format_args!("name = \"{name}\""));
    text.line("[policy-definitions.statements.conditions.match-neighbor-set]");
    text.line(format_args!("neighbor-set = \"voice-{neighbor}\""));
    text.line("[policy-definitions.statements.conditions.bgp-conditions.match-as-path-set]");
    text.line(format_args!("as-path-set = \"{paths}\""));
}
