//! `voicepeer explain`: why a path is the best, and why a peer is told of it or is not.

use crate::control::client::ask;
use crate::control::document::Request;
use crate::control::explain::{Explained, Told};
use crate::diagnostic::BadInput;
use crate::show;
use crate::table::{Tone, or_dash, table, toned};
use comfy_table::Cell;
use ipnet::IpNet;
use std::path::Path;

/// Asks the daemon at `control` of `prefix` and prints the answer.
pub(crate) fn explain(prefix: IpNet, json: bool, control: &Path) -> Result<(), BadInput> {
    let request = Request::Explain(prefix);
    if json {
        let document: serde_json::Value = ask(control, &request)?;
        println!("{document:#}");
        return Ok(());
    }
    let explained: Explained = ask(control, &request)?;
    println!("{}", show::paths(&explained.paths));
    let mut table = table(&["peer", "is told", "path", "next hop", "AS path", "why not"]);
    for told in &explained.peers {
        table.add_row([
            Cell::new(&told.peer),
            if told.announced { toned("yes", Tone::Good) } else { toned("no", Tone::Quiet) },
            Cell::new(or_dash(told.path_id)),
            Cell::new(or_dash(told.next_hop.as_deref())),
            Cell::new(or_dash(told.as_path.as_deref())),
            Cell::new(why(told)),
        ]);
    }
    println!("{table}");
    Ok(())
}

/// Why nothing, or which clusters it came through.
fn why(told: &Told) -> String {
    let reflected = told.originator_id.as_ref();
    let clusters = || told.cluster_list.join(" ");
    let reflected = reflected.map(|id| format!("reflected: originator {id}, clusters {}", clusters()));
    told.why.clone().or(reflected).unwrap_or_default()
}
