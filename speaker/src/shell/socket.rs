//! TCP sockets the way BGP wants them: TCP-MD5 (RFC 2385), TTL security (RFC 5082), source address, DSCP CS6.
//!
//! The only module of this crate with unsafe code: two socket options that no safe wrapper offers.
#![expect(unsafe_code, reason = "TCP_MD5SIG and the minimum TTL have no safe wrapper")]

use socket2::{Domain, Protocol, Socket, Type};
use std::ffi::c_int;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// What the sockets of one peer need beyond the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpOptions {
    /// The key of TCP-MD5, 1 to 80 octets.
    pub password: Option<String>,
    /// Send with TTL 255 and take no packet that has less (RFC 5082).
    pub ttl_security: bool,
    /// Where connections are made from.
    pub local_address: Option<IpAddr>,
}

/// The longest TCP-MD5 key the kernel takes, in octets.
pub const MAX_PASSWORD: usize = 80;
/// DSCP CS6: network control.
const CS6: u32 = 0xc0;

/// Connects to `remote`.
pub(super) async fn dial(remote: SocketAddr, options: &TcpOptions) -> io::Result<TcpStream> {
    let socket = new_socket(remote)?;
    if let Some(local) = options.local_address {
        socket.bind(&SocketAddr::new(local, 0).into())?;
    }
    if let Some(password) = &options.password {
        set_md5(&socket, remote.ip(), password)?;
    }
    if options.ttl_security {
        set_ttl(&socket, remote.is_ipv6(), 255)?;
        set_min_ttl(&socket, remote.is_ipv6(), 255)?;
    }
    let stream = TcpSocket::from_std_stream(socket.into()).connect(remote).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Listens on `address`. Its SYN-ACKs leave with TTL 255, which a peer with TTL security expects and no
/// other minds.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = new_socket(address)?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    set_ttl(&socket, address.is_ipv6(), 255)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// Makes `listener` take signed segments only from `peer`.
pub(super) fn sign(listener: &TcpListener, peer: IpAddr, password: &str) -> io::Result<()> {
    set_md5(listener, peer, password)
}

/// Prepares a connection that `listener` accepted.
pub(super) fn accepted(stream: &TcpStream, remote: IpAddr, options: &TcpOptions) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if options.ttl_security { set_min_ttl(stream, remote.is_ipv6(), 255) } else { Ok(()) }
}

fn new_socket(for_address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(for_address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // A class of service that cannot be set costs priority, not the session.
    let marked = if for_address.is_ipv4() { socket.set_tos_v4(CS6) } else { socket.set_tclass_v6(CS6) };
    if let Err(error) = marked {
        tracing::debug!(%error, "DSCP CS6 not set");
    }
    Ok(socket)
}

fn set_ttl(socket: &Socket, v6: bool, ttl: u32) -> io::Result<()> {
    if v6 { socket.set_unicast_hops_v6(ttl) } else { socket.set_ttl_v4(ttl) }
}

fn set_min_ttl(socket: &impl AsRawFd, v6: bool, ttl: c_int) -> io::Result<()> {
    let (level, name) =
        if v6 { (libc::IPPROTO_IPV6, IPV6_MINHOPCOUNT) } else { (libc::IPPROTO_IP, libc::IP_MINTTL) };
    set_option(socket, level, name, &ttl)
}

/// From Linux's `in6.h`.
const IPV6_MINHOPCOUNT: c_int = 73;

/// Linux's `struct tcp_md5sig`.
#[repr(C)]
struct Md5Signature {
    address: libc::sockaddr_storage,
    flags: u8,
    prefix_len: u8,
    key_len: u16,
    interface: c_int,
    key: [u8; MAX_PASSWORD],
}

fn set_md5(socket: &impl AsRawFd, peer: IpAddr, password: &str) -> io::Result<()> {
    let mut key = [0; MAX_PASSWORD];
    let Some(field) = key.get_mut(..password.len()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a TCP-MD5 password has at most 80 octets"));
    };
    field.copy_from_slice(password.as_bytes());
    let signature = Md5Signature {
        address: storage(peer),
        flags: 0,
        prefix_len: 0,
        key_len: u16::try_from(password.len()).unwrap_or_default(),
        interface: 0,
        key,
    };
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_MD5SIG, &signature)
}

/// The address as the kernel lays it out, port 0.
fn storage(peer: IpAddr) -> libc::sockaddr_storage {
    let address = socket2::SockAddr::from(SocketAddr::new(peer, 0));
    // SAFETY: `sockaddr_storage` is plain integers, for which all zeros is a value.
    let mut storage: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are valid for `address.len()` octets, which a `SockAddr` keeps at or below the
    // size of a `sockaddr_storage`; the two do not overlap.
    unsafe {
        std::ptr::copy_nonoverlapping(
            address.as_ptr().cast::<u8>(),
            (&raw mut storage).cast::<u8>(),
            usize::try_from(address.len()).unwrap_or_default(),
        );
    }
    storage
}

fn set_option<T>(socket: &impl AsRawFd, level: c_int, name: c_int, value: &T) -> io::Result<()> {
    let len = libc::socklen_t::try_from(size_of::<T>()).unwrap_or_default();
    // SAFETY: the descriptor is open while `socket` is borrowed, and `value` is readable for `len` octets.
    let done =
        unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, std::ptr::from_ref(value).cast(), len) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: [IpAddr; 2] =
        [IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)];

    async fn pair(ours: &TcpOptions, theirs: Option<&str>, ip: IpAddr) -> io::Result<(TcpStream, TcpStream)> {
        let listener = listen(SocketAddr::new(ip, 0))?;
        if let Some(password) = theirs {
            sign(&listener, ip, password)?;
        }
        let (dialed, accepted) = tokio::join!(dial(listener.local_addr()?, ours), listener.accept());
        let accepted = accepted?.0;
        super::accepted(&accepted, ip, ours)?;
        Ok((dialed?, accepted))
    }

    #[tokio::test]
    async fn ttl_security_and_password_connect_on_both_families() {
        let options =
            TcpOptions { password: Some("between us".into()), ttl_security: true, local_address: None };
        for ip in LOOPBACK {
            pair(&options, Some("between us"), ip).await.unwrap();
            pair(&TcpOptions::default(), None, ip).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_password_too_long_is_an_error() {
        let options = TcpOptions { password: Some("x".repeat(81)), ..TcpOptions::default() };
        let error = dial(SocketAddr::new(LOOPBACK[0], 1), &options).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
