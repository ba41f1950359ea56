//! Entries as Graph and people's tools have left them, and what a preview makes of them.

use domain::certificate::Certificate;
use domain::credentials::KeyUsage;
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredential, KeyCredentials, NewKeyCredential, WireError};
use domain::merge_plan::{Change, MergePlan};
use domain::preflight::{AppSettings, check};
use serde_json::Value;
use time::macros::datetime;
use uuid::Uuid;

fn current(case: &str) -> Result<KeyCredentials, WireError> {
    let json: Value = serde_json::from_slice(&super::bytes(case, "input.json")).expect("JSON");
    KeyCredentials::from_json(json.get("keyCredentials").unwrap_or(&Value::Null))
}

fn certificate(case: &str) -> Certificate {
    domain::upload::read(&super::bytes(case, "certificate.pem")).expect("a certificate").leaf
}

fn new(case: &str) -> Vec<NewKeyCredential> {
    let id = KeyId::new(Uuid::from_u128(9));
    vec![NewKeyCredential::new(&certificate(case), id, "new", IdentifierStyle::Omit).expect("an entry")]
}

fn append(case: &str) -> MergePlan {
    MergePlan::new(&current(case).expect("entries"), &Change::Append(new(case)), None).expect("a plan")
}

fn titles(plan: &MergePlan) -> Vec<String> {
    let now = datetime!(2026-12-01 0:00 UTC);
    check(plan, &AppSettings::default(), None, None, now).into_iter().map(|finding| finding.title).collect()
}

#[test]
fn a_certificate_that_is_registered_is_recognised_however_it_is_written() {
    for case in
        ["104-identifier-base64-twice", "105-identifier-lower-hex", "108-usage-lower-case", "110-dates-seven-digits"]
    {
        assert!(append(case).is_noop(), "{case}");
    }
}

#[test]
fn copies_of_a_certificate_are_named() {
    let plan = append("112-thrice-the-same");
    assert!(plan.is_noop());
    assert_eq!(titles(&plan), ["A certificate is there more than once"]);
}

#[test]
fn text_is_never_taken_for_a_thumbprint() {
    let entries = current("106-symmetric-entries").expect("entries");
    assert!(entries.iter().all(|entry| entry.thumbprint().is_none()));
    let entries = current("103-saml-pair-sha256-identifier").expect("entries");
    assert!(entries.iter().all(|entry| entry.thumbprint().is_none()));
}

#[test]
fn what_stays_is_sent_as_it_came() {
    for (case, added) in [
        ("103-saml-pair-sha256-identifier", 1),
        ("106-symmetric-entries", 1),
        ("109-all-null-entries", 1),
        ("108-usage-lower-case", 0),
    ] {
        let plan = append(case);
        let after = plan.diff().rows.iter().filter(|row| row.kind == domain::diff::DiffKind::Added).count();
        assert_eq!(after, added, "{case}");
        assert!(plan.diff().rows.iter().all(|row| row.kind != domain::diff::DiffKind::Removed), "{case}");
    }
}

#[test]
fn half_a_pair_is_not_taken_without_a_word() {
    let case = "103-saml-pair-sha256-identifier";
    let entries = current(case).expect("entries");
    let title = "A pair for SAML signing would be parted".to_owned();
    let sign = entries
        .iter()
        .filter(|entry| entry.usage() == Some(&KeyUsage::Sign))
        .filter_map(KeyCredential::key_id)
        .collect();
    let retire = MergePlan::new(&entries, &Change::Retire(sign), None).expect("a plan");
    assert!(titles(&retire).contains(&title), "{:?}", titles(&retire));
    assert!(!titles(&append(case)).contains(&title));
    let replace = MergePlan::new(&entries, &Change::Replace(new(case)), None).expect("a plan");
    assert!(titles(&replace).contains(&title), "{:?}", titles(&replace));
}

#[test]
fn many_entries_are_warned_of_before_graph_refuses() {
    assert!(titles(&append("115-six-hundred-forty-entries")).contains(&"The app has very many credentials".to_owned()));
}

#[test]
fn what_is_no_list_is_never_an_empty_one() {
    assert_eq!(current("116-key-credentials-missing"), Err(WireError::NotAList("null")));
    assert!(matches!(current("111-dates-without-zone"), Err(WireError::Property { property: "startDateTime", .. })));
}

#[test]
fn odd_entries_are_read() {
    for case in ["113-pem-in-key", "114-no-key-id"] {
        assert!(current(case).is_ok_and(|entries| !entries.is_empty()), "{case}");
    }
}

/// Found by fuzzing.
#[test]
fn an_entry_with_a_blank_name_goes_by_its_thumbprint() {
    let sha1 = "1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B";
    for blank in ["", " ", "\t"] {
        let list = serde_json::json!([{"displayName": blank, "customKeyIdentifier": sha1}]);
        let entries = KeyCredentials::from_json(&list).expect("entries");
        assert_eq!(entries.iter().map(KeyCredential::name).collect::<Vec<_>>(), [sha1]);
    }
}
