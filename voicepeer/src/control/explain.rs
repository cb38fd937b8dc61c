//! What became of the paths of one net, and what each peer is told of it.

use super::answer::{names, route};
use super::document::Route;
use bgp_speaker::{Engine, Net, PeerStatus};
use bgp_wire::AttributeSet;
use serde::{Deserialize, Serialize};

/// `explain`
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Explained {
    pub(crate) prefix: String,
    /// Its paths: the best, then those that lost, the last to lose first, then those refused.
    pub(crate) paths: Vec<Route>,
    /// Every peer with a session, in the order of the configuration.
    pub(crate) peers: Vec<Told>,
}

/// What one peer is told.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Told {
    pub(crate) peer: String,
    /// The path identifier we gave the path, where the peer is told several (RFC 7911): each is an entry of its own.
    pub(crate) path_id: Option<u32>,
    /// Whether it is told of the net at all.
    pub(crate) announced: bool,
    pub(crate) next_hop: Option<String>,
    pub(crate) as_path: Option<String>,
    pub(crate) med: Option<u32>,
    pub(crate) local_pref: Option<u32>,
    pub(crate) originator_id: Option<String>,
    pub(crate) cluster_list: Vec<String>,
    pub(crate) communities: Vec<String>,
    /// Why it is told nothing.
    pub(crate) why: Option<String>,
}

/// Explains a net.
pub(super) fn explained(engine: &Engine, net: Net) -> Explained {
    let names = names(engine);
    let up = engine.status().into_iter().filter(|peer| peer.exchange.is_some());
    Explained {
        prefix: net.to_string(),
        paths: engine.explain(net).iter().map(|path| route(path, &names)).collect(),
        peers: up.flat_map(|peer| told(engine, net, &peer)).collect(),
    }
}

fn told(engine: &Engine, net: Net, peer: &PeerStatus) -> Vec<Told> {
    if peer.several_told.iter().any(|(family, _)| *family == net.family()) {
        let paths = engine.told_of(net, peer.id);
        if !paths.is_empty() {
            return paths
                .iter()
                .map(|path| entry(peer, Some(path.path_id), Some(&path.attrs), None))
                .collect();
        }
    }
    vec![match engine.export_of(net, peer.id) {
        Some(Ok(attrs)) => entry(peer, None, Some(&attrs), None),
        Some(Err(why)) => entry(peer, None, None, Some(why)),
        None => entry(peer, None, None, Some("there is no path to tell".to_owned())),
    }]
}

fn entry(peer: &PeerStatus, path_id: Option<u32>, attrs: Option<&AttributeSet>, why: Option<String>) -> Told {
    Told {
        peer: peer.config.name.clone(),
        path_id,
        announced: attrs.is_some(),
        next_hop: attrs.map(|a| a.next_hop.to_string()),
        as_path: attrs.map(|a| a.as_path.to_string()),
        med: attrs.and_then(|a| a.med),
        local_pref: attrs.and_then(|a| a.local_pref),
        originator_id: attrs.and_then(|a| a.originator_id).map(|id| id.to_string()),
        cluster_list: attrs.into_iter().flat_map(|a| &a.cluster_list).map(ToString::to_string).collect(),
        communities: attrs.into_iter().flat_map(|a| &a.communities).map(ToString::to_string).collect(),
        why,
    }
}
