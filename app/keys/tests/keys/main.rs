//! What holds a private key, with openssl's word on it, with files that people have, and with what was never meant to be read.

mod field;
mod fuzz;
mod make;
mod pfx;
mod private_keys;

#[path = "../../../domain/tests/fuzz/mutate.rs"]
mod mutate;
#[path = "../../../domain/tests/fuzz/run.rs"]
mod run;
#[path = "../../../domain/tests/support/mod.rs"]
mod support;
#[path = "../../../domain/tests/support/vectors.rs"]
mod vectors;
