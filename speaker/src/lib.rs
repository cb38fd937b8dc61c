//! Speaker.
