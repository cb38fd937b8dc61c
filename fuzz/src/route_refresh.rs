//! ROUTE-REFRESH, with filters and without.

use bgp_wire::{FilteredRefresh, HEADER_LEN, OrfGroup, RouteRefresh};

/// Decodes the body of a ROUTE-REFRESH. It reads back from what is written of it, and so do its filters.
pub fn route_refresh(data: &[u8]) {
    let Ok(refresh) = RouteRefresh::decode(data) else {
        assert!(FilteredRefresh::decode(data).is_err());
        return;
    };
    let mut bytes = Vec::new();
    refresh.encode(&mut bytes);
    assert_eq!(RouteRefresh::decode(&bytes[HEADER_LEN..]), Ok(refresh));
    if let Ok(Some(filtered)) = FilteredRefresh::decode(data) {
        assert_eq!(filtered.family, refresh.family);
        filters_again(&filtered);
    }
}

fn filters_again(filtered: &FilteredRefresh<'_>) {
    let mut bytes = Vec::new();
    filtered.encode(&mut bytes);
    let again = FilteredRefresh::decode(&bytes[HEADER_LEN..]).expect("accepted").expect("filters");
    // Groups beyond the limit of a message are left out from the end.
    assert!(again.groups.iter().eq(filtered.groups.iter().take(again.groups.iter().count())));
    for group in filtered.groups.iter() {
        entries_again(filtered.family.afi, &group);
    }
}

fn entries_again(afi: u16, group: &OrfGroup<'_>) {
    let mut entries = Vec::new();
    let read: Vec<_> = group.prefixes(afi).map_while(Result::ok).collect();
    for entry in &read {
        drop(entry.to_string());
        entry.encode(&mut entries);
    }
    let again = OrfGroup { kind: group.kind, entries: &entries };
    assert!(again.prefixes(afi).eq(read.into_iter().map(Ok)));
}
