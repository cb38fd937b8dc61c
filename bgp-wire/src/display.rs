//! Routes, prefixes and attributes on one line, in the words a network engineer knows.

use crate::as_path::AsPath;
use crate::attr::{AttrCode, AttrSet, Attrs, RawAttr, TypedValue};
use crate::attribute_set::{Aggregator, AttributeSet, OwnedAttr};
use crate::family::Family;
use crate::next_hop::NextHop;
use crate::nlri::{Nlri, PathNlri};
use crate::update::{Parsed, Received, Routes, Unfeasible};
use core::fmt::{self, Display, Formatter};

/// Items with `between` between them.
pub(crate) fn join<T: Display>(
    f: &mut Formatter<'_>,
    between: &str,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    items.enumerate().try_for_each(|(i, item)| {
        f.write_str(if i == 0 { "" } else { between })?;
        write!(f, "{item}")
    })
}

/// A line that grows by parts: `before` stands before the next one, `between` before those after it.
pub(crate) struct Line<'a, 'f> {
    f: &'a mut Formatter<'f>,
    before: &'static str,
    between: &'static str,
}

impl<'a, 'f> Line<'a, 'f> {
    pub(crate) fn new(f: &'a mut Formatter<'f>, between: &'static str) -> Self {
        Self { f, before: "", between }
    }

    /// The formatter, where the next part is to be written.
    pub(crate) fn part(&mut self) -> Result<&mut Formatter<'f>, fmt::Error> {
        self.f.write_str(core::mem::replace(&mut self.before, self.between))?;
        Ok(self.f)
    }

    /// Ends the line; `nothing` is what stands there where it had no part.
    pub(crate) fn or(self, nothing: &str) -> fmt::Result {
        if self.before.is_empty() { self.f.write_str(nothing) } else { Ok(()) }
    }

    /// What is done with routes, where there are any.
    fn routes(&mut self, what: &str, routes: &Unfeasible<'_>) -> fmt::Result {
        self.value(what, routes.fields().next().map(|_| routes))
    }

    /// A name and a value, where there is one.
    pub(crate) fn value(&mut self, name: &str, value: Option<impl Display>) -> fmt::Result {
        value.map_or(Ok(()), |value| write!(self.part()?, "{name} {value}"))
    }

    /// A name and its values, where there are any.
    pub(crate) fn list<T: Display>(&mut self, name: &str, values: impl Iterator<Item = T>) -> fmt::Result {
        let mut values = values.peekable();
        if values.peek().is_none() {
            return Ok(());
        }
        let f = self.part()?;
        write!(f, "{name} ")?;
        join(f, " ", values)
    }

    /// The path, where it is not empty.
    fn path(&mut self, path: Option<AsPath<'_>>) -> fmt::Result {
        self.value("path", path.filter(|path| !path.is_empty()))
    }
}

impl Display for Aggregator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.asn, self.router_id)
    }
}

/// An attribute of a later standard is shown by what it says; any other, and a malformed one, by name and length.
impl Display for RawAttr<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match TypedValue::read(self.code, self.value) {
            Some(value) => value.fmt(f),
            None => unread(f, self),
        }
    }
}

/// As of [`RawAttr`].
impl Display for OwnedAttr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        RawAttr { flags: self.flags, code: self.code, value: &self.value }.fmt(f)
    }
}

fn unread(f: &mut Formatter<'_>, attr: &RawAttr<'_>) -> fmt::Result {
    write!(f, "{} ({} octets)", attr.code, attr.value.len())
}

/// The AS of the customer, then the attributes. A set within it is not read: however deep they nest, this goes one
/// level deep.
impl Display for AttrSet<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "as {} (", self.origin_as)?;
        let (attrs, mut line) = (self.attrs(), Line::new(f, " "));
        attrs.iter().try_for_each(|attr| match attr.code {
            AttrCode::ATTR_SET => unread(line.part()?, &attr),
            _ => attribute(&mut line, &attrs, &attr),
        })?;
        f.write_str(")")
    }
}

impl Display for AttributeSet {
    /// ```
    /// use bgp_wire::{Asn, AttributeSet, Community, NextHop, Origin};
    ///
    /// let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    /// set.as_path = [Asn(64500), Asn(64501)].into_iter().collect();
    /// set.communities = vec![Community::new(8075, 8007), Community::NO_EXPORT];
    /// assert_eq!(
    ///     set.to_string(),
    ///     "igp path 64500 64501 next-hop 192.0.2.1 communities 8075:8007 no-export"
    /// );
    /// ```
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f, " ");
        write!(line.part()?, "{}", self.origin)?;
        line.path(Some(self.as_path.view()))?;
        line.value("next-hop", Some(self.next_hop))?;
        line.value("med", self.med)?;
        line.value("local-pref", self.local_pref)?;
        if self.atomic_aggregate {
            line.part()?.write_str("atomic-aggregate")?;
        }
        line.value("aggregator", self.aggregator)?;
        line.list("communities", self.communities.iter())?;
        line.value("originator-id", self.originator_id)?;
        line.list("cluster-list", self.cluster_list.iter())?;
        line.list("extended-communities", self.extended_communities.iter())?;
        line.list("large-communities", self.large_communities.iter())?;
        line.value("otc", self.only_to_customer)?;
        self.others.iter().try_for_each(|attr| attr.fmt(line.part()?))
    }
}

impl Display for Attrs<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        attributes(&mut Line::new(f, " "), self, true)
    }
}

/// Every attribute that can be used; NEXT_HOP where it does not stand beside the prefixes.
fn attributes(line: &mut Line<'_, '_>, attrs: &Attrs<'_>, next_hop: bool) -> fmt::Result {
    let mut these = attrs.iter().filter(|attr| next_hop || attr.code != AttrCode::NEXT_HOP);
    these.try_for_each(|attr| attribute(line, attrs, &attr))
}

/// One attribute; [`RawAttr`] shows those that have no arm here.
fn attribute(line: &mut Line<'_, '_>, attrs: &Attrs<'_>, attr: &RawAttr<'_>) -> fmt::Result {
    match attr.code {
        AttrCode::ORIGIN => attrs.origin().map_or(Ok(()), |origin| write!(line.part()?, "{origin}")),
        AttrCode::AS_PATH => line.path(attrs.as_path()),
        AttrCode::NEXT_HOP => line.value("next-hop", attrs.next_hop()),
        AttrCode::MULTI_EXIT_DISC => line.value("med", attrs.med()),
        AttrCode::LOCAL_PREF => line.value("local-pref", attrs.local_pref()),
        AttrCode::ATOMIC_AGGREGATE => line.part()?.write_str("atomic-aggregate"),
        AttrCode::AGGREGATOR => line.value("aggregator", attrs.aggregator()),
        AttrCode::COMMUNITIES => line.list("communities", attrs.communities()),
        AttrCode::ORIGINATOR_ID => line.value("originator-id", attrs.originator_id()),
        AttrCode::CLUSTER_LIST => line.list("cluster-list", attrs.cluster_list()),
        // What these two hold is told as routes.
        AttrCode::MP_REACH_NLRI | AttrCode::MP_UNREACH_NLRI => Ok(()),
        AttrCode::EXTENDED_COMMUNITIES => line.list("extended-communities", attrs.extended_communities()),
        AttrCode::AS4_PATH => line.value("as4-path", attrs.as4_path()),
        AttrCode::AS4_AGGREGATOR => line.value("as4-aggregator", attrs.as4_aggregator()),
        AttrCode::LARGE_COMMUNITY => line.list("large-communities", attrs.large_communities()),
        _ => write!(line.part()?, "{attr}"),
    }
}

impl Display for PathNlri {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        WithPathId { path_id: self.path_id, nlri: self.prefix }.fmt(f)
    }
}

impl Display for Nlri<'_> {
    /// The family, where it is not unicast, and what there is of it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !Family::UNICAST.contains(&self.family()) {
            write!(f, "{} ", self.family())?;
        }
        join(f, ", ", self.typed().map(|(path_id, nlri)| WithPathId { path_id, nlri }))
    }
}

/// An NLRI, and its path identifier where it has one.
struct WithPathId<T> {
    path_id: u32,
    nlri: T,
}

impl<T: Display> Display for WithPathId<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.path_id {
            0 => write!(f, "{}", self.nlri),
            id => write!(f, "{} path-id {id}", self.nlri),
        }
    }
}

impl Display for Unfeasible<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, ", ", self.fields())
    }
}

impl Display for Routes<'_> {
    /// What is withdrawn, what is announced by way of which next hop, and the other attributes.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f, "; ");
        line.routes("withdraw", &self.withdrawn)?;
        for (next_hop, nlri) in self.announced() {
            write!(line.part()?, "announce {nlri}")?;
            if next_hop != NextHop::Absent {
                write!(line.f, " via {next_hop}")?;
            }
        }
        line.between = " ";
        attributes(&mut line, &self.attrs, self.announced().next().is_none())?;
        line.or("no routes")
    }
}

impl Display for Received<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f, "; ");
        let (withdrawn, announced) = match self {
            Self::Routes(routes) => return routes.fmt(f),
            Self::EndOfRib(family) => return write!(f, "End-of-RIB {family}"),
            Self::TreatAsWithdraw { withdrawn, announced } => (withdrawn, announced),
            Self::AfiSafiDisable { family, withdrawn, announced } => {
                line.value("disable", Some(family))?;
                (withdrawn, announced)
            }
        };
        line.routes("withdraw", withdrawn)?;
        line.routes("treat as withdraw", announced)?;
        line.or("no routes")
    }
}

impl Display for Parsed<'_> {
    /// What to do, then what was found.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.update.fmt(f)?;
        self.findings.iter().try_for_each(|finding| write!(f, "; {finding}"))?;
        match self.findings.more() {
            0 => Ok(()),
            more => write!(f, "; {more} more findings"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FamilySet, Negotiated, PeerKind, update};
    use alloc::string::{String, ToString};

    const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
    const AS_PATH: &[u8] = &[0x40, 2, 16, 2, 1, 0, 0, 0xfb, 0xf4, 1, 2, 0, 0, 0xfb, 0xf5, 0, 0, 0xfb, 0xf6];
    const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 1];
    const LOCAL_PREF: &[u8] = &[0x40, 5, 4, 0, 0, 0, 100];
    const COMMUNITIES: &[u8] = &[0xc0, 8, 8, 0x1f, 0x8b, 0x1f, 0x47, 0xff, 0xff, 0xff, 1];

    fn shown(peer: PeerKind, withdrawn: &[u8], attributes: &[&[u8]], announced: &[u8]) -> String {
        let len = |v: &[u8]| u16::try_from(v.len()).unwrap().to_be_bytes();
        let attributes = attributes.concat();
        let body = [&len(withdrawn), withdrawn, &len(&attributes), &attributes, announced].concat();
        let n = Negotiated { families: FamilySet::EVERY, ..Negotiated::new(peer) };
        update(&body, &n).unwrap().to_string()
    }

    /// (withdrawn, attributes, announced, the line)
    #[test]
    fn updates() {
        let mp_reach: &[u8] = &[
            0x80, 14, 26, 0, 2, 1, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 32, 0x20,
            1, 0xd, 0xb8,
        ];
        let full: &[&[u8]] = &[
            ORIGIN,
            AS_PATH,
            NEXT_HOP,
            &[0x80, 4, 4, 0, 0, 0, 10],
            LOCAL_PREF,
            &[0x40, 6, 0],
            &[0xc0, 7, 8, 0, 0, 0xfb, 0xf4, 192, 0, 2, 9],
            COMMUNITIES,
            &[0x80, 9, 4, 192, 0, 2, 8],
            &[0x80, 10, 8, 192, 0, 2, 7, 192, 0, 2, 6],
            &[0xc0, 32, 12, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 0, 0, 2],
            &[0xc0, 99, 2, 1, 2],
        ];
        let cases: &[(&[u8], &[&[u8]], &[u8], &str)] = &[
            (&[], &[], &[], "End-of-RIB ipv4-unicast"),
            (&[8, 10, 8, 11], &[], &[], "withdraw 10.0.0.0/8, 11.0.0.0/8"),
            (
                &[8, 10],
                full,
                &[24, 203, 0, 113],
                "withdraw 10.0.0.0/8; announce 203.0.113.0/24 via 192.0.2.1; \
                 igp path 64500 {64501 64502} med 10 local-pref 100 atomic-aggregate aggregator 64500 192.0.2.9 \
                 communities 8075:8007 no-export originator-id 192.0.2.8 cluster-list 192.0.2.7 192.0.2.6 \
                 large-communities 64500:1:2 attribute 99 (2 octets)",
            ),
            (
                &[],
                &[mp_reach, ORIGIN, &[0x40, 2, 0], LOCAL_PREF],
                &[],
                "announce 2001:db8::/32 via 2001:db8::1; igp local-pref 100",
            ),
            (
                &[],
                &[&[0x80, 14, 9, 0, 99, 99, 0, 0, 1, 2, 3, 4], ORIGIN, &[0x40, 2, 0], LOCAL_PREF],
                &[],
                "announce afi-99-safi-99 0x01020304; igp local-pref 100",
            ),
            (&[], &[ORIGIN, NEXT_HOP], &[], "igp next-hop 192.0.2.1"),
            (&[], &[&[0x40, 2, 0]], &[], "no routes"),
            (
                &[8, 10],
                &[&[0x40, 1, 1, 9], AS_PATH, NEXT_HOP, LOCAL_PREF],
                &[24, 203, 0, 113],
                "withdraw 10.0.0.0/8; treat as withdraw 203.0.113.0/24; \
                 ORIGIN has no valid value: treat-as-withdraw (RFC 4271 §5.1.1, RFC 7606 §7.1)",
            ),
        ];
        for (withdrawn, attributes, announced, want) in cases {
            assert_eq!(shown(PeerKind::Internal, withdrawn, attributes, announced), *want);
        }
        let many = [&[0x40, 6, 1, 0][..]; 6];
        assert!(shown(PeerKind::External, &[8, 10], &many, &[]).ends_with("; 2 more findings"));
    }

    #[test]
    fn a_set_is_shown_as_the_attributes_it_was_taken_from() {
        let attributes = [ORIGIN, AS_PATH, NEXT_HOP, COMMUNITIES].concat();
        let len = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        let body = [&[0, 0], &len[..], &attributes, &[8, 10]].concat();
        let parsed = update(&body, &Negotiated::new(PeerKind::External)).unwrap();
        let Received::Routes(routes) = parsed.update else { panic!("{parsed}") };
        let (next_hop, _) = routes.announced().next().unwrap();
        let set = AttributeSet::from_attrs(&routes.attrs, next_hop);
        assert_eq!(routes.attrs.to_string(), set.to_string());
    }

    #[test]
    fn prefixes_with_path_identifiers() {
        let nlri = Nlri::new(Family::Ipv4Unicast, true, &[0, 0, 0, 7, 8, 10, 0, 0, 0, 8, 8, 10]).unwrap();
        assert_eq!(nlri.to_string(), "10.0.0.0/8 path-id 7, 10.0.0.0/8 path-id 8");
    }
}
