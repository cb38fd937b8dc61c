//! What a policy looks at.

use bgp_wire::{Asn, AttributeSet, Family};
use ipnet::IpNet;

/// One route as a policy sees it: the prefix, its attributes, and whose session it is.
///
/// Building one costs nothing, so the attributes of an UPDATE are read once and viewed with each prefix.
#[derive(Clone, Copy, Debug)]
pub struct RouteView<'a> {
    /// The prefix; bits beyond its length are ignored.
    pub prefix: IpNet,
    /// The attributes, as they came (import) or as they would go out unedited (export).
    pub attrs: &'a AttributeSet,
    /// The ASN of the peer that the route came from (import) or would go to (export).
    pub neighbor: Asn,
}

impl RouteView<'_> {
    /// The family that the prefix belongs to.
    pub const fn family(&self) -> Family {
        Family::of(&self.prefix)
    }
}
