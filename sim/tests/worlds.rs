//! Two thousand worlds of two to twenty speakers, each planned by its seed: meshes, reflectors, confederations and route
//! servers, with whatever features and faults chance gives them. Every invariant holds at every step, and when the
//! faults stop the world comes to rest with the tables of the model.

use sim::each_plan;

#[test]
fn every_invariant_holds() {
    each_plan("worlds");
}
