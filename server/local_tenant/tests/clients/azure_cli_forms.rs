//! azure-cli as it comes, under Microsoft's names: the forms of its commands for applications, service principals and
//! certificates. All in one process of its own: to start it takes longer than what it does.

use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_tenant::{AzureRole, VaultRole};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::azure_cli::az;
use crate::support::{MARA, World, root};

const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Of Graph: the scope `User.Read`, and the role `Application.Read.All`.
const USER_READ: &str = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
const APPLICATION_READ_ALL: &str = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30";

struct AzureCli {
    _process: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// Its login, to come back to.
    login: String,
}

impl AzureCli {
    /// Signed in as an application that may write all of them, and in the vault.
    async fn signed_in(world: &World) -> Self {
        let (app, identity) = (world.app("release-automation"), world.identity("cli"));
        world.register(&app, &identity).await;
        let permissions = [
            "Application.ReadWrite.All",
            "AppRoleAssignment.ReadWrite.All",
            "DelegatedPermissionGrant.ReadWrite.All",
            "Group.ReadWrite.All",
            "User.Read.All",
        ];
        assert!(world.tenant.grant_graph_permissions(app.app_id, &permissions));
        let python = az().with_file_name("python");
        let script = root().join("server/local_tenant/tests/clients/azure_cli_client.py").display().to_string();
        let mut command = world.command(&python, &[&script]);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap_or_else(|error| {
                panic!("{} does not start: {error}. Run .ci/python-clients.sh.", python.display())
            });
        let (commands, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let tenant = world.tenant.tenant_id();
        let login = format!(
            "login --service-principal -u {} --certificate {} --tenant {tenant} --allow-no-subscriptions",
            app.app_id,
            identity.both.display()
        );
        let mut cli = Self { _process: process, commands, answers: BufReader::new(answers).lines(), login };
        cli.log_in().await;
        cli
    }

    async fn log_in(&mut self) {
        let login = self.login.clone();
        assert!(self.run(&login).await[0]["tenantId"].is_string());
    }

    async fn answer(&mut self, line: &str) -> Value {
        let arguments: Vec<&str> = line.split(' ').collect();
        self.commands.write_all(format!("{}\n", json!(arguments)).as_bytes()).await.unwrap();
        let limit = std::time::Duration::from_mins(2);
        let answer = tokio::time::timeout(limit, self.answers.next_line()).await;
        let answer = answer.unwrap_or_else(|_| panic!("az {line} did not end within two minutes"));
        serde_json::from_str(&answer.unwrap().unwrap_or_else(|| panic!("az {line}: it has ended"))).unwrap()
    }

    /// What a command printed; it must succeed.
    async fn run(&mut self, line: &str) -> Value {
        let answer = self.answer(line).await;
        assert_eq!(answer["code"], 0, "az {line}: {answer}");
        answer["result"].clone()
    }

    /// Why a command failed.
    async fn refused(&mut self, line: &str) -> String {
        let answer = self.answer(line).await;
        assert_ne!(answer["code"], 0, "az {line}: {answer}");
        answer["error"].as_str().unwrap().to_owned()
    }
}

#[track_caller]
fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_else(|| panic!("no {name}: {object}")).to_owned()
}

fn names(list: &Value, name: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| text(one, name)).collect()
}

#[tokio::test]
async fn applications_their_owners_permissions_and_credentials() {
    let world = World::as_microsoft().await;
    let mut az = AzureCli::signed_in(&world).await;
    let made = az.run("ad app create --display-name made --sign-in-audience AzureADMultipleOrgs").await;
    let id = text(&made, "appId");
    assert_eq!(made["signInAudience"], "AzureADMultipleOrgs");
    assert_eq!(names(&az.run("ad app list --display-name made").await, "appId"), [id.as_str()]);
    az.run(&format!("ad app update --id {id} --set notes=noted")).await;
    az.run(&format!("ad app update --id {id} --web-redirect-uris https://made.example/back")).await;
    let shown = az.run(&format!("ad app show --id {id}")).await;
    assert_eq!(
        (&shown["notes"], &shown["web"]["redirectUris"]),
        (&json!("noted"), &json!(["https://made.example/back"]))
    );

    let mara = text(&az.run(&format!("ad user show --id {MARA}")).await, "id");
    az.run(&format!("ad app owner add --id {id} --owner-object-id {mara}")).await;
    assert!(names(&az.run(&format!("ad app owner list --id {id}")).await, "id").contains(&mara));
    az.run(&format!("ad app owner remove --id {id} --owner-object-id {mara}")).await;
    assert!(!names(&az.run(&format!("ad app owner list --id {id}")).await, "id").contains(&mara));

    let add = format!("ad app permission add --id {id} --api {GRAPH} --api-permissions");
    az.run(&format!("{add} {USER_READ}=Scope {APPLICATION_READ_ALL}=Role")).await;
    let listed = az.run(&format!("ad app permission list --id {id}")).await;
    assert_eq!(listed[0]["resourceAccess"].as_array().unwrap().len(), 2, "{listed}");
    az.run(&format!("ad app permission delete --id {id} --api {GRAPH} --api-permissions {APPLICATION_READ_ALL}")).await;
    az.run(&format!("ad sp create --id {id}")).await;
    let granted = az.run(&format!("ad app permission grant --id {id} --api {GRAPH} --scope User.Read")).await;
    assert_eq!((&granted["consentType"], &granted["scope"]), (&json!("AllPrincipals"), &json!("User.Read")));
    let grants = az.run(&format!("ad app permission list-grants --id {id}")).await;
    assert_eq!(grants[0]["id"], granted["id"], "{grants}");
    // The Azure portal's own service does that, and is not here.
    let refused = az.refused(&format!("ad app permission admin-consent --id {id}")).await;
    assert!(refused.contains("HTTP Error: 501"), "{refused}");

    let described = world.folder.path().join("federated.json");
    let mut federated = json!({"name": "main", "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/app:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]});
    std::fs::write(&described, federated.to_string()).unwrap();
    let parameters = format!("--parameters @{}", described.display());
    az.run(&format!("ad app federated-credential create --id {id} {parameters}")).await;
    federated["subject"] = json!("repo:contoso/app:environment:production");
    std::fs::write(&described, federated.to_string()).unwrap();
    let one = format!("--id {id} --federated-credential-id main");
    az.run(&format!("ad app federated-credential update {one} {parameters}")).await;
    assert_eq!(az.run(&format!("ad app federated-credential show {one}")).await["subject"], federated["subject"]);
    az.run(&format!("ad app federated-credential delete {one}")).await;
    assert_eq!(az.run(&format!("ad app federated-credential list --id {id}")).await, json!([]));

    let secret = az.run(&format!("ad app credential reset --id {id} --append --display-name ci --years 2")).await;
    assert!(!text(&secret, "password").is_empty());
    let listed = az.run(&format!("ad app credential list --id {id}")).await;
    assert_eq!(names(&listed, "displayName"), ["ci"]);
    let key = text(&listed[0], "keyId");
    az.run(&format!("ad app credential delete --id {id} --key-id {key}")).await;
    assert_eq!(az.run(&format!("ad app credential list --id {id}")).await, json!([]));
    let own =
        format!("ad sp credential reset --id {id} --append --cert @{}", world.identity("own").certificate.display());
    az.run(&own).await;
    assert_eq!(az.run(&format!("ad sp credential list --cert --id {id}")).await.as_array().unwrap().len(), 1);

    az.run(&format!("ad sp update --id {id} --set notes=seen")).await;
    assert_eq!(az.run(&format!("ad sp show --id {id}")).await["notes"], "seen");
    assert_eq!(names(&az.run("ad sp list --display-name made").await, "appId"), [id.as_str()]);
    az.run(&format!("ad sp delete --id {id}")).await;
    az.run(&format!("ad app delete --id {id}")).await;
    // Its exit for what is not there.
    assert_eq!(az.answer(&format!("ad app show --id {id}")).await["code"], 3);

    let group = az.run("ad group create --display-name team --mail-nickname team").await;
    az.run(&format!("ad group member add --group team --member-id {mara}")).await;
    assert_eq!(names(&az.run("ad group member list --group team").await, "id"), [mara.as_str()]);
    assert_eq!(az.run(&format!("ad group member check --group team --member-id {mara}")).await["value"], true);
    assert_eq!(names(&az.run(&format!("ad user get-member-groups --id {MARA}")).await, "id"), [text(&group, "id")]);
}

#[tokio::test]
async fn service_principals_for_rbac_in_all_forms_without_a_role() {
    let world = World::as_microsoft().await;
    let app = world.app("release-automation");
    let service = world.graph(reqwest::Method::GET, &format!("/servicePrincipals(appId='{}')", app.app_id), None).await;
    let service = uuid::Uuid::parse_str(&text(&service, "id")).unwrap();
    assert!(world.tenant.assign_vault_role("contoso-apps", service, VaultRole::Administrator));
    let mut az = AzureCli::signed_in(&world).await;
    let key_of = async |app_id: String| {
        let path = format!("/applications(appId='{app_id}')?$select=keyCredentials");
        world.graph(reqwest::Method::GET, &path, None).await["keyCredentials"].clone()
    };
    let named = az.run("ad sp create-for-rbac").await;
    assert!(text(&named, "displayName").starts_with("azure-cli-"), "{named}");
    let reference = "96524024-75b0-497b-ab38-0381399a6a9d";
    let referring = az
        .run(&format!("ad sp create-for-rbac --name referring --years 3 --service-management-reference {reference}"))
        .await;
    let shown = az.run(&format!("ad app show --id {}", text(&referring, "appId"))).await;
    assert_eq!(shown["serviceManagementReference"], reference);
    let dates = |name: &str| text(&shown["passwordCredentials"][0], name)[..4].parse::<i32>().unwrap();
    assert_eq!(dates("endDateTime") - dates("startDateTime"), 3);

    let stored =
        az.run("ad sp create-for-rbac --name stored --create-cert --cert made-by-az --keyvault contoso-apps").await;
    let shown = az.run("keyvault certificate show --vault-name contoso-apps --name made-by-az").await;
    let keys = key_of(text(&stored, "appId")).await;
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["key"]), (1, &shown["cer"]));
    let again = az.run("ad sp create-for-rbac --name again --cert made-by-az --keyvault contoso-apps").await;
    assert_eq!(key_of(text(&again, "appId")).await[0]["key"], shown["cer"]);
    let shown = az.run("keyvault certificate list-versions --vault-name contoso-apps --name made-by-az").await;
    assert_eq!(shown.as_array().unwrap().len(), 1);
    let file = world.folder.path().join("policy.json");
    let policy = az.run("keyvault certificate get-default-policy").await;
    std::fs::write(&file, policy.to_string()).unwrap();
    let create =
        format!("keyvault certificate create --vault-name contoso-apps --name fresh --policy @{}", file.display());
    assert_eq!(az.run(&create).await["status"], "completed");
    let identity = world.identity("imported");
    let import = format!(
        "keyvault certificate import --vault-name contoso-apps --name imported --file {}",
        identity.both.display()
    );
    assert_eq!(az.run(&import).await["cer"], STANDARD.encode(&identity.der));
    let certificate = world.folder.path().join("downloaded.pem");
    az.run(&format!(
        "keyvault certificate download --vault-name contoso-apps --name imported --file {}",
        certificate.display()
    ))
    .await;
    assert!(std::fs::read_to_string(&certificate).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let listed = az.run("keyvault certificate list --vault-name contoso-apps").await;
    for name in ["made-by-az", "fresh", "imported"] {
        assert!(names(&listed, "name").iter().any(|one| one == name), "{listed}");
    }
}

#[tokio::test]
async fn service_principals_for_rbac_with_roles_in_the_subscription() {
    let world = World::as_microsoft().await;
    let app = world.app("release-automation");
    let service = world.graph(reqwest::Method::GET, &format!("/servicePrincipals(appId='{}')", app.app_id), None).await;
    let service = uuid::Uuid::parse_str(&text(&service, "id")).unwrap();
    world.tenant.give_azure_role(service, AzureRole::Owner);
    let mut az = AzureCli::signed_in(&world).await;
    let account = az.run("account show").await;
    let subscription = format!("/subscriptions/{}", text(&account, "id"));
    assert_eq!((&account["name"], &account["state"]), (&json!("Local subscription"), &json!("Enabled")));

    let group = format!("{subscription}/resourceGroups/apps");
    let made = az.run(&format!("ad sp create-for-rbac --name in-group --role Reader --scopes {group}")).await;
    let id = text(&made, "appId");
    let held = az.run(&format!("role assignment list --all --assignee {id}")).await;
    assert_eq!((&held[0]["roleDefinitionName"], &held[0]["scope"]), (&json!("Reader"), &json!(group)), "{held}");
    assert_eq!((held.as_array().unwrap().len(), &held[0]["principalType"]), (1, &json!("ServicePrincipal")));
    // What it prints for programs.
    let created = format!("ad sp create-for-rbac --name for-programs --role Contributor --scopes {subscription}");
    let printed = az.run(&format!("{created} --json-auth")).await;
    assert_eq!(printed["subscriptionId"], account["id"], "{printed}");
    assert_eq!(printed["tenantId"], world.tenant.tenant_id().to_string());
    let client = text(&printed, "clientId");
    let unknown = "/subscriptions/765eb0e3-acb3-475d-9a98-ee6892f081c8";
    let refused =
        az.refused(&format!("role assignment create --role Reader --assignee {client} --scope {unknown}")).await;
    assert!(refused.contains("SubscriptionNotFound"), "{refused}");

    // A role on a vault, until it is taken away.
    let vault = format!("{subscription}/resourceGroups/identity/providers/Microsoft.KeyVault/vaults/contoso-apps");
    let officer = format!("--assignee {client} --scope {vault} --role a4417e6f-fecd-4de8-b567-7b0420556985");
    let assigned = az.run(&format!("role assignment create {officer}")).await;
    assert_eq!(assigned["scope"], vault);
    let taking_away = format!("role assignment delete --ids {}", text(&assigned, "id"));
    let login = format!("login --service-principal -u {client} --password={}", text(&printed, "clientSecret"));
    let tenant = world.tenant.tenant_id();
    assert_eq!(az.run(&format!("{login} --tenant {tenant}")).await[0]["id"], account["id"]);
    let listing = "keyvault certificate list --vault-name contoso-apps";
    assert!(!az.run(listing).await.as_array().unwrap().is_empty());
    // A contributor does everything but this.
    let refused = az.refused(&taking_away).await;
    assert!(refused.contains("Microsoft.Authorization/roleAssignments/delete"), "{refused}");
    az.log_in().await;
    az.run(&taking_away).await;
    az.run(&format!("{login} --tenant {tenant}")).await;
    let refused = az.refused(listing).await;
    assert!(refused.contains("Forbidden"), "{refused}");
    let missing = world.tenant.not_simulated();
    assert!(missing.iter().all(|one| one.method == "CONNECT"), "{missing:?}");
}
