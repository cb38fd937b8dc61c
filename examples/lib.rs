//! Short programs that use one crate each. Read them in this order; each ends by itself, needs no
//! privilege, and exits with an error if what it shows did not happen.
//!
//! | program | shows | crates |
//! |---|---|---|
//! | `decode` | a message becomes routes and findings | `bgp-wire` |
//! | `bfd_in_memory` | two BFD sessions on a lossy line, in virtual time | `bfd` |
//! | `bfd_alone` | two BFD drivers on real sockets, and how long detection takes | `bfd` with `driver` |
//! | `two_speakers` | two BGP sessions to Established, a route, an hour of KEEPALIVEs | `bgp-session`, `bgp-wire` |
//! | `judge` | a route before an export policy and before the rules of a voice interconnect | `bgp-policy` |
//!
//! Run one with `cargo run -p examples --example decode`.
