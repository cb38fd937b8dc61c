//! A path that all that is asked of it is true of, or that there is none.

use super::question::Progress;
use super::{CONFED_SEQUENCE, CONFED_SET, Class, Classes, Letter, Question, SET, What};
use bgp_wire::{AsPathBuf, Asn, SegmentKind};
use std::collections::{BTreeMap, VecDeque};

/// So many places in the automata together are looked at, and no more.
const PLACES: usize = 1 << 16;

/// What came of a search.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// Such a path, one of the shortest.
    Path(AsPathBuf),
    /// There is none.
    None,
    /// There may be one.
    TooMuch,
}

/// Where in the path as it came the reading is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Plain,
    Opened,
    Within,
}

/// Where all automata are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    place: Place,
    /// The class that was read last, where it matters whether the next ASN is the same.
    last: Option<Class>,
    of: Vec<Progress>,
}

/// A path on which each question has the answer beside it, and how many places were looked at.
pub(crate) fn find(questions: &[(Question, bool)], classes: &Classes<'_>) -> (Found, usize) {
    let twice = questions.iter().any(|(question, _)| question.what == What::Prepended);
    let search = Search { questions, classes, twice };
    let begin = State {
        place: Place::Plain,
        last: None,
        of: questions.iter().map(|(question, _)| question.begin(classes)).collect(),
    };
    let mut seen: BTreeMap<State, usize> = BTreeMap::from([(begin.clone(), 0)]);
    // Each place with the one before it and the letter between.
    let mut ways: Vec<(usize, Option<Letter>)> = vec![(0, None)];
    let mut queue = VecDeque::from([(0, begin)]);
    while let Some((at, state)) = queue.pop_front() {
        if search.is_answered(&state) {
            return (Found::Path(search.path(&letters(&ways, at))), seen.len());
        }
        for letter in search.letters(&state) {
            let next = search.step(&state, letter);
            if !seen.contains_key(&next) {
                if seen.len() >= PLACES {
                    return (Found::TooMuch, seen.len());
                }
                seen.insert(next.clone(), ways.len());
                queue.push_back((ways.len(), next));
                ways.push((at, Some(letter)));
            }
        }
    }
    (Found::None, seen.len())
}

fn letters(ways: &[(usize, Option<Letter>)], mut at: usize) -> Vec<Letter> {
    let mut letters = Vec::new();
    while let Some((before, Some(letter))) = ways.get(at) {
        letters.push(*letter);
        at = *before;
    }
    letters.reverse();
    letters
}

struct Search<'a> {
    questions: &'a [(Question, bool)],
    classes: &'a Classes<'a>,
    /// Whether it is asked whether an ASN stands twice in a row.
    twice: bool,
}

impl Search<'_> {
    fn is_answered(&self, state: &State) -> bool {
        let answered = |((question, want), progress): (&(Question, bool), &Progress)| {
            question.answer(*progress, self.classes).is_none_or(|answer| answer == *want)
        };
        state.place == Place::Plain && self.questions.iter().zip(&state.of).all(answered)
    }

    fn letters(&self, state: &State) -> Vec<Letter> {
        let mut letters = Vec::new();
        for class in (0..self.classes.len()).filter_map(|class| Class::try_from(class).ok()) {
            let again = state.last == Some(class);
            if !(again && self.classes.is_single(class)) {
                letters.push(Letter::Asn(class, false));
            }
            if again {
                letters.push(Letter::Asn(class, true));
            }
        }
        match state.place {
            Place::Plain => letters.extend([SET, CONFED_SEQUENCE, CONFED_SET].map(Letter::Open)),
            Place::Within => letters.push(Letter::Close),
            Place::Opened => {}
        }
        letters
    }

    fn step(&self, state: &State, letter: Letter) -> State {
        let (place, last) = match letter {
            Letter::Open(_) => (Place::Opened, state.last),
            Letter::Close => (Place::Plain, state.last),
            Letter::Asn(class, _) => {
                let place = if state.place == Place::Plain { Place::Plain } else { Place::Within };
                (place, self.twice.then_some(class))
            }
        };
        let questions = self.questions.iter().zip(&state.of);
        let of = questions
            .map(|((question, _), progress)| question.step(*progress, letter, self.classes))
            .collect();
        State { place, last, of }
    }

    /// The path that letters spell.
    fn path(&self, letters: &[Letter]) -> AsPathBuf {
        let mut path = AsPathBuf::default();
        let (mut kind, mut segment): (_, Vec<Asn>) = (SegmentKind::Sequence, Vec::new());
        let mut last = None;
        for letter in letters {
            match letter {
                Letter::Asn(_, true) => segment.extend(last),
                Letter::Asn(class, false) => {
                    let other = if self.twice { last } else { None };
                    last = self.classes.another(*class, other).or(self.classes.one(*class));
                    segment.extend(last);
                }
                Letter::Open(bracket) => {
                    path.push(std::mem::replace(&mut kind, of_bracket(*bracket)), segment.drain(..));
                }
                Letter::Close => {
                    path.push(std::mem::replace(&mut kind, SegmentKind::Sequence), segment.drain(..));
                }
            }
        }
        path.push(kind, segment);
        path
    }
}

const fn of_bracket(bracket: super::Bracket) -> SegmentKind {
    match bracket {
        SET => SegmentKind::Set,
        CONFED_SEQUENCE => SegmentKind::ConfedSequence,
        _ => SegmentKind::ConfedSet,
    }
}
