//! What one end has said on one connection, and whether that was its turn (RFC 4271 section 8.2.2).

use crate::record::Message;

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Speech {
    /// It has said nothing.
    #[default]
    Nothing,
    /// Its OPEN.
    Open,
    /// Its first KEEPALIVE: UPDATEs may follow.
    Confirmed,
    /// A NOTIFICATION, its last word.
    Done,
}

impl Speech {
    /// What it is after this message; `None` where that was not its turn.
    pub(crate) fn after(self, message: &Message) -> Option<Self> {
        match (self, message) {
            (Self::Nothing, Message::Open) => Some(Self::Open),
            (Self::Open | Self::Confirmed, Message::Keepalive) => Some(Self::Confirmed),
            (Self::Confirmed, Message::Update(..) | Message::EndOfRib(_) | Message::RouteRefresh(_)) => {
                Some(Self::Confirmed)
            }
            (Self::Nothing | Self::Open | Self::Confirmed, Message::Notification(_)) => Some(Self::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::{Family, NotificationCode};

    #[test]
    fn each_message_has_its_turn() {
        let update = Message::Update(vec![], vec![]);
        let cease = Message::Notification(NotificationCode::ADMINISTRATIVE_SHUTDOWN);
        let end = Message::EndOfRib(Family::Ipv4Unicast);
        for (said, right) in [
            (vec![Message::Open, Message::Keepalive, update.clone(), end, cease.clone()], true),
            (vec![cease.clone()], true),
            (vec![Message::Keepalive], false),
            (vec![Message::Open, Message::Open], false),
            (vec![Message::Open, update], false),
            (vec![Message::Open, cease, Message::Keepalive], false),
        ] {
            let end = said.iter().try_fold(Speech::Nothing, Speech::after);
            assert_eq!(end.is_some(), right, "{said:?}");
        }
    }
}
