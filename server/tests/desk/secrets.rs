//! A client secret goes by its key id alone, for good, and only where what is known of it lets it go.

use crate::databases::Database;
use crate::needs::until_read;
use crate::people::{LEILA, SOFIA};
use crate::world::{MARA, OWEN, PRIYA, TestCertificate, World, settings};
use app::contract::ports::*;
use app::contract::problem::Problem;
use app::contract::secrets::SecretView;
use domain::audit::AuditAction;
use domain::ids::{KeyId, TenantId};
use domain::inventory::{UnknownUse, UseReport};
use domain::rollout::{Outcome, PushMode};
use domain::secret_removal::{MoveStep, RemovalRisk, words_to_type};
use local_tenant::{Fault, FaultKind, FaultMoment, FaultRule};
use reqwest::Method;
use serde_json::{Value, json};
use server::config::DeskSettings;
use server::store::{TenantStore, UseRow};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// Owen owns it.
pub const APP: &str = "payroll-batch";
pub const WHY: &str = "the job signs in with its certificate since monday";

pub async fn add_secret(world: &World, name: &str) -> KeyId {
    let token = world.tenant.graph_token_with_scopes(MARA, &["Application.ReadWrite.All"]).unwrap();
    let path = format!("applications/{}/addPassword", world.id(APP));
    let made = world.graph(&token, Method::POST, &path, &json!({"passwordCredential": {"displayName": name}})).await;
    made["keyId"].as_str().unwrap().parse().unwrap()
}

pub async fn secret(world: &World, upn: &str, key: KeyId) -> SecretView {
    world.desk(upn).secret(world.id(APP), key).await.unwrap()
}

pub async fn remove(world: &World, upn: &str, key: KeyId, reason: &str) -> Result<(), Problem> {
    world.desk(upn).remove_secret(world.id(APP), key, &words_to_type(key), reason).await
}

/// What was sent to Graph in order to remove something, with the answers.
pub fn removals(world: &World) -> Vec<u16> {
    let posts = world.requests("POST").into_iter();
    posts.filter(|(path, _)| path.ends_with("/removePassword")).map(|(_, status)| status).collect()
}

pub fn without(app: &Value, key: KeyId) -> Value {
    let mut app = app.clone();
    app["passwordCredentials"].as_array_mut().unwrap().retain(|secret| secret["keyId"] != json!(key));
    app
}

fn tenant(world: &World) -> TenantStore {
    world.store.of(TenantId::new(world.tenant.tenant_id()))
}

#[tokio::test]
async fn one_secret_goes_and_nothing_else_and_that_is_kept_with_its_reason() {
    let world = World::start().await;
    let (kept, key) = (add_secret(&world, "spare").await, add_secret(&world, "nightly").await);
    let before = world.raw(APP).await;
    let view = secret(&world, OWEN, key).await;
    let shown = view.secret.as_ref().unwrap();
    assert_eq!(shown.risk, RemovalRisk::Unknown(UnknownUse::NotRead));
    assert_eq!((shown.row.display_name.as_deref(), shown.confirm.as_str()), (Some("nightly"), &*words_to_type(key)));
    assert!(shown.row.hint.is_some() && shown.row.start.is_some() && shown.row.end.is_some(), "{shown:?}");
    assert!(shown.others.secrets > 0 && view.left > 0 && view.removal.is_none());

    for (typed, reason, code) in [
        (words_to_type(key), "", "reason-missing"),
        (words_to_type(key), "  ", "reason-missing"),
        (words_to_type(kept), WHY, "removal-not-confirmed"),
        (String::new(), WHY, "removal-not-confirmed"),
        (words_to_type(key), &*"x".repeat(501), "bad-reason"),
    ] {
        let refused = world.desk(OWEN).remove_secret(world.id(APP), key, &typed, reason).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (422, code), "{refused}");
    }
    assert_eq!(removals(&world), [0; 0], "nothing was sent");

    let patches = world.requests("PATCH").len();
    remove(&world, OWEN, key, WHY).await.unwrap();
    assert_eq!((removals(&world), world.requests("PATCH").len()), (vec![204], patches));
    assert_eq!(world.raw(APP).await, without(&before, key), "everything else is as it was");
    let weight = world.handed().weights().pop().unwrap();
    assert!(weight.removes && weight.apps == 1, "it is announced as heavy");

    let view = secret(&world, OWEN, key).await;
    let removal = view.removal.unwrap();
    assert_eq!((view.secret, removal.outcome), (None, Some(Outcome::Verified)));
    assert_eq!((removal.reason.as_deref(), removal.name.as_deref()), (Some(WHY), Some("nightly")));
    assert!(removal.reads >= settings().consecutive_reads && removal.request_id.is_some(), "{removal:?}");
    let rows = world.audit(OWEN).await;
    let row = rows.iter().find(|row| row.action == AuditAction::SecretRemoved).unwrap();
    assert_eq!((row.outcome.as_str(), row.app_name.as_deref()), ("verified", Some(APP)));
    for word in [WHY, "nightly", &*key.to_string()] {
        assert!(row.detail.contains(word), "{word}: {}", row.detail);
    }
    let app = world.desk(OWEN).app(world.id(APP)).await.unwrap();
    assert_eq!(app.removed_secrets.iter().map(|removed| removed.key_id).collect::<Vec<_>>(), [key]);

    // Once more, as from another tab: there is nothing left to send.
    assert_eq!(remove(&world, OWEN, key, WHY).await.unwrap_err().code, "secret-gone");
    assert_eq!(removals(&world).len(), 1);
    let unknown = KeyId::new(Uuid::from_u128(9));
    assert_eq!(world.desk(OWEN).secret(world.id(APP), unknown).await.unwrap_err().code, "secret-not-found");
}

#[tokio::test]
async fn who_may_not_is_told_why_by_the_portal_or_by_entra() {
    let world = World::start().await;
    let key = add_secret(&world, "nightly").await;
    let before = world.raw(APP).await;
    assert_eq!(remove(&world, PRIYA, key, WHY).await.unwrap_err().code, "read-only-role");
    assert!(world.desk(PRIYA).secret(world.id(APP), key).await.is_ok(), "an auditor looks");
    let nobody = world.nobody().remove_secret(world.id(APP), key, &words_to_type(key), WHY).await;
    assert_eq!(nobody.unwrap_err().status, 401);
    assert_eq!(removals(&world), [0; 0]);

    // Entra decides about everybody else.
    let refused = remove(&world, LEILA, key, WHY).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (403, "entra-denied"), "{refused}");
    assert!(refused.request_id.is_some() && refused.advice.is_some());
    assert_eq!(removals(&world), [403]);
    assert_eq!(world.raw(APP).await, before);
    let removal = secret(&world, OWEN, key).await.removal.unwrap();
    assert_eq!((removal.outcome, removal.who), (Some(Outcome::Refused), world.viewer(LEILA).name));
    let row = world.audit(LEILA).await.into_iter().find(|row| row.action == AuditAction::SecretRemoved).unwrap();
    assert!(row.outcome.as_str() == "refused" && row.detail.contains("Entra denied the request"), "{}", row.detail);

    // What Entra does not show is shown by nobody.
    remove(&world, OWEN, key, WHY).await.unwrap();
    let denied = FaultKind::Status { status: 403, code: None, message: None, retry_after: None };
    world.tenant.add_fault(FaultRule { path: "*/applications/*".into(), ..FaultRule::new(denied) });
    assert_eq!(world.desk(SOFIA).secret(world.id(APP), key).await.unwrap_err().code, "entra-denied");
}

#[tokio::test]
async fn a_removal_does_not_go_round_a_rule_that_asks_for_approval() {
    let mut world =
        World::with_rules(json!([{"name": "payroll goes by two", "names": ["payroll-*"], "kinds": ["retire"]}])).await;
    let key = add_secret(&world, "nightly").await;
    assert_eq!(secret(&world, OWEN, key).await.secret.unwrap().rules, ["payroll goes by two"]);
    for upn in [OWEN, MARA] {
        let refused = remove(&world, upn, key, WHY).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (403, "needs-approval"), "{upn}");
        assert!(refused.detail.contains("payroll goes by two") && refused.link.is_some(), "{refused:?}");
    }
    assert_eq!(removals(&world), [0; 0]);
    world.rules(json!([{"name": "payroll goes by two", "names": ["payroll-*"], "kinds": ["append"]}])).await;
    remove(&world, OWEN, key, WHY).await.unwrap();
}

#[tokio::test]
async fn a_removal_counts_only_if_reads_show_it() {
    let world = World::with(DeskSettings { read_patience: Duration::from_millis(300), ..settings() }).await;
    // Graph says yes, and its replicas do not know of it for long.
    let old = "payslip-mailer";
    let key: KeyId = world.raw(old).await["passwordCredentials"][0]["keyId"].as_str().unwrap().parse().unwrap();
    world.tenant.set_behaviour(|behaviour| behaviour.stale_reads = time::Duration::minutes(5));
    let (desk, id) = (world.desk(OWEN), world.id(old));
    desk.remove_secret(id, key, &words_to_type(key), WHY).await.unwrap();
    let view = desk.secret(id, key).await.unwrap();
    assert_eq!((view.secret.is_some(), view.removal.unwrap().outcome), (true, Some(Outcome::Unverified)));
    world.tenant.set_behaviour(|behaviour| behaviour.stale_reads = time::Duration::ZERO);
    // An answer that does not come, of a removal that was carried out, is one that is seen.
    let other = add_secret(&world, "weekly").await;
    let silent = FaultRule {
        path: "*/removePassword".into(),
        when: FaultMoment::After,
        times: Some(1),
        ..FaultRule::new(FaultKind::Reset)
    };
    world.tenant.add_fault(silent);
    remove(&world, OWEN, other, WHY).await.unwrap();
    let removal = secret(&world, OWEN, other).await.removal.unwrap();
    assert_eq!((removal.outcome, removal.request_id), (Some(Outcome::Verified), None));
    // And one that was not carried out is not done, whatever came of its answer.
    let third = add_secret(&world, "monthly").await;
    world.tenant.add_fault(FaultRule {
        path: "*/removePassword".into(),
        times: Some(1),
        ..FaultRule::new(FaultKind::Reset)
    });
    remove(&world, OWEN, third, WHY).await.unwrap();
    let view = secret(&world, OWEN, third).await;
    assert_eq!((view.secret.is_some(), view.removal.unwrap().outcome), (true, Some(Outcome::Unverified)));
}

#[tokio::test]
async fn what_graph_turned_away_is_sent_again_and_what_it_refused_is_named() {
    let world = World::start().await;
    let key = add_secret(&world, "nightly").await;
    let fault = |status, code: &str| Fault {
        method: "POST".into(),
        path_contains: "/removePassword".into(),
        status,
        code: code.into(),
        retry_after: None,
    };
    for (status, code, told) in [(404, "Request_ResourceNotFound", 404), (400, "Request_BadRequest", 422)] {
        world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![fault(status, code)]);
        let refused = remove(&world, OWEN, key, WHY).await.unwrap_err();
        assert_eq!(refused.status, told, "{refused}");
        assert!(refused.advice.is_some());
    }
    world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![fault(409, "Directory_ConcurrencyViolation")]);
    remove(&world, OWEN, key, WHY).await.unwrap();
    assert_eq!(removals(&world), [404, 400, 409, 204]);
}

#[tokio::test]
async fn one_that_nobody_has_used_for_long_goes_without_a_reason_and_one_in_use_does_not() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let (quiet, used) = (add_secret(&world, "old").await, add_secret(&world, "nightly").await);
        let (store, now) = (tenant(&world), OffsetDateTime::now_utc());
        let ago = |days| now - time::Duration::days(days);
        let row = |key_id, succeeded| UseRow { app_id: world.app_id(APP), key_id, succeeded, attempted: None };
        let report = |read_at| UseReport { read_at, as_of: Some(read_at), moves_since: Some(ago(60)), unknown: None };
        store.keep_uses(&report(ago(60)), &[row(quiet, None), row(used, None)]).await.unwrap();
        store.keep_uses(&report(now), &[row(used, Some(ago(2)))]).await.unwrap();

        let risk = async |key| secret(&world, OWEN, key).await.secret.unwrap().risk;
        assert!(matches!(risk(used).await, RemovalRisk::UsedLately(_)), "{:?}", risk(used).await);
        assert_eq!(remove(&world, OWEN, used, "").await.unwrap_err().code, "reason-missing");
        assert!(matches!(risk(quiet).await, RemovalRisk::Quiet(_)), "{:?}", risk(quiet).await);
        remove(&world, OWEN, quiet, "").await.unwrap();
        let removal = secret(&world, OWEN, quiet).await.removal.unwrap();
        assert_eq!((removal.outcome, removal.reason), (Some(Outcome::Verified), None));
        assert!(removal.last_use.quiet.is_ok(), "what was known is kept");
        // The report freezes: what was seen lately is known all the same, and of others nothing is.
        store.keep_uses(&UseReport { unknown: Some(UnknownUse::StandsStill), ..report(now) }, &[]).await.unwrap();
        assert!(matches!(risk(used).await, RemovalRisk::UsedLately(_)), "{:?}", risk(used).await);
        let other = add_secret(&world, "spare").await;
        assert_eq!(risk(other).await, RemovalRisk::Unknown(UnknownUse::StandsStill));
    }
}

#[tokio::test]
async fn the_way_from_a_secret_leads_over_a_certificate_that_is_proven() {
    let world = World::start().await;
    let app = "fabric-workspace-agent";
    let token = world.tenant.graph_token_with_scopes(MARA, &["Application.ReadWrite.All"]).unwrap();
    let add = format!("applications/{}/addPassword", world.id(app));
    world.graph(&token, Method::POST, &add, &json!({})).await;
    let step = async || world.desk(MARA).app(world.id(app)).await.unwrap().moving;
    assert_eq!(step().await, Some(MoveStep::AddCertificate));
    let certificate = TestCertificate::new("instead of the secret");
    let sha256 = world.upload(MARA, &certificate).await;
    let plan = world.draft_with(MARA, sha256, &[app], PushMode::Append).await;
    world.push(MARA, plan).await;
    assert_eq!(step().await, Some(MoveStep::Prove));
    // A proof for another app that has it too is none for this one.
    let elsewhere = world.draft_with(MARA, sha256, &[APP], PushMode::Append).await;
    world.push(MARA, elsewhere).await;
    crate::proofs::prove(&world, MARA, APP, &certificate).await;
    assert_eq!(step().await, Some(MoveStep::Prove));
    crate::proofs::prove(&world, MARA, app, &certificate).await;
    assert_eq!(step().await, Some(MoveStep::RemoveSecret));
}
