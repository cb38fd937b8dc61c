//! What policy's edits make of an attribute set, made once for all prefixes that share it.

use bgp_policy::{Edit, EditContext, NoNextHop, Verdict};
use bgp_rib::AttrSet;
use bgp_wire::{Asn, AttributeSet, TooLong};
use std::net::IpAddr;

/// The edits of a verdict cannot be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NotEdited {
    NoNextHop,
    TooLong,
}

impl From<NoNextHop> for NotEdited {
    fn from(NoNextHop: NoNextHop) -> Self {
        Self::NoNextHop
    }
}

impl From<TooLong> for NotEdited {
    fn from(TooLong: TooLong) -> Self {
        Self::TooLong
    }
}

/// What was made of one set, for the next prefix that has it. Whoever turns to another set begins anew.
#[derive(Default, Debug)]
pub(crate) struct Edited {
    /// Without edits.
    plain: Option<AttrSet>,
    /// With the last that were asked for.
    last: Option<(Vec<Edit>, AttrSet)>,
}

impl Edited {
    /// `set` after the edits of `verdict`; `intern` gives the handle of what they make of it, of `set` itself where there
    /// are none.
    pub(crate) fn apply(
        &mut self,
        set: &AttributeSet,
        verdict: &Verdict<'_>,
        context: &EditContext,
        intern: impl FnOnce(&AttributeSet) -> Result<AttrSet, TooLong>,
    ) -> Result<AttrSet, NotEdited> {
        if verdict.edits().next().is_none() {
            let plain = self.plain.take().map_or_else(|| intern(set), Ok)?;
            return Ok(self.plain.insert(plain).clone());
        }
        match &self.last {
            Some((edits, to)) if edits.iter().eq(verdict.edits()) => Ok(to.clone()),
            _ => {
                let mut set = set.clone();
                verdict.apply(&mut set, context)?;
                let to = intern(&set)?;
                self.last = Some((verdict.edits().cloned().collect(), to.clone()));
                Ok(to)
            }
        }
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
