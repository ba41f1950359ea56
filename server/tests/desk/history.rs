//! The time machine: which states are kept, and who sees them.

use crate::world::{DANIEL, MARA, OWEN, TestCertificate, World, echo};
use app::contract::history::StateChange;
use app::contract::ports::*;
use domain::diff::states::EntryChange;
use domain::ids::ObjectId;
use domain::rollout::PushMode;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn each_state_is_kept_once_with_where_it_came_from() {
    let world = World::start().await;
    let app = world.id("payroll-batch");
    for _ in 0..3 {
        world.desk(OWEN).app(app).await.unwrap();
    }
    let states = world.desk(OWEN).states(app, 1).await.unwrap();
    assert_eq!((states.items.len(), states.total, states.has_next), (1, Some(1), false));
    let first = &states.items[0];
    assert_eq!((first.origin.as_str(), first.entries, first.keys_known), ("read", 2, 2));

    let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;
    let states = world.desk(OWEN).states(app, 1).await.unwrap().items;
    assert_eq!(states.len(), 2, "{states:?}");
    assert_eq!((states[0].origin.as_str(), states[0].receipt), ("after-push", Some(receipt.id)));
    assert_eq!((states[0].entries, states[0].change), (3, Some(StateChange { added: 1, ..StateChange::default() })));
    assert_eq!(states[1].change, None, "nothing was seen before it");
    assert_eq!(receipt.apps.items[0].undo, Some(states[1].id));
}

#[tokio::test]
async fn two_states_beside_each_other_and_the_app_as_it_is_now() {
    let world = World::start().await;
    let app = world.id("payroll-batch");
    let before = world.keys("payroll-batch").await;
    world.desk(OWEN).app(app).await.unwrap();
    let first = world.desk(OWEN).states(app, 1).await.unwrap().items[0].id;
    let mut keys = echo(&before[1..]);
    keys.push(TestCertificate::new("theirs").entry());
    world.write("payroll-batch", &json!({"keyCredentials": keys})).await;

    let now = world.desk(OWEN).compare_states(app, first, None).await.unwrap();
    assert_eq!((now.older.id, now.display_name.as_str()), (first, "payroll-batch"));
    assert_eq!((now.diff.count(EntryChange::Added), now.diff.count(EntryChange::Removed)), (1, 1));
    // With every key that was ever seen: this one is not on the app any more.
    let older: Value = serde_json::from_str(&now.older_json).unwrap();
    assert_eq!(older, json!(before));
    assert_eq!(serde_json::from_str::<Value>(&now.newer_json).unwrap(), json!(world.keys("payroll-batch").await));

    // Either way round it is the same.
    let back = world.desk(OWEN).compare_states(app, now.newer.id, Some(first)).await.unwrap();
    assert_eq!((back.older.id, back.newer.id, &back.diff), (first, now.newer.id, &now.diff));
    let other = world.desk(OWEN).compare_states(world.id("gdpr-export"), first, None).await;
    assert_eq!(other.unwrap_err().code, "state-not-found");
}

#[tokio::test]
async fn an_entry_that_came_back_with_other_properties_is_shown_field_by_field() {
    let world = World::start().await;
    let app = world.id("payroll-batch");
    let before = world.keys("payroll-batch").await;
    world.desk(OWEN).app(app).await.unwrap();
    let first = world.desk(OWEN).states(app, 1).await.unwrap().items[0].id;
    // Graph alters no entry in place: it has to go first.
    let mut keys = echo(&before);
    let mut altered = before[0].clone();
    altered["displayName"] = json!("CN=renamed");
    altered["customKeyIdentifier"] = Value::Null;
    world.write("payroll-batch", &json!({"keyCredentials": &keys[1..]})).await;
    keys[0] = altered.clone();
    world.write("payroll-batch", &json!({"keyCredentials": keys})).await;

    let now = world.desk(OWEN).compare_states(app, first, None).await.unwrap();
    let shown = now.diff.entries.iter().find(|entry| entry.change == EntryChange::Altered).unwrap();
    assert_eq!(json!(shown.row.key_id), before[0]["keyId"]);
    assert!(shown.key_known);
    let differing: Vec<_> = shown.fields.iter().filter(|field| field.differs).collect();
    assert_eq!(differing[0].name, "displayName");
    assert_eq!(differing[0].then.as_deref(), before[0]["displayName"].as_str());
    assert_eq!(differing[0].now.as_deref(), Some("CN=renamed"));
    assert!(shown.fields.iter().any(|field| field.name == "usage" && !field.differs));
    let kept = before.len() - 1;
    assert_eq!((now.diff.count(EntryChange::Kept), now.diff.entries.len()), (kept, before.len()));
    let states = world.desk(OWEN).states(app, 1).await.unwrap().items;
    assert_eq!(states[0].change.unwrap().altered, 1);
}

#[tokio::test]
async fn history_is_for_whoever_may_read_the_app() {
    let world = World::start().await;
    let app = world.id("payroll-batch");
    world.desk(MARA).app(app).await.unwrap();
    assert_eq!(world.nobody().states(app, 1).await.unwrap_err().status, 401);
    assert_eq!(world.desk(DANIEL).states(app, 1).await.unwrap_err().code, "no-role");
    assert_eq!(world.without_token(MARA).states(app, 1).await.unwrap_err().code, "signed-out");
    let gone = ObjectId::new(Uuid::from_u128(4));
    assert_eq!(world.desk(MARA).states(gone, 1).await.unwrap_err().code, "app-not-found");
}
