//! A tenant that keeps its state in a file: stopped and started again, it answers as before.

use std::net::SocketAddr;
use std::path::Path;

use local_tenant::{RunningTenant, Seed, TenantError, TenantOptions, VaultRole};
use serde_json::json;
use time::OffsetDateTime;

use crate::device_code::signed_in_by_device;
use crate::support::{
    CLIENT, Graph, Identity, MARA, OWEN, Reply, application, claims, client_credentials, create, id, post_form, text,
    token_url,
};

const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

async fn open(state: &Path, address: SocketAddr, seed: Seed) -> Result<RunningTenant, TenantError> {
    let _ = &*CLIENT;
    local_tenant::start(TenantOptions { state: Some(state.into()), address, seed, ..TenantOptions::default() }).await
}

fn any_port() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn address(tenant: &RunningTenant) -> SocketAddr {
    tenant.base_url().trim_start_matches("http://").parse().unwrap()
}

/// What Graph, sign-in and a vault say, to the letter.
async fn everything(tenant: &RunningTenant, graph: &Graph, vault_token: &str) -> Vec<(String, u16, String)> {
    let beta_sign_ins = "/auditLogs/signIns?$filter=signInEventTypes/any(t:t eq 'servicePrincipal')";
    let mut paths: Vec<String> = [
        "/applications?$top=999",
        "/servicePrincipals?$top=999",
        "/users",
        "/organization",
        "/applications/delta",
        "/directory/deletedItems/microsoft.graph.application",
        "/directory/deletedItems/microsoft.graph.servicePrincipal",
        "/policies/defaultAppManagementPolicy",
        "/policies/appManagementPolicies",
        "/auditLogs/directoryAudits",
        "/directoryRoles",
    ]
    .map(|path| format!("{}/v1.0{path}", tenant.base_url()))
    .to_vec();
    paths.push(format!("{}/beta{beta_sign_ins}", tenant.base_url()));
    for app in tenant.applications() {
        paths.push(format!("{}/beta/applications/{}?$select=*,keyCredentials", tenant.base_url(), app.id));
        paths.push(format!("{}/v1.0/applications/{}/owners", tenant.base_url(), app.id));
    }
    let mut all = vec![];
    for path in paths {
        let reply = graph.get(&path).await;
        all.push((path, reply.status, reply.text));
    }
    let root = format!("{}/_vault/contoso-apps", tenant.base_url());
    for path in
        ["certificates", "certificates/kept", "keys/kept", "secrets/kept", "certificates/payroll-batch/versions"]
    {
        let path = format!("{root}/{path}?api-version=7.4");
        let reply = Reply::of(CLIENT.get(&path).bearer_auth(vault_token)).await;
        all.push((path, reply.status, reply.text));
    }
    let keys = format!("{}/{}/discovery/v2.0/keys", tenant.base_url(), tenant.tenant_id());
    let reply = Reply::of(CLIENT.get(&keys)).await;
    all.push((keys, reply.status, reply.text));
    all
}

#[tokio::test]
async fn a_restart_changes_no_letter() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    let tenant = open(&file, any_port(), Seed::Demo).await.unwrap();
    let address = address(&tenant);
    tenant.give_directory_role(MARA, "Security Administrator");
    let mara = tenant.people().into_iter().find(|person| person.user_principal_name == MARA).unwrap();
    assert!(tenant.assign_vault_role("contoso-apps", mara.id, VaultRole::Administrator));
    let scopes = [
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "AuditLog.Read.All",
        "Policy.ReadWrite.ApplicationConfiguration",
        "RoleManagement.Read.Directory",
    ];
    let token = tenant.graph_token_with_scopes(MARA, &scopes).unwrap();
    let vault_token = tenant.vault_token(MARA).unwrap();
    let graph = Graph::with_token(&tenant, token.clone());

    // One write of each kind, by HTTP.
    let made = create(&graph, json!({"displayName": "made", "notes": "n", "tags": ["t"]})).await;
    let identity = Identity::new("made");
    let keys = json!({"keyCredentials": [identity.credential()]});
    assert_eq!(graph.patch(&format!("/applications/{}", id(&made)), keys).await.status, 204);
    let reply = graph.post("/servicePrincipals", json!({"appId": text(&made, "appId")})).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let reply = graph.post(&format!("/applications/{}/addPassword", id(&made)), json!({})).await;
    let secret = text(&reply.json(), "secretText");
    let gone = application(&tenant, "payroll-batch");
    assert_eq!(graph.request(reqwest::Method::DELETE, &format!("/applications/{}", gone.id)).await.status, 204);
    let lifetime = json!({"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P400D"});
    let policy = json!({"displayName": "p", "isEnabled": true, "restrictions": {"keyCredentials": [lifetime]}});
    assert_eq!(graph.post("/policies/appManagementPolicies", policy.clone()).await.status, 201);
    let own = json!({"isEnabled": true, "applicationRestrictions": policy["restrictions"]});
    assert_eq!(graph.patch("/policies/defaultAppManagementPolicy", own).await.status, 204);
    let vault = format!("{}/_vault/contoso-apps/certificates/kept/create?api-version=7.4", tenant.base_url());
    // In PEM: a PKCS#12 has another salt each time it is read.
    let secret_props = json!({"contentType": "application/x-pem-file"});
    let x509_props = json!({"subject": "CN=kept"});
    let body = json!({"policy": {"x509_props": x509_props, "secret_props": secret_props, "issuer": {"name": "Self"}}});
    assert_eq!(Reply::of(CLIENT.post(&vault).bearer_auth(&vault_token).json(&body)).await.status, 202);
    let assertion = identity.assertion(&claims(&tenant, text(&made, "appId"), OffsetDateTime::now_utc()));
    assert_eq!(client_credentials(&tenant, text(&made, "appId"), &assertion).await.status, 200);
    let answer = signed_in_by_device(&tenant, AZURE_CLI, OWEN).await;

    let before = everything(&tenant, &graph, &vault_token).await;
    assert!(before.iter().all(|(path, status, _)| *status == 200 || path.contains(&gone.id.to_string())), "{before:?}");
    tenant.shutdown().await;
    #[cfg(unix)]
    {
        let permissions = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
        assert_eq!(permissions & 0o777, 0o600, "it holds private keys");
    }

    // The seed of the second start counts for nothing.
    let again = open(&file, address, Seed::Empty).await.unwrap();
    let after = everything(&again, &graph, &vault_token).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
    // What was handed out is good for more of its kind.
    let refresh = text(&answer, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("client_id", AZURE_CLI), ("refresh_token", &refresh)];
    assert_eq!(post_form(&token_url(&again), &fields).await.status, 200);
    let app_id = text(&made, "appId");
    let scope = "https://graph.microsoft.com/.default";
    let fields =
        [("grant_type", "client_credentials"), ("client_id", &app_id), ("client_secret", &secret), ("scope", scope)];
    assert_eq!(post_form(&token_url(&again), &fields).await.status, 200);
    again.shutdown().await;
}

#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    let tenant = open(&file, any_port(), Seed::Empty).await.unwrap();
    let graph = Graph::of(&tenant, OWEN);
    let made = create(&graph, json!({"displayName": "made"})).await;
    // The files as they are while it runs: what another process finds after this one was killed.
    for end in ["", "-wal"] {
        let name = |stem: &str| folder.path().join(format!("{stem}.db{end}"));
        std::fs::copy(name("tenant"), name("copy")).unwrap();
    }
    let copy = open(&folder.path().join("copy.db"), any_port(), Seed::Demo).await.unwrap();
    assert_eq!(copy.applications().iter().map(|app| app.id.to_string()).collect::<Vec<_>>(), [id(&made)]);
    copy.shutdown().await;
    tenant.shutdown().await;
}

#[tokio::test]
async fn very_many_are_kept_and_shown_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    let tenant = open(&file, any_port(), Seed::Applications(1_201)).await.unwrap();
    let before = tenant.applications();
    let graph = Graph::of(&tenant, MARA);
    let keys = graph.keys(&before[1_200]).await;
    let removed = format!("/applications/{}", before[700].id);
    assert_eq!(graph.request(reqwest::Method::DELETE, &removed).await.status, 204);
    tenant.shutdown().await;
    let again = open(&file, any_port(), Seed::Empty).await.unwrap();
    let after = again.applications();
    assert_eq!(after.len(), 1_200);
    assert_eq!(after[..700], before[..700]);
    assert_eq!(after[700..], before[701..]);
    assert_eq!(Graph::of(&again, MARA).keys(&before[1_200]).await, keys);
    again.shutdown().await;
}

#[tokio::test]
async fn a_reset_is_kept_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    let tenant = open(&file, any_port(), Seed::Empty).await.unwrap();
    create(&Graph::of(&tenant, OWEN), json!({"displayName": "made"})).await;
    tenant.reset().unwrap();
    tenant.shutdown().await;
    let again = open(&file, any_port(), Seed::Demo).await.unwrap();
    assert_eq!(again.applications(), []);
    assert_eq!(again.people().len(), 8);
    again.shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_another_s_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    let tenant = open(&file, any_port(), Seed::Empty).await.unwrap();
    let second = open(&file, any_port(), Seed::Empty).await.err().unwrap().to_string();
    assert!(second.contains("tenant.db cannot be used") && second.contains("locked"), "{second}");
    tenant.shutdown().await;
    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "not a database, and longer than the header of one, which has a hundred bytes in it, and so on",
    )
    .unwrap();
    let other = open(&text, any_port(), Seed::Empty).await.err().unwrap().to_string();
    assert!(other.contains("notes.txt cannot be used"), "{other}");
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"), "it is untouched");
}
