//! One family of an Adj-RIB-Out: what the peer has, and what it shall have.

use crate::attrs::AttrSet;
use crate::groups::{Age, Group, Groups};
use crate::net::{Key, Net};
use crate::table::Table;
use alloc::vec::Vec;
use bgp_wire::{Family, Fit, Negotiated, PathNlri, TooLong, UpdateWriter};

/// One net. It is here while the peer has it or is still to get it.
#[derive(Default)]
struct Entry {
    /// What the peer was sent last.
    sent: Option<AttrSet>,
    /// The group in which the net waits, if it does, and its position there.
    waits_in: Option<Age>,
    position: u32,
    /// Whether the peer asked for it again, so that it is sent even where nothing changed.
    again: bool,
}

pub(crate) struct Outbound<K> {
    family: Family,
    nets: Table<K, Entry>,
    groups: Groups,
    /// The newest group that goes before the End-of-RIB marker.
    end_of_rib: Option<Age>,
    advertised: usize,
    unsendable: u64,
}

impl<K: Key> Outbound<K> {
    pub(crate) fn new(family: Family, seed: u64) -> Self {
        let (nets, groups) = (Table::new(seed), Groups::new(seed));
        Self { family, nets, groups, end_of_rib: None, advertised: 0, unsendable: 0 }
    }

    /// The peer shall have `key` with `attrs`, or not at all.
    pub(crate) fn offer(&mut self, key: K, attrs: Option<&AttrSet>) {
        let at = match attrs {
            Some(_) => self.nets.find_or_insert(key, Entry::default),
            None => match self.nets.find(key) {
                Some(at) => at,
                None => return,
            },
        };
        let Some((_, entry)) = self.nets.get(at) else { return };
        let waiting = entry.waits_in.and_then(|age| self.groups.get(age));
        if waiting.is_some_and(|group| group.attrs.as_ref() == attrs) {
            return;
        }
        let settled = entry.sent.as_ref() == attrs && !entry.again;
        self.leave_group(at);
        if !settled {
            self.join_group(at, attrs);
        } else if attrs.is_none() {
            self.nets.remove(at);
        }
    }

    /// Everything the peer has is to be sent again.
    pub(crate) fn refresh(&mut self) {
        for at in self.nets.places() {
            let Some((_, entry)) = self.nets.get_mut(at) else { continue };
            entry.again = entry.sent.is_some();
            if let (Some(sent), None) = (entry.sent.clone(), entry.waits_in) {
                self.join_group(at, Some(&sent));
            }
        }
    }

    /// End-of-RIB follows what waits now.
    pub(crate) fn end_of_rib(&mut self) {
        self.end_of_rib = Some(self.groups.newest());
    }

    /// Appends the next UPDATE; `false` where there is none.
    pub(crate) fn poll_transmit(&mut self, n: &Negotiated, buf: &mut Vec<u8>) -> bool {
        loop {
            if self.end_of_rib.take_if(|newest| !self.groups.any_up_to(*newest)).is_some() {
                UpdateWriter::end_of_rib(buf, n, self.family);
                return true;
            }
            let Some((age, mut group)) = self.groups.pop_first() else { return false };
            if self.transmit(&mut group, n, buf) {
                self.groups.put_back(age, group);
                return true;
            }
            self.give_up(group);
        }
    }

    /// Moves nets of the group into a message until one or the other has no more; `false` where not even
    /// one fits.
    fn transmit(&mut self, group: &mut Group, n: &Negotiated, buf: &mut Vec<u8>) -> bool {
        let mut writer = match &group.attrs {
            None => UpdateWriter::withdraw(buf, n, self.family),
            Some(attrs) => match UpdateWriter::announce(buf, n, self.family, attrs) {
                Ok(writer) => writer,
                Err(TooLong) => return false,
            },
        };
        while let Some(&at) = group.nets.last() {
            let Some((key, _)) = self.nets.get(at) else { break };
            if writer.push(&PathNlri { path_id: 0, prefix: key.net().prefix() }) == Fit::Full {
                break;
            }
            group.nets.pop();
            self.sent(at, group.attrs.as_ref());
        }
        writer.finish() > 0
    }

    /// Notes that the peer was sent `attrs` for a net, or its withdrawal.
    fn sent(&mut self, at: u32, attrs: Option<&AttrSet>) {
        let Some((_, entry)) = self.nets.get_mut(at) else { return };
        self.advertised = self.advertised.saturating_sub(usize::from(entry.sent.is_some()));
        if attrs.is_none() {
            self.nets.remove(at);
            return;
        }
        *entry = Entry { sent: attrs.cloned(), ..Entry::default() };
        self.advertised = self.advertised.saturating_add(1);
    }

    /// The attributes do not fit a message to this peer: it must not keep what it had.
    fn give_up(&mut self, group: Group) {
        let announces = group.attrs.is_some();
        for at in group.nets {
            self.unsendable = self.unsendable.saturating_add(1);
            match self.nets.get(at) {
                Some((_, Entry { sent: Some(_), .. })) if announces => self.join_group(at, None),
                _ => self.sent(at, None),
            }
        }
    }

    fn join_group(&mut self, at: u32, attrs: Option<&AttrSet>) {
        let (age, position) = self.groups.insert(attrs, at);
        if let Some((_, entry)) = self.nets.get_mut(at) {
            (entry.waits_in, entry.position) = (Some(age), position);
        }
    }

    fn leave_group(&mut self, at: u32) {
        let Some((_, entry)) = self.nets.get_mut(at) else { return };
        let Some(age) = entry.waits_in.take() else { return };
        let position = entry.position;
        if let Some((_, moved)) = self.groups.remove(age, position).and_then(|moved| self.nets.get_mut(moved))
        {
            moved.position = position;
        }
    }

    /// What the peer has.
    pub(crate) fn advertised(&self) -> impl Iterator<Item = (Net, &AttrSet)> {
        self.nets.iter().filter_map(|(key, entry)| Some((key.net(), entry.sent.as_ref()?)))
    }

    pub(crate) fn advertised_len(&self) -> usize {
        self.advertised
    }

    pub(crate) fn pending_len(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn unsendable(&self) -> u64 {
        self.unsendable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::{Ipv4Net, Ipv6Net};

    /// What a net costs in each Adj-RIB-Out, besides five octets of index.
    #[test]
    fn a_net_costs_tens_of_octets() {
        assert_eq!(size_of::<Option<(Ipv4Net, Entry)>>(), 32);
        assert_eq!(size_of::<Option<(Ipv6Net, Entry)>>(), 48);
    }
}
