//! The forms of text that are known, and which of them an output has.

use super::text::{Line, Seen, Unreadable};
use super::{
    bird, eos, eos_detail, frr, frr_detail, gobgp, ios_xr, ios_xr_detail, junos, junos_detail, openbgpd,
    openbgpd_detail, sr_os, sr_os_detail, sr_os_hunt,
};

/// One form of text.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The program and its command.
    pub(super) name: &'static str,
    /// Whether an output has this form.
    knows: fn(&[Line<'_>]) -> bool,
    pub(super) read: fn(&[Line<'_>]) -> Result<Seen, Unreadable>,
}

/// Every form. The first that knows an output reads it.
pub(super) const FORMS: [Form; 15] = [
    Form { name: "FRR, advertised-routes", knows: frr::knows, read: frr::read },
    Form { name: "FRR, advertised-routes detail", knows: frr_detail::knows, read: frr_detail::read },
    Form {
        name: "OpenBGPD, show rib detail out",
        knows: openbgpd_detail::knows,
        read: openbgpd_detail::read,
    },
    Form { name: "OpenBGPD, show rib out", knows: openbgpd::knows, read: openbgpd::read },
    Form { name: "GoBGP, adj-out", knows: gobgp::knows, read: gobgp::read },
    Form { name: "IOS-XR, advertised-routes", knows: ios_xr::knows, read: ios_xr::read },
    Form { name: "IOS-XR, advertised neighbor", knows: ios_xr_detail::knows, read: ios_xr_detail::read },
    Form { name: "Junos, advertising-protocol bgp", knows: junos::knows, read: junos::read },
    Form {
        name: "Junos, advertising-protocol bgp detail",
        knows: junos_detail::knows,
        read: junos_detail::read,
    },
    Form { name: "SR OS, advertised-routes", knows: sr_os::knows, read: sr_os::read },
    Form { name: "SR OS, routes hunt", knows: sr_os_hunt::knows, read: sr_os_hunt::read },
    Form { name: "SR OS, advertised-routes detail", knows: sr_os_detail::knows, read: sr_os_detail::read },
    Form { name: "EOS, advertised-routes", knows: eos::knows, read: eos::read },
    Form { name: "EOS, advertised-routes detail", knows: eos_detail::knows, read: eos_detail::read },
    Form { name: "BIRD, show route export", knows: bird::knows, read: bird::read },
];

/// The form of an output.
pub(super) fn form_of(lines: &[Line<'_>]) -> Option<&'static Form> {
    FORMS.iter().find(|form| (form.knows)(lines))
}
