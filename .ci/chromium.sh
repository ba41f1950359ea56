#!/usr/bin/env bash
# chromium.sh: Playwright's tests. Looking at every page keeps a browser busy for as long as half of the paths do, so that
# both go beside each other, each with a portal and a tenant of its own; what goes by the clock comes last, alone.
# Expects the site and target/debug/thumbprint. What failed stands at the end, and among the steps of .ci/step.sh.
set -uo pipefail
cd "$(dirname "$0")/../end2end"
said=$(mktemp) FAILURES=$(mktemp); export FAILURES
project() { # name port
  PORTAL_PORT=$2 TENANT_PORT=$(($2 + 1)) RESULTS=test-results/$1 PLAYWRIGHT_HTML_OUTPUT_DIR=playwright-report/$1 \
    npx playwright test --project "$1"
}
project looks 3430 >"$said" 2>&1 & looks=$!
trap 'kill $looks 2>/dev/null; rm "$said" "$FAILURES"' EXIT
failed=
project paths 3410 || failed=yes
wait $looks || failed=yes
cat "$said"
project clock 3410 || failed=yes
cat "$FAILURES" >&2
[ -z "${THUMBPRINT_STEPS:-}" ] || head -n 12 "$FAILURES" >> "$THUMBPRINT_STEPS"
[ -z "$failed" ]
