//! Equal paths: those that the decision process could part from the best only by router id and what follows.

use crate::decision::Context;
use crate::origin::Learned;
use crate::path::{Path, Standing};
use crate::step::Step;

/// Marks the paths of a net that are used together; returns whether they are others than before. The paths have
/// their standings.
pub(crate) fn mark(paths: &mut [Path], context: &Context) -> bool {
    paths.iter_mut().for_each(|path| path.marks = path.marks.begin_decision());
    if let Some(best) = paths.iter().position(|path| path.standing == Standing::Best) {
        mark_with(paths, best, context);
    }
    paths.iter().any(|path| path.marks.multipath_changed())
}

fn mark_with(paths: &mut [Path], best: usize, context: &Context) {
    let Some(learned) = paths.get(best).map(Path::learned) else { return };
    let multipath = &context.options.multipath;
    let limit = match learned {
        Learned::Local => 1,
        _ if learned.is_external() => multipath.external.get(),
        Learned::From(_) => multipath.internal.get(),
    };
    for _ in 1..limit {
        let Some(next) = next(paths, best, context) else { break };
        for at in [best, next] {
            if let Some(path) = paths.get_mut(at) {
                path.marks = path.marks.multipath();
            }
        }
    }
}

/// The best of those that could be used with the best and are not yet.
fn next(paths: &[Path], best: usize, context: &Context) -> Option<usize> {
    let best_path = paths.get(best)?;
    let used = |path: &&Path| path.is_multipath() || path.standing == Standing::Best;
    let fits = |path: &Path| {
        let equal = matches!(path.standing, Standing::Lost(step) if step > Step::IgpCost);
        equal
            && !path.is_multipath()
            && (context.options.multipath.relax_as_path || path.attrs.has_path_of(&best_path.attrs))
            && paths.iter().filter(used).all(|other| other.attrs.next_hop() != path.attrs.next_hop())
    };
    let rank = |path: &Path| {
        let router = (context.router_id(path), path.attrs.cluster_len());
        (router, context.peer_address(path), path.peer, path.path_id)
    };
    let fitting = paths.iter().enumerate().filter(|(_, path)| fits(path));
    fitting.min_by_key(|(_, path)| rank(path)).map(|(at, _)| at)
}
