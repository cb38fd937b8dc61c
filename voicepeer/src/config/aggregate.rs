//! `[[aggregate]]`

use super::Reader;
use super::file::File;
use crate::diagnostic::BadInput;
use bgp_speaker::Aggregate;
use ipnet::IpNet;
use serde::Deserialize;
use toml::Spanned;

/// `[[aggregate]]`
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct AggregateTable {
    prefix: Spanned<IpNet>,
    #[serde(default)]
    summary_only: bool,
    #[serde(default)]
    as_set: bool,
}

impl Reader<'_> {
    pub(super) fn aggregates(&self, file: &File) -> Result<Vec<Aggregate>, BadInput> {
        let tables = file.aggregate.iter().enumerate();
        let one = |(i, table): (usize, &AggregateTable)| {
            let prefix = *table.prefix.get_ref();
            self.no_host_bits(&table.prefix)?;
            if file.aggregate.iter().take(i).any(|earlier| *earlier.prefix.get_ref() == prefix) {
                return Err(self.bad(&table.prefix, format!("two aggregates have the prefix {prefix}")));
            }
            let AggregateTable { summary_only, as_set, .. } = *table;
            Ok(Aggregate { prefix, summary_only, as_set })
        };
        tables.map(one).collect()
    }
}
