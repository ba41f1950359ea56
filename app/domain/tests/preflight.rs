//! What is said before a write, and what is not.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use domain::certificate::Certificate;
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use domain::preflight::{AppSettings, PreflightFinding, check};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

fn certificate() -> Certificate {
    domain::upload::read(include_bytes!("fixtures/fixture.pem")).unwrap().leaf
}

fn plan(current: &Value) -> MergePlan {
    let new =
        NewKeyCredential::new(&certificate(), KeyId::new(Uuid::from_u128(9)), "new", IdentifierStyle::Omit).unwrap();
    MergePlan::new(&KeyCredentials::from_json(current).unwrap(), &Change::Append(vec![new]), None).unwrap()
}

fn now() -> OffsetDateTime {
    certificate().facts().not_before + time::Duration::days(1)
}

fn facts() -> AppSettings<'static> {
    AppSettings {
        sign_in_audience: Some("AzureADMyOrg"),
        created: Some(datetime!(2024-01-01 0:00 UTC)),
        ..AppSettings::default()
    }
}

fn lifetime(days: u32, more: &Value) -> Value {
    let mut restriction = json!({"restrictionType": "asymmetricKeyLifetime", "maxLifetime": format!("P{days}D")});
    restriction.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([restriction])
}

fn tenant(keys: &Value) -> Value {
    json!({"isEnabled": true, "displayName": "Default app management tenant policy", "applicationRestrictions": {"keyCredentials": keys}})
}

fn custom(keys: &Value) -> Value {
    json!({"isEnabled": true, "displayName": "exempt", "restrictions": {"keyCredentials": keys}})
}

fn found(tenant: Option<&Value>, app: Option<&Value>) -> Vec<(bool, String)> {
    let found = check(&plan(&json!([])), &facts(), tenant, app, now());
    found.into_iter().map(|PreflightFinding { refused, why, .. }| (refused, why)).collect()
}

#[test]
fn a_lifetime_beyond_the_tenants_policy_would_be_refused() {
    assert_eq!(found(None, None), []);
    let short = tenant(&lifetime(1, &json!({"state": "enabled"})));
    let refused = found(Some(&short), None);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].0 && refused[0].1.contains("allows 1 day"), "{refused:?}");
    assert_eq!(found(Some(&tenant(&lifetime(100_000, &json!({})))), None), []);
    for off in [
        tenant(&lifetime(1, &json!({"state": "disabled"}))),
        tenant(&lifetime(1, &json!({"restrictForAppsCreatedAfterDateTime": "2025-01-01T00:00:00Z"}))),
        json!({"isEnabled": false, "applicationRestrictions": {"keyCredentials": lifetime(1, &json!({}))}}),
    ] {
        assert_eq!(found(Some(&off), None), [], "{off}");
    }
    let since = tenant(&lifetime(1, &json!({"restrictForAppsCreatedAfterDateTime": "2015-01-01T10:37:00Z"})));
    assert!(found(Some(&since), None)[0].0);
}

#[test]
fn the_apps_own_policy_goes_first() {
    let strict = tenant(&lifetime(1, &json!({})));
    assert_eq!(found(Some(&strict), Some(&custom(&lifetime(1, &json!({"state": "disabled"}))))), []);
    let own = found(None, Some(&custom(&lifetime(1, &json!({})))));
    assert!(own[0].0 && own[0].1.contains("“exempt”"), "{own:?}");
    // One that does not mention it: sources disagree, so that it is said and not decided.
    let silent = found(Some(&strict), Some(&custom(&json!([]))));
    assert_eq!((silent.len(), silent[0].0), (1, false));
}

#[test]
fn authorities_are_a_warning() {
    let policy = tenant(&json!([{"restrictionType": "trustedCertificateAuthority", "state": "enabled"}]));
    let found = found(Some(&policy), None);
    assert_eq!((found.len(), found[0].0), (1, false));
}

#[test]
fn what_is_odd_about_the_app_is_said() {
    let old = json!({"keyId": Uuid::from_u128(1), "displayName": "old", "usage": "Verify", "key": null, "type": "AsymmetricX509Cert",
        "customKeyIdentifier": "A538D00E8727EC5814E2FB107B3136376F22695B", "endDateTime": "2001-01-01T00:00:00Z"});
    let mut twin = old.clone();
    twin["keyId"] = json!(Uuid::from_u128(2));
    let lock = json!({"isEnabled": true, "allProperties": true});
    let app = AppSettings {
        sign_in_audience: Some("AzureADandPersonalMicrosoftAccount"),
        lock: Some(&lock),
        secrets: 1_000,
        ..facts()
    };
    let found = check(&plan(&json!([old, twin])), &app, None, None, now());
    let titles: Vec<&str> = found.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "2 entries that stay have ended",
            "The app has very many credentials",
            "A certificate is there more than once",
            "Writes to this app are slow",
            "The app locks its credentials in other directories",
        ]
    );
    assert!(found.iter().all(|one| !one.refused));
}

#[test]
fn dates_of_the_new_entry_are_looked_at() {
    let facts_of = certificate().facts().clone();
    let title = |now| check(&plan(&json!([])), &facts(), None, None, now).remove(0).title;
    assert_eq!(
        title(facts_of.not_before - time::Duration::days(1)),
        "A certificate that is not valid yet would be added"
    );
    assert_eq!(title(facts_of.not_after), "A certificate that has ended would be added");
}
