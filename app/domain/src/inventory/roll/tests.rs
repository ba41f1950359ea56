#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use crate::credentials::SubjectKind;
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

const SINCE: OffsetDateTime = datetime!(2026-11-28 3:00 UTC);
const AT: OffsetDateTime = datetime!(2026-11-29 3:00 UTC);
const BETWEEN: Between = Between { since: SINCE, at: AT };

fn id(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

fn certificate(n: u128) -> Value {
    json!({"keyId": id(n), "displayName": format!("CN={n}"), "usage": "Verify", "type": "AsymmetricX509Cert",
        "endDateTime": "2027-11-29T03:00:00Z"})
}

fn secret(n: u128, end: &str) -> Value {
    json!({"keyId": id(n), "displayName": "az", "hint": "a1B", "endDateTime": end})
}

/// `trusts`: `None` where Graph refused them.
fn app(certificates: &[Value], secrets: &[Value], trusts: Option<&[Value]>) -> InventoryObject {
    let row = json!({"id": id(1000), "displayName": "payroll", "keyCredentials": certificates, "passwordCredentials": secrets});
    let read = InventoryObject::from_graph(SubjectKind::Application, &row).unwrap();
    let trusts = match trusts {
        Some(list) => Reading::Read(Trust::all_from_graph(&json!(list))),
        None => Reading::Failed("403".into()),
    };
    InventoryObject { trusts, ..read }
}

fn with(certificates: &[u128]) -> InventoryObject {
    let certificates: Vec<Value> = certificates.iter().copied().map(certificate).collect();
    app(&certificates, &[], Some(&[]))
}

fn roll(object: &InventoryObject) -> Roll {
    let (roll, changes) = Roll::default().after(object, BETWEEN, &[]);
    assert_eq!(changes, [], "a first read is not a change");
    roll
}

fn own(n: u128, kind: OwnWriteKind, at: OffsetDateTime) -> OwnWrite {
    OwnWrite { key_id: Uuid::from_u128(n).to_string().parse().unwrap(), kind, at, verified: true }
}

fn told(changes: &[Change]) -> Vec<(String, ChangeKind)> {
    changes.iter().map(|change| (change.id.clone(), change.kind)).collect()
}

fn between(before: &InventoryObject, after: &InventoryObject, own: &[OwnWrite]) -> Vec<(String, ChangeKind)> {
    told(&roll(before).after(after, BETWEEN, own).1)
}

#[test]
fn what_came_changed_and_went_is_told_once_with_what_it_was() {
    use ChangeKind::{Appeared, Changed, Gone};
    let trust =
        |subject: &str| json!({"name": "ci", "issuer": "https://gitlab.com", "subject": subject, "audiences": ["a"]});
    let before = app(&[certificate(1), certificate(2)], &[secret(5, "2027-01-01T00:00:00Z")], Some(&[trust("a")]));
    let after = app(&[certificate(2), certificate(3)], &[secret(5, "2028-01-01T00:00:00Z")], Some(&[trust("b")]));
    let (next, changes) = roll(&before).after(&after, BETWEEN, &[]);
    let expected = [(id(3), Appeared), (id(1), Gone), (id(5), Changed), ("ci".to_owned(), Changed)];
    assert_eq!(told(&changes), expected);
    assert_eq!(changes[1].before.as_ref().unwrap().name.as_deref(), Some("CN=1"));
    assert_eq!((&changes[0].before, &changes[1].after), (&None, &None));
    let [old, new] = [&changes[2].before, &changes[2].after].map(|entry| entry.as_ref().unwrap().end.unwrap().year());
    assert_eq!((old, new), (2027, 2028));
    assert_eq!(next.after(&after, BETWEEN, &[]).1, [], "it is told once");
}

#[test]
fn what_is_read_as_before_is_no_change_in_any_order() {
    assert_eq!(between(&with(&[1, 2]), &with(&[2, 1]), &[]), []);
}

#[test]
fn what_could_not_be_read_is_not_gone_and_not_new_afterwards() {
    let before = app(&[certificate(1), certificate(2)], &[], Some(&[json!({"name": "ci", "issuer": "i"})]));
    let damaged = app(&[certificate(1), json!(7)], &[], None);
    let (roll, changes) = roll(&before).after(&damaged, BETWEEN, &[]);
    assert_eq!(changes, [], "an entry is damaged, and a list refused");
    let (roll, changes) = roll.after(&before, BETWEEN, &[]);
    assert_eq!(changes, []);
    let missing = json!({"id": id(1000), "displayName": "payroll", "passwordCredentials": []});
    let missing = InventoryObject::from_graph(SubjectKind::Application, &missing).unwrap();
    let (roll, changes) = roll.after(&missing, BETWEEN, &[]);
    assert_eq!(changes, [], "a list that is missing is no empty list");
    let (_, changes) = roll.after(&app(&[certificate(1)], &[], Some(&[])), BETWEEN, &[]);
    assert_eq!(told(&changes), [(id(2), ChangeKind::Gone), ("ci".to_owned(), ChangeKind::Gone)]);
}

#[test]
fn a_kind_that_was_never_read_in_full_begins_when_it_is() {
    let (roll, _) = Roll::default().after(&app(&[certificate(1), json!(7)], &[], None), BETWEEN, &[]);
    let (roll, changes) = roll.after(&app(&[certificate(1), certificate(2)], &[], Some(&[])), BETWEEN, &[]);
    assert_eq!(changes, []);
    let (_, changes) = roll.after(&with(&[1, 2, 3]), BETWEEN, &[]);
    assert_eq!(told(&changes), [(id(3), ChangeKind::Appeared)]);
}

#[test]
fn what_comes_with_an_object_that_was_not_there_is_new() {
    let (_, changes) = Roll::of_nothing().after(&with(&[1]), BETWEEN, &[]);
    assert_eq!(told(&changes), [(id(1), ChangeKind::Appeared)]);
}

#[test]
fn what_a_push_did_is_no_change_made_elsewhere() {
    use OwnWriteKind::{Added, Removed};
    let (add, remove) = (own(3, Added, SINCE + Duration::hours(1)), own(1, Removed, SINCE + Duration::hours(1)));
    assert_eq!(between(&with(&[1, 2]), &with(&[2, 3]), &[add, remove]), []);
    assert_eq!(
        between(&with(&[1, 2]), &with(&[1, 2, 4]), &[add, remove]),
        [(id(4), ChangeKind::Appeared), (id(3), ChangeKind::Gone)],
        "another key is another's; and what the push had put there has gone before any read"
    );
    let unverified = OwnWrite { verified: false, ..add };
    assert_eq!(between(&with(&[1]), &with(&[1]), &[unverified]), [], "nobody has seen it there");
}

#[test]
fn a_secret_that_the_portal_removed_is_no_change_made_elsewhere() {
    let both = app(&[], &[secret(5, "2027-01-01T00:00:00Z"), secret(6, "2027-01-01T00:00:00Z")], Some(&[]));
    let none = app(&[], &[], Some(&[]));
    let removal = own(5, OwnWriteKind::Removed, SINCE + Duration::hours(1));
    assert_eq!(between(&both, &none, &[removal]), [(id(6), ChangeKind::Gone)], "the other was somebody else");
    // Nor is a certificate that a push added missed among the secrets.
    let added = own(1, OwnWriteKind::Added, SINCE + Duration::hours(1));
    assert_eq!(between(&none, &with(&[1]), &[added]), []);
}

#[test]
fn who_undoes_what_a_push_did_is_told() {
    use OwnWriteKind::{Added, Removed};
    let (early, late) = (SINCE + Duration::hours(1), SINCE + Duration::hours(2));
    let back = [own(1, Added, early), own(1, Removed, late)];
    assert_eq!(between(&with(&[]), &with(&[1]), &back), [(id(1), ChangeKind::Appeared)]);
    assert_eq!(between(&with(&[]), &with(&[]), &back), [], "the push took it away itself");
    let again = [own(1, Removed, early), own(1, Added, late)];
    assert_eq!(between(&with(&[1]), &with(&[]), &again), [(id(1), ChangeKind::Gone)]);
}

#[test]
fn what_a_push_has_just_touched_is_judged_by_the_next_read() {
    use OwnWriteKind::{Added, Removed};
    let just = AT - Duration::minutes(1);
    let next = Between { since: AT, at: AT + Duration::days(1) };
    // An old read shows neither the removal nor the new entry.
    let (roll, changes) = roll(&with(&[1])).after(&with(&[1]), BETWEEN, &[own(1, Removed, just), own(2, Added, just)]);
    assert_eq!(changes, []);
    let own = [own(1, Removed, just), own(2, Added, just)];
    assert_eq!(told(&roll.clone().after(&with(&[2]), next, &own).1), []);
    assert_eq!(told(&roll.clone().after(&with(&[]), next, &own).1), [(id(2), ChangeKind::Gone)]);
    let once = roll.after(&with(&[]), next, &own).0;
    let later = Between { since: next.at, at: next.at + Duration::days(1) };
    assert_eq!(told(&once.after(&with(&[]), later, &own).1), [], "it is told once");
}

#[test]
fn azure_renews_a_managed_identitys_certificates() {
    let managed = |n| InventoryObject { managed_identity: true, ..with(&[n]) };
    assert_eq!(Roll::of_nothing().after(&managed(1), BETWEEN, &[]).1, []);
    assert_eq!(Roll::default().after(&managed(2), BETWEEN, &[]).1, []);
}
