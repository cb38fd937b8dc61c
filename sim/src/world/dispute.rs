//! Nets that move for ever, because policies are in dispute over them.

use super::World;
use crate::model;
use crate::record::{Message, Seen};
use bgp_rib::Net;
use bgp_speaker::What;
use std::collections::BTreeSet;
use std::time::Duration;

/// What has moved for so long moves still.
const LATELY: Duration = Duration::from_secs(10);

impl World {
    /// Takes back every net that still moves and over which the model proves policies in dispute: nothing else can
    /// bring it to rest. Returns how many there were.
    pub fn end_disputes(&mut self) -> usize {
        let mut ended = 0;
        for net in self.moving() {
            if let Some(dispute) = model::dispute(self, net) {
                self.record(None, None, Seen::Dispute(net, dispute));
                for speaker in self.speakers.ids() {
                    self.retract(speaker, net.prefix());
                }
                ended += 1;
            }
        }
        ended
    }

    /// The nets that moved lately.
    fn moving(&self) -> BTreeSet<Net> {
        let since = self.now().saturating_sub(LATELY);
        let lately = self.records.iter().rev().take_while(|record| record.at >= since);
        let mut nets = BTreeSet::new();
        for record in lately {
            match &record.what {
                Seen::Told(What::Best { net, .. }) => _ = nets.insert(*net),
                Seen::Sends(_, Message::Update(withdrawn, announced)) => {
                    nets.extend(withdrawn.iter().chain(announced));
                }
                _ => {}
            }
        }
        nets
    }
}
