//! msgraph-sdk: Microsoft's generated client for Graph.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn applications_are_read_listed_page_by_page_and_changed() {
    let world = World::start().await;
    let (writer, identity) = (world.app("terraform-runner"), world.identity("sdk"));
    world.register(&writer, &identity).await;
    let (target, added) = (world.app("payroll-batch"), world.identity("sdk-added"));
    let before = world.keys(&target).await;
    let (tenant, client) = (world.tenant.tenant_id().to_string(), writer.app_id.to_string());
    let (file, id) = (identity.both.display().to_string(), target.id.to_string());
    let (graph, certificate) = (format!("{}/v1.0", world.tenant.base_url()), added.certificate.display().to_string());
    let said = world
        .python("msgraph_client.py", &[world.tenant.base_url(), &tenant, &client, &file, &graph, &id, &certificate])
        .await;

    assert_eq!(said["name"], "payroll-batch", "{said}");
    let applications = world.tenant.applications().len();
    assert_eq!(said["listed"], applications, "{said}");
    assert_eq!(said["pages"], applications.div_ceil(25), "{said}");
    let after = world.keys(&target).await;
    assert_eq!(after[..before.len()], before[..], "what was there is untouched");
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after.last().unwrap()["displayName"], "CN=sdk-added");
    assert_eq!(said["refused"], json!({"status": 400, "code": "KeyCredentialsInvalidEndDate"}), "{said}");
}
