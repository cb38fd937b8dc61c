//! What somebody may have meant.

/// The one of `words` that `word` is a slip of: at most a third of its letters wrong.
pub(super) fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = word.chars().count().div_ceil(3);
    let near = words.map(|candidate| (distance(word, candidate), candidate));
    near.filter(|(distance, _)| (1..=allowed).contains(distance)).min().map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, left out or exchanged. Long words are as far as can be.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let exchanged = diagonal.saturating_add(usize::from(x != y));
            left = exchanged.min(left.saturating_add(1)).min(above.saturating_add(1));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, want) in [
            ("", "", 0),
            ("a", "", 1),
            ("accept", "accept", 0),
            ("acept", "accept", 1),
            ("reject", "accept", 4),
            ("ab", "ba", 2),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (want, want), "{a} {b}");
        }
    }

    #[test]
    fn slips() {
        let words = ["accept", "reject", "continue", "call"];
        for (word, want) in [
            ("acept", Some("accept")),
            ("rejct", Some("reject")),
            ("cal", Some("call")),
            ("deny", None),
            ("accept", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words.into_iter()), want, "{word}");
        }
    }
}
