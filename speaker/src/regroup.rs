//! A peer that is told something else from now on, in the middle of its session, moves to another update group.

use crate::core::Core;
use crate::egress::Marks;
use crate::export::Towards;
use crate::groups::{GroupId, ToldPath};
use bgp_rib::{Net, PeerId};
use bgp_wire::{Family, Fit, PathNlri, UpdateWriter};
use std::collections::BTreeSet;

impl Core {
    /// Moves a peer that has been sent all that waited to the group of those that are told the same as it is from now
    /// on; whether it has moved. What the other group told it is remembered until the new one has told all it has.
    pub(crate) fn regroup(&mut self, id: PeerId) -> bool {
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return false };
        let Some(up) = peer.up.as_mut().filter(|up| up.regroups) else { return false };
        up.regroups = false;
        let (group, session, exchange) = (up.group, up.session, up.exchange.clone());
        let towards = Towards::new(&session, &peer.config, Marks::new(peer, &exchange));
        let (groups, n) = (&mut self.changes.groups, &exchange.negotiated);
        let had = groups.told(group, id, &self.rib);
        groups.leave(group, id);
        let group_now = groups.join(id, peer.config.asn, n, towards, &self.rib, self.config.seed);
        if group != GroupId::NONE {
            groups.has_ended(group_now, id);
        }
        if let Some(up) = &mut peer.up {
            up.group = group_now;
            up.left_behind = had.iter().map(key).collect();
        }
        true
    }

    /// Withdraws what the group that a peer came from told it and the new one did not, once that has told all; returns
    /// how many UPDATEs that takes.
    pub(crate) fn withdraw_left_behind(&mut self, id: PeerId, buf: &mut Vec<u8>) -> u64 {
        let Some(up) = self.peers.get_mut(id.0 as usize).and_then(|peer| peer.up.as_mut()) else { return 0 };
        if up.left_behind.is_empty() {
            return 0;
        }
        let left: BTreeSet<(Net, u32)> = std::mem::take(&mut up.left_behind);
        let told = self.changes.groups.told(up.group, id, &self.rib);
        let told: BTreeSet<_> = told.iter().map(key).collect();
        let mut messages = 0;
        for family in Family::UNICAST {
            let gone = left.difference(&told).filter(|(net, _)| net.family() == family);
            let mut gone = gone.map(|(net, path_id)| PathNlri { path_id: *path_id, prefix: net.prefix() }).peekable();
            while gone.peek().is_some() {
                let mut writer = UpdateWriter::withdraw(buf, &up.exchange.negotiated, family);
                while gone.next_if(|nlri| writer.push(nlri) == Fit::Added).is_some() {}
                if writer.finish() == 0 {
                    break;
                }
                messages += 1;
            }
        }
        messages
    }
}

fn key(told: &ToldPath) -> (Net, u32) {
    (told.net, told.path_id)
}
