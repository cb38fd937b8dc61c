//! The report as JUnit XML: a test suite for each rule, a test case for each verdict.

use crate::diagnostic::BadInput;
use crate::verdicts::is_unseen;
use bgp_policy::voice::{RULES, Report, State, Verdict};
use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

/// The document. A pipeline that fails by it fails where the exit status is 1 too.
pub(crate) fn document(report: &Report) -> Result<String, BadInput> {
    let mut document = Document::new("voicepeer check");
    for rule in RULES {
        let mut suite = TestSuite::new(rule.text);
        suite.add_test_cases(report.of(rule.id).map(case));
        if suite.tests > 0 {
            document.add_test_suite(suite);
        }
    }
    document.to_string().map_err(|e| BadInput::new(format!("the report cannot be written as JUnit XML: {e}")))
}

/// Failed is a failure; what was not observed is skipped, or an error where the plan promises routes on it;
/// a warning passes and says so; what is vouched for is skipped, as nothing was verified.
fn case(verdict: &Verdict) -> TestCase {
    let mut case = TestCase::new(verdict.subject.to_string(), status(verdict));
    case.set_classname(verdict.rule.as_str());
    let said: Vec<String> = said(verdict).collect();
    match verdict.state {
        State::Verified | State::Warning | State::None => _ = case.set_system_out(said.join("\n")),
        _ => _ = case.status.set_description(said.join("\n")),
    }
    case
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    let mut status = match verdict.state {
        State::Failed | State::Invalid => TestCaseStatus::non_success(NonSuccessKind::Failure),
        _ if is_unseen(verdict) => TestCaseStatus::non_success(NonSuccessKind::Error),
        State::Verified | State::Warning => return TestCaseStatus::success(),
        State::None if !verdict.attested => return TestCaseStatus::success(),
        State::None | State::Unknown | State::Pending => TestCaseStatus::skipped(),
    };
    let word = if verdict.attested { "attested" } else { verdict.state.name() };
    let fact = verdict.evidence.first().map(|e| e.what.as_str()).unwrap_or_default();
    status.set_type(word).set_message(format!("{word}: {fact}"));
    status
}

fn said(verdict: &Verdict) -> impl Iterator<Item = String> {
    let warning = (verdict.state == State::Warning).then(|| "Warning".to_owned());
    let facts = verdict.evidence.iter().map(ToString::to_string);
    let remedy = verdict.remedy.iter().map(|remedy| format!("remedy: {remedy}"));
    let portal = verdict.portal_message.iter().map(|says| format!("the portal's error: {says}"));
    warning.into_iter().chain(facts).chain(remedy).chain(portal)
}
