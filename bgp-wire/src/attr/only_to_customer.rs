//! ONLY_TO_CUSTOMER: the AS from which on a route goes to customers only (RFC 9234 section 5).

use super::{AttrCode, Attrs};
use crate::asn::Asn;
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;

/// An ASN of four octets; 0 is none.
pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    match cursor::whole_u32(v) {
        Some(0) => Err(Fault::AsZero),
        Some(_) => Ok(()),
        None => Err(Fault::AttrLength(u16::try_from(v.len()).unwrap_or(u16::MAX))),
    }
}

impl Attrs<'_> {
    /// ONLY_TO_CUSTOMER.
    pub fn only_to_customer(&self) -> Option<Asn> {
        cursor::whole_u32(self.value(AttrCode::ONLY_TO_CUSTOMER)?).map(Asn)
    }
}
