//! `PATCH /applications`: the collection is replaced, stored entries are referred to by `keyId`, new ones validated.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_tenant::{ApplicationInfo, RunningTenant};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::support::*;

pub struct Setup {
    pub tenant: RunningTenant,
    /// Has two certificates.
    pub app: ApplicationInfo,
    pub graph: Graph,
    pub identity: Identity,
}

impl Setup {
    pub async fn new() -> Self {
        let tenant = demo().await;
        let app = application(&tenant, "payroll-batch");
        let graph = Graph::of(&tenant, OWEN);
        Self { tenant, app, graph, identity: Identity::new("payroll-2027") }
    }

    /// Adds an entry beside the stored ones; the answer.
    async fn add(&self, entry: Value) -> Reply {
        let mut keys = self.graph.keys_without_material(&self.app).await;
        keys.push(entry);
        self.graph.patch_keys(&self.app, keys).await
    }

    /// Adds an entry and gives what is stored of it.
    async fn stored(&self, entry: Value) -> Value {
        let before = self.graph.keys(&self.app).await;
        let reply = self.add(entry).await;
        assert_eq!(reply.status, 204, "{reply:?}");
        let after = self.graph.keys(&self.app).await;
        assert_eq!(after[..before.len()], before[..], "the others stay as they were, to the byte");
        assert_eq!(after.len(), before.len() + 1);
        after.last().unwrap().clone()
    }

    /// Adds an entry that is refused, and sees that nothing changed.
    async fn refused(&self, entry: Value) -> (u16, String, String) {
        let before = self.graph.keys(&self.app).await;
        let error = self.add(entry).await.graph_error();
        assert_eq!(self.graph.keys(&self.app).await, before);
        error
    }
}

pub fn bad_request(message: &str) -> (u16, String, String) {
    (400, "Request_BadRequest".into(), message.into())
}

#[tokio::test]
async fn a_new_entry_gets_the_services_defaults() {
    let s = Setup::new().await;
    let stored = s.stored(s.identity.credential()).await;
    let key_id = stored["keyId"].as_str().unwrap();
    Uuid::parse_str(key_id).unwrap();
    assert_eq!(
        stored,
        json!({
            "customKeyIdentifier": s.identity.thumbprint(),
            "displayName": "CN=payroll-2027",
            "endDateTime": date(s.identity.not_after),
            "key": STANDARD.encode(&s.identity.der),
            "keyId": key_id,
            "startDateTime": date(s.identity.not_before),
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        })
    );
}

#[tokio::test]
async fn a_write_answers_204_with_nothing_in_it() {
    let s = Setup::new().await;
    let reply = s.add(s.identity.credential()).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    for absent in ["content-type", "odata-version", "content-length"] {
        assert_eq!(reply.header(absent), None, "{absent}");
    }
    assert_eq!(reply.header("cache-control"), Some("no-cache"));
    assert_eq!(reply.header("x-ms-resource-unit"), Some("1"));
    assert!(reply.header("request-id").is_some());
}

#[tokio::test]
async fn what_a_client_says_about_a_new_entry_is_kept() {
    let s = Setup::new().await;
    let key_id = Uuid::new_v4().to_string();
    let said = json!({
        "@odata.type": "#microsoft.graph.keyCredential",
        "keyId": key_id, "displayName": "Batch 2027",
        "startDateTime": date(s.identity.not_before + Duration::days(2)),
        "endDateTime": date(s.identity.not_after - Duration::seconds(1)),
    });
    let stored = s.stored(s.identity.credential_with(said.clone())).await;
    for name in ["keyId", "displayName", "startDateTime", "endDateTime"] {
        assert_eq!(stored[name], said[name], "{name}");
    }
}

#[tokio::test]
async fn dates_come_back_in_utc_at_whole_seconds() {
    let s = Setup::new().await;
    let stored = s
        .stored(s.identity.credential_with(json!({
            "startDateTime": "2027-01-01T01:00:00.1234567+01:00",
            "endDateTime": "2027-02-01T00:00:00Z",
        })))
        .await;
    assert_eq!(stored["startDateTime"], "2027-01-01T00:00:00Z");
    assert_eq!(stored["endDateTime"], "2027-02-01T00:00:00Z");
}

#[tokio::test]
async fn an_omitted_entry_is_gone() {
    let s = Setup::new().await;
    let before = s.graph.keys(&s.app).await;
    assert_eq!(before.len(), 2);
    assert_eq!(s.graph.patch_keys(&s.app, [with(before[1].clone(), json!({"key": null}))]).await.status, 204);
    assert_eq!(s.graph.keys(&s.app).await, before[1..]);
    assert_eq!(s.graph.patch_keys(&s.app, json!([])).await.status, 204);
    assert_eq!(s.graph.keys(&s.app).await, [] as [Value; 0]);
}

#[tokio::test]
async fn an_entry_echoed_with_a_null_key_stays_byte_for_byte() {
    let s = Setup::new().await;
    // Every application of the demo: PEM, text identifiers, raw identifiers, SAML and encryption entries.
    let admin = Graph::of(&s.tenant, MARA);
    for app in s.tenant.applications() {
        let before = admin.keys(&app).await;
        let echo = admin.keys_without_material(&app).await;
        assert!(echo.iter().all(|entry| entry["key"].is_null()));
        let reply = admin.patch_keys(&app, echo).await;
        assert_eq!(reply.status, 204, "{}: {reply:?}", app.display_name);
        assert_eq!(admin.keys(&app).await, before, "{}", app.display_name);
    }
}

#[tokio::test]
async fn an_entry_echoed_with_its_own_material_stays_too() {
    let s = Setup::new().await;
    let before = s.graph.keys(&s.app).await;
    assert_eq!(s.graph.patch_keys(&s.app, before.clone()).await.status, 204);
    assert_eq!(s.graph.keys(&s.app).await, before);
}

#[tokio::test]
async fn a_stored_entry_cannot_be_altered() {
    let s = Setup::new().await;
    let before = s.graph.keys(&s.app).await;
    let id = before[0]["keyId"].as_str().unwrap();
    let alterations = [
        json!({"key": STANDARD.encode(&s.identity.der)}),
        json!({"displayName": "renamed"}),
        json!({"startDateTime": "2025-01-01T00:00:00Z"}),
        json!({"endDateTime": "2026-12-24T00:00:00Z"}),
        json!({"type": "X509CertAndPassword"}),
        json!({"usage": "Encrypt"}),
        json!({"customKeyIdentifier": s.identity.thumbprint()}),
    ];
    for alteration in alterations {
        let keys = [with(before[0].clone(), alteration.clone()), before[1].clone()];
        assert_eq!(
            s.graph.patch_keys(&s.app, keys).await.graph_error(),
            bad_request(&format!("Update to existing credential with KeyId '{id}' is not allowed.")),
            "{alteration}"
        );
        assert_eq!(s.graph.keys(&s.app).await, before);
    }
}

#[tokio::test]
async fn a_new_entry_needs_a_key() {
    let s = Setup::new().await;
    for key in [Value::Null, json!("")] {
        let (status, code, _) = s.refused(s.identity.credential_with(json!({"key": key}))).await;
        assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
    }
    // The id of another application's entry refers to nothing here.
    let other = Graph::of(&s.tenant, MARA).keys_without_material(&application(&s.tenant, "invoice-sync")).await;
    assert_eq!(s.refused(other[0].clone()).await.0, 400);
}

#[tokio::test]
async fn the_key_is_der_or_pem_in_base64_on_one_line_or_several() {
    let s = Setup::new().await;
    let pem = s.identity.pem();
    let body: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let stored = s.stored(s.identity.credential_with(json!({"key": body.join("\n")}))).await;
    assert_eq!(stored["key"], STANDARD.encode(&s.identity.der));
    let stored = s.stored(s.identity.credential_with(json!({"key": STANDARD.encode(&pem)}))).await;
    assert_eq!(stored["key"], STANDARD.encode(&pem));
    assert_eq!(stored["customKeyIdentifier"], s.identity.thumbprint());
    assert_eq!(stored["displayName"], "CN=payroll-2027");
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    let s = Setup::new().await;
    let secret = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let mut trailing = s.identity.der.clone();
    trailing.push(0);
    for key in [
        STANDARD.encode("hello"),
        STANDARD.encode(&s.identity.der[..100]),
        STANDARD.encode(trailing),
        STANDARD.encode(format!("{}{secret}", s.identity.pem())),
    ] {
        let error = s.refused(s.identity.credential_with(json!({"key": key}))).await;
        assert_eq!(error, bad_request("Key value is invalid certificate."), "{key}");
    }
    let message = "Invalid value specified for property 'keyCredentials' of resource 'Application'.";
    for entry in [
        json!({"key": "not base64!"}),
        json!({"keyId": "not a guid"}),
        json!({"endDateTime": "tomorrow"}),
        json!({"displayName": 7}),
    ] {
        assert_eq!(s.refused(s.identity.credential_with(entry.clone())).await, bad_request(message), "{entry}");
    }
    for keys in [json!(null), json!("x"), json!([1])] {
        assert_eq!(s.graph.patch_keys(&s.app, keys).await.graph_error(), bad_request(message));
    }
}

#[tokio::test]
async fn dates_must_lie_within_the_certificates() {
    let s = Setup::new().await;
    let now = OffsetDateTime::now_utc();
    let invalid = (400, "KeyCredentialsInvalidEndDate".to_owned(), "Key credential end date is invalid.".to_owned());
    for dates in [
        json!({"endDateTime": date(s.identity.not_after + Duration::seconds(1))}),
        json!({"startDateTime": date(now + Duration::days(2)), "endDateTime": date(now + Duration::days(1))}),
        json!({"startDateTime": date(now + Duration::days(2)), "endDateTime": date(now + Duration::days(2))}),
        json!({"endDateTime": date(now - Duration::minutes(10))}),
    ] {
        assert_eq!(s.refused(s.identity.credential_with(dates.clone())).await, invalid, "{dates}");
    }
    let expired = Identity::valid("old", now - Duration::days(30), now - Duration::days(1));
    assert_eq!(s.refused(expired.credential()).await, invalid);
    // The certificate's own end is good, and an expired entry that is stored already may stay.
    s.stored(s.identity.credential_with(json!({"endDateTime": date(s.identity.not_after)}))).await;
    s.tenant.move_clock(Duration::days(30));
    let admin = Graph::of(&s.tenant, MARA);
    let echo = admin.keys_without_material(&s.app).await;
    assert!(echo.iter().any(|entry| entry["endDateTime"].as_str().unwrap() < date(now + Duration::days(30)).as_str()));
    assert_eq!(admin.patch_keys(&s.app, echo).await.status, 204);
}

#[tokio::test]
async fn usage_and_type_are_of_the_known_ones() {
    let s = Setup::new().await;
    let usage = bad_request(
        "The value for the property \"usage\" in one of your credentials is invalid. Acceptable values are Sign, Verify.",
    );
    for value in [json!("verify"), json!("Decrypt"), json!(""), Value::Null] {
        assert_eq!(s.refused(s.identity.credential_with(json!({"usage": value}))).await, usage, "{value}");
    }
    // Also of a stored one, which libraries with empty models have sent.
    let mut keys = s.graph.keys_without_material(&s.app).await;
    keys[0]["usage"] = Value::Null;
    assert_eq!(s.graph.patch_keys(&s.app, keys).await.graph_error(), usage);
    for (kind, usage) in [("Symmetric", "Verify"), ("X509CertAndPassword", "Verify")] {
        let entry = s.identity.credential_with(json!({"type": kind, "usage": usage}));
        assert!(s.refused(entry).await.2.starts_with("The value for the property \"type\""), "{kind}");
    }
    for (kind, usage) in [("X509CertAndPassword", "Sign"), ("AsymmetricX509Cert", "Encrypt")] {
        let stored = s.stored(s.identity.credential_with(json!({"type": kind, "usage": usage}))).await;
        assert_eq!((&stored["type"], &stored["usage"]), (&json!(kind), &json!(usage)));
    }
}

#[tokio::test]
async fn a_custom_key_identifier_is_up_to_32_bytes_in_base64() {
    let s = Setup::new().await;
    let hex = s.identity.thumbprint();
    for (sent, shown) in [
        (Value::Null, json!(hex)),
        (json!(hex), json!(hex)),
        // The 20 bytes in base64: how Entra shows those is not known, and hex is the default here.
        (json!(STANDARD.encode(s.identity.sha1())), json!(hex)),
        (json!(STANDARD.encode(s.identity.sha256())), json!(STANDARD.encode(s.identity.sha256()))),
        (json!(STANDARD.encode("CN=DaemonConsoleCert")), json!(STANDARD.encode("CN=DaemonConsoleCert"))),
    ] {
        let stored = s.stored(s.identity.credential_with(json!({"customKeyIdentifier": sent}))).await;
        assert_eq!(stored["customKeyIdentifier"], shown, "{sent}");
    }
    // SHA-256 in hex is 48 bytes of base64.
    let too_long = bad_request("When present, application key identifier cannot be empty and can be at most 32 bytes.");
    for sent in [hex::encode_upper(s.identity.sha256()), STANDARD.encode([7; 33]), String::new()] {
        assert_eq!(
            s.refused(s.identity.credential_with(json!({"customKeyIdentifier": sent}))).await,
            too_long,
            "{sent}"
        );
    }
    s.tenant
        .set_behaviour(|behaviour| behaviour.custom_key_identifier = local_tenant::CustomKeyIdentifierStyle::Base64);
    let stored =
        s.stored(s.identity.credential_with(json!({"customKeyIdentifier": STANDARD.encode(s.identity.sha1())}))).await;
    assert_eq!(stored["customKeyIdentifier"], STANDARD.encode(s.identity.sha1()));
}

#[tokio::test]
async fn a_name_is_cut_to_90_letters() {
    let s = Setup::new().await;
    let stored = s.stored(s.identity.credential_with(json!({"displayName": "ü".repeat(100)}))).await;
    assert_eq!(stored["displayName"], "ü".repeat(90));
    let long = Identity::new(&"n".repeat(64));
    assert_eq!(
        s.stored(long.credential_with(json!({"displayName": null}))).await["displayName"],
        format!("CN={}", "n".repeat(64))
    );
}

#[tokio::test]
async fn one_key_id_stands_for_one_entry() {
    let s = Setup::new().await;
    let mut keys = s.graph.keys_without_material(&s.app).await;
    keys.push(keys[0].clone());
    assert_eq!(s.graph.patch_keys(&s.app, keys).await.graph_error().0, 400);
}
