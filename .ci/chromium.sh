#!/usr/bin/env bash
# chromium.sh: Playwright's tests, on two cores: in two streams beside each other, each of whose parts has a portal and a tenant
# of its own; looking at every page keeps a browser busy for as long as half of the paths do. What goes by the clock comes last, alone.
# Expects the site and target/debug/thumbprint. What failed stands at the end, and among the steps of .ci/step.sh.
set -uo pipefail
cd "$(dirname "$0")/../end2end"
said=$(mktemp) FAILURES=$(mktemp); export FAILURES
part() { # name port arguments…
  local name=$1 port=$2; shift 2
  PORTAL_PORT=$port TENANT_PORT=$((port + 1)) RESULTS=test-results/$name PLAYWRIGHT_HTML_OUTPUT_DIR=playwright-report/$name \
    npx playwright test "$@"
}
second() {
  local failed=
  part looks 3430 --project looks || failed=yes
  part paths-3 3430 --project paths --shard 3/3 || failed=yes
  [ -z "$failed" ]
}
second >"$said" 2>&1 & second=$!
trap 'kill $second 2>/dev/null; rm "$said" "$FAILURES"' EXIT
failed=
for third in 1 2; do part paths-$third 3410 --project paths --shard $third/3 || failed=yes; done
wait $second || failed=yes
cat "$said"
part clock 3410 --project clock || failed=yes
cat "$FAILURES" >&2
[ -z "${THUMBPRINT_STEPS:-}" ] || head -n 12 "$FAILURES" >> "$THUMBPRINT_STEPS"
[ -z "$failed" ]
