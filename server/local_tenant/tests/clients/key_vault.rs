//! azure-keyvault-certificates and azure-keyvault-keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn certificates_are_listed_read_and_made_and_keys_sign() {
    let world = World::start().await;
    // Its service principal may read certificates and sign; it may not make any.
    let (app, identity) = (world.app("release-automation"), world.identity("vault"));
    world.register(&app, &identity).await;
    let (tenant, client) = (world.tenant.tenant_id().to_string(), app.app_id.to_string());
    let (file, vault) = (identity.both.display().to_string(), world.vault("contoso-apps"));
    let said = world.python("key_vault_client.py", &[world.tenant.base_url(), &tenant, &client, &file, &vault]).await;

    let names = said["names"].as_array().unwrap();
    assert!(names.contains(&json!("payroll-batch")) && names.contains(&json!("vault-rotator")), "{said}");
    assert_eq!(said["versions"], 2, "{said}");
    // The vault's certificate is the one which the application has.
    let stored = world.keys(&app).await[0]["key"].as_str().unwrap().to_owned();
    assert_eq!(said["cer"], stored, "{said}");
    assert_eq!(STANDARD.decode(&stored).unwrap()[0], 0x30);
    assert_eq!(said["verified"], json!({"RS256": true, "PS256": true}), "{said}");
    assert_eq!(said["create"], json!({"status": 403, "inner": "ForbiddenByRbac"}), "{said}");
    assert_eq!(said["missing"], 404, "{said}");
}
