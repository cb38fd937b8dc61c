//! `[[lag]]`

use super::Reader;
use super::file::{self, File};
use crate::diagnostic::BadInput;
use bfd::{PathKind, SessionParams};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use toml::Spanned;

/// A LAG whose members BFD watches (RFC 7130).
#[derive(Clone, Debug)]
pub(crate) struct LagConfig {
    pub(crate) name: String,
    pub(crate) min_links: NonZeroUsize,
    /// The session of each member, which is its interface.
    pub(crate) members: Vec<SessionParams>,
}

/// The address of nobody, of the family of `address`.
pub(super) fn anywhere(address: IpAddr) -> IpAddr {
    if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() }
}

impl Reader<'_> {
    pub(super) fn lags(&self, file: &File) -> Result<Vec<LagConfig>, BadInput> {
        for (i, lag) in file.lag.iter().enumerate() {
            if file.lag.iter().take(i).any(|earlier| earlier.name.get_ref() == lag.name.get_ref()) {
                return Err(self.bad(&lag.name, format!("two LAGs are called {:?}", lag.name.get_ref())));
            }
        }
        file.lag.iter().map(|lag| self.lag(lag, file)).collect()
    }

    fn lag(&self, lag: &file::Lag, file: &File) -> Result<LagConfig, BadInput> {
        let (local, peer) = (self.own_address(&lag.local_address)?, *lag.address.get_ref());
        if local.is_ipv4() != peer.is_ipv4() || peer.is_unspecified() || peer.is_multicast() {
            return Err(self.bad(&lag.address, format!("{peer} is not the peer's address of this LAG")));
        }
        let path = PathKind::LagMember;
        let session = SessionParams {
            path,
            local: SocketAddr::new(local, path.port()),
            peer: SocketAddr::new(peer, path.port()),
            ..self.bare_session(lag.profile.as_ref(), file, local, peer)?
        };
        let names = lag.members.get_ref();
        let member = |(i, name): (usize, &Spanned<String>)| {
            if names.iter().take(i).any(|earlier| earlier.get_ref() == name.get_ref()) {
                return Err(self.bad(name, format!("{:?} is a member twice", name.get_ref())));
            }
            Ok(SessionParams { interface: Some(self.interface(name)?), ..session.clone() })
        };
        let members: Vec<_> = names.iter().enumerate().map(member).collect::<Result<_, _>>()?;
        if members.is_empty() {
            return Err(self.bad(&lag.members, "a LAG without members"));
        }
        Ok(LagConfig {
            name: lag.name.get_ref().clone(),
            min_links: self.min_links(lag.min_links.as_ref(), members.len())?,
            members,
        })
    }

    fn min_links(&self, given: Option<&Spanned<u16>>, members: usize) -> Result<NonZeroUsize, BadInput> {
        let Some(links) = given else { return Ok(NonZeroUsize::MIN) };
        let number = usize::from(*links.get_ref());
        NonZeroUsize::new(number).filter(|_| number <= members).ok_or_else(|| {
            self.bad(links, format!("a LAG of {members} members cannot need {number} of them"))
        })
    }

    /// Where BFD listens, one address.
    pub(super) fn own_address(&self, address: &Spanned<IpAddr>) -> Result<IpAddr, BadInput> {
        match *address.get_ref() {
            ip if ip.is_unspecified() || ip.is_multicast() => {
                Err(self.bad(address, format!("{ip} is not one address of this machine")))
            }
            ip => Ok(ip),
        }
    }
}
