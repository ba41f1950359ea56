//! openid-client: discovery and `private_key_jwt` by the standards alone.

use std::path::Path;

use crate::support::World;

#[tokio::test]
async fn a_client_of_the_standards_alone_authenticates_with_a_certificates_key() {
    let world = World::start().await;
    let (app, identity) = (world.app("payroll-batch"), world.identity("openid"));
    world.register(&app, &identity).await;
    let issuer = format!("{}/{}/v2.0", world.tenant.base_url(), world.tenant.tenant_id());
    // It names the key by `kid`: the entry's keyId.
    let kid = world.keys(&app).await.last().unwrap()["keyId"].as_str().unwrap().to_owned();
    let (client, key) = (app.app_id.to_string(), identity.key.display().to_string());
    let said = world.script(Path::new("node"), "openid_client_client.mjs", &[&issuer, &client, &key, &kid]).await;
    assert_eq!(said["claims"]["appid"], client, "{said}");
    let nobody = uuid::Uuid::nil().to_string();
    let said = world.script(Path::new("node"), "openid_client_client.mjs", &[&issuer, &client, &key, &nobody]).await;
    assert!(said["error"].as_str().unwrap().contains("AADSTS700027"), "{said}");
}
