//! bgpkit-parser: owned.

use crate::corpus::{Corpus, Message};
use crate::rows::{Proof, Row, Sink};
use crate::sum::Sum;
use bgpkit_parser::models::{
    AsPathSegment, AsnLength, AttributeValue, Attributes, BgpMessage, BgpUpdateMessage, Community,
    NetworkPrefix, NextHopAddress,
};
use bgpkit_parser::parser::bgp::messages::parse_bgp_message;
use std::hint::black_box;

const NAME: &str = "bgpkit-parser";

fn parse(message: &Message<'_>) -> BgpMessage {
    parse_bgp_message(&mut message.shared(), false, &AsnLength::Bits32).unwrap()
}

fn prefixes(all: &[NetworkPrefix], sum: &mut Sum) -> u64 {
    all.iter().for_each(|p| sum.prefix(p.prefix.addr(), p.prefix.prefix_len()));
    all.len() as u64
}

fn segment(segment: &AsPathSegment, sum: &mut Sum) {
    match segment {
        AsPathSegment::AsSequence(all)
        | AsPathSegment::AsSet(all)
        | AsPathSegment::ConfedSequence(all)
        | AsPathSegment::ConfedSet(all) => all.iter().for_each(|asn| sum.asn(asn.to_u32())),
    }
}

fn community(community: &Community) -> u32 {
    match community {
        Community::NoExport => 0xffff_ff01,
        Community::NoAdvertise => 0xffff_ff02,
        Community::NoExportSubConfed => 0xffff_ff03,
        Community::Custom(asn, value) => asn.to_u32() << 16 | u32::from(*value),
    }
}

fn value(value: &AttributeValue, sum: &mut Sum) {
    match value {
        AttributeValue::Origin(origin) => sum.number(*origin as u32),
        AttributeValue::AsPath(path) => path.segments.iter().for_each(|s| segment(s, sum)),
        AttributeValue::NextHop(hop) => sum.next_hop(*hop),
        AttributeValue::MultiExitDiscriminator(number) | AttributeValue::LocalPreference(number) => {
            sum.number(*number);
        }
        AttributeValue::Aggregator { asn, id } => {
            sum.number(asn.to_u32());
            sum.number(id.to_bits());
        }
        AttributeValue::Communities(all) => all.iter().for_each(|c| sum.community(community(c))),
        AttributeValue::OriginatorId(id) => sum.number(id.to_bits()),
        AttributeValue::Clusters(all) => all.iter().for_each(|id| sum.number(*id)),
        AttributeValue::ExtendedCommunities(all) => sum.extended_communities(all.len()),
        AttributeValue::LargeCommunities(all) => all.iter().for_each(|c| {
            let [local1, local2] = c.local_data;
            sum.large_community([c.global_admin, local1, local2]);
        }),
        AttributeValue::MpReachNlri(reach) => {
            match reach.next_hop {
                Some(NextHopAddress::Ipv4(hop)) => sum.next_hop(hop.into()),
                Some(NextHopAddress::Ipv6(hop) | NextHopAddress::Ipv6LinkLocal(hop, _)) => {
                    sum.next_hop(hop.into());
                }
                _ => {}
            }
            sum.announced += prefixes(&reach.prefixes, sum);
        }
        AttributeValue::MpUnreachNlri(unreach) => sum.withdrawn += prefixes(&unreach.prefixes, sum),
        _ => {}
    }
}

pub(crate) fn attributes(all: &Attributes, sum: &mut Sum) {
    all.iter().for_each(|attribute| value(attribute, sum));
}

pub(crate) fn update(update: &BgpUpdateMessage, sum: &mut Sum) {
    sum.withdrawn += prefixes(&update.withdrawn_prefixes, sum);
    sum.announced += prefixes(&update.announced_prefixes, sum);
    attributes(&update.attributes, sum);
}

fn decode(corpus: &Corpus) -> Sum {
    let mut sum = Sum::default();
    for message in corpus.messages() {
        if let BgpMessage::Update(read) = black_box(parse(&message)) {
            update(&read, &mut sum);
        }
    }
    sum
}

pub(crate) fn rows(corpus: &Corpus) -> Vec<Row<'_>> {
    let parsed: Vec<_> = corpus.messages().map(|message| parse(&message)).collect();
    let encode = move |sink: &mut Sink<'_>| {
        parsed.iter().for_each(|message| sink.take(&message.encode(AsnLength::Bits32).unwrap()));
    };
    vec![
        Row::reads("decode owned", NAME, Proof::Everything, || decode(corpus)),
        Row::writes(NAME, Proof::Written, encode),
    ]
}
