//! The worker that signs client assertions.

/// In a browser this runs as soon as the module is there.
fn main() {
    #[cfg(target_arch = "wasm32")]
    worker::listen_with_keys(worker::proof);
}
