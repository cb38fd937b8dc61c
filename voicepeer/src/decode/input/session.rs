//! What the messages of a session depend on, as far as what was seen of it tells.

use bgp_wire::{
    AsnWidth, Capability, FamilySet, Frame, LabelStacks, MessageType, Negotiated, Open, PeerKind, frame,
    negotiate,
};

/// A session of which nothing is known: external, ASNs of four octets, every family, labels as they come, messages of
/// any length.
pub(crate) fn lenient() -> Negotiated {
    let labels = LabelStacks::AS_THEY_COME;
    Negotiated {
        families: FamilySet::EVERY,
        labels_rx: labels,
        labels_tx: labels,
        max_message: u16::MAX,
        ..Negotiated::new(PeerKind::External)
    }
}

/// The OPENs of both sides, as they come by.
#[derive(Debug, Default)]
pub(super) struct Opens {
    bodies: [Option<Vec<u8>>; 2],
}

impl Opens {
    /// The side `from` sent this message; it is kept where it is an OPEN.
    pub(super) fn look(&mut self, from: usize, message: &[u8]) {
        if let Ok(Some(Frame { kind: MessageType::Open, body, .. })) = frame(message, u16::MAX)
            && let Some(slot) = self.bodies.get_mut(from)
        {
            *slot = Some(body.to_vec());
        }
    }

    /// The side `from` begins anew.
    pub(super) fn forget(&mut self, from: usize) {
        if let Some(slot) = self.bodies.get_mut(from) {
            *slot = None;
        }
    }

    /// What messages sent by the side `from` are read by: both OPENs where they are there and agree. One
    /// OPEN alone tells only what it rules out, ASNs of four octets.
    pub(super) fn session(&self, from: usize) -> Negotiated {
        let open = |side: usize| {
            let body = self.bodies.get(side)?.as_deref()?;
            Open::decode(body).ok()
        };
        let (theirs, ours) = (open(from), open(1 - from.min(1)));
        match (&ours, &theirs) {
            (Some(ours), Some(theirs)) => negotiate(ours, theirs).unwrap_or_else(|_| lenient()),
            (Some(open), None) | (None, Some(open)) => Negotiated { asn_width: width(open), ..lenient() },
            (None, None) => lenient(),
        }
    }
}

fn width(open: &Open<'_>) -> AsnWidth {
    let four = open.capabilities.iter().any(|c| matches!(c, Capability::FourOctetAsn(_)));
    if four { AsnWidth::Four } else { AsnWidth::Two }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::{Asn, Capabilities};
    use std::net::Ipv4Addr;

    fn open(asn: u32, capabilities: &[Capability<'_>]) -> Vec<u8> {
        let capabilities = capabilities.iter().copied().collect::<Capabilities<'_>>();
        let mut octets = Vec::new();
        let open = Open { asn: Asn(asn), hold_time: 90, router_id: Ipv4Addr::LOCALHOST, capabilities };
        open.encode(&mut octets);
        octets
    }

    #[test]
    fn both_opens_tell() {
        let mut opens = Opens::default();
        assert_eq!(opens.session(0), lenient());
        opens.look(0, &open(64500, &[Capability::FourOctetAsn(Asn(64500))]));
        assert_eq!((opens.session(0), opens.session(1)), (lenient(), lenient()));
        opens.look(1, &open(64500, &[]));
        let session = opens.session(0);
        assert_eq!((session.peer, session.asn_width), (PeerKind::Internal, AsnWidth::Two));
        assert_eq!(session.max_message, 4096);
    }

    #[test]
    fn one_open_rules_out() {
        let mut opens = Opens::default();
        opens.look(1, &open(64500, &[]));
        assert_eq!(opens.session(0), Negotiated { asn_width: AsnWidth::Two, ..lenient() });
        opens.look(0, &[4]);
        assert_eq!(opens.session(1), Negotiated { asn_width: AsnWidth::Two, ..lenient() });
    }
}
