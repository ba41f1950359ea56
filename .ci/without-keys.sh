#!/usr/bin/env bash
# without-keys.sh: the server has no code that opens a PFX or makes a certificate: what it depends on does not name what does.
set -euo pipefail
cd "$(dirname "$0")/.."
made_of() { cargo tree --locked -p thumbprint -e normal --prefix none "$@" | cut -d' ' -f1 | sort -u; }
holds() { grep -qx "$1" <<<"$2"; }
demo=$(made_of) production=$(made_of --no-default-features)
browser=$(cargo tree --locked -p worker -e normal --prefix none | cut -d' ' -f1 | sort -u)
for one in keys p12-keystore pkcs12 x509-cert; do
  # A name that nothing has would be found nowhere.
  holds "$one" "$browser" || { echo "without-keys.sh: the worker has no $one: is that still its name?" >&2; exit 1; }
  ! holds "$one" "$production" || { echo "without-keys.sh: the server depends on $one." >&2; exit 1; }
done
# The local tenant keeps keys of its own, as Key Vault does; with the browser's it has nothing to do.
! holds keys "$demo" || { echo "without-keys.sh: the local tenant depends on keys." >&2; exit 1; }
