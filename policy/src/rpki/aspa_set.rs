//! Which providers a customer attests (draft-ietf-sidrops-aspa-profile).

use bgp_wire::Asn;
use std::collections::BTreeMap;
use std::fmt;

/// One AS's attestation: its providers, and no others, may pass its routes on upwards.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Aspa {
    /// The AS that attests.
    pub customer: Asn,
    /// Its providers; AS 0 alone says that it has none.
    pub providers: Box<[Asn]>,
}

/// What is attested of a hop from a customer to the AS that passed its route on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Hop {
    /// The customer has no attestation.
    NoAttestation,
    /// It names that AS.
    ProviderPlus,
    /// It does not.
    NotProviderPlus,
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAttestation => "no attestation",
            Self::ProviderPlus => "provider+",
            Self::NotProviderPlus => "not provider+",
        })
    }
}

/// The attestations of all customers.
///
/// ```
/// use bgp_policy::rpki::{Aspa, AspaSet, Hop};
/// use bgp_wire::Asn;
/// let set: AspaSet = [Aspa { customer: Asn(64501), providers: [Asn(64502)].into() }].into_iter().collect();
/// assert_eq!(set.hop(Asn(64501), Asn(64502)), Hop::ProviderPlus);
/// assert_eq!(set.hop(Asn(64501), Asn(64503)), Hop::NotProviderPlus);
/// assert_eq!(set.hop(Asn(64502), Asn(64501)), Hop::NoAttestation);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AspaSet(BTreeMap<Asn, Box<[Asn]>>);

impl AspaSet {
    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The providers that a customer attests, sorted; `None` where it attests nothing.
    pub fn providers(&self, customer: Asn) -> Option<&[Asn]> {
        self.0.get(&customer).map(|providers| &**providers)
    }

    /// What is attested of the hop from `customer` to `to`.
    pub fn hop(&self, customer: Asn, to: Asn) -> Hop {
        match self.providers(customer) {
            None => Hop::NoAttestation,
            Some(providers) if providers.binary_search(&to).is_ok() => Hop::ProviderPlus,
            Some(_) => Hop::NotProviderPlus,
        }
    }

    /// Takes an attestation in, in place of the customer's earlier one (as the RTR protocol has it).
    pub fn replace(&mut self, aspa: Aspa) {
        let mut providers = aspa.providers.into_vec();
        providers.sort_unstable();
        providers.dedup();
        self.0.insert(aspa.customer, providers.into());
    }

    /// Takes a customer's attestation away; whether there was one.
    pub fn remove(&mut self, customer: Asn) -> bool {
        self.0.remove(&customer).is_some()
    }

    /// All of them, by customer.
    pub fn iter(&self) -> impl Iterator<Item = (Asn, &[Asn])> {
        self.0.iter().map(|(customer, providers)| (*customer, &**providers))
    }

    /// All of them, each as an attestation of its own.
    pub fn all(&self) -> impl Iterator<Item = Aspa> {
        self.iter().map(|(customer, providers)| Aspa { customer, providers: providers.into() })
    }

    /// The customers of which something else is attested in `new`.
    pub fn changed(&self, new: &Self) -> Vec<Asn> {
        let differs = |(customer, providers): &(Asn, &[Asn]), other: &Self| {
            (other.providers(*customer) != Some(providers)).then_some(*customer)
        };
        let gone = self.iter().filter_map(|one| differs(&one, new));
        let mut all: Vec<_> = gone.chain(new.iter().filter_map(|one| differs(&one, self))).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Attestations of one customer are taken together, as the RPKI has them.
impl FromIterator<Aspa> for AspaSet {
    fn from_iter<I: IntoIterator<Item = Aspa>>(all: I) -> Self {
        let mut set = Self::default();
        for aspa in all {
            let before = set.providers(aspa.customer).unwrap_or_default();
            let providers = [before, &aspa.providers].concat().into();
            set.replace(Aspa { providers, ..aspa });
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aspa(customer: u32, providers: &[u32]) -> Aspa {
        Aspa { customer: Asn(customer), providers: providers.iter().copied().map(Asn).collect() }
    }

    #[test]
    fn attestations_come_together_and_change() {
        let mut set: AspaSet = [aspa(1, &[3, 2]), aspa(1, &[2, 4]), aspa(5, &[0])].into_iter().collect();
        assert_eq!(set.providers(Asn(1)), Some(&[Asn(2), Asn(3), Asn(4)][..]));
        assert_eq!(set.hop(Asn(5), Asn(1)), Hop::NotProviderPlus);
        let before = set.clone();
        set.replace(aspa(1, &[9]));
        set.replace(aspa(7, &[1]));
        assert!(set.remove(Asn(5)) && !set.remove(Asn(5)));
        assert_eq!(before.changed(&set), [Asn(1), Asn(5), Asn(7)]);
        assert_eq!(before.changed(&before), []);
        assert_eq!(before.all().collect::<AspaSet>(), before);
    }
}
