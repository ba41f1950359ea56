#!/usr/bin/env bash
# Makes a client assertion with openssl and signs in with curl. Needs certificate.pem and private.key.
set -euo pipefail

{common}

thumbprint=$(der | openssl dgst -sha256 -r | cut -d ' ' -f 1 | tr a-f A-F)
if [ "$thumbprint" != {sha256} ]; then
  echo "This is $thumbprint, not the registered certificate." >&2
  exit 1
fi

# The digest's bytes are encoded, not their hexadecimal text.
x5t_s256=$(der | openssl dgst -sha256 -binary | base64url)
header=$(printf '{"alg":"PS256","typ":"JWT","x5t#S256":"%s"}' "$x5t_s256" | base64url)
claims=$(claims)
signature=$(printf '%s.%s' "$header" "$claims" |
  openssl dgst -sha256 -sign "$KEY" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -binary | base64url)
assertion=$header.$claims.$signature

if [ "${1:-}" = --print ]; then
  printf '%s\n' "$assertion"
  exit
fi

sign_in "$assertion"
