//! The ancillary data of a received packet: its TTL, the kernel's stamp, and what was dropped before it.
use std::time::Duration;

/// What the kernel said beside a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Ancillary {
    /// The TTL or Hop Limit with which it arrived.
    pub(super) ttl: Option<u8>,
    /// When it arrived, since the Unix epoch.
    pub(super) stamp: Option<Duration>,
    /// How many packets its socket had dropped when it came into the queue.
    pub(super) dropped: u32,
}

/// `struct cmsghdr`: its length as a `size_t`, level and type.
const HEADER: usize = size_of::<usize>() + 2 * size_of::<i32>();

impl Ancillary {
    /// Reads a control buffer. Total: a message that makes no sense ends the reading.
    pub(super) fn parse(mut control: &[u8]) -> Self {
        let mut found = Self::default();
        while let Some((level, kind, data, rest)) = message(control) {
            found.take(level, kind, data);
            control = rest;
        }
        found
    }

    fn take(&mut self, level: i32, kind: i32, data: &[u8]) {
        match (level, kind) {
            (libc::IPPROTO_IP, libc::IP_TTL) | (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT) => {
                self.ttl = data.first_chunk().and_then(|&ttl| u8::try_from(i32::from_ne_bytes(ttl)).ok());
            }
            (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => self.stamp = timespec(data),
            (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) => {
                self.dropped = data.first_chunk().map_or(0, |&count| u32::from_ne_bytes(count));
            }
            _ => {}
        }
    }
}

/// Level, type and data of the first message, and what follows it.
fn message(control: &[u8]) -> Option<(i32, i32, &[u8], &[u8])> {
    let (length, rest) = control.split_first_chunk()?;
    let (level, rest) = rest.split_first_chunk()?;
    let (kind, _) = rest.split_first_chunk()?;
    let length = usize::from_ne_bytes(*length);
    let data = control.get(HEADER..length)?;
    let next = length.checked_next_multiple_of(size_of::<usize>())?;
    Some((
        i32::from_ne_bytes(*level),
        i32::from_ne_bytes(*kind),
        data,
        control.get(next..).unwrap_or_default(),
    ))
}

/// A `timespec` of the width this system's kernel writes.
fn timespec(data: &[u8]) -> Option<Duration> {
    let (seconds, nanos) = if let &[s, n] = data.as_chunks::<8>().0 {
        (i64::from_ne_bytes(s), i64::from_ne_bytes(n))
    } else if let &[s, n] = data.as_chunks::<4>().0 {
        (i64::from(i32::from_ne_bytes(s)), i64::from(i32::from_ne_bytes(n)))
    } else {
        return None;
    };
    let nanos = u32::try_from(nanos).ok().filter(|&n| n < 1_000_000_000)?;
    Some(Duration::new(u64::try_from(seconds).ok()?, nanos))
}

#[cfg(test)]
mod tests {
    use super::{Ancillary, HEADER};
    use proptest::prelude::*;
    use std::time::Duration;

    fn message(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        let mut octets = (HEADER + data.len()).to_ne_bytes().to_vec();
        octets.extend(level.to_ne_bytes());
        octets.extend(kind.to_ne_bytes());
        octets.extend(data);
        octets.resize(octets.len().next_multiple_of(size_of::<usize>()), 0);
        octets
    }

    #[test]
    fn what_is_known_in_any_order() {
        let time = [5_i64.to_ne_bytes(), 7_i64.to_ne_bytes()].concat();
        let stamp = message(libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS, &time);
        let other = message(libc::SOL_SOCKET, libc::SCM_RIGHTS, &[1]);
        let drops = message(libc::SOL_SOCKET, libc::SO_RXQ_OVFL, &7_u32.to_ne_bytes());
        for (level, kind) in [(libc::IPPROTO_IP, libc::IP_TTL), (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT)] {
            let ttl = message(level, kind, &254_i32.to_ne_bytes());
            let expected = Ancillary { ttl: Some(254), stamp: Some(Duration::new(5, 7)), dropped: 7 };
            for control in [[&stamp[..], &drops, &other, &ttl].concat(), [&ttl[..], &stamp, &drops].concat()]
            {
                assert_eq!(Ancillary::parse(&control), expected);
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        for control in [
            message(libc::IPPROTO_IP, libc::IP_TTL, &256_i32.to_ne_bytes()),
            message(libc::IPPROTO_IP, libc::IP_TTL, &[1]),
            message(libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS, &[0xff; 16]),
            message(libc::SOL_SOCKET, libc::SO_RXQ_OVFL, &[1; 3]),
            usize::MAX.to_ne_bytes().to_vec(),
        ] {
            assert_eq!(Ancillary::parse(&control), Ancillary::default());
        }
    }

    proptest! {
        #[test]
        fn any_octets(control in prop::collection::vec(any::<u8>(), 0..128)) {
            Ancillary::parse(&control);
        }

        #[test]
        fn any_data(level: i32, kind: i32, data in prop::collection::vec(any::<u8>(), 0..32)) {
            Ancillary::parse(&message(level, kind, &data));
        }
    }
}
