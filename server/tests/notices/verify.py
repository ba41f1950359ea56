"""What a receiver makes of a webhook, with libraries that are not ours: Standard Webhooks' own, OpenSSL's Ed25519, and
CloudEvents' SDK. Reads {"secret", "public_key", "headers", "body"} from the standard input, and answers in JSON.
"""

import base64
import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError


def v1(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


def v1a(public_key, headers, body):
    """As the specification's text has it: the library knows v1 alone."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for signature in headers["webhook-signature"].split(" "):
        version, value = signature.split(",")
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(value), signed)
            return True
        except InvalidSignature:
            pass
    return False


asked = json.load(sys.stdin)
headers, body = asked["headers"], asked["body"].encode()
tampered = body.replace(b"test", b"tesT")
assert tampered != body
event = from_http_event(HTTPMessage(headers, body))
print(json.dumps({
    "v1": [v1(secret, headers, body) for secret in asked["secrets"]],
    "v1_tampered": [v1(secret, headers, tampered) for secret in asked["secrets"]],
    "v1a": v1a(asked["public_key"], headers, body),
    "v1a_tampered": v1a(asked["public_key"], headers, tampered),
    "event": [event.get_id(), event.get_type(), event.get_source(), event.get_specversion()],
}))
