//! The executable `thumbprint`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    thumbprint::cli::run().await
}
