//! The packets of a capture, by session and direction: how late each is.

use super::grid::{Delay, Grid, Timers};
use bfd::{Control, State};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// More are not told apart: they would be somebody's noise, and every one takes memory.
const MOST: usize = 4096;

/// Who sends to whom, and as which session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    pub(super) discriminator: NonZeroU32,
}

/// One direction of one session.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) key: Key,
    pub(super) grid: Grid,
    pub(super) detect_mult: u8,
    /// Between the first packet and the last.
    pub(super) first: Duration,
    pub(super) last: Duration,
    /// How often the sender was no longer Up.
    pub(super) downs: u64,
    /// Whether the receiver's own wishes were seen.
    pub(super) heard: bool,
    /// The shortest interval at which it wishes to receive; zero if it asks for no periodic packets.
    wish: Duration,
    /// The last packet, if it says Up: when it came and the interval agreed then.
    up: Option<(Duration, Duration)>,
}

/// All of them, in the order of their first packets.
#[derive(Debug)]
pub(super) struct AllSeries {
    timers: Timers,
    index: HashMap<Key, usize>,
    pub(super) all: Vec<Series>,
    /// Packets of sessions beyond [`MOST`].
    pub(super) beyond: u64,
}

impl AllSeries {
    pub(super) fn new(timers: Timers) -> Self {
        Self { timers, index: HashMap::new(), all: Vec::new(), beyond: 0 }
    }

    /// A packet that arrived at `at`, since 1970.
    pub(super) fn packet(&mut self, from: IpAddr, to: IpAddr, at: Duration, control: &Control) {
        let back = control.your_discriminator.map(|discriminator| Key { from: to, to: from, discriminator });
        let receiver = back.and_then(|key| self.index.get(&key)).and_then(|index| self.all.get(*index));
        let wish = receiver.map(|receiver| receiver.wish);
        let key = Key { from, to, discriminator: control.my_discriminator };
        match self.series(key, at) {
            Some(series) => series.packet(at, control, wish),
            None => self.beyond += 1,
        }
    }

    fn series(&mut self, key: Key, at: Duration) -> Option<&mut Series> {
        let index = match self.index.get(&key) {
            Some(index) => *index,
            None if self.all.len() >= MOST => return None,
            None => {
                self.index.insert(key, self.all.len());
                self.all.push(Series::new(key, at, &self.timers));
                self.all.len() - 1
            }
        };
        self.all.get_mut(index)
    }
}

impl Series {
    fn new(key: Key, at: Duration, timers: &Timers) -> Self {
        Self {
            key,
            grid: Grid::new(timers),
            detect_mult: 0,
            first: at,
            last: at,
            downs: 0,
            heard: false,
            wish: Duration::ZERO,
            up: None,
        }
    }

    /// Counts the packet's delay, where it follows another while the session was Up. `wish` is the receiver's,
    /// where that was seen.
    fn packet(&mut self, at: Duration, control: &Control, wish: Option<Duration>) {
        self.heard |= wish.is_some();
        self.detect_mult = control.detect_mult.get();
        self.wish = if control.demand { Duration::ZERO } else { control.required_min_rx };
        let before = self.up.take();
        if control.state != State::Up {
            self.downs += u64::from(before.is_some());
        } else if wish.is_none_or(|wish| !wish.is_zero()) {
            let interval = control.desired_min_tx.max(wish.unwrap_or_default());
            self.up = Some((at, interval));
            // A capture whose clock was set back tells nothing of this gap.
            if let Some((last, agreed)) = before.filter(|(last, _)| *last <= at) {
                let late = at.saturating_sub(last).saturating_sub(agreed);
                self.grid.add(&Delay { least: late, most: late, interval: agreed, count: 1 });
            }
        }
        self.last = self.last.max(at);
        self.first = self.first.min(at);
    }
}

#[cfg(test)]
mod tests {
    use super::{AllSeries, MOST, Timers};
    use bfd::{Control, Diag, State};
    use std::net::IpAddr;
    use std::num::{NonZeroU8, NonZeroU32};
    use std::time::Duration;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn control(state: State, my: u32, your: u32, tx: u64, rx: u64) -> Control {
        Control {
            diag: Diag::NONE,
            state,
            poll: false,
            final_: false,
            control_plane_independent: false,
            demand: false,
            detect_mult: NonZeroU8::new(3).unwrap(),
            my_discriminator: NonZeroU32::new(my).unwrap(),
            your_discriminator: NonZeroU32::new(your),
            desired_min_tx: ms(tx),
            required_min_rx: ms(rx),
            required_min_echo_rx: Duration::ZERO,
        }
    }

    fn ends() -> (IpAddr, IpAddr) {
        ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap())
    }

    fn new() -> AllSeries {
        AllSeries::new(Timers { intervals: vec![ms(50)], multipliers: vec![3] })
    }

    #[test]
    fn delays_are_counted_while_the_sender_is_up() {
        let (mut all, (a, b)) = (new(), ends());
        for (at, state) in [
            (0, State::Init),
            (40, State::Up),
            (90, State::Up),
            (240, State::Up),
            (250, State::Down),
            (1250, State::Init),
            (1300, State::Up),
            (1310, State::Up),
            // The clock was set back.
            (1200, State::Up),
            (1250, State::Up),
        ] {
            all.packet(a, b, ms(at), &control(state, 1, 2, 50, 50));
        }
        let [series] = &all.all[..] else { panic!() };
        assert_eq!((series.grid.packets(), series.grid.longest_delay(), series.downs), (4, ms(100), 1));
        assert_eq!((series.first, series.last, series.detect_mult), (ms(0), ms(1310), 3));
        assert_eq!(series.grid.observed(), Some((ms(50), ms(50))));
        assert!(!series.heard);
    }

    #[test]
    fn the_receivers_wish_counts_where_it_is_slower() {
        let (mut all, (a, b)) = (new(), ends());
        all.packet(b, a, ms(0), &control(State::Up, 2, 1, 50, 200));
        for at in [10, 200] {
            all.packet(a, b, ms(at), &control(State::Up, 1, 2, 50, 50));
        }
        let series = &all.all[1];
        assert_eq!((series.grid.longest_delay(), series.heard), (ms(0), true));
        assert_eq!(series.grid.observed(), Some((ms(200), ms(200))));
        // A receiver that wants none is sent none in time.
        all.packet(b, a, ms(300), &control(State::Up, 2, 1, 50, 0));
        for at in [300, 9000] {
            all.packet(a, b, ms(at), &control(State::Up, 1, 2, 50, 50));
        }
        assert_eq!(all.all[1].grid.packets(), 1);
    }

    #[test]
    fn noise_does_not_take_all_memory() {
        let (mut all, (a, b)) = (new(), ends());
        for my in 1..=MOST + 7 {
            all.packet(a, b, ms(0), &control(State::Up, u32::try_from(my).unwrap(), 0, 50, 50));
        }
        assert_eq!((all.all.len(), all.beyond), (MOST, 7));
    }
}
