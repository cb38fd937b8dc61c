//! `[[dynamic]]`: peers that nobody named.

use super::Reader;
use super::file::{self, File};
use super::levels::Levels;
use super::peer::is_link_local;
use crate::diagnostic::BadInput;
use bgp_speaker::{DynamicPeers, PeerConfig};

/// As many as there may be where the file does not say.
const LIMIT: u16 = 100;

impl Reader<'_> {
    pub(super) fn dynamic(&self, dynamic: &file::Dynamic, file: &File) -> Result<DynamicPeers, BadInput> {
        let prefix = *dynamic.prefix.get_ref();
        if prefix.trunc() != prefix {
            let message = format!("{prefix} has host bits that are not zero");
            let help = format!("did you mean {}?", prefix.trunc());
            return Err(self.bad(&dynamic.prefix, message).help(help));
        }
        let limit = match &dynamic.limit {
            Some(limit) if *limit.get_ref() == 0 => {
                return Err(self.bad(limit, "a limit of 0 lets nobody in"));
            }
            limit => limit.as_ref().map_or(LIMIT, |limit| *limit.get_ref()),
        };
        let group = self.group(&dynamic.group, file)?;
        let peer = Levels([Some(group), None, None]);
        let asn = peer.get(|p| &p.asn).ok_or_else(|| {
            self.bad(&dynamic.group, "the group of dynamic peers names no asn").help("give the group an asn")
        })?;
        if peer.within(|p| &p.bfd).is_some() {
            return Err(self
                .bad(&dynamic.group, "dynamic peers have no BFD")
                .help("take bfd out of the group"));
        }
        let mut template = PeerConfig::new(dynamic.group.get_ref(), prefix.addr(), self.asn(asn)?);
        template.group = Some(dynamic.group.get_ref().clone());
        self.options(peer, file, &mut template)?;
        if is_link_local(prefix.addr()) && template.tcp.interface.is_none() {
            return Err(self
                .bad(&dynamic.prefix, "link-local addresses are of an interface, and the group names none")
                .help("give the group an interface; each interface takes a table and a group of its own"));
        }
        Ok(DynamicPeers { prefix, limit, template })
    }
}
