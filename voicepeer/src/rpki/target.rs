//! What an RTR cache says, put together (RFC 8210).

use bgp_policy::rpki::{Aspa, AspaSet, Vrp, VrpSet, VrpUpdateError};
use bgp_wire::Asn;
use ipnet::IpNet;
use rpki::rtr::client::{PayloadError, PayloadTarget, PayloadUpdate};
use rpki::rtr::payload::{Action, Payload, RouteOrigin, Timing};
use std::sync::Arc;

/// All that a cache has said by the end of a response.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) vrps: Arc<VrpSet>,
    pub(super) aspas: Arc<AspaSet>,
    pub(super) timing: Timing,
}

/// The data of one cache. It stays as it is until a response is whole.
pub(super) struct Target {
    pub(super) heard: Heard,
    /// Takes what was heard at the end of each response.
    pub(super) tell: Box<dyn FnMut(Heard) + Send>,
    /// Why the last response was refused: what the cache has and what we have are different things.
    pub(super) refused: Option<String>,
}

impl Target {
    pub(super) fn new(tell: impl FnMut(Heard) + Send + 'static) -> Self {
        let (vrps, aspas) = (Arc::default(), Arc::default());
        let heard = Heard { vrps, aspas, timing: Timing::default() };
        Self { heard, tell: Box::new(tell), refused: None }
    }

    /// What an update makes of the VRPs.
    fn updated(&self, update: &Update) -> Result<VrpSet, PayloadError> {
        let announced = update.announced.iter().copied();
        if !update.reset {
            let updated = self.heard.vrps.updated(announced, update.withdrawn.iter().copied());
            return updated.map_err(|error| match error {
                VrpUpdateError::UnknownWithdrawal(_) => PayloadError::UnknownWithdraw,
                VrpUpdateError::DuplicateAnnouncement(_) => PayloadError::DuplicateAnnounce,
            });
        }
        if !update.withdrawn.is_empty() {
            return Err(PayloadError::UnknownWithdraw);
        }
        let all: VrpSet = announced.collect();
        if all.len() == update.announced.len() { Ok(all) } else { Err(PayloadError::DuplicateAnnounce) }
    }
}

impl PayloadTarget for Target {
    type Update = Update;

    fn start(&mut self, reset: bool) -> Update {
        Update { reset, announced: Vec::new(), withdrawn: Vec::new(), aspas: Vec::new() }
    }

    fn apply(&mut self, update: Update, timing: Timing) -> Result<(), PayloadError> {
        let vrps = self.updated(&update).inspect_err(|error| self.refused = Some(error.to_string()))?;
        let mut aspas = if update.reset { AspaSet::default() } else { (*self.heard.aspas).clone() };
        for (action, aspa) in update.aspas {
            if action.is_announce() {
                aspas.replace(aspa);
            } else if !aspas.remove(aspa.customer) {
                self.refused = Some(PayloadError::UnknownWithdraw.to_string());
                return Err(PayloadError::UnknownWithdraw);
            }
        }
        self.heard = Heard { vrps: Arc::new(vrps), aspas: Arc::new(aspas), timing };
        (self.tell)(self.heard.clone());
        Ok(())
    }
}

/// A response that is under way.
pub(super) struct Update {
    reset: bool,
    announced: Vec<Vrp>,
    withdrawn: Vec<Vrp>,
    aspas: Vec<(Action, Aspa)>,
}

impl PayloadUpdate for Update {
    fn push_update(&mut self, action: Action, payload: Payload) -> Result<(), PayloadError> {
        match payload {
            Payload::Origin(origin) => {
                let vrp = vrp(&origin).ok_or(PayloadError::Corrupt)?;
                let list = if action.is_announce() { &mut self.announced } else { &mut self.withdrawn };
                list.push(vrp);
            }
            Payload::Aspa(aspa) => {
                let providers = aspa.providers.iter().map(|asn| Asn(asn.into_u32())).collect();
                self.aspas.push((action, Aspa { customer: Asn(aspa.customer.into_u32()), providers }));
            }
            // Nobody here verifies BGPsec.
            Payload::RouterKey(_) => {}
        }
        Ok(())
    }
}

fn vrp(origin: &RouteOrigin) -> Option<Vrp> {
    let (prefix, asn) = (origin.prefix, Asn(origin.asn.into_u32()));
    let net = IpNet::new(prefix.addr(), prefix.prefix_len()).ok()?;
    Vrp::new(net, prefix.resolved_max_len(), asn).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rpki::resources::addr::{MaxLenPrefix, Prefix};
    use std::sync::Mutex;

    fn origin(prefix: &str, asn: u32) -> Payload {
        let net: IpNet = prefix.parse().unwrap();
        let prefix = Prefix::new(net.addr(), net.prefix_len()).unwrap();
        Payload::origin(MaxLenPrefix::new(prefix, None).unwrap(), asn.into())
    }

    /// (whether all comes anew, what comes, what there is then or why it is refused).
    #[test]
    fn responses_one_after_the_other() {
        use Action::{Announce, Withdraw};
        const A: &str = "198.51.100.0/24";
        const B: &str = "2001:db8::/32";
        let told = Arc::new(Mutex::new(0));
        let count = Arc::clone(&told);
        let mut target = Target::new(move |_| *count.lock().unwrap() += 1);
        for (reset, payloads, want) in [
            (
                true,
                &[(Announce, A, 1), (Announce, B, 1)][..],
                Ok("198.51.100.0/24 by AS1 2001:db8::/32 by AS1"),
            ),
            (false, &[(Withdraw, A, 1), (Announce, A, 2)], Ok("198.51.100.0/24 by AS2 2001:db8::/32 by AS1")),
            (false, &[], Ok("198.51.100.0/24 by AS2 2001:db8::/32 by AS1")),
            (false, &[(Withdraw, A, 1)], Err("withdrawal of non-existing item")),
            (false, &[(Announce, B, 1)], Err("duplicate announcement")),
            (true, &[(Announce, B, 1), (Announce, B, 1)], Err("duplicate announcement")),
            (true, &[(Withdraw, B, 1)], Err("withdrawal of non-existing item")),
            (true, &[(Announce, B, 7)], Ok("2001:db8::/32 by AS7")),
            (true, &[], Ok("")),
        ] {
            let mut update = target.start(reset);
            for (action, prefix, asn) in payloads {
                update.push_update(*action, origin(prefix, *asn)).unwrap();
            }
            let before = *told.lock().unwrap();
            let applied = target.apply(update, Timing::default());
            let texts: Vec<_> = target.heard.vrps.vrps().iter().map(ToString::to_string).collect();
            let got = applied.map(|()| texts.join(" ")).map_err(|error| error.to_string());
            assert_eq!(got, want.map(str::to_owned).map_err(str::to_owned), "{payloads:?}");
            assert_eq!(*told.lock().unwrap(), before + u32::from(want.is_ok()));
        }
    }
}
