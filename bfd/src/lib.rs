//! BFD.
