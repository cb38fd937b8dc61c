//! `voicepeer show rpki`, for people.

use super::document::{CacheStatus, Rpki};
use crate::table::{Tone, or_dash, seconds, table, toned};
use comfy_table::Cell;

/// Prints it.
pub(crate) fn show(document: &Rpki) {
    match document.vrps {
        Some(vrps) => println!("routes are judged by {vrps} VRPs"),
        None => println!("nothing is known: no route is judged"),
    }
    let mut rows = table(&[
        "cache",
        "address",
        "connection",
        "in use",
        "VRPs",
        "ASPAs",
        "heard",
        "expires",
        "last error",
    ]);
    for cache in &document.caches {
        let tone = if cache.connection == "synchronized" { Tone::Good } else { Tone::Warning };
        rows.add_row([
            Cell::new(&cache.name),
            Cell::new(&cache.address),
            toned(&cache.connection, tone),
            Cell::new(if cache.in_use { "yes" } else { "no" }),
            Cell::new(or_dash(cache.vrps)),
            Cell::new(or_dash(cache.aspas)),
            Cell::new(or_dash(cache.heard_s.map(|s| format!("{} ago", seconds(s))))),
            expires(cache),
            Cell::new(or_dash(cache.last_error.as_deref())),
        ]);
    }
    if !document.caches.is_empty() {
        println!("{rows}");
    }
    let mut rows = table(&["file", "VRPs", "ASPAs", "error"]);
    for file in &document.files {
        let error = or_dash(file.error.as_deref());
        rows.add_row([&file.path, &file.vrps.to_string(), &file.aspas.to_string(), &error]);
    }
    if !document.files.is_empty() {
        println!("{rows}");
    }
}

fn expires(cache: &CacheStatus) -> Cell {
    match cache.expires_s {
        _ if cache.expired => toned("expired", Tone::Bad),
        Some(s) => Cell::new(format!("in {}", seconds(s))),
        None => Cell::new(or_dash(None::<&str>)),
    }
}
