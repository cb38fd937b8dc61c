//! Two thousand worlds of two to twenty speakers, each planned by its seed: meshes, reflectors, confederations and route
//! servers, with whatever features and faults chance gives them. Every invariant holds at every step, and when the
//! faults stop the world comes to rest with the tables of the model.
//!
//! Two shares, so that two processors have work.

use sim::each_plan;

#[test]
fn every_invariant_holds_in_even_worlds() {
    each_plan("worlds", 0, 2);
}

#[test]
fn every_invariant_holds_in_odd_worlds() {
    each_plan("worlds", 1, 2);
}
