//! Questions at a terminal, asked again until they are answered.

use crate::diagnostic::BadInput;
use std::fmt::Display;
use std::io::{BufRead, Write};
use std::str::FromStr;

/// Who is asked.
pub(super) struct Ask<R, W> {
    answers: R,
    questions: W,
}

impl<R: BufRead, W: Write> Ask<R, W> {
    pub(super) fn new(answers: R, questions: W) -> Self {
        Self { answers, questions }
    }

    /// Says something before the next questions.
    pub(super) fn say(&mut self, what: impl Display) -> Result<(), BadInput> {
        writeln!(self.questions, "{what}").map_err(|e| BadInput::new(format!("cannot ask: {e}")))
    }

    /// Asks until `read` takes the answer. `hint` says what may be answered, or what no answer means.
    pub(super) fn until<T>(
        &mut self,
        question: &str,
        hint: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, BadInput> {
        loop {
            let hint = if hint.is_empty() { String::new() } else { format!(" [{hint}]") };
            let asked = write!(self.questions, "{question}{hint}: ").and_then(|()| self.questions.flush());
            asked.map_err(|e| BadInput::new(format!("cannot ask: {e}")))?;
            match read(self.line(question)?.trim()) {
                Ok(value) => return Ok(value),
                Err(why) => self.say(format_args!("  {why}"))?,
            }
        }
    }

    fn line(&mut self, question: &str) -> Result<String, BadInput> {
        let mut line = String::new();
        let ended = || {
            BadInput::new(format!("the answers ended at: {question}"))
                .help("nothing was written; start again and answer to the end")
        };
        match self.answers.read_line(&mut line) {
            Ok(0) => Err(ended()),
            Ok(_) => Ok(line),
            Err(e) => Err(BadInput::new(format!("cannot read an answer: {e}"))),
        }
    }

    /// A value; no answer is `default`, where there is one.
    pub(super) fn value<T: FromStr<Err: Display> + Display + Clone>(
        &mut self,
        question: &str,
        default: Option<T>,
    ) -> Result<T, BadInput> {
        let hint = default.as_ref().map(ToString::to_string).unwrap_or_default();
        self.until(question, &hint, move |answer| match (&default, answer) {
            (Some(default), "") => Ok(default.clone()),
            (None, "") => Err("an answer is needed".to_owned()),
            _ => answer.parse().map_err(|e: T::Err| e.to_string()),
        })
    }

    /// A value, or nothing.
    pub(super) fn optional<T: FromStr<Err: Display>>(
        &mut self,
        question: &str,
    ) -> Result<Option<T>, BadInput> {
        self.until(question, "not known", |answer| match answer {
            "" => Ok(None),
            _ => answer.parse().map(Some).map_err(|e: T::Err| e.to_string()),
        })
    }

    /// Yes or no; no answer is `default`.
    pub(super) fn yes(&mut self, question: &str, default: Option<bool>) -> Result<Option<bool>, BadInput> {
        let hint = match default {
            Some(true) => "yes",
            Some(false) => "no",
            None => "yes, no, or nothing where it is not known",
        };
        self.until(question, hint, |answer| match answer.to_ascii_lowercase().as_str() {
            "" => Ok(default),
            "y" | "yes" => Ok(Some(true)),
            "n" | "no" => Ok(Some(false)),
            _ => Err("yes or no".to_owned()),
        })
    }

    /// Something as often as it is given; no answer ends it.
    pub(super) fn each<T>(
        &mut self,
        question: &str,
        mut more: impl FnMut(&mut Self, String) -> Result<T, BadInput>,
    ) -> Result<Vec<T>, BadInput> {
        let mut all = Vec::new();
        loop {
            let hint = if all.is_empty() { "none" } else { "no more" };
            let name = self.until(question, hint, |answer| Ok(answer.to_owned()))?;
            if name.is_empty() {
                return Ok(all);
            }
            all.push(more(self, name)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<T>(
        answers: &str,
        ask: impl Fn(&mut Ask<&[u8], Vec<u8>>) -> Result<T, BadInput>,
    ) -> (Option<T>, String) {
        let mut terminal = Ask::new(answers.as_bytes(), Vec::new());
        let got = ask(&mut terminal).ok();
        (got, String::from_utf8(terminal.questions).unwrap())
    }

    #[test]
    fn questions_are_asked_again_until_they_are_answered() {
        let (got, said) = asked("\nx\n7\n", |a| a.value::<u8>("how many", None));
        assert_eq!(got, Some(7));
        assert_eq!(said.matches("how many: ").count(), 3);
        assert!(said.contains("an answer is needed") && said.contains("invalid digit"), "{said}");
        assert_eq!(asked("\n", |a| a.value("how many", Some(3u8))).0, Some(3));
        assert_eq!(asked("\n", |a| a.optional::<u8>("how many")).0, Some(None));
        assert_eq!(asked("perhaps\nNo\n", |a| a.yes("so", Some(true))).0, Some(Some(false)));
        assert_eq!(
            asked("a\nb\n\n", |a| a.each("name", |_, name| Ok(name))).0,
            Some(vec!["a".into(), "b".into()])
        );
    }

    #[test]
    fn answers_that_end_are_an_error() {
        assert_eq!(asked("x", |a| a.value::<u8>("how many", None)).0, None);
        assert_eq!(asked("", |a| a.yes("so", None)).0, None);
    }
}
