#!/usr/bin/env bash
# reproducible.sh: builds the release twice, from clones of HEAD in two folders whose names differ in length, and compares what is
# shipped: the executable, and every file that browsers load. Takes two release builds' time and some gigabytes below target/.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD out=$PWD/target/reproducible
# Of one commit, whatever is committed while the first is built.
commit=$(git rev-parse HEAD)
host=$(. .tools/env.sh; rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
rm -rf "$out"
build() { # FOLDER
  git clone --quiet --no-hardlinks "$root" "$1"
  git -C "$1" checkout --quiet --detach "$commit"
  ln -s "$root/.tools" "$1/.tools"
  # Where the sources and the libraries are is no part of what is built; Cargo keeps these flags out of its hashes. By target: a
  # plain RUSTFLAGS would take the place of those in .cargo/config.toml.
  local remap="--remap-path-prefix=$1=/thumbprint --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
  (cd "$1" && env -u CARGO_TARGET_DIR "CARGO_TARGET_${host}_RUSTFLAGS=$remap" "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$remap" \
    SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" .ci/build.sh)
}
build "$out/one"
build "$out/the-other-one"
digests() { (cd "$1" && find target/release/thumbprint target/site/packed -type f -print0 | sort -z | xargs -0 sha256sum); }
digests "$out/one" > "$out/one.sha256"
digests "$out/the-other-one" > "$out/the-other-one.sha256"
if diff "$out/one.sha256" "$out/the-other-one.sha256"; then
  echo "Both builds of $commit are the same, to the byte:"
  cat "$out/one.sha256"
else
  echo "These two builds of $commit differ in what stands above." >&2
  exit 1
fi
