#!/usr/bin/env bash
# clippy.sh: clippy of all targets, and of a production build, without the local tenant. Where clippy's driver compiles the tests
# anyway (see the Makefile), of what these leave out alone, and by the same means.
set -euo pipefail
cd "$(dirname "$0")/.."
# A test among the targets makes the features of libraries the same as with all of them: only the server is read again.
without_demo=(--workspace --no-default-features --lib --bins --test openssl)
if [ -n "${RUSTC_WORKSPACE_WRAPPER:-}" ]; then
  cargo build --workspace --bench '*'
  cargo build "${without_demo[@]}"
else
  cargo clippy --workspace --all-targets -- -D warnings
  cargo clippy "${without_demo[@]}" -- -D warnings
fi
