//! NLRI of every family.

use bgp_wire::{AfiSafi, Family, LabelStacks, Nlri, NlriBuf};

/// Reads the NLRI of the family that the first octet chooses, with path identifiers where its highest bit is set.
/// What is accepted is written and accepted as the same.
pub fn nlri(data: &[u8]) {
    let Some((octet, raw)) = data.split_first() else { return };
    if let Ok(nlri) = Nlri::new(family(octet & 0x7f), octet & 0x80 != 0, raw) {
        read(nlri);
        again(nlri);
    }
}

/// One of the families that have a name, or one that has none.
fn family(n: u8) -> Family {
    Family::named().nth(n.into()).unwrap_or_else(|| AfiSafi { afi: 25, safi: n }.into())
}

/// Reads every one of them: there are as many as were counted, and prefixes account for every octet.
pub(crate) fn read(nlri: Nlri<'_>) {
    assert_eq!(nlri.typed().count(), nlri.count());
    nlri.typed().for_each(|(_, one)| drop(one.to_string()));
    if !nlri.family().is_plain() {
        return assert_eq!(nlri.iter().count(), 0);
    }
    let identifier = if nlri.add_path() { 4 } else { 0 };
    let octets = |bits: u8| identifier + 1 + usize::from(bits.div_ceil(8));
    let sum: usize = nlri.iter().map(|one| octets(one.prefix.prefix_len())).sum();
    assert_eq!(sum, nlri.as_bytes().len());
}

/// A malformed one is not to be written; its field is left out.
fn again(nlri: Nlri<'_>) {
    if nlri.fault().is_some() {
        return;
    }
    let mut written = NlriBuf::new(nlri.family(), nlri.add_path());
    for (path_id, one) in nlri.typed() {
        // No shorter form than the one it came in can be too long.
        written.push(path_id, &one).expect("of its family");
    }
    let raw = written.view();
    let read = Nlri::new(nlri.family(), nlri.add_path(), raw.as_bytes()).expect("accepted again");
    // Of a label whose S bit is not there it is written.
    let texts = |field: Nlri<'_>| field.typed().map(|(id, one)| (id, one.to_string())).collect::<Vec<_>>();
    match LabelStacks::ONE.of(nlri.family()) {
        Some(_) => assert_eq!(texts(read), texts(nlri)),
        None => assert!(read.typed().eq(nlri.typed())),
    }
}
