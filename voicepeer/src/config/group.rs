//! `[group.NAME]`: what peers have in common.

use super::Reader;
use super::file::{self, File};
use super::levels::Levels;
use crate::diagnostic::BadInput;
use toml::Spanned;

impl Reader<'_> {
    /// The tables that hold for a peer: its own, and that of the group it names.
    pub(super) fn levels<'a>(
        &self,
        peer: &'a file::Peer,
        file: &'a File,
    ) -> Result<Levels<'a, file::Peer>, BadInput> {
        let group = peer.group.as_ref().map(|name| self.group(name, file)).transpose()?;
        Ok(Levels([Some(peer), group, None]))
    }

    /// The group of that name.
    pub(super) fn group<'a>(
        &self,
        name: &Spanned<String>,
        file: &'a File,
    ) -> Result<&'a file::Peer, BadInput> {
        file.group.get(name.get_ref()).ok_or_else(|| {
            let known: Vec<&str> = file.group.keys().map(String::as_str).collect();
            let there = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("no group is called {:?}", name.get_ref());
            self.bad(name, message).help(format!("there is: {there}"))
        })
    }

    /// No group has what is one peer's alone.
    pub(super) fn groups(&self, file: &File) -> Result<(), BadInput> {
        for group in file.group.values() {
            if let Some(name) = &group.name {
                return Err(self.bad(name, "a name is one peer's, not a group's"));
            }
            if let Some(address) = &group.address {
                return Err(self.bad(address, "an address is one peer's, not a group's"));
            }
            if let Some(name) = &group.group {
                return Err(self.bad(name, "a group has no group of its own"));
            }
            if let Some(connection) = &group.connection {
                return Err(self.bad(connection, "a plan's connection is one peer's, not a group's"));
            }
        }
        Ok(())
    }
}
