"""Makes v1.0.csdl, the part of Microsoft Graph's metadata that the local tenant is checked by and checks by.

Arguments: schemas/v1.0-Prod.csdl of microsoftgraph/msgraph-metadata, and the commit that it is of. Prints the excerpt:
the entity types in WHOLE with every complex type and enumeration that they lead to, what can be called on them, and
what the service has at its root. Nothing is changed but that annotations are left out.
"""

import re
import sys
import xml.etree.ElementTree as ET

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
WHOLE = ["entity", "directoryObject", "application", "servicePrincipal", "agentIdentityBlueprint",
         "agentIdentityBlueprintPrincipal", "agentIdentity", "federatedIdentityCredential", "appRoleAssignment",
         "oAuth2PermissionGrant"]
# Their names of properties say whether Graph knows a path; their types lead nowhere.
NAMES = ["user", "group", "organization", "directoryRole", "directory"]

source, commit = sys.argv[1:]
schema = ET.parse(source).getroot().find(f".//{EDM}Schema[@Namespace='microsoft.graph']")
by_name = {one.get("Name"): one for one in schema if one.tag in {EDM + "EntityType", EDM + "ComplexType", EDM + "EnumType"}}


def types_of(element):
    for member in element.iter(EDM + "Property"):
        found = re.search(r"graph\.(\w+)", member.get("Type"))
        if found:
            yield found.group(1)


wanted, todo = [], list(WHOLE)
while todo:
    name = todo.pop(0)
    if name not in wanted and name in by_name:
        wanted.append(name)
        todo += types_of(by_name[name])
bound_to = {f"graph.{name}" for name in WHOLE + NAMES}
bound_to |= {f"Collection({name})" for name in bound_to}


def plain(element, depth=0):
    for one in list(element):
        if one.tag == EDM + "Annotation":
            element.remove(one)
        else:
            plain(one, depth + 1)
    return element


ET.register_namespace("", EDM.strip("{}"))
out = ET.Element(EDM + "Schema", {"Namespace": "microsoft.graph", "Alias": "graph"})
for name in sorted(wanted) + sorted(set(NAMES) - set(wanted)):
    out.append(plain(by_name[name]))
for one in schema:
    if one.tag in {EDM + "Action", EDM + "Function"}:
        first = one.find(EDM + "Parameter")
        if one.get("IsBound") == "true" and first is not None and first.get("Type") in bound_to:
            out.append(plain(one))
container = ET.SubElement(out, EDM + "EntityContainer", {"Name": "GraphService"})
for one in schema.find(EDM + "EntityContainer"):
    ET.SubElement(container, one.tag, dict(one.attrib))
ET.indent(out)
print(f"<!-- Excerpt of schemas/v1.0-Prod.csdl, https://github.com/microsoftgraph/msgraph-metadata at {commit}, "
      "MIT licence, (c) Microsoft. Made by excerpt.py; not to be edited. -->")
print(ET.tostring(out, encoding="unicode"))
