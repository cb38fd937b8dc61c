//! What became of the paths of one net, and what each peer is told of it.

use super::answer::{names, route};
use super::document::Route;
use bgp_speaker::{Engine, Net, PeerStatus};
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
        peers: up.map(|peer| told(engine, net, peer)).collect(),
    }
}

fn told(engine: &Engine, net: Net, peer: PeerStatus) -> Told {
    let (attrs, why) = match engine.export_of(net, peer.id) {
        Some(Ok(attrs)) => (Some(attrs), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, Some("there is no path to tell".to_owned())),
    };
    let attrs = attrs.as_ref();
    Told {
        peer: peer.config.name,
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
