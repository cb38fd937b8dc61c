//! What is asked of a path: each an automaton that reads it once, whatever edits it went through.

use super::{Bracket, CONFED_SET, Class, Classes, Letter, SET};
use crate::as_path_regex::{CLOSE, COMMA, MATCHED, OPEN, SPACE, Table};

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum What {
    /// This expression matches.
    Matches(usize),
    /// The length is from one to another.
    Length(u32, u32),
    /// An ASN of this set is in it.
    Has(usize),
    /// It began in an ASN of this set.
    Origin(usize),
    /// An ASN stands twice in a row.
    Prepended,
    /// There is a set in it.
    AsSet,
}

/// All edits that a path goes through, in one: ASNs in front, and what becomes of each of the others.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct PathEdits {
    front: Vec<Class>,
    /// For each class the one that comes in its place, or none; all stay where it is empty.
    map: Vec<Option<Class>>,
}

impl PathEdits {
    /// ASNs put in front before these edits.
    pub(crate) fn after_prepending(mut self, class: Class, times: usize) -> Self {
        let put = self.become_of(class);
        self.front.extend(put.into_iter().flat_map(|class| std::iter::repeat_n(class, times)));
        self
    }

    /// Classes changed before these edits.
    pub(crate) fn after_changing(self, classes: usize, change: impl Fn(Class) -> Option<Class>) -> Self {
        let all = (0..classes).filter_map(|class| Class::try_from(class).ok());
        let map = all.map(|class| change(class).and_then(|class| self.become_of(class))).collect();
        Self { map, ..self }
    }

    fn become_of(&self, class: Class) -> Option<Class> {
        if self.map.is_empty() { Some(class) } else { self.map.get(usize::from(class)).copied().flatten() }
    }
}

/// A question about what edits make of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Question {
    pub(crate) what: What,
    pub(crate) edits: PathEdits,
}

/// Where in the edited path the reading is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    /// Nothing was read, or all brackets are closed.
    Plain,
    /// A bracket was opened, and no ASN of it is left so far.
    Opened(Bracket),
    /// Within brackets, behind an ASN.
    Within(Bracket),
}

/// The last ASN of the edited path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Last {
    None,
    /// It is the one that was read last.
    Read(Class),
    /// It was read before others that are gone, or put there by an edit.
    Older(Class),
}

/// How far an automaton is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Progress {
    place: Place,
    /// Whether the edited path has a letter.
    begun: bool,
    /// A count, a state, or whether it was seen.
    state: u32,
    last: Last,
}

const SEEN: u32 = 1;
/// An ASN may stand twice in a row, which the classes cannot tell.
const PERHAPS: u32 = 2;

impl Question {
    /// Before a path is read: the ASNs that edits put in front stand there already.
    pub(crate) fn begin(&self, classes: &Classes<'_>) -> Progress {
        let state = match self.what {
            What::Matches(expression) => classes.table(expression).map_or(0, Table::begin).into(),
            _ => 0,
        };
        let mut progress = Progress { place: Place::Plain, begun: false, state, last: Last::None };
        for class in &self.edits.front {
            self.put(&mut progress, *class, false, classes);
            progress.last = self.kept(Last::Older(*class));
        }
        progress
    }

    /// The last ASN matters to one question alone.
    fn kept(&self, last: Last) -> Last {
        if self.what == What::Prepended { last } else { Last::None }
    }

    /// Reads a letter of the path as it came.
    pub(crate) fn step(&self, before: Progress, letter: Letter, classes: &Classes<'_>) -> Progress {
        let mut progress = before;
        match letter {
            Letter::Open(bracket) => progress.place = Place::Opened(bracket),
            Letter::Close => {
                if let Place::Within(bracket) = progress.place {
                    self.symbol(&mut progress, CLOSE.get(usize::from(bracket)).copied(), classes);
                }
                progress.place = Place::Plain;
            }
            Letter::Asn(class, same) => match self.edits.become_of(class) {
                None => {
                    if let Last::Read(last) = progress.last {
                        progress.last = Last::Older(last);
                    }
                }
                Some(put) => {
                    self.put(&mut progress, put, same && put == class, classes);
                    let last = if put == class { Last::Read(put) } else { Last::Older(put) };
                    progress.last = self.kept(last);
                }
            },
        }
        progress
    }

    /// One more ASN of the edited path.
    fn put(&self, progress: &mut Progress, class: Class, same: bool, classes: &Classes<'_>) {
        let (bracket, first) = match progress.place {
            Place::Plain => (None, false),
            Place::Opened(bracket) => (Some(bracket), true),
            Place::Within(bracket) => (Some(bracket), false),
        };
        match self.what {
            What::Matches(expression) => self.read(progress, expression, class, (bracket, first), classes),
            What::Length(least, most) => {
                let counts = bracket.is_none() || (first && bracket == Some(SET));
                // Beyond this all lengths are alike.
                let most = if most == u32::MAX { least } else { most.saturating_add(1) };
                progress.state = progress.state.saturating_add(counts.into()).min(most);
            }
            What::Has(set) => progress.state |= u32::from(classes.is_in(class, set)),
            What::Origin(set) => match bracket {
                None => progress.state = classes.is_in(class, set).into(),
                Some(SET) => progress.state = 0,
                Some(_) => {}
            },
            What::AsSet => progress.state |= u32::from(matches!(bracket, Some(SET | CONFED_SET))),
            What::Prepended => {
                let twice = match progress.last {
                    Last::Read(last) | Last::Older(last) if last == class && classes.is_single(class) => SEEN,
                    Last::Read(last) if last == class => u32::from(same),
                    Last::Older(last) if last == class => PERHAPS,
                    Last::None | Last::Read(_) | Last::Older(_) => 0,
                };
                progress.state =
                    if progress.state == SEEN || twice == SEEN { SEEN } else { progress.state | twice };
            }
        }
        if let Some(bracket) = bracket {
            progress.place = Place::Within(bracket);
        }
        progress.begun = true;
    }

    /// An ASN as an expression reads it, with what stands before it.
    fn read(
        &self,
        progress: &mut Progress,
        expression: usize,
        class: Class,
        (bracket, first): (Option<Bracket>, bool),
        classes: &Classes<'_>,
    ) {
        if progress.begun {
            let between = match bracket {
                Some(SET | CONFED_SET) if !first => COMMA,
                _ => SPACE,
            };
            self.symbol(progress, Some(between), classes);
        }
        if let (Some(bracket), true) = (bracket, first) {
            self.symbol(progress, OPEN.get(usize::from(bracket)).copied(), classes);
        }
        let state = u16::try_from(progress.state).unwrap_or(MATCHED);
        progress.state = classes.step(expression, state, class).into();
    }

    fn symbol(&self, progress: &mut Progress, symbol: Option<u8>, classes: &Classes<'_>) {
        if let (What::Matches(expression), Some(symbol)) = (self.what, symbol)
            && let Some(table) = classes.table(expression)
        {
            let state = u16::try_from(progress.state).unwrap_or(MATCHED);
            progress.state = table.step(state, symbol).into();
        }
    }

    /// The answer where the path ends here; `None` where the classes do not tell.
    pub(crate) fn answer(&self, progress: Progress, classes: &Classes<'_>) -> Option<bool> {
        match self.what {
            What::Matches(expression) => {
                let table = classes.table(expression)?;
                let state = u16::try_from(progress.state).unwrap_or(MATCHED);
                Some(if progress.begun { table.ends(state) } else { table.matches_empty() })
            }
            What::Length(least, most) => Some((least..=most).contains(&progress.state)),
            What::Prepended if progress.state == PERHAPS => None,
            _ => Some(progress.state == SEEN),
        }
    }
}
