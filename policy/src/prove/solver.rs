//! Whether a route exists that some formulas hold for.

use super::formula::{Formula, Literal};
use super::path::{Found, Question, find};
use super::terms::Terms;
use super::world::World;
use bgp_wire::AsPathBuf;
use std::collections::BTreeMap;

/// So many looks at a literal or at a place of a path's automata for all that is asked, and no more.
const LOOKS: usize = 1 << 22;
/// So many choices one within the other, and no more.
const DEPTH: usize = 256;

/// There may be such a route: it would have taken too long to find out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooMuch;

/// A route's fields, with the path that was found.
pub(super) struct Model {
    pub(super) world: World,
    pub(super) path: AsPathBuf,
}

/// Answers, and the paths that were looked for.
pub(super) struct Solver<'a> {
    pub(super) terms: &'a Terms<'a>,
    paths: BTreeMap<Vec<(Question, bool)>, Found>,
    looks: usize,
}

type Choice<'f> = Vec<&'f Formula>;

impl<'a> Solver<'a> {
    pub(super) const fn new(terms: &'a Terms<'a>) -> Self {
        Self { terms, paths: BTreeMap::new(), looks: 0 }
    }

    /// One of the routes that are left in `world` that all of `formulas` hold for, if there is one.
    pub(super) fn solve(&mut self, world: &World, formulas: Vec<&Formula>) -> Result<Option<Model>, TooMuch> {
        self.search(world.clone(), formulas, Vec::new(), DEPTH)
    }

    /// What is left of a world where a formula holds; the parts of it that leave a choice go to `open`.
    pub(super) fn assume<'f>(
        &mut self,
        world: &World,
        formula: &'f Formula,
        open: &mut Vec<&'f Formula>,
    ) -> Result<Option<World>, TooMuch> {
        let mut left = world.clone();
        let mut todo = vec![formula];
        while let Some(formula) = todo.pop() {
            match formula {
                Formula::Is(literal) => match self.with(&left, literal)? {
                    Some(more) => left = more,
                    None => return Ok(None),
                },
                Formula::All(parts) => todo.extend(parts),
                Formula::Any(_) => open.push(formula),
            }
        }
        Ok(Some(left))
    }

    /// Whether nothing more will be found out.
    pub(super) const fn is_spent(&self) -> bool {
        self.looks > LOOKS
    }

    fn search<'f>(
        &mut self,
        mut world: World,
        mut todo: Choice<'f>,
        mut choices: Vec<Choice<'f>>,
        depth: usize,
    ) -> Result<Option<Model>, TooMuch> {
        while !todo.is_empty() {
            while let Some(formula) = todo.pop() {
                match formula {
                    Formula::Is(literal) => match self.with(&world, literal)? {
                        Some(left) => world = left,
                        None => return Ok(None),
                    },
                    Formula::All(parts) => todo.extend(parts),
                    Formula::Any(parts) => choices.push(parts.iter().collect()),
                }
            }
            let mut open = Vec::new();
            for choice in choices {
                match self.narrowed(&world, choice)? {
                    None => {}
                    Some(left) if left.is_empty() => return Ok(None),
                    Some(left) if left.len() == 1 => todo.extend(left),
                    Some(left) => open.push(left),
                }
            }
            choices = open;
        }
        let Some(smallest) = (0..choices.len()).min_by_key(|at| choices.get(*at).map(Vec::len)) else {
            return self.model(world);
        };
        let depth = depth.checked_sub(1).ok_or(TooMuch)?;
        for chosen in choices.swap_remove(smallest) {
            if let Some(model) = self.search(world.clone(), vec![chosen], choices.clone(), depth)? {
                return Ok(Some(model));
            }
        }
        Ok(None)
    }

    /// What is left to choose from; `None` where one part holds anyhow.
    fn narrowed<'f>(&mut self, world: &World, choice: Choice<'f>) -> Result<Option<Choice<'f>>, TooMuch> {
        let mut left = Vec::new();
        for part in choice {
            self.looks = self.looks.saturating_add(1);
            if ensured(world, part) {
                return Ok(None);
            }
            if self.is_possible(world, part)? {
                left.push(part);
            }
        }
        Ok(Some(left))
    }

    /// Whether a part by itself may hold.
    fn is_possible(&mut self, world: &World, formula: &Formula) -> Result<bool, TooMuch> {
        Ok(match formula {
            Formula::Is(literal) => self.with(world, literal)?.is_some(),
            Formula::All(parts) => {
                let mut left = world.clone();
                for part in parts {
                    match part {
                        Formula::Is(literal) => match self.with(&left, literal)? {
                            Some(more) => left = more,
                            None => return Ok(false),
                        },
                        part if !self.is_possible(&left, part)? => return Ok(false),
                        _ => {}
                    }
                }
                true
            }
            Formula::Any(parts) => {
                for part in parts {
                    if self.is_possible(world, part)? {
                        return Ok(true);
                    }
                }
                false
            }
        })
    }

    /// What is left of a world with a literal.
    fn with(&mut self, world: &World, literal: &Literal) -> Result<Option<World>, TooMuch> {
        self.looks = self.looks.saturating_add(world.weight(literal));
        if self.is_spent() {
            return Err(TooMuch);
        }
        let Some(left) = world.with(literal) else { return Ok(None) };
        // Where it is too much to find a path for, there may be one.
        let is_path = matches!(literal, Literal::Path(..));
        Ok((!is_path || !matches!(self.found(&left), Found::None)).then_some(left))
    }

    fn found(&mut self, world: &World) -> &Found {
        let terms = self.terms;
        let looks = &mut self.looks;
        self.paths.entry(world.path.to_vec()).or_insert_with_key(|questions| {
            let (found, places) = find(questions, &terms.classes);
            *looks = looks.saturating_add(places);
            found
        })
    }

    fn model(&mut self, world: World) -> Result<Option<Model>, TooMuch> {
        match self.found(&world).clone() {
            Found::Path(path) => Ok(Some(Model { world, path })),
            Found::None => Ok(None),
            Found::TooMuch => Err(TooMuch),
        }
    }
}

fn ensured(world: &World, formula: &Formula) -> bool {
    match formula {
        Formula::Is(literal) => world.ensures(literal),
        Formula::All(parts) => parts.iter().all(|part| ensured(world, part)),
        Formula::Any(parts) => parts.iter().any(|part| ensured(world, part)),
    }
}
