#!/usr/bin/env bash
# node-clients.sh: clients for Node that tests use, in .tools/node-clients: CLI for Microsoft 365, against the local tenant, and
# Standard Webhooks' own library, for what receivers make of notices. By themselves, since the first is larger than all of
# end2end; it names the versions of what it needs, in an npm-shrinkwrap.json of its own. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(@pnp/cli-microsoft365@11.11.0 standardwebhooks@1.1.1 @stablelib/base64@1.0.1 fast-sha256@1.3.0)
into=.tools/node-clients
[ "$(cat "$into/.packages" 2>/dev/null)" = "${packages[*]}" ] && exit 0
echo "== Node: ${packages[*]}" >&2
rm -rf "$into"
mkdir -p "$into"
npm install --prefix "$into" --no-audit --no-fund --no-save --ignore-scripts --loglevel=error "${packages[@]}" >&2
echo "${packages[*]}" > "$into/.packages"
