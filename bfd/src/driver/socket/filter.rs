//! Small programs that the kernel runs over every packet of a socket: classic BPF.
use rustix::fd::AsRawFd;
use socket2::Socket;
use std::io;

/// Loads from a fixed place of the packet.
pub(super) const OCTET: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;
pub(super) const HALF_WORD: u32 = libc::BPF_LD | libc::BPF_H | libc::BPF_ABS;

/// One instruction without a comparison.
pub(super) const fn plain(code: u32, k: u32) -> libc::sock_filter {
    compare(code, k, 0, 0)
}

/// One instruction; how many to leap over where the comparison holds, and where it fails.
pub(super) const fn compare(code: u32, k: u32, holds: u8, fails: u8) -> libc::sock_filter {
    // A code has no more than 16 bits.
    let [low, high, ..] = code.to_le_bytes();
    libc::sock_filter { code: u16::from_le_bytes([low, high]), jt: holds, jf: fails, k }
}

/// The end: what `value` means is the option's affair.
pub(super) const fn done(value: u32) -> libc::sock_filter {
    plain(libc::BPF_RET | libc::BPF_K, value)
}

/// Attaches `program` by one of the options that take one.
pub(super) fn attach(socket: &Socket, option: i32, program: &[libc::sock_filter]) -> io::Result<()> {
    let mut program = program.to_vec();
    let length = u16::try_from(program.len()).map_err(io::Error::other)?;
    let filter = libc::sock_fprog { len: length, filter: program.as_mut_ptr() };
    let length = libc::socklen_t::try_from(size_of_val(&filter)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the value is a `sock_fprog` of the length
    // given that points to as many instructions as it says. The kernel copies them during the call.
    let done = unsafe {
        let value = (&raw const filter).cast();
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, option, value, length)
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
