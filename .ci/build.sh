#!/usr/bin/env bash
# build.sh [--debug] [site|css|server]: the browser's half (target/site) and the server's. Without a name, both. Of the site,
# "compiled" and "packed" are the one half and the other.
# A release server embeds target/site/packed and has no local tenant: it is for real tenants. A debug one reads that folder
# when it starts, and is what `make demo` starts. PACKER: the program that packs, where it is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
. .tools/env.sh
target=wasm32-unknown-unknown
raw=target/site/pkg packed=target/site/packed
wasm=(--profile wasm-release) from=target/$target/wasm-release server=(--release --no-default-features) plain=()
if [ "${1:-}" = --debug ]; then
  # With the dev profile, what runs while compiling (macros, build scripts) is compiled once for both halves. Without any
  # optimisation, the browser's half would be three times as large.
  wasm=(--config profile.dev.opt-level=1) from=target/$target/debug server=() plain=(--plain)
  shift
fi
what=${1:-all}
# The server takes these folders' real paths when it is compiled: they must be there by then.
mkdir -p $raw $packed
compiled() {
  cargo build -p shell --lib --target $target "${wasm[@]}"
  cargo build -p worker --bins --target $target "${wasm[@]}"
}
packed() {
  # Beside what has the demo in it: so its libraries' features are those of what `make demo` starts.
  [ -n "${PACKER:-}" ] || { cargo build --quiet -p pack -p thumbprint --bin pack; PACKER=target/debug/pack; }
  pack bindings $from/shell.wasm thumbprint $raw
  for one in certificates make proof doctor; do
    pack bindings $from/worker-$one.wasm worker-$one $raw
    cat app/worker/start.js >> $raw/worker-$one.js
  done
  cp app/worker/host.js $raw/worker-host.js
  cp app/assets/* $raw
  css
  # After all else: names with hashes, and what is compressed.
  pack files "${plain[@]}" $raw $packed
}
pack() { "$PACKER" "$@"; }
# One style sheet out of style/main.css and what it imports: an @import per line, one folder deep.
css() {
  while IFS= read -r line; do
    if [[ $line =~ ^@import\ \"([^\"]+)\"\;$ ]]; then cat "style/${BASH_REMATCH[1]}"; echo; else echo "$line"; fi
  done < style/main.css > $raw/thumbprint.css
}
server() { cargo build -p thumbprint "${server[@]}"; }
case $what in
site) compiled; packed ;;
compiled) compiled ;;
packed) packed ;;
css) css ;;
server) server ;;
all) compiled; packed; server ;;
*) echo "build.sh: unknown: $what" >&2; exit 2 ;;
esac
