//! MSAL's device code flow.

use crate::support::{OWEN, World, python, root};

#[tokio::test]
async fn msal_gets_tokens_once_the_code_is_entered() {
    let world = World::start().await;
    let script = root().join("server/local_tenant/tests/clients/device_code_client.py").display().to_string();
    let authority = format!("{}/{}", world.tenant.base_url(), world.tenant.tenant_id());
    let client = world.command(&python(), &[&script, &authority]);
    let (_, said) = world.signs_in_by_code(client, "verification_uri", "user_code").await;
    assert_eq!(said["answer"]["id_token_claims"]["preferred_username"], OWEN, "{said}");
    assert!(said["answer"]["refresh_token"].is_string(), "{said}");
    assert_eq!(said["silent"]["token_type"], "Bearer", "{said}");
}
