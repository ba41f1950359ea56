"""A Graph token by ADAL's device code flow, at the v1 endpoints. Arguments: authority, client id."""

import json
import sys

import adal

authority, client_id = sys.argv[1:]
resource = "https://graph.microsoft.com"
context = adal.AuthenticationContext(authority, validate_authority=False, api_version=None)
code = context.acquire_user_code(resource, client_id)
print(json.dumps({"page": code["verification_url"], "code": code["user_code"]}), flush=True)
answer = context.acquire_token_with_device_code(resource, code, client_id)
again = context.acquire_token_with_refresh_token(answer["refreshToken"], client_id, "https://vault.azure.net")
print(json.dumps({"user": answer.get("userId"), "resource": answer["resource"], "again": again["resource"]}))
