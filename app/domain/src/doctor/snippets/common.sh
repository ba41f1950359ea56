CERTIFICATE=${CERTIFICATE:-certificate.pem}
KEY=${KEY:-private.key}
CLIENT_ID={app_id}
TENANT={tenant}
AUTHORITY={authority}
SCOPE={scope}
endpoint=$AUTHORITY/$TENANT/oauth2/v2.0/token

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
der() { openssl x509 -in "$CERTIFICATE" -outform der; }

# The claims of an assertion that holds for five minutes.
claims() {
  local jti now
  jti=$(openssl rand -hex 16 | sed -E 's/(.{8})(.{4})(.{4})(.{4})(.{12})/\1-\2-\3-\4-\5/')
  now=$(date +%s)
  printf '{"aud":"%s","iss":"%s","sub":"%s","jti":"%s","iat":%d,"nbf":%d,"exp":%d}' \
    "$endpoint" "$CLIENT_ID" "$CLIENT_ID" "$jti" "$now" "$now" "$((now + 300))" | base64url
}

# Sends an assertion, and prints what Entra answers.
sign_in() {
  curl --silent --show-error "$endpoint" \
    --data-urlencode "client_id=$CLIENT_ID" \
    --data-urlencode "scope=$SCOPE" \
    --data-urlencode grant_type=client_credentials \
    --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
    --data-urlencode "client_assertion=$1"
}
