//! Why a session ended, as its NOTIFICATION has it.

use super::session::End;
use bgp_wire::{Notification, NotificationCode};

/// Why a session ended, as far as a rule of the catalogue is broken by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// The carrier's limit of prefixes was reached (RFC 4486).
    AtLimit,
    /// BFD went down (RFC 9384).
    ByBfd,
}

impl Ended {
    /// What a NOTIFICATION from this end says of it.
    pub(super) fn by(notification: &Notification<'_>, from: End) -> Option<Self> {
        match notification.inner().unwrap_or(*notification).code {
            NotificationCode::MAX_PREFIXES if from == End::Carrier => Some(Self::AtLimit),
            NotificationCode::BFD_DOWN => Some(Self::ByBfd),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (code, who says so, what it is). What the far end says of its limit breaks no rule of the carrier's.
    #[test]
    fn what_a_notification_says() {
        use End::{Carrier, Far};
        for (code, from, want) in [
            (NotificationCode::MAX_PREFIXES, Carrier, Some(Ended::AtLimit)),
            (NotificationCode::MAX_PREFIXES, Far, None),
            (NotificationCode::BFD_DOWN, Carrier, Some(Ended::ByBfd)),
            (NotificationCode::BFD_DOWN, Far, Some(Ended::ByBfd)),
            (NotificationCode::CEASE, Carrier, None),
            (NotificationCode::PEER_DECONFIGURED, Carrier, None),
        ] {
            let plain = Notification::new(code);
            let inner = plain.encapsulated();
            let hard = Notification::new(NotificationCode::HARD_RESET).data(&inner);
            for said in [plain, hard] {
                assert_eq!(Ended::by(&said, from), want, "{said} from {from:?}");
            }
        }
    }
}
