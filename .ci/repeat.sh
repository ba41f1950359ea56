#!/usr/bin/env bash
# repeat.sh [RUNS] [TIMES]: are the tests reliable? Beside a process that keeps one core busy, the built test step
# (nextest and Playwright) RUNS times (10), then TIMES times (200) each test that was ever seen to fail by chance. A
# failure ends it; the log stays in target/repeat. Compiles first what `make test` compiles.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
runs=${1:-10} times=${2:-200}
# Tests that once failed for no reason of the program's. Add to them; none is ever removed while it is there.
once_flaky='test(it_stops_on_) | test(it_runs_and_stops_though_nobody_reads)
  | test(a_bulk_push_runs_under_the_limits_instead_of_into_them) | test(it_is_for_people_with_a_role_and_not_without_end)
  | (package(server) & test(graph::budget::size)) | test(a_disk_that_was_full)
  | test(many_due_notices) | test(a_fifth_of_all_requests_fails) | test(so_is_who_asks_much_and_reads_nothing)
  | test(dropped_at_any_point)'

mkdir -p target/repeat
log=target/repeat/$(date -u +%Y-%m-%dT%H-%M-%S).log
exec > >(tee "$log") 2>&1
# shellcheck disable=SC1091
. .tools/env.sh
THUMBPRINT_TEST_POSTGRES=$(.ci/postgres.sh start); export THUMBPRINT_TEST_POSTGRES
busy= stress=()
trap '[ -z "$busy" ] || kill "$busy"; .ci/postgres.sh stop' EXIT
must() { # name command…
  local name=$1; shift
  "$root/.ci/step.sh" "$name" "$@" || { echo "== FAILED: $name; see $log"; exit 1; }
}

.ci/step.sh "the site" .ci/build.sh site && cargo nextest run --workspace --no-run || exit 1
echo "== $(date -u) $(git rev-parse --short HEAD) $(nproc) cores, one of them busy"
bash -c 'while :; do :; done' & busy=$!
for run in $(seq "$runs"); do
  must "run $run of $runs: nextest" cargo nextest run --workspace
  must "run $run of $runs: Playwright" .ci/chromium.sh
done
# Most of these wait for time to pass: four at once, which is some more load.
streams=4 failed=
for stream in $(seq $streams); do
  must "stream $stream of $streams: each once flaky test $((times / streams)) times" \
    cargo nextest run --workspace -E "$once_flaky" --stress-count $((times / streams)) &
  stress+=($!)
done
for one in "${stress[@]}"; do wait "$one" || failed=yes; done
[ -z "$failed" ] && echo "== all green; $log"
