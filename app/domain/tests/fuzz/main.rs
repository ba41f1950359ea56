//! Mutated field cases into every parser: no panic, and what is promised holds. PROPTEST_CASES says how many; cargo-fuzz can
//! call the same bodies. One module for each parser.

mod doctor;
mod mutate;
mod tables;
mod upload;
