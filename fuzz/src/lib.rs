//! What the fuzz targets do, as plain functions: a finding is kept as a test that calls one of them.

mod bfd_control;

pub use bfd_control::bfd_control;

use bgp_wire::{
    AsnWidth, AttributeSet, Family, FamilySet, Fit, Frame, HEADER_LEN, MessageType, Negotiated, Nlri,
    Notification, Open, Parsed, PeerKind, Received, RouteRefresh, UpdateWriter, frame, negotiate,
};

/// The session that the bits of `octet` stand for: every combination that a decoder tells apart.
pub fn session(octet: u8) -> Negotiated {
    let bit = |n: u8| octet & 1 << n != 0;
    let families = |n: u8| -> FamilySet {
        Family::ALL.into_iter().filter(|family| bit(n.saturating_add(*family as u8))).collect()
    };
    let peer = if bit(0) { PeerKind::Internal } else { PeerKind::External };
    Negotiated {
        asn_width: if bit(1) { AsnWidth::Two } else { AsnWidth::Four },
        families: families(2),
        add_path_rx: families(4),
        add_path_tx: families(4),
        max_message: if bit(6) { u16::MAX } else { 4096 },
        ..Negotiated::new(peer)
    }
}

/// Cuts messages off a stream and decodes every one that is no UPDATE; an OPEN also without its header.
pub fn frame_open(mut data: &[u8]) {
    if let Ok(open) = Open::decode(data) {
        open_again(&open);
    }
    while let Ok(Some(Frame { kind, body, len })) = frame(data, 4096) {
        match kind {
            MessageType::Open => {
                let _ = Open::decode(body).map(|open| open_again(&open));
            }
            MessageType::Notification => {
                let _ = Notification::decode(body).to_string();
            }
            MessageType::RouteRefresh => refresh_again(body),
            MessageType::Update | MessageType::Keepalive => {}
        }
        data = &data[len..];
    }
}

/// An OPEN that was accepted is written and accepted as the same, and agrees with itself.
fn open_again(open: &Open<'_>) {
    let mut bytes = Vec::new();
    open.encode(&mut bytes);
    let again = Open::decode(&bytes[HEADER_LEN..]).expect("what was accepted is accepted again");
    // What does not fit the only parameter is left out from the end.
    assert!(open.capabilities.as_bytes().starts_with(again.capabilities.as_bytes()));
    let _ = negotiate(open, &again);
}

fn refresh_again(body: &[u8]) {
    if let Ok(refresh) = RouteRefresh::decode(body) {
        let mut bytes = Vec::new();
        refresh.encode(&mut bytes);
        assert_eq!(RouteRefresh::decode(&bytes[HEADER_LEN..]), Ok(refresh));
    }
}

/// Decodes the body of an UPDATE on the session of the first octet, and reads all of it.
pub fn update(data: &[u8]) {
    let Some((octet, body)) = data.split_first() else { return };
    let Ok(Parsed { update, findings }) = bgp_wire::update(body, &session(*octet)) else { return };
    findings.iter().for_each(|finding| drop(finding.to_string()));
    match update {
        Received::Routes(routes) => {
            let _ = format!("{:?}", routes.attrs);
            let withdrawn = routes.withdrawn.fields().map(octets).sum::<usize>();
            let announced = routes.announced().map(|(_, nlri)| octets(nlri)).sum::<usize>();
            assert!(withdrawn + announced <= body.len());
        }
        Received::TreatAsWithdraw { withdrawn, announced } => {
            withdrawn.fields().chain(announced.fields()).for_each(|nlri| assert!(octets(nlri) <= body.len()));
        }
        Received::EndOfRib(_) => assert!(body.len() <= 11),
    }
}

/// Octets of a field; its prefixes must account for every one of them.
fn octets(nlri: Nlri<'_>) -> usize {
    let plain: usize = nlri.iter().map(|n| 1 + usize::from(n.prefix.prefix_len().div_ceil(8))).sum();
    let identifiers = nlri.as_bytes().len() - plain;
    assert!(identifiers == 0 || identifiers == 4 * nlri.iter().count());
    plain + identifiers
}

/// What an UPDATE announces is written again, and accepted as the same without a finding.
pub fn round_trip(data: &[u8]) {
    let Some((octet, body)) = data.split_first() else { return };
    let n = session(*octet);
    let Ok(Parsed { update: Received::Routes(routes), .. }) = bgp_wire::update(body, &n) else { return };
    for (next_hop, nlri) in routes.announced() {
        let set = AttributeSet::from_attrs(&routes.attrs, next_hop);
        let mut rest = nlri.iter().peekable();
        while rest.peek().is_some() {
            let mut bytes = Vec::new();
            // No room for the attributes: the partial bits and two forms of a path can make them longer.
            let Ok(mut writer) = UpdateWriter::announce(&mut bytes, &n, nlri.family(), &set) else { return };
            let mut sent = Vec::new();
            while let Some(path) = rest.next_if(|path| writer.push(path) == Fit::Added) {
                sent.push(path);
            }
            assert_eq!(writer.finish(), sent.len());
            let message = frame(&bytes, n.max_message).expect("sound").expect("whole");
            let Parsed { update, findings } = bgp_wire::update(message.body, &n).expect("accepted");
            assert_eq!(findings.worst(), None);
            let Received::Routes(routes) = update else { panic!("{update:?}") };
            let (next_hop, nlri) = routes.announced().next().expect("a prefix");
            assert_eq!(AttributeSet::from_attrs(&routes.attrs, next_hop), set);
            assert!(nlri.iter().eq(sent));
        }
    }
}

#[cfg(test)]
mod tests {
    /// Every octet that chooses a session, before bytes that are nearly an UPDATE.
    #[test]
    fn the_targets_take_anything() {
        let body =
            [0, 0, 0, 20, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4, 0x40, 3, 4, 192, 0, 2, 1, 8, 10];
        for octet in 0..=255 {
            for cut in 0..body.len() {
                let data = [&[octet], &body[..cut]].concat();
                super::frame_open(&data);
                super::update(&data);
                super::round_trip(&data);
            }
        }
    }
}
