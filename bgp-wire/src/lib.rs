//! BGP codec.
