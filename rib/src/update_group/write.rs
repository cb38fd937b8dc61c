//! Nets with the same attributes become UPDATEs.

use crate::attrs::AttrSet;
use alloc::vec::Vec;
use bgp_wire::{Family, Fit, Negotiated, PathNlri, UpdateWriter};

/// Appends as many UPDATEs as the nets need, and returns how many.
pub(super) fn updates(
    attrs: Option<&AttrSet>,
    nets: &mut dyn Iterator<Item = PathNlri>,
    n: &Negotiated,
    family: Family,
    buf: &mut Vec<u8>,
) -> u64 {
    let (mut messages, mut next) = (0u64, nets.next());
    while next.is_some() {
        let writer = match attrs {
            None => Ok(UpdateWriter::withdraw(buf, n, family)),
            Some(attrs) => UpdateWriter::announce_encoded(buf, n, family, attrs.encoded()),
        };
        // Attributes that do not fit have been sorted out before.
        let Ok(mut writer) = writer else { return messages };
        while let Some(net) = next
            && writer.push(&net) == Fit::Added
        {
            next = nets.next();
        }
        if writer.finish() == 0 {
            return messages;
        }
        messages = messages.saturating_add(1);
    }
    messages
}

/// Whether attributes fit a message to the group's members. Nets with the same attributes follow each other: the last
/// answer is kept.
#[derive(Default)]
pub(super) struct Fits(Option<(AttrSet, bool)>);

impl Fits {
    pub(super) fn check(&mut self, attrs: &AttrSet, n: &Negotiated, family: Family) -> bool {
        if let Some((last, fits)) = &self.0
            && last == attrs
        {
            return *fits;
        }
        let fits = UpdateWriter::can_announce(n, family, attrs.encoded());
        self.0 = Some((attrs.clone(), fits));
        fits
    }
}
