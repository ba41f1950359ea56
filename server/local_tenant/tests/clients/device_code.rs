//! MSAL's device code flow.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::{OWEN, World, python, root};

#[tokio::test]
async fn msal_gets_tokens_once_the_code_is_entered() {
    let world = World::start().await;
    let script = root().join("server/local_tenant/tests/clients/device_code_client.py").display().to_string();
    let authority = format!("{}/{}", world.tenant.base_url(), world.tenant.tenant_id());
    let mut client = world.command(&python(), &[&script, &authority]).stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = BufReader::new(client.stdout.take().unwrap()).lines();
    let in_time = tokio::time::timeout(std::time::Duration::from_mins(2), async {
        let mut json =
            async || -> Value { serde_json::from_str(&printed.next_line().await.unwrap().unwrap()).unwrap() };
        let flow = json().await;
        let part = |name: &str| flow[name].as_str().unwrap_or_else(|| panic!("no {name}: {flow}")).to_owned();
        world.enter_code(&part("verification_uri"), &part("user_code"), OWEN).await;
        json().await
    });
    let said = in_time.await.unwrap();
    assert_eq!(said["answer"]["id_token_claims"]["preferred_username"], OWEN, "{said}");
    assert!(said["answer"]["refresh_token"].is_string(), "{said}");
    assert_eq!(said["silent"]["token_type"], "Bearer", "{said}");
    assert!(client.wait().await.unwrap().success());
}
