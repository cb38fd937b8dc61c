//! Which states follow which (RFC 4271 section 8.2.2), where a session has the state of its furthest connection.

use bgp_session::State;

/// Whether a session may go from one to the other in one step.
pub(crate) const fn follows(from: State, to: State) -> bool {
    use State::{Active, Connect, Established, Idle, OpenConfirm, OpenSent};
    match (from, to) {
        (Idle, to) => matches!(to, Connect | Active),
        (Connect, to) => matches!(to, Idle | Active | OpenSent),
        (Active, to) => matches!(to, Idle | Connect | OpenSent),
        (OpenSent, to) => matches!(to, Idle | Active | Connect | OpenConfirm),
        // The connection that was further lost a collision, or failed while the other one stays.
        (OpenConfirm, to) => matches!(to, Idle | Active | Connect | OpenSent | Established),
        (Established, to) => matches!(to, Idle),
    }
}
