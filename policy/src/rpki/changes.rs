//! What is different between two sets of VRPs, and whom it concerns.

use super::vrp::Vrp;
use super::vrp_set::VrpSet;
use ipnet::IpNet;

/// What came and what went between two sets of VRPs. A route's state can have changed only where [`VrpChanges::affects`] its
/// prefix (RFC 6811 section 4 asks that such routes be looked at again).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VrpChanges {
    added: VrpSet,
    removed: VrpSet,
}

impl VrpChanges {
    /// Of what came and what went.
    pub fn new(added: impl IntoIterator<Item = Vrp>, removed: impl IntoIterator<Item = Vrp>) -> Self {
        Self { added: added.into_iter().collect(), removed: removed.into_iter().collect() }
    }

    pub(super) fn has_removed(&self, vrp: &Vrp) -> bool {
        self.removed.contains(vrp)
    }

    /// The VRPs that are new.
    pub fn added(&self) -> &[Vrp] {
        self.added.vrps()
    }

    /// The VRPs that are gone.
    pub fn removed(&self) -> &[Vrp] {
        self.removed.vrps()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Whether a VRP came or went that covers `prefix`.
    pub fn affects(&self, prefix: &IpNet) -> bool {
        self.added.covering(prefix).chain(self.removed.covering(prefix)).next().is_some()
    }

    /// The prefixes whose routes, and the routes within, have to be looked at again: none of them contains another.
    pub fn prefixes(&self) -> Vec<IpNet> {
        let mut all: Vec<_> = self.added().iter().chain(self.removed()).map(Vrp::prefix).collect();
        all.sort_unstable();
        // What contains others sorts before them.
        all.dedup_by(|next, kept| kept.contains(&*next));
        all
    }
}

#[cfg(test)]
mod tests {
    use crate::rpki::vrp_set::tests::set;

    /// (VRPs before, VRPs after, prefixes, those affected, those not).
    #[test]
    fn what_has_to_be_looked_at_again() {
        for (before, after, prefixes, affected, not) in [
            (&[][..], &[][..], &[][..], &[][..], &["198.51.100.0/24"][..]),
            (&["198.51.100.0/24 24 1"], &["198.51.100.0/24 24 1"], &[], &[], &["198.51.100.0/24"]),
            (
                &["198.51.100.0/24 24 1"],
                &["198.51.100.0/24 25 1"],
                &["198.51.100.0/24"],
                &["198.51.100.0/24", "198.51.100.128/25", "198.51.100.1/32"],
                &["198.51.0.0/16", "198.51.101.0/24", "::/0"],
            ),
            (
                &["198.51.100.0/25 25 1", "2001:db8::/32 48 1"],
                &["198.51.100.0/24 25 1", "2001:db8::/32 48 2"],
                &["198.51.100.0/24", "2001:db8::/32"],
                &["198.51.100.0/24", "198.51.100.0/25", "2001:db8::/48"],
                &["198.51.0.0/16", "2001:db8::/31"],
            ),
            (
                &["198.51.100.0/25 25 1"],
                &["198.51.100.0/25 25 1", "198.51.100.128/25 25 1"],
                &["198.51.100.128/25"],
                &["198.51.100.128/26"],
                &["198.51.100.0/24", "198.51.100.0/25"],
            ),
        ] {
            let changes = set(before).changes(&set(after));
            let found: Vec<_> = changes.prefixes().iter().map(ToString::to_string).collect();
            assert_eq!(found, prefixes, "{before:?} to {after:?}");
            for (list, want) in [(affected, true), (not, false)] {
                for prefix in list {
                    assert_eq!(
                        changes.affects(&prefix.parse().unwrap()),
                        want,
                        "{prefix}: {before:?} to {after:?}"
                    );
                }
            }
        }
    }
}
