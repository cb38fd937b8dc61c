//! Refreshes that a peer asked for, with a beginning and an end (RFC 7313 section 4).

use bgp_wire::{Family, FamilySet, RouteRefresh};

/// What of the refreshes towards one peer is still to be marked.
#[derive(Default, Debug)]
pub(crate) struct Refreshes {
    /// Those whose beginning is to be told.
    begin: FamilySet,
    /// Those whose end is to be told once nothing waits any more.
    end: FamilySet,
    /// Whether all that the peer was to have at first was sent, the End-of-RIB markers with it.
    initial_sent: bool,
    /// Markers handed out since [`Refreshes::take_written`].
    written: u64,
}

impl Refreshes {
    /// The peer asked for `family` again. Before our End-of-RIB markers a refresh has none of its own.
    pub(crate) fn ask(&mut self, family: Family) {
        if self.initial_sent {
            self.begin = self.begin.with(family);
        }
    }

    /// The beginning to be told before anything else.
    pub(crate) fn begins(&mut self) -> Option<RouteRefresh> {
        let family = self.begin.iter().next()?;
        self.begin = without(self.begin, family);
        self.end = self.end.with(family);
        self.written = self.written.saturating_add(1);
        Some(RouteRefresh::begin(family.afi_safi()))
    }

    /// Nothing waits to be sent: an end that can be told now.
    pub(crate) fn drained(&mut self) -> Option<RouteRefresh> {
        self.initial_sent = true;
        let family = self.end.iter().next()?;
        self.end = without(self.end, family);
        self.written = self.written.saturating_add(1);
        Some(RouteRefresh::end(family.afi_safi()))
    }

    /// How many markers there were since this was asked last.
    pub(crate) fn take_written(&mut self) -> u64 {
        std::mem::take(&mut self.written)
    }
}

fn without(families: FamilySet, family: Family) -> FamilySet {
    families.iter().filter(|f| *f != family).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Family::{Ipv4Unicast as V4, Ipv6Unicast as V6};

    fn words(refreshes: &mut Refreshes) -> Vec<String> {
        let begins = std::iter::from_fn(|| refreshes.begins()).collect::<Vec<_>>();
        let ends = std::iter::from_fn(|| refreshes.drained());
        begins.into_iter().chain(ends).map(|marker| marker.to_string()).collect()
    }

    #[test]
    fn each_begins_before_and_ends_after_what_waits() {
        let mut refreshes = Refreshes::default();
        refreshes.ask(V4);
        assert!(words(&mut refreshes).is_empty(), "no marker before End-of-RIB");
        refreshes.ask(V4);
        refreshes.ask(V6);
        refreshes.ask(V4);
        let want = ["begin ipv4-unicast", "begin ipv6-unicast", "end ipv4-unicast", "end ipv6-unicast"];
        assert_eq!(words(&mut refreshes), want);
        assert_eq!((refreshes.take_written(), refreshes.take_written()), (4, 0));
    }

    #[test]
    fn one_asked_again_meanwhile_begins_again_and_ends_once() {
        let mut refreshes = Refreshes::default();
        assert_eq!(refreshes.drained(), None);
        refreshes.ask(V4);
        assert!(refreshes.begins().is_some());
        refreshes.ask(V4);
        assert_eq!(words(&mut refreshes), ["begin ipv4-unicast", "end ipv4-unicast"]);
    }
}
