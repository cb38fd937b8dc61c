//! NOTIFICATION.

use bgp_wire::{MAX_MESSAGE, Notification, frame};

/// Decodes the body of a NOTIFICATION. It reads back from what is written of it, and so do its words.
pub fn notification(data: &[u8]) {
    let read = Notification::decode(data);
    drop(read.to_string());
    let mut bytes = Vec::new();
    read.encode(&mut bytes);
    let body = frame(&bytes, MAX_MESSAGE).expect("sound").expect("whole").body;
    let again = Notification::decode(body);
    assert_eq!(again.code, read.code);
    assert!(read.data.starts_with(again.data));
    assert!(again.data == read.data || bytes.len() == usize::from(MAX_MESSAGE));
    let Some(words) = read.communication() else { return };
    let data = read.code.communication(words);
    assert_eq!(Notification { code: read.code, data: &data }.communication(), Some(words));
}
