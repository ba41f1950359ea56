"""Signs a person in with MSAL's device code flow. Argument: the authority.

Prints two lines of JSON: the flow, whose code somebody is to enter, and then the tokens' answer with what a silent
request gets afterwards. REQUESTS_CA_BUNDLE names the CA to trust.
"""

import json
import sys

import msal

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
SCOPES = ["https://graph.microsoft.com/User.Read"]


def main():
    app = msal.PublicClientApplication(AZURE_CLI, authority=sys.argv[1], instance_discovery=False)
    flow = app.initiate_device_flow(scopes=SCOPES)
    print(json.dumps(flow), flush=True)
    answer = app.acquire_token_by_device_flow(flow)
    silent = None
    if "error" not in answer:
        silent = app.acquire_token_silent(SCOPES, account=app.get_accounts()[0], force_refresh=True)
    print(json.dumps({"answer": answer, "silent": silent, "version": msal.__version__}))


main()
