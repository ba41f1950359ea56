//! @azure/msal-node.

use std::path::Path;

use crate::support::World;

#[tokio::test]
async fn it_is_refused_before_registration_and_served_after() {
    let world = World::start().await;
    let (app, identity) = (world.app("payroll-batch"), world.identity("node"));
    let authority = format!("{}/{}", world.tenant.base_url(), world.tenant.tenant_id());
    let client = app.app_id.to_string();
    let (key, certificate) = (identity.key.display().to_string(), identity.certificate.display().to_string());
    let arguments = [authority.as_str(), &client, &key, &certificate];

    let said = world.script(Path::new("node"), "msal_node_client.cjs", &arguments).await;
    assert!(said["error"].as_str().is_some_and(|error| error.contains("AADSTS700027")), "{said}");

    world.register(&app, &identity).await;
    let said = world.script(Path::new("node"), "msal_node_client.cjs", &arguments).await;
    assert_eq!(said["claims"]["appid"], client, "{said}");
}
