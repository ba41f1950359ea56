//! @azure/identity: a device code, with nothing configured but the tenant's id.

use std::path::Path;

use crate::support::{OWEN, World, root};

#[tokio::test]
async fn device_code_credential_works_under_microsofts_names() {
    let world = World::as_microsoft().await;
    let script = root().join("server/local_tenant/tests/clients/azure_identity_node_client.cjs").display().to_string();
    let tenant = world.tenant.tenant_id().to_string();
    let client = world.command(Path::new("node"), &[&script, &tenant]);
    let (flow, said) = world.signs_in_by_code(client, "verificationUri", "userCode").await;
    assert_eq!(flow["verificationUri"], "https://login.microsoftonline.com/devicelogin");
    assert_eq!(said["claims"]["upn"], OWEN, "{said}");
    assert_eq!(said["claims"]["aud"], "https://graph.microsoft.com", "{said}");
}
