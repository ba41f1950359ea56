#!/usr/bin/env bash
# chromium.sh: Playwright's tests. Looking at every page keeps a browser busy for as long as half of the paths do, so that
# both go beside each other, each with a portal and a tenant of its own; what goes by the clock comes last, alone.
# Expects the site and target/debug/thumbprint.
set -uo pipefail
cd "$(dirname "$0")/../end2end"
project() { # name port
  PORTAL_PORT=$2 TENANT_PORT=$(($2 + 1)) RESULTS=test-results/$1 PLAYWRIGHT_HTML_OUTPUT_DIR=playwright-report/$1 \
    npx playwright test --project "$1"
}
said=$(mktemp)
project looks 3430 >"$said" 2>&1 & looks=$!
trap 'kill $looks 2>/dev/null; rm "$said"' EXIT
failed=
project paths 3410 || failed=yes
wait $looks || failed=yes
cat "$said"
project clock 3410 || failed=yes
[ -z "$failed" ]
