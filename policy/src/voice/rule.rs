//! The catalogue of rules: one table.

use std::fmt;
use std::str::FromStr;

/// What a rule looks at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Scope {
    /// One announced route.
    Route,
    /// A prefix over all sessions.
    Sessions,
    /// The plan.
    Plan,
    /// A session as it was seen.
    Live,
}

/// A row of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleSpec {
    /// The rule.
    pub id: RuleId,
    /// Its identifier, which never changes.
    pub text: &'static str,
    /// What it looks at.
    pub scope: Scope,
    /// A few words for a heading.
    pub title: &'static str,
    /// What must hold.
    pub checks: &'static str,
    /// Why it must.
    pub why: &'static str,
    /// What to do where it does not.
    pub remedy: &'static str,
    /// What the portal will say, in our words.
    pub portal: Option<&'static str>,
}

macro_rules! catalogue {
    ($($id:ident = $text:literal, $scope:ident, $title:literal, checks $checks:literal, why $why:literal,
       remedy $remedy:literal $(, portal $portal:literal)?;)+) => {
        /// A rule by its identifier; in text and documents `VP-...`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum RuleId { $(#[doc = concat!("`", $text, "`: ", $checks, ".")] $id),+ }

        /// Every rule, in the order of [`RuleId`].
        pub const RULES: &[RuleSpec] = &[$(RuleId::$id.spec()),+];

        impl RuleId {
            /// Its identifier.
            pub const fn as_str(self) -> &'static str {
                self.spec().text
            }

            /// Its row of the catalogue.
            pub const fn spec(self) -> RuleSpec {
                match self { $(Self::$id => RuleSpec {
                    id: Self::$id, text: $text, scope: Scope::$scope, title: $title, checks: $checks, why: $why,
                    remedy: $remedy, portal: { let portal: &[&str] = &[$($portal)?]; first(portal) },
                }),+ }
            }
        }
    };
}

const fn first(list: &[&'static str]) -> Option<&'static str> {
    match list {
        [one, ..] => Some(one),
        [] => None,
    }
}

catalogue! {
    PrefixValid = "VP-PREFIX-VALID", Route, "well-formed prefix",
        checks "the prefix is IPv4, well-formed and has no bits set beyond its length",
        why "voice prefixes are IPv4, and a prefix that is not exact cannot be registered",
        remedy "write the prefix as network address, slash and length, every bit beyond the length zero",
        portal "the prefix is not valid";
    PrefixPublic = "VP-PREFIX-PUBLIC", Route, "public prefix",
        checks "the prefix neither lies in nor covers a range that is private or set apart",
        why "addresses that are not globally reachable cannot be routed to the carrier",
        remedy "announce address space of your own that is globally reachable",
        portal "the prefix is in a private range";
    PrefixLength = "VP-PREFIX-LENGTH", Route, "prefix length",
        checks "the prefix has 8 to 24 bits",
        why "a prefix longer than /24 is routed once registered but cannot be activated; one shorter than /8 is a mistake",
        remedy "register and activate the covering /24 or shorter";
    Community = "VP-COMMUNITY", Route, "voice community",
        checks "the route carries the standard community 8075:8007",
        why "the community marks the route as one for voice; a large or extended community does not count",
        remedy "add the standard community 8075:8007 on export, and see that communities are sent to this peer",
        portal "the advertisement lacks the voice community";
    AsPathLength = "VP-ASPATH-LENGTH", Route, "AS path length",
        checks "AS_PATH counts at most 3 ASNs",
        why "voice takes the direct path; a longer one means that the route came by way of others",
        remedy "announce the prefix from its origin, or from a network closer to it",
        portal "the AS path is not correct";
    AsPathPrivate = "VP-ASPATH-PRIVATE", Route, "no private ASN",
        checks "AS_PATH has no ASN for private use and none that is reserved or set apart",
        why "such an ASN says nothing about who the network is, and must not leave it",
        remedy "strip private ASNs on export to this peer, or originate the route from a public ASN",
        portal "the AS path has a private ASN";
    AsPathPrepend = "VP-ASPATH-PREPEND", Route, "no prepending",
        checks "no ASN stands in AS_PATH twice",
        why "prepending moves voice to another path and counts against the path's length; a repeated ASN apart from it is a loop",
        remedy "remove prepending from the export policy towards this peer",
        portal "the AS path is not correct";
    AsPathSet = "VP-ASPATH-SET", Route, "AS path of sequences",
        checks "AS_PATH is not empty, has no AS_SET or AS_CONFED_SET, and begins with the carrier's ASN",
        why "sets are no longer used (RFC 9774), and a path that does not begin with the neighbor is refused",
        remedy "announce the routes themselves instead of an aggregate of several origins, with your own ASN in front",
        portal "the AS path is not correct";
    OriginAsn = "VP-ORIGIN-ASN", Route, "origin ASN is the carrier's",
        checks "the route originates from the peering's ASN or one associated with the same subscription",
        why "the far end accepts prefixes from ASNs it knows to belong to the carrier",
        remedy "add a peer ASN: associate the origin ASN with the subscription and name it in the plan's associated_asns";
    OriginRegistered = "VP-ORIGIN-REGISTERED", Route, "origin ASN registered",
        checks "the origin ASN is registered in a major routing registry with a route object that covers the prefix, and RPKI does not call it invalid",
        why "the far end checks the origin against the registries",
        remedy "create the aut-num and route objects in a routing registry, and correct the ROA where there is one",
        portal "the origin ASN is not registered";
    NextHop = "VP-NEXTHOP", Route, "next hop on the session",
        checks "the next hop is the carrier's address on the session or another on its subnet, never the far end's own",
        why "traffic has to enter through the interconnect that the route came on",
        remedy "set next hop self on export to this peer";
    AllSessions = "VP-ALL-SESSIONS", Sessions, "announced on all sessions",
        checks "a registered prefix is announced on every session of its peering, an activated one on all primary and backup sessions",
        why "a session without the route cannot take over when another fails",
        remedy "announce the prefix on the sessions named in the evidence",
        portal "the prefix was not received from these addresses";
    Consistent = "VP-CONSISTENT", Sessions, "same attributes on all sessions",
        checks "path, communities and origin of a prefix are the same on every session",
        why "differing attributes draw traffic to one session, or pass the checks on some only",
        remedy "use one export policy for all sessions";
    Unregistered = "VP-UNREGISTERED", Sessions, "announced prefixes are registered",
        checks "every announced prefix is registered",
        why "a prefix that is not registered gets no optimised routing",
        remedy "register the prefix under one peering, or stop announcing it here";
    RegisteredOnce = "VP-REGISTERED-ONCE", Sessions, "registered once",
        checks "a prefix is registered under one peering only",
        why "the key of one registration serves every location",
        remedy "remove all registrations of the prefix but one, and use its key everywhere";
    KeyMatch = "VP-KEY-MATCH", Sessions, "prefix key matches",
        checks "the key entered at activation is the one issued at registration",
        why "the key proves that whoever activates the prefix registered it",
        remedy "copy the key from the registered prefix into the activation",
        portal "the prefix key does not match the registered prefix";
    AsnPublic = "VP-ASN-PUBLIC", Plan, "public ASN",
        checks "the carrier's ASN and those associated with it are public and not reserved",
        why "the peering is between public networks",
        remedy "peer with an ASN that a registry assigned to you";
    Redundancy = "VP-REDUNDANCY", Plan, "redundant connections",
        checks "a peering has at least two connections, two of them in the primary location",
        why "one failure must not end the service in its location",
        remedy "add a second connection to the peering in its primary location";
    Diversity = "VP-DIVERSITY", Plan, "diverse routers",
        checks "no two connections of one location end on the same router on either side",
        why "a router is the failure that redundancy is for",
        remedy "move one of the connections to another router";
    BackupLocation = "VP-BACKUP-LOCATION", Plan, "backup in another location",
        checks "a backup connection is in another location than the primary, and a chosen backup location has a session",
        why "a local redundant connection fails together with its location",
        remedy "call the local connection redundant, and place the backup in another location";
    GeoRedundancy = "VP-GEO-REDUNDANCY", Plan, "more than one location",
        checks "the carrier interconnects in more than one location",
        why "recommended: a location can be lost as a whole",
        remedy "add a peering in another location, and choose it as the backup location";
    BandwidthEqual = "VP-BANDWIDTH-EQUAL", Plan, "equal bandwidth",
        checks "primary, redundant and backup connections have the same bandwidth",
        why "whichever takes over has to carry the same traffic",
        remedy "bring the connections to the same bandwidth";
    BandwidthMin = "VP-BANDWIDTH-MIN", Plan, "enough bandwidth",
        checks "a connection has at least 10 Gbps, and less than 40 percent of it is used",
        why "10 Gbps is the least; at 40 percent an augmentation begins, which takes 45 to 60 days",
        remedy "order bandwidth: at least 10 Gbps, and more before 40 percent is reached";
    Bfd = "VP-BFD", Live, "BFD below one second",
        checks "BFD is configured and Up, and its detection time is under one second",
        why "the far end exchanges routes only over BFD, and voice has to move within a second",
        remedy "configure BFD at 300 ms x 3; where the far end runs slower, ask it for 300 ms";
    BfdStrict = "VP-BFD-STRICT", Live, "routes wait for BFD",
        checks "the session holds routes until BFD is Up",
        why "a session without BFD would attract traffic that no fast failure detection guards",
        remedy "switch BFD strict mode on for the session";
    SessionAddress = "VP-SESSION-ADDRESS", Plan, "session addresses",
        checks "the far end gives the addresses, IPv4 in a /30 or /31, both ends in the same subnet and not of the carrier's own space",
        why "the far end allocates them when it provisions the port",
        remedy "use the addresses that the far end allocated, with their length";
    NoMd5 = "VP-NO-MD5", Live, "no TCP-MD5",
        checks "no TCP-MD5 password is set",
        why "the far end does not use one, so the session would not come up",
        remedy "remove the password from the session";
    MaxPrefix = "VP-MAX-PREFIX", Live, "limit on prefixes received",
        checks "the limit on prefixes received is 400 to 500",
        why "about 280 prefixes arrive and grow by 10 to 15 percent; a lower limit ends the session, a much higher one guards nothing",
        remedy "set the limit between 400 and 500";
    NoAs12076 = "VP-NO-AS12076", Live, "AS12076 is refused",
        checks "no route with AS12076 in its path is accepted or announced",
        why "that ASN belongs to private circuits, whose routes never belong on this interconnect",
        remedy "reject routes with AS12076 anywhere in AS_PATH, in both directions";
    HoldTime = "VP-HOLD-TIME", Live, "hold and keepalive time",
        checks "the hold time is at least 10 seconds and the keepalive time at least 3",
        why "the far end uses 180 and 60 and refuses less than 10 and 3; BFD is there to be fast",
        remedy "use a hold time of 180 and a keepalive time of 60 seconds";
    ConnectionActive = "VP-CONNECTION-ACTIVE", Live, "connection is Active",
        checks "a connection is Active before prefixes are registered under its peering",
        why "registration is open only to a peering in use",
        remedy "wait until the connection is Active, then register";
    Lacp = "VP-LACP", Plan, "LACP",
        checks "the links run LACP",
        why "the far end sets every link up as a link aggregation group",
        remedy "run LACP on the links and attest it in the plan";
    NoStatefulFirewall = "VP-NO-STATEFUL-FIREWALL", Plan, "no stateful firewall",
        checks "the peering does not end on a stateful firewall",
        why "traffic may leave and return by different sessions",
        remedy "end the peering on a router and attest it in the plan";
    NoRateLimit = "VP-NO-RATE-LIMIT", Plan, "no rate limit",
        checks "nothing limits the rate on the connection",
        why "a limit drops voice",
        remedy "remove the rate limit and attest it in the plan";
    IrrPeeringDb = "VP-IRR-PEERINGDB", Plan, "registry objects and PeeringDB",
        checks "objects in a public routing registry and a PeeringDB profile exist",
        why "the far end builds its filters and finds its contacts there",
        remedy "publish both and attest them in the plan";
}

/// Text that is no rule's identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownRule;

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no rule has this identifier; one looks like VP-PREFIX-LENGTH")
    }
}
impl std::error::Error for UnknownRule {}

impl FromStr for RuleId {
    type Err = UnknownRule;

    fn from_str(s: &str) -> Result<Self, UnknownRule> {
        RULES.iter().find(|row| row.text == s).map(|row| row.id).ok_or(UnknownRule)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The identifiers are an interface: users' scripts name them.
    #[test]
    fn identifiers_never_change() {
        let ids = "VP-PREFIX-VALID VP-PREFIX-PUBLIC VP-PREFIX-LENGTH VP-COMMUNITY VP-ASPATH-LENGTH VP-ASPATH-PRIVATE \
                   VP-ASPATH-PREPEND VP-ASPATH-SET VP-ORIGIN-ASN VP-ORIGIN-REGISTERED VP-NEXTHOP VP-ALL-SESSIONS \
                   VP-CONSISTENT VP-UNREGISTERED VP-REGISTERED-ONCE VP-KEY-MATCH VP-ASN-PUBLIC VP-REDUNDANCY \
                   VP-DIVERSITY VP-BACKUP-LOCATION VP-GEO-REDUNDANCY VP-BANDWIDTH-EQUAL VP-BANDWIDTH-MIN VP-BFD \
                   VP-BFD-STRICT VP-SESSION-ADDRESS VP-NO-MD5 VP-MAX-PREFIX VP-NO-AS12076 VP-HOLD-TIME \
                   VP-CONNECTION-ACTIVE VP-LACP VP-NO-STATEFUL-FIREWALL VP-NO-RATE-LIMIT VP-IRR-PEERINGDB";
        assert_eq!(RULES.iter().map(|row| row.text).collect::<Vec<_>>().join(" "), ids);
        for row in RULES {
            assert_eq!(row.text.parse(), Ok(row.id));
            assert_eq!(row.id.spec(), *row);
        }
        assert_eq!("VP-NO-SUCH".parse::<RuleId>(), Err(UnknownRule));
    }
}
