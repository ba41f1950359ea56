//! ADAL, which programs of old still use: device codes and refresh tokens at the v1 endpoints.

use crate::support::{OWEN, World, python, root};

#[tokio::test]
async fn adal_signs_in_with_a_device_code() {
    let world = World::start().await;
    let script = root().join("server/local_tenant/tests/clients/adal_client.py").display().to_string();
    let authority = format!("{}/{}", world.tenant.base_url(), world.tenant.tenant_id());
    let cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let client = world.command(&python(), &[&script, &authority, cli]);
    let (_, said) = world.signs_in_by_code(client, "page", "code").await;
    assert_eq!((&said["user"], &said["resource"]), (&OWEN.into(), &"https://graph.microsoft.com".into()), "{said}");
    assert_eq!(said["again"], "https://vault.azure.net", "{said}");
}
