//! The few ways bytes are taken off a slice. Each returns `None` when they are not all there.

/// The next octet and what follows it.
pub(crate) fn u8(v: &[u8]) -> Option<(u8, &[u8])> {
    v.split_first().map(|(n, rest)| (*n, rest))
}

/// The next two octets in network order, and what follows them.
pub(crate) fn u16(v: &[u8]) -> Option<(u16, &[u8])> {
    v.split_first_chunk().map(|(n, rest)| (u16::from_be_bytes(*n), rest))
}

/// The next four octets in network order, and what follows them.
pub(crate) fn u32(v: &[u8]) -> Option<(u32, &[u8])> {
    v.split_first_chunk().map(|(n, rest)| (u32::from_be_bytes(*n), rest))
}

/// A field of two octets that says how long the one behind it is, that field, and what follows.
pub(crate) fn field16(v: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = u16(v)?;
    rest.split_at_checked(usize::from(len))
}

/// The whole of `v` as one number of two octets.
pub(crate) fn whole_u16(v: &[u8]) -> Option<u16> {
    v.try_into().ok().map(u16::from_be_bytes)
}

/// The whole of `v` as one number of eight octets.
pub(crate) fn whole_u64(v: &[u8]) -> Option<u64> {
    v.try_into().ok().map(u64::from_be_bytes)
}

/// The whole of `v` as one number of four octets.
pub(crate) fn whole_u32(v: &[u8]) -> Option<u32> {
    v.try_into().ok().map(u32::from_be_bytes)
}
