//! What a policy's edits make of an attribute set, made once for all prefixes that share it.

use bgp_policy::{Edit, EditContext, NoNextHop, Verdict};
use bgp_rib::{AttrSet, Interner};
use bgp_wire::{Asn, AttributeSet};
use std::net::IpAddr;

/// The last set made, for the next prefix that needs the same.
#[derive(Default, Debug)]
pub(crate) struct Edited(Option<Last>);

#[derive(Debug)]
struct Last {
    from: AttrSet,
    edits: Vec<Edit>,
    to: AttrSet,
}

impl Edited {
    /// `from` after the edits of `verdict`; itself where there are none.
    pub(crate) fn apply(
        &mut self,
        from: &AttrSet,
        verdict: &Verdict<'_>,
        context: &EditContext,
        interner: &mut Interner,
    ) -> Result<AttrSet, NoNextHop> {
        if verdict.edits().next().is_none() {
            return Ok(from.clone());
        }
        if let Some(last) = &self.0
            && last.from == *from
            && last.edits.iter().eq(verdict.edits())
        {
            return Ok(last.to.clone());
        }
        let mut set = AttributeSet::clone(from);
        verdict.apply(&mut set, context)?;
        let to = interner.intern(set);
        let edits = verdict.edits().cloned().collect();
        self.0 = Some(Last { from: from.clone(), edits, to: to.clone() });
        Ok(to)
    }
}

/// What edits need to know of a session whose own end is at `local`.
pub(crate) fn edit_context(local_asn: Asn, local: IpAddr) -> EditContext {
    let (self_v4, self_v6) = match local {
        IpAddr::V4(a) => (Some(a), None),
        IpAddr::V6(a) => (None, Some(a)),
    };
    EditContext { local_asn, self_v4, self_v6 }
}
