//! What the tenant holds, and the portal's registration in it, made through Graph as an administrator does.

use crate::portal_process::make_keys;
use crate::tenant_process::Tenant;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;

/// User principal name of the first person, who administers everything.
pub const ADMINISTRATOR: &str = "person-0@endurance.example";
const SCOPES: &str = "https://graph.microsoft.com/Application.ReadWrite.All \
    https://graph.microsoft.com/AppRoleAssignment.ReadWrite.All offline_access";

/// Object id of a person.
pub fn person(number: u32) -> Uuid {
    Uuid::from_u128(0x7065_7273_6f6e_4000_8000_0000_0000_0000 + u128::from(number))
}

/// Object id of an app, which the person of that number owns; people in turns.
pub fn app(number: u32) -> Uuid {
    Uuid::from_u128(0x6170_7020_0000_4000_8000_0000_0000_0000 + u128::from(number))
}

/// As a seed file: so many people, who own so many apps in turns, and apps of all kinds.
pub fn seed(people: u32, apps: u32, more: u32) -> Value {
    let upn = |number: u32| format!("person-{number}@endurance.example");
    let roles = |number: u32| if number == 0 { json!(["Global Administrator"]) } else { json!([]) };
    let people_of = (0..people).map(|number| {
        json!({
            "id": person(number),
            "user_principal_name": upn(number),
            "display_name": format!("Person {number}"),
            "directory_roles": roles(number),
        })
    });
    let apps_of = (0..apps).map(|number| {
        let name = format!("load-{number:04}");
        json!({
            "id": app(number),
            "display_name": name,
            "owners": [upn(number % people)],
            "certificates": [{"common_name": name, "starts_in_days": -10, "ends_in_days": 300}],
        })
    });
    json!({
        "tenant": {"display_name": "Endurance", "domain": "endurance.example"},
        "people": people_of.collect::<Value>(),
        "applications": apps_of.collect::<Value>(),
        "more_applications": more,
    })
}

/// Registers the portal, gives everybody a role in it and itself the right to read the directory, and writes what it needs into the
/// folder. Answers its client id.
pub async fn register(tenant: &Tenant, folder: &Path, url: &str, people: u32) -> String {
    let certificate = make_keys(folder);
    let graph = Graph { http: reqwest::Client::new(), tenant, token: tenant.sign_in_for(SCOPES).await.token };
    let (admin, user) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let role = |id: Uuid, value: &str| {
        json!({"id": id, "value": value, "displayName": value, "description": value, "isEnabled": true,
            "allowedMemberTypes": ["User"]})
    };
    let key = BASE64_STANDARD.encode(certificate);
    let app = json!({
        "displayName": "Thumbprint",
        "web": {"redirectUris": [format!("{url}/sign-in/callback"), format!("{url}/signed-out")]},
        "appRoles": [role(admin, "Thumbprint.Admin"), role(user, "Thumbprint.User")],
        "keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}],
    });
    let app = graph.post("applications", &app).await;
    let service = graph.post("servicePrincipals", &json!({"appId": app["appId"]})).await;
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", service["id"].as_str().unwrap());
    for number in 0..people {
        let role = if number == 0 { admin } else { user };
        let given = json!({"principalId": person(number), "resourceId": service["id"], "appRoleId": role});
        graph.post(&path, &given).await;
    }
    let microsoft_graph = graph.get("servicePrincipals(appId='00000003-0000-0000-c000-000000000000')").await;
    // Application.Read.All
    let read = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30";
    let given = json!({"principalId": service["id"], "resourceId": microsoft_graph["id"], "appRoleId": read});
    graph.post(&format!("servicePrincipals/{}/appRoleAssignments", service["id"].as_str().unwrap()), &given).await;
    app["appId"].as_str().unwrap().to_owned()
}

struct Graph<'a> {
    http: reqwest::Client,
    tenant: &'a Tenant,
    token: String,
}

impl Graph<'_> {
    async fn get(&self, path: &str) -> Value {
        let url = format!("{}/v1.0/{path}", self.tenant.base);
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}/v1.0/{path}", self.tenant.base);
        let answer = self.http.post(url).bearer_auth(&self.token).json(body).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::CREATED, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}
