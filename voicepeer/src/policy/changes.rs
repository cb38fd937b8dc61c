//! What changes: from one file to another, and from a route to what edits make of it.

use super::routes::read_routes;
use super::{asked, load};
use crate::diagnostic::BadInput;
use bgp_policy::{Policy, PolicyLibrary, Route};
use bgp_wire::AttributeSet;
use std::fmt::Display;
use std::path::Path;

/// Lists the routes whose fate or attributes change.
pub(super) fn diff(old: &Path, new: &Path, routes: &Path, policies: &[String]) -> Result<u8, BadInput> {
    let (old, new) = (load(old)?, load(new)?);
    let routes = read_routes(routes)?;
    let mut changes = 0usize;
    for (name, was, is) in compared(&old, &new, policies)? {
        for route in &routes {
            let changed = fate(&was, &is, route);
            if !changed.is_empty() {
                println!("{} by {name}:", route.prefix);
                changed.iter().for_each(|line| println!("  {line}"));
                changes += 1;
            }
        }
    }
    println!("routes: {}, changes: {changes}", routes.len());
    Ok(u8::from(changes > 0))
}

/// The policies that both files have, or those that were asked for.
fn compared(
    old: &PolicyLibrary,
    new: &PolicyLibrary,
    wanted: &[String],
) -> Result<Vec<(String, Policy, Policy)>, BadInput> {
    if !wanted.is_empty() {
        let both = |name: &String| Ok((name.clone(), asked(old, name)?, asked(new, name)?));
        return wanted.iter().map(both).collect();
    }
    let mut pairs = Vec::new();
    let news: Vec<Policy> = new.policies().collect();
    for was in old.policies() {
        match news.iter().find(|is| is.name() == was.name()) {
            Some(is) => pairs.push((was.name().to_owned(), was, is.clone())),
            None => println!("policy {} is gone", was.name()),
        }
    }
    let added = news.iter().filter(|is| pairs.iter().all(|(name, ..)| name != is.name()));
    added.for_each(|is| println!("policy {} is new", is.name()));
    Ok(pairs)
}

/// How a route fares otherwise; nothing where it does not.
fn fate(was: &Policy, is: &Policy, route: &Route) -> Vec<String> {
    let (before, after) = (was.evaluate(route.view()), is.evaluate(route.view()));
    let word = |accept| if accept { "accepted" } else { "rejected" };
    if before.accept != after.accept {
        return vec![
            format!("{}: {}", word(before.accept), was.explain(before.because)),
            format!("now {}: {}", word(after.accept), is.explain(after.because)),
        ];
    }
    let (mut old, mut new) = (route.attrs.clone(), route.attrs.clone());
    let made = (before.apply(&mut old, &route.context), after.apply(&mut new, &route.context));
    if made.0 != made.1 {
        let told = |made: Result<(), bgp_policy::NoNextHop>| {
            made.map_or_else(|e| e.to_string(), |()| "it passes".to_owned())
        };
        return vec![format!("{}, now {}", told(made.0), told(made.1))];
    }
    let mut changes: Vec<String> = changed(&old, &new).collect();
    if before.weight() != after.weight() {
        changes.push(format!("weight: {} -> {}", or_none(before.weight()), or_none(after.weight())));
    }
    changes
}

/// Each attribute that is another, before and after.
pub(super) fn changed(old: &AttributeSet, new: &AttributeSet) -> impl Iterator<Item = String> {
    fn list<T: Display>(all: &[T]) -> String {
        if all.is_empty() {
            "none".to_owned()
        } else {
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
    }
    let texts = |set: &AttributeSet| {
        [
            ("as-path", set.as_path.to_string()),
            ("next-hop", set.next_hop.to_string()),
            ("origin", set.origin.to_string()),
            ("med", or_none(set.med)),
            ("local-pref", or_none(set.local_pref)),
            ("community", list(&set.communities)),
            ("extended-community", list(&set.extended_communities)),
            ("large-community", list(&set.large_communities)),
        ]
    };
    let pairs = texts(old).into_iter().zip(texts(new)).filter(|(a, b)| a != b);
    pairs.map(|((name, old), (_, new))| format!("{name}: {old} -> {new}")).collect::<Vec<_>>().into_iter()
}

fn or_none<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
