"""Asks for an app-only Graph token with Microsoft's own library, and prints its answer as JSON.

Arguments: authority, client id, private key file, certificate file, and which thumbprint to send: sha1 or
sha256. REQUESTS_CA_BUNDLE names the CA to trust. Exit code 3: the library is not there.
"""

import json
import sys

try:
    import msal
except ImportError as error:
    print(f"MSAL for Python cannot be imported by {sys.executable}: {error}", file=sys.stderr)
    sys.exit(3)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def main():
    authority, client_id, key_file, certificate_file, thumbprint = sys.argv[1:]
    credential = {"private_key": read(key_file)}
    if thumbprint == "sha1":
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        certificate = x509.load_pem_x509_certificate(read(certificate_file).encode())
        credential["thumbprint"] = certificate.fingerprint(hashes.SHA1()).hex()
    else:
        # MSAL finds the SHA-256 thumbprint by itself, and signs with PS256.
        credential["public_certificate"] = read(certificate_file)
    app = msal.ConfidentialClientApplication(
        client_id,
        authority=authority,
        client_credential=credential,
        # The library otherwise asks login.microsoftonline.com whether it knows this host.
        instance_discovery=False,
    )
    answer = app.acquire_token_for_client(scopes=["https://graph.microsoft.com/.default"])
    print(json.dumps({"version": msal.__version__, "answer": answer}))


main()
