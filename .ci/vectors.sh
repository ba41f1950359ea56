#!/usr/bin/env bash
# vectors.sh: certificates that we did not make, to read: the PyPI package cryptography_vectors, unpacked.
set -euo pipefail
cd "$(dirname "$0")/.."
version=50.0.2
into=.tools/vectors
[ "$(cat "$into/.version" 2>/dev/null)" = "$version" ] && exit 0
echo "== cryptography_vectors $version" >&2
rm -rf "$into"; mkdir -p "$into"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$into" "cryptography_vectors==$version"
for wheel in "$into"/*.whl; do python3 -m zipfile -e "$wheel" "$into"; rm "$wheel"; done
echo "$version" > "$into/.version"
