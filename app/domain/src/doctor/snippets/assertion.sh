#!/usr/bin/env bash
# Makes a client assertion with openssl and signs in with curl. Needs certificate.pem and private.key.
set -euo pipefail

CERTIFICATE=${CERTIFICATE:-certificate.pem}
KEY=${KEY:-private.key}
CLIENT_ID={app_id}
TENANT={tenant}
AUTHORITY={authority}
SCOPE={scope}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
der() { openssl x509 -in "$CERTIFICATE" -outform der; }

thumbprint=$(der | openssl dgst -sha256 -r | cut -d ' ' -f 1 | tr a-f A-F)
if [ "$thumbprint" != {sha256} ]; then
  echo "This is $thumbprint, not the registered certificate." >&2
  exit 1
fi

endpoint=$AUTHORITY/$TENANT/oauth2/v2.0/token
# The digest's bytes are encoded, not their hexadecimal text.
x5t_s256=$(der | openssl dgst -sha256 -binary | base64url)
jti=$(openssl rand -hex 16 | sed -E 's/(.{8})(.{4})(.{4})(.{4})(.{12})/\1-\2-\3-\4-\5/')
now=$(date +%s)
header=$(printf '{"alg":"PS256","typ":"JWT","x5t#S256":"%s"}' "$x5t_s256" | base64url)
claims=$(printf '{"aud":"%s","iss":"%s","sub":"%s","jti":"%s","iat":%d,"nbf":%d,"exp":%d}' \
  "$endpoint" "$CLIENT_ID" "$CLIENT_ID" "$jti" "$now" "$now" "$((now + 300))" | base64url)
signature=$(printf '%s.%s' "$header" "$claims" |
  openssl dgst -sha256 -sign "$KEY" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -binary | base64url)
assertion=$header.$claims.$signature

if [ "${1:-}" = --print ]; then
  printf '%s\n' "$assertion"
  exit
fi

curl --silent --show-error "$endpoint" \
  --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "scope=$SCOPE" \
  --data-urlencode grant_type=client_credentials \
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  --data-urlencode "client_assertion=$assertion"
