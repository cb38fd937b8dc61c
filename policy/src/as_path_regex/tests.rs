use super::*;
use bgp_wire::{AsPathBuf, Asn, SegmentKind};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn regex(text: &str) -> AsPathRegex {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// (expression, paths that match, paths that do not).
#[test]
fn the_form_of_most_routers() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("", &["", "1"], &[]),
        ("^$", &[""], &["1"]),
        (".*", &["", "1 2"], &[]),
        ("^64500", &["64500", "645001", "64500 1"], &["1 64500", "6450", ""]),
        ("^64500$", &["64500"], &["645001", "64500 1", "1 64500"]),
        ("64500", &["64500", "1645001", "1 64500 2"], &["6450 5"]),
        (
            "_64500_",
            &["64500", "1 64500", "64500 1", "1 64500 2", "1 {64500}", "{1 64500 2}"],
            &["645001", "164500"],
        ),
        (
            "^64500_64501_",
            &["64500 64501", "64500 64501 1"],
            &["64500 645011", "1 64500 64501", "64500 {64501}"],
        ),
        ("_64500$", &["64500", "1 64500"], &["64500 1", "164500"]),
        ("^64500(_64500)*$", &["64500", "64500 64500", "64500 64500 64500"], &["64500 1", "64500 645001"]),
        ("^[0-9]+$", &["1", "4294967295"], &["1 2", "", "{1}"]),
        ("^[0-9]+_[0-9]+$", &["1 2"], &["1", "1 2 3"]),
        ("^[0-9]+( [0-9]+){0,2}$", &["1", "1 2", "1 2 3"], &["1 2 3 4"]),
        ("^(64500|64501)_", &["64500 1", "64501"], &["64502", "645001"]),
        ("_6451[2-9]_", &["64512", "1 64519 2"], &["64511", "64520"]),
        (
            "_(6451[2-9]|645[2-9][0-9]|64[6-9][0-9][0-9]|65[0-4][0-9]+)_",
            &["64512", "1 65499"],
            &["64511", "65535"],
        ),
        ("[^0-9 ]", &["1 {2}", "(1)"], &["1 2"]),
        ("\\{", &["{1}"], &["1"]),
        ("^\\(6\\d+ 7\\) 8$", &["(61 7) 8"], &["(6 7) 8", "61 7 8"]),
        ("_1{2}_", &["11", "2 11"], &["1", "111"]),
        ("^1{2,}$", &["11", "1111"], &["1"]),
        ("^12?3$", &["13", "123"], &["1223"]),
        ("^_1_$", &["1"], &["11", "1 1"]),
        ("(^|_)1($|_)", &["1", "2 1", "1 2"], &["11"]),
        ("1|^$", &["", "1", "21"], &["2"]),
        ("()1", &["1"], &["2"]),
        ("(1|)2", &["12", "2"], &["1"]),
        ("1,2", &["{1 2}"], &["1 2"]),
        ("_[_]?2", &["1 2", "2"], &["12"]),
    ];
    for (text, matching, others) in cases {
        check(text, matching, others);
    }
}

/// Likewise.
#[test]
fn the_numeric_form() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("[==]", &[""], &["1"]),
        ("[= =]", &[""], &["1"]),
        ("[= 64500 =]", &["64500", "{64500}", "{1 64500}", "(64500)"], &["64500 1", "645001", "164500", ""]),
        (
            "[= 64500 64501 =]",
            &["64500 64501", "64500 {1 64501 2}", "(64500) 64501"],
            &["64500", "64501 64500"],
        ),
        ("[= * 64500 * =]", &["64500", "1 64500", "1 64500 2", "64500 2 3"], &["645001", ""]),
        ("[= .* 64500 .* =]", &["64500", "1 64500", "1 64500 2"], &["645001"]),
        ("[= ? =]", &["1", "4294967295"], &["", "1 2"]),
        ("[= + =]", &["1", "1 2"], &[""]),
        ("[= ? ? =]", &["1 2"], &["1", "1 2 3"]),
        ("[= 64512-65534 =]", &["64512", "65000", "65534"], &["64511", "65535"]),
        ("[= 64512..65534 =]", &["64512", "65000", "65534"], &["64511", "65535"]),
        ("[= [1 3..5, 9] =]", &["1", "3", "5", "9"], &["2", "6", "19"]),
        ("[= 64500+ 64501 =]", &["64500 64501", "64500 64500 64501"], &["64501"]),
        ("[= 64500 64501? =]", &["64500", "64500 64501"], &["64500 64501 64501"]),
        ("[= 64500{2,3} =]", &["64500 64500", "64500 64500 64500"], &["64500", "64500 64500 64500 64500"]),
        ("[= (1 | 2 3) 4 =]", &["1 4", "2 3 4"], &["1 3 4", "4"]),
        ("[= 1|2 =]", &["1", "2"], &["1 2", "3"]),
        ("[= (1 2)* =]", &["", "1 2", "1 2 1 2"], &["1", "1 2 1"]),
        ("[= 0-4294967295 =]", &["0", "4294967295"], &[""]),
        ("[= 1-1 =]", &["1"], &["11"]),
    ];
    for (text, matching, others) in cases {
        check(text, matching, others);
    }
}

fn check(text: &str, matching: &[&str], others: &[&str]) {
    let regex = regex(text);
    let path = |path: &str| if path == "0" { zero() } else { path.parse::<AsPathBuf>().unwrap() };
    for (paths, want) in [(matching, true), (others, false)] {
        for text_of_path in paths {
            let path = path(text_of_path);
            assert_eq!(regex.matches(path.view()), want, "{text} on {text_of_path:?}");
            assert_eq!(
                regex.program.matches_by_sets(path.view()),
                want,
                "{text} on {text_of_path:?} by sets"
            );
        }
    }
}

/// The one ASN that no text of a path has.
fn zero() -> AsPathBuf {
    [Asn(0)].into_iter().collect()
}

/// (expression, where it is wrong, what is).
#[test]
fn what_is_no_expression() {
    use AsPathRegexFault::*;
    for (text, at, fault) in [
        ("(1", 2, Unclosed),
        ("1)", 1, Unopened),
        ("[0-9", 4, Unclosed),
        ("[", 1, Unclosed),
        ("*1", 0, NothingToRepeat),
        ("(|*)", 2, NothingToRepeat),
        ("a", 0, NotInPaths),
        ("1-2", 1, NotInPaths),
        ("1\\", 2, NotInPaths),
        ("[9-0]", 3, DigitRange),
        ("[ -0]", 3, DigitRange),
        ("1{", 2, Times),
        ("1{2", 3, Times),
        ("1{3,2}", 6, Times),
        ("{", 1, Times),
        ("1{2049}", 7, TooLarge),
        ("(1{2000}){2}", 12, TooLarge),
        ("[= 1 x =]", 5, NotNumeric),
        ("[= (1 =]", 6, Unclosed),
        ("[= 1) =]", 4, Unopened),
        ("[= [] =]", 4, Asn),
        ("[= 2-1 =]", 6, Asn),
        ("[= 1.10 =]", 4, Asn),
        ("[= 4294967296 =]", 3, Asn),
        ("[= {2} =]", 6, NothingToRepeat),
    ] {
        assert_eq!(text.parse::<AsPathRegex>(), Err(AsPathRegexError { at, fault }), "{text}");
    }
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(
        regex(&deep).matches(zero().view()) != regex(&deep).matches("1".parse::<AsPathBuf>().unwrap().view())
    );
}

#[test]
fn too_many_sets_for_a_table_are_made_as_the_path_is_read() {
    let lookback = regex("_1(_[0-9]+){30}$");
    assert!(!lookback.program.has_table());
    let long =
        |front: &str, behind: usize| format!("{front}{}", " 1".repeat(behind)).parse::<AsPathBuf>().unwrap();
    assert!(lookback.matches(long("1", 30).view()));
    assert!(!lookback.matches(long("2", 30).view()));
    assert!(lookback.matches(long("2", 200).view()));
    assert!(regex("_64500_.*_64501_").program.has_table());
}

/// An expression as a tree, and how it is written.
#[derive(Clone, Debug)]
enum Tree {
    Text(&'static str, fn(char) -> bool),
    Between,
    Start,
    End,
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Times(Box<Tree>, usize, Option<usize>),
}

impl Tree {
    fn write(&self) -> String {
        match self {
            Self::Text(text, _) => (*text).to_owned(),
            Self::Between => "_".to_owned(),
            Self::Start => "^".to_owned(),
            Self::End => "$".to_owned(),
            Self::All(of) => of.iter().map(Self::write).collect(),
            Self::Any(of) => format!("({})", of.iter().map(Self::write).collect::<Vec<_>>().join("|")),
            Self::Times(of, least, most) => {
                let times = match (least, most) {
                    (0, Some(1)) => "?".to_owned(),
                    (0, None) => "*".to_owned(),
                    (1, None) => "+".to_owned(),
                    (least, None) => format!("{{{least},}}"),
                    (least, Some(most)) => format!("{{{least},{most}}}"),
                };
                format!("({}){times}", of.write())
            }
        }
    }

    /// Everywhere that a match from `at` may end.
    fn ends(&self, text: &[char], at: usize) -> BTreeSet<usize> {
        let one = |holds: bool| holds.then_some(at + 1).into_iter().collect();
        let stay = |holds: bool| holds.then_some(at);
        match self {
            Self::Text(_, holds) => one(text.get(at).is_some_and(|c| holds(*c))),
            Self::Start => stay(at == 0).into_iter().collect(),
            Self::End => stay(at == text.len()).into_iter().collect(),
            Self::Between => {
                let mut ends: BTreeSet<usize> = one(text.get(at).is_some_and(|c| !c.is_ascii_digit()));
                ends.extend(stay(at == 0 || at == text.len()));
                ends
            }
            Self::All(of) => of.iter().fold([at].into(), |from: BTreeSet<usize>, part| {
                from.into_iter().flat_map(|at| part.ends(text, at)).collect()
            }),
            Self::Any(of) => of.iter().flat_map(|part| part.ends(text, at)).collect(),
            Self::Times(of, least, most) => {
                let more = |from: &BTreeSet<usize>| from.iter().flat_map(|at| of.ends(text, *at)).collect();
                let mut from: BTreeSet<usize> = [at].into();
                for _ in 0..*least {
                    from = more(&from);
                }
                let mut all = from.clone();
                for _ in 0..most.map_or(text.len() + 2, |most| most - least) {
                    from = more(&from);
                    all.extend(&from);
                }
                all
            }
        }
    }

    fn search(&self, text: &[char]) -> bool {
        (0..=text.len()).any(|at| !self.ends(text, at).is_empty())
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Text("1", |c| c == '1')),
        Just(Tree::Text("2", |c| c == '2')),
        Just(Tree::Text(".", |_| true)),
        Just(Tree::Text(" ", |c| c == ' ')),
        Just(Tree::Text(",", |c| c == ',')),
        Just(Tree::Text("\\{", |c| c == '{')),
        Just(Tree::Text("[1-3]", |c| ('1'..='3').contains(&c))),
        Just(Tree::Text("[^1 ]", |c| c != '1' && c != ' ')),
        Just(Tree::Between),
        Just(Tree::Start),
        Just(Tree::End),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let many = prop::collection::vec(inner.clone(), 0..4);
        let times = (inner, 0usize..3, prop::option::of(0usize..3));
        prop_oneof![
            3 => many.clone().prop_map(Tree::All),
            2 => many.prop_filter("one at least", |of| !of.is_empty()).prop_map(Tree::Any),
            2 => times.prop_map(|(of, least, more)| Tree::Times(Box::new(of), least, more.map(|n| least + n))),
        ]
    })
}

const KINDS: [SegmentKind; 4] =
    [SegmentKind::Sequence, SegmentKind::Set, SegmentKind::ConfedSequence, SegmentKind::ConfedSet];

fn paths() -> impl Strategy<Value = Vec<(SegmentKind, Vec<u32>)>> {
    let asns = prop::collection::vec(prop::sample::select(vec![1u32, 2, 3, 12, 21, 112]), 1..4);
    let kind = prop_oneof![4 => Just(0usize), 1 => 1usize..4].prop_map(|n| KINDS[n]);
    prop::collection::vec((kind, asns), 0..4)
}

fn path(segments: &[(SegmentKind, Vec<u32>)]) -> AsPathBuf {
    let mut path = AsPathBuf::default();
    segments.iter().for_each(|(kind, asns)| path.push(*kind, asns.iter().copied().map(Asn)));
    path
}

fn text_of(segments: &[(SegmentKind, Vec<u32>)]) -> String {
    let written = segments.iter().map(|(kind, asns)| {
        let joined = |with| asns.iter().map(ToString::to_string).collect::<Vec<_>>().join(with);
        match kind {
            SegmentKind::Sequence => joined(" "),
            SegmentKind::Set => format!("{{{}}}", joined(",")),
            SegmentKind::ConfedSequence => format!("({})", joined(" ")),
            SegmentKind::ConfedSet => format!("[{}]", joined(",")),
        }
    });
    written.collect::<Vec<_>>().join(" ")
}

/// A numeric expression: elements, and trees of them; the naive matcher reads elements as characters.
fn numeric(tree: &Tree) -> String {
    match tree {
        Tree::Text("1", _) => "1".to_owned(),
        Tree::Text("2", _) => "[2 12]".to_owned(),
        Tree::Text("[1-3]", _) => "1-21".to_owned(),
        Tree::Text(..) | Tree::Between | Tree::Start | Tree::End => ".".to_owned(),
        Tree::All(of) => of.iter().map(numeric).collect::<Vec<_>>().join(" "),
        Tree::Any(of) => format!("({})", of.iter().map(numeric).collect::<Vec<_>>().join("|")),
        Tree::Times(of, least, most) => {
            let times = most.map_or(format!("{{{least},}}"), |most| format!("{{{least},{most}}}"));
            format!("({}){times}", numeric(of))
        }
    }
}

fn numeric_ends(tree: &Tree, elements: &[Vec<u32>], at: usize) -> BTreeSet<usize> {
    let one = |holds: &dyn Fn(u32) -> bool| {
        let there = elements.get(at).is_some_and(|element| element.iter().any(|asn| holds(*asn)));
        there.then_some(at + 1).into_iter().collect()
    };
    match tree {
        Tree::Text("1", _) => one(&|asn| asn == 1),
        Tree::Text("2", _) => one(&|asn| asn == 2 || asn == 12),
        Tree::Text("[1-3]", _) => one(&|asn| (1..=21).contains(&asn)),
        Tree::Text(..) | Tree::Between | Tree::Start | Tree::End => one(&|_| true),
        Tree::All(of) => of.iter().fold([at].into(), |from: BTreeSet<usize>, part| {
            from.into_iter().flat_map(|at| numeric_ends(part, elements, at)).collect()
        }),
        Tree::Any(of) => of.iter().flat_map(|part| numeric_ends(part, elements, at)).collect(),
        Tree::Times(of, least, most) => {
            let mut from: BTreeSet<usize> = [at].into();
            let more = |from: &BTreeSet<usize>| -> BTreeSet<usize> {
                from.iter().flat_map(|at| numeric_ends(of, elements, *at)).collect()
            };
            (0..*least).for_each(|_| from = more(&from));
            let mut all = from.clone();
            for _ in 0..most.map_or(elements.len() + 1, |most| most - least) {
                from = more(&from);
                all.extend(&from);
            }
            all
        }
    }
}

proptest! {
    #[test]
    fn matches_what_a_naive_search_finds(tree in trees(), segments in prop::collection::vec(paths(), 1..8)) {
        let written = tree.write();
        let regex = regex(&written);
        for segments in segments {
            let (path, text) = (path(&segments), text_of(&segments));
            let want = tree.search(&text.chars().collect::<Vec<_>>());
            prop_assert_eq!(regex.matches(path.view()), want, "{} on {:?}", &written, &text);
            prop_assert_eq!(regex.program.matches_by_sets(path.view()), want, "{} on {:?}", &written, &text);
        }
    }

    #[test]
    fn numeric_expressions_match_what_a_naive_reading_finds(tree in trees(), segments in prop::collection::vec(paths(), 1..8)) {
        let written = format!("[= {} =]", numeric(&tree));
        let Ok(regex) = written.parse::<AsPathRegex>() else { return Ok(()) };
        for segments in segments {
            let ordered = |kind: &SegmentKind| matches!(kind, SegmentKind::Sequence | SegmentKind::ConfedSequence);
            let elements: Vec<Vec<u32>> = segments
                .iter()
                .flat_map(|(kind, asns)| if ordered(kind) {
                    asns.iter().map(|asn| vec![*asn]).collect()
                } else {
                    vec![asns.clone()]
                })
                .collect();
            let want = numeric_ends(&tree, &elements, 0).contains(&elements.len());
            prop_assert_eq!(regex.matches(path(&segments).view()), want, "{} on {}", &written, text_of(&segments));
        }
    }

    #[test]
    fn ranges_of_numbers(first in 0u32..3000, more in 0u32..3000, asn in 0u32..7000, shift in 0u32..6) {
        let scale = 10u32.pow(shift);
        let (first, last) = (first * scale, (first + more) * scale + 7);
        let regex = regex(&format!("[= {first}-{last} =]"));
        for asn in [asn * scale, asn, first, last, first.saturating_sub(1), last + 1] {
            let path: AsPathBuf = [Asn(asn)].into_iter().collect();
            prop_assert_eq!(regex.matches(path.view()), (first..=last).contains(&asn), "{} in {}-{}", asn, first, last);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9 .*+?|_^$(){},=\\[\\]\\\\-]{0,40}") {
        if let Ok(regex) = text.parse::<AsPathRegex>() {
            regex.matches(zero().view());
            prop_assert_eq!(regex.to_string(), text);
        }
    }
}
