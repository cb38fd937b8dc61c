//! bgp-wire: borrowed, owned in both forms, and written again.

use crate::corpus::{Corpus, Message, session, write};
use crate::rows::{Proof, Row, Sink};
use crate::sum::Sum;
use bgp_wire::{
    AttributeSet, AttributeValue, Attrs, Negotiated, NextHop, Nlri, Parsed, PathNlri, Received, Routes,
    UpdateBuf, frame, update,
};
use std::hint::black_box;

/// The sessions of external and of internal peers.
struct Sessions([Negotiated; 2]);

impl Sessions {
    fn new() -> Self {
        Self([false, true].map(session))
    }

    #[inline]
    fn of(&self, message: &Message<'_>) -> &Negotiated {
        let [external, internal] = &self.0;
        if message.internal { internal } else { external }
    }

    #[inline]
    fn update<'a>(&self, message: &Message<'a>) -> (Parsed<'a>, &Negotiated) {
        let n = self.of(message);
        let frame = frame(message.octets, n.max_message).unwrap().unwrap();
        (update(frame.body, n).unwrap(), n)
    }
}

#[expect(clippy::inline_always, reason = "its sums stay in registers, as the hand reader's do")]
#[inline(always)]
fn prefixes(nlri: Nlri<'_>, sum: &mut Sum) -> u64 {
    nlri.iter().for_each(|nlri| sum.prefix(nlri.prefix.addr(), nlri.prefix.prefix_len()));
    nlri.count() as u64
}

/// Every attribute but the next hop.
#[expect(clippy::inline_always, reason = "its sums stay in registers, as the hand reader's do")]
#[inline(always)]
pub(crate) fn attributes(attrs: &Attrs<'_>, sum: &mut Sum) {
    let numbers = [attrs.origin().map(|origin| origin as u32), attrs.med(), attrs.local_pref()];
    numbers.into_iter().flatten().for_each(|number| sum.number(number));
    if let Some(path) = attrs.as_path() {
        path.asns().for_each(|asn| sum.asn(asn.0));
    }
    if let Some(aggregator) = attrs.aggregator() {
        sum.number(aggregator.asn.0);
        sum.number(aggregator.router_id.to_bits());
    }
    attrs.communities().for_each(|community| sum.community(community.0));
    attrs.originator_id().iter().for_each(|id| sum.number(id.to_bits()));
    attrs.cluster_list().for_each(|id| sum.number(id.to_bits()));
    sum.extended_communities(attrs.extended_communities().count());
    attrs.large_communities().for_each(|c| sum.large_community([c.global, c.local1, c.local2]));
}

/// All that an UPDATE says.
#[expect(clippy::inline_always, reason = "its sums stay in registers, as the hand reader's do")]
#[inline(always)]
pub(crate) fn routes(routes: &Routes<'_>, sum: &mut Sum) {
    attributes(&routes.attrs, sum);
    if !routes.withdrawn.body.is_empty() {
        sum.withdrawn += prefixes(routes.withdrawn.body, sum);
    }
    if let Some(nlri) = routes.withdrawn.mp {
        sum.withdrawn += prefixes(nlri, sum);
    }
    if let Some((hop, nlri)) = routes.body() {
        sum.next_hop(hop.into());
        sum.announced += prefixes(nlri, sum);
    }
    if let Some((hop, nlri)) = routes.mp_reach() {
        sum.next_hop(hop.addr());
        sum.announced += prefixes(nlri, sum);
    }
}

fn borrowed(corpus: &Corpus, sessions: &Sessions) -> Sum {
    let (mut sum, mut parsed) = (Sum::default(), Parsed::default());
    for message in corpus.messages() {
        let n = sessions.of(&message);
        let frame = frame(message.octets, n.max_message).unwrap().unwrap();
        parsed.read(frame.body, n).unwrap();
        match &parsed.update {
            Received::Routes(all) => routes(all, &mut sum),
            other => drop(black_box(other)),
        }
    }
    sum
}

fn owned(message: &Message<'_>, sessions: &Sessions) -> UpdateBuf {
    let n = sessions.of(message);
    let frame = frame(message.octets, n.max_message).unwrap().unwrap();
    UpdateBuf::decode(frame.body, n).unwrap().unwrap()
}

fn value(value: &AttributeValue, sum: &mut Sum) {
    match value {
        AttributeValue::Origin(origin) => sum.number(*origin as u32),
        AttributeValue::AsPath(path) => path.view().asns().for_each(|asn| sum.asn(asn.0)),
        AttributeValue::NextHop(hop) => sum.next_hop((*hop).into()),
        AttributeValue::MultiExitDisc(number) | AttributeValue::LocalPref(number) => sum.number(*number),
        AttributeValue::Aggregator(aggregator) => {
            sum.number(aggregator.asn.0);
            sum.number(aggregator.router_id.to_bits());
        }
        AttributeValue::Communities(all) => all.iter().for_each(|community| sum.community(community.0)),
        AttributeValue::OriginatorId(id) => sum.number(id.to_bits()),
        AttributeValue::ClusterList(all) => all.iter().for_each(|id| sum.number(id.to_bits())),
        AttributeValue::ExtendedCommunities(all) => sum.extended_communities(all.len()),
        AttributeValue::LargeCommunities(all) => {
            all.iter().for_each(|c| sum.large_community([c.global, c.local1, c.local2]));
        }
        AttributeValue::MpReach(reach) => {
            sum.next_hop(reach.next_hop().addr());
            sum.announced += prefixes(reach.nlri(), sum);
        }
        AttributeValue::MpUnreach(nlri) => sum.withdrawn += prefixes(nlri.view(), sum),
        _ => {}
    }
}

fn read_update_buf(update: &UpdateBuf, sum: &mut Sum) {
    sum.withdrawn += prefixes(update.withdrawn.view(), sum);
    sum.announced += prefixes(update.announced.view(), sum);
    update.attributes.iter().for_each(|attribute| value(&attribute.value, sum));
}

fn read_set(set: &AttributeSet, sum: &mut Sum) {
    let numbers = [Some(set.origin as u32), set.med, set.local_pref];
    numbers.into_iter().flatten().for_each(|number| sum.number(number));
    set.as_path.view().asns().for_each(|asn| sum.asn(asn.0));
    if let Some(aggregator) = set.aggregator {
        sum.number(aggregator.asn.0);
        sum.number(aggregator.router_id.to_bits());
    }
    set.communities.iter().for_each(|community| sum.community(community.0));
    set.originator_id.iter().chain(&set.cluster_list).for_each(|id| sum.number(id.to_bits()));
    sum.extended_communities(set.extended_communities.len());
    set.large_communities.iter().for_each(|c| sum.large_community([c.global, c.local1, c.local2]));
    sum.next_hop(set.next_hop.addr());
}

/// A route's own attributes and its prefixes, as a table of routes takes them.
fn route(hop: NextHop, nlri: Nlri<'_>, attrs: &Attrs<'_>) -> (AttributeSet, Vec<PathNlri>) {
    (AttributeSet::from_attrs(attrs, hop), nlri.iter().collect())
}

fn attribute_sets(corpus: &Corpus, sessions: &Sessions) -> Sum {
    let mut sum = Sum::default();
    for message in corpus.messages() {
        let Received::Routes(routes) = sessions.update(&message).0.update else { continue };
        for (hop, nlri) in routes.announced() {
            let (set, prefixes) = black_box(route(hop, nlri, &routes.attrs));
            read_set(&set, &mut sum);
            prefixes.iter().for_each(|nlri| sum.prefix(nlri.prefix.addr(), nlri.prefix.prefix_len()));
            sum.announced += prefixes.len() as u64;
        }
    }
    sum
}

fn write_again(all: &[(UpdateBuf, Negotiated)], out: &mut Vec<u8>, sink: &mut Sink<'_>) {
    for (update, n) in all {
        out.clear();
        update.encode(n, out).unwrap();
        sink.take(out);
    }
}

fn write_routes(corpus: &Corpus, n: &Negotiated, out: &mut Vec<u8>, sink: &mut Sink<'_>) {
    for (set, prefixes) in &corpus.routes {
        out.clear();
        write(set, prefixes, corpus.family, n, out);
        sink.take(out);
    }
}

pub(crate) fn rows(corpus: &Corpus) -> Vec<Row<'_>> {
    let framed = || {
        corpus.messages().for_each(|message| {
            black_box(frame(message.octets, u16::MAX).unwrap());
        });
        Sum::default()
    };
    let borrowed = {
        let sessions = Sessions::new();
        move || borrowed(corpus, &sessions)
    };
    let bufs = {
        let sessions = Sessions::new();
        move || {
            let mut sum = Sum::default();
            corpus.messages().for_each(|m| read_update_buf(&black_box(owned(&m, &sessions)), &mut sum));
            sum
        }
    };
    let sessions = Sessions::new();
    let all: Vec<_> = corpus.messages().map(|m| (owned(&m, &sessions), *sessions.of(&m))).collect();
    let mut out = Vec::with_capacity(1 << 16);
    let again = move |sink: &mut Sink<'_>| write_again(&all, &mut out, sink);
    let mut rows = vec![
        Row::reads("frame", "bgp-wire", Proof::Nothing, framed),
        Row::reads("decode borrowed", "bgp-wire", Proof::Everything, borrowed),
        Row::reads("decode owned", "bgp-wire UpdateBuf", Proof::Everything, bufs),
        Row::writes("bgp-wire UpdateBuf", Proof::SameOctets, again),
    ];
    if !corpus.routes.is_empty() {
        // What a route carries is less than what a message does, so captured messages are not for these two.
        let (n, mut out) = (session(false), Vec::with_capacity(1 << 16));
        let sets = move || attribute_sets(corpus, &sessions);
        let written = move |sink: &mut Sink<'_>| write_routes(corpus, &n, &mut out, sink);
        rows.push(Row::reads("decode owned", "bgp-wire AttributeSet", Proof::Everything, sets));
        rows.push(Row::writes("bgp-wire UpdateWriter", Proof::SameOctets, written));
    }
    rows
}
