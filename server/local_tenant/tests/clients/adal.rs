//! ADAL, which programs of old still use: device codes and refresh tokens at the v1 endpoints.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::{OWEN, World, python, root};

#[tokio::test]
async fn adal_signs_in_with_a_device_code() {
    let world = World::start().await;
    let script = root().join("server/local_tenant/tests/clients/adal_client.py").display().to_string();
    let authority = format!("{}/{}", world.tenant.base_url(), world.tenant.tenant_id());
    let cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let mut client = world.command(&python(), &[&script, &authority, cli]).stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = BufReader::new(client.stdout.take().unwrap()).lines();
    let in_time = tokio::time::timeout(std::time::Duration::from_mins(2), async {
        let mut json =
            async || -> Value { serde_json::from_str(&printed.next_line().await.unwrap().unwrap()).unwrap() };
        let flow = json().await;
        let part = |name: &str| flow[name].as_str().unwrap_or_else(|| panic!("no {name}: {flow}")).to_owned();
        world.enter_code(&part("page"), &part("code"), OWEN).await;
        json().await
    });
    let said = in_time.await.unwrap();
    assert_eq!((&said["user"], &said["resource"]), (&OWEN.into(), &"https://graph.microsoft.com".into()), "{said}");
    assert_eq!(said["again"], "https://vault.azure.net", "{said}");
    assert!(client.wait().await.unwrap().success());
}
