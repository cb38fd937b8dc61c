//! Where a session's label stacks end (RFC 8277 sections 2.1 to 2.4).

use crate::capability::Capability;
use crate::family::{AfiSafi, Family, FamilySet};
use crate::open::Open;
use core::fmt;

/// The label stacks of one family, in one direction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum LabelStack {
    /// Exactly one label, whatever its S bit: the Multiple Labels Capability was not exchanged (RFC 8277 section 2.2).
    One,
    /// So many labels at most, 2 to 255, of which the last has the S bit (RFC 8277 section 2.3). 255 is no limit.
    Several(u8),
    /// Nobody knows: the OPENs were not seen. The S bit ends a stack, and where none follows there is one label. What
    /// is withdrawn may have labels too, as it had under RFC 3107.
    AsTheyCome,
}

/// The label stacks of each family that has labels: labelled unicast and the prefixes of VPNs.
///
/// ```
/// use bgp_wire::{Family, LabelStack, LabelStacks};
/// let stacks = LabelStacks::ONE.with(Family::Ipv4Labelled, LabelStack::Several(3));
/// assert_eq!(stacks.of(Family::Ipv4Labelled), Some(LabelStack::Several(3)));
/// assert_eq!(stacks.of(Family::Ipv4Vpn), Some(LabelStack::One));
/// assert_eq!(stacks.of(Family::Ipv4Unicast), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LabelStacks([LabelStack; 4]);

impl LabelStacks {
    /// One label in every family: what is without the Multiple Labels Capability.
    pub const ONE: Self = Self([LabelStack::One; 4]);

    /// What is of a session whose OPENs were not seen.
    pub const AS_THEY_COME: Self = Self([LabelStack::AsTheyCome; 4]);

    /// These, with `stack` as that of `family`; a family without labels has none.
    ///
    /// Fewer than two are [`LabelStack::One`]: a count of 0 or 1 is passed over (RFC 8277 section 2.1).
    #[must_use]
    pub const fn with(self, family: Family, stack: LabelStack) -> Self {
        let stack = match stack {
            LabelStack::Several(0 | 1) => LabelStack::One,
            stack => stack,
        };
        let Self([mut labelled4, mut labelled6, mut vpn4, mut vpn6]) = self;
        match family {
            Family::Ipv4Labelled => labelled4 = stack,
            Family::Ipv6Labelled => labelled6 = stack,
            Family::Ipv4Vpn => vpn4 = stack,
            Family::Ipv6Vpn => vpn6 = stack,
            _ => {}
        }
        Self([labelled4, labelled6, vpn4, vpn6])
    }

    /// That of `family`; `None` where the family has no labels.
    pub const fn of(self, family: Family) -> Option<LabelStack> {
        let Self([labelled4, labelled6, vpn4, vpn6]) = self;
        match family {
            Family::Ipv4Labelled => Some(labelled4),
            Family::Ipv6Labelled => Some(labelled6),
            Family::Ipv4Vpn => Some(vpn4),
            Family::Ipv6Vpn => Some(vpn6),
            _ => None,
        }
    }

    /// The families that have labels, each with its stack.
    pub fn iter(self) -> impl Iterator<Item = (Family, LabelStack)> {
        Family::named().filter_map(move |family| Some((family, self.of(family)?)))
    }

    /// What the senders of two OPENs agreed on for what goes to the sender of `to`, whose count is the limit
    /// (RFC 8277 section 2.1).
    pub(crate) fn agreed(families: FamilySet, from: &Open<'_>, to: &Open<'_>) -> Self {
        families.iter().fold(Self::ONE, |stacks, family| {
            let pair = family.afi_safi();
            match (count(from, pair), count(to, pair)) {
                (Some(_), Some(most)) => stacks.with(family, LabelStack::Several(most)),
                _ => stacks,
            }
        })
    }
}

/// How many labels a prefix of `family` the sender of an OPEN can receive; `None` where it says nothing of it.
///
/// The first capability counts, and in it the first triple of a family; a count of 0 or 1 is passed over.
fn count(open: &Open<'_>, family: AfiSafi) -> Option<u8> {
    let mut capabilities = open.capabilities.iter();
    let counts = capabilities.find_map(|capability| match capability {
        Capability::MultipleLabels(counts) => Some(counts),
        _ => None,
    })?;
    counts.iter().find(|tuple| tuple.family == family).map(|tuple| tuple.count).filter(|count| *count > 1)
}

impl fmt::Debug for LabelStacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// What stands before the prefixes of one field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum LabelForm {
    /// One label, whatever its S bit.
    One,
    /// Labels up to the S bit.
    Several,
    /// The Compatibility field of what is withdrawn: three octets that say nothing.
    Compatibility,
    /// Labels up to the S bit; one, where none follows.
    Announced,
    /// The same, or, where it begins as a Compatibility field does, that. Also that of a family without labels.
    AsTheyCome,
}

impl LabelForm {
    /// That of MP_REACH_NLRI.
    pub(super) const fn announced(stacks: LabelStacks, family: Family) -> Self {
        match stacks.of(family) {
            Some(LabelStack::One) => Self::One,
            Some(LabelStack::Several(_)) => Self::Several,
            Some(LabelStack::AsTheyCome) => Self::Announced,
            None => Self::AsTheyCome,
        }
    }

    /// That of MP_UNREACH_NLRI: with several labels or one, a Compatibility field (RFC 8277 section 2.4).
    pub(super) const fn withdrawn(stacks: LabelStacks, family: Family) -> Self {
        match stacks.of(family) {
            Some(LabelStack::One | LabelStack::Several(_)) => Self::Compatibility,
            Some(LabelStack::AsTheyCome) | None => Self::AsTheyCome,
        }
    }
}

/// What may be written before the prefixes of one field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LabelRoom {
    pub(super) form: LabelForm,
    /// The most labels that a prefix can have.
    pub(super) most: u8,
}

impl LabelRoom {
    /// Room in a field whose direction and session are not known.
    pub(super) const ANY: Self = Self::of(LabelForm::AsTheyCome);

    /// Room for as many as can be written.
    pub(super) const fn of(form: LabelForm) -> Self {
        Self { form, most: u8::MAX }
    }

    /// In MP_REACH_NLRI.
    pub(crate) const fn announced(stacks: LabelStacks, family: Family) -> Self {
        let most = match stacks.of(family) {
            Some(LabelStack::Several(most)) => most,
            _ => u8::MAX,
        };
        Self { form: LabelForm::announced(stacks, family), most }
    }

    /// In MP_UNREACH_NLRI: the Compatibility field is 0x800000, whatever the session (RFC 8277 section 2.4).
    pub(crate) const fn withdrawn(family: Family) -> Self {
        Self::of(LabelForm::withdrawn(LabelStacks::ONE, family))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn::Asn;
    use crate::capability::LabelCount;
    use crate::negotiate::negotiate;
    use alloc::vec::Vec;

    const V4: Family = Family::Ipv4Labelled;
    const V6: Family = Family::Ipv6Vpn;

    /// An OPEN that offers both families and has one Multiple Labels Capability for each list.
    fn open(lists: &[&[(Family, u8)]]) -> Open<'static> {
        let families = [V4, V6].map(|family| Capability::Multiprotocol(family.afi_safi()));
        let mut capabilities: crate::Capabilities<'static> = families.into_iter().collect();
        for list in lists {
            let counts =
                list.iter().map(|(family, count)| LabelCount { family: family.afi_safi(), count: *count });
            let counts: Vec<_> = counts.collect();
            let more = [Capability::MultipleLabels(counts.as_slice().into())];
            capabilities = capabilities.iter().chain(more).collect();
        }
        Open { asn: Asn(64500), hold_time: 90, router_id: [192, 0, 2, 1].into(), capabilities }
    }

    /// (ours, theirs, what is received and sent: that of IPv4 labelled unicast, that of VPNs of IPv6)
    #[test]
    fn several_labels_need_both_sides() {
        use LabelStack::{One, Several};
        type Lists<'a> = &'a [&'a [(Family, u8)]];
        let cases: &[(Lists<'_>, Lists<'_>, [LabelStack; 2], [LabelStack; 2])] = &[
            (&[], &[], [One, One], [One, One]),
            (&[&[(V4, 3)]], &[], [One, One], [One, One]),
            (&[], &[&[(V4, 3)]], [One, One], [One, One]),
            (&[&[(V4, 3)]], &[&[(V6, 3)]], [One, One], [One, One]),
            (&[&[(V4, 3)]], &[&[(V4, 255)]], [Several(3), One], [Several(255), One]),
            (
                &[&[(V4, 2), (V6, 4)]],
                &[&[(V6, 5), (V4, 6)]],
                [Several(2), Several(4)],
                [Several(6), Several(5)],
            ),
            // A count of 0 or 1 is passed over.
            (&[&[(V4, 3), (V6, 3)]], &[&[(V4, 0), (V6, 1)]], [One, One], [One, One]),
            // The first triple of a family, the first capability.
            (&[&[(V4, 3), (V4, 9)]], &[&[(V4, 4), (V4, 8)]], [Several(3), One], [Several(4), One]),
            (&[&[(V4, 3)]], &[&[(V4, 1), (V4, 8)]], [One, One], [One, One]),
            (
                &[&[(V4, 3), (V6, 3)]],
                &[&[(V4, 4)], &[(V4, 8), (V6, 8)]],
                [Several(3), One],
                [Several(4), One],
            ),
            // A family without labels.
            (&[&[(Family::Evpn, 3)]], &[&[(Family::Evpn, 3)]], [One, One], [One, One]),
        ];
        for (ours, theirs, rx, tx) in cases {
            let n = negotiate(&open(ours), &open(theirs)).unwrap();
            let both = |stacks: LabelStacks| [V4, V6].map(|family| stacks.of(family).unwrap());
            assert_eq!((both(n.labels_rx), both(n.labels_tx)), (*rx, *tx), "{ours:?} {theirs:?}");
        }
    }

    #[test]
    fn a_family_that_is_not_exchanged_has_one_label() {
        let v4 = Capability::Multiprotocol(V4.afi_safi());
        let both = open(&[&[(V4, 3), (V6, 3)]]);
        let labels = both.capabilities.iter().filter(|c| matches!(c, Capability::MultipleLabels(_)));
        let theirs = Open { capabilities: [v4].into_iter().chain(labels).collect(), ..both.clone() };
        let n = negotiate(&both, &theirs).unwrap();
        assert_eq!(n.labels_rx, LabelStacks::ONE.with(V4, LabelStack::Several(3)));
    }

    #[test]
    fn each_family_has_its_own() {
        for (i, (family, _)) in LabelStacks::ONE.iter().enumerate() {
            let stacks = LabelStacks::AS_THEY_COME.with(family, LabelStack::Several(7));
            let got: Vec<_> = stacks.iter().map(|(_, stack)| stack).collect();
            let mut want = [LabelStack::AsTheyCome; 4];
            want[i] = LabelStack::Several(7);
            assert_eq!(got, want);
        }
        assert_eq!(LabelStacks::ONE.with(Family::Vpls, LabelStack::AsTheyCome), LabelStacks::ONE);
        assert_eq!(LabelStacks::ONE.with(V4, LabelStack::Several(1)), LabelStacks::ONE);
    }
}
