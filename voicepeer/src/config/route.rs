//! `[[route]]`

use super::{Reader, file};
use crate::diagnostic::BadInput;
use bgp_speaker::LocalRoute;
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use toml::Spanned;

impl Reader<'_> {
    pub(super) fn route(&self, route: &file::Route) -> Result<LocalRoute, BadInput> {
        let prefix = *route.prefix.get_ref();
        self.no_host_bits(&route.prefix)?;
        let origin = match &route.origin {
            None => Origin::Igp,
            Some(name) => [Origin::Igp, Origin::Egp, Origin::Incomplete]
                .into_iter()
                .find(|o| o.name() == name.get_ref())
                .ok_or_else(|| self.bad(name, format!("{:?} is not an origin", name.get_ref())))?,
        };
        let own = match prefix {
            IpNet::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpNet::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let hop = match &route.next_hop {
            Some(hop) if hop.get_ref().is_ipv4() != own.is_ipv4() => {
                let message = "the next hop and the prefix are of different families";
                return Err(self.bad(hop, message));
            }
            hop => hop.as_ref().map_or(own, |h| *h.get_ref()),
        };
        let mut attrs = AttributeSet::new(origin, NextHop::from(hop));
        if let Some(zero) = route.as_path.iter().find(|asn| *asn.get_ref() == 0) {
            return Err(self.bad(zero, "AS 0 has no place in an AS path"));
        }
        attrs.as_path = route.as_path.iter().map(|asn| Asn(*asn.get_ref())).collect();
        attrs.med = route.med;
        attrs.local_pref = route.local_pref;
        attrs.communities = self.parsed(&route.communities)?;
        attrs.large_communities = self.parsed(&route.large_communities)?;
        Ok(LocalRoute { prefix, attrs })
    }

    pub(super) fn no_host_bits(&self, prefix: &Spanned<IpNet>) -> Result<(), BadInput> {
        let given = *prefix.get_ref();
        if given.trunc() == given {
            return Ok(());
        }
        let message = format!("{given} has host bits that are not zero");
        Err(self.bad(prefix, message).help(format!("did you mean {}?", given.trunc())))
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
