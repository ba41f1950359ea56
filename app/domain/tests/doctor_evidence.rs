//! What is known beside the paste changes the verdict.

mod doctor_samples;
mod support;

use doctor_samples::{not_found, token};
use domain::certificate::Certificate;
use domain::doctor::assertion::AssertionHeader;
use domain::doctor::cause::Cause;
use domain::doctor::cloud::Cloud;
use domain::doctor::diagnosis::{Verdict, diagnose};
use domain::doctor::evidence::{Evidence, Holder, NoApp, Removed};
use domain::doctor::fix::Fix;
use domain::doctor::header::{Judgement, compare, corrected};
use domain::doctor::paste::recognise;
use domain::encoding::{base64, base64url};
use domain::key_credential::KeyCredentials;
use serde_json::{Value, json};
use std::path::Path;
use support::{make, openssl, path};
use tempfile::TempDir;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const APP: &str = "0cf6bee1-60c1-4874-8877-b68ee6d30b94";

struct Bench {
    folder: TempDir,
    /// What the client signs with.
    one: Certificate,
    two: Certificate,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |name| {
        Certificate::from_der(&make(folder.path(), name, &["rsa:2048"], &["-days", "90"]).der())
            .expect("openssl made it")
    };
    let (one, two) = (read("one"), read("two"));
    Bench { folder, one, two }
}

/// A second certificate over the first one's key.
fn renewed(folder: &Path) -> Certificate {
    let out = folder.join("renewed.pem");
    openssl(&[
        "req",
        "-x509",
        "-new",
        "-key",
        path(&folder.join("one.key")),
        "-subj",
        "/CN=payroll",
        "-days",
        "91",
        "-out",
        path(&out),
    ]);
    Certificate::from_der(&openssl(&["x509", "-in", path(&out), "-outform", "der"])).expect("openssl made it")
}

fn entry(certificate: &Certificate, with_key: bool) -> Value {
    json!({
        "customKeyIdentifier": certificate.sha1().hex(),
        "displayName": "payroll",
        "startDateTime": "2024-01-01T00:00:00Z",
        "endDateTime": "2099-01-01T00:00:00Z",
        "key": with_key.then(|| certificate.der_base64()),
        "keyId": "5800da50-f37a-4f20-b4ac-e5fb6555f4aa",
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    })
}

fn credentials(entries: &[Value]) -> KeyCredentials {
    KeyCredentials::from_json(&Value::from(entries.to_vec())).expect("entries")
}

/// When the sample's refusal was.
const AT: OffsetDateTime = datetime!(2026-06-09 14:01:21 UTC);

fn with(change: impl FnOnce(&mut Evidence)) -> Evidence {
    let mut evidence = Evidence::at(AT + Duration::minutes(4));
    change(&mut evidence);
    evidence
}

fn first(text: &str, evidence: &Evidence) -> Verdict {
    diagnose(&recognise(text), evidence).remove(0)
}

#[test]
fn credentials_make_not_registered_more_certain() {
    let bench = bench();
    let text = not_found(&bench.one.sha1().hex());
    let without = first(&text, &with(|_| {}));
    let known =
        first(&text, &with(|evidence| evidence.app_credentials = Some(credentials(&[entry(&bench.two, false)]))));
    assert_eq!((without.runbook.as_str(), known.runbook.as_str()), ("not-registered", "not-registered"));
    assert!(known.confidence > without.confidence);
    let Fix::RegisterCertificate { thumbprint, app_id } = known.fix else { panic!("{:?}", known.fix) };
    assert_eq!((thumbprint, app_id), (Some(bench.one.sha1()), Some(APP.parse().expect("a GUID"))));
}

#[test]
fn each_piece_of_evidence_has_its_verdict() {
    let bench = bench();
    let one = bench.one.sha1();
    let text = not_found(&one.hex());
    let other = || Some(credentials(&[entry(&bench.two, false)]));
    let holder = |is_service_principal| Holder {
        name: "billing".into(),
        app_id: if is_service_principal { APP } else { "97e0a5b7-d745-40b6-94fe-5f77d35c6e05" }
            .parse()
            .expect("a GUID"),
        object_id: None,
        is_service_principal,
    };
    let cases: Vec<(&str, Evidence)> = vec![
        (
            "removed-lately",
            with(|evidence| {
                evidence.app_credentials = other();
                evidence.removed = vec![Removed {
                    thumbprint: one,
                    key_id: None,
                    at: AT - Duration::days(1),
                    by: Some("terraform".into()),
                }];
            }),
        ),
        (
            "on-another-app",
            with(|evidence| {
                evidence.app_credentials = other();
                evidence.holders = vec![holder(false)];
            }),
        ),
        (
            "on-service-principal-only",
            with(|evidence| {
                evidence.app_credentials = other();
                evidence.holders = vec![holder(true)];
            }),
        ),
        (
            "on-service-principal-only",
            with(|evidence| {
                evidence.app_credentials = other();
                evidence.service_principal_credentials = Some(credentials(&[entry(&bench.one, true)]));
            }),
        ),
        (
            "propagating",
            with(|evidence| {
                evidence.app_credentials = Some(credentials(&[entry(&bench.one, false)]));
                evidence.registered_at = Some(AT - Duration::seconds(9));
            }),
        ),
        (
            "another-certificate-signs",
            with(|evidence| {
                evidence.app_credentials = other();
                evidence.certificate = Some(bench.two.clone());
            }),
        ),
        (
            "trusted-subjects-register-nothing",
            with(|evidence| {
                evidence.app_credentials = Some(credentials(&[]));
                evidence.trusted_certificate_subjects = Some(true);
            }),
        ),
        (
            "wrong-client-id",
            with(|evidence| evidence.app_id = Some("97e0a5b7-d745-40b6-94fe-5f77d35c6e05".parse().expect("a GUID"))),
        ),
    ];
    for (expected, evidence) in cases {
        let verdict = first(&text, &evidence);
        assert_eq!(verdict.runbook, expected, "{:?}", verdict.why);
        assert!(verdict.confidence.percent() >= 85, "{expected}: {:?}", verdict.why);
        let json = serde_json::to_string(&evidence).expect("json");
        assert_eq!(serde_json::from_str::<Evidence>(&json).expect("back"), evidence);
    }
}

#[test]
fn a_renewal_under_the_same_key_is_told_from_another_certificate() {
    let bench = bench();
    let renewed = renewed(bench.folder.path());
    assert_eq!(renewed.public_key_der(), bench.one.public_key_der());
    let text = not_found(&renewed.sha1().hex());
    let evidence = with(|evidence| {
        evidence.app_credentials = Some(credentials(&[entry(&bench.one, true)]));
        evidence.certificate = Some(renewed.clone());
    });
    let verdict = first(&text, &evidence);
    assert_eq!(verdict.cause, Cause::RenewedUnderSameKey { registered: bench.one.sha1(), sent: renewed.sha1() });
    // The certificate at hand may also be in the paste; without it, nobody can know.
    let pasted = format!("{text}\n{}", renewed.pem());
    let without = with(|evidence| evidence.app_credentials = Some(credentials(&[entry(&bench.one, true)])));
    assert_eq!(first(&pasted, &without).runbook, "renewed-under-same-key");
    assert_eq!(first(&text, &without).runbook, "not-registered");
}

#[test]
fn an_expired_entry_names_the_certificate_to_use_instead() {
    let bench = bench();
    let text = format!(
        "AADSTS700027: The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '{}', Found key 'Start=01/23/2023 13:33:28, End=01/23/2024 13:33:28'] Timestamp: 2026-06-09 14:01:21Z",
        bench.one.sha1()
    );
    let verdict =
        first(&text, &with(|evidence| evidence.app_credentials = Some(credentials(&[entry(&bench.two, false)]))));
    let Cause::EntryExpired { end, other } = verdict.cause else { panic!("{:?}", verdict.cause) };
    assert_eq!((end, other), (Some(datetime!(2024-01-23 13:33:28 UTC)), Some(bench.two.sha1())));
    assert!(verdict.steps[0].contains(&bench.two.sha1().hex()));
}

#[test]
fn cloud_and_tenant_of_the_request_are_compared() {
    let curl = "curl https://login.microsoftonline.us/9a3d526c-b3c1-4479-ba74-197b5c5751ae/oauth2/v2.0/token";
    let verdict = first(curl, &with(|evidence| evidence.cloud = Some(Cloud::Global)));
    assert_eq!(verdict.runbook, "wrong-cloud");
    let tenant = |text: &str| with(|evidence| evidence.tenant = Some(text.into()));
    assert_eq!(first(curl, &tenant("0785ef7c-2d7a-4542-b048-95bcab406e0b")).runbook, "wrong-tenant");
    assert_eq!(first(curl, &tenant("9A3D526C-b3c1-4479-ba74-197b5c5751ae")).runbook, "not-enough");
}

#[test]
fn x5c_in_the_wrong_order_is_seen() {
    let bench = bench();
    let list = |certificates: &[&Certificate]| certificates.iter().map(|c| c.der_base64()).collect::<Vec<_>>();
    let text = |certificates: &[&Certificate]| {
        let header = json!({"alg": "RS256", "x5t": bench.one.sha1().base64url(), "x5c": list(certificates)});
        let reason = format!(
            "AADSTS700027: Client assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '{}', Found key 'Start=02/07/2021 17:00:39, End=02/06/2027 17:00:39']",
            bench.one.sha1()
        );
        format!(
            "{reason}\n{}",
            token(
                &header.to_string(),
                "{\"iss\":\"a\",\"sub\":\"a\",\"aud\":\"https://login.microsoftonline.com/x\",\"exp\":1781014200}"
            )
        )
    };
    let evidence = with(|_| {});
    assert_eq!(first(&text(&[&bench.two, &bench.one]), &evidence).runbook, "x5c-order");
    assert_eq!(first(&text(&[&bench.one, &bench.two]), &evidence).runbook, "signed-by-another-key");
}

#[test]
fn a_thumbprint_wrongly_encoded_and_not_registered_gets_both_verdicts() {
    let bench = bench();
    let text = not_found(&hex::encode_upper(bench.one.sha1().hex()));
    let registered =
        diagnose(&recognise(&text), &with(|e| e.app_credentials = Some(credentials(&[entry(&bench.one, true)]))));
    let absent =
        diagnose(&recognise(&text), &with(|e| e.app_credentials = Some(credentials(&[entry(&bench.two, true)]))));
    assert_eq!((registered[0].runbook.as_str(), absent[0].runbook.as_str()), ("x5t-hex-text", "x5t-hex-text"));
    assert!(registered[0].confidence > absent[0].confidence);
    assert!(absent.iter().any(|verdict| verdict.runbook == "not-registered"));
    assert!(!registered.iter().any(|verdict| verdict.runbook == "not-registered"));
}

#[test]
fn headers_are_compared_byte_by_byte() {
    let bench = bench();
    let (sha1, sha256) = (bench.one.sha1(), bench.one.sha256());
    let header = |alg: &str, x5t: Option<String>, x5t_s256: Option<String>| AssertionHeader {
        alg: Some(alg.into()),
        x5t,
        x5t_s256,
        ..AssertionHeader::default()
    };
    let cases = [
        (header("RS256", Some(sha1.base64url()), None), "x5t", Judgement::Equal, "is the certificate’s"),
        (
            header("RS256", Some(base64url(sha1.hex().as_bytes())), None),
            "x5t",
            Judgement::Wrong,
            "is the hexadecimal text, base64url-encoded",
        ),
        (
            header("RS256", Some(sha1.hex()), None),
            "x5t",
            Judgement::Wrong,
            "is the hexadecimal text itself, not encoded at all",
        ),
        (header("RS256", Some(sha1.base64()), None), "x5t", Judgement::Wrong, "is base64, not base64url"),
        (
            header("RS256", Some(base64(sha1.base64().as_bytes())), None),
            "x5t",
            Judgement::Wrong,
            "is the right value, encoded once more",
        ),
        (header("RS256", Some(sha256.base64url()), None), "x5t", Judgement::Wrong, "which belongs in x5t#S256"),
        (header("PS256", None, Some(sha1.base64url())), "x5t#S256", Judgement::Wrong, "which belongs in x5t"),
        (
            header("PS256", None, Some(bench.two.sha256().base64url())),
            "x5t#S256",
            Judgement::Wrong,
            "is the thumbprint of another certificate",
        ),
        (header("PS256", None, Some(sha256.base64url())), "x5t#S256", Judgement::Equal, "is the certificate’s"),
        (header("HS256", Some(sha1.base64url()), None), "alg", Judgement::Wrong, "shared secret"),
        (header("RS256", None, None), "x5t", Judgement::Wrong, "is missing"),
    ];
    for (sent, name, judgement, words) in cases {
        let comparison = compare(&bench.one, &sent);
        let row = comparison.rows.iter().find(|row| row.name == name).expect("a row");
        assert_eq!(row.judgement, judgement, "{row:?}");
        assert!(row.explanation.contains(words), "{row:?}");
        assert_eq!(comparison.is_right(), judgement == Judgement::Equal);
        if let (Some(at), Some(sent)) = (row.first_difference, &row.sent) {
            assert_eq!(row.expected[..at], sent[..at]);
            assert_ne!(row.expected.chars().nth(at), sent.chars().nth(at));
        }
        let header: Value = serde_json::from_str(&comparison.corrected).expect("JSON");
        assert!(header["x5t"] == sha1.base64url() || header["x5t#S256"] == sha256.base64url());
    }
    let ps256: Value =
        serde_json::from_str(&corrected(&bench.one, domain::client_assertion::Algorithm::Ps256)).expect("JSON");
    assert_eq!(ps256, json!({"alg": "PS256", "typ": "JWT", "x5t#S256": sha256.base64url()}));
}

#[test]
fn a_right_sha256_that_entra_does_not_find() {
    let bench = bench();
    let header = json!({"alg": "PS256", "x5t#S256": bench.one.sha256().base64url()});
    let text = format!("{}\n{}", not_found(&bench.one.sha256().hex()), token(&header.to_string(), "{}"));
    let verdict =
        |entries: &[Value]| first(&text, &with(|evidence| evidence.app_credentials = Some(credentials(entries))));
    assert_eq!(verdict(&[entry(&bench.one, true)]).runbook, "sha256-not-looked-up");
    assert_eq!(verdict(&[entry(&bench.two, true)]).runbook, "not-registered");
}

#[test]
fn a_refusal_without_a_known_cause_asks_for_more() {
    let text = "AADSTS700027: Something new. [Reason - The moon was full.] Timestamp: 2026-06-09 14:01:21Z";
    let verdict = first(text, &with(|_| {}));
    assert_eq!(verdict.cause, Cause::NotEnough);
    assert!(verdict.why[0].text.contains("The moon was full"), "{:?}", verdict.why);
    let Fix::PasteMore { wanted } = verdict.fix else { panic!("{:?}", verdict.fix) };
    assert_eq!(wanted.len(), 3);
}

#[test]
fn of_several_causes_one_at_most_is_almost_certain() {
    let bench = bench();
    let text = not_found(&bench.one.sha1().hex());
    // Absent from the app, on another one, and removed a minute ago: each alone would be almost certain.
    let evidence = with(|evidence| {
        evidence.app_name = Some("Payroll".into());
        evidence.app_credentials = Some(credentials(&[entry(&bench.two, true)]));
        evidence.holders = vec![Holder {
            name: "Other".into(),
            app_id: "11111111-2222-4333-8444-555555555555".parse().expect("a GUID"),
            object_id: None,
            is_service_principal: false,
        }];
        evidence.removed =
            vec![Removed { thumbprint: bench.one.sha1(), key_id: None, at: AT - Duration::minutes(1), by: None }];
    });
    let verdicts = diagnose(&recognise(&text), &evidence);
    let ranked: Vec<_> = verdicts.iter().map(|it| (it.runbook.as_str(), it.confidence.percent())).collect();
    assert_eq!(ranked[..3], [("removed-lately", 94), ("on-another-app", 84), ("not-registered", 84)], "{ranked:?}");
    assert!(verdicts[1].why.iter().any(|why| why.points == -8), "{:?}", verdicts[1].why);
    // What the app has is said.
    let absent = &verdicts[2].why[1].text;
    assert_eq!(absent, "The one entry in the keyCredentials of “Payroll” does not have it.");
}

#[test]
fn no_keys_is_not_said_of_an_app_that_has_some() {
    let bench = bench();
    let text = "AADSTS700026: Client application has no configured keys.";
    assert_eq!(first(text, &with(|_| {})).runbook, "no-configured-keys");
    let verdict =
        first(text, &with(|evidence| evidence.app_credentials = Some(credentials(&[entry(&bench.one, true)]))));
    assert_eq!(verdict.runbook, "propagating");
    assert!(verdict.why.iter().any(|why| why.text.contains("The app has an entry that verifies signatures now")));
}

const OTHER_APP: &str = "97e0a5b7-d745-40b6-94fe-5f77d35c6e05";
const T1: &str = "A16826B7E974ECCD6A7EBA0EF33B9142979AC5C7";
const T2: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

fn refused(app: Option<&str>, thumbprint: &str, trace: u32) -> String {
    let of_app =
        app.map(|app| format!(", Please visit MS Graph to see configured keys for app Id '{app}'")).unwrap_or_default();
    format!(
        "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}'{of_app}]. Trace ID: 2486d2c5-63a7-44f5-bb09-{trace:012} Correlation ID: 6b7d1a8b-1111-4222-8333-{trace:012} Timestamp: 2026-06-09 14:0{trace}:00Z"
    )
}

fn secret_refused(app: &str, trace: u32) -> String {
    format!(
        "AADSTS7000215: Invalid client secret provided. Ensure the secret is the value, for a secret added to app '{app}'. Trace ID: 2486d2c5-63a7-44f5-bb09-{trace:012} Correlation ID: 6b7d1a8b-1111-4222-8333-{trace:012} Timestamp: 2026-06-09 14:0{trace}:00Z"
    )
}

/// The app, the thumbprint and the trace id that a paste is judged by, each by its number here.
fn judged_by(text: &str) -> (Option<u32>, Option<u32>, Option<u128>) {
    let findings = recognise(text);
    let cause = findings.cause().expect("an error");
    assert_eq!(findings.trace_id.as_ref().map(|found| found.value), cause.trace_id, "{text}");
    assert_eq!(findings.timestamp, cause.timestamp, "{text}");
    let number =
        |value: String, all: [&str; 2]| all.iter().zip(1..).find_map(|(one, number)| (*one == value).then_some(number));
    let app = findings.app_id().and_then(|app| number(app.to_string(), [APP, OTHER_APP]));
    let thumbprint = cause.thumbprint.and_then(|presented| number(presented.text, [T1, T2]));
    (app, thumbprint, cause.trace_id.map(|id| id.as_u128() & 0xff))
}

#[test]
fn errors_of_several_apps_are_not_mixed() {
    let expired = |app: &str, trace| {
        format!(
            "AADSTS7000222: The provided client secret keys for app '{app}' are expired. Trace ID: 2486d2c5-63a7-44f5-bb09-{trace:012}"
        )
    };
    for (text, app, thumbprint, trace) in [
        (format!("{}\n{}", secret_refused(APP, 1), refused(Some(OTHER_APP), T2, 2)), Some(2), Some(2), 2),
        (format!("{}\n{}", refused(Some(APP), T1, 1), refused(Some(OTHER_APP), T2, 2)), Some(2), Some(2), 2),
        (format!("{}\n{}", refused(Some(APP), T1, 1), expired(OTHER_APP, 2)), Some(2), None, 2),
        (format!("{}\n{}", refused(Some(APP), T1, 1), expired(OTHER_APP, 2)), Some(2), None, 2),
        // The last one says less than the one before, which is of another app.
        (
            format!(
                "{}\nAADSTS700027 app Id '{OTHER_APP}'. Trace ID: 2486d2c5-63a7-44f5-bb09-000000000002",
                refused(Some(APP), T1, 1)
            ),
            Some(2),
            None,
            2,
        ),
        // Which app it is of, nobody can tell.
        (format!("{}\n{}", secret_refused(APP, 1), refused(None, T2, 2)), None, Some(2), 2),
        (
            format!("{}\n{}\n{}", refused(Some(APP), T1, 1), refused(Some(OTHER_APP), T1, 2), refused(None, T2, 3)),
            None,
            Some(2),
            3,
        ),
        // The request in front of it does.
        (
            format!("client_id={APP} {}\nclient_id={OTHER_APP} {}", refused(None, T1, 1), refused(None, T2, 2)),
            Some(2),
            Some(2),
            2,
        ),
        // The same app: what one leaves out, the other one adds.
        (format!("{}\nAADSTS700027: once more. app Id '{APP}'", refused(Some(APP), T1, 1)), Some(1), Some(1), 1),
        (
            format!("AADSTS70002: Error validating credentials of app Id '{APP}'. {}", refused(None, T1, 1)),
            Some(1),
            Some(1),
            1,
        ),
    ] {
        assert_eq!(judged_by(&text), (app, thumbprint, Some(trace)), "{text}");
    }
}

#[test]
fn a_text_of_several_apps_says_which_error_is_judged_and_registers_on_no_other_app() {
    let text = format!("{}\n{}", secret_refused(APP, 1), refused(Some(OTHER_APP), T2, 2));
    let best = first(&text, &with(|_| {}));
    let Fix::RegisterCertificate { thumbprint, app_id } = best.fix else { panic!("{:?}", best.fix) };
    assert_eq!((thumbprint, app_id), (T2.parse().ok(), OTHER_APP.parse().ok()));
    assert!(best.why.iter().any(|why| why.text.contains(APP) && why.text.contains("is judged") && why.points == 0));
    let unknown = first(&format!("{}\n{}", secret_refused(APP, 1), refused(None, T2, 2)), &with(|_| {}));
    let Fix::RegisterCertificate { app_id: None, .. } = unknown.fix else { panic!("{:?}", unknown.fix) };
    assert!(unknown.why.iter().any(|why| why.text.contains("does not say which app")));
    // One app alone is not spoken of.
    let alone = first(&refused(Some(APP), T2, 2), &with(|_| {}));
    assert!(!alone.why.iter().any(|why| why.text.contains("is judged")));
}

#[test]
fn a_client_id_that_this_tenant_does_not_have_is_a_wrong_one() {
    let text = format!(
        "AADSTS700016: Application with identifier '{OTHER_APP}' was not found in the directory 'Contoso'. This can happen if the application has not been installed."
    );
    let no_app = |object_of| {
        first(
            &text,
            &with(|evidence| {
                evidence.tenant = Some("de58a500-d451-47c7-8ec2-267493896f76".into());
                evidence.no_app = Some(NoApp { id: OTHER_APP.parse().expect("a GUID"), object_of });
            }),
        )
    };
    let unknown = no_app(None);
    assert_eq!(
        (unknown.runbook.as_str(), unknown.confidence.to_string().as_str()),
        ("wrong-client-id", "almost certain")
    );
    assert_eq!(unknown.fix, Fix::UseOtherClientId { app_id: None });
    let of_object = no_app(Some(Holder {
        name: "payroll".into(),
        app_id: APP.parse().expect("a GUID"),
        object_id: OTHER_APP.parse().ok(),
        is_service_principal: false,
    }));
    assert_eq!(of_object.fix, Fix::UseOtherClientId { app_id: APP.parse().ok() });
    assert!(of_object.why.iter().any(|why| why.text.contains("the object id of the app registration “payroll”")));
    // An app that is there was asked for elsewhere.
    let known = first(&text, &with(|evidence| evidence.app_id = OTHER_APP.parse().ok()));
    assert_eq!(known.runbook, "wrong-tenant");
}

#[test]
fn an_entry_outside_its_dates_is_likelier_than_a_slow_registration() {
    let bench = bench();
    let with_dates = |start: &str, end: &str| {
        let mut entry = entry(&bench.one, true);
        entry["startDateTime"] = json!(start);
        entry["endDateTime"] = json!(end);
        credentials(&[entry])
    };
    let not_found = not_found(&bench.one.sha1().hex());
    let no_keys =
        format!("AADSTS700026: Client application {APP} has no configured keys. Timestamp: 2026-06-09 14:01:21Z");
    for text in [&not_found, &no_keys] {
        for (start, end, runbook) in [
            ("2023-01-01T00:00:00Z", "2025-05-01T00:00:00Z", "entry-expired"),
            ("2026-08-01T00:00:00Z", "2027-05-01T00:00:00Z", "not-yet-valid"),
            ("2023-01-01T00:00:00Z", "2027-05-01T00:00:00Z", "propagating"),
        ] {
            let best = first(text, &with(|evidence| evidence.app_credentials = Some(with_dates(start, end))));
            assert_eq!(best.runbook, runbook, "{text} {best:?}");
        }
    }
}

#[test]
fn a_tenant_that_is_this_one_is_no_other_one() {
    let own = "de58a500-d451-47c7-8ec2-267493896f76";
    let text = |tenant: &str| {
        format!(
            "AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
        )
    };
    let best = |tenant: &str| {
        first(
            &text(tenant),
            &with(|evidence| {
                evidence.tenant = Some(own.into());
                evidence.cloud = Some(Cloud::Global);
            }),
        )
        .runbook
    };
    assert_eq!(best(own), "wrong-cloud");
    assert_eq!(best(&own.to_uppercase()), "wrong-cloud");
    assert_eq!(best(OTHER_APP), "wrong-tenant");
}
