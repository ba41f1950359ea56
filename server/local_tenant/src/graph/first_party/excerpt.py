"""Makes permissions.tsv, the ids of Microsoft Graph's permissions.

Argument: permissions/permissions-descriptions.json of microsoftgraph/microsoft-graph-devx-content, and the commit that it
is of. Prints one permission a line: Role or Scope, id, who may consent, value, display name. Descriptions are left out.
"""

import json
import sys

source, commit = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    lists = json.load(file)
print(f"# Excerpt of permissions/permissions-descriptions.json, https://github.com/microsoftgraph/microsoft-graph-devx-content "
      f"at {commit}, MIT licence, (c) Microsoft. Made by excerpt.py; not to be edited.")
for kind, name in [("Role", "applicationScopesList"), ("Scope", "delegatedScopesList")]:
    for one in sorted(lists[name], key=lambda one: one["value"]):
        if one["isEnabled"]:
            by = "Admin" if one["isAdmin"] else "User"
            print("\t".join([kind, one["id"], by, one["value"], " ".join((one.get("adminConsentDisplayName") or "").split())]))
