//! The inventory: objects as Graph's lists show them, and what of them somebody should look at, when.

use domain::certificate::PublicKey;
use domain::credentials::{KeyCredentialType, KeyUsage, SubjectKind};
use domain::ids::KeyId;
use domain::inventory::{
    Attention, AttentionKind, Entries, InventoryObject, LifetimePolicy, OwnerStanding, Owners, Reading, SeenKey, Trust,
    attentions,
};
use domain::key_credential::KeyCredentials;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
const SHA1: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

fn day(day: i64) -> String {
    (NOW + Duration::days(day)).format(&Rfc3339).expect("a date")
}

fn key(n: u8) -> KeyId {
    KeyId::from_random([n; 16])
}

fn certificate(n: u8, start: i64, end: i64) -> Value {
    json!({"keyId": key(n), "displayName": format!("CN={n}"), "usage": "Verify", "type": "AsymmetricX509Cert", "key": null,
        "customKeyIdentifier": format!("{n:02X}38D00E8727EC5814E2FB107B3136376F22695B"), "startDateTime": day(start), "endDateTime": day(end)})
}

fn secret(n: u8, start: i64, end: i64) -> Value {
    json!({"keyId": key(n), "displayName": "key", "hint": "jis", "secretText": null, "startDateTime": day(start), "endDateTime": day(end)})
}

fn person(enabled: Option<bool>) -> Value {
    json!({"@odata.type": "#microsoft.graph.user", "id": key(0xaa), "displayName": "Owen Carter", "accountEnabled": enabled})
}

fn row(certificates: &[Value], secrets: &[Value]) -> Value {
    json!({"id": "765eb0e3-acb3-475d-9a98-ee6892f081c8", "appId": "afb85a07-e312-4d49-b75b-9db4e2d683cd", "displayName": "payroll",
        "createdDateTime": "2022-05-07T06:52:40Z", "signInAudience": "AzureADMyOrg", "tags": ["hr"], "serviceManagementReference": "CI-7",
        "keyCredentials": certificates, "passwordCredentials": secrets, "owners": [person(Some(true))]})
}

fn read(row: &Value) -> InventoryObject {
    InventoryObject::from_graph(SubjectKind::Application, row).expect("a row")
}

fn app(certificates: &[Value], secrets: &[Value]) -> InventoryObject {
    let trusts = Reading::Read(Trust::all_from_graph(&json!([])));
    InventoryObject { trusts, ..read(&row(certificates, secrets)) }
}

fn trusting(object: InventoryObject, subject: &str) -> InventoryObject {
    let list = json!([{"name": "ci", "issuer": "https://token.actions.githubusercontent.com", "subject": subject, "audiences": ["api://AzureADTokenExchange"]}]);
    InventoryObject { trusts: Reading::Read(Trust::all_from_graph(&list)), ..object }
}

fn kinds_at(object: &InventoryObject, now: OffsetDateTime) -> BTreeSet<AttentionKind> {
    let all = attentions(object, &LifetimePolicy::default());
    all.into_iter().filter(|one| one.holds_at(now)).map(|one| one.kind).collect()
}

fn kinds(object: &InventoryObject) -> Vec<AttentionKind> {
    kinds_at(object, NOW).into_iter().collect()
}

/// When the credential ends that an attention of this kind is about, where it holds now.
fn ends(object: &InventoryObject, kind: AttentionKind) -> Vec<Option<OffsetDateTime>> {
    let all = attentions(object, &LifetimePolicy::default());
    all.iter().filter(|one| one.kind == kind && one.holds_at(NOW)).map(Attention::end).collect()
}

#[test]
fn an_attention_knows_the_end_that_it_is_about() {
    use AttentionKind::{
        EndsWithin7Days, EndsWithin30Days, EndsWithin90Days, ExpiredAlone, Leftovers, LivesTooLong, OnlySecrets,
    };
    for (kind, days) in [(ExpiredAlone, -12), (EndsWithin7Days, 5), (EndsWithin30Days, 20), (EndsWithin90Days, 60)] {
        let object = app(&[certificate(1, -400, days)], &[]);
        assert_eq!(ends(&object, kind), [Some(NOW + Duration::days(days))], "{kind}");
    }
    let object = app(&[certificate(1, -10, 800), certificate(2, -100, -30)], &[]);
    assert_eq!(ends(&object, LivesTooLong), [Some(NOW + Duration::days(800))]);
    assert_eq!(ends(&object, Leftovers), [Some(NOW - Duration::days(30))]);
    assert_eq!(ends(&app(&[], &[secret(1, -10, 40)]), OnlySecrets), [Some(NOW + Duration::days(40))]);
    let twice = app(&[certificate(1, -10, 200), certificate(1, -10, 200)], &[]);
    assert_eq!(ends(&twice, Leftovers), [None], "no end makes it one");
}

#[test]
fn a_row_is_read_whole_and_comes_back_from_json() {
    let object = read(&row(&[certificate(1, -10, 200)], &[secret(2, -10, 20)]));
    assert_eq!((object.name.as_str(), object.audience.as_deref()), ("payroll", Some("AzureADMyOrg")));
    assert_eq!(object.service_management_reference.as_deref(), Some("CI-7"));
    assert_eq!((object.disabled, object.managed_identity), (None, false));
    let certificate = &object.certificates.readable[0];
    assert_eq!((certificate.key_id, certificate.usage.as_ref()), (Some(key(1)), Some(&KeyUsage::Verify)));
    assert_eq!((certificate.kind.as_ref(), &certificate.seen), (Some(&KeyCredentialType::AsymmetricX509Cert), &None));
    assert_eq!(object.secrets.readable[0].hint.as_deref(), Some("jis"));
    assert_eq!(object.owners.known().and_then(Owners::anybody), Some(true));
    assert_eq!(object.trusts, Reading::NotRead);
    assert_eq!(object.damages().count(), 0);
    let text = serde_json::to_string(&object).expect("JSON");
    assert_eq!(serde_json::from_str::<InventoryObject>(&text).expect("the same"), object);
}

#[test]
fn no_value_of_a_secret_is_kept() {
    let mut entry = secret(2, -10, 20);
    entry["secretText"] = "Q8~s3cr3t".into();
    let text = serde_json::to_string(&read(&row(&[], &[entry]))).expect("JSON");
    assert!(!text.contains("s3cr3t"), "{text}");
}

#[test]
fn what_is_damaged_is_named_and_the_rest_is_there() {
    let odd = json!({"keyId": "no id", "endDateTime": day(3)});
    let object = read(&row(&[certificate(1, -10, 200), odd, json!("x")], &[json!({"endDateTime": "soon"})]));
    assert_eq!((object.certificates.readable.len(), object.certificates.damaged.len()), (1, 2));
    assert!(object.secrets.readable.is_empty() && !object.secrets.is_whole());
    let why: Vec<&str> = object.damages().collect();
    assert!(why[0].contains("no id") && why[2].contains("passwordCredentials") && why[2].contains("soon"), "{why:?}");
    assert!(kinds(&object).contains(&AttentionKind::Unreadable));
}

#[test]
fn a_list_that_is_missing_is_not_empty() {
    for (property, value) in
        [("keyCredentials", None), ("keyCredentials", Some(Value::Null)), ("passwordCredentials", Some(json!({})))]
    {
        let mut row = row(&[], &[secret(1, -800, -3)]);
        match value {
            None => drop(row.as_object_mut().expect("an object").remove(property)),
            Some(value) => row[property] = value,
        }
        let object = read(&row);
        assert_eq!(object.damages().count(), 1, "{property}");
        assert!(!kinds(&object).contains(&AttentionKind::ExpiredAlone), "nobody knows what else there is");
    }
}

#[test]
fn without_an_id_it_could_be_any_object() {
    for id in [Value::Null, json!("payroll"), json!(7)] {
        let mut row = row(&[], &[]);
        row["id"] = id;
        assert!(InventoryObject::from_graph(SubjectKind::Application, &row).is_err());
    }
    assert!(InventoryObject::from_graph(SubjectKind::Application, &json!([])).is_err());
}

#[test]
fn a_blueprint_in_the_list_of_applications_says_what_it_is() {
    let mut row = row(&[], &[]);
    row["@odata.type"] = "#microsoft.graph.agentIdentityBlueprint".into();
    assert_eq!(read(&row).subject.kind, SubjectKind::AgentBlueprint);
}

#[test]
fn disabled_by_any_of_three_properties() {
    for (property, value, disabled) in [
        ("isDisabled", json!(true), Some(true)),
        ("accountEnabled", json!(false), Some(true)),
        ("accountEnabled", json!(true), Some(false)),
        ("disabledByMicrosoftStatus", json!("DisabledDueToViolationOfServicesAgreement"), Some(true)),
        ("disabledByMicrosoftStatus", Value::Null, None),
    ] {
        let mut row = row(&[], &[]);
        row[property] = value;
        assert_eq!(read(&row).disabled, disabled, "{property}");
    }
}

#[test]
fn what_has_ended_alone_comes_first_and_what_was_renewed_does_not_alarm() {
    assert_eq!(kinds(&app(&[certificate(1, -400, -1)], &[])), [AttentionKind::ExpiredAlone]);
    assert_eq!(kinds(&app(&[certificate(1, -400, 5)], &[])), [AttentionKind::EndsWithin7Days]);
    assert_eq!(kinds(&app(&[certificate(1, -400, 20)], &[])), [AttentionKind::EndsWithin30Days]);
    assert_eq!(kinds(&app(&[certificate(1, -400, 60)], &[])), [AttentionKind::EndsWithin90Days]);
    assert_eq!(kinds(&app(&[certificate(1, -400, 120)], &[])), []);
    assert_eq!(kinds(&app(&[certificate(1, -400, 5), certificate(2, -3, 300)], &[])), [], "renewed");
    let gap = app(&[certificate(1, -400, 5), certificate(2, 6, 300)], &[]);
    assert_eq!(kinds(&gap), [AttentionKind::EndsWithin7Days], "there would be a gap");
    let older = app(&[certificate(1, -10, 5), certificate(2, -300, 300)], &[]);
    assert_eq!(
        kinds(&older),
        [AttentionKind::EndsWithin7Days],
        "the longer one was there first: it is for something else"
    );
    assert_eq!(kinds(&app(&[certificate(1, -400, 5)], &[secret(2, -3, 300)])), [AttentionKind::EndsWithin7Days]);
}

#[test]
fn a_trust_takes_the_place_of_what_has_ended() {
    let ended = app(&[certificate(1, -400, -1)], &[]);
    let safe = trusting(ended.clone(), "repo:contoso@1/payroll@2:ref:refs/heads/main");
    assert_eq!(kinds(&safe), [AttentionKind::Leftovers]);
    let named = trusting(ended, "repo:contoso/payroll:ref:refs/heads/main");
    assert_eq!(kinds(&named), [AttentionKind::NamedRepository, AttentionKind::Leftovers]);
}

#[test]
fn nobody_is_only_said_where_it_is_known() {
    let owned = |owners: Value| {
        let mut row = row(&[certificate(1, -10, 200)], &[]);
        row["owners"] = owners;
        kinds(&InventoryObject { trusts: Reading::NotRead, ..read(&row) })
    };
    assert_eq!(owned(json!([])), [AttentionKind::NoOwner]);
    assert_eq!(owned(json!([person(Some(false))])), [AttentionKind::NoOwner], "a disabled account is as good as none");
    assert_eq!(owned(json!([person(None)])), [], "without a permission nobody knows");
    assert_eq!(owned(json!(vec![person(Some(false)); 20])), [], "there may be more");
    assert_eq!(owned(json!("x")), [AttentionKind::Unreadable], "could not be read");
    let listed = Owners { listed: vec![], maybe_more: false };
    assert_eq!((listed.anybody(), OwnerStanding::ALL.len()), (Some(false), 3));
}

#[test]
fn secrets_alone_are_said_only_where_trusts_and_certificates_are_known() {
    let secrets = app(&[], &[secret(1, -10, 300)]);
    assert_eq!(kinds(&secrets), [AttentionKind::OnlySecrets]);
    assert_eq!(kinds(&InventoryObject { trusts: Reading::NotRead, ..secrets.clone() }), []);
    assert_eq!(
        kinds(&InventoryObject { trusts: Reading::Failed("no".into()), ..secrets }),
        [AttentionKind::Unreadable]
    );
    assert_eq!(kinds(&app(&[certificate(2, -10, 200)], &[secret(1, -10, 300)])), []);
}

#[test]
fn lifetimes_are_compared_as_the_policy_does() {
    let year = app(&[certificate(1, -10, 355)], &[]);
    let with = |days| LifetimePolicy { certificate: Some(Duration::days(days)), secret: None };
    let long =
        |policy: &LifetimePolicy| attentions(&year, policy).iter().any(|one| one.kind == AttentionKind::LivesTooLong);
    assert!(long(&with(365)), "it takes what is shorter");
    assert!(!long(&with(366)));
    assert_eq!(kinds(&app(&[certificate(1, -10, 800)], &[])), [AttentionKind::LivesTooLong]);
}

#[test]
fn a_weak_key_is_said_only_where_it_was_seen() {
    let mut object = app(&[certificate(1, -10, 200)], &[]);
    assert_eq!(kinds(&object), []);
    let seen =
        SeenKey { issuer: "CN=x".into(), public_key: PublicKey::Rsa { bits: 1024 }, signature_algorithm: "x".into() };
    object.certificates.readable[0].seen = Some(seen);
    assert_eq!(kinds(&object), [AttentionKind::Weak]);
    let later = app(&[certificate(1, -10, 200)], &[]).remembering(&object);
    assert_eq!(kinds(&later), [AttentionKind::Weak], "a list does not undo what a read with keys showed");
    let other = app(&[certificate(2, -10, 200)], &[]).remembering(&object);
    assert_eq!(other.certificates.readable[0].seen, None, "another entry is another certificate");
}

#[test]
fn copies_and_ended_entries_are_leftovers() {
    let mut copy = certificate(2, -10, 200);
    copy["customKeyIdentifier"] = SHA1.into();
    let mut one = certificate(1, -10, 200);
    one["customKeyIdentifier"] = SHA1.into();
    assert_eq!(kinds(&app(&[one, copy], &[])), [AttentionKind::Leftovers]);
    assert_eq!(kinds(&app(&[certificate(1, -10, 200)], &[secret(2, -400, -3)])), [AttentionKind::Leftovers]);
}

#[test]
fn the_password_of_a_signing_key_is_no_secret_to_sign_in_with() {
    let mut sign = certificate(1, -10, 200);
    sign["usage"] = "Sign".into();
    let value = row(&[sign], &[secret(1, -10, 200)]);
    let object = InventoryObject::from_graph(SubjectKind::ServicePrincipal, &value).expect("a row");
    assert_eq!(object.trusts.known().map(Entries::is_whole), Some(true), "service principals have none");
    assert_eq!(kinds(&object), []);
}

#[test]
fn azure_sees_to_a_managed_identity() {
    let mut value = row(&[certificate(1, -80, 5)], &[]);
    value["servicePrincipalType"] = "ManagedIdentity".into();
    value["owners"] = json!([]);
    let object = InventoryObject::from_graph(SubjectKind::ServicePrincipal, &value).expect("a row");
    assert_eq!(kinds(&object), []);
}

#[test]
fn a_push_that_read_the_app_brings_its_certificates() {
    let before = app(&[certificate(1, -400, 5)], &[secret(9, -3, 50)]);
    let keys = KeyCredentials::from_json(&json!([certificate(1, -400, 5), certificate(2, -1, 300)])).expect("a list");
    let after = before.with_certificates(&keys);
    assert_eq!(
        (after.certificates.readable.len(), &after.secrets, &after.owners),
        (2, &before.secrets, &before.owners)
    );
    assert!(!kinds(&after).contains(&AttentionKind::EndsWithin7Days));
}

/// What the rules say of one moment, without spans: counted from what is in force then.
fn by_hand(held: &[(bool, i64, i64)], at: i64) -> BTreeSet<AttentionKind> {
    let mut found = BTreeSet::new();
    let (ended, open): (Vec<(bool, i64, i64)>, Vec<_>) = held.iter().partition(|(_, _, end)| *end <= at);
    if !held.is_empty() && open.is_empty() {
        found.insert(AttentionKind::ExpiredAlone);
    }
    if !ended.is_empty() && !open.is_empty() {
        found.insert(AttentionKind::Leftovers);
    }
    for one in &open {
        let renewed =
            held.iter().any(|other| other.0 == one.0 && other.1 > one.1 && other.1 <= one.2 && other.2 > one.2);
        let kind = match one.2 - at {
            _ if renewed => continue,
            ..=7 => AttentionKind::EndsWithin7Days,
            8..=30 => AttentionKind::EndsWithin30Days,
            31..=90 => AttentionKind::EndsWithin90Days,
            _ => continue,
        };
        found.insert(kind);
    }
    if open.iter().any(|(_, start, end)| end - start > 732) {
        found.insert(AttentionKind::LivesTooLong);
    }
    if open.iter().all(|(certificate, ..)| !certificate) && !open.is_empty() {
        found.insert(AttentionKind::OnlySecrets);
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// The spans, kept once, say at each moment what the rules say of that moment.
    #[test]
    fn spans_say_what_each_moment_does(
        held in prop::collection::vec((any::<bool>(), -900i64..100, 1i64..900), 0..6),
        moments in prop::collection::vec(-1000i64..1000, 1..20),
    ) {
        let held: Vec<(bool, i64, i64)> = held.into_iter().map(|(certificate, start, lasts)| (certificate, start, start + lasts)).collect();
        let of = |wanted: bool| (1u8..).zip(&held).filter(move |(_, one)| one.0 == wanted);
        let certificates: Vec<Value> = of(true).map(|(n, one)| certificate(n, one.1, one.2)).collect();
        let secrets: Vec<Value> = of(false).map(|(n, one)| secret(n, one.1, one.2)).collect();
        let object = app(&certificates, &secrets);
        for at in moments {
            prop_assert_eq!(kinds_at(&object, NOW + Duration::days(at)), by_hand(&held, at), "{:?} at {}", held, at);
        }
    }

    /// Whatever Graph answers, an object is read or refused, and says of everything what it could not read.
    #[test]
    fn nothing_that_was_sent_is_silently_dropped(
        certificates in prop::collection::vec(entry(), 0..5),
        secrets in prop::collection::vec(entry(), 0..5),
    ) {
        let object = read(&row(&certificates, &secrets));
        prop_assert_eq!(object.certificates.readable.len() + object.certificates.damaged.len(), certificates.len());
        prop_assert_eq!(object.secrets.readable.len() + object.secrets.damaged.len(), secrets.len());
        let spans: Vec<Attention> = attentions(&object, &LifetimePolicy::default());
        prop_assert!(spans.iter().all(|one| one.from.zip(one.until).is_none_or(|(from, until)| from < until)));
        let whole = object.certificates.is_whole() && object.secrets.is_whole();
        prop_assert_eq!(spans.iter().any(|one| one.kind == AttentionKind::Unreadable), !whole);
    }
}

/// An entry as Graph documents it, or with something odd in it.
fn entry() -> impl Strategy<Value = Value> {
    let odd = prop_oneof![Just(Value::Null), Just(json!(3)), Just(json!("x")), Just(json!([]))];
    (
        any::<u8>(),
        -900i64..900,
        prop::sample::select(vec!["keyId", "startDateTime", "endDateTime", "displayName", ""]),
        odd,
    )
        .prop_map(|(n, end, property, odd)| {
            let mut entry = certificate(n, end - 100, end);
            match property {
                "" if odd.is_null() => {}
                "" => return odd,
                property => entry[property] = odd,
            }
            entry
        })
}
