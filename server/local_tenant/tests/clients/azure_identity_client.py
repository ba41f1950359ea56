"""A Graph token by azure-identity's CertificateCredential. Arguments: authority, tenant id, client id, PEM file."""

import base64
import json
import sys

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential

authority, tenant_id, client_id, certificate = sys.argv[1:]
credential = CertificateCredential(
    tenant_id, client_id, certificate, authority=authority, disable_instance_discovery=True
)
try:
    token = credential.get_token("https://graph.microsoft.com/.default").token
except ClientAuthenticationError as error:
    print(json.dumps({"error": error.message}))
else:
    payload = token.split(".")[1]
    print(json.dumps({"claims": json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))}))
