//! EOS: `show ip bgp neighbors ADDR advertised-routes detail`, a paragraph a route, as it leaves.

use super::paragraph::{ENTRY, best, paragraphs};
use super::text::{Line, Seen, Unreadable};

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    let mut after = lines.iter().skip_while(|line| !line.text.starts_with(ENTRY)).skip(1);
    after.any(|line| line.text.starts_with(" Paths: "))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let routes =
        paragraphs(lines).iter().map(|(head, below)| best(*head, below)).collect::<Result<_, _>>()?;
    Ok(Seen { routes, ..Seen::default() })
}
