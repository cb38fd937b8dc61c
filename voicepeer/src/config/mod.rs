//! The daemon's configuration: from the file to what the speaker is started with.

mod duration;
mod file;

use crate::diagnostic::{BadInput, read_toml};
use bfd::Timing;
use bgp_policy::Policy;
use bgp_speaker::{BfdConfig, HoldTime, LocalRoute, MAX_PASSWORD, PeerConfig, SpeakerConfig};
use bgp_wire::{Asn, AttributeSet, Family, FamilySet, NextHop, Origin};
use file::File;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU16};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use toml::Spanned;

/// All that a configuration file says.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) speaker: SpeakerConfig,
    pub(crate) peers: Vec<PeerConfig>,
    pub(crate) routes: Vec<LocalRoute>,
    pub(crate) control: Option<PathBuf>,
    pub(crate) plan: Option<PathBuf>,
    /// For each peer, by name, the plan's connection that its session is.
    pub(crate) connections: BTreeMap<String, String>,
}

/// Reads and checks `path`; what is wrong is told with its line.
pub(crate) fn load(path: &Path) -> Result<Config, BadInput> {
    let (file, text) = read_toml::<File>(path)?;
    Reader { path, text: &text }.config(&file)
}

/// Turns the file's values into the speaker's; knows where each stands.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    /// A fault of one value.
    fn bad<T>(&self, value: &Spanned<T>, message: impl Into<String>) -> BadInput {
        BadInput::new(message).at(self.path, self.text, Some(value.span()))
    }

    fn config(&self, file: &File) -> Result<Config, BadInput> {
        let beside = |path: &PathBuf| self.path.parent().unwrap_or(Path::new("")).join(path);
        let peers = file.peer.iter().map(|p| self.peer(p, file)).collect::<Result<Vec<_>, _>>()?;
        self.distinct(file)?;
        Ok(Config {
            speaker: SpeakerConfig {
                listen: file.speaker.listen.clone(),
                ..SpeakerConfig::new(self.asn(&file.speaker.asn)?, self.router_id(&file.speaker.router_id)?)
            },
            connections: peers
                .iter()
                .zip(&file.peer)
                .map(|(peer, p)| {
                    (peer.name.clone(), p.connection.clone().unwrap_or_else(|| peer.name.clone()))
                })
                .collect(),
            peers,
            routes: file.route.iter().map(|r| self.route(r)).collect::<Result<_, _>>()?,
            control: file.speaker.control.clone(),
            plan: file.speaker.plan.as_ref().map(beside),
        })
    }

    fn asn(&self, asn: &Spanned<u32>) -> Result<Asn, BadInput> {
        match Asn(*asn.get_ref()) {
            Asn(0) | Asn::TRANS | Asn(u32::MAX) => Err(self
                .bad(asn, format!("AS {} cannot be a speaker's", asn.get_ref()))
                .help("0, 23456 and 4294967295 are reserved (RFC 7607, RFC 6793, RFC 7300)")),
            asn => Ok(asn),
        }
    }

    fn router_id(&self, id: &Spanned<Ipv4Addr>) -> Result<Ipv4Addr, BadInput> {
        if id.get_ref().is_unspecified() {
            let help = "use one of the router's IPv4 addresses (RFC 6286)";
            return Err(self.bad(id, "a router_id of 0.0.0.0 is not valid").help(help));
        }
        Ok(*id.get_ref())
    }

    /// No two peers share a name or an address.
    fn distinct(&self, file: &File) -> Result<(), BadInput> {
        for (i, peer) in file.peer.iter().enumerate() {
            let earlier = || file.peer.iter().take(i);
            if earlier().any(|p| p.name.get_ref() == peer.name.get_ref()) {
                let message = format!("two peers are called {:?}", peer.name.get_ref());
                return Err(self.bad(&peer.name, message).help("give each peer a name of its own"));
            }
            if earlier().any(|p| p.address.get_ref() == peer.address.get_ref()) {
                let message = format!("two peers have the address {}", peer.address.get_ref());
                return Err(self.bad(&peer.address, message).help("a connection is told by its address"));
            }
        }
        Ok(())
    }

    fn peer(&self, peer: &file::Peer, file: &File) -> Result<PeerConfig, BadInput> {
        let address = *peer.address.get_ref();
        let mut config = PeerConfig::new(peer.name.get_ref(), address, self.asn(&peer.asn)?);
        config.port = peer.port.unwrap_or(config.port);
        config.passive = peer.passive;
        if let Some(families) = &peer.families {
            config.families = self.families(families)?;
        }
        self.times(peer, &mut config)?;
        config.tcp.ttl_security = peer.ttl_security;
        config.tcp.password = self.password(peer.password.as_ref())?;
        config.tcp.local_address = self.local_address(peer)?;
        config.bfd = peer.bfd.as_ref().map(|b| self.bfd(b, address, config.tcp.local_address)).transpose()?;
        let internal = config.asn == Asn(*file.speaker.asn.get_ref());
        config.import = self.policy(peer.import.as_ref(), file, internal)?;
        config.export = self.policy(peer.export.as_ref(), file, internal)?;
        Ok(config)
    }

    fn times(&self, peer: &file::Peer, config: &mut PeerConfig) -> Result<(), BadInput> {
        if let Some(hold) = &peer.hold_time {
            config.hold_time = HoldTime::new(*hold.get_ref()).ok_or_else(|| {
                let message = format!("a hold_time of {} s is not allowed", hold.get_ref());
                self.bad(hold, message).help("0, or at least 3 (RFC 4271 section 4.2)")
            })?;
        }
        if let Some(keepalive) = &peer.keepalive_time {
            let seconds = NonZeroU16::new(*keepalive.get_ref()).ok_or_else(|| {
                let help =
                    "at least 1; leave it out for a third of the hold time, or set hold_time = 0 for none";
                self.bad(keepalive, "a keepalive_time of 0 is not allowed").help(help)
            })?;
            config.keepalive_time = Some(seconds);
        }
        if let Some(retry) = &peer.connect_retry {
            if *retry.get_ref() == 0 {
                return Err(self.bad(retry, "a connect_retry of 0 is not allowed").help("at least 1 second"));
            }
            config.connect_retry = Duration::from_secs(*retry.get_ref());
        }
        Ok(())
    }

    fn families(&self, names: &Spanned<Vec<String>>) -> Result<FamilySet, BadInput> {
        let families: Result<FamilySet, _> = names.get_ref().iter().map(|n| n.parse::<Family>()).collect();
        match families {
            Ok(families) if !families.is_empty() => Ok(families),
            _ => Err(self
                .bad(names, "not a list of address families")
                .help("\"ipv4-unicast\", \"ipv6-unicast\", or both")),
        }
    }

    fn password(&self, password: Option<&Spanned<String>>) -> Result<Option<String>, BadInput> {
        match password {
            Some(p) if !(1..=MAX_PASSWORD).contains(&p.get_ref().len()) => Err(self
                .bad(p, "a password of this length is not possible")
                .help(format!("TCP-MD5 takes 1 to {MAX_PASSWORD} octets (RFC 2385)"))),
            password => Ok(password.map(|p| p.get_ref().clone())),
        }
    }

    fn local_address(&self, peer: &file::Peer) -> Result<Option<IpAddr>, BadInput> {
        match &peer.local_address {
            Some(local) if local.get_ref().is_ipv4() != peer.address.get_ref().is_ipv4() => Err(self
                .bad(local, "local_address and address are of different families")
                .help("both are IPv4, or both are IPv6")),
            local => Ok(local.as_ref().map(|l| *l.get_ref())),
        }
    }

    fn bfd(&self, bfd: &file::Bfd, peer: IpAddr, local: Option<IpAddr>) -> Result<BfdConfig, BadInput> {
        let mut timing = Timing::default();
        if let Some(tx) = &bfd.desired_min_tx {
            timing.desired_min_tx = self.interval(tx)?;
        }
        if let Some(rx) = &bfd.required_min_rx {
            timing.required_min_rx = self.interval(rx)?;
        }
        if let Some(mult) = &bfd.detect_mult {
            timing.detect_mult = NonZeroU8::new(*mult.get_ref()).ok_or_else(|| {
                self.bad(mult, "a detect_mult of 0 is not allowed").help("1 to 255 (RFC 5880 section 4.1)")
            })?;
        }
        let any = if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        Ok(BfdConfig {
            timing,
            strict: bfd.strict,
            local: SocketAddr::new(local.unwrap_or(any), bfd::SINGLE_HOP_PORT),
            peer: SocketAddr::new(peer, bfd::SINGLE_HOP_PORT),
        })
    }

    fn interval(&self, text: &Spanned<String>) -> Result<Duration, BadInput> {
        match duration::parse(text.get_ref()) {
            Some(d) if d >= Duration::from_micros(100) && d <= Duration::from_secs(4000) => Ok(d),
            Some(_) => Err(self
                .bad(text, format!("an interval of {} is out of range", text.get_ref()))
                .help("100us to 4000s")),
            None => Err(self
                .bad(text, format!("{:?} is not a duration", text.get_ref()))
                .help(format!("write {}", duration::ALLOWED))),
        }
    }

    /// The policy of that name. Without one, an internal peer gets everything and an external one nothing
    /// (RFC 8212).
    fn policy(
        &self,
        name: Option<&Spanned<String>>,
        file: &File,
        internal: bool,
    ) -> Result<Option<Arc<Policy>>, BadInput> {
        let Some(name) = name else {
            return Ok(internal.then(|| Arc::new(Policy::accept_all())));
        };
        match name.get_ref().as_str() {
            "accept-all" => Ok(Some(Arc::new(Policy::accept_all()))),
            "reject-all" => Ok(Some(Arc::new(Policy::reject_all()))),
            other => match file.policy.get(other) {
                Some(policy) => Ok(Some(Arc::new(policy.clone()))),
                None => {
                    let named = file.policy.iter().map(Policy::name);
                    let known: Vec<&str> = named.chain(["accept-all", "reject-all"]).collect();
                    let message = format!("no policy is called {other:?}");
                    Err(self.bad(name, message).help(format!("there is: {}", known.join(", "))))
                }
            },
        }
    }

    fn route(&self, route: &file::Route) -> Result<LocalRoute, BadInput> {
        let prefix = *route.prefix.get_ref();
        if prefix.trunc() != prefix {
            let message = format!("{prefix} has host bits that are not zero");
            return Err(self.bad(&route.prefix, message).help(format!("did you mean {}?", prefix.trunc())));
        }
        let origin = match &route.origin {
            None => Origin::Igp,
            Some(name) => [Origin::Igp, Origin::Egp, Origin::Incomplete]
                .into_iter()
                .find(|o| o.name() == name.get_ref())
                .ok_or_else(|| self.bad(name, "not an origin").help("igp, egp or incomplete"))?,
        };
        let own = match prefix {
            ipnet::IpNet::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ipnet::IpNet::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let hop = match &route.next_hop {
            Some(hop) if hop.get_ref().is_ipv4() != own.is_ipv4() => {
                let message = "the next hop and the prefix are of different families";
                return Err(self.bad(hop, message).help("leave it out for the session's own address"));
            }
            hop => hop.as_ref().map_or(own, |h| *h.get_ref()),
        };
        let mut attrs = AttributeSet::new(origin, NextHop::from(hop));
        attrs.as_path = route.as_path.iter().copied().map(Asn).collect();
        attrs.med = route.med;
        attrs.local_pref = route.local_pref;
        attrs.communities = self.parsed(&route.communities)?;
        attrs.large_communities = self.parsed(&route.large_communities)?;
        Ok(LocalRoute { prefix, attrs })
    }

    /// Every text as what it means.
    fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        texts: &[Spanned<String>],
    ) -> Result<Vec<T>, BadInput> {
        let one = |t: &Spanned<String>| {
            t.get_ref().parse().map_err(|e: T::Err| self.bad(t, format!("{:?}: {e}", t.get_ref())))
        };
        texts.iter().map(one).collect()
    }
}
