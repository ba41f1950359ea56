#!/usr/bin/env bash
# clippy.sh [browser]: clippy of all targets, and of a production build, without the local tenant; or of the browser's half. Where
# clippy's driver compiles the tests and the site anyway (see the Makefile), of what these leave out alone, and by the same means.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" = browser ]; then
  cargo clippy -p worker -p keys -p domain --target wasm32-unknown-unknown --lib --bins -- -D warnings
  # By itself: it has no standard library, unless others ask for one.
  cargo clippy -p shell --target wasm32-unknown-unknown --lib -- -D warnings
  exit
fi
# A test among the targets makes the features of libraries the same as with all of them: only the server is read again.
without_demo=(--workspace --no-default-features --lib --bins --test openssl)
if [ -n "${RUSTC_WORKSPACE_WRAPPER:-}" ]; then
  cargo build --workspace --bench '*'
  cargo build "${without_demo[@]}"
else
  cargo clippy --workspace --all-targets -- -D warnings
  cargo clippy "${without_demo[@]}" -- -D warnings
fi
