//! What the lines serve, in words that every router's comments share.

/// What is not taken, whoever sends it.
pub(super) const NO_AS12076: &str = "VP-NO-AS12076: nothing with that ASN is taken.";
/// The limit of prefixes received.
pub(super) const MAX_PREFIX: &str = "VP-MAX-PREFIX.";
/// The router's own ASN.
pub(super) const OWN_ASN: &str = "VP-ASN-PUBLIC: the ASN that is registered with the far end.";
/// The list of prefixes that may leave.
pub(super) const PREFIXES: &str = "VP-ALL-SESSIONS, VP-UNREGISTERED, VP-PREFIX-LENGTH: what is registered or activated for this session, exactly.";
/// Prefixes that the router itself announces.
pub(super) const ORIGINATES: &str = "The prefixes begin here.";
/// The next hop of what leaves.
pub(super) const NEXT_HOP: &str = "VP-NEXTHOP: our own address on the session.";
/// That communities leave at all.
pub(super) const COMMUNITIES_SENT: &str = "VP-COMMUNITY: communities are sent.";
/// The policies of a session.
pub(super) const POLICIES: &str =
    "VP-NO-AS12076, VP-COMMUNITY, VP-ASPATH-LENGTH and what else the policies serve.";
/// Both timers of a session.
pub(super) const TIMERS: &str = "VP-HOLD-TIME: keepalive and hold time.";
/// The hold time alone.
pub(super) const HOLD_TIME: &str = "VP-HOLD-TIME.";
/// The community by itself.
pub(super) const COMMUNITY: &str = "VP-COMMUNITY: the standard community.";
/// What a route map does, and does not do.
pub(super) const UNPREPENDED_WITH_COMMUNITY: &str =
    "VP-ASPATH-PREPEND: nothing is prepended. VP-COMMUNITY: the standard community, beside those there are.";
/// Paths that do not leave or come in.
pub(super) const PATHS: &str = "VP-ASPATH-PREPEND, VP-ASPATH-PRIVATE, VP-NO-AS12076.";
