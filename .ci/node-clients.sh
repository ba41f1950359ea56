#!/usr/bin/env bash
# node-clients.sh: CLI for Microsoft 365, for the test that uses it against the local tenant, in .tools/node-clients: by itself,
# since it is larger than all of end2end. It names the versions of what it needs, in an npm-shrinkwrap.json of its own.
# Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
package=@pnp/cli-microsoft365@11.11.0
into=.tools/node-clients
[ "$(cat "$into/.packages" 2>/dev/null)" = "$package" ] && exit 0
echo "== Node: $package" >&2
rm -rf "$into"
mkdir -p "$into"
npm install --prefix "$into" --no-audit --no-fund --no-save --ignore-scripts --loglevel=error "$package" >&2
echo "$package" > "$into/.packages"
