//! `[speaker.confederation]`, `[decision]`, and how a peer's routes are taken and told.

use super::Reader;
use super::file::{self, File};
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{Confederation, DecisionOptions, Multipath, PeerRouting, ToldNextHop};
use bgp_wire::Asn;
use serde::Deserialize;
use std::net::Ipv4Addr;
use std::num::NonZeroU16;
use toml::Spanned;

/// `[speaker.confederation]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfederationTable {
    id: Spanned<u32>,
    #[serde(default)]
    members: Vec<Spanned<u32>>,
}

/// `[decision]`
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DecisionTable {
    always_compare_med: bool,
    missing_med_is_worst: bool,
    multipath_external: Option<Spanned<u16>>,
    multipath_internal: Option<Spanned<u16>>,
    multipath_relax_as_path: bool,
}

impl Reader<'_> {
    pub(super) fn confederation(&self, file: &File) -> Result<Option<Confederation>, BadInput> {
        let Some(table) = &file.speaker.confederation else { return Ok(None) };
        let (id, own) = (self.asn(&table.id)?, Asn(*file.speaker.asn.get_ref()));
        for member in &table.members {
            let asn = self.asn(member)?;
            if asn == own || asn == id {
                let what = if asn == own { "speaker.asn, our own member" } else { "the id of the whole" };
                return Err(self.bad(member, format!("AS {asn} is {what}: members are the others")));
            }
        }
        Ok(Some(Confederation { id, members: table.members.iter().map(|asn| Asn(*asn.get_ref())).collect() }))
    }

    pub(super) fn cluster_id(&self, file: &File) -> Result<Option<Ipv4Addr>, BadInput> {
        match &file.speaker.cluster_id {
            Some(id) if id.get_ref().is_unspecified() => {
                Err(self.bad(id, "a cluster_id of 0.0.0.0 is not valid"))
            }
            id => Ok(id.as_ref().map(|id| *id.get_ref())),
        }
    }

    pub(super) fn decision(&self, table: &DecisionTable) -> Result<DecisionOptions, BadInput> {
        Ok(DecisionOptions {
            always_compare_med: table.always_compare_med,
            missing_med_is_worst: table.missing_med_is_worst,
            multipath: Multipath {
                external: self.paths(table.multipath_external.as_ref())?,
                internal: self.paths(table.multipath_internal.as_ref())?,
                relax_as_path: table.multipath_relax_as_path,
            },
            ..DecisionOptions::default()
        })
    }

    fn paths(&self, limit: Option<&Spanned<u16>>) -> Result<NonZeroU16, BadInput> {
        let Some(limit) = limit else { return Ok(NonZeroU16::MIN) };
        NonZeroU16::new(*limit.get_ref()).ok_or_else(|| self.bad(limit, "0 paths: the best is always one"))
    }

    /// `internal`: whether the peer is of our own AS.
    pub(super) fn routing(
        &self,
        peer: Levels<'_, file::Peer>,
        internal: bool,
    ) -> Result<PeerRouting, BadInput> {
        let usual = PeerRouting::default();
        let flag = |flag: Option<&Spanned<bool>>, allowed: bool, what: &str| match flag {
            Some(flag) if *flag.get_ref() && !allowed => Err(self.bad(flag, what)),
            flag => Ok(flag.is_some_and(|flag| *flag.get_ref())),
        };
        let client = "reflector_client is for internal peers: those of speaker.asn (RFC 4456)";
        let server = "route_server_client is for external peers (RFC 7947)";
        Ok(PeerRouting {
            weight: peer.get(|p| &p.weight).map_or(usual.weight, |weight| *weight.get_ref()),
            reflector_client: flag(peer.get(|p| &p.reflector_client), internal, client)?,
            route_server_client: flag(peer.get(|p| &p.route_server_client), !internal, server)?,
            own_asn_allowed: peer.get(|p| &p.own_asn_allowed).map_or(usual.own_asn_allowed, |n| *n.get_ref()),
            enforce_first_as: peer.get(|p| &p.enforce_first_as).copied().unwrap_or(usual.enforce_first_as),
            next_hop: self.told_next_hop(peer.get(|p| &p.next_hop))?,
            ..usual
        })
    }

    fn told_next_hop(&self, choice: Option<&Spanned<String>>) -> Result<ToldNextHop, BadInput> {
        match choice.map(|text| (text, text.get_ref().as_str())) {
            None | Some((_, "usual")) => Ok(ToldNextHop::Usual),
            Some((_, "self")) => Ok(ToldNextHop::Own),
            Some((_, "unchanged")) => Ok(ToldNextHop::Unchanged),
            Some((text, other)) => Err(self.bad(text, format!("{other:?} is not a choice of next hop"))),
        }
    }
}
