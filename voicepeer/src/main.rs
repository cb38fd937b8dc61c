//! voicepeer
fn main() {}
