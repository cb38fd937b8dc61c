//! The ledger of one session's sender: what the octets it wrote have told the peer.

use crate::record::Message;
use bgp_rib::Net;
use bgp_wire::{
    AttributeSet, Family, MessageType, Negotiated, Notification, Received, RouteRefresh, RouteRefreshKind,
    Routes, frame, update,
};
use std::collections::{BTreeMap, BTreeSet};

/// Kept from the messages alone, it knows nothing of the speaker's own Adj-RIB-Out.
#[derive(Default, Debug)]
pub(crate) struct Ledger {
    /// How UPDATEs are written, while the session is up.
    negotiated: Option<Negotiated>,
    told: BTreeMap<PathKey, AttributeSet>,
    /// What the peer asked for again.
    again: BTreeSet<PathKey>,
    ended: Vec<Family>,
    /// Whether the sender may say again what it has said: it tells its peer something else from now on.
    may_repeat: bool,
}

/// One path that was told: its net and its identifier (RFC 7911), which is 0 where the session has none.
pub(crate) type PathKey = (Net, u32);

/// What is wrong with a message.
pub(crate) enum Wrong {
    Malformed(String),
    Twice(String),
    /// A refresh ended and something was left out.
    Missing(String),
}

impl Ledger {
    /// That of a session which has just come up. What it agreed to send with path identifiers is read with them.
    pub(crate) fn new(negotiated: Negotiated) -> Self {
        let read = Negotiated { add_path_rx: negotiated.add_path_tx, ..negotiated };
        Self { negotiated: Some(read), ..Self::default() }
    }

    /// What the peer was told, by the octets.
    pub(crate) const fn told(&self) -> &BTreeMap<PathKey, AttributeSet> {
        &self.told
    }

    /// What the session agreed on.
    pub(crate) const fn negotiated(&self) -> Option<&Negotiated> {
        self.negotiated.as_ref()
    }

    /// Whether the peer was told that it has all of a family.
    pub(crate) fn has_ended(&self, family: Family) -> bool {
        self.ended.contains(&family)
    }

    /// What the peer asked for again and has not been sent since.
    pub(crate) const fn owed(&self) -> &BTreeSet<PathKey> {
        &self.again
    }

    pub(crate) fn refresh(&mut self, family: Family) {
        self.again.extend(self.told.keys().filter(|(net, _)| net.family() == family));
    }

    /// The peer says which prefixes it wants (RFC 5291), and asks for all of the family by it. Who has been told something
    /// is told with others from now on, of the other family too, and of what it has it is only known that it has it.
    pub(crate) fn filtered(&mut self, family: Family) {
        self.may_repeat |= !self.told.is_empty();
        self.refresh(family);
    }

    /// What the sender tells changes with its configuration: it may say the same again.
    pub(crate) const fn may_repeat(&mut self) {
        self.may_repeat = true;
    }

    /// Takes note of one whole message.
    pub(crate) fn sent(&mut self, octets: &[u8]) -> Result<Message, Wrong> {
        let malformed = |why: &str| Wrong::Malformed(format!("{why}: {octets:02x?}"));
        let Ok(Some(message)) =
            frame(octets, self.negotiated.map_or(bgp_wire::MAX_MESSAGE, |n| n.max_message))
        else {
            return Err(malformed("no message"));
        };
        if message.len != octets.len() {
            return Err(malformed("more than one message"));
        }
        match message.kind {
            MessageType::Open => Ok(Message::Open),
            MessageType::Keepalive => Ok(Message::Keepalive),
            MessageType::RouteRefresh => {
                let refresh =
                    RouteRefresh::decode(message.body).map_err(|why| malformed(&why.to_string()))?;
                self.marker(refresh)
            }
            MessageType::Notification => Ok(Message::Notification(Notification::decode(message.body).code)),
            MessageType::Update => {
                let n = self.negotiated.as_ref().ok_or_else(|| malformed("an UPDATE without a session"))?;
                let parsed = update(message.body, n).map_err(|why| malformed(&why.to_string()))?;
                if parsed.findings.worst().is_some() {
                    return Err(malformed(&format!("{:?}", parsed.findings)));
                }
                self.update(&parsed.update).map_err(Wrong::Twice)
            }
        }
    }

    /// What a refresh ends without, the peer has lost (RFC 7313 section 4).
    fn marker(&self, refresh: RouteRefresh) -> Result<Message, Wrong> {
        let left_out = self.again.iter().find(|(net, _)| net.family().afi_safi() == refresh.family);
        match left_out.filter(|_| refresh.kind == RouteRefreshKind::End) {
            Some((net, _)) => Err(Wrong::Missing(format!("the refresh ends without {net}"))),
            None => Ok(Message::RouteRefresh(refresh)),
        }
    }

    fn update(&mut self, update: &Received<'_>) -> Result<Message, String> {
        match update {
            Received::EndOfRib(family) if self.ended.contains(family) => Err(format!("End-of-RIB {family}")),
            Received::EndOfRib(family) => {
                self.ended.push(*family);
                Ok(Message::EndOfRib(*family))
            }
            Received::Routes(routes) => self.routes(routes),
            Received::TreatAsWithdraw { .. } => Err("an UPDATE to treat as withdraw".to_owned()),
            Received::AfiSafiDisable { family, .. } => Err(format!("an UPDATE that disables {family}")),
        }
    }

    fn routes(&mut self, routes: &Routes<'_>) -> Result<Message, String> {
        let (mut withdrawn, mut announced) = (Vec::new(), Vec::new());
        for nlri in routes.withdrawn.prefixes() {
            let net = Net::from(nlri.prefix);
            let path = (net, nlri.path_id);
            if self.told.remove(&path).is_none() && !self.may_repeat {
                return Err(format!("{net} withdrawn, and the peer has it not"));
            }
            self.again.remove(&path);
            withdrawn.push(net);
        }
        for (next_hop, nlri) in routes.announced() {
            let attrs = AttributeSet::from_attrs(&routes.attrs, next_hop);
            for (net, path_id) in nlri.iter().map(|n| (Net::from(n.prefix), n.path_id)) {
                let path = (net, path_id);
                let before = self.told.insert(path, attrs.clone());
                if !self.again.remove(&path) && before.as_ref() == Some(&attrs) && !self.may_repeat {
                    return Err(format!("{net} announced again, unchanged"));
                }
                announced.push(net);
            }
        }
        Ok(Message::Update(withdrawn, announced))
    }
}
