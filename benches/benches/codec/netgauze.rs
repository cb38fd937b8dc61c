//! netgauze-bgp-pkt: owned.

use crate::corpus::{Corpus, Message};
use crate::rows::{Proof, Row, Sink};
use crate::sum::Sum;
use netgauze_bgp_pkt::BgpMessage;
use netgauze_bgp_pkt::nlri::{Ipv4UnicastAddress, Ipv6UnicastAddress};
use netgauze_bgp_pkt::path_attribute::{
    Aggregator, As4PathSegment, AsPath, MpReach, MpUnreach, PathAttributeValue,
};
use netgauze_bgp_pkt::wire::deserializer::BgpParsingContext;
use netgauze_parse_utils::WritablePdu;
use netgauze_parse_utils::reader::SliceReader;
use netgauze_parse_utils::traits::ParseFromWithOneInput;
use std::collections::HashMap;
use std::hint::black_box;

const NAME: &str = "netgauze-bgp-pkt";

/// ASNs of four octets, no path identifiers; the first malformed attribute fails the message.
fn context() -> BgpParsingContext {
    BgpParsingContext::new(true, HashMap::new(), HashMap::new(), true, true, true, true)
}

fn parse(message: &Message<'_>, context: &mut BgpParsingContext) -> BgpMessage {
    BgpMessage::parse(&mut SliceReader::new(message.octets), context).unwrap()
}

fn prefixes4(all: &[Ipv4UnicastAddress], sum: &mut Sum) -> u64 {
    let nets = all.iter().map(|nlri| nlri.network().address());
    nets.for_each(|net| sum.prefix4(net.addr().to_bits(), net.prefix_len()));
    all.len() as u64
}

fn prefixes6(all: &[Ipv6UnicastAddress], sum: &mut Sum) -> u64 {
    let nets = all.iter().map(|nlri| nlri.network().address());
    nets.for_each(|net| sum.prefix6(net.addr().to_bits(), net.prefix_len()));
    all.len() as u64
}

fn value(value: &PathAttributeValue, sum: &mut Sum) {
    match value {
        PathAttributeValue::Origin(origin) => sum.number(*origin as u32),
        PathAttributeValue::AsPath(AsPath::As4PathSegments(segments)) => {
            segments.iter().flat_map(As4PathSegment::as_numbers).for_each(|asn| sum.asn(*asn));
        }
        PathAttributeValue::NextHop(hop) => sum.next_hop(hop.next_hop().into()),
        PathAttributeValue::MultiExitDiscriminator(med) => sum.number(med.metric()),
        PathAttributeValue::LocalPreference(preference) => sum.number(preference.metric()),
        PathAttributeValue::Aggregator(Aggregator::As4Aggregator(aggregator)) => {
            sum.number(*aggregator.asn());
            sum.number(aggregator.origin().to_bits());
        }
        PathAttributeValue::Communities(all) => {
            all.communities().iter().for_each(|community| sum.community(community.value()));
        }
        PathAttributeValue::Originator(originator) => sum.number(originator.id().to_bits()),
        PathAttributeValue::ClusterList(all) => {
            all.cluster_list().iter().for_each(|cluster| sum.number(cluster.id().to_bits()));
        }
        PathAttributeValue::ExtendedCommunities(all) => sum.extended_communities(all.communities().len()),
        PathAttributeValue::LargeCommunities(all) => all.communities().iter().for_each(|c| {
            sum.large_community([c.global_admin(), c.local_data1(), c.local_data2()]);
        }),
        PathAttributeValue::MpReach(reach) => sum.announced += mp_reach(reach, sum),
        PathAttributeValue::MpUnreach(MpUnreach::Ipv4Unicast { nlri }) => {
            sum.withdrawn += prefixes4(nlri, sum);
        }
        PathAttributeValue::MpUnreach(MpUnreach::Ipv6Unicast { nlri }) => {
            sum.withdrawn += prefixes6(nlri, sum);
        }
        _ => {}
    }
}

fn mp_reach(reach: &MpReach, sum: &mut Sum) -> u64 {
    match reach {
        MpReach::Ipv4Unicast { next_hop, nlri, .. } => {
            sum.next_hop(*next_hop);
            prefixes4(nlri, sum)
        }
        MpReach::Ipv6Unicast { next_hop_global, nlri, .. } => {
            sum.next_hop((*next_hop_global).into());
            prefixes6(nlri, sum)
        }
        _ => 0,
    }
}

fn decode(corpus: &Corpus, context: &mut BgpParsingContext) -> Sum {
    let mut sum = Sum::default();
    for message in corpus.messages() {
        let BgpMessage::Update(update) = black_box(parse(&message, context)) else { continue };
        sum.withdrawn += prefixes4(update.withdraw_routes(), &mut sum);
        sum.announced += prefixes4(update.nlri(), &mut sum);
        update.path_attributes().iter().for_each(|attribute| value(attribute.value(), &mut sum));
    }
    sum
}

pub(crate) fn rows(corpus: &Corpus) -> Vec<Row<'_>> {
    let mut context = context();
    let parsed: Vec<_> = corpus.messages().map(|message| parse(&message, &mut context)).collect();
    let mut out = Vec::with_capacity(1 << 16);
    let encode = move |sink: &mut Sink<'_>| {
        for message in &parsed {
            out.clear();
            message.write(&mut out).unwrap();
            sink.take(&out);
        }
    };
    vec![
        Row::reads("decode owned", NAME, Proof::Everything, move || decode(corpus, &mut context)),
        Row::writes(NAME, Proof::Written, encode),
    ]
}
