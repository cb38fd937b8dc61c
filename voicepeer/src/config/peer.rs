//! `[[peer]]`

use super::file::{self, File};
use super::{ACCEPT_ALL, BUILT_IN, REJECT_ALL, Reader};
use crate::diagnostic::BadInput;
use bgp_policy::Policy;
use bgp_speaker::{HoldTime, MAX_PASSWORD, PeerConfig};
use bgp_wire::{Asn, Family, FamilySet};
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use toml::Spanned;

impl Reader<'_> {
    pub(super) fn peer(&self, peer: &file::Peer, file: &File) -> Result<PeerConfig, BadInput> {
        let address = self.address(&peer.address)?;
        if peer.name.get_ref().trim().is_empty() {
            return Err(self.bad(&peer.name, "a peer's name is empty"));
        }
        let mut config = PeerConfig::new(peer.name.get_ref(), address, self.asn(&peer.asn)?);
        config.port = self.port(peer.port.as_ref())?.unwrap_or(config.port);
        config.passive = peer.passive;
        if let Some(families) = &peer.families {
            config.families = self.families(families)?;
        }
        self.times(peer, &mut config)?;
        config.tcp.ttl_security = peer.ttl_security;
        config.tcp.password = self.password(peer.password.as_ref())?;
        config.tcp.local_address = self.local_address(peer)?;
        config.bfd =
            peer.bfd.as_ref().map(|b| self.bfd(b, file, address, config.tcp.local_address)).transpose()?;
        let internal = config.asn == Asn(*file.speaker.asn.get_ref());
        config.import = self.policy(peer.import.as_ref(), file, internal)?;
        config.export = self.policy(peer.export.as_ref(), file, internal)?;
        Ok(config)
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

    fn times(&self, peer: &file::Peer, config: &mut PeerConfig) -> Result<(), BadInput> {
        if let Some(hold) = &peer.hold_time {
            config.hold_time = HoldTime::new(*hold.get_ref()).ok_or_else(|| {
                let message = format!("a hold_time of {} s is not allowed", hold.get_ref());
                self.bad(hold, message)
            })?;
        }
        if let Some(keepalive) = &peer.keepalive_time {
            let seconds = NonZeroU16::new(*keepalive.get_ref())
                .ok_or_else(|| self.bad(keepalive, "a keepalive_time of 0 is not allowed"))?;
            config.keepalive_time = Some(seconds);
        }
        if let Some(retry) = &peer.connect_retry {
            if *retry.get_ref() == 0 {
                return Err(self.bad(retry, "a connect_retry of 0 is not allowed"));
            }
            config.connect_retry = Duration::from_secs(*retry.get_ref());
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

    fn password(&self, password: Option<&Spanned<String>>) -> Result<Option<String>, BadInput> {
        match password {
            Some(p) if !(1..=MAX_PASSWORD).contains(&p.get_ref().len()) => {
                Err(self.bad(p, format!("a password of {} octets is not possible", p.get_ref().len())))
            }
            password => Ok(password.map(|p| p.get_ref().clone())),
        }
    }

    fn local_address(&self, peer: &file::Peer) -> Result<Option<IpAddr>, BadInput> {
        match &peer.local_address {
            Some(local) if local.get_ref().is_ipv4() != peer.address.get_ref().is_ipv4() => {
                Err(self.bad(local, "local_address and address are of different families"))
            }
            local => Ok(local.as_ref().map(|l| *l.get_ref())),
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
            other => file.policy.get(other).map(|policy| Some(Arc::new(policy.clone()))).ok_or_else(|| {
                let known: Vec<&str> = file.policy.iter().map(Policy::name).chain(BUILT_IN).collect();
                let message = format!("no policy is called {other:?}");
                self.bad(name, message).help(format!("there is: {}", known.join(", ")))
            }),
        }
    }
}
