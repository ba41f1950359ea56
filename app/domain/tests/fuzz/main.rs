//! Mutated files into every parser: no panic, and what is promised holds. One module for each parser; each test is a target
//! that `make fuzz` runs for ten minutes, and the suite for a moment.

mod doctor;
mod graph;
mod mutate;
mod run;
mod tables;
mod upload;
#[path = "../support/vectors.rs"]
mod vectors;
