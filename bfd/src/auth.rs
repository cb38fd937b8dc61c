//! How packets are authenticated (RFC 5880 section 6.7): the type, and the keys.
mod authenticator;
mod section;

pub(crate) use authenticator::Authenticator;
pub(crate) use section::Section;

use std::fmt;

/// The authentication types of RFC 5880 section 4.1, with their values on the wire.
///
/// MD5 and SHA1 are what the standard has. Against somebody who can try many keys, a long random key
/// matters more than the choice between them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum AuthType {
    /// The password itself in every packet, for all on the link to read.
    SimplePassword = 1,
    /// An MD5 digest; the sequence number moves when the packet says something new.
    KeyedMd5 = 2,
    /// An MD5 digest; every packet has a sequence number of its own.
    MeticulousKeyedMd5 = 3,
    /// A SHA1 digest; the sequence number moves when the packet says something new.
    KeyedSha1 = 4,
    /// A SHA1 digest; every packet has a sequence number of its own.
    MeticulousKeyedSha1 = 5,
}

impl AuthType {
    /// Every type, by its value on the wire.
    pub const ALL: [Self; 5] = [
        Self::SimplePassword,
        Self::KeyedMd5,
        Self::MeticulousKeyedMd5,
        Self::KeyedSha1,
        Self::MeticulousKeyedSha1,
    ];

    /// The value on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The name, as configurations have it.
    ///
    /// ```
    /// assert_eq!(bfd::AuthType::MeticulousKeyedSha1.name(), "meticulous-keyed-sha1");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::SimplePassword => "simple-password",
            Self::KeyedMd5 => "keyed-md5",
            Self::MeticulousKeyedMd5 => "meticulous-keyed-md5",
            Self::KeyedSha1 => "keyed-sha1",
            Self::MeticulousKeyedSha1 => "meticulous-keyed-sha1",
        }
    }

    /// The longest key, in octets.
    pub const fn longest_key(self) -> usize {
        match self {
            Self::SimplePassword | Self::KeyedMd5 | Self::MeticulousKeyedMd5 => 16,
            Self::KeyedSha1 | Self::MeticulousKeyedSha1 => 20,
        }
    }

    /// Whether no two packets may have the same sequence number.
    pub const fn is_meticulous(self) -> bool {
        matches!(self, Self::MeticulousKeyedMd5 | Self::MeticulousKeyedSha1)
    }
}

/// Why a key cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyError {
    /// The key has no octets.
    Empty,
    /// The key has more octets than [`AuthType::longest_key`].
    TooLong,
    /// There is a key with this identifier already.
    Duplicate,
    /// There is no key with this identifier.
    Unknown,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the key is empty",
            Self::TooLong => "the key is longer than the authentication type allows",
            Self::Duplicate => "there is a key with this identifier already",
            Self::Unknown => "there is no key with this identifier",
        })
    }
}

impl std::error::Error for KeyError {}

/// A key, with zeros after its end, as the digest wants it.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    id: u8,
    length: u8,
    octets: [u8; Self::LONGEST],
}

impl Key {
    const LONGEST: usize = 20;

    fn new(auth_type: AuthType, id: u8, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.is_empty() {
            return Err(KeyError::Empty);
        }
        if secret.len() > auth_type.longest_key() {
            return Err(KeyError::TooLong);
        }
        let length = u8::try_from(secret.len()).map_err(|_| KeyError::TooLong)?;
        let mut octets = [0; Self::LONGEST];
        octets.get_mut(..secret.len()).ok_or(KeyError::TooLong)?.copy_from_slice(secret);
        Ok(Self { id, length, octets })
    }

    /// The key without the zeros after its end.
    fn password(&self) -> &[u8] {
        self.octets.get(..usize::from(self.length)).unwrap_or(&self.octets)
    }
}

/// The authentication of a session: a type, the key that signs, and the keys that are taken beside it.
///
/// A session with authentication takes no packet without it, none of another type and none with another
/// key. Keys are exchanged without a break in three steps, each at both ends before the next: take the
/// new key too, sign with it, take the old one no more.
///
/// ```
/// use bfd::{AuthType, Authentication};
/// # fn main() -> Result<(), bfd::KeyError> {
/// let sha1 = AuthType::MeticulousKeyedSha1;
/// let before = Authentication::new(sha1, 1, b"the old key")?;
/// let both = before.clone().taking(2, b"the new key")?;
/// let moved = both.clone().signing_with(2)?;
/// let after = Authentication::new(sha1, 2, b"the new key")?;
/// assert_eq!(moved.key_ids().collect::<Vec<_>>(), [2, 1]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authentication {
    auth_type: AuthType,
    signing: Key,
    taken: Vec<Key>,
}

impl Authentication {
    /// Signs with the key `id` and takes packets that are signed with it. For a simple password, the key
    /// is the password.
    ///
    /// # Errors
    /// `Empty` or `TooLong` for a key that the type does not allow.
    pub fn new(auth_type: AuthType, id: u8, key: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { auth_type, signing: Key::new(auth_type, id, key)?, taken: Vec::new() })
    }

    /// Takes packets that are signed with the key `id` as well.
    ///
    /// # Errors
    /// `Empty` or `TooLong` for a key that the type does not allow, `Duplicate` for an identifier in use.
    pub fn taking(mut self, id: u8, key: &[u8]) -> Result<Self, KeyError> {
        if self.key(id).is_some() {
            return Err(KeyError::Duplicate);
        }
        self.taken.push(Key::new(self.auth_type, id, key)?);
        Ok(self)
    }

    /// Signs with the key `id` from now on; the key that signed before is still taken.
    ///
    /// # Errors
    /// `Unknown` if there is no such key.
    pub fn signing_with(mut self, id: u8) -> Result<Self, KeyError> {
        if self.signing.id != id {
            let key = self.taken.iter_mut().find(|key| key.id == id).ok_or(KeyError::Unknown)?;
            std::mem::swap(&mut self.signing, key);
        }
        Ok(self)
    }

    /// The authentication type.
    pub fn auth_type(&self) -> AuthType {
        self.auth_type
    }

    /// The identifiers of the keys, first of the one that signs.
    pub fn key_ids(&self) -> impl Iterator<Item = u8> + '_ {
        self.keys().map(|key| key.id)
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.signing).chain(&self.taken)
    }

    fn key(&self, id: u8) -> Option<&Key> {
        self.keys().find(|key| key.id == id)
    }
}

/// The identifiers only: a key belongs in no log.
impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<u8> = self.key_ids().collect();
        f.debug_struct("Authentication")
            .field("auth_type", &self.auth_type)
            .field("key_ids", &ids)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{AuthType, Authentication, KeyError};

    #[test]
    fn lengths_of_keys() {
        for auth_type in AuthType::ALL {
            let longest = auth_type.longest_key();
            for (length, expected) in [
                (0, Some(KeyError::Empty)),
                (1, None),
                (longest, None),
                (longest + 1, Some(KeyError::TooLong)),
            ] {
                let result = Authentication::new(auth_type, 1, &vec![b'x'; length]);
                assert_eq!(result.err(), expected, "{auth_type:?} with {length} octets");
            }
            let long = Authentication::new(auth_type, 1, &[b'x'; 300]);
            assert_eq!(long, Err(KeyError::TooLong));
        }
    }

    #[test]
    fn identifiers_are_used_once_and_must_be_known() {
        let one = Authentication::new(AuthType::KeyedMd5, 1, b"one").unwrap();
        assert_eq!(one.clone().taking(1, b"other"), Err(KeyError::Duplicate));
        assert_eq!(one.clone().signing_with(2), Err(KeyError::Unknown));
        assert_eq!(one.clone().signing_with(1), Ok(one));
    }

    #[test]
    fn no_key_is_printed() {
        let one = Authentication::new(AuthType::SimplePassword, 7, b"hush").unwrap();
        let printed = format!("{one:?}");
        assert_eq!(printed, "Authentication { auth_type: SimplePassword, key_ids: [7], .. }");
    }

    #[test]
    fn wire_values() {
        for (code, auth_type) in (1..).zip(AuthType::ALL) {
            assert_eq!(auth_type.code(), code);
        }
    }
}
