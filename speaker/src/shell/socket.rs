//! TCP sockets the way BGP wants them: TCP-MD5 (RFC 2385), TCP-AO (RFC 5925), TTL security (RFC 5082), source address
//! and interface, DSCP CS6.
//!
//! The only module of this crate with unsafe code: socket options and a name's index that no safe wrapper offers.
#![expect(
    unsafe_code,
    reason = "TCP_MD5SIG, TCP-AO, the minimum TTL and if_nametoindex have no safe wrapper"
)]

mod ao;

pub use ao::{AoAlgorithm, AoKey, MAX_AO_KEY};

use ipnet::IpNet;
use socket2::{Domain, Protocol, Socket, Type};
use std::ffi::{CString, c_int};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU8;
use std::os::fd::AsRawFd;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// What the sockets of one peer need beyond the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpOptions {
    /// The key of TCP-MD5, 1 to 80 octets.
    pub password: Option<String>,
    /// The keys of TCP-AO, instead of a password.
    pub ao: Vec<AoKey>,
    /// Send with TTL 255, and take no packet from further away than so many hops (RFC 5082).
    pub ttl_security: Option<NonZeroU8>,
    /// Where connections are made from.
    pub local_address: Option<IpAddr>,
    /// The interface that connections are made through: a link, a VRF's device. A peer with a link-local address has
    /// to have one.
    pub interface: Option<String>,
}

impl TcpOptions {
    /// The least TTL with which a packet may come.
    fn minimum_ttl(&self) -> Option<c_int> {
        self.ttl_security.map(|hops| 256 - c_int::from(hops.get()))
    }

    /// Where the peer is, on its link where that matters.
    fn scoped(&self, remote: SocketAddr) -> io::Result<SocketAddr> {
        match (remote, &self.interface) {
            (SocketAddr::V6(mut v6), Some(name)) if v6.ip().is_unicast_link_local() => {
                v6.set_scope_id(index_of(name)?);
                Ok(v6.into())
            }
            _ => Ok(remote),
        }
    }

    /// Whether who connects from `from` is the peer at `remote`: a link-local address is one on each link.
    pub(super) fn is_at(&self, remote: SocketAddr, from: SocketAddr) -> bool {
        let same = remote.ip() == from.ip().to_canonical();
        match (self.scoped(remote), from) {
            (Ok(SocketAddr::V6(v6)), SocketAddr::V6(from)) if v6.ip().is_unicast_link_local() => {
                same && v6.scope_id() == from.scope_id()
            }
            (Ok(_), _) => same,
            (Err(_), _) => false,
        }
    }
}

/// The longest TCP-MD5 key the kernel takes, in octets.
pub const MAX_PASSWORD: usize = 80;
/// DSCP CS6: network control.
const CS6: u32 = 0xc0;

/// Connects to `remote`.
pub(super) async fn dial(remote: SocketAddr, options: &TcpOptions) -> io::Result<TcpStream> {
    let remote = options.scoped(remote)?;
    let socket = new_socket(remote)?;
    if let Some(interface) = &options.interface {
        socket.bind_device(Some(interface.as_bytes()))?;
    }
    if let Some(local) = options.local_address {
        socket.bind(&SocketAddr::new(local, 0).into())?;
    }
    if let Some(password) = &options.password {
        set_md5(&socket, remote.ip().into(), password)?;
    }
    for key in &options.ao {
        ao::add(&socket, remote.ip(), full_length(remote.ip()), key)?;
    }
    if let Some(minimum) = options.minimum_ttl() {
        set_ttl(&socket, remote.is_ipv6(), 255)?;
        set_min_ttl(&socket, remote.is_ipv6(), minimum)?;
    }
    let stream = TcpSocket::from_std_stream(socket.into()).connect(remote).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Listens on `address`, of an interface alone where one is named. Its SYN-ACKs leave with TTL 255, which a peer with TTL security expects and no
/// other minds.
pub(super) fn listen(address: SocketAddr, interface: Option<&str>) -> io::Result<TcpListener> {
    let socket = new_socket(address)?;
    if let Some(interface) = interface {
        socket.bind_device(Some(interface.as_bytes()))?;
    }
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    set_ttl(&socket, address.is_ipv6(), 255)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// Makes `listener` take signed segments only from the peers of `prefix`.
pub(super) fn sign(listener: &TcpListener, prefix: IpNet, options: &TcpOptions) -> io::Result<()> {
    if let Some(password) = &options.password {
        set_md5(listener, prefix, password)?;
    }
    options.ao.iter().try_for_each(|key| ao::add(listener, prefix.addr(), prefix.prefix_len(), key))
}

/// Makes `listener`, which has a password for `prefix` or none, have another, or none any more. Connections that it accepted
/// before keep theirs.
pub(super) fn sign_anew(
    listener: &TcpListener,
    prefix: IpNet,
    [old, new]: [Option<&str>; 2],
) -> io::Result<()> {
    match (old, new) {
        (_, Some(password)) => set_md5(listener, prefix, password),
        // To the kernel a key without octets is none.
        (Some(_), None) => set_md5(listener, prefix, ""),
        (None, None) => Ok(()),
    }
}

/// How many bits one address has.
const fn full_length(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Prepares a connection that `listener` accepted.
pub(super) fn accepted(stream: &TcpStream, remote: IpAddr, options: &TcpOptions) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match options.minimum_ttl() {
        Some(minimum) => set_min_ttl(stream, remote.is_ipv6(), minimum),
        None => Ok(()),
    }
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

/// From Linux's `tcp.h`: the extended option, and that it is about a prefix.
const TCP_MD5SIG_EXT: c_int = 32;
const FLAG_PREFIX: u8 = 1;

fn set_md5(socket: &impl AsRawFd, peers: IpNet, password: &str) -> io::Result<()> {
    let is_whole = peers.prefix_len() == full_length(peers.addr());
    let prefix_len = (!is_whole).then_some(peers.prefix_len());
    let mut key = [0; MAX_PASSWORD];
    let Some(field) = key.get_mut(..password.len()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a TCP-MD5 password has at most 80 octets"));
    };
    field.copy_from_slice(password.as_bytes());
    let signature = Md5Signature {
        address: storage(peers.addr()),
        flags: if prefix_len.is_some() { FLAG_PREFIX } else { 0 },
        prefix_len: prefix_len.unwrap_or(0),
        key_len: u16::try_from(password.len()).unwrap_or_default(),
        interface: 0,
        key,
    };
    let option = if prefix_len.is_some() { TCP_MD5SIG_EXT } else { libc::TCP_MD5SIG };
    set_option(socket, libc::IPPROTO_TCP, option, &signature)
}

/// The number of an interface.
pub(super) fn index_of(name: &str) -> io::Result<u32> {
    let text = CString::new(name).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: `text` is a string that ends with a zero, and lives through the call.
    match unsafe { libc::if_nametoindex(text.as_ptr()) } {
        0 => Err(io::Error::new(io::ErrorKind::NotFound, format!("no interface is called {name}"))),
        index => Ok(index),
    }
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
        let listener = listen(SocketAddr::new(ip, 0), None)?;
        if let Some(password) = theirs {
            let options = TcpOptions { password: Some(password.into()), ..TcpOptions::default() };
            sign(&listener, prefix(ip, full_length(ip)), &options)?;
        }
        let (dialed, accepted) = tokio::join!(dial(listener.local_addr()?, ours), listener.accept());
        let accepted = accepted?.0;
        super::accepted(&accepted, ip, ours)?;
        Ok((dialed?, accepted))
    }

    #[tokio::test]
    async fn ttl_security_and_password_connect_on_both_families() {
        let options = TcpOptions {
            password: Some("between us".into()),
            ttl_security: NonZeroU8::new(1),
            ..TcpOptions::default()
        };
        for ip in LOOPBACK {
            pair(&options, Some("between us"), ip).await.unwrap();
            pair(&TcpOptions::default(), None, ip).await.unwrap();
        }
    }

    fn prefix(ip: IpAddr, len: u8) -> IpNet {
        IpNet::new(ip, len).unwrap().trunc()
    }

    /// (hops, the least TTL)
    #[test]
    fn hops() {
        for (hops, want) in [(0, None), (1, Some(255)), (2, Some(254)), (255, Some(1))] {
            let options = TcpOptions { ttl_security: NonZeroU8::new(hops), ..TcpOptions::default() };
            assert_eq!(options.minimum_ttl(), want);
        }
    }

    #[tokio::test]
    async fn a_password_holds_for_a_prefix() {
        for (ip, len) in [(LOOPBACK[0], 8), (LOOPBACK[1], 64)] {
            let listener = listen(SocketAddr::new(ip, 0), None).unwrap();
            let options = TcpOptions { password: Some("of all".into()), ..TcpOptions::default() };
            sign(&listener, prefix(ip, len), &options).unwrap();
            let at = listener.local_addr().unwrap();
            let (dialed, accepted) = tokio::join!(dial(at, &options), listener.accept());
            dialed.and(accepted).unwrap();
        }
    }

    #[tokio::test]
    async fn an_interface_is_bound_and_one_that_is_not_there_is_an_error() {
        let on = |name: &str| TcpOptions { interface: Some(name.into()), ..TcpOptions::default() };
        let listener = listen(SocketAddr::new(LOOPBACK[0], 0), None).unwrap();
        let at = listener.local_addr().unwrap();
        let lo = on("lo");
        let (dialed, accepted) = tokio::join!(dial(at, &lo), listener.accept());
        dialed.and(accepted.map(|_| ())).unwrap();
        assert!(dial(at, &on("no-such-device")).await.is_err());
        assert!(listen(SocketAddr::new(LOOPBACK[0], 0), Some("no-such-device")).is_err());
    }

    /// (the peer's interface, the link that somebody connects from, whether it is the peer)
    #[test]
    fn a_link_local_peer_is_one_on_its_link() {
        let link_local: std::net::Ipv6Addr = "fe80::1".parse().unwrap();
        let lo = index_of("lo").unwrap();
        let from = |scope| std::net::SocketAddrV6::new(link_local, 7, 0, scope).into();
        let remote = SocketAddr::new(link_local.into(), 179);
        let on = |name: &str| TcpOptions { interface: Some(name.into()), ..TcpOptions::default() };
        assert!(on("lo").is_at(remote, from(lo)));
        assert!(!on("lo").is_at(remote, from(lo + 1)));
        assert!(!on("no-such-device").is_at(remote, from(lo)));
    }

    /// Where the kernel has it, it connects; where not, the error says so.
    #[tokio::test]
    async fn ao_connects_or_says_that_the_kernel_lacks_it() {
        let key = AoKey {
            send_id: 1,
            receive_id: 1,
            algorithm: AoAlgorithm::HmacSha1,
            secret: "between us".into(),
        };
        let options = TcpOptions { ao: vec![key], ..TcpOptions::default() };
        let listener = listen(SocketAddr::new(LOOPBACK[0], 0), None).unwrap();
        match sign(&listener, prefix(LOOPBACK[0], 32), &options) {
            Ok(()) => {
                let at = listener.local_addr().unwrap();
                let (dialed, accepted) = tokio::join!(dial(at, &options), listener.accept());
                dialed.and(accepted.map(|_| ())).unwrap();
            }
            Err(error) => assert!(error.to_string().contains("has no TCP-AO"), "{error}"),
        }
    }

    #[tokio::test]
    async fn a_password_too_long_is_an_error() {
        let options = TcpOptions { password: Some("x".repeat(81)), ..TcpOptions::default() };
        let error = dial(SocketAddr::new(LOOPBACK[0], 1), &options).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
