//! Every kind of preview, and what its push comes to.

use crate::world::{MARA, OWEN, TOBIAS, TestCertificate, World, add, echo, outcome, outcomes};
use app::contract::apps::{AppQuery, Scope};
use app::contract::paging::PAGE_SIZE;
use app::contract::plans::{Chosen, PlanRequest};
use app::contract::ports::*;
use domain::diff::DiffKind;
use domain::ids::{KeyId, ObjectId};
use domain::rollout::{Outcome, Pace, PushMode};
use domain::thumbprint::Thumbprint;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

fn found(search: &str) -> Chosen {
    Chosen::Found(AppQuery { scope: Scope::All, search: search.into(), page: 1, descending: false })
}

fn key_id(entry: &Value) -> KeyId {
    entry["keyId"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn everything_that_a_search_finds_in_pages() {
    let world = World::start().await;
    let sha256 = world.upload(MARA, &TestCertificate::new("everywhere")).await;
    let plan = world.desk(MARA).draft_plan(&add(vec![sha256], found(""), PushMode::Append, "")).await.unwrap();
    let all = world.tenant.applications().len();
    let first = world.plan(MARA, plan).await;
    assert!(all > PAGE_SIZE, "{all}");
    assert_eq!((first.apps.items.len(), first.apps.total, first.apps.has_next), (PAGE_SIZE, Some(all as u64), true));
    assert_eq!((first.sum.writes + first.sum.refused, first.sum.removed), (u32::try_from(all).unwrap(), 0));
    assert_eq!(first.confirm, None);
    let mut seen = vec![];
    for page in 1.. {
        let view = world.desk(MARA).plan(plan, page).await.unwrap();
        seen.extend(view.apps.items.iter().map(|app| app.object_id));
        if !view.apps.has_next {
            break;
        }
    }
    let mut expected: Vec<ObjectId> = world.tenant.applications().iter().map(|app| ObjectId::new(app.id)).collect();
    expected.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, expected);
    // Fifteen to a request and without keys: at most one app was asked for by itself, the last.
    let reads: Vec<_> =
        world.requests("GET").into_iter().filter(|(path, _)| path.starts_with("/v1.0/applications")).collect();
    assert!(reads.iter().all(|(path, _)| !path.contains("keyCredentials")), "{reads:?}");
    let lists = reads.iter().filter(|(path, _)| path.ends_with("top=15")).count();
    let alone = reads.iter().filter(|(path, _)| path.starts_with("/v1.0/applications/")).count();
    assert!(alone <= 1 && lists + alone == all.div_ceil(15), "{lists} and {alone} for {all}");

    let few = world.desk(MARA).draft_plan(&add(vec![sha256], found("payroll"), PushMode::Append, "")).await.unwrap();
    let few = world.plan(MARA, few).await;
    assert!(few.apps.items.iter().all(|app| app.display_name.contains("payroll")) && !few.apps.items.is_empty());
    let none = world.desk(MARA).draft_plan(&add(vec![sha256], found("no such app"), PushMode::Append, "")).await;
    assert_eq!(none.unwrap_err().code, "no-apps");
    let own = AppQuery { scope: Scope::Mine, search: String::new(), page: 1, descending: false };
    let listed = world.desk(OWEN).apps(&own).await.unwrap().total;
    let own = world.desk(OWEN).draft_plan(&add(vec![sha256], Chosen::Found(own), PushMode::Append, "")).await.unwrap();
    assert_eq!(world.plan(OWEN, own).await.apps.total, listed);
}

#[tokio::test]
async fn several_certificates_go_in_one_write() {
    let world = World::start().await;
    let one = world.upload(MARA, &TestCertificate::new("one")).await;
    let two = world.upload(MARA, &TestCertificate::new("two")).await;
    let apps = || Chosen::These(vec![world.id("payroll-batch")]);
    let misnamed = add(vec![one, two], apps(), PushMode::Append, "same");
    assert_eq!(world.desk(MARA).draft_plan(&misnamed).await.unwrap_err().code, "display-name");
    let plan = world.desk(MARA).draft_plan(&add(vec![one, two], apps(), PushMode::Append, "")).await.unwrap();
    let view = world.plan(MARA, plan).await;
    let change = view.apps.items[0].change.as_ref().unwrap();
    assert_eq!((view.certificates.len(), change.key_ids.len(), view.sum.added), (2, 2, 2));
    assert!(change.manifest.contains("keyId") && change.commands.az.contains("az rest"), "{}", change.commands.az);
    assert_eq!(outcomes(&world.push(MARA, plan).await), [Outcome::Verified]);
    assert_eq!(world.requests("PATCH").len(), 1);
    let names: Vec<_> = world.keys("payroll-batch").await.iter().map(|key| key["displayName"].clone()).collect();
    assert_eq!(names[2..], [json!("CN=one"), json!("CN=two")]);
}

#[tokio::test]
async fn one_entry_is_retired_once_it_is_confirmed_and_can_be_brought_back() {
    let world = World::start().await;
    let before = world.keys("payroll-batch").await;
    let app = world.id("payroll-batch");
    let request = PlanRequest::Retire { app, key_ids: vec![key_id(&before[0])] };
    let plan = world.desk(MARA).draft_plan(&request).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert_eq!((view.mode, view.confirm.as_deref(), view.sum.removed), (PushMode::Retire, Some("remove 1"), 1));
    assert_eq!(world.desk(MARA).push(plan, "", Pace::default()).await.unwrap_err().code, "removal-not-confirmed");
    assert_eq!(world.requests("PATCH"), []);

    let receipt = world.push(MARA, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified], "{:?}", receipt.apps.items[0].problem);
    assert_eq!(world.keys("payroll-batch").await, before[1..]);

    // The preview has read the key, so that the undo can send it.
    let undo = PlanRequest::Restore { app, state: receipt.apps.items[0].undo.unwrap(), exactly: true };
    let plan = world.desk(MARA).draft_plan(&undo).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert_eq!((view.mode, view.confirm, view.sum.added), (PushMode::RestoreExactly, None, 1));
    assert!(view.note.unwrap().starts_with("To the state of "));
    assert_eq!(outcomes(&world.push(MARA, plan).await), [Outcome::Verified]);
    assert_eq!(json!(world.keys("payroll-batch").await).to_string(), json!(before).to_string(), "byte for byte");
}

#[tokio::test]
async fn undo_of_an_addition_is_byte_equal() {
    let world = World::start().await;
    for app in ["payroll-batch", "backup-orchestrator", "gdpr-export"] {
        let before = world.raw(app).await;
        let plan = world.draft(MARA, &[app], PushMode::Append).await;
        let result = world.push_one(MARA, plan).await;
        let undo = PlanRequest::Restore { app: world.id(app), state: result.undo.unwrap(), exactly: true };
        let plan = world.desk(MARA).draft_plan(&undo).await.unwrap();
        assert_eq!(world.plan(MARA, plan).await.confirm.as_deref(), Some("remove 1"));
        let result = world.push_one(MARA, plan).await;
        assert_eq!(outcome(&result), Outcome::Verified, "{app}: {:?}", result.problem);
        assert_eq!(world.raw(app).await.to_string(), before.to_string(), "{app}");
    }
}

#[tokio::test]
async fn a_safe_restore_adds_what_is_missing_and_removes_nothing() {
    let world = World::start().await;
    let app = world.id("payroll-batch");
    let before = world.keys("payroll-batch").await;
    world.desk(MARA).app(app).await.unwrap();
    let state = world.desk(MARA).states(app, 1).await.unwrap().items[0].id;
    let theirs = TestCertificate::new("theirs");
    let mut keys = echo(&before[1..]);
    keys.push(theirs.entry());
    world.write("payroll-batch", &json!({"keyCredentials": keys})).await;

    let plan = world.desk(MARA).draft_plan(&PlanRequest::Restore { app, state, exactly: false }).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert_eq!((view.sum.added, view.sum.removed, view.confirm), (1, 0, None));
    assert_eq!(outcomes(&world.push(MARA, plan).await), [Outcome::Verified]);
    let after = world.keys("payroll-batch").await;
    assert_eq!(after.len(), 3);
    assert!(after.iter().any(|key| *key == before[0]), "with its keyId, dates and key");
    assert!(after.iter().any(|key| key["key"] == theirs.entry()["key"]));

    let unknown = PlanRequest::Restore { app: world.id("gdpr-export"), state, exactly: false };
    assert_eq!(world.desk(MARA).draft_plan(&unknown).await.unwrap_err().code, "state-not-found");
}

#[tokio::test]
async fn one_old_certificate_goes_from_many_apps() {
    let world = World::start().await;
    let old = TestCertificate::new("old");
    let sha256 = world.upload(MARA, &old).await;
    let apps = ["payroll-batch", "payslip-mailer", "invoice-archive"];
    let plan = world.draft_with(MARA, sha256, &apps[..2], PushMode::Append).await;
    assert_eq!(outcomes(&world.push(MARA, plan).await), [Outcome::Verified; 2]);

    let thumbprint = Thumbprint::of(&old.der);
    let chosen = Chosen::These(apps.iter().map(|app| world.id(app)).collect());
    let request = PlanRequest::RetireCertificate { thumbprint, apps: chosen };
    let plan = world.desk(MARA).draft_plan(&request).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert_eq!((view.sum.removed, view.sum.losing, view.sum.noops), (2, 2, 1));
    assert_eq!(view.confirm.as_deref(), Some("remove 2"));
    assert!(view.note.unwrap().contains(&thumbprint.hex()));
    let receipt = world.push(MARA, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified, Outcome::Verified, Outcome::AlreadyThere]);
    for app in apps {
        assert!(world.keys(app).await.iter().all(|key| key["key"] != old.entry()["key"]), "{app}");
    }
}

#[tokio::test]
async fn a_copy_takes_the_certificate_and_not_the_key_id() {
    let world = World::start().await;
    let source = world.keys("payroll-batch").await;
    let request = PlanRequest::Copy {
        from: world.id("payroll-batch"),
        key_ids: vec![key_id(&source[1])],
        apps: Chosen::These(vec![world.id("invoice-archive"), world.id("payroll-batch")]),
    };
    let plan = world.desk(MARA).draft_plan(&request).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert_eq!((view.apps.items.len(), view.mode), (1, PushMode::Copy));
    assert!(view.note.unwrap().starts_with("From “payroll-batch”."));
    assert_eq!(view.certificates.len(), 1);
    assert_eq!(outcomes(&world.push(MARA, plan).await), [Outcome::Verified]);
    let copied = world.keys("invoice-archive").await;
    let copied = copied.iter().find(|key| key["key"] == source[1]["key"]).unwrap();
    assert_ne!(copied["keyId"], source[1]["keyId"]);
    assert_eq!(copied["displayName"], source[1]["displayName"]);

    let gone = PlanRequest::Copy {
        from: world.id("payroll-batch"),
        key_ids: vec![KeyId::new(Uuid::from_u128(5))],
        apps: Chosen::These(vec![world.id("invoice-archive")]),
    };
    assert_eq!(world.desk(MARA).draft_plan(&gone).await.unwrap_err().code, "no-such-entry");
}

#[tokio::test]
async fn a_rotation_notes_what_is_to_go_later() {
    let world = World::start().await;
    let before = world.keys("payroll-batch").await;
    let sha256 = world.upload(OWEN, &TestCertificate::new("next")).await;
    let request = PlanRequest::Add {
        certificates: vec![sha256],
        apps: Chosen::These(vec![world.id("payroll-batch")]),
        mode: PushMode::Rotate,
        display_name: String::new(),
        overlap_days: 7,
    };
    let plan = world.desk(OWEN).draft_plan(&request).await.unwrap();
    assert!(world.plan(OWEN, plan).await.note.unwrap().contains("7 days"));
    assert_eq!(world.desk(OWEN).retirements(1).await.unwrap().items, []);
    let receipt = world.push(OWEN, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified]);
    assert_eq!(world.keys("payroll-batch").await.len(), 3, "nothing goes by itself");

    let due = world.desk(OWEN).retirements(1).await.unwrap();
    let mut ids: Vec<_> = due.items.iter().map(|one| one.key_id).collect();
    ids.sort_unstable();
    let mut expected: Vec<_> = before.iter().map(key_id).collect();
    expected.sort_unstable();
    assert_eq!((ids, due.total), (expected, Some(2)));
    assert!(due.items.iter().all(|one| !one.due && one.receipt == receipt.id && one.who == "Owen Carter"));
    assert_eq!(world.desk(OWEN).overview().await.unwrap().due, 0);
    // Another person without the whole audit log does not see them; who sees it does.
    assert_eq!(world.desk(TOBIAS).retirements(1).await.unwrap().total, Some(0));
    assert_eq!(world.desk(MARA).retirements(1).await.unwrap().total, Some(2));

    // Whoever removes one, it needs no retirement any more.
    world.write("payroll-batch", &json!({"keyCredentials": echo(&world.keys("payroll-batch").await[1..])})).await;
    world.desk(OWEN).app(world.id("payroll-batch")).await.unwrap();
    assert_eq!(world.desk(OWEN).retirements(1).await.unwrap().total, Some(1));
}

#[tokio::test]
async fn what_did_not_end_well_is_made_once_more() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &["payroll-batch", "invoice-archive"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified, Outcome::Refused]);
    let again = PlanRequest::Again { receipt: receipt.id };
    let plan = world.desk(OWEN).draft_plan(&again).await.unwrap();
    let view = world.plan(OWEN, plan).await;
    assert_eq!(view.apps.items.iter().map(|app| app.object_id).collect::<Vec<_>>(), [world.id("invoice-archive")]);
    assert_eq!((view.mode, view.certificates), (PushMode::Append, receipt.certificates));
    assert_eq!(world.desk(MARA).draft_plan(&again).await.unwrap_err().code, "receipt-not-found");

    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    let good = world.push(OWEN, plan).await;
    let again = world.desk(OWEN).draft_plan(&PlanRequest::Again { receipt: good.id }).await;
    assert_eq!(again.unwrap_err().code, "nothing-left");
}

#[tokio::test]
async fn an_app_that_loses_an_entry_is_read_with_keys_and_others_are_not() {
    let world = World::start().await;
    let with_keys = || {
        let gets = world.requests("GET").into_iter();
        gets.filter(|(path, _)| path.starts_with("/v1.0/applications/") && path.contains("keyCredentials")).count()
    };
    world.draft(MARA, &["payroll-batch"], PushMode::Append).await;
    assert_eq!(with_keys(), 0);
    let plan = world.draft(MARA, &["payroll-batch"], PushMode::Replace).await;
    assert_eq!(with_keys(), 1);
    assert!(world.plan(MARA, plan).await.apps.items[0].change.as_ref().unwrap().diff.count(DiffKind::Removed) > 0);
    // Now they are known.
    world.draft(MARA, &["payroll-batch"], PushMode::Replace).await;
    assert_eq!(with_keys(), 1);
}

#[tokio::test]
async fn what_a_policy_would_refuse_is_told_in_the_preview() {
    let world = World::start().await;
    assert!(world.tenant.give_directory_role(MARA, "Global Administrator"));
    let admin = world
        .tenant
        .graph_token_with_scopes(MARA, &["Policy.ReadWrite.ApplicationConfiguration", "Application.ReadWrite.All"]);
    let admin = admin.unwrap();
    let month = json!([{"restrictionType": "asymmetricKeyLifetime", "state": "enabled", "maxLifetime": "P30D",
        "restrictForAppsCreatedAfterDateTime": "2015-01-01T10:37:00Z"}]);
    let policy = json!({"isEnabled": true, "applicationRestrictions": {"keyCredentials": month}});
    world.graph(&admin, Method::PATCH, "policies/defaultAppManagementPolicy", &policy).await;

    let sha256 = world.upload(MARA, &TestCertificate::new("a year")).await;
    let apps = ["payroll-batch", "invoice-archive"].map(|app| world.id(app));
    let request = add(vec![sha256], Chosen::These(apps.to_vec()), PushMode::Append, "");
    let seeing = world.desk_with_scopes(MARA, &["Application.ReadWrite.All", "Policy.Read.ApplicationConfiguration"]);
    let plan = seeing.draft_plan(&request).await.unwrap();
    let view = seeing.plan(plan, 1).await.unwrap();
    assert_eq!((view.sum.refused, view.sum.writes, view.note), (2, 0, None));
    let problem = view.apps.items[0].change.as_ref().unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (403, "would-be-refused"));
    assert!(problem.detail.contains("allows 30 days"), "{problem}");

    // One app has an exemption, as a policy of its own.
    let exempt = json!({"displayName": "exempt", "description": "", "isEnabled": true, "restrictions": {"keyCredentials":
        [{"restrictionType": "asymmetricKeyLifetime", "state": "disabled", "maxLifetime": null}]}});
    let exempt = world.graph(&admin, Method::POST, "policies/appManagementPolicies", &exempt).await;
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/policies/appManagementPolicies/{}", exempt["id"].as_str().unwrap())});
    let path = format!("applications/{}/appManagementPolicies/$ref", apps[0]);
    world.graph(&admin, Method::POST, &path, &reference).await;
    let plan = seeing.draft_plan(&request).await.unwrap();
    let view = seeing.plan(plan, 1).await.unwrap();
    assert_eq!((view.sum.refused, view.sum.writes), (1, 1));

    // Who may not read the policies is told so, and Entra decides: as it was foretold.
    let plan = world.desk(MARA).draft_plan(&request).await.unwrap();
    let view = world.plan(MARA, plan).await;
    assert!(view.note.unwrap().contains("may not read"));
    let again = world.desk(MARA).draft_plan(&request).await.unwrap();
    assert_eq!(world.plan(MARA, again).await.note, None, "once to each person");
    let receipt = world.push(MARA, plan).await;
    assert_eq!(outcomes(&receipt), [Outcome::Verified, Outcome::Refused]);
    assert_eq!(receipt.apps.items[1].problem.as_ref().unwrap().code, "policy-refused");
}
