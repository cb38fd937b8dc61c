//! Packets that change nothing go to a socket of their own, which wakes nobody.
//!
//! Nearly every packet of a session says only that it is Up. The thread need not wake for it: the
//! kernel's stamp tells later when it came. Two sockets share the address, and a filter in the kernel
//! chooses between them by the octet that holds State, Poll, Final and Demand (RFC 5880 section 4.1).
use rustix::fd::AsRawFd;
use socket2::Socket;
use std::io;

/// The places of the sockets in their group, by the order in which they were bound.
const URGENT: u32 = 0;
const QUIET: u32 = 1;

/// State Up, with neither Poll, Final, Demand nor Multipoint; the bits C and A may be either.
const UP_AND_NO_MORE: u32 = 0xc0;
const ALL_BUT_C_AND_A: u32 = 0xf3;

/// A payload too short for the load ends the program with 0, which is `URGENT`.
const PROGRAM: [libc::sock_filter; 5] = [
    instruction(libc::BPF_LD | libc::BPF_B | libc::BPF_ABS, 0, 1),
    instruction(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0, ALL_BUT_C_AND_A),
    instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, UP_AND_NO_MORE),
    instruction(libc::BPF_RET | libc::BPF_K, 0, QUIET),
    instruction(libc::BPF_RET | libc::BPF_K, 0, URGENT),
];

/// One instruction; `otherwise` is how many to leap over where a comparison fails.
const fn instruction(code: u32, otherwise: u8, k: u32) -> libc::sock_filter {
    // A code has no more than 16 bits.
    let [low, high, ..] = code.to_le_bytes();
    libc::sock_filter { code: u16::from_le_bytes([low, high]), jt: 0, jf: otherwise, k }
}

/// Puts the filter before the group of `socket`, whose second socket must be bound already.
pub(super) fn attach(socket: &Socket) -> io::Result<()> {
    let mut program = PROGRAM;
    let filter = libc::sock_fprog { len: 5, filter: program.as_mut_ptr() };
    let length = libc::socklen_t::try_from(size_of_val(&filter)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the value is a `sock_fprog` of the length
    // given that points to as many instructions as it says. The kernel copies them during the call.
    let done = unsafe {
        let value = (&raw const filter).cast();
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_ATTACH_REUSEPORT_CBPF, value, length)
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
