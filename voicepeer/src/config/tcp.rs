//! The TCP options of a peer, and the listeners of one interface.

use super::Reader;
use super::file::{self, File};
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{AoAlgorithm, AoKey, ListenOn, MAX_AO_KEY, MAX_PASSWORD, TcpOptions};
use std::net::IpAddr;
use std::num::NonZeroU8;
use toml::Spanned;

impl Reader<'_> {
    /// The options of sockets to peers whose addresses are of the family of `address`.
    pub(super) fn tcp(&self, peer: Levels<'_, file::Peer>, address: IpAddr) -> Result<TcpOptions, BadInput> {
        let password = self.password(peer.get(|p| &p.password))?;
        let ao = peer.get(|p| &p.tcp_ao).map(|keys| self.ao_keys(keys)).transpose()?.unwrap_or_default();
        if let Some(keys) = peer.get(|p| &p.tcp_ao).filter(|_| password.is_some()) {
            return Err(self.bad(keys, "a peer has a password or TCP-AO, not both (RFC 5925)"));
        }
        Ok(TcpOptions {
            password,
            ao,
            ttl_security: self.hops(peer)?,
            local_address: self.local_address(peer, address)?,
            interface: peer.get(|p| &p.interface).map(|name| self.interface(name)).transpose()?,
        })
    }

    fn password(&self, password: Option<&Spanned<String>>) -> Result<Option<String>, BadInput> {
        match password {
            Some(p) if !(1..=MAX_PASSWORD).contains(&p.get_ref().len()) => {
                Err(self.bad(p, format!("a password of {} octets is not possible", p.get_ref().len())))
            }
            password => Ok(password.map(|p| p.get_ref().clone())),
        }
    }

    fn ao_keys(&self, keys: &Spanned<Vec<file::AoKey>>) -> Result<Vec<AoKey>, BadInput> {
        if keys.get_ref().is_empty() {
            return Err(self.bad(keys, "TCP-AO needs a key"));
        }
        keys.get_ref().iter().map(|key| self.ao_key(key)).collect()
    }

    fn ao_key(&self, key: &file::AoKey) -> Result<AoKey, BadInput> {
        let algorithm = match &key.algorithm {
            None => AoAlgorithm::default(),
            Some(name) => {
                let known = AoAlgorithm::ALL.into_iter().find(|a| a.name() == name.get_ref());
                known.ok_or_else(|| {
                    self.bad(name, format!("{:?} is not an algorithm of TCP-AO", name.get_ref()))
                })?
            }
        };
        let secret = key.secret.get_ref();
        if !(1..=MAX_AO_KEY).contains(&secret.len()) {
            return Err(self.bad(&key.secret, format!("a secret of {} octets is not possible", secret.len())));
        }
        Ok(AoKey { send_id: key.send_id, receive_id: key.receive_id, algorithm, secret: secret.clone() })
    }

    fn hops(&self, peer: Levels<'_, file::Peer>) -> Result<Option<NonZeroU8>, BadInput> {
        let secured = peer.is(|p| &p.ttl_security);
        match peer.get(|p| &p.ttl_security_hops) {
            Some(hops) if !secured => Err(self.bad(hops, "ttl_security_hops is for ttl_security = true")),
            Some(hops) => NonZeroU8::new(*hops.get_ref())
                .map(Some)
                .ok_or_else(|| self.bad(hops, "a ttl_security_hops of 0 is not allowed")),
            None => Ok(NonZeroU8::new(1).filter(|_| secured)),
        }
    }

    fn local_address(
        &self,
        peer: Levels<'_, file::Peer>,
        address: IpAddr,
    ) -> Result<Option<IpAddr>, BadInput> {
        match peer.get(|p| &p.local_address) {
            Some(local) if local.get_ref().is_ipv4() != address.is_ipv4() => {
                Err(self.bad(local, "local_address and address are of different families"))
            }
            local => Ok(local.map(|l| *l.get_ref())),
        }
    }

    /// The listeners of one interface.
    pub(super) fn listen_on(&self, file: &File) -> Result<Vec<ListenOn>, BadInput> {
        let one = |on: &file::ListenOn| {
            Ok(ListenOn { address: on.address, interface: self.interface(&on.interface)? })
        };
        file.speaker.listen_on.iter().map(one).collect()
    }
}
