//! wasm-bindgen's part, by the library that its own command line and cargo-leptos are made of.

use std::path::Path;
use std::{fs, io};
use wasm_bindgen_cli_support::Bindgen;

/// `NAME.js`, a script module that fetches and starts `NAME.wasm`, both in the folder `to`. The names of functions, a third of
/// the module, are left out.
///
/// # Errors
/// Where `module` cannot be read or was compiled with another version of wasm-bindgen, and where `to` cannot be written.
pub fn write(module: &Path, name: &str, to: &Path) -> io::Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)
        .map_err(io::Error::other)?
        .input_path(module)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(to)
        .map_err(io::Error::other)?;
    // As cargo-leptos names it.
    fs::rename(to.join(format!("{name}_bg.wasm")), to.join(format!("{name}.wasm")))
}
