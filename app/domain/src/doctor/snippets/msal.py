# pip install msal cryptography
import pathlib

import msal
from cryptography import x509
from cryptography.hazmat.primitives import hashes

certificate = pathlib.Path("certificate.pem").read_text()
thumbprint = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA1()).hex().upper()
if thumbprint != "{sha1}":
    raise SystemExit(f"This is {thumbprint}, not the registered certificate.")

app = msal.ConfidentialClientApplication(
    "{app_id}",
    authority="{authority}/{tenant}",{elsewhere}
    client_credential={
        "private_key": pathlib.Path("private.key").read_text(),
        # Hexadecimal, without colons: MSAL encodes it for the header.
        "thumbprint": thumbprint,
    },
)
result = app.acquire_token_for_client(scopes=["{scope}"])
if "access_token" not in result:
    raise SystemExit(result["error_description"])
print("Signed in")
