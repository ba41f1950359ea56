//! azure-cli, on a cloud registered with the tenant's addresses.

use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::{Identity, OWEN, World, json_of, root};

pub fn az() -> PathBuf {
    std::env::var_os("THUMBPRINT_AZ").map_or_else(|| root().join(".tools/azure-cli/bin/az"), PathBuf::from)
}

async fn run(world: &World, line: &str) -> Value {
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = world.run(&az(), &arguments).await;
    if output.status.success() && output.stdout.is_empty() {
        return Value::Null;
    }
    json_of(&format!("az {line}"), &output)
}

/// A cloud of one's own.
async fn set_up(world: &World) {
    run(world, "config set core.instance_discovery=false core.collect_telemetry=false").await;
    run(world, &format!("cloud register -n local --endpoint-resource-manager {}", world.tenant.base_url())).await;
    run(world, "cloud set -n local").await;
}

/// An application signed in with a certificate.
async fn signed_in(world: &World, app: &str) {
    set_up(world).await;
    let (app, identity) = (world.app(app), world.identity("cli"));
    world.register(&app, &identity).await;
    let login = format!(
        "login --service-principal -u {} --certificate {} --tenant {} --allow-no-subscriptions",
        app.app_id,
        identity.both.display(),
        world.tenant.tenant_id()
    );
    let accounts = run(world, &login).await;
    assert_eq!(accounts[0]["tenantId"], world.tenant.tenant_id().to_string(), "{accounts}");
}

/// `az login --use-device-code`: the code is on its standard error.
#[tokio::test]
async fn a_person_signs_in_with_a_device_code() {
    let world = World::start().await;
    set_up(&world).await;
    let tenant = world.tenant.tenant_id().to_string();
    let arguments = ["login", "--use-device-code", "--tenant", &tenant, "--allow-no-subscriptions"];
    let mut login = world.command(&az(), &arguments);
    let mut login = login.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(login.stderr.take().unwrap()).lines();
    let in_time = tokio::time::timeout(std::time::Duration::from_mins(2), async {
        let mut before = String::new();
        let message = loop {
            let line = said.next_line().await.unwrap().unwrap_or_else(|| panic!("no code: {before}"));
            if line.contains("enter the code") {
                break line;
            }
            before += &line;
        };
        let behind = |words: &str| message.split(words).nth(1).unwrap().split(' ').next().unwrap().to_owned();
        world.enter_code(&behind("open the page "), &behind("enter the code "), OWEN).await;
        let rest = async {
            let mut rest = String::new();
            while let Some(line) = said.next_line().await.unwrap() {
                rest += &line;
            }
            rest
        };
        tokio::join!(login.wait_with_output(), rest)
    });
    let (output, rest) = in_time.await.unwrap();
    let output = output.unwrap();
    assert!(output.status.success(), "{rest}");
    let accounts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(accounts[0]["user"], json!({"name": OWEN, "type": "user"}), "{accounts}");
    assert_eq!(run(&world, "ad signed-in-user show").await["userPrincipalName"], OWEN);
}

/// What two writers of one certificate must agree on: all but the entry's own id and its dates.
fn without_id_and_dates(mut key: Value) -> Value {
    for name in ["keyId", "startDateTime", "endDateTime"] {
        assert!(key.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    key
}

fn date(key: &Value, name: &str) -> OffsetDateTime {
    OffsetDateTime::parse(key[name].as_str().unwrap(), &Rfc3339).unwrap()
}

#[tokio::test]
async fn it_manages_applications_and_their_certificates() {
    let world = World::start().await;
    signed_in(&world, "terraform-runner").await;

    let listed = run(&world, "ad app list --all").await;
    assert_eq!(listed.as_array().unwrap().len(), world.tenant.applications().len());
    let payroll = world.app("payroll-batch");
    let shown = run(&world, &format!("ad app show --id {}", payroll.app_id)).await;
    assert_eq!((&shown["id"], &shown["displayName"]), (&json!(payroll.id), &json!("payroll-batch")));
    let created = run(&world, "ad app create --display-name made-by-az").await;
    assert_eq!(created["displayName"], "made-by-az");

    let before = world.keys(&payroll).await;
    let listed = run(&world, &format!("ad app credential list --cert --id {}", payroll.app_id)).await;
    assert_eq!(listed.as_array().unwrap().len(), before.len());

    // azure-cli's append, and one with the service's defaults, of one certificate to two applications.
    let added = world.identity("appended");
    let append =
        format!("ad app credential reset --append --id {} --cert @{}", payroll.app_id, added.certificate.display());
    run(&world, &append).await;
    let by_az = world.keys(&payroll).await;
    assert_eq!(by_az[..before.len()], before[..], "what was there is untouched");
    assert_eq!(by_az.len(), before.len() + 1);
    let other = world.app("dns-updater");
    push(&world, &other, &added).await;
    let pushed = world.keys(&other).await;
    let (theirs, ours) = (by_az.last().unwrap(), pushed.last().unwrap());
    assert_eq!(without_id_and_dates(theirs.clone()), without_id_and_dates(ours.clone()));
    // azure-cli lets an entry begin when it is made, and end a second before its certificate does.
    assert_eq!(date(ours, "endDateTime") - date(theirs, "endDateTime"), Duration::seconds(1));
    assert!(date(theirs, "startDateTime") > date(ours, "startDateTime"));

    // Without --append the others are gone, as for real.
    let last = world.identity("alone");
    let reset = format!("ad app credential reset --id {} --cert @{}", payroll.app_id, last.certificate.display());
    run(&world, &reset).await;
    let left = world.keys(&payroll).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["key"], STANDARD.encode(&last.der));
}

/// A safe append with everything left to the service's defaults: the certificate's own dates and subject.
async fn push(world: &World, app: &local_tenant::ApplicationInfo, identity: &Identity) {
    let mut keys = world.keys(app).await;
    for key in &mut keys {
        key["key"] = Value::Null;
    }
    keys.push(json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&identity.der)}));
    let path = format!("/applications/{}", app.id);
    world.graph(reqwest::Method::PATCH, &path, Some(&json!({"keyCredentials": keys}))).await;
}

#[tokio::test]
async fn it_reads_a_vault() {
    let world = World::start().await;
    signed_in(&world, "release-automation").await;
    let listed = run(&world, "keyvault certificate list --vault-name contoso-apps").await;
    assert!(listed.as_array().unwrap().iter().any(|one| one["name"] == "payroll-batch"), "{listed}");
    let shown = run(&world, "keyvault certificate show --vault-name contoso-apps --name release-automation").await;
    assert_eq!(shown["cer"], world.keys(&world.app("release-automation")).await[0]["key"], "{shown}");
}

/// As it comes: no cloud is registered and nothing is configured.
#[tokio::test]
async fn under_microsofts_names_it_needs_no_cloud_of_its_own() {
    let world = World::as_microsoft().await;
    let (app, identity) = (world.app("release-automation"), world.identity("cli"));
    world.register(&app, &identity).await;
    assert!(world.tenant.grant_graph_permissions(app.app_id, &["Application.ReadWrite.All"]));
    let login = format!(
        "login --service-principal -u {} --certificate {} --tenant {} --allow-no-subscriptions",
        app.app_id,
        identity.both.display(),
        world.tenant.tenant_id()
    );
    let accounts = run(&world, &login).await;
    assert_eq!(
        (&accounts[0]["cloudName"], &accounts[0]["user"]["type"]),
        (&json!("AzureCloud"), &json!("servicePrincipal"))
    );

    let listed = run(&world, "ad app list --all").await;
    assert_eq!(listed.as_array().unwrap().len(), world.tenant.applications().len());
    let payroll = world.app("payroll-batch");
    let (before, added) = (world.keys(&payroll).await, world.identity("appended"));
    let append =
        format!("ad app credential reset --append --id {} --cert @{}", payroll.app_id, added.certificate.display());
    run(&world, &append).await;
    let after = world.keys(&payroll).await;
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!(after.last().unwrap()["key"], STANDARD.encode(&added.der));

    let listed = run(&world, "keyvault certificate list --vault-name contoso-apps").await;
    let ids: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"https://contoso-apps.vault.azure.net/certificates/payroll-batch"), "{ids:?}");
    let shown = run(&world, "keyvault certificate show --vault-name contoso-apps --name release-automation").await;
    assert_eq!(shown["cer"], world.keys(&app).await[0]["key"], "{shown}");

    // Federated credentials, which it reads from a file.
    let described = world.folder.path().join("federated.json");
    let main = json!({"name": "main", "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/app:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]});
    std::fs::write(&described, main.to_string()).unwrap();
    let command =
        format!("ad app federated-credential create --id {} --parameters @{}", app.app_id, described.display());
    assert_eq!(run(&world, &command).await["name"], "main");
    let listed = run(&world, &format!("ad app federated-credential list --id {}", app.app_id)).await;
    assert_eq!(listed[0]["subject"], "repo:contoso/app:ref:refs/heads/main", "{listed}");
    let subject = "repo:contoso/app:ref:refs/heads/main";
    let token = world.tenant.foreign_token("https://token.actions.githubusercontent.com", subject).unwrap();
    let login = format!(
        "login --service-principal -u {} --federated-token {token} --tenant {} --allow-no-subscriptions",
        app.app_id,
        world.tenant.tenant_id()
    );
    assert_eq!(run(&world, &login).await[0]["user"]["type"], "servicePrincipal");
    let show = format!("ad app federated-credential show --id {} --federated-credential-id main", app.app_id);
    assert_eq!(run(&world, &show).await["name"], "main");

    let missing = world.tenant.not_simulated();
    assert!(missing.iter().all(|one| one.method == "CONNECT"), "{missing:?}");
}

/// `az ad sp create-for-rbac`, which makes an application, its service principal and a credential in one.
#[tokio::test]
async fn under_microsofts_names_it_makes_service_principals_that_can_sign_in() {
    let world = World::as_microsoft().await;
    let (app, identity) = (world.app("release-automation"), world.identity("cli"));
    world.register(&app, &identity).await;
    assert!(world.tenant.grant_graph_permissions(app.app_id, &["Application.ReadWrite.All"]));
    let tenant = world.tenant.tenant_id();
    let sign_in = async |client: &str, credential: &str| {
        let login =
            format!("login --service-principal -u {client} {credential} --tenant {tenant} --allow-no-subscriptions");
        assert_eq!(run(&world, &login).await[0]["user"]["name"], client);
    };
    let text = |made: &Value, name: &str| made[name].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let own = format!("--certificate {}", identity.both.display());
    sign_in(&app.app_id.to_string(), &own).await;
    let with_secret = run(&world, "ad sp create-for-rbac --display-name by-secret").await;
    let with_own = format!("ad sp create-for-rbac --display-name by-own --cert @{}", identity.certificate.display());
    let with_own = run(&world, &with_own).await;
    let with_new = run(&world, "ad sp create-for-rbac --display-name by-new --create-cert").await;

    sign_in(&text(&with_secret, "appId"), &format!("--password={}", text(&with_secret, "password"))).await;
    sign_in(&text(&with_own, "appId"), &own).await;
    let file = text(&with_new, "fileWithCertAndPrivateKey");
    sign_in(&text(&with_new, "appId"), &format!("--certificate {file}")).await;
}
