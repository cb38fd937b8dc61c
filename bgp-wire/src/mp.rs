//! MP_REACH_NLRI and MP_UNREACH_NLRI of one message (RFC 4760 sections 3 and 4).

use crate::attr::{AttrCode, first};
use crate::cursor;
use crate::family::{AfiSafi, Family, FamilySet};
use crate::negotiate::Negotiated;
use crate::next_hop::NextHop;
use crate::nlri::Nlri;
use crate::notification::NotificationCode;
use crate::outcome::{Fault, Findings, Reset, ResetData, Severity};
use crate::update::{Routes, Source};

impl<'a> Routes<'a> {
    /// Reads both. An incorrect one ends the session, or its family's part in it, which then is the answer (RFC 4760
    /// section 7); one of a family that the session does not have says nothing.
    #[inline]
    pub(crate) fn read_mp(
        &mut self,
        n: &Negotiated,
        source: Source,
        findings: &mut Findings,
    ) -> Result<Option<Family>, Reset> {
        let mut disabled = None;
        if let Some(value) = self.attrs.value_as_received(AttrCode::MP_REACH_NLRI)
            && let Err(fault) = self.read_reach(value, n, source, findings)
        {
            disabled = Some(incorrect(self.attrs.raw, AttrCode::MP_REACH_NLRI, fault, n, findings)?);
        }
        if let Some(value) = self.attrs.value_as_received(AttrCode::MP_UNREACH_NLRI)
            && let Err(fault) = self.read_unreach(value, n, findings)
        {
            disabled = Some(incorrect(self.attrs.raw, AttrCode::MP_UNREACH_NLRI, fault, n, findings)?);
        }
        Ok(disabled)
    }

    /// RFC 4760 section 3, RFC 7606 section 7.11.
    ///
    /// One without NLRI announces nothing and is no error of its own: no clause forbids it, and RFC 7606 section 5.2
    /// asks for the reset of the session only where another attribute is wrong.
    #[inline]
    fn read_reach(
        &mut self,
        value: &'a [u8],
        n: &Negotiated,
        source: Source,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        const CODE: AttrCode = AttrCode::MP_REACH_NLRI;
        let short = || short(value);
        let (pair, rest) = afi_safi(value).ok_or_else(short)?;
        // What nearly every message has is compiled for itself.
        match negotiated(CODE, pair, n, findings) {
            None => Ok(()),
            Some(Family::Ipv6Unicast) => {
                self.read_reach_of(Family::Ipv6Unicast, value, rest, n, source, findings)
            }
            Some(family) => self.read_reach_of(family, value, rest, n, source, findings),
        }
    }

    /// What follows AFI and SAFI. It is inlined so that the family is known where it is used.
    #[inline(always)]
    fn read_reach_of(
        &mut self,
        family: Family,
        value: &'a [u8],
        rest: &'a [u8],
        n: &Negotiated,
        source: Source,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        const CODE: AttrCode = AttrCode::MP_REACH_NLRI;
        let short = || short(value);
        let (len, rest) = cursor::u8(rest).ok_or_else(short)?;
        let (hop, rest) = rest.split_at_checked(usize::from(len)).ok_or_else(short)?;
        let (_reserved, rest) = cursor::u8(rest).ok_or_else(short)?;
        let is_host = NextHop::is_host_in(family, n, hop).ok_or(Fault::NextHopLength(len))?;
        let nlri = Nlri::announced(family, n, rest)?;
        if !family.is_plain()
            && let Some(fault) = nlri.fault_announced(n)
        {
            findings.push(Some(CODE), fault, malformed(family));
        }
        // RFC 4271 section 6.3, where a prefix needs it.
        if source == Source::Peer && !is_host && !nlri.is_empty() {
            findings.push(Some(CODE), Fault::AttrValue, Severity::TreatAsWithdraw);
        }
        (self.mp_next_hop, self.announced.mp) = (hop, Some(nlri));
        Ok(())
    }

    /// RFC 4760 section 4, RFC 7606 section 7.12.
    #[inline]
    fn read_unreach(
        &mut self,
        value: &'a [u8],
        n: &Negotiated,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        const CODE: AttrCode = AttrCode::MP_UNREACH_NLRI;
        let (pair, rest) = afi_safi(value).ok_or_else(|| short(value))?;
        let Some(family) = negotiated(CODE, pair, n, findings) else { return Ok(()) };
        let nlri = Nlri::withdrawn(family, n, rest)?;
        if let Some(fault) = nlri.fault() {
            findings.push(Some(CODE), fault, malformed(family));
        }
        self.withdrawn.mp = Some(nlri);
        Ok(())
    }
}

/// AFI, SAFI and the rest of an MP attribute's value.
#[inline]
fn afi_safi(v: &[u8]) -> Option<(AfiSafi, &[u8])> {
    let (afi, rest) = cursor::u16(v)?;
    let (safi, rest) = cursor::u8(rest)?;
    Some((AfiSafi { afi, safi }, rest))
}

/// The family, where the session has it; else a finding, and the attribute is passed over.
#[inline]
fn negotiated(code: AttrCode, pair: AfiSafi, n: &Negotiated, findings: &mut Findings) -> Option<Family> {
    let family = Family::from(pair);
    if n.families.contains(family) {
        return Some(family);
    }
    findings.push(Some(code), Fault::FamilyNotNegotiated, Severity::AttributeDiscard);
    None
}

/// A value that ends too soon.
fn short(value: &[u8]) -> Fault {
    Fault::AttrLength(u16::try_from(value.len()).unwrap_or(u16::MAX))
}

/// What a malformed NLRI comes to where the others of its field can be read.
const fn malformed(family: Family) -> Severity {
    match family {
        Family::LinkState | Family::LinkStateVpn => Severity::NlriDiscard,
        _ => Severity::TreatAsWithdraw,
    }
}

/// The family to disable for an incorrect MP attribute. Where its family's standard does not offer that, or the session
/// has no other family (RFC 9552 section 8.2.2, RFC 9830 section 5), the data of the NOTIFICATION are as much of the
/// attribute as is kept.
#[cold]
fn incorrect(
    attributes: &[u8],
    code: AttrCode,
    fault: Fault,
    n: &Negotiated,
    findings: &mut Findings,
) -> Result<Family, Reset> {
    let (value, octets) = first(attributes, code).unwrap_or_default();
    let family = afi_safi(value).map(|(pair, _)| Family::from(pair));
    match family {
        Some(family) if family.can_be_disabled() && n.families != FamilySet::EMPTY.with(family) => {
            findings.push(Some(code), fault, Severity::AfiSafiDisable);
            Ok(family)
        }
        _ => Err(Reset::new(NotificationCode::OPTIONAL_ATTRIBUTE, fault).with(ResetData::leading(octets))),
    }
}
