//! Communities of every kind, and their text.

use bgp_wire::{Community, ExtendedCommunity, Ipv6ExtendedCommunity, LargeCommunity};
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// Takes octets as communities of each kind; the text of each parses back to it. The same octets as text may be
/// a community or not.
pub fn communities(data: &[u8]) {
    let number = |octets: &[u8; 4]| u32::from_be_bytes(*octets);
    let fours = data.as_chunks::<4>().0;
    fours.iter().for_each(|octets| parse_back(&Community(number(octets))));
    fours.as_chunks::<3>().0.iter().for_each(|three| {
        let [global, local1, local2] = three.each_ref().map(number);
        parse_back(&LargeCommunity { global, local1, local2 });
    });
    data.as_chunks().0.iter().for_each(|octets| parse_back(&ExtendedCommunity(*octets)));
    data.as_chunks().0.iter().for_each(|octets| parse_back(&Ipv6ExtendedCommunity(*octets)));
    if let Ok(text) = str::from_utf8(data) {
        parse::<Community>(text);
        parse::<ExtendedCommunity>(text);
        parse::<LargeCommunity>(text);
        parse::<Ipv6ExtendedCommunity>(text);
    }
}

fn parse<T>(text: &str)
where
    T: FromStr<Err: PartialEq + Debug> + Display + PartialEq + Debug,
{
    if let Ok(community) = text.parse::<T>() {
        parse_back(&community);
    }
}

fn parse_back<T>(community: &T)
where
    T: FromStr<Err: PartialEq + Debug> + Display + PartialEq + Debug,
{
    let text = community.to_string();
    assert_eq!(text.parse::<T>().as_ref(), Ok(community), "{text}");
}
