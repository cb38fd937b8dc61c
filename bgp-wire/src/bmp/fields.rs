//! The fields that messages are made of, taken off one by one.

use super::fault::{BmpFault, BmpFaultKind};
use super::message::Message;
use crate::capability::{Tuple, Tuples};
use crate::cursor;
use crate::frame::{Frame, MessageType, frame};

/// The fields of a message that are still to be read. It knows where it stands, for the fault.
pub(super) struct Fields<'a> {
    end: usize,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn of(message: &Message<'a>) -> Self {
        Self { end: message.len, rest: message.body }
    }

    /// A fault of the field that begins here.
    fn fault(&self, kind: BmpFaultKind) -> BmpFault {
        BmpFault { offset: self.end.saturating_sub(self.rest.len()), kind }
    }

    /// Takes off what `cut` cuts off.
    pub(super) fn take<T>(
        &mut self,
        cut: impl FnOnce(&'a [u8]) -> Option<(T, &'a [u8])>,
    ) -> Result<T, BmpFault> {
        let (field, rest) = cut(self.rest).ok_or_else(|| self.fault(BmpFaultKind::Truncated))?;
        self.rest = rest;
        Ok(field)
    }

    pub(super) fn u8(&mut self) -> Result<u8, BmpFault> {
        self.take(cursor::u8)
    }

    pub(super) fn u16(&mut self) -> Result<u16, BmpFault> {
        self.take(cursor::u16)
    }

    pub(super) fn u32(&mut self) -> Result<u32, BmpFault> {
        self.take(cursor::u32)
    }

    /// The next `N` octets as they are.
    pub(super) fn octets<const N: usize>(&mut self) -> Result<[u8; N], BmpFault> {
        self.take(|v| v.split_first_chunk().map(|(octets, rest)| (*octets, rest)))
    }

    /// The body of a whole BGP message of this type.
    pub(super) fn bgp(&mut self, wanted: MessageType) -> Result<&'a [u8], BmpFault> {
        match frame(self.rest, u16::MAX) {
            Ok(Some(Frame { kind, body, len })) if kind == wanted => {
                self.rest = self.rest.get(len..).unwrap_or_default();
                Ok(body)
            }
            Ok(Some(other)) => Err(self.fault(BmpFaultKind::MessageType(other.kind))),
            Ok(None) => Err(self.fault(BmpFaultKind::Truncated)),
            Err(reset) => Err(self.fault(BmpFaultKind::Bgp(reset.fault))),
        }
    }

    /// As many tuples as `count` says.
    pub(super) fn counted<T: Tuple<'a>>(&mut self, count: u32) -> Result<Tuples<'a, T>, BmpFault> {
        let all = self.rest;
        for _ in 0..count {
            self.take(T::read)?;
        }
        let octets = all.len().saturating_sub(self.rest.len());
        Ok(Tuples::leading(all.get(..octets).unwrap_or_default()))
    }

    /// The tuples that all the rest is made of.
    pub(super) fn tuples<T: Tuple<'a>>(&mut self) -> Result<Tuples<'a, T>, BmpFault> {
        let all = self.rest;
        while !self.rest.is_empty() {
            self.take(T::read)?;
        }
        Ok(Tuples::leading(all))
    }

    /// All that is left, which becomes the caller's to read.
    pub(super) fn remainder(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), BmpFault> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(BmpFaultKind::Trailing)) }
    }
}
