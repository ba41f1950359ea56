#!/usr/bin/env bash
# wasm-toolchain.sh DIR: makes a Rust toolchain in DIR that can build for wasm32-unknown-unknown,
# from Debian's rustc-web and its own library source. For machines where rustup cannot download.
set -euo pipefail
dir=${1:?toolchain folder}
host=x86_64-unknown-linux-gnu
target=wasm32-unknown-unknown
packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22 libjemalloc2)
export DEBIAN_FRONTEND=noninteractive
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
dpkg -s "${packages[@]}" >/dev/null 2>&1 || {
  $sudo apt-get update -q
  $sudo apt-get install -y -q --no-install-recommends "${packages[@]}"
}
# Debian's rustc comes without the allocator that Rust's own builds have: one seventh of its time.
allocator=$(dpkg -L libjemalloc2 | grep '/libjemalloc\.so\.2$')
stamp="$(/usr/bin/rustc -vV)
$allocator"
if [ -f "$dir/.stamp" ] && [ "$(cat "$dir/.stamp")" = "$stamp" ]; then exit 0; fi
build=$(mktemp -d); trap 'rm -rf "$build"' EXIT
mkdir -p "$build/src"; echo '#![no_std]' > "$build/src/lib.rs"
cat > "$build/Cargo.toml" <<'T'
[package]
name = "stdbuild"
version = "0.0.0"
edition = "2021"
[profile.release]
opt-level = "s"
codegen-units = 1
debug = false
T
# embed-bitcode: without it `lto = "fat"` fails later ("failed to get bitcode from object file")
( cd "$build" && env -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER -u CARGO_TARGET_DIR PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc \
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cembed-bitcode=yes" \
    /usr/bin/cargo build --release -Z build-std=std,panic_abort --target $target )
rm -rf "$dir"; mkdir -p "$dir/bin" "$dir/lib/rustlib/$host/bin" "$dir/lib/rustlib/$target/lib"
ln -s /usr/lib/rustlib/$host/lib "$dir/lib/rustlib/$host/lib"
ln -s /usr/lib/rustlib/src "$dir/lib/rustlib/src"
ln -s /usr/lib/rustlib/etc "$dir/lib/rustlib/etc"
ln -s /usr/bin/lld-22 "$dir/lib/rustlib/$host/bin/rust-lld"   # the linker's default name on wasm32
cp "$build"/target/$target/release/deps/*.rlib "$dir/lib/rustlib/$target/lib/"
rm -f "$dir/lib/rustlib/$target/lib/"libstdbuild-*
for tool in rustc rustdoc; do
  printf '#!/bin/sh\nLD_PRELOAD="%s" exec /usr/bin/%s --sysroot "%s" "$@"\n' "$allocator" $tool "$dir" > "$dir/bin/$tool"
done
for tool in cargo cargo-clippy cargo-fmt rustfmt; do ln -s /usr/bin/$tool "$dir/bin/$tool"; done
# clippy-driver takes its sysroot from this variable (rustc's wrapper above is not called by it)
printf '#!/bin/sh\nLD_PRELOAD="%s" SYSROOT="%s" exec /usr/bin/clippy-driver "$@"\n' "$allocator" "$dir" > "$dir/bin/clippy-driver"
chmod +x "$dir/bin/"{rustc,rustdoc,clippy-driver}
printf '%s' "$stamp" > "$dir/.stamp"
