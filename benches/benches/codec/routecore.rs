//! routecore: borrowed, and written by its builder.

use crate::corpus::{Corpus, Message};
use crate::rows::{Meter, Proof, Row};
use crate::sum::Sum;
use bgp_wire::Family;
use routecore::bgp::aspath::AsPath;
use routecore::bgp::message::update::{SessionConfig, UpdateMessage};
use routecore::bgp::message::update_builder::UpdateBuilder;
use routecore::bgp::nlri::afisafi::{Ipv4UnicastNlri, Ipv6UnicastNlri, IsPrefix, Nlri};
use routecore::bgp::nlri::nexthop::NextHop;
use routecore::bgp::path_attributes::{PaMap, WireformatPathAttribute as Wire};
use std::hint::black_box;

const NAME: &str = "routecore";

type Update<'a> = UpdateMessage<&'a [u8]>;

fn parse<'a>(message: &Message<'a>, config: &SessionConfig) -> Update<'a> {
    UpdateMessage::from_octets(message.octets, config).unwrap()
}

fn prefix<O>(nlri: &Nlri<O>, sum: &mut Sum) -> u64 {
    let prefix = match nlri {
        Nlri::Ipv4Unicast(nlri) => nlri.prefix(),
        Nlri::Ipv6Unicast(nlri) => nlri.prefix(),
        _ => return 0,
    };
    sum.prefix(prefix.addr(), prefix.len());
    1
}

/// One attribute; the accessors of the message would look for it in the whole list each time.
fn attribute(attribute: Wire<'_, &[u8]>, sum: &mut Sum) -> Option<()> {
    match attribute {
        Wire::Origin(v) => sum.number(v.value_into_parser().parse_u8().ok()?.into()),
        Wire::AsPath(v) => {
            let mut v = v.value_into_parser();
            let octets = v.parse_octets(v.remaining()).ok()?;
            let path = AsPath::new(octets, true).ok()?;
            path.segments().for_each(|segment| segment.asns().for_each(|asn| sum.asn(asn.into_u32())));
        }
        Wire::ConventionalNextHop(v) => {
            sum.next_hop(std::net::Ipv4Addr::from_bits(v.value_into_parser().parse_u32_be().ok()?).into());
        }
        Wire::MultiExitDisc(v) => sum.number(v.value_into_parser().parse_u32_be().ok()?),
        Wire::LocalPref(v) => sum.number(v.value_into_parser().parse_u32_be().ok()?),
        Wire::OriginatorId(v) => sum.number(v.value_into_parser().parse_u32_be().ok()?),
        Wire::Aggregator(v) => {
            let mut v = v.value_into_parser();
            sum.number(v.parse_u32_be().ok()?);
            sum.number(v.parse_u32_be().ok()?);
        }
        Wire::ClusterList(v) => {
            let mut v = v.value_into_parser();
            while v.remaining() > 0 {
                sum.number(v.parse_u32_be().ok()?);
            }
        }
        Wire::StandardCommunities(v) => {
            let mut v = v.value_into_parser();
            while v.remaining() > 0 {
                sum.community(v.parse_u32_be().ok()?);
            }
        }
        Wire::ExtendedCommunities(v) => sum.extended_communities(v.value_into_parser().remaining() / 8),
        Wire::LargeCommunities(v) => {
            let mut v = v.value_into_parser();
            while v.remaining() > 0 {
                sum.large_community([v.parse_u32_be().ok()?, v.parse_u32_be().ok()?, v.parse_u32_be().ok()?]);
            }
        }
        _ => {}
    }
    Some(())
}

/// All that an UPDATE says.
pub(crate) fn update(update: &Update<'_>, sum: &mut Sum) -> Option<()> {
    for one in update.path_attributes().ok()? {
        attribute(one.ok()?, sum)?;
    }
    match update.mp_next_hop().ok()? {
        Some(NextHop::Unicast(hop)) => sum.next_hop(hop),
        Some(NextHop::Ipv6LL { global, .. }) => sum.next_hop(global.into()),
        _ => {}
    }
    for nlri in update.withdrawals().ok()? {
        sum.withdrawn += prefix(&nlri.ok()?, sum);
    }
    for nlri in update.announcements().ok()? {
        sum.announced += prefix(&nlri.ok()?, sum);
    }
    Some(())
}

fn decode(corpus: &Corpus, config: &SessionConfig) -> Sum {
    let mut sum = Sum::default();
    for message in corpus.messages() {
        update(&parse(&message, config), &mut sum).unwrap();
    }
    sum
}

/// What its builder, which takes the parts for itself, makes a message of.
struct Parts<'a> {
    attributes: PaMap,
    next_hop: NextHop,
    nlri: Vec<Nlri<&'a [u8]>>,
}

enum Builder {
    V4(UpdateBuilder<Vec<u8>, Ipv4UnicastNlri>),
    V6(UpdateBuilder<Vec<u8>, Ipv6UnicastNlri>),
}

fn parts<'a>(message: &Message<'a>, config: &SessionConfig) -> Parts<'a> {
    let update = parse(message, config);
    let next_hop = update.mp_next_hop().unwrap().or(update.conventional_next_hop().unwrap()).unwrap();
    let mut attributes = PaMap::from_update_pdu(&update).unwrap();
    // The builder makes these two of the next hop and the NLRI.
    attributes.attributes_mut().remove(&3);
    attributes.attributes_mut().remove(&14);
    Parts { attributes, next_hop, nlri: update.announcements_vec().unwrap() }
}

macro_rules! builder {
    ($parts:expr, $family:ident) => {{
        let nlri = $parts.nlri.iter().filter_map(|nlri| match nlri {
            Nlri::$family(nlri) => Some(nlri.clone()),
            _ => None,
        });
        let mut builder = UpdateBuilder::from_attributes_builder($parts.attributes.clone());
        builder.set_nexthop($parts.next_hop.clone()).unwrap();
        builder.announcements_from_iter(nlri).unwrap();
        builder
    }};
}

/// Clones the parts, unmeasured, and writes the messages.
fn encode(all: &[Parts<'_>], family: Family, config: &SessionConfig, meter: &mut Meter) -> Sum {
    let builders: Vec<_> = match family {
        Family::Ipv4Unicast => all.iter().map(|parts| Builder::V4(builder!(parts, Ipv4Unicast))).collect(),
        _ => all.iter().map(|parts| Builder::V6(builder!(parts, Ipv6Unicast))).collect(),
    };
    meter.measure(|sink| {
        for builder in builders {
            match builder {
                Builder::V4(builder) => sink.take(builder.into_message(config).unwrap().octets()),
                Builder::V6(builder) => sink.take(builder.into_message(config).unwrap().octets()),
            }
        }
    });
    Sum::default()
}

pub(crate) fn rows(corpus: &Corpus) -> Vec<Row<'_>> {
    let (config, framing) = (SessionConfig::modern(), SessionConfig::modern());
    let framed = move || {
        corpus.messages().for_each(|message| {
            black_box(parse(&message, &framing));
        });
        Sum::default()
    };
    let mut rows = vec![
        Row::reads("frame", "routecore (attributes checked)", Proof::Nothing, framed),
        Row::reads("decode borrowed", NAME, Proof::Everything, move || decode(corpus, &config)),
    ];
    if !corpus.routes.is_empty() {
        // The builder announces or withdraws, and of one family: it is not for captured messages.
        let config = SessionConfig::modern();
        let all: Vec<_> = corpus.messages().map(|message| parts(&message, &config)).collect();
        let pass = move |meter: &mut Meter| encode(&all, corpus.family, &config, meter);
        rows.push(Row { work: "encode", codec: NAME, proof: Proof::Written, pass: Box::new(pass) });
    }
    rows
}
