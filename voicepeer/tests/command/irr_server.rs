//! `voicepeer irr` asking a server that speaks IRRd's protocol, over real TCP.

use super::support::{PATIENCE, Said, run};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// (question, the data of the answer; none where there is no such key).
const ANSWERS: &[(&str, Option<&str>)] = &[
    ("!iAS-TOP", Some("AS64500 AS-LEFT AS-GONE\n")),
    ("!iAS-LEFT", Some("AS64501 AS-TOP\n")),
    ("!iAS-GONE", None),
    ("!gAS64500", Some("198.51.100.0/24 203.0.113.0/24\n")),
    ("!6AS64500", None),
    ("!gAS64501", None),
    ("!6AS64501", Some("2001:db8::/32\n")),
    ("!iRS-ONE", Some("192.0.2.0/24^25-26 AS64500^+ RS-GONE\n")),
    ("!iRS-GONE", None),
    ("!r198.51.100.0/24", Some("route: 198.51.100.0/24\norigin: AS64500\nsource: TEST\n")),
    (
        "!r198.51.100.0/24,L",
        Some(
            "route: 198.51.100.0/24\norigin: AS64500\nsource: TEST\n\nroute: 198.51.0.0/16\norigin: AS64501\nsource: TEST\n",
        ),
    ),
    ("!r203.0.113.0/24", None),
    ("!r203.0.113.0/24,L", None),
];

/// A server on a port that the kernel chooses, and the questions that it hears.
fn server(answer: fn(&str) -> Option<Vec<u8>>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let questions = Arc::clone(&heard);
    #[expect(clippy::disallowed_methods, reason = "a test's own server")]
    std::thread::spawn(move || {
        for client in listener.incoming() {
            // A client that goes away ends its turn.
            let _ = serve(client.unwrap(), answer, &questions);
        }
    });
    (address, heard)
}

fn serve(
    mut client: TcpStream,
    answer: fn(&str) -> Option<Vec<u8>>,
    questions: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    for question in BufReader::new(client.try_clone()?).lines() {
        let question = question?;
        questions.lock().unwrap().push(question.clone());
        match answer(&question) {
            Some(answer) => client.write_all(&answer)?,
            None => return Ok(()),
        }
    }
    Ok(())
}

fn known(question: &str) -> Option<Vec<u8>> {
    if question == "!!" {
        return Some(Vec::new());
    }
    if question.starts_with("!s") {
        return Some(b"C\n".to_vec());
    }
    let found = ANSWERS.iter().find(|(known, _)| *known == question);
    Some(match found {
        Some((_, Some(data))) => format!("A{}\n{data}C\n", data.len()).into_bytes(),
        Some((_, None)) => b"D\n".to_vec(),
        None => b"F unrecognised command\n".to_vec(),
    })
}

fn irr(words: &[&str], server: SocketAddr) -> Said {
    run(["irr"].iter().map(|word| (*word).to_owned()).chain(
        words.iter().map(|word| (*word).to_owned()).chain(["--server".to_owned(), server.to_string()]),
    ))
}

/// (question, exit status, the lines of the answer, what is said besides).
#[test]
fn sets_and_routes_of_a_server() {
    let (address, heard) = server(known);
    let cycle = "AS-TOP is a member of AS-LEFT";
    let gone = "AS-GONE, a member of AS-TOP, is not there";
    for (words, status, lines, besides) in [
        (&["resolve", "AS-TOP"][..], 1, "AS64500\nAS64501\n", &[cycle, gone][..]),
        (
            &["resolve", "AS-TOP", "--prefixes"],
            1,
            "198.51.100.0/24\n203.0.113.0/24\n2001:db8::/32\n",
            &[gone],
        ),
        (
            &["resolve", "RS-ONE"],
            1,
            "192.0.2.0/24 ge 25 le 26\n198.51.100.0/24 le 32\n203.0.113.0/24 le 32\n",
            &["RS-GONE, a member of RS-ONE, is not there"],
        ),
        (
            &["check", "198.51.100.0/24", "64500"],
            0,
            "198.51.100.0/24 by AS64500: registered\n  198.51.100.0/24 by AS64500 in TEST\n  198.51.0.0/16 by AS64501 in TEST\n",
            &[],
        ),
        (&["check", "203.0.113.0/24", "64500"], 1, "203.0.113.0/24 by AS64500: not-registered\n", &[]),
    ] {
        let got = irr(words, address);
        assert_eq!((got.status, got.out.as_str()), (Some(status), lines), "{words:?}: {got:?}");
        assert!(besides.iter().all(|what| got.err.contains(what)), "{words:?}: {got:?}");
    }
    heard.lock().unwrap().clear();
    irr(&["resolve", "AS-LEFT", "--source", "TEST", "--source", "OTHER"], address);
    assert_eq!(heard.lock().unwrap()[..3], ["!!", "!sTEST,OTHER", "!iAS-LEFT"]);
    irr(&["resolve", "AS-GONE"], address).refused_with(&["there is no set AS-GONE"], "no such set");
}

/// (what it answers, what is said of that).
#[test]
fn a_server_that_speaks_something_else_is_told_apart() {
    for (answer, part) in [
        (
            (|_: &str| Some(b"% no entries\n".to_vec())) as fn(&str) -> _,
            "an answer begins with A, C, D, E or F",
        ),
        (
            |question| Some(if question == "!!" { vec![] } else { b"F no permission\n".to_vec() }),
            "no permission",
        ),
        (|question| Some(if question == "!!" { vec![] } else { b"A3\nabcdef\n".to_vec() }), "followed by C"),
        (|question| if question == "!!" { Some(vec![]) } else { None }, "it closed the connection"),
    ] {
        let (address, _) = server(answer);
        irr(&["resolve", "AS-TOP"], address)
            .refused_with(&["does not answer as an IRR server does", part], part);
    }
}
