//! What others say of prefixes and their origins: the RPKI and the IRR.

use crate::core::Core;
use bgp_policy::irr::Registrations;
use bgp_policy::rpki::{VrpChanges, VrpSet};

/// The data that routes are judged by; nothing where nobody has given any.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct RouteSources {
    pub(crate) vrps: Option<VrpSet>,
    pub(crate) registrations: Option<Registrations>,
}

impl Core {
    /// The VRPs change; nothing is known any more where there is no change.
    pub(crate) fn change_vrps(&mut self, changes: Option<&VrpChanges>) {
        let before = self.sources.vrps.take();
        self.sources.vrps = changes.map(|changes| before.clone().unwrap_or_default().changed_by(changes));
    }

    /// The registrations are others; nothing is known any more where there are none.
    pub(crate) fn set_registrations(&mut self, registrations: Option<Registrations>) {
        self.sources.registrations = registrations;
    }
}
