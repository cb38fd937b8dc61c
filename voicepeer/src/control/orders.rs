//! What the session of one peer is told to do.

use super::answer::Daemon;
use super::document::Answer;
use bgp_speaker::{PeerId, PeerStatus, Speaker, StartError};
use serde_json::{Value, json};

/// An operator's order to one session.
pub(super) enum Order {
    /// To ask for the peer's routes again (RFC 2918).
    Refresh,
    /// To begin or end its drain (RFC 8326).
    Drain(bool),
    /// To begin anew, with a word for the peer's operator.
    Reset(String),
    /// To end and stay down, likewise.
    ShutDown(String),
    /// To begin again.
    BringBack,
}

impl Daemon {
    /// Has an order carried out by the session of the peer of that name or address.
    pub(super) async fn order(&self, peer: &str, order: Order) -> Answer {
        let (speaker, status) = match self.peer(peer).await {
            Ok(Ok(found)) => found,
            Ok(Err(why)) => return Answer::Error(why),
            Err(error) => return Answer::Error(error.to_string()),
        };
        if let Err(why) = order.suits(&status) {
            return Answer::Error(why);
        }
        let document = order.document(peer);
        match order.give(speaker, status.id).await {
            Ok(()) => Answer::Ok(document),
            Err(error) => Answer::Error(error.to_string()),
        }
    }
}

impl Order {
    /// Whether it can be carried out, or why not.
    fn suits(&self, peer: &PeerStatus) -> Result<(), String> {
        let name = &peer.config.name;
        match (self, &peer.exchange) {
            (Self::Refresh, None) => {
                Err(format!("the session with {name} is {}: there is nobody to ask", peer.state))
            }
            (Self::Refresh, Some(up)) if !up.negotiated.route_refresh => {
                Err(format!("{name} does not do route refresh (RFC 2918)"))
            }
            (Self::Reset(_), _) if peer.shut_down => {
                Err(format!("{name} is shut down: `voicepeer shutdown --undo` lets it begin again"))
            }
            _ => Ok(()),
        }
    }

    async fn give(self, speaker: &Speaker, peer: PeerId) -> Result<(), StartError> {
        match self {
            Self::Refresh => speaker.refresh(peer).await,
            Self::Drain(draining) => speaker.drain(peer, draining).await,
            Self::Reset(text) => speaker.reset(peer, text).await,
            Self::ShutDown(text) => speaker.shut_down(peer, text).await,
            Self::BringBack => speaker.bring_back(peer).await,
        }
    }

    /// What the client hears once it is carried out.
    fn document(&self, peer: &str) -> Value {
        match self {
            Self::Refresh => json!({ "refreshed": peer }),
            Self::Drain(draining) => json!({ "draining": draining }),
            Self::Reset(_) => json!({ "reset": peer }),
            Self::ShutDown(_) => json!({ "shut_down": true }),
            Self::BringBack => json!({ "shut_down": false }),
        }
    }
}
