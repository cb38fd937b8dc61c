//! A stream of messages, as a connection brings them.

use bgp_wire::{Frame, MAX_EXTENDED_MESSAGE, MAX_MESSAGE, MessageType, frame};

/// Cuts messages off a stream, and gives each to the target of its type. The first octet is the session.
pub fn stream(data: &[u8]) {
    let Some((octet, mut rest)) = data.split_first() else { return };
    let max = if octet & 8 == 0 { MAX_MESSAGE } else { MAX_EXTENDED_MESSAGE };
    while let Ok(Some(message)) = frame(rest, max) {
        one(*octet, &message);
        // Without its last octet it is no message yet, and no other one either.
        assert_eq!(frame(&rest[..message.len - 1], max), Ok(None));
        rest = &rest[message.len..];
    }
}

fn one(octet: u8, message: &Frame<'_>) {
    match message.kind {
        MessageType::Open => crate::open(message.body),
        MessageType::Update => crate::update(&[&[octet], message.body].concat()),
        MessageType::Notification => crate::notification(message.body),
        MessageType::Keepalive => assert!(message.body.is_empty()),
        MessageType::RouteRefresh => crate::route_refresh(message.body),
    }
}
