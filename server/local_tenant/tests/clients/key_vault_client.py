"""What azure-keyvault-certificates and -keys find in a vault.

Arguments: authority, tenant id, client id, PEM file, vault's URL.
"""

import base64
import hashlib
import json
import sys

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import CertificateCredential
from azure.keyvault.certificates import CertificateClient, CertificatePolicy
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import SignatureAlgorithm
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

authority, tenant_id, client_id, file, vault = sys.argv[1:]
credential = CertificateCredential(tenant_id, client_id, file, authority=authority, disable_instance_discovery=True)
# A vault outside Microsoft's domains names a resource that is not the end of its own host's name.
options = {"credential": credential, "verify_challenge_resource": False}
certificates = CertificateClient(vault, **options)
keys = KeyClient(vault, **options)

found = certificates.get_certificate("release-automation")
public = x509.load_der_x509_certificate(bytes(found.cer)).public_key()
message = b"signed by the vault"
crypto = keys.get_cryptography_client("release-automation", key_version=found.properties.version)
verified = {}
for algorithm, pad in (
    (SignatureAlgorithm.rs256, padding.PKCS1v15()),
    (SignatureAlgorithm.ps256, padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
):
    signature = crypto.sign(algorithm, hashlib.sha256(message).digest()).signature
    try:
        public.verify(signature, message, pad, hashes.SHA256())
        verified[algorithm.value] = True
    except InvalidSignature:
        verified[algorithm.value] = False

try:
    certificates.begin_create_certificate("not-mine", CertificatePolicy.get_default()).result()
    create = None
except HttpResponseError as error:
    body = json.loads(error.response.text())["error"]
    create = {"status": error.status_code, "inner": body.get("innererror", {}).get("code")}
try:
    certificates.get_certificate("nobody")
    missing = None
except ResourceNotFoundError as error:
    missing = error.status_code

print(
    json.dumps(
        {
            "names": [item.name for item in certificates.list_properties_of_certificates()],
            "versions": len(list(certificates.list_properties_of_certificate_versions("payroll-batch"))),
            "cer": base64.b64encode(bytes(found.cer)).decode(),
            "verified": verified,
            "create": create,
            "missing": missing,
        }
    )
)
