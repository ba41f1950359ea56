//! Plans that older versions have stored: they are read as they were meant, and written the same.

use domain::certificate::Certificate;
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use serde_json::json;

fn id(number: u8) -> KeyId {
    KeyId::from_random([number; 16])
}

fn before() -> KeyCredentials {
    KeyCredentials::from_json(&json!([
        {
            "customKeyIdentifier": "52ED9B5038A47B9E2E2190715CC238359D4F8F73", "displayName": "CN=old",
            "endDateTime": "2027-05-07T06:57:24Z", "key": "a2V5", "keyId": id(1),
            "startDateTime": "2026-05-07T06:57:24Z", "type": "AsymmetricX509Cert", "usage": "Verify",
        },
        {
            "customKeyIdentifier": null, "displayName": "CN=saml", "endDateTime": "2027-05-07T06:57:24Z", "key": null,
            "keyId": id(2), "startDateTime": "2026-05-07T06:57:24Z", "type": "X509CertAndPassword", "usage": "Sign",
        },
    ]))
    .expect("entries as Graph writes them")
}

fn certificate() -> Certificate {
    domain::upload::read(include_bytes!("fixtures/fixture.pem")).expect("a certificate").leaf
}

fn replace() -> MergePlan {
    let new = NewKeyCredential::new(&certificate(), id(9), "new", IdentifierStyle::Base64).expect("a plain name");
    MergePlan::new(&before(), &Change::Replace(vec![new]), None).expect("a plan")
}

/// As version 0.1.0 wrote it.
const REPLACE: &str = include_str!("stored/replace.json");
const NOTHING_TO_DO: &str = include_str!("stored/nothing_to_do.json");

fn read(text: &str) -> MergePlan {
    serde_json::from_str(text).expect("a stored plan")
}

#[test]
fn they_are_what_is_made_today_and_written_the_same() {
    // What is removed is said by the preview since 0.2.0, in words that fit its date.
    let mut today = serde_json::to_value(replace()).expect("json");
    today["cautions"] =
        json!(["1 certificate is removed. Whatever still signs in with it is refused by Entra from then on."]);
    assert_eq!(read(REPLACE), serde_json::from_value(today).expect("a plan"));
    let nothing = MergePlan::new(&before(), &Change::Retire([id(7)].into()), None).expect("a plan");
    assert_eq!(read(NOTHING_TO_DO), nothing);
    for text in [REPLACE, NOTHING_TO_DO] {
        assert_eq!(serde_json::to_string(&read(text)).expect("json"), text);
    }
}

#[test]
fn they_send_what_was_previewed() {
    let plan = read(REPLACE);
    assert_eq!(plan.body(), replace().body());
    assert_eq!(plan.body()["keyCredentials"][0]["displayName"], "CN=saml");
    assert_eq!((plan.before(), plan.removals(), plan.key_ids().len()), (&before(), 1, 1));
    let nothing = read(NOTHING_TO_DO);
    assert!(nothing.is_noop());
    assert_eq!(nothing.body(), json!({ "keyCredentials": before().to_json() }));
}

/// An empty list in its place would be pushed as if the app had held nothing.
#[test]
fn one_that_is_damaged_is_an_error_and_not_an_empty_list() {
    for part in ["before", "entries", "wanted"] {
        let mut plan: serde_json::Value = serde_json::from_str(REPLACE).expect("json");
        plan[part][0]["keyId"] = "no GUID".into();
        let error = serde_json::from_value::<MergePlan>(plan).expect_err(part);
        assert!(error.to_string().contains("“no GUID” as keyId"), "{error}");
    }
}
