//! The answers of an IRR server to questions that begin with `!` (IRRd's whois protocol).

use std::fmt;

/// The longest data that is taken, in octets: the largest set has a hundredth of it.
pub const MAX_REPLY: usize = 256 << 20;
/// The longest line that tells what follows.
const MAX_LINE: usize = 4096;

/// One answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhoisReply<'a> {
    /// `A`: the data.
    Data(&'a [u8]),
    /// `C`: done, and there is nothing to say.
    Done,
    /// `D`: there is no such key.
    NotFound,
    /// `E`: there are several of the key.
    Several,
    /// `F`: what is wrong with the question.
    Refused(&'a [u8]),
}

/// What cannot be an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WhoisFault {
    /// The line begins with none of the letters.
    Kind,
    /// The length is no number, or more than [`MAX_REPLY`].
    Length,
    /// The line does not end.
    Line,
    /// The data are not followed by `C`.
    End,
}

impl fmt::Display for WhoisFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "an answer begins with A, C, D, E or F",
            Self::Length => "what follows A is a length of at most 268435456 octets",
            Self::Line => "the first line of an answer has at most 4096 octets",
            Self::End => "data are followed by C on a line of its own",
        })
    }
}
impl std::error::Error for WhoisFault {}

impl<'a> WhoisReply<'a> {
    /// Reads the answer that `octets` begin with, and says how many octets it has; `None` where more have to come.
    ///
    /// ```
    /// use bgp_policy::irr::WhoisReply;
    /// let (reply, len) = WhoisReply::read(b"A8\nAS64500\nC\n").unwrap().unwrap();
    /// assert_eq!((reply, len), (WhoisReply::Data(b"AS64500\n"), 13));
    /// ```
    pub fn read(octets: &'a [u8]) -> Result<Option<(Self, usize)>, WhoisFault> {
        let Some(end) = octets.iter().take(MAX_LINE).position(|b| *b == b'\n') else {
            return if octets.len() < MAX_LINE { kind(octets).map(|()| None) } else { Err(WhoisFault::Line) };
        };
        let (line, rest) = octets.split_at_checked(end).unwrap_or_default();
        let (line, len) = (line.strip_suffix(b"\r").unwrap_or(line), end.saturating_add(1));
        let reply = match line {
            [b'A', length @ ..] => return data(length, rest.get(1..).unwrap_or_default(), len),
            [b'C'] => Self::Done,
            [b'D'] => Self::NotFound,
            [b'E'] => Self::Several,
            [b'F', why @ ..] => Self::Refused(why.trim_ascii()),
            _ => return Err(WhoisFault::Kind),
        };
        Ok(Some((reply, len)))
    }
}

/// Whether an answer may begin so.
const fn kind(octets: &[u8]) -> Result<(), WhoisFault> {
    match octets {
        [] | [b'A' | b'C' | b'D' | b'E' | b'F', ..] => Ok(()),
        _ => Err(WhoisFault::Kind),
    }
}

/// The data behind a first line of `line` octets, and the `C` behind them.
fn data<'a>(
    length: &[u8],
    rest: &'a [u8],
    line: usize,
) -> Result<Option<(WhoisReply<'a>, usize)>, WhoisFault> {
    let digits = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
    let length = std::str::from_utf8(length).ok().filter(|_| digits).and_then(|text| text.parse().ok());
    let length: usize = length.filter(|length| *length <= MAX_REPLY).ok_or(WhoisFault::Length)?;
    let Some((data, end)) = rest.split_at_checked(length) else { return Ok(None) };
    let len = line.saturating_add(length);
    match end {
        [b'C', b'\n', ..] => Ok(Some((WhoisReply::Data(data), len.saturating_add(2)))),
        [b'C', b'\r', b'\n', ..] => Ok(Some((WhoisReply::Data(data), len.saturating_add(3)))),
        [] | [b'C'] | [b'C', b'\r'] => Ok(None),
        _ => Err(WhoisFault::End),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_answer() {
        use WhoisReply::{Data, Done, NotFound, Refused, Several};
        for (octets, want) in [
            (&b""[..], Ok(None)),
            (b"C\n", Ok(Some((Done, 2)))),
            (b"C\r\nD\n", Ok(Some((Done, 3)))),
            (b"D\n", Ok(Some((NotFound, 2)))),
            (b"E\n", Ok(Some((Several, 2)))),
            (b"F no such command\n", Ok(Some((Refused(b"no such command"), 18)))),
            (b"F", Ok(None)),
            (b"A3\nab\nC\n", Ok(Some((Data(b"ab\n"), 8)))),
            (b"A0\nC\n", Ok(Some((Data(b""), 5)))),
            (b"A3\r\nab\nC\r\nC", Ok(Some((Data(b"ab\n"), 10)))),
            (b"A3\nab\nC", Ok(None)),
            (b"A3\nab", Ok(None)),
            (b"A3", Ok(None)),
            (b"A3\nab\nD\n", Err(WhoisFault::End)),
            (b"A\nab\nC\n", Err(WhoisFault::Length)),
            (b"A+3\nab\nC\n", Err(WhoisFault::Length)),
            (b"A268435457\n", Err(WhoisFault::Length)),
            (b"A99999999999999999999999\n", Err(WhoisFault::Length)),
            (b"C done\n", Err(WhoisFault::Kind)),
            (b"\n", Err(WhoisFault::Kind)),
            (b"%", Err(WhoisFault::Kind)),
            (&[b'F'; 4096], Err(WhoisFault::Line)),
        ] {
            assert_eq!(WhoisReply::read(octets), want, "{:?}", String::from_utf8_lossy(octets));
        }
    }

    proptest! {
        #[test]
        fn data_come_as_they_were_sent_however_they_are_cut(data: Vec<u8>, cut: prop::sample::Index) {
            let sent = [format!("A{}\n", data.len()).as_bytes(), &data, b"C\nD\n"].concat();
            let whole = sent.len() - 2;
            prop_assert_eq!(WhoisReply::read(&sent), Ok(Some((WhoisReply::Data(&data), whole))));
            prop_assert_eq!(WhoisReply::read(&sent[..cut.index(whole)]), Ok(None));
        }
    }
}
