//! @azure/identity: a device code, with nothing configured but the tenant's id.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::{OWEN, World, root};

#[tokio::test]
async fn device_code_credential_works_under_microsofts_names() {
    let world = World::as_microsoft().await;
    let script = root().join("server/local_tenant/tests/clients/azure_identity_node_client.cjs").display().to_string();
    let tenant = world.tenant.tenant_id().to_string();
    let mut client = world.command(Path::new("node"), &[&script, &tenant]).stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = BufReader::new(client.stdout.take().unwrap()).lines();
    let in_time = tokio::time::timeout(std::time::Duration::from_mins(2), async {
        let mut json =
            async || -> Value { serde_json::from_str(&printed.next_line().await.unwrap().unwrap()).unwrap() };
        let flow = json().await;
        let part = |name: &str| flow[name].as_str().unwrap_or_else(|| panic!("no {name}: {flow}")).to_owned();
        assert_eq!(part("verificationUri"), "https://login.microsoftonline.com/devicelogin");
        world.enter_code(&part("verificationUri"), &part("userCode"), OWEN).await;
        json().await
    });
    let said = in_time.await.unwrap();
    assert_eq!(said["claims"]["upn"], OWEN, "{said}");
    assert_eq!(said["claims"]["aud"], "https://graph.microsoft.com", "{said}");
    assert!(client.wait().await.unwrap().success());
}
