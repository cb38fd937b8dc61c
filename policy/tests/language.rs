//! The example of the documentation is well, in its form, passes its own tests, and what it guarantees is proved.
#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]

use bgp_policy::{Answer, Document};

const DOCUMENTATION: &str = include_str!("../../docs/policy.md");

fn example() -> &'static str {
    let (_, behind) = DOCUMENTATION.split_once("```policy\n").unwrap();
    behind.split_once("```").unwrap().0
}

#[test]
fn the_example_passes_its_tests() {
    let document: Document = example().parse().unwrap();
    assert_eq!(document.to_string(), example());
    let library = document.library(|file| Err(format!("no {file}"))).unwrap();
    let outcomes = library.run_tests();
    assert_eq!(outcomes.len(), 3);
    for outcome in outcomes {
        assert_eq!(outcome.failures, [], "{}\n{}", outcome.name, outcome.explanation);
    }
    let proofs = library.prove();
    assert_eq!(proofs.len(), 5);
    for proof in proofs {
        assert_eq!(proof.answer, Answer::Proved, "{}: {}", proof.name, proof.statement);
    }
    let odd: Vec<String> = library.lint().iter().map(ToString::to_string).collect();
    assert_eq!(odd, [""; 0]);
}
