//! Several tenants in one process: multi-tenant applications, consent, and who is refused where.

use std::collections::HashMap;
use std::sync::Arc;

use local_tenant::{RunningTenant, Seed, TenantError, TenantInfo, TenantOptions};
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use crate::support::*;

const ADA: &str = "ada@fabrikam.example";
const BO: &str = "bo@fabrikam.example";
const ISV: &str = "ida@isv.example";
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";
const SINGLE: &str = "11111111-2222-4333-8444-666666666666";
const BACK: &str = "https://isv.example/back";
const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";
/// Of Graph: `Application.Read.All` for applications, `User.Read` and `Group.Read.All` for people.
const READ_ALL: &str = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30";
const USER_READ: &str = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";

fn seed(file: Value) -> Seed {
    Seed::Described(Arc::new(serde_json::from_value(file).unwrap()))
}

/// The tenant of a company that sells software, and the one of a customer.
struct World {
    home: RunningTenant,
    customer: TenantInfo,
    identity: Identity,
}

impl World {
    async fn new() -> Self {
        let identity = Identity::new("saas");
        let home = json!({
            "tenant": {"display_name": "Software House", "domain": "isv.example"},
            "people": [{"user_principal_name": ISV, "display_name": "Ida Strand", "directory_roles": ["Global Administrator"]}],
            "applications": [
                {"display_name": "saas", "app_id": CLIENT, "sign_in_audience": "AzureADMultipleOrgs",
                    "redirect_uris": [BACK], "certificates": [{"pem": identity.pem()}]},
                {"display_name": "own", "app_id": SINGLE, "redirect_uris": [BACK], "certificates": [{"pem": identity.pem()}]},
            ],
        });
        let customer = json!({
            "tenant": {"display_name": "Fabrikam", "domain": "fabrikam.example"},
            "people": [
                {"user_principal_name": ADA, "display_name": "Ada Berg", "directory_roles": ["Global Administrator"]},
                {"user_principal_name": BO, "display_name": "Bo Lind", "directory_roles": ["Application Administrator"]},
            ],
        });
        let options = TenantOptions { seed: seed(home), further: vec![seed(customer)], ..TenantOptions::default() };
        let home = local_tenant::start(options).await.unwrap();
        let customer = home.further().remove(0);
        Self { home, customer, identity }
    }

    fn graph(&self, name: &str) -> Graph {
        let scopes =
            ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Directory.Read.All", "User.Read"];
        Graph::with_token(&self.home, self.home.graph_token_with_scopes(name, &scopes).unwrap())
    }

    fn url(&self, tenant: &str, end: &str) -> String {
        format!("{}/{tenant}/{end}", self.home.base_url())
    }

    /// What the client gets by itself in a tenant.
    async fn app_token(&self, tenant: &str, client: &str) -> Reply {
        let url = self.url(tenant, "oauth2/v2.0/token");
        let claims = claims(&self.home, client, OffsetDateTime::now_utc());
        let assertion = self.identity.assertion(&with(claims, json!({"aud": url})));
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        post_form(&url, &fields).await
    }

    async fn require(&self, access: Value) {
        let body = json!({"requiredResourceAccess": [{"resourceAppId": GRAPH_APP, "resourceAccess": access}]});
        let reply = self.graph(ISV).patch(&format!("/applications(appId='{CLIENT}')"), body).await;
        assert_eq!(reply.status, 204, "{reply:?}");
    }

    /// A page with an account picker, and what comes of somebody on it.
    async fn pick(&self, tenant: &str, end: &str, query: &[(&str, &str)], name: &str) -> Reply {
        let url = Url::parse_with_params(&self.url(tenant, end), query).unwrap();
        let page = Reply::of(CLIENT_HTTP.get(url.clone())).await;
        assert_eq!(page.status, 200, "{page:?}");
        let action = page.text.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let target = url.join(&action.replace("&amp;", "&")).unwrap();
        let before = page.text.split(name).next().unwrap();
        let button = before.rsplit("value=\"").next().and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        Reply::of(CLIENT_HTTP.post(target).form(&[("account", button)])).await
    }

    async fn consent(&self, tenant: &str, name: &str) -> Reply {
        let query = [("client_id", CLIENT), ("redirect_uri", BACK), ("state", "s")];
        self.pick(tenant, "adminconsent", &query, name).await
    }

    async fn sign_in(&self, tenant: &str, client: &str, name: &str) -> Reply {
        let query = [
            ("client_id", client),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "openid profile offline_access User.Read"),
        ];
        self.pick(tenant, "oauth2/v2.0/authorize", &query, name).await
    }

    async fn redeem(&self, tenant: &str, fields: &[(&str, &str)]) -> Reply {
        let url = self.url(tenant, "oauth2/v2.0/token");
        let claims = claims(&self.home, CLIENT, OffsetDateTime::now_utc());
        let assertion = self.identity.assertion(&with(claims, json!({"aud": url})));
        let own = [
            ("client_id", CLIENT),
            ("redirect_uri", BACK),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
        ];
        post_form(&url, &[&own[..], fields].concat()).await
    }
}

use crate::support::CLIENT as CLIENT_HTTP;

/// The query of where an answer leads.
fn answered(reply: &Reply) -> HashMap<String, String> {
    let location = reply.header("location").unwrap_or_else(|| panic!("leads nowhere: {reply:?}"));
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

#[tokio::test]
async fn an_administrators_consent_installs_an_application_with_what_it_requires() {
    let world = World::new().await;
    let customer = world.customer.id.to_string();
    world.require(json!([{"id": USER_READ, "type": "Scope"}, {"id": READ_ALL, "type": "Role"}])).await;
    for client in [CLIENT, SINGLE] {
        let refused = world.app_token(&customer, client).await;
        assert_eq!(refused.json()["error_codes"], json!([700_016]), "{refused:?}");
        assert!(refused.text.contains("was not found in the directory 'Fabrikam'"), "{refused:?}");
    }
    // Application permissions on Graph are more than an application administrator can consent to.
    let refused = world.consent(&customer, "Bo Lind").await;
    assert!(refused.status == 400 && refused.text.contains("AADSTS90094"), "{refused:?}");
    let consented = answered(&world.consent("organizations", "Ada Berg").await);
    assert_eq!((consented["admin_consent"].as_str(), consented["tenant"].as_str()), ("True", customer.as_str()));
    assert_eq!(consented["state"], "s");

    let reply = world.app_token(&customer, CLIENT).await;
    let token = reply.json()["access_token"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned();
    let told = payload(&token);
    assert_eq!((&told["tid"], &told["roles"]), (&json!(world.customer.id), &json!(["Application.Read.All"])));
    let service = world.graph(ADA).get(&format!("/servicePrincipals(appId='{CLIENT}')")).await.json();
    assert_eq!(service["id"], told["oid"]);
    assert_eq!(service["appOwnerOrganizationId"], world.home.tenant_id().to_string());
    assert_eq!((&service["replyUrls"], &service["signInAudience"]), (&json!([BACK]), &json!("AzureADMultipleOrgs")));
    // It reads the customer's directory, in which the application itself is not.
    let listed = Graph::with_token(&world.home, token).get("/applications").await.json();
    assert_eq!(listed["value"], json!([]));
    assert_eq!(world.graph(ADA).get(&format!("/applications(appId='{CLIENT}')")).await.status, 404);
    let domain = world.graph(ADA).get("/organization").await.json()["value"][0]["displayName"].clone();
    assert_eq!(domain, "Fabrikam");

    // A certificate that is taken away at home is good nowhere.
    let path = format!("/applications(appId='{CLIENT}')");
    assert_eq!(world.graph(ISV).patch(&path, json!({"keyCredentials": []})).await.status, 204);
    assert_eq!(world.app_token(&customer, CLIENT).await.json()["error_codes"], json!([700_026]));
}

#[tokio::test]
async fn consent_by_name_is_for_scopes_and_can_be_declined() {
    let world = World::new().await;
    let customer = world.customer.id.to_string();
    let query = [("client_id", CLIENT), ("redirect_uri", BACK), ("scope", "https://graph.microsoft.com/User.Read")];
    let reply = world.pick(&customer, "v2.0/adminconsent", &query, "Bo Lind").await;
    assert_eq!(answered(&reply)["scope"], "https://graph.microsoft.com/User.Read");
    let service = world.graph(ADA).get(&format!("/servicePrincipals(appId='{CLIENT}')")).await.json();
    let grants =
        world.graph(ADA).get(&format!("/servicePrincipals/{}/oauth2PermissionGrants", id(&service))).await.json();
    assert_eq!(
        (&grants["value"][0]["scope"], &grants["value"][0]["consentType"]),
        (&json!("User.Read"), &json!("AllPrincipals"))
    );
    let declined = world.url(&customer, &format!("adminconsent?client_id={CLIENT}&redirect_uri={BACK}&state=s"));
    let declined = answered(&post_form(&declined, &[("cancel", "1")]).await);
    assert_eq!((declined["error"].as_str(), declined["admin_consent"].as_str()), ("consent_required", "True"));
    assert!(
        declined["error_description"].starts_with("AADSTS65004: The resource owner or authorization server denied")
    );
}

#[tokio::test]
async fn people_sign_in_at_their_own_tenant_by_the_common_address() {
    let world = World::new().await;
    let refused = world.sign_in("common", CLIENT, "Ada Berg").await;
    assert!(refused.status == 400 && refused.text.contains("AADSTS90094"), "{refused:?}");
    world.consent("organizations", "Ada Berg").await;
    let answer = answered(&world.sign_in("common", CLIENT, "Ada Berg").await);
    let code = ("code", answer["code"].as_str());
    let tokens = world.redeem("common", &[("grant_type", "authorization_code"), code]).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let tokens = tokens.json();
    let told = payload(tokens["id_token"].as_str().unwrap());
    assert_eq!(told["iss"], format!("{}/{}/v2.0", world.home.base_url(), world.customer.id));
    assert_eq!((&told["tid"], &told["preferred_username"]), (&json!(world.customer.id), &json!(ADA)));
    let me = Graph::with_token(&world.home, text(&tokens, "access_token")).get("/me").await.json();
    assert_eq!(me["userPrincipalName"], ADA);
    let refresh = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let renewed = world.redeem(&world.customer.domain, &fields).await.json();
    assert_eq!(payload(&text(&renewed, "access_token"))["tid"], json!(world.customer.id));
    // At home nobody of that name is known.
    let elsewhere = world.redeem("isv.example", &fields).await.json();
    assert_eq!((&elsewhere["error"], &elsewhere["error_codes"]), (&json!("invalid_grant"), &json!([50020])));
    let at_home = answered(&world.sign_in("common", CLIENT, "Ida Strand").await);
    let code = ("code", at_home["code"].as_str());
    let tokens = world.redeem("common", &[("grant_type", "authorization_code"), code]).await.json();
    assert_eq!(payload(&text(&tokens, "id_token"))["tid"], json!(world.home.tenant_id()));
}

#[tokio::test]
async fn an_application_of_one_tenant_is_for_its_people_alone() {
    let world = World::new().await;
    let page = async |tenant: &str, client: &str| {
        let query = [("client_id", client), ("redirect_uri", BACK), ("response_type", "code"), ("scope", "openid")];
        let url = Url::parse_with_params(&world.url(tenant, "oauth2/v2.0/authorize"), query).unwrap();
        Reply::of(CLIENT_HTTP.get(url)).await.text
    };
    assert!(
        page("common", SINGLE)
            .await
            .contains("AADSTS50194: Application &#39;11111111-2222-4333-8444-666666666666&#39;(own)")
    );
    assert!(page("fabrikam.example", SINGLE).await.contains("AADSTS700016"));
    let refused = world.sign_in("isv.example", SINGLE, "Ada Berg").await;
    let words = format!(
        "AADSTS50020: User account &#39;{ADA}&#39; from identity provider &#39;https://sts.windows.net/{}/&#39; does not exist in tenant &#39;Software House&#39;",
        world.customer.id
    );
    assert!(refused.status == 400 && refused.text.contains(&words), "{refused:?}");
    assert!(answered(&world.sign_in("isv.example", SINGLE, "Ida Strand").await).contains_key("code"));
    let device = world.url("common", "oauth2/v2.0/devicecode");
    let refused = post_form(&device, &[("client_id", SINGLE), ("scope", "openid")]).await.json();
    assert_eq!((&refused["error"], &refused["error_codes"]), (&json!("invalid_request"), &json!([50194])));
}

#[tokio::test]
async fn a_locked_property_of_a_service_principal_elsewhere_is_refused() {
    let world = World::new().await;
    let lock = json!({"servicePrincipalLockConfiguration": {"isEnabled": true, "credentialsWithUsageVerify": true}});
    assert_eq!(world.graph(ISV).patch(&format!("/applications(appId='{CLIENT}')"), lock).await.status, 204);
    // A person can make the service principal by Graph as well; an app cannot.
    let customer = world.graph(ADA);
    assert_eq!(customer.post("/servicePrincipals", json!({"appId": SINGLE})).await.status, 400);
    let made = customer.post("/servicePrincipals", json!({"appId": CLIENT})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/servicePrincipals/{}", id(&made.json()));
    let refused =
        customer.patch(&path, json!({"keyCredentials": [Identity::new("x").credential()]})).await.graph_error();
    assert_eq!((refused.0, refused.1.as_str()), (400, "CannotUpdateLockedServicePrincipalProperty"));
    assert_eq!(customer.patch(&path, json!({"notes": "ours"})).await.status, 204);
    // What changes at home is seen there alone.
    let unlock = json!({"servicePrincipalLockConfiguration": {"isEnabled": false}});
    assert_eq!(world.graph(ISV).patch(&format!("/applications(appId='{CLIENT}')"), unlock).await.status, 204);
    let refused = customer.post(&format!("{path}/addPassword"), json!({"passwordCredential": {}})).await.graph_error();
    assert_eq!(refused.1, "CannotUpdateLockedServicePrincipalProperty");
}

#[tokio::test]
async fn an_app_makes_no_service_principals_of_other_tenants_applications() {
    let world = World::new().await;
    let robot = create(&world.graph(ADA), json!({"displayName": "robot"})).await;
    let path = format!("/applications/{}", id(&robot));
    let key = world.identity.credential();
    assert_eq!(world.graph(ADA).patch(&path, json!({"keyCredentials": [key]})).await.status, 204);
    let service = world.graph(ADA).post("/servicePrincipals", json!({"appId": robot["appId"]})).await.json();
    let graph = world.graph(ADA).get(&format!("/servicePrincipals(appId='{GRAPH_APP}')")).await.json();
    let write_all = "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9";
    let body = json!({"principalId": service["id"], "resourceId": graph["id"], "appRoleId": write_all});
    let path = format!("/servicePrincipals/{}/appRoleAssignments", id(&service));
    assert_eq!(world.graph(ADA).post(&path, body).await.status, 201);
    let reply = world.app_token(&world.customer.id.to_string(), &text(&robot, "appId")).await.json();
    let robot = Graph::with_token(&world.home, text(&reply, "access_token"));
    let refused = robot.post("/servicePrincipals", json!({"appId": CLIENT})).await.graph_error();
    assert_eq!((refused.0, refused.1.as_str()), (403, "Authorization_RequestDenied"));
    assert!(
        refused.2.contains("the backing application of the service principal being created must in the local tenant")
    );
}

#[tokio::test]
async fn tenants_that_cannot_be_told_apart_or_kept_do_not_start() {
    let fails = async |options: TenantOptions| local_tenant::start(options).await.err().unwrap();
    let twice = TenantOptions { seed: Seed::Empty, further: vec![Seed::Empty], ..TenantOptions::default() };
    let error = fails(twice).await.to_string();
    assert_eq!(error, "the seed: two tenants have the domain contoso.onmicrosoft.com, or its id");
    let folder = tempfile::tempdir().unwrap();
    let state = Some(folder.path().join("tenant.db"));
    let kept = TenantOptions { state, further: vec![Seed::Empty], ..TenantOptions::default() };
    assert!(matches!(fails(kept).await, TenantError::StateOfSeveral));
}

#[tokio::test]
async fn a_vault_takes_no_tokens_of_another_tenant() {
    let file = json!({
        "tenant": {"display_name": "Fabrikam", "domain": "fabrikam.example"},
        "people": [{"user_principal_name": ADA, "display_name": "Ada Berg"}],
    });
    let options = TenantOptions { further: vec![seed(file)], ..TenantOptions::default() };
    let tenant = local_tenant::start(options).await.unwrap();
    let url = format!("{}/_vault/contoso-apps/certificates?api-version=7.4", tenant.base_url());
    let ask = async |name: &str| {
        let token = tenant.vault_token(name).unwrap();
        Reply::of(CLIENT_HTTP.get(&url).bearer_auth(token)).await
    };
    let refused = ask(ADA).await;
    let words = format!(
        "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{}/, found https://sts.windows.net/{}/.",
        tenant.tenant_id(),
        tenant.further()[0].id
    );
    assert!(refused.status == 401 && refused.text.contains(&words), "{refused:?}");
    assert_ne!(ask(MARA).await.status, 401);
}
