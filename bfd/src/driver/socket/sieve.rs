//! Packets that change nothing go to a socket of their own, which wakes nobody.
//!
//! Nearly every packet of a session says only that it is Up. The thread need not wake for it: the
//! kernel's stamp tells later when it came. Two sockets share the address, and a filter in the kernel
//! chooses between them by the octet that holds State, Poll, Final and Demand (RFC 5880 section 4.1).
use super::filter::{OCTET, attach as attach_program, compare, done, plain};
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
    plain(OCTET, 1),
    plain(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, ALL_BUT_C_AND_A),
    compare(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, UP_AND_NO_MORE, 0, 1),
    done(QUIET),
    done(URGENT),
];

/// Puts the filter before the group of `socket`, whose second socket must be bound already.
pub(super) fn attach(socket: &Socket) -> io::Result<()> {
    attach_program(socket, libc::SO_ATTACH_REUSEPORT_CBPF, &PROGRAM)
}
