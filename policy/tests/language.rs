//! The example of the documentation is well, in its form, and passes its own tests.
#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]

use bgp_policy::Document;

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
    let odd: Vec<String> = library.lint().iter().map(ToString::to_string).collect();
    assert_eq!(odd, [""; 0]);
}
