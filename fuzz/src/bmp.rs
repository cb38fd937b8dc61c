//! BMP, as a router sends it.

use bgp_wire::bmp::{Body, Message, messages, write_initiation, write_termination};
use bgp_wire::{Negotiated, Open};

/// Reads a stream of messages to the end of each, and writes each again as the same.
pub fn bmp(data: &[u8]) {
    let mut all = messages(data);
    let mut at = 0;
    let mut session = None;
    while let Some(Ok(found)) = all.next() {
        let whole = &data[at..at + found.len];
        let mut bytes = Vec::new();
        found.encode(&mut bytes).expect("what was read can be written");
        assert_eq!(bytes, whole);
        at += found.len;
        assert_eq!(all.offset(), at);
        one(&found, whole, &mut session);
    }
}

/// `session` is what the last Peer Up told.
fn one(found: &Message<'_>, whole: &[u8], session: &mut Option<Negotiated>) {
    let body = match found.decode() {
        Ok(body) => body,
        Err(fault) => return assert!(fault.offset <= found.len, "{fault}"),
    };
    drop(format!("{body:?}"));
    if body != Body::Unknown {
        assert_eq!(written(&body), whole);
    }
    match body {
        Body::RouteMonitoring(monitoring) => {
            for session in [None, session.as_ref()] {
                drop(monitoring.update(session).map(|parsed| format!("{parsed:?}")));
            }
        }
        Body::PeerUp(up) => {
            drop((Open::decode(up.sent), Open::decode(up.received), up.local_addr()));
            *session = up.negotiated().ok();
        }
        _ => {}
    }
}

fn written(body: &Body<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    match body {
        Body::RouteMonitoring(message) => message.encode(&mut out),
        Body::StatisticsReport(message) => message.encode(&mut out),
        Body::PeerDown(message) => message.encode(&mut out),
        Body::PeerUp(message) => message.encode(&mut out),
        Body::Initiation(tlvs) => write_initiation(&mut out, tlvs),
        Body::Termination(tlvs) => write_termination(&mut out, tlvs),
        Body::RouteMirroring(message) => message.encode(&mut out),
        _ => Ok(()),
    }
    .expect("what was read can be written");
    out
}
