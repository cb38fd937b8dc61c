//! TCP-AO (RFC 5925), where the kernel has it: Linux 6.7 and later, built with CONFIG_TCP_AO.

use super::{set_option, storage};
use std::ffi::{c_char, c_int};
use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd;

/// The longest key the kernel takes, in octets.
pub const MAX_AO_KEY: usize = 80;
/// From Linux's `tcp.h`.
const TCP_AO_ADD_KEY: c_int = 38;
/// Both algorithms that RFC 5926 asks for make codes of 96 bits.
const MAC_LEN: u8 = 12;

/// How segments are authenticated (RFC 5926).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AoAlgorithm {
    /// HMAC-SHA-1-96.
    #[default]
    HmacSha1,
    /// AES-128-CMAC-96.
    AesCmac,
}

impl AoAlgorithm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::HmacSha1, Self::AesCmac];

    /// The name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "hmac-sha-1-96",
            Self::AesCmac => "aes-128-cmac-96",
        }
    }

    /// The name in the kernel.
    const fn kernel_name(self) -> &'static [u8] {
        match self {
            Self::HmacSha1 => b"hmac(sha1)",
            Self::AesCmac => b"cmac(aes128)",
        }
    }
}

/// A master key of TCP-AO.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AoKey {
    /// The identifier in segments we send.
    pub send_id: u8,
    /// The identifier in segments we receive.
    pub receive_id: u8,
    /// How they are authenticated.
    pub algorithm: AoAlgorithm,
    /// 1 to [`MAX_AO_KEY`] octets.
    pub secret: String,
}

/// Linux's `struct tcp_ao_add`.
#[repr(C, align(8))]
struct Add {
    address: libc::sockaddr_storage,
    algorithm: [c_char; 64],
    interface: c_int,
    flags: u32,
    reserved: u16,
    prefix_len: u8,
    send_id: u8,
    receive_id: u8,
    mac_len: u8,
    key_flags: u8,
    key_len: u8,
    key: [u8; MAX_AO_KEY],
}

/// Authenticates segments of and to `peer`, all addresses of `prefix_len` bits as its.
pub(super) fn add(socket: &impl AsRawFd, peer: IpAddr, prefix_len: u8, key: &AoKey) -> io::Result<()> {
    let mut octets = [0; MAX_AO_KEY];
    let Some(field) = octets.get_mut(..key.secret.len()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a TCP-AO key has at most 80 octets"));
    };
    field.copy_from_slice(key.secret.as_bytes());
    let mut algorithm = [0; 64];
    for (to, from) in algorithm.iter_mut().zip(key.algorithm.kernel_name()) {
        *to = c_char::from_ne_bytes([*from]);
    }
    let add = Add {
        address: storage(peer),
        algorithm,
        interface: 0,
        flags: 0,
        reserved: 0,
        prefix_len,
        send_id: key.send_id,
        receive_id: key.receive_id,
        mac_len: MAC_LEN,
        key_flags: 0,
        key_len: u8::try_from(key.secret.len()).unwrap_or_default(),
        key: octets,
    };
    set_option(socket, libc::IPPROTO_TCP, TCP_AO_ADD_KEY, &add).map_err(|error| match error.raw_os_error() {
        Some(libc::ENOPROTOOPT) => io::Error::new(
            io::ErrorKind::Unsupported,
            "this kernel has no TCP-AO: it takes Linux 6.7 or later with CONFIG_TCP_AO",
        ),
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of `linux/tcp.h`.
    #[test]
    fn as_long_as_the_kernel_has_it() {
        assert_eq!(size_of::<Add>(), 128 + 64 + 4 + 4 + 2 + 6 + 80);
        assert_eq!(std::mem::offset_of!(Add, prefix_len), 202);
        assert_eq!(std::mem::offset_of!(Add, key), 208);
    }
}
