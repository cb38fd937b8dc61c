//! The authentication section on the wire (RFC 5880 sections 4.2 to 4.4).
use super::{AuthType, Authentication, Key};
use crate::{Control, Discard};
use ctutils::CtEq;
use md5::Md5;
use sha1::{Digest, Sha1};
use std::fmt;

/// Type, length, key identifier.
const PASSWORD_AT: usize = 3;
/// Type, length, key identifier, reserved, sequence number.
const DIGEST_AT: usize = 8;

/// An authentication section as it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    octets: [u8; Self::LONGEST],
    length: u8,
}

impl Section {
    /// With a SHA1 digest.
    pub(crate) const LONGEST: usize = DIGEST_AT + Key::LONGEST;

    /// Signs a packet. A simple password has no sequence number.
    pub(super) fn sign(auth: &Authentication, sequence: u32, control: &Control) -> Self {
        let Authentication { auth_type, signing, .. } = auth;
        let length = length(*auth_type, signing);
        let head = [auth_type.code(), length, signing.id];
        if *auth_type == AuthType::SimplePassword {
            return Self::new(length, &head, signing.password());
        }
        let [code, length, id] = head;
        let [s0, s1, s2, s3] = sequence.to_be_bytes();
        let head = [code, length, id, 0, s0, s1, s2, s3];
        Self::new(length, &head, &digest(*auth_type, &control.header(length), head, signing))
    }

    /// `head`, and after it as much of `rest` as `length` allows.
    fn new(length: u8, head: &[u8], rest: &[u8]) -> Self {
        let mut octets = [0; Self::LONGEST];
        let whole = head.iter().chain(rest).take(usize::from(length));
        for (octet, value) in octets.iter_mut().zip(whole) {
            *octet = *value;
        }
        Self { octets, length }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.length)).unwrap_or(&self.octets)
    }
}

/// A simple password belongs in no log.
impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [auth_type, length, key_id, ..] = self.octets;
        write!(f, "Section {{ auth_type: {auth_type}, key_id: {key_id}, length: {length} }}")
    }
}

/// What a section says that has the right type and length and a known key: the proof is not looked at yet.
pub(super) enum Claim<'a> {
    Password { key: &'a Key, password: &'a [u8] },
    Digest { key: &'a Key, head: &'a [u8; DIGEST_AT], digest: &'a [u8] },
}

impl<'a> Claim<'a> {
    /// The checks of section 6.7 before the sequence number, in their order.
    pub(super) fn read(auth: &'a Authentication, section: &'a [u8]) -> Result<Self, Discard> {
        let auth_type = auth.auth_type;
        if section.first() != Some(&auth_type.code()) {
            return Err(Discard::AuthType);
        }
        let &[_, length, id, ..] = section else { return Err(Discard::AuthLength) };
        let key = auth.key(id).ok_or(Discard::AuthKeyId)?;
        if length != self::length(auth_type, key) || usize::from(length) != section.len() {
            return Err(Discard::AuthLength);
        }
        if auth_type == AuthType::SimplePassword {
            let (_, password) = section.split_first_chunk::<PASSWORD_AT>().ok_or(Discard::AuthLength)?;
            return Ok(Self::Password { key, password });
        }
        let (head, digest) = section.split_first_chunk().ok_or(Discard::AuthLength)?;
        Ok(Self::Digest { key, head, digest })
    }

    pub(super) fn sequence(&self) -> Option<u32> {
        match self {
            Self::Password { .. } => None,
            Self::Digest { head: [.., s0, s1, s2, s3], .. } => Some(u32::from_be_bytes([*s0, *s1, *s2, *s3])),
        }
    }

    /// Whether the sender has the key. How long the answer takes does not depend on where a wrong proof
    /// differs from the right one.
    pub(super) fn holds(&self, auth_type: AuthType, control: &Control) -> bool {
        match self {
            Self::Password { key, password } => key.password().ct_eq(password).to_bool(),
            Self::Digest { key, head, digest: claimed } => {
                let right = digest(auth_type, &control.header(length(auth_type, key)), **head, key);
                let (right, _) = right.split_at(digest_length(auth_type));
                right.ct_eq(*claimed).to_bool()
            }
        }
    }
}

/// The Auth Len field.
fn length(auth_type: AuthType, key: &Key) -> u8 {
    match auth_type {
        AuthType::SimplePassword => 3 + key.length,
        AuthType::KeyedMd5 | AuthType::MeticulousKeyedMd5 => 24,
        AuthType::KeyedSha1 | AuthType::MeticulousKeyedSha1 => 28,
    }
}

fn digest_length(auth_type: AuthType) -> usize {
    match auth_type {
        AuthType::SimplePassword => 0,
        AuthType::KeyedMd5 | AuthType::MeticulousKeyedMd5 => 16,
        AuthType::KeyedSha1 | AuthType::MeticulousKeyedSha1 => 20,
    }
}

/// The digest of the whole packet with the key in the digest's place; zeros after a shorter digest.
fn digest(auth_type: AuthType, header: &[u8], head: [u8; DIGEST_AT], key: &Key) -> [u8; Key::LONGEST] {
    match auth_type {
        AuthType::SimplePassword => [0; Key::LONGEST],
        AuthType::KeyedMd5 | AuthType::MeticulousKeyedMd5 => {
            let (padded, _) = key.octets.split_at(digest_length(auth_type));
            let short = Md5::new().chain_update(header).chain_update(head).chain_update(padded).finalize();
            let mut octets = [0; Key::LONGEST];
            octets.iter_mut().zip(short).for_each(|(octet, value)| *octet = value);
            octets
        }
        AuthType::KeyedSha1 | AuthType::MeticulousKeyedSha1 => {
            Sha1::new().chain_update(header).chain_update(head).chain_update(key.octets).finalize().into()
        }
    }
}
