#!/usr/bin/env bash
# sbom.sh: what is linked into what is shipped, as CycloneDX 1.5 (JSON), in target/sbom: the server as build.sh makes it for real
# tenants, and both halves of what browsers load.
set -euo pipefail
cd "$(dirname "$0")/.."
. .tools/env.sh
out=target/sbom
rm -rf $out
mkdir -p $out
# The time of the commit, so that the same sources give the same file.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0); export SOURCE_DATE_EPOCH
host=$(rustc -vV | sed -n 's/^host: //p')
# one FOLDER NAME TARGET ARGUMENTS…: it is written beside the crate's manifest, and beside those that it depends on.
one() {
  local folder=$1 name=$2 target=$3; shift 3
  cargo cyclonedx --manifest-path "$folder/Cargo.toml" --format json --spec-version 1.5 --target "$target" \
    --override-filename thumbprint-sbom "$@" >&2
  mv "$folder/thumbprint-sbom.json" "$out/$name.cdx.json"
  find . -name thumbprint-sbom.json -not -path './target/*' -delete
}
one server/thumbprint thumbprint "$host" --no-default-features
one app/shell shell wasm32-unknown-unknown
one app/worker worker wasm32-unknown-unknown
python3 - "$out" <<'PYTHON'
import json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.cdx.json")):
    bom = json.loads(path.read_text())
    components = bom.get("components", [])
    assert bom["bomFormat"] == "CycloneDX" and len(components) > 0, path
    without = [it["name"] for it in components if not it.get("licenses")]
    print(f"{path}: {len(components)} components, {len(without)} without a licence of record")
PYTHON
