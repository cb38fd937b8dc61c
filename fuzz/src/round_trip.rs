//! UPDATEs that are read, written and read again.

use crate::session::session;
use bgp_wire::{
    AttrCode, AttributeSet, EncodedSet, Fit, HEADER_LEN, Negotiated, NextHop, Nlri, Parsed, PathNlri,
    Received, Routes, UpdateBuf, UpdateWriter,
};

/// What the UPDATE of an accepted body announces and withdraws is written again, and accepted as the same
/// without a finding; one that had no finding can also be kept whole. The first octet is the session.
pub fn round_trip(data: &[u8]) {
    let Some((octet, body)) = data.split_first() else { return };
    let n = session(*octet);
    let Ok(Parsed { update: Received::Routes(routes), findings }) = bgp_wire::update(body, &n) else {
        return;
    };
    if findings.worst().is_none() {
        kept_whole(&n, body, &routes);
    }
    for (next_hop, nlri) in routes.announced().filter(|(_, nlri)| nlri.family().is_plain()) {
        let set = AttributeSet::from_attrs(&routes.attrs, next_hop);
        kept_encoded(&n, nlri, &set);
        announced_again(&n, nlri, &set);
    }
    for nlri in routes.withdrawn.fields().filter(|nlri| nlri.family().is_plain()) {
        withdrawn_again(&n, nlri);
    }
}

/// The same octets again, but for the reserved octet of MP_REACH_NLRI, which is written as zero.
fn kept_whole(n: &Negotiated, body: &[u8], routes: &Routes<'_>) {
    let whole = UpdateBuf::from_routes(routes);
    let mut bytes = Vec::new();
    let Ok(()) = whole.encode(n, &mut bytes) else {
        return assert!(body.len() + HEADER_LEN > n.max_message.into());
    };
    let reach = routes.attrs.value(AttrCode::MP_REACH_NLRI).unwrap_or_default();
    let reserved = reach.get(3).and_then(|len| reach.get(4 + usize::from(*len)));
    if reserved.is_none_or(|octet| *octet == 0) {
        assert_eq!(bytes[HEADER_LEN..], *body);
    }
    read(&bytes, n, |routes| assert_eq!(UpdateBuf::from_routes(routes), whole));
}

/// An encoded set reads back, and is announced as the set itself is.
fn kept_encoded(n: &Negotiated, nlri: Nlri<'_>, set: &AttributeSet) {
    let mut octets = Vec::new();
    // Two octets an ASN can become more than a message holds of four.
    let Ok(()) = set.encode_whole(&mut octets) else { return };
    let encoded = EncodedSet::new(&octets);
    assert_eq!(encoded.to_set(), *set);
    let (mut one, mut other, mut all) = (Vec::new(), Vec::new(), nlri.iter().collect::<Vec<_>>());
    let announced =
        UpdateWriter::announce(&mut one, n, nlri.family(), set).map(|w| push(w, &mut all.clone()));
    let again =
        UpdateWriter::announce_encoded(&mut other, n, nlri.family(), encoded).map(|w| push(w, &mut all));
    assert_eq!((announced, one), (again, other));
}

fn announced_again(n: &Negotiated, nlri: Nlri<'_>, set: &AttributeSet) {
    let mut rest: Vec<_> = nlri.iter().collect();
    while !rest.is_empty() {
        let mut bytes = Vec::new();
        // No room for the attributes: the partial bits and two forms of a path can make them longer.
        let Ok(writer) = UpdateWriter::announce(&mut bytes, n, nlri.family(), set) else { return };
        let sent = push(writer, &mut rest);
        read(&bytes, n, |routes| {
            let (next_hop, nlri) = only(routes);
            assert_eq!(AttributeSet::from_attrs(&routes.attrs, next_hop), *set);
            assert!(nlri.iter().eq(sent.iter().copied()));
        });
    }
}

fn withdrawn_again(n: &Negotiated, nlri: Nlri<'_>) {
    let mut rest: Vec<_> = nlri.iter().collect();
    while !rest.is_empty() {
        let mut bytes = Vec::new();
        let sent = push(UpdateWriter::withdraw(&mut bytes, n, nlri.family()), &mut rest);
        read(&bytes, n, |routes| {
            assert!(routes.withdrawn.prefixes().eq(sent.iter().copied()));
            assert_eq!(routes.announced().count(), 0);
        });
    }
}

/// Moves as many prefixes as fit from `rest` into the message; there is room for one at least.
fn push(mut writer: UpdateWriter<'_>, rest: &mut Vec<PathNlri>) -> Vec<PathNlri> {
    let fit = rest.iter().take_while(|path| writer.push(path) == Fit::Added).count();
    assert!(fit > 0);
    assert_eq!(writer.finish(), fit);
    rest.drain(..fit).collect()
}

/// Gives what the one message in `bytes` says to `check`.
fn read(bytes: &[u8], n: &Negotiated, check: impl FnOnce(&Routes<'_>)) {
    let message = bgp_wire::frame(bytes, n.max_message).expect("sound").expect("whole");
    assert_eq!(message.len, bytes.len());
    let Parsed { update, findings } = bgp_wire::update(message.body, n).expect("accepted");
    assert_eq!(findings.worst(), None, "{findings:?}");
    let Received::Routes(routes) = update else { panic!("{update:?}") };
    check(&routes);
}

/// The only field announced.
fn only<'a>(routes: &Routes<'a>) -> (NextHop, Nlri<'a>) {
    let mut fields = routes.announced();
    let first = fields.next().expect("a prefix");
    assert_eq!(fields.count(), 0);
    first
}
