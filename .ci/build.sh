#!/usr/bin/env bash
# build.sh [--debug] [site|server]: the browser's half (target/site) and the server's. Without a name, both.
# A release server embeds target/site and has no local tenant: it is for real tenants. A debug one reads target/site from
# disk, and is what `make demo` starts.
set -euo pipefail
cd "$(dirname "$0")/.."
. .tools/env.sh
target=wasm32-unknown-unknown
wasm=(--profile wasm-release) from=target/$target/wasm-release server=(--release --no-default-features)
if [ "${1:-}" = --debug ]; then
  # With the dev profile, what runs while compiling (macros, build scripts) is compiled once for both halves. Without any
  # optimisation, the browser's half would be three times as large.
  wasm=(--config profile.dev.opt-level=1) from=target/$target/debug server=()
  shift
fi
what=${1:-all}
# The server takes the folder's real path when it is compiled: it must be there by then.
mkdir -p target/site/pkg
site() {
  local pkg=target/site/pkg
  cargo build -p app --lib --target $target --no-default-features --features hydrate "${wasm[@]}"
  css
  # What is embedded is not touched without need: the server would be compiled again.
  local stamp=target/site/.from-${from##*/}
  [ $stamp -nt $from/app.wasm ] && [ -e $stamp ] && return
  rm -f target/site/.from-*
  # Function names are a third of the file. No wasm-opt: what it saves in the file it adds to what is sent, because its
  # code packs worse (brotli: 1.12 MB after -Oz, 1.00 MB without).
  wasm-bindgen --target=web --out-name=thumbprint --out-dir=$pkg --no-typescript \
    --remove-name-section --remove-producers-section $from/app.wasm
  mv $pkg/thumbprint_bg.wasm $pkg/thumbprint.wasm
  touch $stamp
}
# One style sheet out of style/main.css and what it imports: an @import per line, one folder deep.
css() {
  local to=target/site/pkg/thumbprint.css
  mkdir -p target/site/pkg
  while IFS= read -r line; do
    if [[ $line =~ ^@import\ \"([^\"]+)\"\;$ ]]; then cat "style/${BASH_REMATCH[1]}"; echo; else echo "$line"; fi
  done < style/main.css > $to.new
  if cmp -s $to.new $to; then rm $to.new; else mv $to.new $to; fi
}
server() { cargo build -p server "${server[@]}"; }
case $what in
site) site ;;
css) css ;;
server) server ;;
all) site; server ;;
*) echo "build.sh: unknown: $what" >&2; exit 2 ;;
esac
