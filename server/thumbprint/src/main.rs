//! The executable `thumbprint`.

use std::process::ExitCode;

/// The C library's keeps what a rush has taken: 500 people and some strangers for five minutes, and 58 MiB have become 140. This
/// one gives it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    thumbprint::cli::run().await
}
