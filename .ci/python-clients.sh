#!/usr/bin/env bash
# python-clients.sh: Microsoft's own client library for Python, for the tests that use it against the local tenant.
# A virtual environment in .tools/python; does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(msal==1.39.0 cryptography==50.0.2 requests==2.34.2)
into=.tools/python
[ "$(cat "$into/.packages" 2>/dev/null)" = "${packages[*]}" ] && [ -x "$into/bin/python" ] && exit 0
echo "== Python: ${packages[*]}" >&2
rm -rf "$into"
# Debian keeps venv in a package of its own.
python3 -m venv "$into" || {
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get install -y -q python3-venv
  rm -rf "$into"
  python3 -m venv "$into"; }
"$into/bin/python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"
echo "${packages[*]}" > "$into/.packages"
