//! Voice.
