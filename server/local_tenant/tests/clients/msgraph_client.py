"""What msgraph-sdk finds: an application, all of them page by page, a change, a refusal.

Arguments: authority, tenant id, client id, PEM file, Graph's URL, object id of an application, certificate file.
"""

import asyncio
import datetime
import json
import sys

from azure.identity import CertificateCredential
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.applications.item.application_item_request_builder import ApplicationItemRequestBuilder
from msgraph.generated.models.application import Application
from msgraph.generated.models.key_credential import KeyCredential

authority, tenant_id, client_id, file, graph, object_id, added = sys.argv[1:]
credential = CertificateCredential(tenant_id, client_id, file, authority=authority, disable_instance_discovery=True)
provider = AzureIdentityAuthenticationProvider(
    credential, scopes=["https://graph.microsoft.com/.default"], allowed_hosts=["localhost"]
)
adapter = GraphRequestAdapter(provider)
adapter.base_url = graph
client = GraphServiceClient(request_adapter=adapter)


async def main():
    one = client.applications.by_application_id(object_id)
    found = await one.get(
        RequestConfiguration(
            query_parameters=ApplicationItemRequestBuilder.ApplicationItemRequestBuilderGetQueryParameters(
                select=["id", "displayName", "keyCredentials"]
            )
        )
    )
    listed, pages = 0, 1
    page = await client.applications.get(
        RequestConfiguration(
            query_parameters=ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters(top=25)
        )
    )
    listed += len(page.value)
    while page.odata_next_link:
        page = await client.applications.with_url(page.odata_next_link).get()
        listed, pages = listed + len(page.value), pages + 1

    with open(added, "rb") as source:
        der = x509.load_pem_x509_certificate(source.read()).public_bytes(Encoding.DER)
    new = KeyCredential(type="AsymmetricX509Cert", usage="Verify", key=der)
    await one.patch(Application(key_credentials=[*found.key_credentials, new]))

    late = KeyCredential(
        type="AsymmetricX509Cert",
        usage="Verify",
        key=der,
        end_date_time=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=4000),
    )
    try:
        await one.patch(Application(key_credentials=[*found.key_credentials, late]))
        refused = None
    except APIError as error:
        refused = {"status": error.response_status_code, "code": error.error.code}
    print(json.dumps({"name": found.display_name, "listed": listed, "pages": pages, "refused": refused}))


asyncio.run(main())
