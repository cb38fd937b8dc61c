//! Decodes one BGP message and says what a receiver is to do with it.
//!
//! ```text
//! cargo run -p examples --example decode
//! cargo run -p examples --example decode -- ffffffffffffffffffffffffffffffff001304
//! ```
use bgp_wire::{
    Attrs, MAX_MESSAGE, MessageType, Negotiated, Notification, Open, Parsed, PeerKind, Received,
    RouteRefresh, frame, update,
};
use std::error::Error;

/// An UPDATE that withdraws 203.0.113.0/24 and announces 198.51.100.0/24. Its ATOMIC_AGGREGATE has an octet
/// too many, an error that a speaker must withstand (RFC 7606 section 7.6).
const UPDATE: &str = "
    ffffffffffffffffffffffffffffffff 0042 02
    0004 18cb0071
    0023 40010100 4002 0a 0202 0000fbf4 0000fbf5 400304c0000201 40060100 c00804fbf40064
    18c63364";

fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1);
    let bytes = octets(argument.as_deref().unwrap_or(UPDATE))?;

    // A frame is one whole message with a sound header. `None` would ask for more bytes of the stream.
    let message = frame(&bytes, MAX_MESSAGE)?.ok_or("the message is not whole")?;
    println!("{}, {} octets", message.kind, message.len);

    match message.kind {
        MessageType::Open => open(&Open::decode(message.body)?),
        MessageType::Update => {
            // What the octets mean depends on the OPENs exchanged before: here an external peer that
            // agreed on IPv4 unicast and on ASNs of four octets.
            let negotiated = Negotiated::new(PeerKind::External);
            show(&update(message.body, &negotiated)?);
        }
        MessageType::Notification => println!("  {}", Notification::decode(message.body)),
        MessageType::Keepalive => {}
        MessageType::RouteRefresh => println!("  {:?}", RouteRefresh::decode(message.body)?),
    }
    Ok(())
}

fn open(open: &Open<'_>) {
    println!("  AS{}, BGP Identifier {}, hold time {} s", open.asn, open.router_id, open.hold_time);
    open.capabilities.iter().for_each(|capability| println!("  can {capability}"));
}

/// The outcome first, then what was wrong. A `Reset` never comes here: it is the error of `update`.
fn show(parsed: &Parsed<'_>) {
    match parsed.update {
        Received::Routes(routes) => {
            routes.withdrawn.prefixes().for_each(|nlri| println!("  withdraw {}", nlri.prefix));
            for (next_hop, field) in routes.announced() {
                field.iter().for_each(|nlri| println!("  announce {} by {next_hop}", nlri.prefix));
            }
            attributes(&routes.attrs);
        }
        // No attributes here: those that came must not be used.
        Received::TreatAsWithdraw { withdrawn, announced } => {
            let both = withdrawn.prefixes().chain(announced.prefixes());
            both.for_each(|nlri| println!("  withdraw {}", nlri.prefix));
        }
        Received::AfiSafiDisable { family, .. } => println!("  {family} cannot be read on"),
        Received::EndOfRib(family) => println!("  End-of-RIB, {family}"),
    }
    parsed.findings.iter().for_each(|finding| println!("  found: {finding}"));
}

fn attributes(attrs: &Attrs<'_>) {
    if let (Some(origin), Some(path)) = (attrs.origin(), attrs.as_path()) {
        println!("  ORIGIN {origin}, AS_PATH {path}");
    }
    attrs.communities().for_each(|community| println!("  community {community}"));
}

/// The octets of a text in hex; blanks between them do not count.
fn octets(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits: Vec<char> = hex.split_whitespace().flat_map(str::chars).collect();
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16));
    Ok(pairs.collect::<Result<_, _>>()?)
}
