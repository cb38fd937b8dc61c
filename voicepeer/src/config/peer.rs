//! `[[peer]]`

use super::file::{self, File};
use super::levels::Levels;
use super::{ACCEPT_ALL, BUILT_IN, REJECT_ALL, Reader};
use crate::diagnostic::BadInput;
use bgp_policy::{Policy, PolicyLibrary};
use bgp_speaker::{HoldTime, PeerConfig};
use bgp_wire::{Asn, Family, FamilySet};
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use toml::Spanned;

impl Reader<'_> {
    pub(super) fn peer(&self, peer: &Spanned<file::Peer>, file: &File) -> Result<PeerConfig, BadInput> {
        let own = peer.get_ref();
        let levels = self.levels(own, file)?;
        let name = own.name.as_ref().ok_or_else(|| self.bad(peer, "missing field `name`"))?;
        let address = own.address.as_ref().ok_or_else(|| self.bad(peer, "missing field `address`"))?;
        let asn = levels.get(|p| &p.asn).ok_or_else(|| self.bad(peer, "missing field `asn`"))?;
        if name.get_ref().trim().is_empty() {
            return Err(self.bad(name, "a peer's name is empty"));
        }
        let mut config = PeerConfig::new(name.get_ref(), self.address(address)?, self.asn(asn)?);
        config.group = own.group.as_ref().map(|group| group.get_ref().clone());
        self.options(levels, file, &mut config)?;
        if is_link_local(config.address) && config.tcp.interface.is_none() {
            return Err(self.bad(address, "a peer with a link-local address needs an interface"));
        }
        Ok(config)
    }

    /// All that a peer may have from its group.
    pub(super) fn options(
        &self,
        peer: Levels<'_, file::Peer>,
        file: &File,
        config: &mut PeerConfig,
    ) -> Result<(), BadInput> {
        config.port = self.port(peer.get(|p| &p.port))?.unwrap_or(config.port);
        config.passive = peer.is(|p| &p.passive);
        if let Some(families) = peer.get(|p| &p.families) {
            config.families = self.families(families)?;
        }
        self.times(peer, config)?;
        config.tcp = self.tcp(peer, config.address)?;
        let local = config.tcp.local_address;
        let bfd = peer.within(|p| &p.bfd);
        config.bfd = bfd.map(|b| self.bfd(b, file, config.address, local)).transpose()?;
        let internal = config.asn == Asn(*file.speaker.asn.get_ref());
        config.max_prefixes = self.max_prefixes(peer)?;
        config.offers = self.offers(peer, config, internal)?;
        self.graceful_restart(peer, config)?;
        config.routing = self.routing(peer, internal)?;
        config.adj_rib_in = self.adj_rib_in(peer.get(|p| &p.adj_rib_in))?;
        config.damping = self.route_damping(peer, file, internal, config)?;
        self.add_path(peer, config)?;
        config.import = self.policy(peer.get(|p| &p.import), file, internal)?;
        config.export = self.policy(peer.get(|p| &p.export), file, internal)?;
        self.prefix_orf(peer, config)?;
        Ok(())
    }

    fn address(&self, address: &Spanned<IpAddr>) -> Result<IpAddr, BadInput> {
        let ip = *address.get_ref();
        if ip.is_unspecified() || ip.is_multicast() {
            return Err(self.bad(address, format!("{ip} is not the address of one peer")));
        }
        // Sockets tell an IPv4 peer by its IPv4 address.
        Ok(ip.to_canonical())
    }

    fn port(&self, port: Option<&Spanned<u16>>) -> Result<Option<u16>, BadInput> {
        match port {
            Some(port) if *port.get_ref() == 0 => Err(self.bad(port, "nobody listens on port 0")),
            port => Ok(port.map(|port| *port.get_ref())),
        }
    }

    fn times(&self, peer: Levels<'_, file::Peer>, config: &mut PeerConfig) -> Result<(), BadInput> {
        if let Some(hold) = peer.get(|p| &p.hold_time) {
            config.hold_time = HoldTime::new(*hold.get_ref()).ok_or_else(|| {
                let message = format!("a hold_time of {} s is not allowed", hold.get_ref());
                self.bad(hold, message)
            })?;
        }
        if let Some(keepalive) = peer.get(|p| &p.keepalive_time) {
            let seconds = NonZeroU16::new(*keepalive.get_ref())
                .ok_or_else(|| self.bad(keepalive, "a keepalive_time of 0 is not allowed"))?;
            config.keepalive_time = Some(seconds);
        }
        let interval = peer.get(|p| &p.advertisement_interval).map_or(0, |seconds| *seconds.get_ref());
        config.advertisement_interval = Duration::from_secs(interval.into());
        if let Some(retry) = peer.get(|p| &p.connect_retry) {
            if *retry.get_ref() == 0 {
                return Err(self.bad(retry, "a connect_retry of 0 is not allowed"));
            }
            config.connect_retry = Duration::from_secs(*retry.get_ref());
        }
        let hold = |time: &Spanned<u64>| match *time.get_ref() {
            0 => Err(self.bad(time, "an idle hold of 0 is not allowed")),
            seconds => Ok(Duration::from_secs(seconds)),
        };
        config.idle_hold = peer.get(|p| &p.idle_hold).map_or(Ok(config.idle_hold), hold)?;
        config.idle_hold_max = peer.get(|p| &p.idle_hold_max).map_or(Ok(config.idle_hold_max), hold)?;
        if let Some(max) = peer.get(|p| &p.idle_hold_max).filter(|_| config.idle_hold_max < config.idle_hold)
        {
            return Err(self.bad(max, "idle_hold_max is shorter than idle_hold"));
        }
        if let Some(time) = peer.get(|p| &p.send_hold_time) {
            if *time.get_ref() <= u64::from(config.hold_time.seconds()) {
                return Err(self.bad(time, "a send_hold_time is longer than the hold_time (RFC 9687)"));
            }
            config.send_hold_time = Duration::from_secs(*time.get_ref());
        }
        Ok(())
    }

    fn families(&self, names: &Spanned<Vec<String>>) -> Result<FamilySet, BadInput> {
        let held = |name: &String| Family::UNICAST.into_iter().find(|family| family.name() == Some(name));
        let families: Option<FamilySet> = names.get_ref().iter().map(held).collect();
        match families {
            Some(families) if !families.is_empty() => Ok(families),
            _ => Err(self.bad(names, "not a list of address families")),
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
            ACCEPT_ALL => Ok(Some(Arc::new(Policy::accept_all()))),
            REJECT_ALL => Ok(Some(Arc::new(Policy::reject_all()))),
            other => match (file.policy.get(other), &self.library) {
                (Some(policy), _) => Ok(Some(Arc::new(policy.clone()))),
                (None, Some(library)) if !library_lacks(library, other) => {
                    let policy = library.policy(other).map_err(|error| {
                        let bad = self.bad(name, error.message);
                        error.help.into_iter().fold(bad, BadInput::help)
                    })?;
                    Ok(Some(Arc::new(policy)))
                }
                (None, library) => {
                    let written = library.iter().flat_map(PolicyLibrary::names);
                    let known: Vec<&str> =
                        file.policy.iter().map(Policy::name).chain(written).chain(BUILT_IN).collect();
                    let message = format!("no policy is called {other:?}");
                    Err(self.bad(name, message).help(format!("there is: {}", known.join(", "))))
                }
            },
        }
    }
}

/// Whether no policy of the library is meant by a name, with arguments or without.
fn library_lacks(library: &PolicyLibrary, call: &str) -> bool {
    let name = call.split('(').next().unwrap_or_default().trim();
    library.names().all(|known| known != name)
}

pub(super) fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local())
}
