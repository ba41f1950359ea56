"""Asks for an app-only Graph token with Microsoft's own library, and prints its answer as JSON.

Arguments: authority, client id, private key file, certificate file. REQUESTS_CA_BUNDLE names the CA to trust.
"""

import json
import sys

import msal


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


authority, client_id, key_file, certificate_file = sys.argv[1:]
app = msal.ConfidentialClientApplication(
    client_id,
    authority=authority,
    client_credential={"private_key": read(key_file), "public_certificate": read(certificate_file)},
    # The library otherwise asks login.microsoftonline.com whether it knows this host.
    instance_discovery=False,
)
print(json.dumps(app.acquire_token_for_client(scopes=["https://graph.microsoft.com/.default"])))
