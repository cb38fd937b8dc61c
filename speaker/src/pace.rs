//! The least time between two advertisements to one peer (MinRouteAdvertisementIntervalTimer, RFC 4271 section 9.2.1.1).

use std::time::{Duration, Instant};

/// When a peer may be sent UPDATEs: all that waits, and then nothing for a while, in which what changes is gathered.
///
/// The interval is kept by peer, as the RFC allows; it is over after three quarters of it at the earliest (section 10).
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    jitter: u64,
    /// When the interval of what was written is over, where that was not all that waited.
    over: Option<Instant>,
    /// Whether nothing was left when it was last looked.
    drained: bool,
    /// Nothing leaves before.
    until: Option<Instant>,
}

impl Pace {
    pub(crate) const fn new(interval: Duration, seed: u64) -> Self {
        Self { interval, jitter: seed, over: None, drained: false, until: None }
    }

    /// When the peer may be sent something again; `None` is now.
    pub(crate) const fn deadline(&self) -> Option<Instant> {
        self.until
    }

    /// So many messages were taken to be sent; `None` where nothing waited.
    pub(crate) fn taken(&mut self, messages: Option<u64>) {
        self.drained = messages.is_none();
        if self.drained && self.over.is_some() {
            self.until = self.over.take();
        }
    }

    /// What was taken was written.
    pub(crate) fn written(&mut self, now: Instant) {
        let over = self.interval_from(now);
        *(if self.drained { &mut self.until } else { &mut self.over }) = over;
    }

    /// Time has passed.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.until.take_if(|at| *at <= now);
        self.over.take_if(|at| *at <= now);
    }

    /// When the interval is over that begins now.
    fn interval_from(&mut self, now: Instant) -> Option<Instant> {
        if self.interval.is_zero() {
            return None;
        }
        self.jitter = self.jitter.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let steps = u32::try_from(self.jitter >> 56).unwrap_or_default();
        let less = self.interval.checked_div(1024).unwrap_or_default().saturating_mul(steps);
        now.checked_add(self.interval.saturating_sub(less))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PeerConfig;
    use crate::testing::{Rig, peer};

    const NETS: [&str; 2] = ["198.51.100.0/24", "203.0.113.0/24"];

    #[test]
    fn what_changes_in_the_interval_leaves_together_and_once() {
        let interval = Duration::from_secs(30);
        let mut rig = Rig::new();
        let from = rig.establish(peer(1), &[]);
        let to = rig.establish(PeerConfig { advertisement_interval: interval, ..peer(2) }, &[]);
        let other = rig.establish(peer(3), &[]);
        assert_eq!(rig.sent(to), ["end of ipv4-unicast"], "at once");
        rig.sent(other);
        rig.announce(from, &NETS[..1]);
        rig.announce(from, &NETS[1..]);
        rig.withdraw(from, &NETS[..1]);
        rig.announce_with(from, &NETS[1..], |set| set.med = Some(9));
        assert_eq!(rig.sent(other).len(), 1, "others do not wait");
        assert_eq!(rig.sent(to), [] as [&str; 0]);
        assert!(rig.engine.peer_status(to).unwrap().paced);
        rig.pass(Duration::from_secs(22));
        assert_eq!(rig.sent(to), [] as [&str; 0], "three quarters of the interval at least");
        rig.pass(Duration::from_secs(8));
        assert_eq!(rig.sent(to), [NETS[1]]);
        assert_eq!(rig.sent(other), [] as [&str; 0]);
        // Nothing changed: what comes later goes at once.
        rig.pass(Duration::from_secs(31));
        assert!(!rig.engine.peer_status(to).unwrap().paced);
        rig.announce(from, &NETS[..1]);
        assert_eq!(rig.sent(to), [NETS[0]]);
    }

    /// (what is taken and written, whether the interval runs then)
    #[test]
    fn the_interval_begins_when_all_has_left() {
        #[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
        let now = Instant::now();
        for (taken, want) in [
            // Messages taken; 99 stands for written.
            (&[0u64][..], false),
            (&[3, 99], false),
            (&[3, 99, 0], true),
            (&[3, 0, 99], true),
            (&[3, 0, 99, 2, 0, 99], true),
            (&[3, 99, 3, 99], false),
        ] {
            let mut pace = Pace::new(Duration::from_secs(30), 7);
            for step in taken {
                match *step {
                    99 => pace.written(now),
                    messages => pace.taken(Some(messages).filter(|messages| *messages > 0)),
                }
            }
            assert_eq!(pace.deadline().is_some(), want, "{taken:?}");
            pace.expire(now + Duration::from_secs(30));
            assert_eq!(pace.deadline(), None);
        }
        // What was written long ago holds nothing back, and is not due again when its time is over.
        let mut late = Pace::new(Duration::from_secs(30), 7);
        late.taken(Some(3));
        late.written(now);
        late.expire(now + Duration::from_secs(30));
        late.taken(None);
        assert_eq!(late.deadline(), None);
        let mut none = Pace::new(Duration::ZERO, 7);
        none.taken(None);
        none.written(now);
        assert_eq!(none.deadline(), None);
    }
}
