//! BIRD: with which next hop routes leave, by the channel's options and its export filter.

use super::At;
use super::bird::Configuration;
use super::bird_text::Statement;
use std::net::IpAddr;

/// The next hop that every route leaves with, where that is certain.
pub(super) fn next_hop<'a>(
    configuration: Configuration<'a>,
    channel: &[&'a Statement<'a>],
) -> Option<At<IpAddr>> {
    let last = |words: &[&str]| channel.iter().rfind(|option| option.begins(words)).copied();
    let address = |option: &Statement<'a>, at: usize| {
        let words = option.words();
        let [.., word] = *words.as_slice() else { return None };
        (words.len() == at).then(|| configuration.meant(word).parse().ok()).flatten()
    };
    match last(&["next", "hop", "self"]).map(|option| option.words().get(3).copied()) {
        // Whatever a filter sets, it is the router's own, or the one given for that.
        Some(None | Some("on" | "yes" | "all")) => {
            let option = last(&["next", "hop", "address"])?;
            return Some((address(option, 4)?, option.line()));
        }
        Some(Some("off" | "no")) | None => {}
        Some(Some(_)) => return None,
    }
    let body = filter(configuration, last(&["export"])?)?;
    let sets = |statement: &&Statement<'a>| statement.words().starts_with(&["bgp_next_hop", "="]);
    let at = body.iter().rposition(|statement| sets(&statement))?;
    let (before, rest) = body.split_at_checked(at)?;
    let (set, behind) = rest.split_first()?;
    // A route that a filter takes before it gets there leaves as it is; what a function sets is not followed.
    let leaves_before = before.iter().any(|statement| statement.has("accept") || statement.has("return"));
    let is_set_again = behind.iter().any(|statement| statement.has("bgp_next_hop"));
    let functions = configuration.statements.iter().filter(|statement| statement.begins(&["function"]));
    let is_set_elsewhere = { functions }.any(|function| function.has("bgp_next_hop"));
    let is_certain =
        !leaves_before && !is_set_again && !is_set_elsewhere && configuration.includes().next().is_none();
    Some((address(set, 3).filter(|_| is_certain)?, set.line()))
}

/// What the filter of `export filter NAME`, or of `export filter { ... }`, does.
fn filter<'a>(configuration: Configuration<'a>, export: &'a Statement<'a>) -> Option<&'a [Statement<'a>]> {
    if let Some(body) = export.block() {
        return Some(body);
    }
    let words = export.words();
    let ["export", "filter", name] = *words.as_slice() else { return None };
    let is_it = |statement: &&Statement<'_>| statement.begins(&["filter", name]);
    configuration.statements.iter().rfind(is_it)?.block()
}
