//! azure-identity: `CertificateCredential`, which most of Microsoft's libraries for Python authenticate with.

use crate::support::World;

#[tokio::test]
async fn certificate_credential_is_refused_before_registration_and_served_after() {
    let world = World::start().await;
    let (app, identity) = (world.app("payroll-batch"), world.identity("identity"));
    let (tenant, client) = (world.tenant.tenant_id().to_string(), app.app_id.to_string());
    let file = identity.both.display().to_string();
    let arguments = [world.tenant.base_url(), &tenant, &client, &file];

    let said = world.python("azure_identity_client.py", &arguments).await;
    let error = said["error"].as_str().unwrap_or_else(|| panic!("{said}"));
    assert!(error.contains("AADSTS700027") && error.contains("The key was not found."), "{said}");

    world.register(&app, &identity).await;
    let said = world.python("azure_identity_client.py", &arguments).await;
    assert_eq!(said["claims"]["appid"], client, "{said}");
    assert_eq!(said["claims"]["aud"], "https://graph.microsoft.com", "{said}");
}
