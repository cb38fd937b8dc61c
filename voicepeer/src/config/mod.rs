//! The daemon's configuration: from the file to what the speaker is started with.

mod add_path;
mod adj_rib_in;
mod aggregate;
mod bfd;
mod capabilities;
mod damping;
pub(crate) mod duration;
mod dynamic;
mod file;
mod graceful_restart;
mod group;
mod irr;
mod lag;
mod levels;
mod max_prefix;
mod next_hop;
mod peer;
mod prefix_orf;
mod route;
mod routing;
mod rpki;
mod sbfd;
mod tcp;
mod unsolicited;
mod without_secrets;

use crate::allowed;
use crate::diagnostic::{BadInput, from_toml, read_toml};
use crate::irr::IrrConfig;
use crate::place::places;
use crate::policy;
use crate::rpki::RpkiConfig;
use ::bfd::{InitiatorParams, UnsolicitedParams};
use bgp_policy::PolicyLibrary;
use bgp_speaker::{DynamicPeers, LocalRoute, PeerConfig, SpeakerConfig};
use bgp_wire::Asn;
use file::File;
pub(crate) use lag::LagConfig;
pub(crate) use sbfd::ReflectorConfig;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

const ACCEPT_ALL: &str = "accept-all";
const REJECT_ALL: &str = "reject-all";
/// The policies that every configuration has.
const BUILT_IN: [&str; 2] = [ACCEPT_ALL, REJECT_ALL];

/// All that a configuration file says.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) speaker: SpeakerConfig,
    pub(crate) peers: Vec<PeerConfig>,
    pub(crate) dynamic: Vec<DynamicPeers>,
    pub(crate) routes: Vec<LocalRoute>,
    pub(crate) lags: Vec<LagConfig>,
    pub(crate) unsolicited: Vec<UnsolicitedParams>,
    pub(crate) reflectors: Vec<ReflectorConfig>,
    pub(crate) initiators: Vec<InitiatorParams>,
    /// How long routes wait at most after a restart of ours.
    pub(crate) selection_deferral: Duration,
    pub(crate) rpki: RpkiConfig,
    pub(crate) irr: IrrConfig,
    pub(crate) control: Option<PathBuf>,
    pub(crate) plan: Option<PathBuf>,
    /// For each peer, by name, the plan's connection that its session is.
    pub(crate) connections: BTreeMap<String, String>,
    /// The file's text as a recording has it: no password or key, and no comment, is in it.
    pub(crate) without_secrets: String,
}

/// Reads and checks `path`; what is wrong is told with its line.
pub(crate) fn load(path: &Path) -> Result<Config, BadInput> {
    let (file, text) = read_toml::<File>(path, allowed::CONFIG)?;
    Reader::new(path, &text, &file)?.config(&file)
}

/// The configuration in a text that `path` holds.
pub(crate) fn of_text(path: &Path, text: &str) -> Result<Config, BadInput> {
    let file = from_toml::<File>(path, text, allowed::CONFIG)?;
    Reader::new(path, text, &file)?.config(&file)
}

/// Turns the file's values into the speaker's; knows where each stands.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    /// The policies of `speaker.policy_file`.
    library: Option<PolicyLibrary>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, text: &'a str, file: &File) -> Result<Self, BadInput> {
        let beside = |name: &PathBuf| path.parent().unwrap_or(Path::new("")).join(name);
        let library =
            file.speaker.policy_file.as_ref().map(|name| policy::load(&beside(name))).transpose()?;
        Ok(Self { path, text, library })
    }
}

impl Reader<'_> {
    /// A fault of one value.
    fn bad<T>(&self, value: &Spanned<T>, message: impl Into<String>) -> BadInput {
        self.bad_at(value.span(), message)
    }

    fn bad_at(&self, span: Range<usize>, message: impl Into<String>) -> BadInput {
        BadInput::new(message).in_toml(self.path, self.text, Some(span), allowed::CONFIG)
    }

    fn config(&self, file: &File) -> Result<Config, BadInput> {
        let beside = |path: &PathBuf| self.path.parent().unwrap_or(Path::new("")).join(path);
        self.own_policy_names(file)?;
        self.profiles(file)?;
        self.groups(file)?;
        let peers = file.peer.iter().map(|p| self.peer(p, file)).collect::<Result<Vec<_>, _>>()?;
        self.distinct(file)?;
        Ok(Config {
            speaker: SpeakerConfig {
                listen: file.speaker.listen.clone(),
                next_hops: self.next_hops(file)?,
                aggregates: self.aggregates(file)?,
                decision: self.decision(&file.decision)?,
                confederation: self.confederation(file)?,
                cluster_id: self.cluster_id(file)?,
                client_to_client: file.speaker.client_to_client.unwrap_or(true),
                listen_on: self.listen_on(file)?,
                bfd: self.bfd_thread(&file.bfd)?,
                ..SpeakerConfig::new(self.asn(&file.speaker.asn)?, self.router_id(&file.speaker.router_id)?)
            },
            connections: peers
                .iter()
                .zip(&file.peer)
                .map(|(peer, p)| {
                    let connection = p.get_ref().connection.as_ref().map(|c| c.get_ref().clone());
                    (peer.name.clone(), connection.unwrap_or_else(|| peer.name.clone()))
                })
                .collect(),
            peers,
            dynamic: file.dynamic.iter().map(|d| self.dynamic(d, file)).collect::<Result<_, _>>()?,
            routes: file.route.iter().map(|r| self.route(r)).collect::<Result<_, _>>()?,
            lags: self.lags(file)?,
            unsolicited: file
                .bfd
                .unsolicited
                .iter()
                .map(|u| self.unsolicited(u, file))
                .collect::<Result<_, _>>()?,
            reflectors: self.reflectors(file)?,
            initiators: file.bfd.initiator.iter().map(|i| self.initiator(i)).collect::<Result<_, _>>()?,
            selection_deferral: self.selection_deferral(file)?,
            rpki: self.rpki(file)?,
            irr: self.irr(file)?,
            control: file.speaker.control.clone(),
            without_secrets: without_secrets::without_secrets(self.text),
            plan: file.speaker.plan.as_ref().map(beside),
        })
    }

    fn asn(&self, asn: &Spanned<u32>) -> Result<Asn, BadInput> {
        match Asn(*asn.get_ref()) {
            Asn(0 | u32::MAX) | Asn::TRANS => {
                Err(self.bad(asn, format!("AS {} is reserved: no speaker has it", asn.get_ref())))
            }
            asn => Ok(asn),
        }
    }

    fn router_id(&self, id: &Spanned<Ipv4Addr>) -> Result<Ipv4Addr, BadInput> {
        if id.get_ref().is_unspecified() {
            return Err(self.bad(id, "a router_id of 0.0.0.0 is not valid"));
        }
        Ok(*id.get_ref())
    }

    /// The two policies that every file has are not of its making.
    fn own_policy_names(&self, file: &File) -> Result<(), BadInput> {
        let Some(name) = BUILT_IN.into_iter().find(|name| file.policy.get(name).is_some()) else {
            return Ok(());
        };
        let message = format!("every file has the policy {name:?}; it cannot have another of that name");
        let place = places(self.text).into_iter().find(|place| place.field == format!("policy.{name}"));
        let help = "give the policy another name";
        Err(place.map_or_else(|| BadInput::new(&message), |p| self.bad_at(p.span, &message)).help(help))
    }

    /// No two peers share a name or an address, no two routes a prefix.
    fn distinct(&self, file: &File) -> Result<(), BadInput> {
        let names = file.peer.iter().filter_map(|p| p.get_ref().name.as_ref());
        if let Some(name) = again(names, String::clone) {
            return Err(self.bad(name, format!("two peers are called {:?}", name.get_ref())));
        }
        // A link-local address is one on each link.
        let one_link = |p: &&Spanned<file::Peer>| p.get_ref().interface.is_none();
        let peers = file.peer.iter().filter(one_link);
        let addresses = peers.filter_map(|p| p.get_ref().address.as_ref());
        if let Some(address) = again(addresses, IpAddr::to_canonical) {
            return Err(self.bad(address, format!("two peers have the address {}", address.get_ref())));
        }
        if let Some(prefix) = again(file.route.iter().map(|r| &r.prefix), |prefix| *prefix) {
            return Err(self.bad(prefix, format!("two routes have the prefix {}", prefix.get_ref())));
        }
        Ok(())
    }
}

/// The first value that is there before, by what `key` makes of it.
fn again<'a, T: 'a, K: Ord>(
    values: impl Iterator<Item = &'a Spanned<T>>,
    key: impl Fn(&T) -> K,
) -> Option<&'a Spanned<T>> {
    let mut seen = BTreeSet::new();
    let mut values = values;
    values.find(|value| !seen.insert(key(value.get_ref())))
}
