#!/usr/bin/env bash
# setup.sh [wasm] [lint] [test] [bench]: installs what the build, the lints, the tests or the benches need, into .tools
# where it can.
# Idempotent and quick when all is there. The tools' paths are left in .tools/env.sh.
#
# The wasm32 target comes from rustup where rustup can download it; elsewhere from Debian's compiler
# (see wasm-toolchain.sh). FORCE_DEBIAN=1 takes Debian's without asking rustup.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
tools=$root/.tools
target=wasm32-unknown-unknown
binaryen=132.0.0
mkdir -p "$tools/bin"
say() { printf '== %s\n' "$*" >&2; }
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo

# --- Rust for native and wasm32 ---
has_target() { command -v rustup >/dev/null && rustup target list --installed 2>/dev/null | grep -qx $target; }
if [ -n "${FORCE_DEBIAN:-}" ]; then route=debian
elif has_target; then route=rustup
elif command -v rustup >/dev/null && rustup target add $target; then route=rustup
elif command -v apt-get >/dev/null; then route=debian
else say "The target $target is missing: install Rust with rustup, then run 'rustup target add $target'."; exit 1
fi
if [ $route = debian ]; then
  say "Rust with wasm32 from Debian's packages"
  .ci/wasm-toolchain.sh "$tools/rust"
  # SYSROOT is for clippy-driver, which does not go through the wrapper that sets --sysroot
  { echo "export PATH=\"$tools/bin:$tools/rust/bin:\$PATH\""; echo "export SYSROOT=\"$tools/rust\""; } > "$tools/env.sh"
else
  echo "export PATH=\"$tools/bin:\$PATH\"" > "$tools/env.sh"
fi
# read at COMPILE time by leptos: decides thumbprint.wasm against thumbprint_bg.wasm
echo 'export LEPTOS_OUTPUT_NAME=thumbprint' >> "$tools/env.sh"
# shellcheck disable=SC1091
. "$tools/env.sh"

cargo_tool() { # crate version binary [features…]
  local crate=$1 version=$2 binary=$3
  [ -x "$tools/bin/$binary" ] && grep -qx "$version" "$tools/bin/.$binary.version" 2>/dev/null && return 0
  say "$crate $version"
  # --locked first; a lock file can name a version that was yanked since
  CARGO_TARGET_DIR=$tools/target cargo install --locked --root "$tools" "$crate" --version "$version" --bin "$binary" ||
  CARGO_TARGET_DIR=$tools/target cargo install --root "$tools" "$crate" --version "$version" --bin "$binary"
  echo "$version" > "$tools/bin/.$binary.version"
}

for want in "${@:-wasm}"; do case $want in
wasm)
  bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
  cargo_tool wasm-bindgen-cli "$bindgen" wasm-bindgen
  command -v npm >/dev/null || { say "npm (Node.js 20 or later) is needed."; exit 1; }
  grep -qs "\"version\": \"$binaryen\"" "$tools/npm/node_modules/binaryen/package.json" || {
    say "binaryen $binaryen (wasm-opt)"
    npm install --prefix "$tools/npm" --no-audit --no-fund --loglevel=error "binaryen@$binaryen" >&2; }
  ln -sf "$tools/npm/node_modules/.bin/wasm-opt" "$tools/bin/wasm-opt"
  ;;
lint)
  cargo_tool cargo-deny 0.20.2 cargo-deny
  npm ci --prefix end2end --no-audit --no-fund --loglevel=error >&2
  ;;
test)
  cargo nextest --version >/dev/null 2>&1 || cargo_tool cargo-nextest 0.9.143 cargo-nextest
  bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
  cargo_tool wasm-bindgen-cli "$bindgen" wasm-bindgen-test-runner
  command -v openssl >/dev/null || { say "openssl"; $sudo apt-get install -y -q openssl; }
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || {
    say "PostgreSQL"
    $sudo apt-get update -q
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql; }
  .ci/vectors.sh
  .ci/python-clients.sh
  npm ci --prefix end2end --no-audit --no-fund --loglevel=error >&2
  # A browser: the system's, Playwright's own, or Debian's package, whichever can be had.
  browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
  if [ -z "$browser" ] && ! ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/ >/dev/null 2>&1; then
    say "Chromium"
    (cd end2end && npx playwright install chromium) || {
      export DEBIAN_FRONTEND=noninteractive
      $sudo apt-get update -q
      $sudo apt-get install -y -q --no-install-recommends chromium fonts-liberation2; }
    browser=$(command -v chromium || true)
  fi
  [ -z "$browser" ] || echo "export CHROMIUM=\"$browser\"" >> "$tools/env.sh"
  {
    echo "export THUMBPRINT_VECTORS=\"$tools/vectors\""
    echo "export THUMBPRINT_PYTHON=\"$tools/python/bin/python\""
  } >> "$tools/env.sh"
  ;;
bench)
  .ci/python-clients.sh
  ;;
*) say "setup.sh: unknown: $want"; exit 2;;
esac; done
