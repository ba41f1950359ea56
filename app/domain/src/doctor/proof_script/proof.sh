#!/usr/bin/env bash
# Shows what this machine's certificate and key make of a client assertion, and what Entra answers to it.
# The private key is used on this machine only; neither it nor the assertion's signature is printed.
# Usage: proof.sh [--offline]   with CERTIFICATE and KEY as the files to use.
set -euo pipefail

{common}
ALG=${ALG:-PS256}

certificate_key=$(openssl x509 -in "$CERTIFICATE" -noout -pubkey | openssl dgst -sha256 -r | cut -d ' ' -f 1)
private_key=$(openssl pkey -in "$KEY" -pubout | openssl dgst -sha256 -r | cut -d ' ' -f 1)

echo "--- proof kit ---"
echo "time: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
echo "expected sha1: {sha1}"
echo "openssl: $(openssl version)"
openssl x509 -in "$CERTIFICATE" -noout -subject -startdate -enddate -fingerprint -sha1
if [ "$certificate_key" = "$private_key" ]; then
  echo "key: belongs to the certificate"
else
  echo "key: does NOT belong to the certificate"
fi
openssl x509 -in "$CERTIFICATE"

case $ALG in
  PS256)
    member='x5t#S256'
    value=$(der | openssl dgst -sha256 -binary | base64url)
    padding=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest)
    ;;
  RS256)
    member=x5t
    value=$(der | openssl dgst -sha1 -binary | base64url)
    padding=()
    ;;
  *)
    echo "ALG is PS256 or RS256" >&2
    exit 2
    ;;
esac
header=$(printf '{"alg":"%s","typ":"JWT","%s":"%s"}' "$ALG" "$member" "$value" | base64url)
claims=$(claims)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '%s.%s' "$header" "$claims" >"$folder/input"
openssl dgst -sha256 -sign "$KEY" ${padding[@]+"${padding[@]}"} -out "$folder/signature" "$folder/input"
openssl x509 -in "$CERTIFICATE" -noout -pubkey >"$folder/public.pem"
# openssl's own word: Verified OK, or Verification failure.
verified=$(openssl dgst -sha256 -verify "$folder/public.pem" ${padding[@]+"${padding[@]}"} \
  -signature "$folder/signature" "$folder/input" || true)
echo "signature: $verified"
# Without its signature the assertion is worth nothing to anybody.
echo "assertion: $header.$claims."

if [ -n "${ASSERTION_FILE:-}" ]; then
  printf '%s.%s.%s' "$header" "$claims" "$(base64url <"$folder/signature")" >"$ASSERTION_FILE"
fi
if [ "${1:-}" = --offline ]; then
  echo "--- end ---"
  exit
fi
echo "client_id: $CLIENT_ID"
echo "endpoint: $endpoint"
answer=$(sign_in "$header.$claims.$(base64url <"$folder/signature")")
# The access token stays here.
printf 'answer: %s\n' "$answer" | sed -E 's/("access_token" *: *")[^"]*/\1(left out)/'
echo "--- end ---"
