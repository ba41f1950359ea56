"""Adds a certificate to applications as a plain script with msgraph-sdk does: read, append, patch, one after the other.

Arguments: authority, tenant id, client id, Graph's URL, certificate file. Prints a line of JSON with the device's code,
"ready" once signed in, and how many applications it has changed; these it reads from one line, a list of object ids.
"""

import asyncio
import json
import sys

from azure.identity import DeviceCodeCredential
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.applications.item.application_item_request_builder import ApplicationItemRequestBuilder
from msgraph.generated.models.application import Application
from msgraph.generated.models.key_credential import KeyCredential

SCOPE = "https://graph.microsoft.com/.default"


def say(what):
    print(json.dumps(what), flush=True)


authority, tenant_id, client_id, graph, file = sys.argv[1:]
credential = DeviceCodeCredential(
    client_id,
    tenant_id=tenant_id,
    authority=authority,
    disable_instance_discovery=True,
    prompt_callback=lambda page, code, _: say({"page": page, "code": code}),
)
# As the provider below asks, so that it finds the token.
credential.get_token(SCOPE, enable_cae=True)
provider = AzureIdentityAuthenticationProvider(credential, scopes=[SCOPE], allowed_hosts=["localhost"])
adapter = GraphRequestAdapter(provider)
adapter.base_url = graph
client = GraphServiceClient(request_adapter=adapter)
with open(file, "rb") as source:
    der = x509.load_pem_x509_certificate(source.read()).public_bytes(Encoding.DER)
Parameters = ApplicationItemRequestBuilder.ApplicationItemRequestBuilderGetQueryParameters
only_keys = RequestConfiguration(query_parameters=Parameters(select=["keyCredentials"]))


async def append(object_id):
    application = client.applications.by_application_id(object_id)
    found = await application.get(only_keys)
    new = KeyCredential(type="AsymmetricX509Cert", usage="Verify", key=der)
    await application.patch(Application(key_credentials=[*found.key_credentials, new]))


async def main():
    say("ready")
    ids = json.loads(sys.stdin.readline())
    for object_id in ids:
        await append(object_id)
    say(len(ids))


asyncio.run(main())
