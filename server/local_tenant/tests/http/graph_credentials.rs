//! `addPassword`, `addKey` and their opposites, on applications and service principals.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::support::*;

const PROOF_AUDIENCE: &str = "00000002-0000-0000-c000-000000000000";

#[tokio::test]
async fn a_secret_is_shown_once_and_works_until_it_is_removed() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "payroll"})).await;
    let service = graph.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    for path in [format!("/applications/{}", id(&app)), format!("/servicePrincipals/{}", id(&service))] {
        let body = json!({"passwordCredential": {
            "displayName": "key1", "startDateTime": "2022-05-07T06:52:43Z", "endDateTime": "2100-12-31T00:00:00Z",
        }});
        let reply = graph.post(&format!("{path}/addPassword"), body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let made = reply.json();
        let (secret, key_id) = (made["secretText"].as_str().unwrap(), made["keyId"].as_str().unwrap());
        let recorded = format!(
            r#"{{"@odata.context":"{}/v1.0/$metadata#microsoft.graph.passwordCredential","customKeyIdentifier":null,"displayName":"key1","endDateTime":"2100-12-31T00:00:00Z","hint":"{}","keyId":"{key_id}","secretText":"{secret}","startDateTime":"2022-05-07T06:52:43Z"}}"#,
            tenant.base_url(),
            &secret[..3],
        );
        assert_eq!(reply.text, recorded);
        assert_eq!(secret.len(), 40);
        let shown = graph.get(&path).await.json()["passwordCredentials"].clone();
        assert_eq!((&shown[0]["keyId"], &shown[0]["secretText"]), (&json!(key_id), &Value::Null));
        assert_eq!(shown[0]["hint"], secret[..3]);
        let sign_in = || async {
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_id", app["appId"].as_str().unwrap()),
                ("client_secret", secret),
                ("scope", "https://graph.microsoft.com/.default"),
            ];
            post_form(&token_url(&tenant), &fields).await
        };
        assert_eq!(sign_in().await.status, 200);
        let remove = format!("{path}/removePassword");
        assert_eq!(graph.post(&remove, json!({"keyId": uuid::Uuid::nil()})).await.graph_error().0, 400);
        assert_eq!(graph.post(&remove, json!({"keyId": key_id})).await.status, 204);
        assert_eq!(sign_in().await.json()["error_codes"], json!([7_000_215]));
        assert_eq!(graph.get(&path).await.json()["passwordCredentials"], json!([]));
    }
    let stranger = Graph::of(&tenant, SOFIA);
    let add = format!("/applications/{}/addPassword", id(&app));
    assert_eq!(stranger.post(&add, json!({})).await.graph_error().0, 403);
    let defaulted = graph.post(&add, json!({})).await.json();
    assert_eq!(defaulted["displayName"], Value::Null);
    let backwards = json!({"passwordCredential": {"endDateTime": "2020-01-01T00:00:00Z"}});
    assert_eq!(graph.post(&add, backwards).await.graph_error().1, "PasswordCredentialsInvalidEndDate");
}

#[tokio::test]
async fn a_service_principal_has_keys_of_its_own_by_the_same_rules() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "payroll"})).await;
    let service = graph.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    let identity = Identity::new("service");
    let path = format!("/servicePrincipals/{}", id(&service));
    let send_keys = |keys: Value| graph.patch(&path, json!({"keyCredentials": keys}));
    assert_eq!(graph.patch(&path, json!({"keyCredentials": [identity.credential()]})).await.status, 204);
    let plain = graph.get(&path).await.json()["keyCredentials"].clone();
    assert_eq!((&plain[0]["customKeyIdentifier"], &plain[0]["key"]), (&json!(identity.thumbprint()), &Value::Null));
    let selected = graph.get(&format!("{path}?$select=keyCredentials")).await.json();
    assert_eq!(selected["keyCredentials"][0]["key"], STANDARD.encode(&identity.der));
    let altered = json!([with(plain[0].clone(), json!({"displayName": "x"}))]);
    assert!(send_keys(altered).await.graph_error().2.starts_with("Update to existing credential with KeyId"));
    let wrong = graph.patch(&path, json!({"keyCredentials": "x"})).await.graph_error().2;
    assert_eq!(wrong, "Invalid value specified for property 'keyCredentials' of resource 'ServicePrincipal'.");
    // The application does not show it, and the token endpoint takes it.
    assert_eq!(graph.get(&format!("/applications/{}", id(&app))).await.json()["keyCredentials"], json!([]));
    let assertion = identity.assertion(&claims(&tenant, text(&app, "appId"), OffsetDateTime::now_utc()));
    assert_eq!(client_credentials(&tenant, text(&app, "appId"), &assertion).await.status, 200);
    assert_eq!(graph.patch(&path, json!({"accountEnabled": false})).await.status, 204);
    let refused = client_credentials(&tenant, text(&app, "appId"), &assertion).await;
    assert_eq!(refused.json()["error_codes"], json!([7_000_112]));
}

#[tokio::test]
async fn an_application_rolls_its_own_key_with_a_proof() {
    let tenant = empty().await;
    let owner = Graph::of(&tenant, OWEN);
    let (first, second) = (Identity::new("first"), Identity::new("second"));
    let app = create(&owner, json!({"displayName": "self-roller", "keyCredentials": [first.credential()]})).await;
    owner.post("/servicePrincipals", json!({"appId": app["appId"]})).await;
    let assertion = first.assertion(&claims(&tenant, text(&app, "appId"), OffsetDateTime::now_utc()));
    let token = client_credentials(&tenant, text(&app, "appId"), &assertion).await;
    let graph = Graph::with_token(&tenant, text(&token.json(), "access_token"));
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let good = json!({"aud": PROOF_AUDIENCE, "iss": id(&app), "nbf": now, "exp": now + 600});
    let add = format!("/applications/{}/addKey", id(&app));
    let body = |proof: String| {
        let key = second.credential();
        json!({"keyCredential": key, "passwordCredential": null, "proof": proof})
    };
    for (proof, error) in [
        (String::new(), "Authorization_RequestDenied"),
        ("abc".into(), "Authentication_MissingOrMalformed"),
        (first.assertion(&good) + "=", "Authentication_MissingOrMalformed"),
        (padded(&first, &good), "Authentication_MissingOrMalformed"),
        (second.assertion(&good), "Authorization_RequestDenied"),
        (first.assertion(&with(good.clone(), json!({"aud": "x"}))), "Authorization_RequestDenied"),
        (first.assertion(&with(good.clone(), json!({"iss": app["appId"]}))), "Authorization_RequestDenied"),
        (first.assertion(&with(good.clone(), json!({"exp": now + 601}))), "Authorization_RequestDenied"),
        (
            first.assertion(&with(good.clone(), json!({"nbf": now - 700, "exp": now - 100}))),
            "Authorization_RequestDenied",
        ),
    ] {
        let reply = graph.post(&add, body(proof.clone())).await;
        assert_eq!(reply.graph_error().1, error, "{proof}");
    }
    let reply = graph.post(&add, body(first.assertion(&good))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let added = reply.json();
    assert_eq!((&added["customKeyIdentifier"], &added["key"]), (&json!(second.thumbprint()), &Value::Null));
    assert!(text(&added, "@odata.context").ends_with("/v1.0/$metadata#microsoft.graph.keyCredential"));
    // `aud` and `iss` are enough, and the new key is as good as the old one.
    let least = json!({"aud": PROOF_AUDIENCE, "iss": id(&app)});
    let old = app["keyCredentials"][0]["keyId"].clone();
    let remove = format!("/applications/{}/removeKey", id(&app));
    let reply = graph.post(&remove, json!({"keyId": old, "proof": second.assertion(&least)})).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    // A key that is gone proves nothing any more.
    let again = json!({"keyId": added["keyId"], "proof": first.assertion(&good)});
    assert_eq!(graph.post(&remove, again).await.graph_error().0, 403);
    // People cannot, unless the tenant goes by the reference.
    let proof = second.assertion(&least);
    let by_person = owner.post(&remove, json!({"keyId": added["keyId"], "proof": proof})).await;
    assert_eq!(by_person.graph_error().1, "Authentication_MissingOrMalformed");
    assert_eq!(by_person.status, 401);
    tenant.set_behaviour(|behaviour| behaviour.delegated_key_rolling = true);
    assert_eq!(owner.post(&remove, json!({"keyId": added["keyId"], "proof": proof})).await.status, 204);
    tenant.move_clock(Duration::seconds(1));
}

/// The same proof with padded segments.
fn padded(identity: &Identity, claims: &Value) -> String {
    let segment = |value: &Value| URL_SAFE.encode(value.to_string());
    // Spaces bring the length off a multiple of three.
    let header = URL_SAFE.encode(r#"{"alg":"RS256"} "#);
    let message = format!("{header}.{}", segment(claims));
    assert!(message.contains('='));
    identity.sign_message(&message, jsonwebtoken::Algorithm::RS256)
}

#[tokio::test]
async fn what_the_command_line_does_to_reset_credentials() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let kept = Identity::new("kept");
    let body = json!({"displayName": "cli", "signInAudience": "AzureADMyOrg", "keyCredentials": [kept.credential()],
        "passwordCredentials": []});
    let app = create(&graph, body).await;
    let path = format!("/applications/{}", id(&app));
    graph.post(&format!("{path}/addPassword"), json!({"passwordCredential": {"displayName": "rbac"}})).await;
    // With --append: what is there, verbatim, and one more.
    let shown = graph.get(&path).await.json();
    let mut keys = shown["keyCredentials"].as_array().unwrap().clone();
    let new = Identity::new("new");
    keys.push(new.credential_with(json!({"displayName": null, "keyId": uuid::Uuid::new_v4()})));
    assert_eq!(graph.patch(&path, json!({"keyCredentials": keys})).await.status, 204);
    assert_eq!(graph.get(&path).await.json()["keyCredentials"].as_array().unwrap().len(), 2);
    // Without: all secrets one by one, then only the new one.
    for password in shown["passwordCredentials"].as_array().unwrap() {
        let body = json!({"keyId": password["keyId"]});
        assert_eq!(graph.post(&format!("{path}/removePassword"), body).await.status, 204);
    }
    assert_eq!(graph.patch(&path, json!({"keyCredentials": [new.credential()]})).await.status, 204);
    let after = graph.get(&path).await.json();
    assert_eq!(after["passwordCredentials"], json!([]));
    assert_eq!(after["keyCredentials"][0]["customKeyIdentifier"], new.thumbprint());
    assert_eq!(after["keyCredentials"].as_array().unwrap().len(), 1);
}
