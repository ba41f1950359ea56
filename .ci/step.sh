#!/usr/bin/env bash
# step.sh NAME COMMAND…: runs the command and says how many seconds it took; in the file $THUMBPRINT_STEPS as well, if
# that is set.
set -uo pipefail
name=$1; shift
begun=$SECONDS
"$@"
status=$?
line=$(printf '%5d s  %s' $((SECONDS - begun)) "$name")
[ $status = 0 ] || line="$line: FAILED"
echo "== $line" >&2
[ -z "${THUMBPRINT_STEPS:-}" ] || echo "$line" >> "$THUMBPRINT_STEPS"
exit $status
