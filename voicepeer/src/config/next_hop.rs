//! `[[next_hop]]`

use super::Reader;
use super::file::File;
use crate::diagnostic::BadInput;
use bgp_speaker::Reach;
use serde::Deserialize;
use std::net::IpAddr;
use toml::Spanned;

/// `[[next_hop]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct NextHopTable {
    address: Spanned<IpAddr>,
    cost: Option<Spanned<u32>>,
    #[serde(default)]
    unreachable: bool,
}

impl Reader<'_> {
    pub(super) fn next_hops(&self, file: &File) -> Result<Vec<(IpAddr, Reach)>, BadInput> {
        let one = |(i, table): (usize, &NextHopTable)| {
            let address = *table.address.get_ref();
            if file.next_hop.iter().take(i).any(|earlier| *earlier.address.get_ref() == address) {
                return Err(self.bad(&table.address, format!("two next hops have the address {address}")));
            }
            match (&table.cost, table.unreachable) {
                (Some(cost), true) => Err(self.bad(cost, "a next hop that is unreachable has no cost")),
                (_, true) => Ok((address, Reach::Unreachable)),
                (cost, false) => Ok((address, Reach::Cost(cost.as_ref().map_or(0, |cost| *cost.get_ref())))),
            }
        };
        file.next_hop.iter().enumerate().map(one).collect()
    }
}
