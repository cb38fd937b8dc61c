//! An UPDATE of its own: to keep a message, to build one, to write one again octet by octet as it came.

mod attribute;
mod encode;
mod mp_reach;
#[cfg(test)]
mod tests;

pub use attribute::{Attribute, AttributeValue};
pub use mp_reach::MpReach;

use crate::attr::{AttrCode, AttrFlags};
use crate::family::Family;
use crate::negotiate::Negotiated;
use crate::nlri::NlriBuf;
use crate::outcome::Reset;
use crate::update::{Parsed, Received, Routes};
use alloc::vec::Vec;

/// A whole UPDATE, owned: its fields in the order in which a message has them.
///
/// Unlike [`AttributeSet`](crate::AttributeSet), which is what a *route* carries, it keeps what is of the message
/// alone: the order of the attributes, their flags, the families beside each other. A message without a finding
/// that is taken over and written for the same session is the same octets again; what was malformed is not taken
/// over.
///
/// ```
/// use bgp_wire::*;
///
/// let n = Negotiated::new(PeerKind::External);
/// let mut update = UpdateBuf::new(&n)
///     .with(AttributeValue::Origin(Origin::Igp))
///     .with(AttributeValue::AsPath([Asn(64500)].into_iter().collect()))
///     .with(AttributeValue::NextHop([192, 0, 2, 1].into()));
/// update.announced.push(0, &TypedNlri::Prefix("198.51.100.0/24".parse()?))?;
///
/// let mut octets = Vec::new();
/// update.encode(&n, &mut octets)?;
/// let message = frame(&octets, n.max_message).unwrap().expect("whole");
/// let Received::Routes(routes) = bgp_wire::update(message.body, &n).unwrap().update else { panic!() };
/// assert_eq!(UpdateBuf::from_routes(&routes), update);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UpdateBuf {
    /// Prefixes of IPv4 unicast withdrawn in the body.
    pub withdrawn: NlriBuf,
    /// The attributes, MP_REACH_NLRI and MP_UNREACH_NLRI among them, in the order of the wire.
    pub attributes: Vec<Attribute>,
    /// Prefixes of IPv4 unicast announced in the body.
    pub announced: NlriBuf,
}

impl UpdateBuf {
    /// An empty one, which is IPv4 unicast's End-of-RIB marker; what is added to it is for a peer of `n`.
    pub const fn new(n: &Negotiated) -> Self {
        let add_path = n.add_path_tx.contains(Family::Ipv4Unicast);
        let body = NlriBuf::new(Family::Ipv4Unicast, add_path);
        Self {
            withdrawn: body,
            attributes: Vec::new(),
            announced: NlriBuf::new(Family::Ipv4Unicast, add_path),
        }
    }

    /// This one and an attribute, with the flags that the registry says.
    #[must_use]
    pub fn with(mut self, value: AttributeValue) -> Self {
        self.attributes.push(value.into());
        self
    }

    /// The first attribute `code`.
    pub fn attribute(&self, code: AttrCode) -> Option<&AttributeValue> {
        self.attributes.iter().map(|attribute| &attribute.value).find(|value| value.code() == code)
    }

    /// Takes over the routes of a message: what it withdraws, what it announces, and every attribute
    /// that can be used.
    pub fn from_routes(routes: &Routes<'_>) -> Self {
        Self {
            withdrawn: routes.withdrawn.body.into(),
            attributes: attribute::all(routes),
            announced: routes.announced.body.into(),
        }
    }

    /// Decodes the body of an UPDATE of a session of `n`: its routes, or the End-of-RIB marker that it is. `None` where it
    /// has nothing to take over: what it says is to be withdrawn, or a family to be disabled.
    ///
    /// ```
    /// use bgp_wire::{Negotiated, PeerKind, UpdateBuf};
    /// let n = Negotiated::new(PeerKind::External);
    /// let marker = UpdateBuf::decode(&[0, 0, 0, 0], &n)?.unwrap();
    /// assert!(marker.attributes.is_empty());
    /// # Ok::<(), bgp_wire::Reset>(())
    /// ```
    ///
    /// # Errors
    /// The NOTIFICATION to send, as [`update`](crate::update()) has it.
    pub fn decode(body: &[u8], n: &Negotiated) -> Result<Option<Self>, Reset> {
        let mut parsed = Parsed::default();
        parsed.read(body, n)?;
        Ok(match &parsed.update {
            Received::Routes(routes) => Some(Self::from_routes(routes)),
            &Received::EndOfRib(family) => {
                let mut marker = Self::new(n);
                let nlri = NlriBuf::new(family, n.add_path_tx.contains(family));
                let value = AttributeValue::MpUnreach(nlri);
                marker
                    .attributes
                    .extend(body.get(4).map(|flags| Attribute { flags: AttrFlags(*flags), value }));
                Some(marker)
            }
            Received::TreatAsWithdraw { .. } | Received::AfiSafiDisable { .. } => None,
        })
    }

    /// The End-of-RIB marker of `family` (RFC 4724 section 2).
    pub fn end_of_rib(family: Family, n: &Negotiated) -> Self {
        let marker = Self::new(n);
        match family {
            Family::Ipv4Unicast => marker,
            _ => marker.with(AttributeValue::MpUnreach(NlriBuf::new(family, n.add_path_tx.contains(family)))),
        }
    }
}
