//! The worker that judges errors.

/// In a browser this runs as soon as the module is there.
fn main() {
    #[cfg(target_arch = "wasm32")]
    worker::listen(worker::doctor);
}
