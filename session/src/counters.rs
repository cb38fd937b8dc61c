//! What a session counts.

use bgp_wire::MessageType;

/// Messages by type.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Messages {
    /// OPENs.
    pub open: u64,
    /// UPDATEs.
    pub update: u64,
    /// NOTIFICATIONs.
    pub notification: u64,
    /// KEEPALIVEs.
    pub keepalive: u64,
    /// ROUTE-REFRESHes.
    pub route_refresh: u64,
}

impl Messages {
    /// All of them.
    pub fn total(&self) -> u64 {
        [self.open, self.update, self.notification, self.keepalive, self.route_refresh]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    pub(crate) fn add(&mut self, kind: MessageType, n: u64) {
        let count = match kind {
            MessageType::Open => &mut self.open,
            MessageType::Update => &mut self.update,
            MessageType::Notification => &mut self.notification,
            MessageType::Keepalive => &mut self.keepalive,
            MessageType::RouteRefresh => &mut self.route_refresh,
        };
        *count = count.saturating_add(n);
    }
}

/// Since the session was made.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counters {
    /// Messages of the peer's, well-formed frames all.
    pub received: Messages,
    /// Messages of ours; UPDATEs as [`Input::UpdatesSent`](crate::Input::UpdatesSent) tells them.
    pub sent: Messages,
    /// Changes of state.
    pub transitions: u64,
    /// How often the session came to Established.
    pub established: u64,
}
