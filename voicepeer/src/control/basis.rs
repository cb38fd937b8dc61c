//! What verdicts are by, which may change while a daemon runs.

use bgp_policy::voice::{Plan, Registries};
use std::sync::{Arc, Mutex, PoisonError};

/// A plan, and what registries have.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    pub(crate) plan: Arc<Plan>,
    pub(crate) registries: Arc<Registries>,
}

impl Basis {
    pub(crate) fn new(plan: Plan, registries: Registries) -> Self {
        Self { plan: Arc::new(plan), registries: Arc::new(registries) }
    }
}

/// The basis now, where there is one.
#[derive(Debug, Default)]
pub(crate) struct Current(Mutex<Option<Basis>>);

impl Current {
    pub(crate) fn new(basis: Option<Basis>) -> Self {
        Self(Mutex::new(basis))
    }

    pub(crate) fn get(&self) -> Option<Basis> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, basis: Basis) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(basis);
    }
}
