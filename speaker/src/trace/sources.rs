//! What others say of prefixes, in a record: a flag whether anything is known, then as many entries as there are.

use super::octets::{Fields, Octets};
use bgp_policy::irr::Registrations;
use bgp_policy::rpki::{Aspa, AspaSet, Vrp, VrpChanges};
use bgp_wire::Asn;

/// A flag for each VRP whether it came or went, its prefix, longest length and AS.
pub(super) fn put_vrps(f: &mut Fields<'_>, changes: Option<&VrpChanges>) {
    f.octet(u8::from(changes.is_some()));
    let put = |f: &mut Fields<'_>, added: bool, vrp: &Vrp| {
        f.octet(u8::from(added)).prefix(vrp.prefix()).octet(vrp.max_length()).short(vrp.asn().0);
    };
    if let Some(changes) = changes {
        changes.removed().iter().for_each(|vrp| put(f, false, vrp));
        changes.added().iter().for_each(|vrp| put(f, true, vrp));
    }
}

/// The reverse, behind the flag that says that something is known.
pub(super) fn vrps(f: &mut Octets<'_>) -> Option<VrpChanges> {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    while !f.is_empty() {
        let list = if f.flag()? { &mut added } else { &mut removed };
        let (prefix, longest, asn) = (f.prefix()?, f.octet()?, f.short()?);
        list.push(Vrp::new(prefix, longest, Asn(asn)).ok()?);
    }
    Some(VrpChanges::new(added, removed))
}

/// Each customer, how many providers it attests, and those.
pub(super) fn put_aspas(f: &mut Fields<'_>, aspas: Option<&AspaSet>) {
    f.octet(u8::from(aspas.is_some()));
    for (customer, providers) in aspas.into_iter().flat_map(AspaSet::iter) {
        f.short(customer.0).short(u32::try_from(providers.len()).unwrap_or(u32::MAX));
        providers.iter().for_each(|asn| _ = f.short(asn.0));
    }
}

/// The reverse, behind the flag that says that something is known.
pub(super) fn aspas(f: &mut Octets<'_>) -> Option<AspaSet> {
    let mut all = Vec::new();
    while !f.is_empty() {
        let (customer, count) = (Asn(f.short()?), f.short()?);
        let providers = (0..count).map(|_| f.short().map(Asn)).collect::<Option<_>>()?;
        all.push(Aspa { customer, providers });
    }
    Some(all.into_iter().collect())
}

/// The prefix and the origin of each.
pub(super) fn put_registrations(f: &mut Fields<'_>, registrations: Option<&Registrations>) {
    f.octet(u8::from(registrations.is_some()));
    for (prefix, origin) in registrations.into_iter().flat_map(Registrations::all) {
        f.prefix(*prefix).short(origin.0);
    }
}

/// The reverse, behind the flag that says that something is known.
pub(super) fn registrations(f: &mut Octets<'_>) -> Option<Registrations> {
    let mut all = Vec::new();
    while !f.is_empty() {
        let (prefix, origin) = (f.prefix()?, f.short()?);
        all.push((prefix, Asn(origin)));
    }
    Some(all.into_iter().collect())
}
