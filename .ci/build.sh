#!/usr/bin/env bash
# build.sh [--debug] [site|server]: the browser's half (target/site) and the server's. Without a name, both.
# A release server embeds target/site; a debug one reads it from disk.
set -euo pipefail
cd "$(dirname "$0")/.."
. .tools/env.sh
target=wasm32-unknown-unknown
wasm=wasm-release server=release
if [ "${1:-}" = --debug ]; then wasm=dev server=dev; shift; fi
what=${1:-all}
site() {
  local dir=$wasm pkg=target/site/pkg
  [ $wasm = dev ] && dir=debug
  cargo build -p app --lib --target $target --no-default-features --features hydrate --profile $wasm
  css
  # What is embedded is not touched without need: the server would be compiled again.
  local from=target/$target/$dir/app.wasm stamp=target/site/.from-$wasm
  [ $stamp -nt $from ] && [ -e $stamp ] && return
  rm -f target/site/.from-*
  mkdir -p $pkg
  wasm-bindgen --target=web --out-name=thumbprint --out-dir=$pkg --no-typescript $from
  if [ $wasm = wasm-release ]; then
    wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
      --enable-reference-types --enable-multivalue $pkg/thumbprint_bg.wasm -o $pkg/thumbprint.wasm
    rm $pkg/thumbprint_bg.wasm
  else
    mv $pkg/thumbprint_bg.wasm $pkg/thumbprint.wasm
  fi
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
case $what in
site) site ;;
css) css ;;
server) cargo build -p server --profile $server ;;
all) site; cargo build -p server --profile $server ;;
*) echo "build.sh: unknown: $what" >&2; exit 2 ;;
esac
